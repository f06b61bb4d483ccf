//! Tests that every message is complete, or the writer's error is passed on. No message may end
//! early as if it were complete.

mod narrow;

use std::collections::BTreeSet;
use std::fmt::Display;

use corsac::browser::{
    Causes, Credentials, Exchange, Hop, Mode, Profile, Response, ScriptRequest, decode_console, is_forbidden_header,
};
use corsac::{CompileError, Denial, DenialCode, Escaped, FindingCode, Policy, PolicySpec, Request, Suggestion};
use narrow::said;

/// Returns the message. Of messages that are the same, only the first is tested, because there are many.
fn said_once(message: impl Display, before: &mut BTreeSet<String>) -> String {
    let whole = message.to_string();
    if before.insert(whole.clone()) {
        said(message);
    }
    whole
}

#[test]
fn finding_and_error_messages_are_complete() {
    let long = format!("https://{}/", "a".repeat(150));
    let origins = ["*", "null", "https://*.example.com", "https://a.example.com", "https://a.example/\n", &long];
    let spec = PolicySpec {
        allow_methods: Some(&["patch", "a b"]),
        allow_credentials: true,
        max_age: Some(-1),
        ..PolicySpec::new(&origins)
    };
    let mut codes = BTreeSet::new();
    let error = spec.compile([0; 2048], |finding| {
        codes.insert(finding.code.as_str());
        let text = said(finding);
        assert_eq!(finding.text.len() > 128, text.contains("...\""), "{text}");
        said(&finding.suggestion);
    });
    assert_eq!(said(Suggestion::None), "");
    assert!(codes.len() >= 6, "{codes:?}");
    assert!(said(error.unwrap_err()).ends_with(" errors in the policy"));
    assert_eq!(said(CompileError::TooLarge), "the policy needs 4 GiB or more: list fewer origins");
    let one = PolicySpec { max_age: Some(-1), ..PolicySpec::new(&["https://a.example"]) };
    assert_eq!(said(one.compile([0; 512], |_| {}).unwrap_err()), "1 error in the policy");
    let fine = PolicySpec::new(&["https://a.example"]);
    assert!(said(fine.compile([0; 8], |_| {}).unwrap_err()).starts_with("the storage is too small: give "));
    said(Policy::open(b"").unwrap_err());
    assert!(FindingCode::ALL.iter().all(|code| !code.as_str().is_empty()));
    assert_eq!(said(Escaped(b"a\n\xFF\"")), "a\\x0A\\xFF\\x22");
    let denial = Denial::new(DenialCode::MethodNotAllowed, b"PUT");
    assert_eq!((denial.code(), denial.bytes()), (DenialCode::MethodNotAllowed, b"PUT".as_slice()));
    assert_eq!(said(denial), "method \"PUT\" is not allowed");
}

#[test]
fn entry_without_authority_or_host_gets_the_right_code() {
    let long = format!("https://{}*.example.com", "a".repeat(64));
    for (entry, code, instead) in [
        ("data:text", "unusable-scheme", None),
        ("https://", "invalid-host", None),
        ("localhost:3000", "missing-scheme", Some("http://localhost:3000")),
        (&long, "label-too-long", None),
    ] {
        let mut found = vec![];
        let _ = PolicySpec::new(&[entry]).compile([0; 512], |finding| {
            found.push((finding.code.as_str(), finding.suggestion.replacement().map(str::to_owned)));
        });
        assert_eq!(found, [(code, instead.map(str::to_owned))], "{entry}");
    }
}

#[test]
fn decision_and_denial_messages_are_complete() {
    let spec = PolicySpec { allow_headers: &["x-a"], ..PolicySpec::new(&["https://a.example"]) };
    let policy = spec.compile([0; 512], |_| {}).unwrap();
    let mut classes = BTreeSet::new();
    for lines in [
        &[][..],
        &[("Origin", "https://a.example")],
        &[("Origin", "https://b.example")],
        &[("Origin", "b.example")],
        &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")],
        &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")],
        &[("Origin", "https://a.example"), ("Access-Control-Request-Method", "P T")],
        &[
            ("Origin", "https://a.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "b"),
        ],
        &[
            ("Origin", "https://a.example"),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "\n"),
        ],
    ] {
        let request = Request::from_lines("OPTIONS", lines.iter().copied());
        let decision = policy.evaluate(&request);
        assert_eq!(format!("{:?}", decision.class()).to_lowercase(), request.class().as_str());
        classes.insert(said(decision));
        for header in decision.headers() {
            assert_eq!(format!("{header:?}"), said(header));
        }
        if let Some(denial) = decision.denial() {
            assert!(said(denial).contains(&Escaped(denial.bytes()).to_string()));
        }
    }
    assert_eq!(classes.len(), 9, "{classes:#?}");
    let long = "a".repeat(400);
    let request = Request::from_lines("GET", [("Origin", long.as_str())]);
    assert!(said(policy.evaluate(&request)).contains("aaa...\" is too long"));
}

const PAGE: &[u8] = b"https://app.example";
const API: &[u8] = b"https://api.example/x";

