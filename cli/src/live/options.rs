//! The options of live checks as what they mean: headers, addresses, certificates.

use std::ffi::OsString;
use std::fs::File;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use corsac::{Escaped, is_token};
use corsac_diagnose::exchange::Headers;
use corsac_diagnose::printable;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use url::Host;

use crate::args::SendingOptions;
use crate::failure::Failure;
use crate::input::read_limited;
use crate::probe::client::{Client, Options, Resolved};

/// More than any bundle of root certificates has.
const BUNDLE_LIMIT: u64 = 16 << 20;

impl SendingOptions {
    /// The client that these options describe.
    pub(super) fn client(&self) -> Result<Client, Failure> {
        if !(0.001..=86_400.0).contains(&self.timeout) {
            return Err(Failure::Message(format!(
                "--timeout is {} seconds: write a number from 0.001 to 86400",
                self.timeout
            )));
        }
        let resolved =
            self.resolve.iter().map(|text| resolved(text)).collect::<Result<_, _>>().map_err(Failure::Message)?;
        let roots = self.cacert.as_deref().map(roots).transpose()?;
        Ok(Client::new(Options {
            timeout: Duration::from_secs_f64(self.timeout),
            insecure: self.insecure,
            resolved,
            roots,
            http2: true,
            ..Options::default()
        }))
    }

    /// The headers for every request that is not a preflight.
    pub(super) fn own_headers(&self) -> Result<Headers, Failure> {
        self.headers.iter().map(header).collect::<Result<_, _>>().map_err(Failure::Message)
    }
}

fn header(text: &OsString) -> Result<(Vec<u8>, Vec<u8>), String> {
    let line = text.as_encoded_bytes();
    let mut parts = line.splitn(2, |&byte| byte == b':');
    let name = parts.next().unwrap_or_default().trim_ascii();
    // A value can be a secret, so that no message shows it.
    if !is_token(name) {
        return Err("--header: the name is not valid: write \"NAME: VALUE\"".to_owned());
    }
    let shown = Escaped(name);
    let Some(value) = parts.next().map(<[u8]>::trim_ascii) else {
        return Err(format!("--header: {shown} has no value: write \"{shown}: VALUE\""));
    };
    if value.iter().any(|byte| byte.is_ascii_control()) {
        return Err(format!("--header: the value of {shown} contains a byte that no header can have"));
    }
    let name = name.to_ascii_lowercase();
    let refused: [&[u8]; 8] = [
        b"origin",
        b"cookie",
        b"host",
        b"content-length",
        b"transfer-encoding",
        b"connection",
        b"access-control-request-method",
        b"access-control-request-headers",
    ];
    if refused.contains(&name.as_slice()) {
        return Err(format!("--header: {shown} is part of the check itself: leave it out"));
    }
    Ok((name, value.to_vec()))
}

/// `HOST:PORT:ADDRESS`, as curl takes it.
fn resolved(text: &str) -> Result<Resolved, String> {
    let wrong = || {
        format!(
            "--resolve: \"{}\" is not HOST:PORT:ADDRESS: write for example api.example.com:443:127.0.0.1",
            Escaped(text.as_bytes())
        )
    };
    let mut parts = text.splitn(3, ':');
    let (host, port, address) = (parts.next(), parts.next(), parts.next());
    let host = host.and_then(|host| Host::parse(host).ok()).ok_or_else(wrong)?;
    let port = port.and_then(|port| port.parse().ok()).ok_or_else(wrong)?;
    let address = address.ok_or_else(wrong)?.trim_matches(['[', ']']);
    let address: IpAddr = address.parse().map_err(|_| wrong())?;
    Ok(Resolved { host, port, address })
}

fn roots(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let name = printable(&file.to_string_lossy()).into_owned();
    let bytes = File::open(file).and_then(|file| read_limited(file, BUNDLE_LIMIT));
    let bytes = bytes.map_err(|error| Failure::because(format_args!("cannot read --cacert {name}"), error))?;
    let found = CertificateDer::pem_slice_iter(&bytes).collect::<Result<Vec<_>, _>>();
    match found {
        Ok(found) if !found.is_empty() => Ok(found),
        _ => Err(Failure::Message(format!(
            "--cacert {name} has no certificate: write a PEM file, which begins with -----BEGIN CERTIFICATE-----"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::{header, resolved};

    #[test]
    fn headers_are_read_and_their_values_never_shown() {
        let read = |text: &str| header(&text.into());
        assert_eq!(read("Authorization: Bearer s3").unwrap(), (b"authorization".to_vec(), b"Bearer s3".to_vec()));
        for wrong in ["a b: s3cret", "x", "x: s3cret\u{1}", "Origin: s3cret", "Cookie: s3cret"] {
            let error = read(wrong).unwrap_err();
            assert!(error.starts_with("--header: ") && !error.contains("s3cret"), "{error}");
        }
    }

    #[test]
    fn addresses_are_read_as_curl_reads_them() {
        let found = resolved("api.example.com:443:127.0.0.1").unwrap();
        assert_eq!((found.port, found.address.to_string().as_str()), (443, "127.0.0.1"));
        assert_eq!(resolved("api.example.com:443:[::1]").unwrap().address.to_string(), "::1");
        for wrong in ["", "a:b:c", "a:1", "a:1:b", "a b:1:127.0.0.1"] {
            assert!(resolved(wrong).unwrap_err().contains("HOST:PORT:ADDRESS"), "{wrong}");
        }
    }
}
