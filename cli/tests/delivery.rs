//! The second verdict: whether a request leaves the browser at all. explain, probe and eval say both, and what CORS says never changes.

mod run;

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener};
use std::path::{Path, PathBuf};

use run::{code, corsac, err, out};
use serde_json::{Value, json};

const PAGE: &str = "https://shop.example";
const PASSES: &str =
    "HTTP/1.1 200 OK\nAccess-Control-Allow-Origin: https://shop.example\nAccess-Control-Allow-Credentials: true\n";
const BLOCKED: &str = "HTTP/1.1 200 OK\n";

/// Exit code and report of `explain` for a captured response.
fn explain(origin: &str, url: &str, more: &[&str], response: &str) -> (i32, String) {
    let output = corsac(&[&["explain", "--origin", origin, "--url", url], more].concat(), response);
    (code(&output), out(&output))
}

fn first(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

#[test]
fn lines_of_json_say_what_the_vectors_say() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../vectors/delivery.json")).unwrap();
    let cases: Vec<Value> = serde_json::from_str(&text).unwrap();
    let line = |case: &Value| {
        let mut line = json!({"request": case["request"]});
        if let Some(hops) = case.get("hops") {
            line["hops"] = hops.clone();
        }
        format!("{line}\n")
    };
    let output = corsac(&["explain", "--jsonl"], cases.iter().map(line).collect::<String>());
    assert_eq!(code(&output), 0, "{}", out(&output));
    let told: Vec<Value> = out(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), cases.len());
    for (case, told) in cases.iter().zip(&told) {
        assert_eq!(told["delivery"], case["delivery"], "{}", case["says"]);
        for (profile, code) in case["codes"].as_object().unwrap() {
            let is_of = |reason: &&Value| reason["profiles"].as_array().unwrap().iter().any(|known| known == profile);
            let reason = told["delivery_by"].as_array().unwrap().iter().find(is_of);
            assert_eq!(reason.map_or(&Value::Null, |reason| &reason["code"]), code, "{}", case["says"]);
            let versions = reason.map_or(&Value::Null, |reason| &reason["versions"][profile]);
            assert_eq!(versions, &case["versions"][profile], "{}", case["says"]);
        }
    }
}

#[test]
fn lines_of_json_refuse_names_that_they_do_not_know() {
    for (member, value, said) in [
        ("page_space", "private", "write loopback, local or public"),
        ("target_address_space", "", "write loopback, local or public"),
        ("permission", "yes", "write granted, denied, prompt or unknown"),
    ] {
        let mut line = json!({"request": {"origin": PAGE, "url": "https://api.shop.example/"}});
        line["request"][member] = json!(value);
        let output = corsac(&["explain", "--jsonl"], line.to_string());
        assert!(code(&output) == 2 && out(&output).contains(said), "{}", out(&output));
    }
    let line = json!({"request": {"origin": PAGE, "url": "https://api.shop.example/"}, "target_address": "api"});
    let output = corsac(&["explain", "--jsonl"], line.to_string());
    assert!(code(&output) == 2 && out(&output).contains("not an IP address"), "{}", out(&output));
}

#[test]
fn report_says_both_verdicts_on_its_first_line() {
    let (code, text) = explain(PAGE, "http://api.shop.example/x", &[], PASSES);
    assert_eq!(code, 1, "{text}");
    assert_eq!(first(&text), "CORS passes in every browser, but no browser sends the request");
    assert!(
        text.contains("[mixed-content]") && text.contains("firefox   Blocked loading mixed active content"),
        "{text}"
    );
    let (code, text) = explain(PAGE, "http://api.shop.example/x", &[], BLOCKED);
    assert_eq!(code, 1, "{text}");
    assert!(first(&text).starts_with("blocked in every browser by CORS, and no browser sends the request"), "{text}");
    let (code, text) = explain(PAGE, "https://api.shop.example/x", &[], PASSES);
    assert_eq!((code, first(&text)), (0, "allowed in every browser"), "{text}");
    assert!(!text.contains("Delivery:") && text.contains("The script reads the response"), "{text}");
}

#[test]
fn refusal_on_own_machine_counts_only_for_deployed_page() {
    let url = "http://localhost:3000/x";
    let (code, text) = explain(PAGE, url, &[], PASSES);
    assert_eq!(code, 0, "{text}");
    assert!(first(&text).contains("does not leave in webkit; it is uncertain"), "{text}");
    assert!(text.contains("if the page is served from the internet") && text.contains("--page-space"), "{text}");
    let (code, text) = explain(PAGE, url, &["--deployed"], PASSES);
    assert_eq!(code, 1, "{text}");
    assert!(first(&text).contains("the user is asked first by the standard and in chromium, firefox"), "{text}");
    // A page in development is not asked about.
    let (code, text) = explain(PAGE, url, &["--page-space", "loopback"], PASSES);
    assert!(code == 0 && !text.contains("page-space-unknown"), "{text}");
    let (code, text) = explain("http://localhost:8080", url, &[], &PASSES.replace(PAGE, "http://localhost:8080"));
    assert_eq!((code, first(&text)), (0, "allowed in every browser"), "{text}");
}

