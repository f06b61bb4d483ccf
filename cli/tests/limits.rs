//! Both sides of each limit on what the commands read: input at the limit is read, and input beyond it is refused or left out with a note.

mod run;

use std::path::PathBuf;
use std::process::Output;

use run::{code, corsac, err, out};
use serde_json::json;

const URL: &str = "https://api.shop.example/x";

fn explain(capture: impl Into<Vec<u8>>) -> Output {
    corsac(&["explain", "--origin", "https://shop.example", "--url", URL], capture)
}

fn policy(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, "allow_origins = [\"https://shop.example\"]\n").unwrap();
    path
}

/// A text of exactly this length, which a filler gives it.
fn padded(text: &str, filler: &str, length: usize) -> String {
    text.replace('@', &filler.repeat(length + 1 - text.len()))
}

#[test]
fn a_request_head_has_16_mebibytes() {
    let policy = policy("limit-head.toml");
    let eval = |length| {
        let head = padded("GET / HTTP/1.1\nOrigin: https://shop.example\n\n@", "x", length);
        corsac(&["eval", policy.to_str().unwrap()], head)
    };
    assert_eq!(code(&eval(16 << 20)), 0);
    let output = eval((16 << 20) + 1);
    assert!(code(&output) == 2 && err(&output).contains("longer than 16777216 bytes"), "{}", err(&output));
}

#[test]
fn json_line_over_16_mebibytes_does_not_stop_the_rest() {
    let policy = policy("limit-line.toml");
    let eval = |length| {
        let line = padded("{\"method\":\"GET\",@\"headers\":[]}", " ", length);
        corsac(
            &["eval", policy.to_str().unwrap(), "--jsonl"],
            format!("{line}\n{{\"method\":\"GET\",\"headers\":[]}}\n"),
        )
    };
    let plain = r#"{"class":"plain","allowed":true,"denial":null,"status":null,"headers":[["Vary","Origin"]]}"#;
    let output = eval(16 << 20);
    assert_eq!((code(&output), out(&output)), (0, format!("{plain}\n{plain}\n")));
    let output = eval((16 << 20) + 1);
    let refused = r#"{"error":"the line is longer than 16777216 bytes","line":1}"#;
    assert_eq!((code(&output), out(&output)), (2, format!("{refused}\n{plain}\n")));
}

#[test]
fn json_line_has_at_most_2000_headers_and_32_hops() {
    let header = |number: usize| json!([format!("x-{number}"), "1"]);
    let headers = |count| (0..count).map(header).collect::<Vec<_>>();
    // The page has the URL's own origin, so that no headers are diagnosed, which takes long in a debug build.
    let request = |count| json!({"origin": "https://api.shop.example", "url": URL, "headers": headers(count)});
    let respond = |count| json!({"status": 200, "headers": headers(count)});
    let hops = |count| json!({"request": request(0), "hops": vec![json!({"url": URL}); count]});
    for (fits, over, most) in [
        (json!({"request": request(2000)}), json!({"request": request(2001)}), 2000),
        (
            json!({"request": request(0), "response": respond(2000)}),
            json!({"request": request(0), "response": respond(2001)}),
            2000,
        ),
        (hops(32), hops(33), 32),
    ] {
        let output = corsac(&["explain", "--jsonl"], format!("{fits}\n"));
        assert!(code(&output) == 0 && out(&output).contains("\"verdict\""), "{}", out(&output));
        let output = corsac(&["explain", "--jsonl"], format!("{over}\n"));
        let said = format!("\"a list of {} entries: no exchange has more than {most} of these", most + 1);
        assert!(code(&output) == 2 && out(&output).contains(&said), "{}", out(&output));
    }
}

#[test]
fn a_message_of_a_console_has_a_mebibyte() {
    let decode = |length| {
        let message = "Access to fetch at 'https://b.example/' from origin 'https://a.example' has been blocked by CORS policy: \
                       Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.@";
        corsac(&["explain", "--console", "-"], padded(message, "\n", length))
    };
    assert_eq!(code(&decode(1 << 20)), 1);
    let output = decode((1 << 20) + 1);
    assert!(code(&output) == 2 && err(&output).contains("longer than 1048576 bytes"), "{}", err(&output));
}

const ALLOWED: &str = "Access-Control-Allow-Origin: *\n";

#[test]
fn head_of_a_text_has_1000_lines_and_one_mebibyte() {
    let lines = |count: usize| format!("HTTP/1.1 200 OK\n{}{ALLOWED}\n", "a: b\n".repeat(count));
    let bytes = |count: usize| {
        // Line ends do not count, and no line is longer than a line may be.
        let line = format!("a: {}\n", "b".repeat((1 << 17) - 3));
        let last = format!("a: {}\n", "b".repeat((1 << 17) - 3 + count - ALLOWED.trim_end().len()));
        format!("HTTP/1.1 200 OK\n{}{last}{ALLOWED}\n", line.repeat(7))
    };
    for (fits, over) in [(lines(999), lines(1000)), (bytes(0), bytes(1))] {
        let output = explain(fits);
        assert!(code(&output) == 0 && !err(&output).contains("left out"), "{}{}", out(&output), err(&output));
        let output = explain(over);
        assert!(
            code(&output) == 1 && err(&output).contains("this head is longer than browsers accept"),
            "{}",
            err(&output)
        );
    }
}

