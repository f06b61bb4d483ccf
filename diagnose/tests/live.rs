//! `Check` asks Corsac itself: no policy of `examples/` and none of 200 generated ones has a finding. A server that breaks one promise has.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use corsac::browser::HttpVersion;
use corsac::{PolicySet, Request, RequestPath};
use corsac_diagnose::UrlCrate;
use corsac_diagnose::exchange::Response;
use corsac_diagnose::live::{Ask, Check, CheckOptions, Checked, LiveSeverity};
use serde_json::Value;

fn options() -> CheckOptions {
    CheckOptions { random: 7, limit: 10_000, send_unsafe: true, ..CheckOptions::default() }
}

/// The path of a URL, as it is sent.
fn path(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    &rest[rest.find('/').unwrap()..]
}

/// What Corsac responds, in front of an application that responds with 200, or with 404 to pages that are missing.
fn corsac(policies: &PolicySet<Vec<u8>>, ask: &Ask) -> Response {
    let request = Request::from_lines(&ask.method, ask.headers.iter().map(|(name, value)| (name, value)));
    let path = RequestPath::raw(path(&ask.url));
    let status = if ask.url.contains("missing") { 404 } else { 200 };
    match policies.evaluate(&path, &request) {
        Some(decision) => Response {
            status: decision.status().unwrap_or(status),
            headers: decision.headers().map(|header| (header.name.into(), header.value.into())).collect(),
        },
        None => Response { status, headers: Vec::new() },
    }
}

fn checked(policies: &Arc<PolicySet<Vec<u8>>>, url: &str, respond: impl Fn(&Ask) -> Response) -> Checked {
    let mut verify = Check::new(Arc::clone(policies), url, &UrlCrate, options()).unwrap();
    while let Some(ask) = verify.next_ask() {
        let response = respond(&ask);
        verify.take(response, HttpVersion::Http1);
    }
    verify.finished()
}

fn examples() -> Vec<(String, Arc<PolicySet<Vec<u8>>>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_toml = |file: &std::path::PathBuf| file.extension().is_some_and(|extension| extension == "toml");
    let read = |file: std::path::PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        (file.display().to_string(), Arc::new(PolicySet::from_toml(text, |_| ()).unwrap()))
    };
    files.filter(is_toml).map(read).collect()
}

/// A case's specification as a policy file: texts, numbers and lists of JSON are also TOML's.
fn toml(spec: &Value) -> String {
    let table = |table: &Value| -> String {
        table.as_object().unwrap().iter().map(|(name, value)| format!("{name} = {value}\n")).collect()
    };
    match &spec["policy"] {
        Value::Array(tables) => tables.iter().map(|one| format!("[[policy]]\n{}", table(one))).collect(),
        _ => table(spec),
    }
}

/// What a case is about, the URL that is asked, and its policies.
type Case = (String, String, Arc<PolicySet<Vec<u8>>>);

/// The policies of `vectors/live/policies.json`.
fn generated() -> Vec<Case> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/live/policies.json");
    let cases: Vec<Value> = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let read = |case: &Value| {
        let (says, url, text) = (case["says"].as_str().unwrap(), case["url"].as_str().unwrap(), toml(&case["spec"]));
        let policies = PolicySet::from_toml(&text, |_| ()).unwrap_or_else(|findings| panic!("{findings}\n{text}"));
        (says.to_owned(), url.to_owned(), Arc::new(policies))
    };
    cases.iter().map(read).collect()
}

#[test]
fn nothing_is_found_at_corsac_itself() {
    let examples = examples();
    let generated = generated();
    assert!(examples.len() > 3 && generated.len() == 200, "{} {}", examples.len(), generated.len());
    let urls = ["https://api.example.test/", "http://127.0.0.1:8000/account/cards?a=1"];
    let examples = examples.iter().flat_map(|(name, policies)| urls.map(|url| (name, url.to_owned(), policies)));
    let generated = generated.iter().map(|(says, url, policies)| (says, url.clone(), policies));
    let mut asked = 0;
    for (name, url, policies) in examples.chain(generated) {
        let url = url.as_str();
        let checked = checked(policies, url, |ask| corsac(policies, ask));
        assert!(checked.findings.is_empty(), "{name}\n{url}\n{:#?}", checked.findings);
        asked += checked.sent;
    }
    assert!(asked > 4_000, "{asked}");
}

#[test]
fn server_that_lets_everyone_in_is_found_by_every_list() {
    for (name, policies) in examples() {
        let is_open = policies.tables().all(|(_, policy)| policy.is_none_or(|policy| policy.is_any_origin()));
        let checked = checked(&policies, "https://api.example.test/account", |ask| {
            let origin = ask.headers.iter().find(|(name, _)| name == b"Origin").map(|(_, origin)| origin.clone());
            let mut response = corsac(&policies, ask);
            response.status = if ask.is_preflight { 204 } else { 200 };
            response.headers.retain(|(name, _)| name == b"Vary");
            for (name, value) in [
                ("Access-Control-Allow-Origin", origin.unwrap_or_default()),
                ("Access-Control-Allow-Methods", b"GET, HEAD, POST, PUT, DELETE, PATCH".to_vec()),
                ("Access-Control-Allow-Headers", b"content-type, authorization, x-corsac-check".to_vec()),
            ] {
                response.headers.push((name.into(), value));
            }
            response
        });
        let found = checked.findings.iter().any(|finding| finding.code == "origin-reflected");
        assert_eq!(found, !is_open, "{name} {:#?}", checked.findings);
    }
}