#[test]
fn asking_and_not_knowing_end_with_0() {
    for (url, more, said) in [
        ("https://192.168.0.5/x", &["--page-space", "public"][..], "the user is asked first"),
        ("https://192.168.0.5/x", &[], "it is uncertain whether the request leaves in every browser"),
    ] {
        let (code, text) = explain(PAGE, url, more, PASSES);
        assert!(code == 0 && first(&text).contains(said), "{text}");
    }
}

#[test]
fn local_server_is_judged_as_if_it_were_elsewhere() {
    let url = "http://localhost:3000/x";
    let (code, text) = explain(PAGE, url, &["--as", "https://api.shop.example"], PASSES);
    assert_eq!((code, first(&text)), (0, "allowed in every browser"), "{text}");
    let (code, text) = explain(PAGE, url, &["--as", "http://api.shop.example"], PASSES);
    assert!(code == 1 && text.contains("insecure resource 'http://api.shop.example/x'"), "{text}");
    let output = corsac(&["explain", "--origin", PAGE, "--url", url, "--as", "api.shop.example"], PASSES);
    assert!(code_of_usage(&output), "{}", err(&output));
}

fn code_of_usage(output: &std::process::Output) -> bool {
    code(output) == 2 && err(output).contains("--as: ") && err(output).contains("write https://api.shop.example")
}

#[test]
fn har_says_where_page_and_server_are() {
    let headers = json!([{"name": "Origin", "value": PAGE}]);
    let document = |address: &str| {
        json!({"_resourceType": "document", "serverIPAddress": address,
            "request": {"method": "GET", "url": "https://shop.example/", "headers": []}, "response": {"status": 200, "headers": []}})
    };
    let fetch = |address: &str, error: Option<&str>| {
        let passing = json!([{"name": "Access-Control-Allow-Origin", "value": "*"}]);
        let mut response = json!({"status": 200, "headers": passing});
        if let Some(error) = error {
            response = json!({"status": 0, "headers": [], "_error": error});
        }
        json!({"_resourceType": "fetch", "serverIPAddress": address,
            "request": {"method": "GET", "url": "https://nas.shop.example/x", "headers": headers}, "response": response})
    };
    let explained = |entries: Value| {
        let har = file("delivery.har", &json!({"log": {"entries": entries}}).to_string());
        out(&corsac(&["explain", har.to_str().unwrap()], ""))
    };
    let text = explained(json!([document("93.184.216.34"), fetch("10.8.0.3", None)]));
    assert!(first(&text).contains("the user is asked first by the standard and in chromium, firefox"), "{text}");
    assert!(text.contains("[local-network-permission]"), "{text}");
    let text = explained(json!([document("[::1]"), fetch("10.8.0.3", None)]));
    assert_eq!(first(&text), "allowed in every browser", "{text}");
    let text = explained(json!([document("93.184.216.34"), fetch("93.184.216.35", None)]));
    assert_eq!(first(&text), "allowed in every browser", "{text}");
    let text = explained(json!([fetch("10.8.0.3", None)]));
    assert!(text.contains("[page-space-unknown]"), "{text}");
    // Chromium leaves the address empty where it did not connect.
    let text = explained(json!([document("93.184.216.34"), fetch("", None)]));
    assert_eq!(first(&text), "allowed in every browser", "{text}");
    let text = explained(json!([document("93.184.216.34"), fetch("10.8.0.3", Some("net::ERR_FAILED"))]));
    assert!(text.contains(", likely: the user decides"), "{text}");
}

#[test]
fn table_has_what_does_not_leave_before_what_passes() {
    let entry = |url: &str, acao: &str| {
        json!({"_resourceType": "fetch", "request": {"method": "GET", "url": url, "headers": [{"name": "Origin", "value": PAGE}]},
            "response": {"status": 200, "headers": [{"name": "Access-Control-Allow-Origin", "value": acao}]}})
    };
    let entries = [
        entry("https://api.shop.example/1", "*"),
        entry("http://api.shop.example/2", "*"),
        entry("https://10.0.0.1/3", "*"),
        entry("https://api.shop.example/4", "https://other.example"),
    ];
    let har = file("delivery-table.har", &json!({"log": {"entries": entries}}).to_string());
    let output = corsac(&["explain", har.to_str().unwrap()], "");
    let text = out(&output);
    let place = |word: &str| text.find(word).unwrap_or_else(|| panic!("{word}: {text}"));
    assert_eq!(code(&output), 1, "{text}");
    assert!(place("acao-mismatch") < place("mixed-content"), "{text}");
    assert!(place("mixed-content") < place("page-space-unknown"), "{text}");
    assert!(place("page-space-unknown") < place("shop.example/1"), "{text}");
    assert!(text.contains("not sent") && text.contains("--entry 4 shows"), "{text}");
}

