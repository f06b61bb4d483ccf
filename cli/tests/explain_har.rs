//! `corsac explain` on HAR files in which something other than CORS stopped a request.

mod run;

use run::{code, corsac, err, out};

fn entry(url: &str, kind: &str, response: &str) -> String {
    let request = match kind {
        "document" => r#"[{"name":"sec-fetch-mode","value":"navigate"}]"#,
        _ => r#"[{"name":"Origin","value":"https://app.shop.co.uk"}]"#,
    };
    format!(
        r#"{{"pageref":"p","_resourceType":"{kind}","request":{{"method":"GET","url":"{url}","headers":{request}}},"response":{response}}}"#
    )
}

fn har(entries: &[String]) -> Vec<u8> {
    format!(r#"{{"log":{{"pages":[{{"id":"p","title":""}}],"entries":[{}]}}}}"#, entries.join(",")).into_bytes()
}

fn page(policy: &str) -> String {
    let header = format!(r#"{{"name":"Content-Security-Policy","value":"{policy}"}}"#);
    entry("https://app.shop.co.uk/", "document", &format!(r#"{{"status":200,"headers":[{header}],"_error":null}}"#))
}

const STOPPED: &str = r#"{"status":0,"headers":[],"_error":""}"#;

#[test]
fn a_page_policy_is_the_cause_and_no_command_misleads() {
    let har = har(&[page("connect-src 'self'"), entry("https://api.other.co.uk/x", "xhr", STOPPED)]);
    let output = corsac(&["explain", "-"], har);
    assert_eq!(code(&output), 1);
    let text = out(&output);
    assert!(text.starts_with("stopped by the browser, and not by CORS: https://api.other.co.uk/x\n"), "{text}");
    assert!(text.contains("[csp-connect-src]") && !text.contains("curl"), "{text}");
}

#[test]
fn request_that_the_page_forbids_is_not_in_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.har");
    std::fs::write(&file, har(&[page("connect-src 'self' https://api.shop.co.uk")])).unwrap();
    let explain = |more: &[&str]| corsac(&[&["explain", file.to_str().unwrap()], more].concat(), "");
    let nothing = explain(&[]);
    assert_eq!(code(&nothing), 2);
    assert!(err(&nothing).contains("give its URL with --url"), "{}", err(&nothing));
    let named = explain(&["--url", "https://api.other.co.uk/x"]);
    assert_eq!(code(&named), 1, "{}", err(&named));
    assert!(out(&named).contains("[csp-connect-src]"), "{}", out(&named));
    assert_eq!(code(&explain(&["--url", "https://api.shop.co.uk/x"])), 2);
}

#[test]
fn a_table_names_what_is_not_cors_first() {
    let fine = r#"{"status":200,"headers":[{"name":"Access-Control-Allow-Origin","value":"*"}],"_error":null}"#;
    let blocked = r#"{"status":0,"headers":[],"_error":"net::ERR_BLOCKED_BY_CLIENT"}"#;
    let mut entries: Vec<String> =
        (0..4).map(|at| entry(&format!("https://api.other.co.uk/{at}"), "fetch", fine)).collect();
    entries.push(entry("https://api.other.co.uk/ads", "fetch", blocked));
    let output = corsac(&["explain", "-"], har(&entries));
    assert_eq!(code(&output), 1);
    let text = out(&output);
    assert!(text.contains("stopped, not by CORS") && text.contains("blocked-by-client"), "{text}");
    assert!(text.contains("--entry 5 shows"), "{text}");
}

#[test]
fn the_public_suffix_list_says_whose_cookie_it_is() {
    let login = |host: &str, cookie: &str| {
        let headers = [
            ("Access-Control-Allow-Origin", "https://app.shop.co.uk"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Origin"),
            ("Set-Cookie", cookie),
        ];
        let headers: Vec<String> =
            headers.iter().map(|(name, value)| format!(r#"{{"name":"{name}","value":"{value}"}}"#)).collect();
        let response = format!(r#"{{"status":200,"headers":[{}]}}"#, headers.join(","));
        let har = har(&[entry(&format!("https://{host}/login"), "fetch", &response)]);
        let output = corsac(&["explain", "-", "--credentials"], har);
        assert_eq!(code(&output), 0);
        out(&output)
    };
    let careful = login("api.shop.co.uk", "sid=1; SameSite=Lax; Secure");
    assert!(!careful.contains("Warning") && !careful.contains("Hint"), "{careful}");
    let lax = login("api.other.co.uk", "sid=1; SameSite=Lax; Secure");
    assert!(lax.contains("Warning: The cookie sid is not kept, because the page is on another site"), "{lax}");
    let escaped = login("api.other.co.uk", "s\\u001b[31m=1; SameSite=Lax");
    assert!(escaped.contains("s\\x1B[31m") && !escaped.contains('\u{1b}'), "{escaped}");
}