/// Everything that the model reports about an exchange, in every profile.
fn all_of(exchange: &Exchange<'_>, codes: &mut BTreeSet<&'static str>, before: &mut BTreeSet<String>) {
    let mut causes = Causes::new(*exchange);
    for profile in Profile::ALL {
        assert_eq!(said_once(profile, before), profile.name());
        exchange.judge(profile, |blocked| {
            codes.insert(blocked.code().as_str());
            let cause = exchange.cause(&blocked);
            assert_eq!(causes.of(&blocked), cause);
            said_once(blocked, before);
            said_once(cause, before);
            assert!(!cause.sentence().is_empty() && !cause.advice().is_empty());
            if let Some(console) = exchange.console(profile, &blocked) {
                let text = said_once(console, before);
                let message = decode_console(&text).unwrap_or_else(|| panic!("nobody knows {text:?}"));
                assert_eq!(message.profile, profile, "{text:?}");
                assert!(message.cause().is_none_or(|cause| !cause.sentence().is_empty()));
            }
            assert_eq!(format!("{:?}", blocked.evidence()), format!("\"{}\"", blocked.evidence()));
        });
        for step in exchange.steps() {
            said_once(step.requested_headers(profile), before);
            for of_preflight in [false, true] {
                step.passing_lines(profile, of_preflight).for_each(|line| drop(said_once(line, before)));
            }
        }
    }
}

#[test]
fn browser_messages_are_complete() {
    let asks = ScriptRequest {
        method: b"PUT",
        headers: &[(b"X-A", Some(b"1")), (b"X-B", None), (b"Authorization", None)],
        credentials: Credentials::Include,
        ..ScriptRequest::new(PAGE, API)
    };
    let xhr = ScriptRequest { upload_listener: true, ..asks };
    let plain = ScriptRequest::new(PAGE, API);
    let own = ScriptRequest { mode: Mode::SameOrigin, ..plain };
    let hidden = ScriptRequest { mode: Mode::NoCors, ..asks };
    let unread = ScriptRequest { mode: Mode::NoCors, ..plain };
    let home = ScriptRequest::new(PAGE, b"https://app.example/x");
    let named = ScriptRequest::new(PAGE, b"https://u:p@api.example/x");
    let reserved = ScriptRequest { headers: &[(b"Available-Dictionary", Some(b"1"))], ..plain };
    let file = ScriptRequest::new(PAGE, b"ftp://api.example/");
    let streams = ScriptRequest { method: b"POST", stream_body: true, ..plain };
    let odd = ScriptRequest { method: b"CONNECT", ..plain };
    let wrong = ScriptRequest { method: b"a b", ..plain };
    let broken = ScriptRequest { headers: &[(b"X-B\x01", None)], ..plain };
    let allow = |value: &'static [u8]| (&b"Access-Control-Allow-Origin"[..], value);
    let (mut codes, mut before) = (BTreeSet::new(), BTreeSet::new());
    for lines in [
        &[][..],
        &[allow(b"*")],
        &[allow(b"https://app.example/")],
        &[allow(b"app.example")],
        &[allow(b"app.example\n")],
        &[allow(PAGE), allow(b"https://b.example")],
        &[allow(b"b\n"), allow(b"b\n")],
        &[allow(b"https://*.a.example, https://*.b.example")],
        &[allow(b"ftp://app.example")],
        &[allow(b"a+b://app.example")],
        &[allow(b"http://[::1]:1")],
        &[allow(PAGE), (b"Access-Control-Allow-Credentials", b"True")],
        &[
            allow(PAGE),
            (b"Access-Control-Allow-Credentials", b"true"),
            (b"Access-Control-Allow-Methods", b"b ad"),
            (b"Access-Control-Allow-Headers", b"b ad"),
        ],
        &[
            allow(PAGE),
            (b"Access-Control-Allow-Credentials", b"true"),
            (b"Access-Control-Allow-Methods", b"GET"),
            (b"Access-Control-Allow-Headers", b"x-c"),
            (b"Location", b"https://u:p@c.example/"),
        ],
    ] {
        for status in [200, 302, 404, 1] {
            let response = Some(Response { status, headers: lines });
            let hop = |url| Hop { url, preflight: response, response, revalidated: &[] };
            for request in
                [asks, xhr, plain, own, hidden, file, streams, odd, wrong, broken, unread, home, named, reserved]
            {
                for next in
                    [&b""[..], b"https://u:p@c.example/", b"data:,x", b"ftp://c.example/", b"https://c.example/"]
                {
                    all_of(&Exchange { request, hops: &[hop(b""), hop(next)] }, &mut codes, &mut before);
                }
                if status == 302 {
                    let mut hops = vec![hop(API); 23];
                    hops[1].url = b"https://c.example/";
                    all_of(&Exchange { request, hops: &hops[..] }, &mut codes, &mut before);
                }
            }
        }
    }
    assert!(codes.len() >= 20, "{codes:?}");
}

#[test]
fn console_text_with_unknown_reason_names_its_browser() {
    let text = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at \
                https://api.example/x. (Reason: another).";
    let message = decode_console(text).unwrap();
    assert_eq!((message.profile, message.url, message.code), (Profile::Firefox, Some("https://api.example/x"), None));
    assert_eq!(message.cause(), None);
}

#[test]
fn console_message_names_a_method_in_the_wrong_case() {
    let cause = |text: &str| decode_console(text).unwrap().cause().map(|cause| cause.as_str());
    let chromium = "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: \
                    Method patch is not allowed by Access-Control-Allow-Methods in preflight response.";
    assert_eq!(cause(chromium), Some("method-case"));
}

#[test]
fn a_method_inside_a_quoted_string_overrides_nothing() {
    let overrides = |value: &[u8]| is_forbidden_header((b"X-HTTP-Method-Override", Some(value)));
    assert!(overrides(b"\"a\\\\\",TRACE") && overrides(b"a, trace"));
    assert!(!overrides(b"\"a\\\",TRACE,b\"") && !overrides(b"\"a,TRACE\""));
}
