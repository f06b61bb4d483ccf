//! How the command line talks to people: one mistake is one error, nothing is repeated, and the sentence comes first.

mod run;

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use run::{code, corsac, err, out};

const POLICY: &str = "allow_origins = [\"https://app.example.com\"]\n";

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

/// A preflight without any CORS header, and with the status of a missing route.
const BARE_PREFLIGHT: &str = "> OPTIONS /things HTTP/1.1\n> Host: api.example.com\n> Origin: https://app.example.com\n\
     > Access-Control-Request-Method: PUT\n> Access-Control-Request-Headers: x-a\n>\n< HTTP/1.1 405 Method Not Allowed\n\
     < Allow: GET\n< Vary: Origin\n<\n";

#[test]
fn origin_that_no_browser_sends_is_refused_with_suggestion() {
    let policy = file("face-origin.toml", POLICY);
    let policy = policy.to_str().unwrap();
    for (origin, said) in [
        ("https://app.example.com/", "write \"https://app.example.com\""),
        ("https://app.example.com/page?x", "write \"https://app.example.com\""),
        ("https://App.example.com", "write \"https://app.example.com\""),
        ("https://app.example.com:443", "write \"https://app.example.com\""),
        ("app.example.com", "write \"https://app.example.com\""),
        ("https://*.example.com", "write the origin of one page"),
        ("http://10.0.0.0/8", "write the origin of one page"),
        ("*", "write the origin of one page"),
        ("", "write the origin of one page"),
        ("a b", "--origin"),
    ] {
        for args in [
            &["eval", policy, "--origin", origin][..],
            &["probe", "http://127.0.0.1:9/", "--origin", origin],
            &["explain", "--origin", origin],
            &["explain", "--console", "CORS request not http", "--origin", origin],
        ] {
            let output = corsac(args, BARE_PREFLIGHT);
            assert_eq!(code(&output), 2, "{args:?}");
            assert!(err(&output).starts_with("error: no browser sends this --origin: "), "{args:?} {}", err(&output));
            assert!(err(&output).contains(said), "{args:?} {}", err(&output));
            assert!(output.stdout.is_empty() && err(&output).lines().count() == 1, "{args:?} {}", err(&output));
        }
    }
    for origin in ["null", "http://localhost:3000", "capacitor://localhost", "https://a_b.example.com.", "file://"] {
        let output = corsac(&["eval", policy, "--origin", origin], "");
        assert_eq!(code(&output), 1, "{origin} {}", err(&output));
    }
}

#[test]
fn a_missing_header_is_a_line_of_its_own() {
    let text = out(&corsac(&["explain"], BARE_PREFLIGHT));
    assert!(text.contains("\n    │  ✗ Access-Control-Allow-Origin is missing\n"), "{text}");
    let headers = "\n    │  ✗ Access-Control-Allow-Headers is missing: it must list \"x-a\"\n";
    assert!(text.contains(headers), "{text}");
    // The status is there, so a caret points at it.
    assert!(text.contains("405 ──┤\n    │  ^ the status of the preflight is 405"), "{text}");
}

#[test]
fn without_a_response_only_a_sentence_is_shown() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for url in [format!("http://{free}/x"), "http://nowhere.invalid/x".to_owned(), "http://localhost:9/x".to_owned()] {
        let output = corsac(&["probe", &url, "--origin", "http://app.example.com", "--method", "PUT"], "");
        assert_eq!(code(&output), 2);
        assert!(output.stdout.is_empty(), "{}", out(&output));
        let said = err(&output);
        assert!(said.starts_with("error: no response: ") && said.lines().count() == 1, "{said}");
        let host = url.strip_prefix("http://").unwrap().strip_suffix("/x").unwrap().trim_end_matches(":9");
        assert_eq!(said.matches(host).count(), 1, "{said}");
    }
}

#[test]
fn equal_verdicts_are_said_once() {
    let policy = file("face-verdicts.toml", POLICY);
    let policy = policy.to_str().unwrap();
    let text = out(&corsac(&["eval", policy, "--origin", "https://app.example.com"], ""));
    assert!(text.ends_with("\nIn every browser, the script reads the response.\n"), "{text}");
    let text = out(&corsac(&["eval", policy, "--origin", "https://b.example"], ""));
    assert!(text.ends_with("\nEvery browser blocks this: Access-Control-Allow-Origin is missing.\n"), "{text}");
}

