//! Why a certificate is not accepted, and how to repair it.

use std::fmt;

use corsac::Escaped;
use tokio_rustls::rustls::{CertificateError, OtherError};

use super::verifier::{SelfSigned, is_of_authority};

/// How many of a certificate's names are shown.
const NAMES: usize = 5;
const DAY: u64 = 86_400;

/// Why a certificate is not accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CertificateTrouble {
    Expired {
        days: Option<u64>,
    },
    NotYetValid,
    /// The names that it has.
    WrongName {
        names: Vec<String>,
    },
    SelfSigned,
    UnknownIssuer,
    /// An issuer of that name is known, but with another key, because its certificate was made again.
    OldIssuer,
    /// This machine has no root certificates.
    NoRoots,
    Other(String),
}

impl CertificateTrouble {
    pub(super) fn of(error: &CertificateError) -> Self {
        match error {
            CertificateError::Expired => Self::Expired { days: None },
            CertificateError::ExpiredContext { time, not_after } => {
                let days = time.as_secs().saturating_sub(not_after.as_secs()).checked_div(DAY);
                Self::Expired { days }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Self::NotYetValid,
            CertificateError::NotValidForName => Self::WrongName { names: Vec::new() },
            CertificateError::NotValidForNameContext { presented, .. } => Self::WrongName { names: presented.clone() },
            CertificateError::UnknownIssuer => Self::UnknownIssuer,
            CertificateError::BadSignature => Self::OldIssuer,
            CertificateError::Other(OtherError(inner)) if inner.to_string() == "BadSignature" => Self::OldIssuer,
            CertificateError::Other(OtherError(inner)) if inner.is::<SelfSigned>() => Self::SelfSigned,
            other if is_of_authority(other) => Self::SelfSigned,
            other => Self::Other(other.to_string()),
        }
    }
}

impl fmt::Display for CertificateTrouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Expired { days: Some(days @ 1..) } => {
                let s = if *days == 1 { "" } else { "s" };
                write!(f, "expired {days} day{s} ago: renew it")
            }
            Self::Expired { .. } => f.write_str("has expired: renew it"),
            Self::NotYetValid => f.write_str("is not valid yet: check the clocks of both machines"),
            Self::WrongName { names } => {
                f.write_str("is for another name")?;
                for (index, name) in names.iter().take(NAMES).enumerate() {
                    let name = name.strip_prefix("DnsName(\"").and_then(|rest| rest.strip_suffix("\")")).unwrap_or(name);
                    write!(f, "{} {}", if index == 0 { ":" } else { "," }, Escaped(name.as_bytes()))?;
                }
                if names.len() > NAMES {
                    f.write_str(", ..")?;
                }
                f.write_str("; use a URL with a name of the certificate, or a certificate with the name of the URL")
            }
            Self::SelfSigned => f.write_str(
                "is self-signed: a browser refuses it until its owner trusts it; trust it (SSL_CERT_FILE=cert.pem), or leave it \
                 unchecked with --insecure",
            ),
            Self::UnknownIssuer => f.write_str(
                "is of an issuer that this machine does not trust: let the server send its whole chain, trust the issuer \
                 (SSL_CERT_FILE=ca.pem), or leave it unchecked with --insecure",
            ),
            Self::OldIssuer => f.write_str(
                "is signed with another key than the one its issuer has on this machine: trust the issuer's new certificate instead of \
                 its old one (SSL_CERT_FILE=ca.pem), or leave it unchecked with --insecure",
            ),
            Self::NoRoots => f.write_str(
                "cannot be checked, for this machine has no root certificates: install them (on Debian the package \
                 ca-certificates), name a file of them (SSL_CERT_FILE=ca.pem), or leave it unchecked with --insecure",
            ),
            Self::Other(why) => write!(f, "is not good: {}; give the server another one", Escaped(why.as_bytes())),
        }
    }
}
