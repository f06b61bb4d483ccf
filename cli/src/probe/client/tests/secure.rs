//! TLS over loopback, with certificates made for each test.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig, ServerConnection, Stream};

use super::server::{Server, read_head, wait, write};
use super::{client, said, with};
use crate::probe::certificate::CertificateTrouble;
use crate::probe::client::{Client, Options};
use crate::probe::connection::Place;
use crate::probe::tls;
use crate::probe::trouble::Trouble;
use corsac_diagnose::exchange::Headers;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n";

/// One that a client can be made to trust.
pub(super) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(super) fn new() -> Self {
        Self::named("an authority of the tests")
    }

    fn named(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, name);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(super) fn config(&self, params: &CertificateParams) -> ServerConfig {
        self.identity(params).config()
    }

    fn identity(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { certificate: certificate.der().clone(), key: key.serialize_der() }
    }
}

/// What a server shows, and its key.
struct Identity {
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

impl Identity {
    fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        Self { certificate: params.self_signed(&key).unwrap().der().clone(), key: key.serialize_der() }
    }

    fn config(self) -> ServerConfig {
        ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate], PrivateKeyDer::try_from(self.key).unwrap())
            .unwrap()
    }
}

pub(super) fn params(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

/// `client`, which trusts only `authority`.
pub(super) fn trusting(client: Client, authority: &Authority) -> Client {
    trusting_only(client, authority.0.der().clone())
}

fn trusting_only(client: Client, root: CertificateDer<'static>) -> Client {
    let place = Place { host: url::Host::Domain(String::new()), port: 443 };
    assert!(
        client.tls.set(tls::config(vec![root], client.options.insecure, client.options.http2, &place).unwrap()).is_ok()
    );
    client
}

/// Reads one request over TLS on `stream` and responds to it.
pub(super) fn respond_over_tls(config: ServerConfig, mut stream: TcpStream) -> Vec<u8> {
    let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
    let mut stream = Stream::new(&mut connection, &mut stream);
    let head = read_head(&mut stream);
    write(&mut stream, OK);
    head
}

fn serving(identity: Identity) -> Server {
    let config = identity.config();
    Server::start(move |stream| respond_over_tls(config, stream))
}

fn outcome(client: &Client, server: &Server, host: &str) -> Result<u16, Trouble> {
    client.send(&server.url("https", host, "/"), b"GET", &Headers::new()).map(|response| response.status)
}

fn certificate(outcome: Result<u16, Trouble>) -> CertificateTrouble {
    match outcome {
        Err(Trouble::Certificate { place, what }) => {
            said(&Trouble::Certificate { place, what: what.clone() });
            what
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_certificate_of_a_known_issuer_is_taken() {
    let authority = Authority::new();
    for (name, host) in [("localhost", "localhost"), ("localhost", "localhost."), ("127.0.0.1", "127.0.0.1")] {
        let server = serving(authority.identity(&params(name)));
        assert_eq!(outcome(&trusting(client(), &authority), &server, host).unwrap(), 200);
        assert!(server.request().starts_with("GET / HTTP/1.1\r\nHost: "));
    }
}

#[test]
fn self_signed_certificate_is_not_reported_as_unknown_issuer() {
    let trusting = trusting(client(), &Authority::new());
    let server = serving(Identity::self_signed(&params("localhost")));
    assert_eq!(certificate(outcome(&trusting, &server, "localhost")), CertificateTrouble::SelfSigned);
    let mut as_openssl_makes_them = params("localhost");
    as_openssl_makes_them.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let server = serving(Identity::self_signed(&as_openssl_makes_them));
    assert_eq!(certificate(outcome(&trusting, &server, "localhost")), CertificateTrouble::SelfSigned);
    let server = serving(Authority::named("another").identity(&params("localhost")));
    assert_eq!(certificate(outcome(&trusting, &server, "localhost")), CertificateTrouble::UnknownIssuer);
    let server = serving(Authority::new().identity(&params("localhost")));
    assert_eq!(certificate(outcome(&trusting, &server, "localhost")), CertificateTrouble::OldIssuer);
}

#[test]
fn trusted_self_signed_certificate_is_accepted_for_its_own_name() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let mut own = params("localhost");
        own.is_ca = is_ca;
        let identity = Identity::self_signed(&own);
        let trusting = trusting_only(client(), identity.certificate.clone());
        assert_eq!(outcome(&trusting, &serving(identity), "localhost").unwrap(), 200);

        let mut other = params("b.test");
        other.is_ca = is_ca;
        let identity = Identity::self_signed(&other);
        let trusting = trusting_only(client(), identity.certificate.clone());
        let trouble = certificate(outcome(&trusting, &serving(identity), "localhost"));
        assert!(matches!(trouble, CertificateTrouble::WrongName { .. }), "{trouble:?}");

        let mut old = params("localhost");
        old.is_ca = is_ca;
        (old.not_before, old.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
        let identity = Identity::self_signed(&old);
        let trusting = trusting_only(client(), identity.certificate.clone());
        let trouble = certificate(outcome(&trusting, &serving(identity), "localhost"));
        assert!(matches!(trouble, CertificateTrouble::Expired { .. }), "{trouble:?}");
    }
}

#[test]
fn an_expired_certificate_is_reported() {
    let authority = Authority::new();
    let mut old = params("localhost");
    (old.not_before, old.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let server = serving(authority.identity(&old));
    let trouble = certificate(outcome(&trusting(client(), &authority), &server, "localhost"));
    assert!(matches!(trouble, CertificateTrouble::Expired { days: Some(2000..) }), "{trouble:?}");
    let mut young = params("localhost");
    (young.not_before, young.not_after) = (date_time_ymd(2999, 1, 1), date_time_ymd(3000, 1, 1));
    let server = serving(authority.identity(&young));
    assert_eq!(
        certificate(outcome(&trusting(client(), &authority), &server, "localhost")),
        CertificateTrouble::NotYetValid
    );
}

#[test]
fn a_certificate_for_another_name_is_reported_with_its_names() {
    let authority = Authority::new();
    let server =
        serving(authority.identity(&CertificateParams::new(vec!["b.test".to_owned(), "*.c.test".to_owned()]).unwrap()));
    let trouble = certificate(outcome(&trusting(client(), &authority), &server, "localhost"));
    assert!(trouble.to_string().starts_with("is for another name: b.test, *.c.test; use"), "{trouble}");
}

#[test]
fn insecure_takes_any_certificate() {
    let mut old = params("other.test");
    (old.not_before, old.not_after) = (date_time_ymd(2019, 1, 1), date_time_ymd(2020, 1, 1));
    let server = serving(Identity::self_signed(&old));
    let client = with(Options { insecure: true, ..Options::default() });
    assert_eq!(outcome(&client, &server, "localhost").unwrap(), 200);
}

#[test]
fn a_machine_without_root_certificates_is_reported() {
    let place = Place { host: url::Host::Domain("b.test".to_owned()), port: 443 };
    let trouble = tls::config(Vec::new(), false, false, &place).unwrap_err();
    assert!(said(&trouble).contains("ca-certificates"), "{}", said(&trouble));
}

#[test]
fn https_to_a_server_without_tls_is_reported() {
    let trusting = trusting(client(), &Authority::new());
    let answering = |bytes: &'static [u8]| {
        Server::start(move |mut stream| {
            let mut hello = [0; 5];
            stream.read_exact(&mut hello).unwrap();
            write(&mut stream, bytes);
            wait(&mut stream);
            hello.to_vec()
        })
    };
    let server = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let trouble = outcome(&trusting, &server, "localhost").unwrap_err();
    assert!(said(&trouble).ends_with("speaks HTTP without TLS: write http: instead of https:"), "{}", said(&trouble));
    let server = answering(b"SSH-2.0-OpenSSH\x1b\r\n");
    let trouble = outcome(&trusting, &server, "localhost").unwrap_err();
    assert!(said(&trouble).contains(r#"its response begins with "SSH-2.0-OpenSSH\x1B\x0D\x0A""#), "{}", said(&trouble));
    let server = Server::start(|mut stream| {
        let mut hello = [0; 5];
        stream.read_exact(&mut hello).unwrap();
        hello.to_vec()
    });
    let trouble = outcome(&trusting, &server, "localhost").unwrap_err();
    assert!(matches!(trouble, Trouble::ClosedInTls { .. }), "{}", said(&trouble));
}

#[test]
fn http_to_a_server_with_tls_is_reported() {
    let server = Server::start({
        let config = Authority::new().config(&params("localhost"));
        move |mut stream| {
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            let failed = connection.complete_io(&mut stream);
            assert!(failed.is_err());
            let _ = connection.write_tls(&mut stream);
            stream.shutdown(std::net::Shutdown::Write).unwrap();
            wait(&mut stream);
            Vec::new()
        }
    });
    let trouble = client().send(&server.url("http", "localhost", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(said(&trouble).ends_with("speaks TLS: write https: instead of http:"), "{}", said(&trouble));
}

#[test]
fn a_refusal_within_tls_is_reported() {
    let authority = Authority::new();
    let trusting = trusting(client(), &authority);
    let mut http2 = authority.config(&params("localhost"));
    http2.alpn_protocols = vec![b"h2".to_vec()];
    let server = Server::start(move |stream| respond_over_tls(http2, stream));
    let trouble = outcome(&trusting, &server, "localhost").unwrap_err();
    assert!(matches!(trouble, Trouble::Http2Only { .. }), "{}", said(&trouble));

    let mut roots = RootCertStore::empty();
    roots.add(authority.0.der().clone()).unwrap();
    let provider = Arc::new(ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider)).build().unwrap();
    let identity = authority.identity(&params("localhost"));
    let known_clients_only = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(clients)
        .with_single_cert(vec![identity.certificate], PrivateKeyDer::try_from(identity.key).unwrap())
        .unwrap();
    let server = Server::start(move |stream| respond_over_tls(known_clients_only, stream));
    let trouble = outcome(&trusting, &server, "localhost").unwrap_err();
    assert!(said(&trouble).contains("it wants a certificate of the client"), "{}", said(&trouble));
}

#[test]
fn an_end_within_tls_without_a_goodbye_is_reported() {
    let authority = Authority::new();
    let config = authority.config(&params("localhost"));
    let server = Server::start(move |mut stream| {
        let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
        let mut tls = Stream::new(&mut connection, &mut stream);
        let head = read_head(&mut tls);
        tls.write_all(b"HTTP/1.1 200 OK\r\n").unwrap();
        tls.flush().unwrap();
        head
    });
    let trouble = outcome(&trusting(client(), &authority), &server, "localhost").unwrap_err();
    assert!(matches!(trouble, Trouble::Closed { bytes: 17, .. }), "{}", said(&trouble));
}
