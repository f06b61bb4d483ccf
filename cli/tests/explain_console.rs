//! `corsac explain --console`: whatever the model of a browser writes into its console is decoded back to the code and the browser that it
//! came from, and so are messages as people paste them.

use std::collections::BTreeSet;
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

const CHROMIUM: &str = "Access to fetch at 'https://api.shop.example/x' from origin 'https://shop.example' has been blocked by CORS policy: ";
const FIREFOX: &str = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.shop.example/x. (Reason: ";

fn corsac(args: &[&str], stdin: impl Into<Vec<u8>>) -> Output {
    Command::cargo_bin("corsac").unwrap().args(args).write_stdin(stdin).output().unwrap()
}

/// The rows of each message that is decoded, by their heads.
fn decoded(text: &str) -> Vec<Vec<(String, String)>> {
    let output = corsac(&["explain", "--console", "-"], text);
    let shown = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let row = |line: &str| {
        let (head, value) = line.split_once(' ').unwrap();
        (head.to_owned(), value.trim_start().to_owned())
    };
    let is_row = |line: &&str| !line.starts_with(' ');
    shown.split("\n\n").map(|message| message.lines().filter(is_row).map(row).collect()).collect()
}

/// Browser and code of the one message.
#[track_caller]
fn run_console(text: &str) -> (String, String) {
    let messages = decoded(text);
    assert_eq!(messages.len(), 1, "{text}");
    (row(&messages[0], "Browser:"), row(&messages[0], "Code:"))
}

#[track_caller]
fn row(message: &[(String, String)], head: &str) -> String {
    message.iter().find(|(known, _)| known == head).expect(head).1.clone()
}

/// A preflighted `PUT` with credentials or without, and what is answered.
fn put(include: bool, preflight: (u16, &[(&str, &str)]), response: &[(&str, &str)]) -> Value {
    json!({
        "request": {"origin": "https://shop.example", "url": "https://api.shop.example/x", "method": "PUT", "headers": [["X-A", "1"]],
                    "credentials": if include { "include" } else { "omit" }},
        "preflight": {"status": preflight.0, "headers": preflight.1},
        "response": {"status": 200, "headers": response},
    })
}

/// Exchanges in which each browser comes upon each of its failures first.
fn exchanges() -> Vec<Value> {
    let (origin, credentials) = ("access-control-allow-origin", "access-control-allow-credentials");
    let (methods, headers) = ("access-control-allow-methods", "access-control-allow-headers");
    let page = "https://shop.example";
    let good = [(origin, page), (methods, "PUT"), (headers, "x-a")];
    let with = |name: &'static str, value: &'static str| {
        let lines = good.iter().copied().filter(|(known, _)| *known != name);
        lines.chain((!value.is_empty()).then_some((name, value))).collect::<Vec<_>>()
    };
    let mut all = Vec::new();
    for value in [
        "",
        "*",
        "https://a.example, https://b.example",
        "https://a.example https://b.example",
        "a.example",
        "https://shop.example/",
    ] {
        let include = value == "*";
        all.push(put(include, (204, &with(origin, value)), &[]));
        all.push(put(include, (204, &[&good[..], &[(credentials, "true")]].concat()), &with(origin, value)));
    }
    all.push(put(false, (204, &[&good[..], &[(origin, page)]].concat()), &[]));
    for value in ["True", ""] {
        all.push(put(true, (204, &with(credentials, value)), &[]));
    }
    all.push(put(false, (401, &good), &[]));
    all.push(put(false, (301, &with("location", "https://b.example/")), &[]));
    for (name, value) in [(methods, "GET PUT"), (headers, "x a"), (methods, "GET"), (headers, "x-b")] {
        all.push(put(false, (204, &with(name, value)), &[]));
    }
    let redirect = |location: &str| {
        json!({
            "request": {"origin": page, "url": "https://api.shop.example/x"},
            "response": {"status": 302, "headers": [[origin, "*"], ["location", location]]},
        })
    };
    all.push(redirect("https://user:pass@b.example/"));
    all.push(redirect("ftp://b.example/"));
    all.push(json!({"request": {"origin": page, "url": "foo://b.example/"}}));
    let hop = json!({"url": "https://api.shop.example/x", "response": {"status": 302, "headers": [[origin, "*"], ["location", "/x"]]}});
    all.push(json!({"request": {"origin": page, "url": "https://api.shop.example/x"}, "hops": vec![hop; 22]}));
    all.push(json!({
        "request": {"origin": page, "url": "https://api.shop.example/x", "upload_listener": true, "credentials": "include", "method": "POST"},
        "preflight": {"status": 200, "headers": [[origin, "*"]]},
    }));
    all
}

/// One text stands for several failures: `(browser, failure, the code that is told)`.
const SHARED: [(&str, &str, &str); 10] = [
    ("webkit", "redirect-scheme", "scheme-not-http"),
    ("chromium", "redirect-scheme", "scheme-not-http"),
    ("firefox", "acao-invalid", "acao-mismatch"),
    ("firefox", "redirect-scheme", "scheme-not-http"),
    ("firefox", "redirect-userinfo", "network-error"),
    ("firefox", "redirect-limit", "network-error"),
    ("webkit", "acao-invalid", "acao-missing"),
    ("webkit", "acao-mismatch", "acao-missing"),
    ("webkit", "acao-multiple", "acao-missing"),
    ("webkit", "preflight-redirect", "preflight-status"),
];

#[test]
fn messages_of_the_model_are_decoded_to_code_and_browser() {
    let lines: String = exchanges().iter().map(|exchange| format!("{exchange}\n")).collect();
    let output = corsac(&["explain", "--jsonl"], lines);
    assert_eq!(output.status.code(), Some(0));
    let mut seen: BTreeSet<(String, String)> = BTreeSet::new();
    let mut shared: BTreeSet<(String, String)> = BTreeSet::new();
    for line in output.stdout.split(|&b| b == b'\n').filter(|line| !line.is_empty()) {
        let diagnosis: Value = serde_json::from_slice(line).unwrap();
        for (name, shown) in [("chromium", "Chromium"), ("firefox", "Firefox"), ("webkit", "WebKit")] {
            let Some(text) = diagnosis["console"][name].as_str() else { continue };
            let is_first = |failure: &&Value| failure["first_in"].as_array().unwrap().contains(&json!(name));
            let code =
                diagnosis["blocked_by"].as_array().unwrap().iter().find(is_first).unwrap()["code"].as_str().unwrap();
            let (browser, told) = run_console(text);
            assert!(browser.starts_with(shown), "{text}: {browser}");
            let stands_for = SHARED.contains(&(name, code, told.as_str()));
            assert!(told == code || stands_for, "{text}: {told}, not {code}");
            shared.extend(stands_for.then(|| (name.to_owned(), code.to_owned())));
            seen.insert((name.to_owned(), code.to_owned()));
        }
    }
    let counts =
        ["chromium", "firefox", "webkit"].map(|name| seen.iter().filter(|(browser, _)| browser == name).count());
    assert_eq!(counts, [15, 16, 16], "{seen:?}");
    assert_eq!(shared.len(), SHARED.len(), "{shared:?}");
}

#[test]
fn advice_of_older_chromium_versions_does_not_matter() {
    let no_cors = "f an opaque response serves your needs, set the request's mode to 'no-cors' to fetch the resource with CORS disabled.";
    for (text, code) in [
        (
            format!("No 'Access-Control-Allow-Origin' header is present on the requested resource. I{no_cors}"),
            "acao-missing",
        ),
        (
            format!(
                "The 'Access-Control-Allow-Origin' header has a value 'https://a.example' that is not equal to the supplied origin. Have the server send the header with a valid value, or, i{no_cors}"
            ),
            "acao-mismatch",
        ),
        (
            format!(
                "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource. I{no_cors}"
            ),
            "acao-missing",
        ),
    ] {
        assert_eq!(run_console(&format!("{CHROMIUM}{text}")).1, code);
    }
    let xhr = "Access to XMLHttpRequest at 'https://api.shop.example/x' from origin 'null' has been blocked by CORS policy: The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'. The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.";
    let message = &decoded(xhr)[0];
    assert_eq!((row(message, "Code:"), row(message, "Page:")), ("acac-not-true".to_owned(), "null".to_owned()));
}

#[test]
fn the_local_network_is_not_a_problem_of_the_server() {
    for (text, code) in [
        ("Permission was denied for this request to access the `loopback` address space.", "local-network-denied"),
        (
            "The request client is not a secure context and the resource is in more-private address space `private`.",
            "local-network-not-secure",
        ),
        (
            "Request had a target IP address space of `local` yet the resource is in address space `public`.",
            "local-network-space-mismatch",
        ),
    ] {
        let message = &decoded(&format!("{CHROMIUM}{text}"))[0];
        assert_eq!(row(message, "Code:"), code);
        assert!(
            row(message, "Cause:").ends_with("[local-network]") && !message.iter().any(|(head, _)| head == "Next:")
        );
    }
    let gone = "No 'Access-Control-Allow-Private-Network' header was present in the preflight response for this private network request targeting the `local` address space.";
    let message = &decoded(&format!("{CHROMIUM}{gone}"))[0];
    assert!(
        row(message, "Code:") == "private-network-access" && row(message, "Cause:").contains("Private Network Access")
    );
}

#[test]
fn text_before_a_message_and_line_breaks_do_not_matter() {
    let text = format!("{CHROMIUM}Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response.");
    let wrapped: String = text.split(' ').map(|word| format!("{word}\n  ")).collect();
    let firefox = format!(
        "{FIREFOX}header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response)."
    );
    for (pasted, code) in [
        (format!("app.js:12 {text}"), "method-not-allowed"),
        (format!("index.html:1  {text}\n"), "method-not-allowed"),
        (format!("\u{1b}[31mError\u{1b}[0m {text} (anonymous) @ app.js:12"), "method-not-allowed"),
        (wrapped, "method-not-allowed"),
        (
            format!(
                "{text}\napp.js:12  PATCH https://api.shop.example/x net::ERR_FAILED\nUncaught (in promise) TypeError: Failed to fetch"
            ),
            "method-not-allowed",
        ),
        (firefox.clone(), "header-not-allowed"),
        (format!("[Warning] {firefox} app.js:3:5"), "header-not-allowed"),
    ] {
        assert_eq!(run_console(&pasted).1, code, "{pasted}");
    }
}

#[test]
fn two_lines_of_one_failure_are_one_message() {
    let safari = "[Error] Origin https://shop.example is not allowed by Access-Control-Allow-Origin. Status code: 403\n\
                  [Error] Fetch API cannot load https://api.shop.example/x due to access control checks.";
    let messages = decoded(safari);
    assert_eq!(messages.len(), 1);
    for (head, value) in [
        ("Code:", "acao-missing"),
        ("Page:", "https://shop.example"),
        ("URL:", "https://api.shop.example/x"),
        ("Status:", "403"),
    ] {
        assert_eq!(row(&messages[0], head), value);
    }
    let firefox = format!(
        "{FIREFOX}CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 401.\n{FIREFOX}CORS request did not succeed). Status code: (null)."
    );
    let messages = decoded(&firefox);
    assert_eq!((messages.len(), row(&messages[0], "Code:").as_str()), (1, "acao-missing"));
    let two = format!(
        "{FIREFOX}CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.\n{}",
        firefox.replace("/x", "/y")
    );
    assert_eq!(decoded(&two).len(), 2);
}

#[test]
fn options_fill_what_a_message_lacks() {
    let text = "Origin https://shop.example is not allowed by Access-Control-Allow-Origin. Status code: 200";
    let args = ["explain", "--console", text, "--url", "https://api.shop.example/x", "--origin", "https://no.example"];
    let output = corsac(&args, "");
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.ends_with("corsac probe https://api.shop.example/x --origin https://shop.example\n"), "{shown}");
}

