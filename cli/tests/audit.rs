//! `corsac audit` against servers on the loopback: which strangers it names, and that it asks another machine only if you may test it.

mod server;

use serde_json::Value;
use server::{Server, program, response};

fn audit(args: &[&str]) -> (i32, String, String) {
    let output = program().arg("audit").args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn origin(head: &str) -> &str {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("origin")).map_or("", |(_, value)| value)
}

/// A server that names an origin if `lets` does, with credentials.
fn server(lets: fn(&str) -> bool) -> Server {
    Server::start(move |head| {
        let origin = origin(head);
        let allowed = format!("Access-Control-Allow-Origin: {origin}");
        let lines = [allowed.as_str(), "Access-Control-Allow-Credentials: true", "Vary: Origin"];
        response("200 OK", if lets(origin) { &lines } else { &["Vary: Origin"] })
    })
}

#[test]
fn loose_matches_are_found_and_named() {
    for (code, lets) in [
        ("origin-reflected", (|origin| !origin.is_empty()) as fn(&str) -> bool),
        ("null-origin-allowed", |origin| origin == "null"),
        ("origin-prefix-match", |origin| origin.starts_with("https://app.example.com.")),
        ("origin-suffix-match", |origin| origin.ends_with("app.example.com") && !origin.contains(".app.")),
        ("origin-dot-match", |origin| origin == "https://appxexample.com"),
        ("origin-scheme-match", |origin| origin == "http://app.example.com"),
        ("origin-odd-bytes", |origin| origin.starts_with("https://app.example.com{")),
    ] {
        let server = server(lets);
        let url = server.url("/things");
        let (exit, text, error) = audit(&[&url, "--origin", "https://app.example.com", "--format", "json"]);
        let report: Value = serde_json::from_str(&text).unwrap_or_else(|why| panic!("{why}: {text}{error}"));
        assert_eq!((exit, &report["outcome"]), (1, &Value::from("broken")), "{code} {report:#}");
        let findings = report["layers"][0]["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["code"] == code);
        let found = found.unwrap_or_else(|| panic!("{code} is not in {findings:#?}"));
        assert!(found["credentials"] == true && found["verdict"]["webkit"] == "shared", "{found:#}");
        assert!(found["message"].as_str().unwrap().contains("with credentials"), "{found:#}");
    }
}

#[test]
fn what_everyone_may_read_is_listed_and_is_no_problem() {
    let server = Server::start(|_| response("200 OK", &["Access-Control-Allow-Origin: *"]));
    let (code, text, error) = audit(&[&server.url("/")]);
    assert_eq!(code, 0, "{text}{error}");
    assert!(text.contains("Warning:") && text.contains("[any-origin-allowed]"), "{text}");
}

#[test]
fn careful_server_lets_no_stranger_in() {
    let server = server(|origin| origin == "https://app.example.com");
    let (code, text, error) = audit(&[&server.url("/"), "--origin", "https://app.example.com"]);
    assert_eq!(code, 0, "{text}{error}");
    assert!(text.contains("Good: no stranger reads more than everyone may"), "{text}");
}

#[test]
fn other_machines_are_asked_only_if_permitted() {
    let args = ["https://api.example.com/things", "--origin", "https://app.example.com"];
    let (code, text, error) = audit(&args);
    assert!(code == 2 && text.is_empty(), "{text}");
    assert!(error.contains("This would send ") && error.contains("    api.example.com\n"), "{error}");
    assert!(error.contains("write --i-may-test"), "{error}");
    let (code, text, _) = audit(&[args.as_slice(), &["--dry-run"]].concat());
    assert!(code == 0 && text.contains("https://app.example.com.corsac-check.test"), "{text}");
    assert!(text.lines().all(|line| line.starts_with("curl -i ") && line.contains("corsac-check=")), "{text}");
}

#[test]
fn strangers_are_asked_only_after_the_cache_was() {
    let server = Server::start(|_| response("200 OK", &["Access-Control-Allow-Origin: *", "Age: 9"]));
    let (_, text, _) = audit(&[&server.url("/")]);
    let gets = server.heads().into_iter().filter(|head| head.starts_with("GET"));
    assert!(gets.clone().count() > 0 && text.contains("ignores the query"), "{text}");
    let strangers: Vec<String> = gets.filter(|head| origin(head).contains("corsac-check")).collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
}
