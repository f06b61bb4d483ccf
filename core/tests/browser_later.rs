//! What a browser keeps of a response for later requests, and what a redirect or a downgrade makes
//! of the next one.

use corsac::browser::{Credentials, Exchange, Hop, Line, Mode, Profile, ReferrerPolicy, Response, ScriptRequest};

const PAGE: &[u8] = b"https://app.example";
const API: &[u8] = b"https://api.example/x";
const PUT: ScriptRequest<'static> = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, API) };
const LEAVE: &[Line<'_>] = &[
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Access-Control-Allow-Methods", b"PUT"),
    (b"Access-Control-Allow-Headers", b"if-match"),
];

fn answer<'a>(status: u16, headers: &'a [Line<'a>]) -> Option<Response<'a>> {
    Some(Response { status, headers })
}

#[test]
fn a_request_that_throws_or_needs_none_asks_for_no_preflight_later() {
    let exchange = Exchange { request: PUT, hops: &[] };
    for later in [ScriptRequest { method: b"a b", ..PUT }, ScriptRequest { method: b"GET", ..PUT }] {
        assert!(Profile::ALL.iter().all(|profile| !exchange.needs_preflight_after(*profile, &later, 0)));
    }
    // Nothing is known about the response, so nothing is kept.
    assert!(Profile::ALL.iter().all(|profile| exchange.needs_preflight_after(*profile, &PUT, 0)));
}

#[test]
fn what_was_never_sent_leaves_nothing_in_the_cache() {
    let hops = [Hop { preflight: answer(204, LEAVE), response: answer(200, LEAVE), ..Hop::default() }];
    for never in [
        ScriptRequest { method: b"PU\x80T", ..PUT },
        ScriptRequest { headers: &[(b"a b", Some(b"1"))], ..PUT },
        ScriptRequest { url: b"https://me@api.example/x", ..PUT },
    ] {
        let exchange = Exchange { request: never, hops: &hops };
        let again = Profile::ALL.map(|profile| exchange.needs_preflight_after(profile, &PUT, 0));
        assert_eq!(again, [true; 4], "{never:?}");
    }
}

#[test]
fn a_conditional_request_turns_the_cache_off_in_chromium_and_firefox() {
    let hops = [Hop { preflight: answer(204, LEAVE), response: answer(200, LEAVE), ..Hop::default() }];
    let exchange = Exchange { request: PUT, hops: &hops };
    let later = ScriptRequest { headers: &[(b"If-Match", Some(b"1"))], ..PUT };
    assert_eq!(Profile::ALL.map(|profile| exchange.needs_preflight_after(profile, &PUT, 1)), [false; 4]);
    let again = Profile::ALL.map(|profile| exchange.needs_preflight_after(profile, &later, 1));
    assert_eq!(again, [false, true, true, false]);
}

#[test]
fn two_max_ages_are_none() {
    let mut lines = LEAVE.to_vec();
    lines.extend([(&b"Access-Control-Max-Age"[..], &b"60"[..]); 2]);
    let hops = [Hop { preflight: answer(204, &lines), response: answer(200, LEAVE), ..Hop::default() }];
    let exchange = Exchange { request: PUT, hops: &hops };
    let seconds = Profile::ALL.map(|profile| exchange.judge(profile, |_| {}).cache_seconds);
    assert_eq!(seconds, [Some(5), Some(5), Some(0), Some(5)]);
}

#[test]
fn a_303_makes_a_get_of_all_but_head() {
    for (method, next) in [(&b"PUT"[..], &b"GET"[..]), (b"POST", b"GET"), (b"HEAD", b"HEAD")] {
        let hops = [
            Hop { response: answer(303, LEAVE), ..Hop::default() },
            Hop { url: b"https://other.example/", ..Hop::default() },
        ];
        let exchange = Exchange { request: ScriptRequest { method, ..PUT }, hops: &hops };
        assert_eq!(exchange.steps().last().unwrap().method(), next);
    }
}

#[test]
fn a_post_to_a_less_safe_url_hides_the_origin_outside_of_cors() {
    let post = ScriptRequest { method: b"POST", mode: Mode::NoCors, ..PUT };
    for (url, policy, origin) in [
        (&b"http://api.example/"[..], ReferrerPolicy::default(), &b"null"[..]),
        (b"https://api.example/", ReferrerPolicy::default(), PAGE),
        (b"http://api.example/", ReferrerPolicy::Always, PAGE),
    ] {
        let request = ScriptRequest { url, referrer_policy: policy, ..post };
        assert_eq!(Exchange { request, hops: &[] }.steps().next().unwrap().origin(), Some(origin));
    }
}

#[test]
fn wildcard_of_a_preflight_with_credentials_covers_no_header() {
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", PAGE),
        (b"Access-Control-Allow-Credentials", b"true"),
        (b"Access-Control-Allow-Methods", b"PUT"),
        (b"Access-Control-Allow-Headers", b"*"),
    ];
    let include = ScriptRequest { credentials: Credentials::Include, ..PUT };
    let hops = [Hop { preflight: answer(204, lines), response: answer(200, lines), ..Hop::default() }];
    let later = ScriptRequest { headers: &[(b"X-A", Some(b"1"))], ..include };
    let asks = |later| {
        Profile::ALL.map(|profile| Exchange { request: include, hops: &hops }.needs_preflight_after(profile, &later, 0))
    };
    assert_eq!(asks(include), [false; 4]);
    assert_eq!(asks(later), [false, true, true, true]);
}