#[test]
fn the_headers_to_send_are_written_as_far_as_known() {
    let page = "Access-Control-Allow-Origin: https://shop.example\n";
    for (text, lines) in [
        ("No 'Access-Control-Allow-Origin' header is present on the requested resource.", vec![page]),
        (
            "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
            vec![page, "Access-Control-Allow-Methods: PUT\n"],
        ),
        (
            "Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.",
            vec![page, "Access-Control-Allow-Headers: x-a\n"],
        ),
        (
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' when the request's credentials mode is 'include'.",
            vec![page, "Access-Control-Allow-Credentials: true\n"],
        ),
        ("Redirect is not allowed for a preflight request.", vec![]),
    ] {
        let output = corsac(&["explain", "--console", &format!("{CHROMIUM}{text}")], "");
        let shown = String::from_utf8(output.stdout).unwrap();
        let written: Vec<_> = shown.lines().filter(|line| line.starts_with("          Access-Control-")).collect();
        assert_eq!(
            written,
            lines.iter().map(|line| format!("          {}", line.trim_end())).collect::<Vec<_>>(),
            "{shown}"
        );
    }
}

#[test]
fn headers_of_the_network_panel_are_explained_as_a_capture() {
    let pane = "Request URL: https://api.example.com/x\nRequest Method: OPTIONS\nStatus Code: 403 Forbidden\n\
                Referrer Policy: strict-origin-when-cross-origin\n\nResponse Headers\nvary: Origin\n\n\
                Request Headers\naccess-control-request-method: PUT\norigin: https://app.example.com\n";
    for text in [pane, "-"] {
        let output = corsac(&["explain", "--console", text], pane);
        let said = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.code() == Some(1) && said.contains("[acao-missing: origin-not-listed]"), "{said}");
    }
    // A message says more than the pane next to it.
    let both = format!("Reason: CORS header 'Access-Control-Allow-Origin' missing\n\n{pane}");
    assert_eq!(run_console(&both).1, "acao-missing");
}

