//! Real responses over loopback, byte for byte, good and bad.

mod proxied;
mod reused;
mod secure;
mod server;

use std::net::Ipv4Addr;
use std::time::Duration;

use server::{Server, read_head, wait, write};
use tokio::net::TcpSocket;
use url::Url;

use super::super::progress::Stage;
use super::super::proxy::Proxies;
use super::{Client, Options, Step};
use crate::probe::trouble::Trouble;
use corsac_diagnose::exchange::{Headers, Response};

/// Whatever proxy the environment names.
fn with(options: Options) -> Client {
    let mut client = Client::new(options);
    client.proxies = Proxies::none();
    client
}

fn client() -> Client {
    with(Options::default())
}

fn hasty() -> Client {
    with(Options { timeout: Duration::from_secs(2), ..Options::default() })
}

fn lines(lines: &[(&str, &str)]) -> Headers {
    lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
}

impl Client {
    /// The response alone.
    fn send(&self, url: &Url, method: &[u8], headers: &Headers) -> Result<Response, Trouble> {
        self.receive(url, method, headers).map(|received| received.response)
    }
}

fn get(response: impl Into<Vec<u8>>) -> Result<Response, Trouble> {
    let server = Server::answering(response);
    client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new())
}

fn values(response: &Response, name: &str) -> Vec<Vec<u8>> {
    response
        .headers
        .iter()
        .filter(|(found, _)| found.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value.clone())
        .collect()
}

/// One sentence of one line, without anything a terminal obeys.
fn said(trouble: &Trouble) -> String {
    let text = trouble.to_string();
    assert!(!text.contains(|c: char| c.is_control()) && !text.ends_with('.') && !text.contains("  "), "{text:?}");
    text
}

#[test]
fn sends_a_preflight_unchanged() {
    let server = Server::answering("HTTP/1.1 204 No Content\r\n\r\n");
    let headers = lines(&[
        ("Accept", "*/*"),
        ("Access-Control-Request-Method", "PATCH"),
        ("Access-Control-Request-Headers", "authorization,x-a"),
        ("Origin", "https://a.example"),
        ("Sec-Fetch-Mode", "cors"),
    ]);
    let url = server.url("http", "127.0.0.1", "/a%20b;c?q=[1]&r={}|^`#f");
    let response = client().take(&url, Step::Preflight(&headers)).unwrap().response;
    assert_eq!(response, Response { status: 204, headers: Headers::new() });
    let port = server.port();
    let expected = format!(
        "OPTIONS /a%20b;c?q=[1]&r={{}}|^` HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\nAccept: */*\r\n\
         Access-Control-Request-Method: PATCH\r\nAccess-Control-Request-Headers: authorization,x-a\r\nOrigin: https://a.example\r\n\
         Sec-Fetch-Mode: cors\r\nUser-Agent: corsac/{}\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n",
        env!("CARGO_PKG_VERSION"),
    );
    assert_eq!(server.request(), expected);
}

#[test]
fn sends_every_method_as_it_is_spelled() {
    for method in ["GET", "HEAD", "OPTIONS", "PATCH", "patch", "CHICKEN", "*", "DELETE", "!#$%&'*+-.^_`|~0aZ"] {
        let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        let url = server.url("http", "localhost", "/x");
        let headers = Headers::new();
        let step = Step::Request { method: method.as_bytes(), headers: &headers };
        let response = client().take(&url, step).unwrap().response;
        assert_eq!((response.status, values(&response, "content-length")), (200, vec![b"5".to_vec()]), "{method}");
        let request = server.request();
        assert!(request.starts_with(&format!("{method} /x HTTP/1.1\r\n")), "{request}");
        assert!(!request.contains("Content-Length"), "{request}");
    }
}

#[test]
fn a_post_says_that_it_has_no_body() {
    for method in [b"POST".as_slice(), b"PUT"] {
        let server = Server::answering("HTTP/1.1 200 OK\r\n\r\n");
        client().send(&server.url("http", "127.0.0.1", "/"), method, &Headers::new()).unwrap();
        assert!(server.request().contains("\r\nContent-Length: 0\r\n"));
    }
}

