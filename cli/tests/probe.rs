//! `corsac probe` against real servers on the loopback: what is sent, what is reported about the responses, and the exit codes.

mod server;

use std::net::TcpListener;
use std::process::Output;

use server::{Server, response};

const PAGE: &str = "https://shop.example";

fn probe(url: &str, more: &[&str]) -> Output {
    let mut command = server::program();
    let origin: &[&str] = if more.contains(&"--origin") { &[] } else { &["--origin", PAGE] };
    command.arg("probe").arg(url).args(origin).args(more).output().unwrap()
}

/// The exit code, standard output and standard error.
fn run_probe(url: &str, more: &[&str]) -> (i32, String, String) {
    let output = probe(url, more);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn has_line(head: &str, line: &str) -> bool {
    head.lines().any(|known| known.eq_ignore_ascii_case(line))
}

#[test]
fn a_server_without_cors_is_blocked() {
    let server = Server::start(|_| response("200 OK", &["Server: nothing"]));
    let (code, text, _) = run_probe(&server.url("/x"), &["--stack", "express"]);
    assert_eq!(code, 1, "{text}");
    assert!(
        text.starts_with("blocked in every browser by CORS, and ") && text.contains("[acao-missing: no-cors-headers]"),
        "{text}"
    );
    assert!(text.contains("cors({"), "{text}");
    let heads = server.heads();
    assert!(heads.len() == 1 && heads[0].starts_with("GET /x HTTP/1.1\r\n"), "{heads:?}");
    assert!(has_line(&heads[0], "origin: https://shop.example"));
}

#[test]
fn preflight_goes_first_then_the_request_both_without_cookies() {
    let lines = [
        "Access-Control-Allow-Origin: https://shop.example",
        "Access-Control-Allow-Credentials: true",
        "Access-Control-Allow-Methods: PUT",
        "Access-Control-Allow-Headers: authorization, x-a",
    ];
    let server = Server::start(move |_| response("200 OK", &lines));
    let more = ["--method", "put", "-H", "X-A: 1", "-H", "Authorization: Bearer s3cr3t", "--credentials"];
    let (code, text, error) = run_probe(&server.url("/x?y"), &more);
    assert_eq!(code, 0, "{text}{error}");
    let heads = server.heads();
    assert_eq!(heads.len(), 2);
    assert!(heads[0].starts_with("OPTIONS /x?y HTTP/1.1\r\n") && heads[1].starts_with("PUT /x?y HTTP/1.1\r\n"));
    assert!(has_line(&heads[0], "access-control-request-method: PUT"));
    assert!(has_line(&heads[0], "access-control-request-headers: authorization,x-a"));
    assert!(has_line(&heads[1], "x-a: 1") && has_line(&heads[1], "authorization: Bearer s3cr3t"));
    assert!(heads.iter().all(|head| has_line(head, "origin: https://shop.example")));
    assert!(!heads.concat().to_ascii_lowercase().contains("cookie") && !heads[0].contains("s3cr3t"));
    assert!(!text.contains("s3cr3t") && !error.contains("s3cr3t"), "{text}{error}");
    assert!(run_probe(&server.url("/"), &[&more[..], &["--show-secrets"]].concat()).1.contains("Bearer s3cr3t"));
}

#[test]
fn the_request_is_not_sent_where_the_preflight_fails() {
    let server = Server::start(|_| response("405 Method Not Allowed", &["Allow: POST"]));
    let (code, text, _) = run_probe(&server.url("/x"), &["--method", "DELETE"]);
    assert!(code == 1 && text.contains("[acao-missing: options-not-routed]"), "{text}");
    assert!(text.contains("✗ DELETE /x is not sent") && server.heads().len() == 1, "{text}");
}

#[test]
fn with_no_request_only_the_preflight_is_sent_and_judged() {
    let server = Server::start(|head| match head.contains("/good") {
        true => response("204 No Content", &["Access-Control-Allow-Origin: *", "Access-Control-Allow-Methods: PUT"]),
        false => response("204 No Content", &["Access-Control-Allow-Origin: *"]),
    });
    let (code, text, error) = run_probe(&server.url("/good"), &["--method", "PUT", "--no-request"]);
    assert!(code == 0 && text.contains("The preflight passes; the request itself was not sent"), "{text}{error}");
    let (code, text, _) = run_probe(&server.url("/bad"), &["--method", "PUT", "--no-request"]);
    assert!(code == 1 && text.contains("[method-not-allowed: no-method-list]"), "{text}");
    assert!(server.heads().iter().all(|head| head.starts_with("OPTIONS ")) && server.heads().len() == 2);
    let (code, text, _) = run_probe(&server.url("/good"), &["--no-request"]);
    assert!(code == 0 && text.contains("No browser needs a preflight") && server.heads().len() == 2, "{text}");
}

#[test]
fn redirects_are_followed_with_the_origin_that_a_browser_sends() {
    let open = "Access-Control-Allow-Origin: *";
    let last = Server::start(move |head| match head.contains("/open") {
        true => response("200 OK", &[open]),
        false => response("200 OK", &["Access-Control-Allow-Origin: https://shop.example"]),
    });
    let (to_open, to_shop) = (last.url("/open"), last.url("/shop"));
    let first = Server::start(move |head| match head {
        _ if head.contains("/near") => response("302 Found", &[open, "Location: far"]),
        _ if head.contains("/far") => response("307 Temporary Redirect", &[open, &format!("Location: {to_open}#part")]),
        _ => response("302 Found", &[open, &format!("Location: {to_shop}")]),
    });
    let (code, text, error) = run_probe(&first.url("/near"), &[]);
    assert_eq!(code, 0, "{text}{error}");
    let paths: Vec<_> = first.heads().iter().map(|head| head.lines().next().unwrap().to_owned()).collect();
    assert_eq!(paths, ["GET /near HTTP/1.1", "GET /far HTTP/1.1"]);
    assert!(first.heads().iter().all(|head| has_line(head, "origin: https://shop.example")));
    assert!(last.heads()[0].starts_with("GET /open HTTP/1.1\r\n") && has_line(&last.heads()[0], "origin: null"));
    let (code, text, _) = run_probe(&first.url("/shop"), &[]);
    assert!(code == 1 && text.contains("[acao-mismatch: redirect-to-null]"), "{text}");
}

#[test]
fn a_redirect_that_no_browser_follows_is_not_followed() {
    let server = Server::start(|head| match head.contains("/loop") {
        true => response("302 Found", &["Access-Control-Allow-Origin: *", "Location: /loop"]),
        false => response("302 Found", &["Location: /loop"]),
    });
    let (code, text, _) = run_probe(&server.url("/"), &[]);
    assert!(code == 1 && text.contains("✗ no browser follows the redirect") && server.heads().len() == 1, "{text}");
    let (code, text, _) = run_probe(&server.url("/loop"), &[]);
    assert!(code == 1 && text.contains("[redirect-limit: redirect-loop]"), "{text}");
    assert_eq!(server.heads().len(), 22);
}

#[test]
fn a_missing_response_ends_with_2_and_says_why() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let no_http = Server::start(|_| b"SSH-2.0-OpenSSH_9.6\x1b[31m\r\n".to_vec());
    let closes = Server::start(|_| Vec::new());
    let cut = Server::start(|_| b"HTTP/1.1 200 OK\r\nServer: x".to_vec());
    for (url, said) in [
        (format!("http://{free}/"), "refused the connection"),
        (format!("http://{}/", silent.local_addr().unwrap()), "did not respond within 2 s"),
        (no_http.url("/"), "is not HTTP: check the port; it begins with \"SSH-2.0-OpenSSH_9.6\\x1B[31m"),
        (closes.url("/"), "closed the connection without a response"),
        (cut.url("/"), "closed the connection within the head of its response"),
    ] {
        // A short limit for the silent server, and a long one for the others, because the machine may be busy.
        let timeout = if said.contains("within 2 s") { "2" } else { "180" };
        let (code, text, error) = run_probe(&url, &["--timeout", timeout]);
        assert!(code == 2 && error.starts_with("error: no response: ") && error.contains(said), "{text}{error}");
        assert!(text.is_empty(), "{text}");
    }
}

