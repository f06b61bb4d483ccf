//! Through a proxy on loopback that the environment would name.

use super::secure::{Authority, params, respond_over_tls, trusting};
use super::server::{Server, read_head, write};
use super::{Proxies, client, said};
use crate::probe::client::Client;
use crate::probe::trouble::Trouble;
use corsac_diagnose::exchange::Headers;
use url::Url;

fn through(mut client: Client, proxy: &str) -> Client {
    client.proxies = Proxies::all(proxy.to_owned());
    client
}

fn send(client: &Client, url: &str) -> Result<u16, Trouble> {
    client.send(&Url::parse(url).unwrap(), b"GET", &Headers::new()).map(|response| response.status)
}

#[test]
fn a_proxy_is_asked_for_the_whole_url() {
    let proxy = Server::answering("HTTP/1.1 200 OK\r\n\r\n");
    let client = through(client(), &format!("http://user:secret@127.0.0.1:{}", proxy.port()));
    assert_eq!(send(&client, "http://b.test:8080/x?y").unwrap(), 200);
    let request = proxy.request();
    assert!(request.starts_with("GET http://b.test:8080/x?y HTTP/1.1\r\nHost: b.test:8080\r\n"), "{request}");
    assert!(request.contains("\r\nProxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n"), "{request}");
}

#[test]
fn a_proxy_opens_a_tunnel_for_tls() {
    let authority = Authority::new();
    let config = authority.config(&params("b.test"));
    let proxy = Server::start(move |mut stream| {
        let mut asked = read_head(&mut stream);
        write(&mut stream, b"HTTP/1.1 200 Connection established\r\n\r\n");
        asked.extend(respond_over_tls(config, stream));
        asked
    });
    let client = trusting(through(client(), &format!("http://127.0.0.1:{}", proxy.port())), &authority);
    assert_eq!(send(&client, "https://b.test/x").unwrap(), 200);
    let request = proxy.request();
    assert!(request.starts_with("CONNECT b.test:443 HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\n\r\nGET /x HTTP/1.1\r\n"), "{request}");
}

#[test]
fn loopback_goes_past_the_proxy() {
    let server = Server::answering("HTTP/1.1 200 OK\r\n\r\n");
    let client = through(client(), "http://127.0.0.1:1");
    assert_eq!(send(&client, server.url("http", "app.localhost", "/").as_str()).unwrap(), 200);
}

#[test]
fn a_proxy_without_a_connection_is_reported() {
    for (response, why) in [
        ("HTTP/1.1 407 Who are you\r\n\r\n", "(status 407)"),
        ("", "gave no connection"),
        ("junk", "gave no connection"),
    ] {
        let proxy = Server::answering(response);
        let client = trusting(through(client(), &format!("127.0.0.1:{}", proxy.port())), &Authority::new());
        let trouble = send(&client, "https://b.test/").unwrap_err();
        assert!(matches!(trouble, Trouble::Proxy { .. }) && said(&trouble).contains(why), "{}", said(&trouble));
    }
    let proxy = Server::answering("HTTP/1.1 407 Who are you\r\n\r\n");
    let trouble = send(&through(client(), &format!("127.0.0.1:{}", proxy.port())), "http://b.test/").unwrap_err();
    assert!(said(&trouble).contains("(status 407)"), "{}", said(&trouble));
    let trouble = send(&through(client(), "socks5://user:secret@127.0.0.1:1080"), "http://b.test/").unwrap_err();
    assert!(
        said(&trouble).contains("write http://HOST:PORT") && !said(&trouble).contains("secret"),
        "{}",
        said(&trouble)
    );
}