#[test]
fn line_of_a_text_has_256_kibibytes_with_its_end() {
    let capture = |length: usize| format!("HTTP/1.1 200 OK\n{}\n{ALLOWED}\n", padded("a: @", "b", length - 1));
    let output = explain(capture(256 << 10));
    assert!(code(&output) == 0 && !err(&output).contains("left out"), "{}", err(&output));
    let output = explain(capture((256 << 10) + 1));
    assert!(code(&output) == 0 && err(&output).contains("standard input:2: "), "{}", err(&output));
    assert!(err(&output).contains("a header that is longer than browsers accept is left out"), "{}", err(&output));
}

#[test]
fn a_curl_command_has_200_further_lines_and_64_kibibytes() {
    let response = format!("HTTP/1.1 200 OK\n{ALLOWED}\n");
    let lines = |count: usize| format!("$ curl -i \\\n{} {URL}\n{response}", " -H 'a: b' \\\n".repeat(count - 1));
    let bytes = |length| format!("{}\n{response}", padded(&format!("curl -i \\\n -H 'a: @' {URL}"), "b", length));
    // The end of the line before the last does not count.
    for (fits, over) in [(lines(200), lines(201)), (bytes((64 << 10) + 1), bytes((64 << 10) + 2))] {
        let output = explain(fits);
        assert!(out(&output).contains("OPTIONS") && err(&output).is_empty(), "{}{}", out(&output), err(&output));
        assert!(err(&explain(over)).contains("this command does not end"));
    }
}

#[test]
fn a_message_of_a_har_has_2000_headers() {
    let capture = |count| {
        let mut headers = vec![json!({"name": "a", "value": "b"}); count];
        headers.push(json!({"name": "Access-Control-Allow-Origin", "value": "*"}));
        let origin = json!([{"name": "Origin", "value": "https://shop.example"}]);
        let request = json!({"method": "GET", "url": URL, "headers": origin});
        json!({"log": {"entries": [{"request": request, "response": {"status": 200, "headers": headers}}]}}).to_string()
    };
    let output = explain(capture(1999));
    assert_eq!(code(&output), 0, "{}", out(&output));
    let output = explain(capture(2000));
    assert!(code(&output) == 1 && err(&output).contains("what comes after them is left out"), "{}", err(&output));
}

#[test]
fn a_chain_of_redirects_has_32_hops() {
    let capture = |count: usize| {
        let hop = |number: usize| {
            format!(
                "> GET /{number} HTTP/1.1\n> Host: api.shop.example\n> Origin: https://shop.example\n>\n< HTTP/1.1 302 Found\n\
                 < Access-Control-Allow-Origin: *\n< Location: https://api.shop.example/{}\n<\n",
                number + 1
            )
        };
        (0..count).map(hop).collect::<String>()
    };
    let exchanges = |count| {
        let output = corsac(&["explain"], capture(count));
        out(&output).matches("standard input:").count().max(1)
    };
    assert_eq!((exchanges(32), exchanges(33)), (1, 2));
}

#[test]
fn endless_nesting_is_refused_and_overflows_no_stack() {
    let line = |depth: usize| {
        let id = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        format!("{{\"request\":{{\"origin\":\"https://shop.example\",\"url\":\"{URL}\"}},\"id\":{id}}}\n")
    };
    assert_eq!(code(&corsac(&["explain", "--jsonl"], line(126))), 0);
    let output = corsac(&["explain", "--jsonl"], line(127));
    assert!(code(&output) == 2 && out(&output).contains("recursion limit exceeded"), "{}", out(&output));
    let toml = |depth: usize| format!("max_age = {}{}\n", "[".repeat(depth), "]".repeat(depth));
    let output = corsac(&["check", "-"], toml(79));
    assert!(code(&output) == 1 && out(&output).contains("wrong-type"), "{}", out(&output));
    let output = corsac(&["check", "-"], toml(81));
    assert!(out(&output).contains("not-toml") | err(&output).contains("not-toml"), "{}{}", out(&output), err(&output));
    let deep = "[".repeat(1_000_000);
    for (args, text) in [
        (&["explain"][..], format!("{{\"log\":{deep}")),
        (&["explain"], "{\"log\":".repeat(1_000_000)),
        (&["explain", "--jsonl"], format!("{{\"id\":{deep}\n")),
        (&["check", "-"], format!("max_age = {deep}")),
        (&["check", "-"], format!("{}b = 1", "a.".repeat(1_000_000))),
        (&["check", "-"], format!("max_age = {}", "{a=".repeat(1_000_000))),
    ] {
        assert_eq!(code(&corsac(args, text)), 2, "{args:?}");
    }
}

#[test]
fn probed_url_has_64_kibibytes_and_a_step_a_day() {
    // No browser connects to this port, so nothing leaves this machine.
    let probe = |length, timeout| {
        let url = padded("http://203.0.113.1:6667/@", "a", length);
        let output = corsac(&["probe", &url, "--origin", "http://shop.example", "--timeout", timeout], "");
        assert_eq!(code(&output), 2);
        format!("{}{}", out(&output), err(&output))
    };
    for (length, timeout, said) in [
        (64 << 10, "86400", "6667"),
        (64 << 10, "0.001", "6667"),
        ((64 << 10) + 1, "1", "the URL is longer than 65536 bytes"),
        (100, "86401", "write a number from 0.001 to 86400"),
        (100, "0.0009", "write a number from 0.001 to 86400"),
    ] {
        let text = probe(length, timeout);
        assert!(text.contains(said), "{length} {timeout}: {}", text.get(..300).unwrap_or(&text));
    }
}
