//! `corsac verify` over TLS with `--cacert`: HTTP/2, and HTTP/1.1 by its side, because Firefox reads a header that is there twice by the
//! version and by the spelling of its name.

mod server;

use std::convert::Infallible;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, spawn};

use base64::prelude::{BASE64_STANDARD, Engine};
use hyper::body::Incoming;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::Value;
use server::{Server, program, response};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

const LISTED: &str = "https://app.example.com";
const POLICY: &str = "allow_origins = [\"https://app.example.com\"]\n";

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("verify-http2-{name}"));
    fs::write(&path, text).unwrap();
    path
}

/// A server of HTTP/2 for `localhost`, and its authority's certificate. It sends the header `times` times, the second time empty.
fn http2_server(times: usize) -> (SocketAddr, String) {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap().der().clone();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    listener.set_nonblocking(true).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    spawn(move || runtime.block_on(serve(listener, config, times)));
    let pem = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        BASE64_STANDARD.encode(authority.der())
    );
    (address, pem)
}

async fn serve(listener: std::net::TcpListener, config: ServerConfig, times: usize) {
    let listener = TcpListener::from_std(listener).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let Ok(stream) = acceptor.accept(stream).await else { continue };
        let respond = service_fn(move |request: Request<Incoming>| async move {
            let mut response = Response::builder().header("vary", "Origin");
            if request.headers().get("origin").is_some_and(|origin| origin == LISTED) {
                for value in [LISTED, ""].into_iter().take(times) {
                    response = response.header("access-control-allow-origin", value);
                }
            }
            Ok::<_, Infallible>(response.body(String::new()).unwrap())
        });
        let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), respond).await;
    }
}

/// The exit code and the findings.
fn verify(url: &str, more: &[&str]) -> (i32, Vec<Value>) {
    // Each test runs in a thread with its name.
    let output = program()
        .arg("verify")
        .arg(file(&format!("{}.toml", thread::current().name().unwrap()), POLICY))
        .arg(url)
        .args(more)
        .args(["--format", "json"])
        .output();
    let output = output.unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code().unwrap(), report["layers"][0]["findings"].as_array().unwrap().clone())
}

/// What Firefox and Chromium do with the response to a listed page.
fn verdicts(findings: &[Value]) -> (&str, &str) {
    let refused = findings.iter().find(|finding| finding["code"] == "listed-origin-refused").unwrap();
    (refused["verdict"]["firefox"].as_str().unwrap(), refused["verdict"]["chromium"].as_str().unwrap())
}

#[test]
fn right_server_of_http2_keeps_the_policy() {
    let (address, authority) = http2_server(1);
    let authority = file("right.pem", &authority);
    let url = format!("https://localhost:{}/things", address.port());
    assert_eq!(verify(&url, &["--cacert", authority.to_str().unwrap()]), (0, Vec::new()));
}

#[test]
fn second_empty_header_over_http2_stops_all_but_firefox() {
    let (address, authority) = http2_server(2);
    let authority = file("twice.pem", &authority);
    let url = format!("https://localhost:{}/things", address.port());
    let (code, findings) = verify(&url, &["--cacert", authority.to_str().unwrap()]);
    assert_eq!((code, verdicts(&findings)), (1, ("shared", "refused")), "{findings:#?}");
}

#[test]
fn the_same_over_http1_depends_on_the_spelling() {
    for (name, firefox) in [("Access-Control-Allow-Origin", "refused"), ("access-control-allow-origin", "shared")] {
        let server = Server::start(move |head| {
            let lines = [format!("{name}: {LISTED}"), format!("{name}: "), "Vary: Origin".to_owned()];
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let is_listed = head.to_ascii_lowercase().contains(&format!("origin: {LISTED}\r\n"));
            response("200 OK", if is_listed { &lines } else { &lines[2..] })
        });
        let (code, findings) = verify(&server.url("/things"), &[]);
        assert_eq!((code, verdicts(&findings)), (1, (firefox, "refused")), "{name}: {findings:#?}");
        assert!(server.heads().iter().all(|head| head.contains(" HTTP/1.1\r\n")));
    }
}
