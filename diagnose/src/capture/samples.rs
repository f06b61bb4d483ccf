//! The captures of `tests/captures`, each read to its end: what comes out of it, line by line.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use proptest::prelude::*;

use super::{CapturedExchange, Captures, Note};
use crate::exchange::Response;

fn bytes(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(name)).unwrap()
}

fn read(files: &[(&str, &[u8])]) -> (Vec<CapturedExchange>, Vec<Note>) {
    let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
    for (name, bytes) in files {
        captures.read(name, *bytes, &mut |captured| exchanges.push(captured)).unwrap();
    }
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    (exchanges, notes)
}

/// An exchange and its hops, one line each, and then the notes.
fn shown(names: &[&str]) -> String {
    let files: Vec<_> = names.iter().map(|name| (*name, bytes(name))).collect();
    let (exchanges, notes) = read(&files.iter().map(|(name, bytes)| (*name, &bytes[..])).collect::<Vec<_>>());
    let text = |bytes: &Option<Vec<u8>>| {
        bytes.as_ref().map_or("?".into(), |bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let mut out = String::new();
    for CapturedExchange { exchange, place, hops, started, failed, .. } in exchanges {
        let request = exchange.request;
        let (origin, method, url) = (text(&request.origin), text(&request.method), text(&request.url));
        write!(out, "{place}: {origin} {method} {url}").unwrap();
        for (name, value) in request.headers {
            write!(out, " {}={}", String::from_utf8_lossy(&name), text(&value)).unwrap();
        }
        for more in [request.credentials.map(|mode| format!("{mode:?}")), failed, started].into_iter().flatten() {
            write!(out, " {more}").unwrap();
        }
        out.push('\n');
        assert_eq!(exchange.hops.len(), hops.len());
        for (hop, places) in exchange.hops.iter().zip(hops) {
            out.push_str("  ");
            if hop.url.is_some() {
                write!(out, "{} ", text(&hop.url)).unwrap();
            }
            for (what, response, place) in
                [("preflight", &hop.preflight, places.preflight), ("response", &hop.response, places.response)]
            {
                let Some(Response { status, headers }) = response else { continue };
                write!(out, "{what} {status} at {}", place.unwrap()).unwrap();
                for (name, value) in
                    headers.iter().filter(|(name, _)| name.to_ascii_lowercase().starts_with(b"access-control-allow-"))
                {
                    let name = String::from_utf8_lossy(name)[21..].to_ascii_lowercase();
                    write!(out, " {name}={}", String::from_utf8_lossy(value)).unwrap();
                }
                out.push(' ');
            }
            out.truncate(out.trim_end().len());
            out.push('\n');
        }
    }
    for Note { place, message } in notes {
        writeln!(out, "note {place}: {message}").unwrap();
    }
    out
}

#[track_caller]
fn reads(names: &[&str], expected: &str) {
    let shown = shown(names);
    let lines = |text: &str| {
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(lines(&shown), lines(expected), "{shown}");
}

#[test]
fn reads_both_requests_of_curl_v() {
    reads(
        &["verbose-http1.txt"],
        "verbose-http1.txt:5: http://app.localhost:3000 PUT http://api.localhost:8080/items/7 Content-Type=application/json X-Trace=1
         preflight 204 at verbose-http1.txt:13 origin=http://app.localhost:3000 methods=GET, PUT headers=content-type \
         response 200 at verbose-http1.txt:36 origin=http://app.localhost:3000",
    );
}

#[test]
fn preflight_over_http_2_is_read_with_notes_and_meters() {
    reads(
        &["verbose-http2.txt"],
        "verbose-http2.txt:28: https://app.example GET https://api.example/v1/me?full=1 authorization=?
         preflight 401 at verbose-http2.txt:39",
    );
}

#[test]
fn reads_a_request_from_its_notes_alone() {
    reads(
        &["verbose-notes.txt"],
        "verbose-notes.txt:2: https://app.example GET http://api.example:8080/me
         response 200 at verbose-notes.txt:8 origin=*",
    );
}

#[test]
fn reads_the_requests_of_curl_i_from_their_commands() {
    reads(
        &["include-crlf.txt"],
        "include-crlf.txt:1: https://app.example DELETE https://api.example/items/7
         preflight 200 at include-crlf.txt:2 origin=https://app.example origin=* methods=GET, DELETE \
         response 204 at include-crlf.txt:11 origin=https://app.example",
    );
}

#[test]
fn takes_the_first_of_two_bare_responses_for_the_preflights() {
    reads(
        &["include-two.txt"],
        "include-two.txt:1: ? ? ?
         preflight 204 at include-two.txt:1 origin=https://app.example methods=GET, PUT \
         response 200 at include-two.txt:6 origin=https://app.example/
         include-two.txt:10: ? ? ?
         response 500 at include-two.txt:10
         note include-two.txt:1: taken for the response to the preflight of the other one, because there is no request with them",
    );
}

#[test]
fn follows_redirects() {
    reads(
        &["redirect.txt"],
        "redirect.txt:1: https://app.example GET http://api.example/items Include
         response 301 at redirect.txt:2
         response 307 at redirect.txt:7 origin=https://app.example
         response 200 at redirect.txt:12 origin=https://app.example credentials=true",
    );
    reads(
        &["redirect-verbose.txt"],
        "redirect-verbose.txt:3: https://app.example GET http://api.example/items
         response 308 at redirect-verbose.txt:9
         https://api.example/items response 200 at redirect-verbose.txt:29",
    );
}

#[test]
fn target_of_a_redirected_preflight_is_left_out() {
    reads(
        &["preflight-redirect.txt"],
        "preflight-redirect.txt:1: https://app.example PUT https://api.example/items
         preflight 308 at preflight-redirect.txt:2 origin=*
         note preflight-redirect.txt:6: left out: no browser follows the redirect of a preflight",
    );
}

#[test]
fn a_body_of_any_bytes_hides_no_head() {
    reads(
        &["gzip.txt"],
        "gzip.txt:1: https://app.example GET https://api.example/big
         response 200 at gzip.txt:2 origin=null
         gzip.txt:11: ? ? ?
         response 403 at gzip.txt:11",
    );
}

#[test]
fn says_where_a_text_is_cut_off() {
    reads(
        &["truncated.txt"],
        r#"truncated.txt:1: https://app.example PUT https://api.example/items/7 X-Trace=1
         response 200 at truncated.txt:6
         note truncated.txt:8: not a header (NAME: VALUE) in a head: "Access-Control-Allow-Or"; the text is cut off here
         note truncated.txt:6: the text ends within this head: its last line may be cut off
         note truncated.txt:1: the text does not say whether this was http or https, so https://api.example/items/7 is assumed"#,
    );
}

#[test]
fn reads_header_lines_that_stand_alone() {
    reads(
        &["headless.txt"],
        "headless.txt:2: ? ? ?
         response 200 at headless.txt:2 origin=https://app.example credentials=True
         note headless.txt:2: these response headers have no status: 200 is assumed",
    );
}

#[test]
fn reads_the_panes_of_devtools_in_both_forms() {
    reads(
        &["devtools.txt"],
        "devtools.txt:1: https://app.example POST https://api.example/items accept=application/json, text/plain, */* \
         content-type=application/json Include
         preflight 204 at devtools.txt:35 methods=POST origin=https://app.example \
         response 200 at devtools.txt:7 origin=https://app.example",
    );
}

#[test]
fn keeps_what_curl_says_of_a_failure() {
    reads(
        &["failed.txt"],
        "failed.txt:1: https://app.example GET https://api.exmaple/items curl: (6) Could not resolve host: api.exmaple
         failed.txt:6: https://app.example GET https://api.example/items curl: (52) Empty reply from server",
    );
}

#[test]
fn reads_wget() {
    reads(
        &["wget.txt"],
        "wget.txt:1: ? GET https://api.example/items
         response 200 at wget.txt:5 origin=https://other.example",
    );
}

#[test]
fn proxies_interim_responses_and_repeats_of_curl_are_left_out() {
    reads(
        &["proxy.txt"],
        "proxy.txt:11: https://app.example POST https://api.example/items Content-Type=text/plain
         response 200 at proxy.txt:22 origin=*",
    );
}

#[test]
fn pairs_two_files_in_either_order() {
    let exchange = "preflight.txt:1: https://app.example PATCH https://api.example/items X-Trace=7
         preflight 200 at preflight.txt:7 origin=https://app.example methods=patch \
         response 200 at response.txt:6 origin=https://app.example";
    for [first, second] in [["preflight.txt", "response.txt"], ["response.txt", "preflight.txt"]] {
        let guess = |name| {
            format!(
                "note {name}:1: the text does not say whether this was http or https, so https://api.example/items is assumed"
            )
        };
        reads(&[first, second], &format!("{exchange}\n{}\n{}", guess(first), guess(second)));
    }
}

#[test]
fn reads_a_har_of_chromium_where_the_preflight_comes_second() {
    reads(
        &["chrome.har"],
        "chrome.har, entry 4: https://app.example PUT https://api.example/items/7 content-type=application/json x-trace=1 \
         net::ERR_FAILED 2025-01-31T10:00:00.021Z
         preflight 204 at chrome.har, entry 5 origin=https://app.example methods=GET,POST
         chrome.har, entry 6: https://app.example GET https://api.example/old Include 2025-01-31T10:00:00.035Z
         response 302 at chrome.har, entry 6 origin=https://app.example credentials=true
         https://other.example/new response 200 at chrome.har, entry 7 origin=* origin=https://app.example
         note chrome.har: of 8 entries these are left out: 1 to the page's own origin, 1 navigations, \
         1 images, scripts and similar, loaded without CORS, 1 of web sockets",
    );
}

#[test]
fn reads_a_har_of_firefox_with_its_byte_order_mark() {
    reads(
        &["firefox.har"],
        "firefox.har, entry 1: https://app.example POST https://api.example/items Content-Type=application/json Include \
         2025-01-31T10:00:00.000Z
         preflight 200 at firefox.har, entry 1 origin=https://app.example headers=content-type \
         response 201 at firefox.har, entry 2
         firefox.har, entry 3: https://app.example GET https://api.example/plain 2025-01-31T10:00:00.014Z",
    );
}

#[test]
fn reads_a_har_of_safari() {
    reads(
        &["safari.har"],
        "safari.har, entry 1: https://app.example GET https://api.example/items X-Trace=\u{FFFD} 2025-01-31T10:00:00.000Z
         response 200 at safari.har, entry 1 origin=https://APP.example",
    );
}

#[test]
fn entry_with_missing_fields_is_noted_and_others_are_read() {
    let url = "https://api.example/ok";
    reads(
        &["missing.har"],
        &format!(
            r#"missing.har, entry 5: https://app.example ? {url} 2025-01-31T10:00:00.028Z
         response 200 at missing.har, entry 5 origin=*
         missing.har, entry 7: https://app.example GET {url} 2025-01-31T10:00:00.042Z
         missing.har, entry 8: https://app.example GET {url} 2025-01-31T10:00:00.049Z
         missing.har, entry 9: https://app.example GET {url} 2025-01-31T10:00:00.056Z
         missing.har, entry 10: https://app.example GET {url}
         response 200 at missing.har, entry 10 origin=*
         missing.har, entry 11: https://app.example GET {url} 2025-01-31T10:00:00.070Z
         response 200 at missing.har, entry 11 origin=*
         missing.har, entry 12: https://app.example GET {url} 2025-01-31T10:00:00.077Z
         response 200 at missing.har, entry 12 origin=*
         note missing.har, entry 1: no entry, which is an object
         note missing.har, entry 2: no entry, which is an object
         note missing.har, entry 3: no "request", which is an object: the entry is left out
         note missing.har, entry 4: no "request.url", which is a string: the entry is left out
         note missing.har, entry 5: no "request.method", which is a string
         note missing.har, entry 6: no "request.headers", which is a list
         note missing.har, entry 7: no "response", which is an object: the response is unknown
         note missing.har, entry 8: no "response.status", which is a number: the response is unknown
         note missing.har, entry 9: no "response.headers", which is a list: the response is unknown
         note missing.har: of 12 entries these are left out: 1 of unknown origin"#
        ),
    );
}

#[test]
fn the_entries_before_a_cut_are_given() {
    reads(
        &["cut.har"],
        "cut.har, entry 1: https://app.example POST https://api.example/items Content-Type=application/json Include \
         2025-01-31T10:00:00.000Z
         preflight 200 at cut.har, entry 1 origin=https://app.example headers=content-type \
         response 201 at cut.har, entry 2
         note cut.har, entry 3: the file is cut off here, at line 223, column 21",
    );
}

#[test]
fn junk_is_refused_with_the_line_where_it_begins() {
    let mut captures = Captures::default();
    let refused = captures.read("junk.txt", &bytes("junk.txt")[..], &mut |_| panic!("an exchange"));
    let message = refused.unwrap_err();
    assert!(message.contains("found on line 1 ") && !message.contains(char::is_control), "{message}");
}

const SAMPLES: [&str; 23] = [
    "chrome.har",
    "cut.har",
    "devtools.txt",
    "failed.txt",
    "firefox.har",
    "gzip.txt",
    "headless.txt",
    "include-crlf.txt",
    "include-two.txt",
    "junk.txt",
    "missing.har",
    "preflight-redirect.txt",
    "preflight.txt",
    "proxy.txt",
    "redirect-verbose.txt",
    "redirect.txt",
    "response.txt",
    "safari.har",
    "truncated.txt",
    "verbose-http1.txt",
    "verbose-http2.txt",
    "verbose-notes.txt",
    "wget.txt",
];

/// Whatever comes in, what goes to people is printable, and each exchange has as many places as hops.
fn survives(bytes: &[u8]) {
    let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
    let result = captures.read("x\u{9b}", bytes, &mut |captured| exchanges.push(captured));
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    // As it is shown: `Debug` would escape what it has to be free of.
    let refused = result.err().unwrap_or_default();
    let shown = notes.iter().map(|note| format!("{} {}", note.place, note.message));
    for message in shown.chain([refused]) {
        assert!(!message.contains(char::is_control), "{message:?}");
    }
    for CapturedExchange { exchange, hops, place, .. } in exchanges {
        assert!(exchange.hops.len() == hops.len() && !hops.is_empty());
        assert!(!place.to_string().contains(char::is_control));
    }
}

/// `PROPTEST_CASES` rules where it is set; nothing is written next to the sources.
fn config() -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { usual } else { ProptestConfig { cases: 200, ..usual } }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        survives(&bytes);
    }

    #[test]
    fn any_lines_are_survived(lines in proptest::collection::vec(
        "(HTTP/(1\\.1|2) [0-9]{2,4}.{0,5}|[><*] .{0,20}|> [A-Z]{1,7} [^ ]{0,9} HTTP/2|< HTTP/2 [1-5][0-9]{2}|[a-z:-]{0,30}: ?.{0,9}\
         |\\$ curl [^\n]{0,40}|(Request|Response) Headers|Request URL|General|[<>]?|Location: .{0,20}|access-control-request-method: PUT)\r?",
        0..40,
    )) {
        survives(lines.join("\n").as_bytes());
    }

    #[test]
    fn a_damaged_capture_is_survived(
        sample in 0..SAMPLES.len(),
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0..40_usize, proptest::collection::vec(any::<u8>(), 0..6)), 1..5),
        end in any::<prop::sample::Index>(),
    ) {
        let mut bytes = bytes(SAMPLES[sample]);
        for (at, len, new) in cuts {
            let at = at.index(bytes.len());
            let to = bytes.len().min(at + len);
            bytes.splice(at..to, new);
            if bytes.is_empty() {
                bytes.push(b'x');
            }
        }
        if end.index(3) == 0 {
            bytes.truncate(end.index(bytes.len()));
        }
        survives(&bytes);
    }
}