#[test]
fn warnings_come_before_anything_is_sent() {
    let server = Server::start(|_| response("200 OK", &[]));
    let own = format!("http://{}", server.address);
    let (code, text, error) = run_probe(&server.url("/x"), &["--origin", &own]);
    assert!(code == 0 && error.contains("so CORS does not apply"), "{text}{error}");
    // No browser connects to this port, so nothing leaves this machine.
    let (code, _, error) = run_probe("http://203.0.113.1:6667/", &[]);
    assert!(code == 2 && error.contains("mixed content"), "{error}");
    let (_, _, error) = run_probe(&server.url("/x"), &[]);
    assert!(!error.contains("mixed content") && !error.contains("CORS does not apply"), "{error}");
}

#[test]
fn wrong_usage_says_what_to_write_and_sends_nothing() {
    let server = Server::start(|_| response("200 OK", &[]));
    let url = server.url("/");
    for (url, more, said) in [
        ("shop.example/x", &[][..], "write https://shop.example/x"),
        ("wss://shop.example/x", &[], "write https://shop.example/x"),
        (&url, &["--timeout", "0"], "write a number from 0.001"),
        (&url, &["--method", "A B"], "is not a valid method"),
        (&url, &["-H", "Cookie: a"], "scripts cannot set the header Cookie"),
        (&url, &["--origin", ""], "no browser sends this --origin"),
    ] {
        let (code, text, error) = run_probe(url, more);
        assert!(code == 2 && text.is_empty() && error.contains(said), "{text}{error}");
    }
    assert!(server.heads().is_empty());
}

#[test]
fn no_byte_of_a_response_controls_a_terminal() {
    let hostile = "\u{1b}[2J\u{9b}31m\u{202e}\u{7f}";
    let server = Server::start(move |head| {
        let lines = [
            format!("Access-Control-Allow-Origin: {hostile}"),
            format!("Location: /{hostile}"),
            format!("Vary: {hostile}"),
        ];
        let status = if head.starts_with("OPTIONS") { "204 No Content" } else { "302 Found" };
        response(status, &lines.each_ref().map(String::as_str))
    });
    for more in [&[][..], &["--method", "PUT"], &["--stack", "axum"]] {
        let (code, text, error) = run_probe(&server.url("/x"), more);
        // Written out: what is no terminal would not be shown the byte itself.
        assert!(code != 0 && text.contains("\\x1B[2J"), "{text}{error}");
        let steers = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(steers) && !error.contains(steers), "{}", text.escape_debug());
    }
}
