//! Several requests over one connection: HTTP/1.1 and HTTP/2, and servers that close it.

use std::convert::Infallible;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::thread::spawn;

use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::runtime::{Builder, Runtime};
use tokio_rustls::TlsAcceptor;
use url::Url;

use super::secure::{Authority, params, trusting};
use super::server::read_head;
use super::{client, with};
use crate::probe::client::{Client, Options};
use corsac_diagnose::exchange::{Headers, Response};

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

async fn get(client: &Client, url: &Url) -> Response {
    client.fetch(url, b"GET", &Headers::new()).await.unwrap().response
}

/// A server that responds to `each` requests of every connection, and says in a header which connection it was.
fn counting(each: usize, body: &'static str) -> Url {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            for _ in 0..each {
                if read_head(&mut stream).is_empty() {
                    break;
                }
                let length = body.len();
                let text = format!("HTTP/1.1 200 OK\r\nX-Number: {number}\r\nContent-Length: {length}\r\n\r\n{body}");
                if stream.write_all(text.as_bytes()).is_err() {
                    break;
                }
            }
        }
    });
    url
}

fn number(response: &Response) -> String {
    let line = response.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(b"x-number"));
    String::from_utf8(line.unwrap().1.clone()).unwrap()
}

#[test]
fn one_connection_carries_many_requests() {
    let (url, client) = (counting(5, "a body"), client());
    runtime().block_on(async {
        for _ in 0..5 {
            assert_eq!(number(&get(&client, &url).await), "0");
        }
    });
}

#[test]
fn a_closed_connection_is_opened_again() {
    let (url, client) = (counting(2, ""), client());
    runtime().block_on(async {
        let mut numbers = Vec::new();
        for _ in 0..6 {
            numbers.push(number(&get(&client, &url).await));
        }
        assert_eq!(numbers, ["0", "0", "1", "1", "2", "2"]);
    });
}

#[test]
fn each_response_has_only_its_own_dropped_headers() {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        for odd in ["X-Odd: \u{1}\r\n", ""] {
            read_head(&mut stream);
            stream.write_all(format!("HTTP/1.1 200 OK\r\n{odd}Content-Length: 0\r\n\r\n").as_bytes()).unwrap();
        }
    });
    let client = client();
    runtime().block_on(async {
        let odd = |response: &Response| response.headers.iter().any(|(name, _)| name == b"X-Odd");
        assert!(odd(&get(&client, &url).await));
        assert!(!odd(&get(&client, &url).await));
    });
}

#[test]
fn http2_is_spoken_where_the_server_agrees() {
    let authority = Authority::new();
    let mut config = authority.config(&params("localhost"));
    config.alpn_protocols = vec![b"h2".to_vec()];
    let client = trusting(with(Options { http2: true, ..Options::default() }), &authority);
    let runtime = runtime();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let stream = TlsAcceptor::from(Arc::new(config)).accept(stream).await.unwrap();
            let respond = service_fn(|request: hyper::Request<hyper::body::Incoming>| async move {
                let version = format!("{:?} {}", request.version(), request.uri());
                let response = hyper::Response::builder().header("x-number", version).body("x".repeat(40_000));
                Ok::<_, Infallible>(response.unwrap())
            });
            let _ = http2::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), respond).await;
        });
        let url = Url::parse(&format!("https://localhost:{port}/things?a=1")).unwrap();
        for _ in 0..20 {
            let response = get(&client, &url).await;
            assert_eq!(number(&response), format!("HTTP/2.0 https://localhost:{port}/things?a=1"));
        }
    });
}
