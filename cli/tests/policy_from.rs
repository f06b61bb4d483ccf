//! `corsac policy-from`: drafts from servers on the loopback pass `corsac check`, and never open what a person did not decide.

mod server;

use std::fs;
use std::path::Path;

use server::{Server, program, response};

const PAGE: &str = "https://app.example.com";

fn draft(url: &str, more: &[&str]) -> (i32, String, String) {
    let output = program().args(["policy-from", url]).args(more).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

fn origin(head: &str) -> &str {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("origin")).map_or("", |(_, value)| value)
}

/// Lets some origins in, with these headers more.
fn server(lets: fn(&str) -> bool, more: &'static [&'static str]) -> Server {
    Server::start(move |head| {
        let allowed = format!("Access-Control-Allow-Origin: {}", origin(head));
        let lines: Vec<&str> = [allowed.as_str()].into_iter().chain(more.iter().copied()).collect();
        response("200 OK", if lets(origin(head)) { &lines } else { &[] })
    })
}

/// What `corsac check` says about a draft.
fn check(name: &str, text: &str) -> (Option<i32>, String) {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).unwrap();
    let output = program().arg("check").arg(&file).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn draft_lists_what_the_server_lists() {
    let server = server(
        |origin| origin == PAGE || origin == "http://localhost:3000",
        &[
            "Access-Control-Allow-Methods: GET, PUT, OPTIONS, *",
            "Access-Control-Allow-Headers: Authorization, X-Trace, Cookie, *",
            "Access-Control-Expose-Headers: ETag, Content-Type",
            "Access-Control-Allow-Credentials: true",
            "Access-Control-Max-Age: 999999",
        ],
    );
    let more = ["--origin", PAGE, "--origin", "http://localhost:3000", "--origin", "https://other.example.com"];
    let (code, text, error) = draft(&server.url("/things"), &more);
    assert_eq!((code, error.as_str()), (0, ""), "{text}");
    for line in [
        "allow_origins = [\"https://app.example.com\"]",
        "expose_headers = [\"etag\"]",
        "max_age = 86400",
        "# allow_credentials = true",
        "# The server does not let https://other.example.com in.",
    ] {
        assert!(text.lines().any(|known| known == line), "{line}\n{text}");
    }
    assert!(text.contains("\"PUT\"") && text.contains("\"x-trace\""), "{text}");
    let written: String = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(
        !["*", "null", "http:", "OPTIONS", "credentials", "cookie"].iter().any(|word| written.contains(word)),
        "{text}"
    );
    assert!(server.heads().iter().all(|head| head.contains("?corsac-check=")), "{:?}", server.heads());
    let (code, said) = check("draft.toml", &text);
    assert_eq!(code, Some(0), "{said}\n{text}");
}

#[test]
fn no_origin_is_written_if_a_stranger_passes() {
    for lines in [&[][..], &["Access-Control-Allow-Credentials: true"]] {
        let server = server(|origin| !origin.is_empty(), lines);
        let (code, text, error) = draft(&server.url("/"), &["--origin", PAGE]);
        assert_eq!(code, 1, "{text}");
        assert!(error.contains("which is made up") && error.contains("corsac audit"), "{error}");
        assert!(text.lines().all(|line| line.starts_with('#')), "{text}");
    }
    let nothing = server(|_| false, &[]);
    let (code, text, error) = draft(&nothing.url("/"), &["--origin", PAGE]);
    assert!(code == 1 && error.contains("lets none of these origins in"), "{text}{error}");
}

#[test]
fn origins_that_need_a_decision_are_only_in_comments() {
    let server = server(|origin| origin == "null" || origin == "http://app.example.com", &[]);
    let (code, text, _) = draft(&server.url("/"), &["--origin", "null", "--origin", "http://app.example.com"]);
    assert!(code == 1 && text.lines().all(|line| line.starts_with('#')), "{text}");
    assert!(text.contains("The server lets null in"), "{text}");
}

#[test]
fn a_file_is_written_only_when_the_run_is_complete() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("policy-from.toml");
    let _ = fs::remove_file(&file);
    let server = server(|origin| origin == PAGE, &["Access-Control-Allow-Methods: PUT"]);
    let output = ["--origin", PAGE, "-o", file.to_str().unwrap()];
    let (code, _, error) = draft(&server.url("/"), &[output.as_slice(), &["--max-requests", "3"]].concat());
    assert!(code == 2 && error.contains("tried 3 of ") && !file.exists(), "{error}");
    let (code, text, error) = draft(&server.url("/"), &output);
    assert!(code == 0 && text.is_empty() && error.is_empty(), "{text}{error}");
    assert!(fs::read_to_string(&file).unwrap().contains("\"PUT\""));
    let (code, _, error) = draft(&server.url("/"), &["--origin", "https://*.example.com"]);
    assert!(code == 2 && error.contains("no browser sends this --origin"), "{error}");
}