/// A server that responds once, and its URL.
fn serve(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        if let Ok((mut stream, _)) = listener.accept() {
            let _ = stream.read(&mut [0; 4096]);
            let _ = stream.write_all(response.as_bytes());
            let _ = stream.shutdown(Shutdown::Both);
        }
    });
    format!("http://{address}/x")
}

#[test]
fn probe_of_own_machine_says_what_it_cannot_see() {
    const RESPONSE: &str =
        "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: https://shop.example\r\nConnection: close\r\n\r\n";
    let probe = |more: &[&str]| {
        let output = corsac(&[&["probe", &serve(RESPONSE), "--origin", PAGE], more].concat(), "");
        (code(&output), out(&output))
    };
    let (code, text) = probe(&[]);
    assert!(code == 0 && first(&text).starts_with("CORS passes in every browser, but"), "{text}");
    assert!(text.contains("[page-space-unknown]") && text.contains("[mixed-content]"), "{text}");
    let (code, text) = probe(&["--deployed"]);
    assert!(code == 1 && text.contains("[local-network-permission]"), "{text}");
    let (code, text) = probe(&["--as", "https://api.shop.example"]);
    assert_eq!((code, first(&text)), (0, "allowed in every browser"), "{text}");
}

#[test]
fn eval_judges_a_policy_at_a_url() {
    let policy = file("delivery.toml", "allow_origins = [\"https://shop.example\"]\n");
    let eval = |more: &[&str]| {
        let output = corsac(&[&["eval", policy.to_str().unwrap(), "--origin", PAGE], more].concat(), "");
        (code(&output), out(&output))
    };
    let (code, text) = eval(&[]);
    assert!(code == 0 && !text.contains("Delivery"), "{text}");
    let (code, text) = eval(&["--as", "http://api.shop.example"]);
    assert!(code == 1 && text.contains("In every browser, the script reads the response."), "{text}");
    assert!(text.contains("Delivery in every browser: refused: ") && text.contains("[mixed-content]"), "{text}");
    let (code, text) = eval(&["--as", "http://localhost:3000", "--page-space", "public"]);
    assert!(
        code == 0 && text.contains("chromium, firefox (Chrome 142 and later, Firefox 153 and later): ask: "),
        "{text}"
    );
}

#[test]
fn console_messages_about_delivery_are_explained() {
    let explained = |text: &str| {
        let output = corsac(&["explain", "--console", "-"], text);
        (code(&output), out(&output))
    };
    let firefox = "Blocked loading mixed active content “http://b.example/”\nCross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://b.example/. (Reason: CORS request did not succeed). Status code: (null).";
    let (code, text) = explained(firefox);
    assert!(code == 1 && text.matches("Browser:").count() == 1 && text.contains("Code:     mixed-content"), "{text}");
    let webkit = "[blocked] The page at https://a.example/ requested insecure content from http://b.example/. This content was blocked and must be served over HTTPS.\nFetch API cannot load http://b.example/ due to access control checks.";
    let (code, text) = explained(webkit);
    assert!(
        code == 1 && text.matches("Browser:").count() == 1 && text.contains("URL:      http://b.example/"),
        "{text}"
    );
    let detected = "Local Network Access detected: top-level site \"https://a.example\", initiator \"https://a.example\", accessing target \"localhost\" (127.0.0.1:80) via fetch. Secure context: True, prompt action: prompt_allow";
    let (code, text) = explained(detected);
    assert!(code == 0 && text.contains("Code:     local-network-permission") && text.contains("Blocked:"), "{text}");
    let wrapped = "Mixed Content: The page at 'https://a.example/s' was loaded over\nHTTPS, but requested an insecure XMLHttpRequest endpoint\n'http://b.example/'. This request has been blocked; the content must be served over HTTPS.";
    let (code, text) = explained(wrapped);
    assert!(code == 1 && text.contains("Code:     mixed-content"), "{text}");
    for message in [firefox, webkit, wrapped] {
        assert!(!explained(message).1.contains("Next:"), "{message}");
    }
}