#[test]
fn what_else_is_wrong_is_not_said_twice() {
    let text = out(&corsac(&["explain", "--credentials"], BARE_PREFLIGHT));
    let also = text.split("\nAlso wrong").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut sentences: Vec<&str> = also.lines().skip(1).collect();
    assert!(sentences.len() > 2, "{text}");
    sentences.dedup();
    for sentence in sentences {
        assert_eq!(text.matches(sentence).count(), 1, "{sentence} in {text}");
        assert!(sentence.matches(": ").count() <= 2, "{sentence}");
    }
    assert!(!also.contains("the list of allowed request headers does not include this one"), "{text}");
}

#[test]
fn causes_and_fixes_are_sentences() {
    for (capture, fix) in [
        (BARE_PREFLIGHT, "Fix:   Respond to OPTIONS for this URL before routing, with status 204 and these headers:\n"),
        (
            "> GET / HTTP/1.1\n> Host: api.example.com\n> Origin: https://a.example\n> Cookie: a\n>\n\
             < HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: https://a.example\n",
            "Fix:   Send Access-Control-Allow-Credentials: true on both responses, or send no credentials. \
             These headers are enough:\n",
        ),
        (
            "> GET / HTTP/1.1\n> Host: api.example.com\n> Origin: https://a.example\n>\n\
             < HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: *\n< Access-Control-Allow-Origin: *\n",
            "Fix:   Let one part add the CORS headers, and remove them from the other.\n",
        ),
    ] {
        let text = out(&corsac(&["explain"], capture));
        assert!(text.contains(fix), "{text}");
        let cause = text.lines().find(|line| line.starts_with("Cause:")).unwrap();
        let sentence = cause.strip_prefix("Cause: ").unwrap().split(" [").next().unwrap();
        assert!(sentence.starts_with(char::is_uppercase) && sentence.ends_with('.'), "{cause}");
    }
}

#[test]
fn an_opaque_origin_is_never_advised() {
    let capture = "> PUT /x HTTP/1.1\n> Host: api.example.com\n> Origin: null\n>\n< HTTP/1.1 200 OK\n<\n";
    let text = out(&corsac(&["explain"], capture));
    let fix = text.split("\nFix:").nth(1).unwrap().split("\n\n").next().unwrap();
    assert!(fix.contains("Access-Control-Allow-Origin: *") && !fix.contains("null"), "{fix}");
    let text = out(&corsac(&["explain", "--credentials"], capture));
    assert!(!text.contains("Access-Control-Allow-Origin: null"), "{text}");
    let line = r#"{"request":{"origin":"null","url":"https://b.example/"},"response":{"status":200,"headers":[]}}"#;
    assert!(!out(&corsac(&["explain", "--jsonl"], line)).contains("Allow-Origin: null"));
}

#[test]
fn a_cache_is_blamed_only_for_another_site() {
    for (value, is_blamed) in [("https://app.example.com/", false), ("https://other.example", true)] {
        let capture = format!(
            "> GET / HTTP/1.1\n> Host: api.example.com\n> Origin: https://app.example.com\n>\n\
             < HTTP/1.1 200 OK\n< Access-Control-Allow-Origin: {value}\n<\n"
        );
        let text = out(&corsac(&["explain", "--stack", "express"], capture));
        assert_eq!(text.contains("If a cache is in between"), is_blamed, "{text}");
    }
}

#[test]
fn a_number_with_a_unit_gets_the_number_to_write() {
    let text = out(&corsac(&["check", "-"], format!("{POLICY}max_age = \"1h\"\n")));
    assert!(text.contains("= help: write 3600\n") && text.ends_with(": 1 error\n"), "{text}");
}

#[test]
fn one_mistake_is_one_error() {
    let text = out(&corsac(&["check", "-"], "allow_origin = [\"https://a.example\"]\n"));
    assert!(text.contains("did you mean allow_origins?") && text.ends_with(": 1 error\n"), "{text}");
    let capture = "HTTP/1.1 200 OK\n\n";
    let output = corsac(&["explain"], capture);
    assert_eq!((code(&output), err(&output).lines().count()), (2, 1), "{}", err(&output));
}

#[test]
fn without_arguments_the_three_main_uses_are_shown() {
    let output = corsac(&[], "");
    let said = err(&output);
    assert_eq!(code(&output), 2);
    for wanted in ["corsac probe https://", "corsac explain ", "corsac check ", "corsac --help"] {
        assert!(said.contains(wanted), "{wanted} is not in {said}");
    }
    assert!(said.lines().count() <= 20, "{said}");
}

#[test]
fn a_console_message_leads_to_the_explanation_of_its_code() {
    let message = "CORS header ‘Access-Control-Allow-Origin’ missing";
    let firefox = format!(
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://b.example/. (Reason: {message})."
    );
    let text = out(&corsac(&["explain", "--console", &firefox], ""));
    assert!(text.contains("corsac explain acao-missing\n"), "{text}");
}