#[test]
fn repeated_header_is_judged_by_the_version_of_http() {
    let policies = Arc::new(PolicySet::from_toml("allow_origins = [\"https://app.example.com\"]", |_| ()).unwrap());
    for (version, firefox) in [(HttpVersion::Http1, "refused"), (HttpVersion::Http2, "shared")] {
        let mut check = Check::new(Arc::clone(&policies), "https://api.example.test/", &UrlCrate, options()).unwrap();
        while let Some(ask) = check.next_ask() {
            let mut response = corsac(&policies, &ask);
            if response.headers.iter().any(|(name, _)| name == b"Access-Control-Allow-Origin") {
                response.headers.push((b"Access-Control-Allow-Origin".to_vec(), Vec::new()));
            }
            check.take(response, version);
        }
        let checked = check.finished();
        let refused = checked.findings.iter().find(|finding| finding.code == "listed-origin-refused").unwrap();
        let verdict = serde_json::to_value(&refused.verdict).unwrap();
        assert_eq!((&verdict["firefox"], &verdict["chromium"]), (&firefox.into(), &"refused".into()), "{version:?}");
    }
}

#[test]
fn the_limit_cuts_the_questions_and_not_their_count() {
    let origins: Vec<String> = (0..50).map(|number| format!("https://page-{number}.example.com")).collect();
    let text = format!("allow_origins = {origins:?}\nallow_methods = [\"GET\", \"PUT\"]\n");
    let policies = Arc::new(PolicySet::from_toml(text, |_| ()).unwrap());
    let planned = |limit| {
        let options = CheckOptions { limit, ..options() };
        Check::new(Arc::clone(&policies), "https://api.example.test/", &UrlCrate, options).unwrap().planned()
    };
    assert!(planned(0) > 300 && planned(0) == planned(10_000));
}

#[test]
fn severities_say_what_fails_a_run() {
    let policies = Arc::new(PolicySet::from_toml("allow_origins = [\"https://app.example.com\"]", |_| ()).unwrap());
    let without_vary = checked(&policies, "https://api.example.test/", |ask| {
        let mut response = corsac(&policies, ask);
        response.headers.retain(|(name, _)| name != b"Vary");
        response
    });
    assert_eq!(without_vary.count(LiveSeverity::Broken), 0);
    assert_eq!(without_vary.count(LiveSeverity::Warning), 1, "{:#?}", without_vary.findings);
}

const TWO_PAGES: &str =
    "allow_origins = [\"https://a.example.com\", \"https://b.example.com\"]\nallow_methods = [\"PUT\"]\n";

/// A cache in front of Corsac that keeps one response to `GET` for all origins and queries. `says`: its header of a hit.
fn behind_a_cache(text: &str, says: &'static [(&'static str, &'static str)]) -> Checked {
    let policies = Arc::new(PolicySet::from_toml(text, |_| ()).unwrap());
    let kept = std::cell::RefCell::new(std::collections::HashMap::new());
    checked(&policies, "https://api.example.com/things", |ask| {
        if ask.method == b"OPTIONS" {
            return corsac(&policies, ask);
        }
        let key = path(&ask.url).split('?').next().unwrap().to_owned();
        let mut kept = kept.borrow_mut();
        let is_hit = kept.contains_key(&key);
        let mut response: Response = kept.entry(key).or_insert_with(|| corsac(&policies, ask)).clone();
        for (name, value) in says.iter().filter(|_| is_hit) {
            response.headers.push(((*name).into(), (*value).into()));
        }
        response
    })
}

fn codes(checked: &Checked) -> Vec<&'static str> {
    checked.findings.iter().map(|finding| finding.code).collect()
}

#[test]
fn a_silent_cache_is_named_by_the_preflight_that_passes() {
    let found = behind_a_cache(TWO_PAGES, &[]);
    assert_eq!(codes(&found), ["cached-response"]);
    assert!(found.findings[0].message.contains("https://b.example.com, whose preflight the server allows"));
}

#[test]
fn a_cache_that_says_so_is_named_with_one_origin() {
    let one = "allow_origins = [\"https://a.example.com\"]\nallow_methods = [\"PUT\"]\n";
    assert_eq!(codes(&behind_a_cache(one, &[("Age", "3")])), ["cached-response"]);
    assert_eq!(codes(&behind_a_cache(TWO_PAGES, &[("X-Cache", "HIT")])), ["cached-response"]);
}

#[test]
fn a_server_with_one_origin_for_all_is_no_cache() {
    let policies = Arc::new(PolicySet::from_toml(TWO_PAGES, |_| ()).unwrap());
    let found = checked(&policies, "https://api.example.com/things", |ask| {
        let mut response = corsac(&policies, ask);
        for (name, value) in &mut response.headers {
            if name == b"Access-Control-Allow-Origin" {
                *value = b"https://a.example.com".to_vec();
            }
        }
        response
    });
    assert_eq!(codes(&found), ["listed-origin-refused"]);
}