#[test]
fn request_lines_may_repeat_and_hold_high_bytes() {
    let server = Server::start(|mut stream| {
        let head = read_head(&mut stream);
        write(&mut stream, b"HTTP/1.1 200 OK\r\n\r\n");
        assert!(head.windows(9).any(|bytes| bytes == b"X-B: \xe9\xff\r\n"));
        head
    });
    let mut headers = lines(&[("X-A", "1"), ("x-a", "2"), ("User-Agent", "mine"), ("X-Empty", ""), ("X-Tab", "a\tb")]);
    headers.push((b"X-B".to_vec(), b"\xe9\xff".to_vec()));
    client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &headers).unwrap();
    let request = server.request();
    assert!(request.contains("\r\nX-A: 1\r\nX-A: 2\r\nUser-Agent: mine\r\nX-Empty: \r\nX-Tab: a\tb\r\n"), "{request}");
    assert_eq!(request.matches("User-Agent").count(), 1);
}

#[test]
fn what_http_cannot_say_is_not_sent() {
    let url = Url::parse("http://127.0.0.1:8080/").unwrap();
    for (method, name, value) in [
        (b"A B".as_slice(), b"x".as_slice(), b"".as_slice()),
        (b"", b"x", b""),
        (b"GET", b"a b", b""),
        (b"GET", b"x", b"1\r\nY: 2"),
    ] {
        let trouble = client().send(&url, method, &vec![(name.to_vec(), value.to_vec())]).unwrap_err();
        assert!(matches!(trouble, Trouble::Unsendable { .. }), "{}", said(&trouble));
    }
    let trouble = client().send(&Url::parse("http://127.0.0.1:22/").unwrap(), b"GET", &Headers::new()).unwrap_err();
    assert!(said(&trouble).starts_with("no browser connects to ") && said(&trouble).contains(":22,"));
    let data = Url::parse("data:text/plain,x").unwrap();
    assert!(matches!(client().send(&data, b"GET", &Headers::new()), Err(Trouble::Unsendable { .. })));
}

#[test]
fn lines_come_back_as_they_came() {
    let response = b"HTTP/1.1 418 I'm a teapot\r\nAccess-Control-Allow-Origin: https://a.example\r\nVary: Origin\r\n\
        access-control-allow-origin:*\r\nX-High: caf\xe9 \xff\xfe\r\nACCESS-CONTROL-ALLOW-ORIGIN: \t null \t\r\nX-Empty:\r\n\
        Set-Cookie: a=b\r\n\r\nbody";
    let response = get(response.as_slice()).unwrap();
    assert_eq!(response.status, 418);
    let origins = values(&response, "access-control-allow-origin");
    assert_eq!(origins, [b"https://a.example".as_slice(), b"*", b"null"]);
    assert_eq!(values(&response, "x-high"), [b"caf\xe9 \xff\xfe"]);
    assert_eq!(values(&response, "x-empty"), [b""]);
    assert_eq!(values(&response, "set-cookie"), [b"a=b"]);
    assert_eq!(response.headers.len(), 7);
}

#[test]
fn reads_as_leniently_as_a_browser() {
    let response =
        b"HTTP/1.0 200\nAccess-Control-Allow-Origin : *\nno colon here\nX-Folded: a\n  b\nX-Control: \x01\x0ba\n\
        bad name: 1\nX-Last: z\n\n";
    let response = get(response.as_slice()).unwrap();
    // Only Chromium takes the white space off.
    assert_eq!(values(&response, "access-control-allow-origin "), [b"*"]);
    assert_eq!(values(&response, "x-folded"), [b"a b"]);
    assert_eq!(values(&response, "x-control"), [b"\x01\x0ba"]);
    assert_eq!(values(&response, "x-last"), [b"z"]);
    assert_eq!(response.headers.len(), 4);
}