#[test]
fn unknown_text_ends_with_2_and_says_what_to_paste() {
    for text in ["", "TypeError: Failed to fetch", "Origin stories are not allowed", "\u{1b}[31m\0", "net::ERR_FAILED"]
    {
        let output = corsac(&["explain", "--console", "-"], text);
        let error = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(output.stdout.is_empty() && error.contains("paste the whole line"), "{error}");
    }
    let huge = corsac(&["explain", "--console", "-"], "x".repeat(2 << 20));
    assert!(huge.status.code() == Some(2) && String::from_utf8_lossy(&huge.stderr).contains("longer than"));
}

#[test]
fn json_has_stable_codes_and_links_and_no_control_characters() {
    let text = format!("{CHROMIUM}Method patch is not allowed by Access-Control-Allow-Methods in preflight response.");
    let output = corsac(&["explain", "--format", "json", "--console", &text, "--stack", "nginx"], "");
    assert_eq!(output.status.code(), Some(1));
    let readings: Value = serde_json::from_slice(&output.stdout).unwrap();
    let reading = &readings[0];
    assert_eq!(readings.as_array().unwrap().len(), 1);
    assert_eq!(
        (&reading["code"], &reading["cause"], &reading["certainty"], &reading["browsers"][0]),
        (&"method-not-allowed".into(), &"method-case".into(), &"certain".into(), &"chromium".into())
    );
    assert!(reading["next"].as_str().unwrap().ends_with("--method patch"), "{reading}");
    let page = include_str!("../../docs/errors.md");
    for link in reading["see"].as_array().unwrap() {
        let anchor = link.as_str().unwrap().strip_prefix("docs/errors.md#").unwrap();
        assert!(page.contains(&format!("### {anchor}\n")), "{anchor}");
    }
    let odd = format!(
        "{CHROMIUM}Method p\u{e9}\u{9b}t is not allowed by Access-Control-Allow-Methods in preflight response."
    );
    let output = corsac(&["explain", "--format", "json", "--console", "-"], odd);
    assert!(output.stdout.is_ascii() && !output.stdout.trim_ascii_end().iter().any(u8::is_ascii_control));
    let both = corsac(&["explain", "--format", "json", "--jsonl"], "");
    assert_eq!(both.status.code(), Some(2));
}
