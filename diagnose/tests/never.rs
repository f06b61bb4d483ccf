//! Generated exchanges: whatever failed and whatever the server is, no advice is unsafe or empty, and what a console says about it is read as
//! core's decoder reads it.

mod advice;

use advice::assert_safe;
use corsac::browser::{Credentials, Profile, decode_console};
use corsac_diagnose::codes::{Kind, codes, entries};
use corsac_diagnose::console::{self, Known};
use corsac_diagnose::exchange::{Exchange, Headers, Hop, Response, ScriptRequest};
use corsac_diagnose::{Deliveries, Diagnosis, Shown, Stack, UrlCrate, push_report, resolve, with, without_styles};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

const ORIGINS: [&str; 5] = [
    "https://app.example.com",
    "http://localhost:3000",
    "null",
    "capacitor://localhost",
    "https://app.example.com:8443",
];
const URLS: [&str; 4] = [
    "https://api.example.com/x",
    "http://api.example.com/login?a=b",
    "http://localhost:8000/x/",
    "https://abc.execute-api.eu-west-1.amazonaws.com/y",
];

/// Headers of responses, right and wrong.
const LINES: [(&str, &str); 27] = [
    ("Access-Control-Allow-Origin", "https://app.example.com"),
    ("Access-Control-Allow-Origin", "https://app.example.com/"),
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Origin", "null"),
    ("Access-Control-Allow-Origin", ""),
    ("Access-Control-Allow-Origin", "https://other.example"),
    ("Access-Control-Allow-Origin", "https://a.example, https://b.example"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Access-Control-Allow-Credentials", "True"),
    ("Access-Control-Allow-Methods", "GET, put"),
    ("Access-Control-Allow-Methods", "*"),
    ("Access-Control-Allow-Methods", "PUT;PATCH"),
    ("Access-Control-Allow-Headers", "*"),
    ("Access-Control-Allow-Headers", "content-type"),
    ("Access-Control-Allow-Header", "authorization"),
    ("Vary", "Origin"),
    ("Location", "https://login.idp.example/authorize?client_id=1"),
    ("Location", "http://api.example.com/x/"),
    ("cf-mitigated", "challenge"),
    ("x-amzn-ErrorType", "MissingAuthenticationTokenException"),
    ("x-vercel-mitigated", "deny"),
    ("x-goog-iap-generated-response", "true"),
    ("ngrok-error-code", "ERR_NGROK_3200"),
    ("Content-Type", "text/html"),
    ("Server", "AmazonS3"),
    ("Server", "cloudflare"),
    ("Age", "86400"),
];

fn headers() -> impl Strategy<Value = Headers> {
    let owned = |lines: Vec<(&str, &str)>| -> Headers {
        lines.into_iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    };
    subsequence(LINES.to_vec(), 0..5).prop_map(owned)
}

fn response() -> impl Strategy<Value = Option<Response>> {
    let statuses = vec![200, 200, 204, 301, 302, 400, 401, 403, 404, 405, 407, 413, 421, 429, 500, 502, 503, 504, 530];
    proptest::option::weighted(
        0.9,
        (select(statuses), headers()).prop_map(|(status, headers)| Response { status, headers }),
    )
}

fn exchange() -> impl Strategy<Value = Exchange> {
    let credentials = [None, Some(Credentials::Omit), Some(Credentials::SameOrigin), Some(Credentials::Include)];
    let names = subsequence(vec!["authorization", "content-type", "x-trace", "access-control-allow-origin"], 0..3);
    let hop = (response(), response()).prop_map(|(preflight, response)| Hop { preflight, response, ..Hop::default() });
    let parts = (
        select(ORIGINS.to_vec()),
        select(URLS.to_vec()),
        select(vec!["GET", "POST", "PUT", "patch", "OPTIONS"]),
        names,
        select(credentials.to_vec()),
        hop,
    );
    parts.prop_map(|(origin, url, method, names, credentials, hop)| Exchange {
        request: ScriptRequest {
            origin: Some(origin.as_bytes().to_vec()),
            url: Some(url.as_bytes().to_vec()),
            method: Some(method.as_bytes().to_vec()),
            headers: names.into_iter().map(|name| (name.as_bytes().to_vec(), None)).collect(),
            credentials,
            ..ScriptRequest::default()
        },
        hops: vec![hop],
    })
}

/// What a report tells people to do, without what the server sent and what the consoles say.
fn advice(report: &str) -> String {
    let mut is_advice = false;
    let mut found = String::new();
    for line in report.lines() {
        let starts = |heads: &[&str]| heads.iter().any(|head| line.starts_with(head));
        if starts(&["Fix:", "Hint:"]) {
            is_advice = true;
        } else if starts(&[
            "Cause:",
            "Avoid:",
            "Also wrong",
            "In the console:",
            "Its console:",
            "Delivery:",
            "The script",
        ]) {
            is_advice = false;
        }
        if is_advice {
            found.push_str(line);
            found.push('\n');
        }
    }
    found
}

/// Whether a text promises headers and shows none.
fn is_empty_promise(advice: &str) -> bool {
    advice.lines().any(|line| line.to_ascii_lowercase().contains("these headers") && !line.ends_with(':'))
}

fn check(exchange: &Exchange, stack: Stack) {
    let deliveries = Deliveries::of(exchange);
    with(exchange, Credentials::Include, |exchange| {
        let diagnosis = Diagnosis::of(exchange);
        for stacks in [&[][..], &[stack]] {
            let mut text = String::new();
            push_report(&mut text, &diagnosis, &deliveries, &exchange, Shown { stacks, secrets: true, suffixes: None });
            let advice = advice(&without_styles(&text));
            assert_safe(&format!("{stacks:?}"), &advice);
            assert!(!stacks.is_empty() || !is_empty_promise(&advice), "{advice}");
        }
        for profile in [Profile::Chromium, Profile::Firefox, Profile::WebKit] {
            if let Some(text) = diagnosis.console.get(profile) {
                check_console(text, stack);
            }
        }
    });
}

/// The reader of pastes and core's decoder of messages agree, and the advice is safe.
fn check_console(text: &str, stack: Stack) {
    let said = decode_console(text).unwrap_or_else(|| panic!("{text}"));
    let readings = console::read(text, Known::default());
    let [reading] = readings.as_slice() else { panic!("{text}: {readings:#?}") };
    assert_eq!(reading.browsers, [said.profile.name()], "{text}");
    assert_eq!(reading.code, said.code.map(|code| code.as_str()), "{text}");
    assert_eq!(reading.url.as_deref(), said.url, "{text}");
    assert_eq!(reading.redirected_from.as_deref(), said.redirected_from, "{text}");
    assert_eq!(reading.page.as_deref(), said.origin, "{text}");
    assert_eq!(reading.part, said.part.map(|part| part.as_str()), "{text}");
    // A paste keeps no blanks at the ends.
    assert_eq!(reading.value.as_deref(), said.value.map(str::trim), "{text}");
    assert_eq!(reading.status, said.status, "{text}");
    for stacks in [&[][..], &[stack]] {
        let explained = console::explain(text, Known { stacks, ..Known::default() }).unwrap();
        let plain = without_styles(&explained.text);
        assert_safe(text, &plain);
        assert!(!stacks.is_empty() || !is_empty_promise(&plain), "{plain}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_advice_about_an_exchange_is_unsafe(mut exchange in exchange(), stack in select(Stack::ALL.to_vec())) {
        if resolve(&mut exchange, &UrlCrate).is_ok() {
            check(&exchange, stack);
        }
    }
}

#[test]
fn no_entry_advises_what_is_unsafe() {
    for code in codes() {
        // Findings name the keys of a policy, also the dangerous ones.
        for entry in entries(code).iter().filter(|entry| entry.kind == Kind::Neighbour) {
            assert_safe(code, entry.fix);
            assert!(entry.avoid.is_some_and(|avoid| !avoid.is_empty()), "{code} has no \"Avoid\"");
            assert!(!entry.fix.trim().is_empty(), "{code} has no fix");
        }
    }
}

#[test]
fn an_unsafe_advice_is_found() {
    for text in [
        "Access-Control-Allow-Origin: null",
        "Access-Control-Allow-Origin: https://a.example/",
        "Access-Control-Allow-Origin: *\nAccess-Control-Allow-Credentials: true",
        "add_header Access-Control-Allow-Origin $http_origin always;",
    ] {
        assert!(std::panic::catch_unwind(|| assert_safe("planted", text)).is_err(), "{text}");
    }
    assert!(is_empty_promise("Fix:   Add these headers to the response.\n"));
}