#[test]
fn no_status_is_an_error_and_no_redirect_is_followed() {
    for status in [200, 204, 205, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 407, 500, 503, 599, 600, 999] {
        let location = "http://127.0.0.1:1/elsewhere";
        let response =
            get(format!("HTTP/1.1 {status} Word\r\nLocation: {location}\r\nWWW-Authenticate: Basic\r\n\r\n")).unwrap();
        assert_eq!(response.status, status);
        assert_eq!(values(&response, "location"), [location.as_bytes()]);
    }
}

#[test]
fn interim_responses_are_skipped() {
    let response = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX: \x01\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n";
    assert_eq!(get(response).unwrap(), Response { status: 200, headers: lines(&[("X-A", "1")]) });
    let trouble = get("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n").unwrap_err();
    assert!(matches!(trouble, Trouble::Switched { .. }), "{}", said(&trouble));
}

#[test]
fn a_body_is_not_waited_for() {
    let server = Server::start(|mut stream| {
        let head = read_head(&mut stream);
        write(&mut stream, b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nfirst");
        wait(&mut stream);
        head
    });
    assert_eq!(client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap().status, 200);
}

#[test]
fn a_head_that_comes_in_pieces_is_put_together() {
    let server = Server::start(|mut stream| {
        stream.set_nodelay(true).unwrap();
        let head = read_head(&mut stream);
        for byte in b"HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n" {
            write(&mut stream, &[*byte]);
        }
        head
    });
    let response = client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap();
    assert_eq!(response.headers, lines(&[("X-A", "1")]));
}

#[test]
fn the_same_client_sends_again_and_again() {
    let client = client();
    for status in [201, 202, 203] {
        let server = Server::answering(format!("HTTP/1.1 {status} X\r\nSet-Cookie: a=b\r\n\r\n"));
        assert_eq!(
            client.send(&server.url("http", "app.localhost", "/"), b"GET", &Headers::new()).unwrap().status,
            status
        );
        let port = server.port();
        let request = server.request();
        assert!(
            request.contains(&format!("\r\nHost: app.localhost:{port}\r\n")) && !request.contains("Cookie"),
            "{request}"
        );
    }
}

#[test]
fn a_refused_connection_is_reported() {
    // Bound, so that no other process takes it, but not listening.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).unwrap();
    let port = socket.local_addr().unwrap().port();
    for host in ["127.0.0.1", "localhost"] {
        let url = Url::parse(&format!("http://{host}:{port}/")).unwrap();
        let trouble = client().send(&url, b"GET", &Headers::new()).unwrap_err();
        let said = said(&trouble);
        assert!(said.starts_with(&format!("{host}:{port} refused the connection")), "{said}");
    }
}

#[test]
fn an_unknown_name_is_reported() {
    // Too long for any name: no server is asked for it.
    let url = Url::parse(&format!("http://{}.invalid/", "a".repeat(64))).unwrap();
    let trouble = client().send(&url, b"GET", &Headers::new()).unwrap_err();
    assert!(said(&trouble).starts_with("no address is known for aaa"), "{}", said(&trouble));
}

#[test]
fn an_end_without_a_response_is_reported() {
    let trouble = get("").unwrap_err();
    assert!(matches!(trouble, Trouble::Closed { bytes: 0, .. }), "{}", said(&trouble));
    let trouble = get("HTTP/1.1 200 OK\r\nX-A: 1\r\n").unwrap_err();
    assert!(matches!(trouble, Trouble::Closed { bytes: 25, .. }), "{}", said(&trouble));
    let trouble = get("HT").unwrap_err();
    assert!(matches!(trouble, Trouble::Closed { bytes: 2, .. }), "{}", said(&trouble));
    let server = Server::start(|stream| {
        drop(stream);
        Vec::new()
    });
    let trouble = client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(matches!(trouble, Trouble::Closed { bytes: 0, .. }), "{}", said(&trouble));
}

#[test]
fn a_response_that_is_not_http_is_shown() {
    let trouble = get("SSH-2.0-OpenSSH_9.2\r\n").unwrap_err();
    assert!(
        said(&trouble).ends_with(r#"is not HTTP: check the port; it begins with "SSH-2.0-OpenSSH_9.2\x0D\x0A""#),
        "{}",
        said(&trouble)
    );
    let trouble = get([b"\x1b[31m\0\xff".as_slice(), &[b'a'; 100]].concat()).unwrap_err();
    assert!(matches!(&trouble, Trouble::NotHttp { start, .. } if start.len() == 64), "{}", said(&trouble));
    // A server that speaks first, and waits.
    let server = Server::start(|mut stream| {
        write(&mut stream, b"220 mail.example ESMTP\r\n");
        wait(&mut stream);
        Vec::new()
    });
    let trouble = client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(said(&trouble).contains("it begins with \"220 mail.example ESMTP"), "{}", said(&trouble));
    let trouble = get(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80".as_slice()).unwrap_err();
    assert!(said(&trouble).contains("HTTP/2"), "{}", said(&trouble));
    assert!(matches!(get("<html>old</html>"), Err(Trouble::NotHttp { .. })));
}

#[test]
fn a_head_that_browsers_cannot_read_is_reported() {
    for response in [
        "HTTP/1.1 200 OK\r\nX-A: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX-A: a\rb\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\0A: a\r\n\r\n",
        "HTTP/1.1 twohundred\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/7.3 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    ] {
        let trouble = get(response).unwrap_err();
        assert!(matches!(trouble, Trouble::Unparsable { .. }), "{response:?}: {}", said(&trouble));
    }
}

#[test]
fn an_endless_head_ends() {
    for (start, repeated) in [
        ("HTTP/1.1 200 OK\r\n", "X-A: 1\r\n"),
        ("HTTP/1.1 200 OK\r\nX-A: ", "aaaaaaaaaaaaaaaa"),
        ("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ("HTTP/1.1 200 ", "OK OK OK"),
    ] {
        let server = Server::start(move |mut stream| {
            let head = read_head(&mut stream);
            write(&mut stream, start.as_bytes());
            let piece = repeated.repeat(512);
            while std::io::Write::write_all(&mut stream, piece.as_bytes()).is_ok() {}
            head
        });
        let trouble = client().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
        assert!(matches!(trouble, Trouble::HeadTooLarge { .. }), "{start:?}: {}", said(&trouble));
    }
}

#[test]
fn a_large_head_within_the_limits_is_read_whole() {
    let value = "v".repeat(1000);
    let response = get(format!("HTTP/1.1 200 OK\r\n{}\r\n", format!("X-A: {value}\r\n").repeat(240))).unwrap();
    assert_eq!(values(&response, "x-a").len(), 240);
    let response =
        get(format!("HTTP/1.1 200 OK\r\n{}\r\n{}", "X-A: 1\r\n".repeat(4000), "body".repeat(200_000))).unwrap();
    assert_eq!(values(&response, "x-a").len(), 4000);
}

#[test]
fn a_server_that_does_not_respond_runs_out_of_time() {
    let silent = || {
        Server::start(|mut stream| {
            wait(&mut stream);
            Vec::new()
        })
    };
    let server = silent();
    let trouble = hasty().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(matches!(trouble, Trouble::TimedOut { stage: Stage::Response, .. }), "{}", said(&trouble));
    let server = silent();
    let client = secure::trusting(hasty(), &secure::Authority::new());
    let trouble = client.send(&server.url("https", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(matches!(trouble, Trouble::TimedOut { stage: Stage::Tls, .. }), "{}", said(&trouble));
    // Each byte is in time, but the response is not.
    let server = Server::start(|mut stream| {
        // A response that is there before the request is an error of another kind.
        read_head(&mut stream);
        write(&mut stream, b"HTTP/1.1 200 OK\r\n");
        while std::io::Write::write_all(&mut stream, b"X: 1\r\n").is_ok() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Vec::new()
    });
    let trouble = hasty().send(&server.url("http", "127.0.0.1", "/"), b"GET", &Headers::new()).unwrap_err();
    assert!(said(&trouble).contains("did not respond within 2 s"), "{}", said(&trouble));
}

#[test]
fn response_comes_with_the_address_of_the_server() {
    let server = Server::answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    let received = client().receive(&server.url("http", "localhost", "/"), b"GET", &Headers::new()).unwrap();
    assert!(received.peer.unwrap().is_loopback());
}
