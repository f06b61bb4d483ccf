//! `corsac probe --twice` against servers with and without a cache: what it asks, and what it reports.

mod server;

use std::collections::HashMap;
use std::sync::Mutex;

use server::{Server, response};

const KEPT: &str = "Cache-Control: public, max-age=600";

/// The exit code, standard output and standard error.
fn run_probe(url: &str, more: &[&str]) -> (i32, String, String) {
    let output =
        server::program().args(["probe", url, "--origin", "https://shop.example"]).args(more).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn origin(head: &str) -> Option<&str> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with("origin: "))?;
    line.split_once(": ").map(|(_, origin)| origin)
}

fn target(head: &str) -> &str {
    head.split(' ').nth(1).unwrap()
}

/// Allows the page alone. `vary`: as it should be.
fn listed(head: &str, vary: bool) -> Vec<u8> {
    let allowed = origin(head).filter(|origin| *origin == "https://shop.example");
    let allowed = allowed.map(|origin| format!("Access-Control-Allow-Origin: {origin}"));
    let mut lines = vec![KEPT];
    lines.extend(allowed.as_deref());
    lines.extend(vary.then_some("Vary: Origin"));
    response("200 OK", &lines)
}

/// A cache that keeps what it saw first, by `key`.
fn cached(key: fn(&str) -> &str) -> impl Fn(&str) -> Vec<u8> {
    let kept = Mutex::new(HashMap::new());
    move |head| {
        let mut kept = kept.lock().unwrap();
        let known = kept.contains_key(key(target(head)));
        let bytes: &Vec<u8> = kept.entry(key(target(head)).to_owned()).or_insert_with(|| listed(head, false));
        let age = if known { "HTTP/1.1 200 OK\r\nAge: 7" } else { "HTTP/1.1 200 OK" };
        String::from_utf8_lossy(bytes).replacen("HTTP/1.1 200 OK", age, 1).into_bytes()
    }
}

#[test]
fn a_cache_that_mixes_up_pages_is_a_problem() {
    let server = Server::start(cached(|target| target));
    let (code, text, error) = run_probe(&server.url("/x?a=1"), &["--twice"]);
    assert_eq!(code, 1, "{text}{error}");
    assert!(text.contains("[cached-response]") && text.contains("Age: 7") && !text.contains("Hint"), "{text}");
    let heads = server.heads();
    assert_eq!((heads.len(), target(&heads[0])), (7, "/x?a=1"));
    let is_new = |head: &String| target(head).starts_with("/x?a=1&corsac-probe=");
    assert!(heads[1..].iter().all(is_new), "{heads:?}");
    let strangers =
        heads.iter().filter(|head| origin(head).is_some_and(|origin| origin.starts_with("https://corsac-")));
    assert_eq!(strangers.count(), 2, "{heads:?}");
}

#[test]
fn careful_servers_get_no_warning() {
    let careful = Server::start(|head| listed(head, true));
    let open = Server::start(|_| response("200 OK", &["Access-Control-Allow-Origin: *", KEPT, "Age: 60"]));
    let fixed = Server::start(|_| response("200 OK", &["Access-Control-Allow-Origin: https://shop.example"]));
    for server in [&careful, &fixed] {
        let (code, text, error) = run_probe(&server.url("/x"), &["--twice"]);
        assert_eq!(code, 0, "{text}{error}");
        assert!(text.contains("no cache can mix them up") && !text.contains("Warning"), "{text}");
    }
    let (code, text, _) = run_probe(&open.url("/x"), &[]);
    assert!(code == 0 && !text.contains("Hint") && !text.contains("Warning"), "{text}");
}

#[test]
fn a_response_that_depends_on_the_origin_needs_vary() {
    let server = Server::start(|head| listed(head, false));
    let (code, text, _) = run_probe(&server.url("/x"), &["--twice"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("the responses depend on the origin") && text.contains("[vary-origin-missing]"), "{text}");
    let (code, text, _) = run_probe(&server.url("/x"), &[]);
    assert!(code == 0 && text.contains("[vary-origin-missing, possible]"), "{text}");
}

#[test]
fn cache_that_ignores_the_query_gets_no_second_origin() {
    let server = Server::start(cached(|target| target.split('?').next().unwrap()));
    let (_, text, _) = run_probe(&server.url("/x"), &["--twice"]);
    assert!(text.contains("ignores the query"), "{text}");
    assert!(server.heads().iter().all(|head| origin(head).is_none_or(|origin| origin == "https://shop.example")));
}

#[test]
fn a_busy_server_ends_the_questions() {
    let server = Server::start(|head| {
        let status = if head.contains("corsac-probe") { "429 Too Many Requests" } else { "200 OK" };
        response(status, &["Access-Control-Allow-Origin: *"])
    });
    let (code, text, _) = run_probe(&server.url("/x"), &["--twice"]);
    assert!(code == 0 && text.contains("not every question could be asked"), "{text}");
    assert_eq!(server.heads().len(), 2);
}

#[test]
fn methods_that_no_cache_keeps_are_refused() {
    for more in [&["--twice", "--method", "PUT"][..], &["--twice", "--no-request"]] {
        let (code, text, error) = run_probe("http://127.0.0.1:1/", more);
        assert!(code == 2 && text.is_empty() && error.contains("--twice"), "{error}");
    }
}

#[test]
fn what_a_server_sends_is_escaped() {
    let server = Server::start(|_| {
        response("200 OK", &["Access-Control-Allow-Origin: \u{9b}31mx", "Age: 1\u{9b}", "X-Cache: HIT"])
    });
    let (_, text, _) = run_probe(&server.url("/x"), &["--twice"]);
    assert!(text.contains("Asked again") && !text.contains('\u{9b}'), "{text:?}");
}
