//! TLS as browsers speak it: 1.2 and 1.3, the root certificates of the machine, and certificates checked unless the person says not to.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{self, AlertDescription, ClientConfig};
use url::Host;

use super::certificate::CertificateTrouble;
use super::connection::Place;
use super::recorded::{Record, Recorded};
use super::trouble::Trouble;
use super::verifier::{AnyCertificate, KnownRoots};

/// The root certificates that this machine trusts, or those that `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
pub(super) fn roots_of_machine() -> Vec<CertificateDer<'static>> {
    rustls_native_certs::load_native_certs().certs
}

/// Takes certificates of `roots`, or any certificate at all.
pub(super) fn config(
    roots: Vec<CertificateDer<'static>>,
    insecure: bool,
    http2: bool,
    place: &Place,
) -> Result<Arc<ClientConfig>, Trouble> {
    let failed = |why: String| Trouble::Tls { place: place.to_string(), why };
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::<CryptoProvider>::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .dangerous();
    let mut config = if insecure {
        builder.with_custom_certificate_verifier(Arc::new(AnyCertificate(provider))).with_no_client_auth()
    } else {
        let verifier = KnownRoots::new(roots, provider)
            .ok_or_else(|| Trouble::Certificate { place: place.to_string(), what: CertificateTrouble::NoRoots })?;
        builder.with_custom_certificate_verifier(Arc::new(verifier)).with_no_client_auth()
    };
    let offered: &[&[u8]] = if http2 { &[b"h2", b"http/1.1"] } else { &[b"http/1.1"] };
    config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
    Ok(Arc::new(config))
}

/// Agrees on TLS with the server at the other end of `tcp`.
pub(super) async fn agree(
    config: Arc<ClientConfig>,
    tcp: TcpStream,
    place: &Place,
    head_limit: usize,
) -> Result<TlsStream<Recorded<TcpStream>>, Trouble> {
    let name = match &place.host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            ServerName::try_from(name.to_owned()).map_err(|_| Trouble::Tls {
                place: place.to_string(),
                why: "no certificate can hold this name".to_owned(),
            })?
        }
        Host::Ipv4(address) => ServerName::IpAddress(std::net::IpAddr::V4(*address).into()),
        Host::Ipv6(address) => ServerName::IpAddress(std::net::IpAddr::V6(*address).into()),
    };
    let tcp = Recorded::new(tcp, head_limit);
    let record = tcp.record();
    TlsConnector::from(config).connect(name, tcp).await.map_err(|error| trouble(error, place, &record))
}

/// What the end of a handshake, or of a connection after it, says. `record` holds what came over the wire.
fn trouble(error: io::Error, place: &Place, record: &Record) -> Trouble {
    if let Some(error) = of_rustls(&error) {
        return match error {
            rustls::Error::InvalidMessage(_) => Trouble::NotTls { place: place.to_string(), start: record.start() },
            other => said(other, place),
        };
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Trouble::ClosedInTls { place: place.to_string() }
        }
        _ => Trouble::Lost { place: place.to_string(), why: error.to_string() },
    }
}

/// rustls's own error, wherever an error of the connection carries it.
pub(super) fn of_rustls(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref().and_then(|inner| inner.downcast_ref())
}

/// A TLS error in words that help.
pub(super) fn said(error: &rustls::Error, place: &Place) -> Trouble {
    let place = place.to_string();
    let because = |why: &str| why.to_owned();
    match error {
        rustls::Error::InvalidCertificate(error) => Trouble::Certificate { place, what: CertificateTrouble::of(error) },
        rustls::Error::AlertReceived(alert) => match alert {
            AlertDescription::CertificateRequired => Trouble::Tls {
                place,
                why: because("it wants a certificate of the client, which a preflight never carries"),
            },
            AlertDescription::NoApplicationProtocol => Trouble::Http2Only { place },
            AlertDescription::UnrecognisedName => {
                Trouble::Tls { place, why: because("it has no certificate for this name") }
            }
            AlertDescription::ProtocolVersion => {
                Trouble::Tls { place, why: because("it speaks neither TLS 1.2 nor 1.3, and browsers nothing older") }
            }
            other => Trouble::Tls {
                place,
                why: format!("it ended the handshake with the alert {other:?}; look into its log"),
            },
        },
        rustls::Error::PeerIncompatible(_) => Trouble::Tls {
            place,
            why: because("it offers no version or cipher that browsers take: it needs TLS 1.2 or 1.3"),
        },
        other => Trouble::Tls { place, why: other.to_string() },
    }
}
