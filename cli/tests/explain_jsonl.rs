//! The contract of `corsac explain --jsonl`: every field in and out, in its order, and the error for a line that cannot be read.

use std::fs;
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};

const PROFILES: [&str; 4] = ["spec", "chromium", "firefox", "webkit"];

fn run(lines: impl Into<Vec<u8>>) -> Output {
    Command::cargo_bin("corsac").unwrap().args(["explain", "--jsonl"]).write_stdin(lines).output().unwrap()
}

fn text(line: &str) -> String {
    let output = run(line);
    assert_eq!(output.status.code(), Some(0), "{line}\n{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stdout).unwrap()
}

fn explained(line: &Value) -> Value {
    serde_json::from_str(&text(&line.to_string())).unwrap()
}

/// The same for every profile.
fn all(value: impl Into<Value>) -> Value {
    let value = value.into();
    json!({"spec": value, "chromium": value, "firefox": value, "webkit": value})
}

fn response(status: u16, headers: &[(&str, &str)]) -> Value {
    json!({"status": status, "headers": headers})
}

fn request(more: Value) -> Value {
    let mut request = json!({"origin": "https://a.example", "url": "https://b.example/x"});
    request.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request
}

#[test]
fn passing_line_has_every_field_of_the_contract_in_order() {
    let line = r#"{"request":{"origin":"https://a.example","url":"https://b.example/x#f","method":"put","headers":[["X-A","1"],["Cookie","a"]],"credentials":"include","mode":"cors","referrer_policy":"","api":"fetch","http_version":"1.1","upload_listener":false,"stream_body":false},"hops":[{"url":"https://b.example/x","preflight":{"status":204,"headers":[["Access-Control-Allow-Origin","https://a.example"],["Access-Control-Allow-Credentials","true"],["Access-Control-Allow-Methods","PUT"],["Access-Control-Allow-Headers","x-a"],["Access-Control-Max-Age","9000"]]},"response":{"status":200,"headers":[["Access-Control-Allow-Origin","https://a.example"],["Access-Control-Allow-Credentials","true"],["Access-Control-Expose-Headers","ETag"],["ETag","1"],["Set-Cookie","x"],["Content-Type","a/b"]]}}],"then":[{"request":{"origin":"https://a.example","url":"https://b.example/x#f","method":"PUT","headers":[["X-A","1"]],"credentials":"include"},"after_seconds":700}]}"#;
    let expected = concat!(
        r#"{"throws":null,"dropped":["Cookie"],"#,
        r#""sent":[{"method":"PUT","origin":"https://a.example","cookies":true,"#,
        r#""needs_preflight":{"spec":true,"chromium":true,"firefox":true,"webkit":true},"#,
        r#""preflight_request":[["Access-Control-Request-Method","PUT"],["Access-Control-Request-Headers","x-a"],["Origin","https://a.example"],["Accept","*/*"]],"#,
        r#""requested_headers":{"spec":"x-a","chromium":"x-a","firefox":"x-a","webkit":"x-a"},"url":"https://b.example/x","#,
        r#""sends_cookies":{"spec":true,"chromium":true,"firefox":true,"webkit":true}}],"#,
        r#""preflight":{"spec":"passed","chromium":"passed","firefox":"passed","webkit":"passed"},"#,
        r#""verdict":{"spec":"allowed","chromium":"allowed","firefox":"allowed","webkit":"allowed"},"blocked_by":[],"#,
        r#""exposed":{"spec":["etag","content-type"],"chromium":["etag","content-type"],"firefox":["etag","content-type"],"webkit":["etag","content-type"]},"#,
        r#""cache_seconds":{"spec":9000,"chromium":7200,"firefox":9000,"webkit":600},"#,
        r#""console":{"chromium":null,"firefox":null,"webkit":null},"#,
        r#""then":[{"needs_preflight":{"spec":false,"chromium":false,"firefox":false,"webkit":true}}],"cause":null,"fix":null,"#,
        r#""delivery":{"spec":"unknown","chromium":"unknown","firefox":"unknown","webkit":"unknown"},"#,
        r#""delivery_by":[{"code":"target-space-unknown","verdict":"unknown","certainty":"possible","at":"preflight","hop":0,"target_space":null,"profiles":["spec","chromium","firefox","webkit"],"versions":{"chromium":"Chrome 142 and later","firefox":"Firefox 153 and later","webkit":"a Safari after 26.5"}}],"#,
        r#""delivery_console":{"chromium":null,"firefox":null,"webkit":null}}"#,
        "\n"
    );
    assert_eq!(text(line), expected);
}

#[test]
fn stacks_of_a_failing_response_are_named_with_their_header() {
    let line = |headers: &[(&str, &str)]| json!({ "request": request(json!({})), "response": response(403, headers) });
    let explained = explained(&line(&[("server", "AmazonS3"), ("via", "1.1 abc.cloudfront.net (CloudFront)")]));
    let looks_like = json!([{ "stack": "cloudfront", "header": "via" }, { "stack": "s3", "header": "server" }]);
    assert_eq!(explained["looks_like"], looks_like, "{explained}");
    assert!(!text(&line(&[("server", "unknown")]).to_string()).contains("looks_like"));
}

#[test]
fn blocked_line_has_every_failure_with_profiles_and_console_text() {
    let line = r#"{"id":7,"request":{"origin":"https://a.example","url":"https://b.example/x","method":"patch"},"preflight":{"status":204,"headers":[["Access-Control-Allow-Origin","https://a.example"],["Access-Control-Allow-Methods","PATCH"]]}}"#;
    let told = text(line);
    let blocked = r#""blocked_by":[{"code":"method-not-allowed","at":"preflight","hop":0,"bytes":"patch","profiles":["spec","chromium","firefox","webkit"],"first_in":["spec","chromium","firefox","webkit"],"cause":"method-case"}],"#;
    assert!(told.starts_with(r#"{"id":7,"throws":null,"dropped":[],"sent":[{"#), "{told}");
    let value: Value = serde_json::from_str(&told).unwrap();
    let end = format!(r#""then":[],"cause":{},"fix":{},"delivery":{{"#, value["cause"], value["fix"]);
    assert!(told.contains(blocked) && told.contains(&end), "{told}");
    assert!(value["cause"].is_string() && value["fix"].as_str().is_some_and(|fix| fix.contains("PATCH")), "{told}");
    let webkit = "Method patch is not allowed by Access-Control-Allow-Methods.";
    assert_eq!((&value["console"]["webkit"], &value["preflight"]), (&json!(webkit), &all("failed")));
    assert_eq!((&value["cache_seconds"], &value["exposed"]), (&all(Value::Null), &all(json!([]))));
}

#[test]
fn what_a_line_leaves_out_has_the_defaults_of_fetch() {
    let value = explained(&json!({"request": request(json!({}))}));
    assert_eq!((&value["verdict"], &value["preflight"]), (&all("incomplete"), &all("not-needed")));
    assert_eq!((&value["sent"][0]["method"], &value["sent"][0]["cookies"]), (&json!("GET"), &json!(false)));
    assert_eq!(value["sent"][0]["preflight_request"], Value::Null);
    for (more, verdict) in [
        (json!({"mode": "no-cors"}), "opaque"),
        (json!({"mode": "same-origin"}), "blocked"),
        (json!({"method": "TRACE"}), "throws"),
        (json!({"credentials": "omit"}), "allowed"),
        (json!({"url": "https://a.example/own"}), "allowed"),
    ] {
        let open = response(200, &[("Access-Control-Allow-Origin", "*")]);
        let value = explained(&json!({"request": request(more), "response": open}));
        assert_eq!(value["verdict"], all(verdict));
        assert_eq!(value["throws"], if verdict == "throws" { json!("method-forbidden") } else { Value::Null });
    }
    let policy = json!({"mode": "no-cors", "method": "POST", "referrer_policy": "no-referrer"});
    let value = explained(&json!({"request": request(policy)}));
    assert_eq!(value["sent"][0]["origin"], "null");
    let value = explained(&json!({"request": request(json!({"upload_listener": true, "method": "POST"}))}));
    assert_eq!((&value["sent"][0]["needs_preflight"], &value["preflight"]), (&all(true), &all("missing")));
}

#[test]
fn chain_has_an_entry_of_sent_for_each_hop() {
    let passing = ("Access-Control-Allow-Origin", "*");
    let value = explained(&json!({
        "request": request(json!({"headers": [["Authorization", "b"]], "method": "POST"})),
        "hops": [
            {"preflight": response(200, &[passing, ("Access-Control-Allow-Headers", "authorization")]),
             "response": response(302, &[passing, ("Location", "//c.example/y")])},
            {"response": response(200, &[("Access-Control-Allow-Origin", "https://a.example")])},
        ],
    }));
    let sent = value["sent"].as_array().unwrap();
    let told = |key: &str| sent.iter().map(|sent| sent[key].clone()).collect::<Vec<_>>();
    assert_eq!(told("url"), ["https://b.example/x", "https://c.example/y"]);
    assert_eq!(
        (told("origin"), told("method")),
        (vec![json!("https://a.example"), json!("null")], vec![json!("POST"), json!("GET")])
    );
    // Firefox and WebKit ask again for what the redirect has dropped.
    let again = json!({"spec": false, "chromium": false, "firefox": true, "webkit": true});
    assert_eq!(told("needs_preflight"), [all(true), again]);
    let failure = &value["blocked_by"][0];
    assert_eq!(
        (&failure["hop"], &failure["at"], &failure["cause"]),
        (&json!(1), &json!("response"), &json!("redirect-to-null"))
    );
}

#[test]
fn a_streamed_body_is_not_sent_twice() {
    let passing = ("Access-Control-Allow-Origin", "*");
    let value = explained(&json!({
        "request": request(json!({"method": "POST", "stream_body": true})),
        "preflight": response(200, &[passing, ("Access-Control-Allow-Methods", "POST")]),
        "response": response(307, &[passing, ("Location", "https://c.example/")]),
    }));
    let failure = &value["blocked_by"][0];
    assert_eq!((&failure["code"], &failure["cause"]), (&json!("redirect-stream"), &json!("streamed-body")));
}

#[test]
fn headers_of_a_304_replace_the_stored_ones() {
    let stored = |origin: &str| response(200, &[("Access-Control-Allow-Origin", origin), ("X-Stored", "1")]);
    for (old, fresh, verdict) in
        [("https://a.example", "https://b.example", "blocked"), ("https://b.example", "https://a.example", "allowed")]
    {
        let fresh = json!({"status": 304, "headers": [["Access-Control-Allow-Origin", fresh]]});
        let value = explained(&json!({"request": request(json!({})), "response": stored(old), "revalidated": fresh}));
        assert_eq!(value["verdict"], all(verdict));
    }
}

#[test]
fn later_requests_are_judged_with_the_preflight_cache() {
    let later = |more: Value, after: f64| json!({"request": request(more), "after_seconds": after});
    let put = || json!({"method": "PUT", "credentials": "omit"});
    let value = explained(&json!({
        "request": request(put()),
        "preflight": response(204, &[("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Methods", "PUT")]),
        "response": response(200, &[("Access-Control-Allow-Origin", "*")]),
        "then": [later(put(), 3.0), later(put(), 5.5), later(json!({"method": "PATCH"}), 0.0), {"request": request(put())},
                 later(json!({"method": "PUT", "url": "https://b.example/y"}), 1.0)],
    }));
    assert_eq!(value["cache_seconds"], all(5));
    let told: Vec<&Value> = value["then"].as_array().unwrap().iter().map(|then| &then["needs_preflight"]).collect();
    assert_eq!(told, [&all(false), &all(true), &all(true), &all(false), &all(true)]);
}

#[test]
fn an_id_is_given_back_and_the_output_is_ascii() {
    let ids = [json!("ключ \u{1b}\u{7f}🦊"), json!({"é": [1, 2.5, null, true]}), json!(0), json!(""), Value::Null];
    for id in ids {
        let value = explained(&json!({"id": id, "request": request(json!({}))}));
        assert_eq!(value.get("id"), Some(&id));
    }
    let every: String = (0..=255_u8).map(char::from).collect();
    let line = json!({
        "id": every,
        "request": {"origin": every, "url": "https://b.example/", "headers": [["x-a", every], [every, "b"]]},
        "response": {"status": 200, "headers": [["Access-Control-Allow-Origin", every], [every, every]]},
    });
    let fine = json!({
        "request": {"origin": "https://a.example", "url": "https://b.example/é"},
        "response": {"status": 200, "headers": [["Access-Control-Allow-Origin", "\u{80}\u{9b}\u{7f}\u{ff}\u{1b}"]]},
    });
    for line in [line, fine] {
        let told = text(&line.to_string());
        let is_plain = |b: u8| matches!(b, 0x20..=0x7E | b'\n');
        assert!(told.bytes().all(is_plain), "{}", told.escape_debug());
        let value: Value = serde_json::from_str(&told).unwrap();
        let sent = &line["response"]["headers"][0][1];
        assert_eq!(&value["blocked_by"][0]["bytes"], sent);
        assert_eq!(value.get("id"), line.get("id"));
    }
}

#[test]
fn unreadable_line_is_an_error_and_the_rest_goes_on() {
    let bad = [
        ("not json", "expected"),
        ("[]", "column"),
        ("{}", "missing field `request`"),
        (r#"{"request":{"url":"https://b.example/"}}"#, "missing field `origin`"),
        (r#"{"request":{"origin":"null"}}"#, "URL is unknown"),
        (r#"{"request":{"origin":"null","url":"/x"}}"#, "write a whole URL"),
        (r#"{"request":{"origin":"null","url":"https://b.example/"},"hop":[]}"#, "unknown field `hop`"),
        (r#"{"request":{"origin":"null","url":"https://b.example/","verb":"PUT"}}"#, "unknown field `verb`"),
        (r#"{"request":{"origin":"\u0100","url":"https://b.example/"}}"#, "a code point above 255"),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/","headers":[["x","\ud83e\udd8a"]]}}"#,
            "a code point above 255",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/","mode":"navigate"}}"#,
            "write cors, no-cors or same-origin",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/","credentials":"yes"}}"#,
            "write omit, same-origin or include",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/","referrer_policy":"x"}}"#,
            "which is not a referrer policy",
        ),
        (r#"{"request":{"origin":"null","url":"https://b.example/"},"response":{"status":70000}}"#, "70000"),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/"},"response":{"headers":[]}}"#,
            "missing field `status`",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/"},"hops":[],"response":{"status":200}}"#,
            "belong either to the top level",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/"},"hops":[{},{}]}"#,
            "the URL of a later hop is unknown",
        ),
        (
            r#"{"request":{"origin":"null","url":"https://b.example/"},"then":[{"request":{"origin":"null","url":"https://b.example/"},"after_seconds":-1}]}"#,
            "write a number from 0",
        ),
    ];
    let good = json!({"request": request(json!({}))}).to_string();
    let lines: String = bad.iter().map(|(line, _)| format!("{line}\n{good}\n\n")).collect();
    let output = run(lines);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8(output.stdout).unwrap();
    let told: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), bad.len() * 2);
    for (place, ((line, said), pair)) in bad.iter().zip(told.chunks(2)).enumerate() {
        assert!(pair[0]["error"].as_str().unwrap().contains(said), "{line}: {}", pair[0]);
        assert_eq!(pair[0]["line"], place * 3 + 1);
        assert!(PROFILES.iter().all(|profile| pair[1]["verdict"][profile] == "incomplete"));
    }
    let raw = run(b"\xff\xfe\x1b[31m\n{\"request\":\x80}\n".to_vec());
    assert!(raw.status.code() == Some(2) && raw.stdout.is_ascii() && !raw.stdout.contains(&0x1b));
}

#[test]
fn lines_of_json_are_judged_as_the_vectors_say() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/browsers.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    for case in cases {
        let empty = vec![];
        let then = case.get("then").and_then(Value::as_array).unwrap_or(&empty);
        let asked = |one: &Value| json!({"request": one["request"], "after_seconds": one["after_seconds"]});
        let later: Vec<Value> = then.iter().map(asked).collect();
        let found = explained(&json!({"request": case["request"], "hops": case["hops"], "then": later}));
        assert_eq!(found["verdict"], case["verdict"], "{}", case["says"]);
        for (place, one) in then.iter().enumerate() {
            assert_eq!(found["then"][place]["needs_preflight"], one["needs_preflight"], "{}", case["says"]);
        }
        for (profile, code) in case["codes"].as_object().unwrap() {
            let is_of = |one: &&Value| one["profiles"].as_array().unwrap().contains(&json!(profile));
            let codes: Vec<_> =
                found["blocked_by"].as_array().unwrap().iter().filter(is_of).map(|one| &one["code"]).collect();
            assert!(codes.contains(&code) || (codes.is_empty() && code.is_null()), "{}: {codes:?}", case["says"]);
        }
    }
}

#[test]
fn api_and_http_version_change_what_browsers_do() {
    let twice = response(200, &[("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Origin", "*")]);
    let words = |version: &str| {
        let value = explained(&json!({"request": request(json!({"http_version": version})), "response": twice}));
        value["console"]["firefox"].as_str().unwrap().contains("Multiple CORS header")
    };
    assert_eq!(["1.0", "1.1", "2", "3"].map(words), [true, true, false, false]);
    let open = response(200, &[("Access-Control-Allow-Origin", "*")]);
    let verdict = |api: &str| {
        let request = request(json!({"api": api, "url": "https://u:p@b.example/x"}));
        explained(&json!({"request": request, "response": open}))["verdict"].clone()
    };
    assert_eq!((verdict("fetch"), verdict("xhr")), (all("throws"), all("allowed")));
    for (more, expected) in [
        (json!({"api": "axios"}), r#"\"api\" is \"axios\": write fetch or xhr"#),
        (json!({"http_version": "HTTP/2"}), r#"\"http_version\" is \"HTTP/2\": write 1.0, 1.1, 2 or 3"#),
    ] {
        let output = run(json!({"request": request(more)}).to_string());
        assert_eq!(output.status.code(), Some(2));
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn fragments_count_in_the_preflight_cache_and_are_not_sent() {
    let allows = response(
        204,
        &[
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Methods", "PUT"),
            ("Access-Control-Max-Age", "60"),
        ],
    );
    let put = |url: &str| request(json!({"url": url, "method": "PUT"}));
    let (plain, marked) = ("https://b.example/x", "https://b.example/x#b");
    for (first, later, asks) in [(plain, marked, true), (marked, plain, true), (marked, marked, false)] {
        let open = response(200, &[("Access-Control-Allow-Origin", "*")]);
        let then = json!([{"request": put(later)}]);
        let value = explained(&json!({"request": put(first), "preflight": allows, "response": open, "then": then}));
        assert_eq!(value["then"][0]["needs_preflight"], all(asks));
        assert_eq!(value["sent"][0]["url"], plain);
    }
}
