//! What a browser keeps of a response to a preflight for later requests.

mod exchange;

use corsac::browser::{Credentials, Exchange, Hop, Line, Profile, RequestHeader, ScriptRequest};
use exchange::{ACAH, ACAM, ACAO, ANY, API, PAGE, put, respond};

const MAX_AGE: &[u8] = b"Access-Control-Max-Age";
const LEAVE: &[Line<'_>] = &[ANY, (ACAM, b"PUT"), (ACAH, b"if-match")];

/// One value for the standard, Chromium, Firefox and WebKit.
type Each<T> = [T; 4];

fn each<T>(value: impl FnMut(Profile) -> T) -> Each<T> {
    Profile::ALL.map(value)
}

fn request(url: &'static [u8]) -> ScriptRequest<'static> {
    ScriptRequest::new(PAGE, url)
}

/// Does a later request need a preflight, after this one was answered with these lines?
fn asks_again(first: ScriptRequest<'_>, lines: &[Line<'_>], later: ScriptRequest<'_>, milliseconds: u64) -> Each<bool> {
    let hops = [Hop { preflight: respond(200, lines), response: respond(200, &[ANY]), ..Hop::default() }];
    each(|profile| Exchange { request: first, hops: &hops }.needs_preflight_after(profile, &later, milliseconds))
}

#[test]
fn cached_preflight_serves_its_page_and_its_time() {
    let lines: &[Line<'_>] = &[ANY, (ACAM, b"PUT"), (MAX_AGE, b"10")];
    assert_eq!(asks_again(put(), lines, put(), 0), [false; 4]);
    assert_eq!(asks_again(put(), lines, put(), 9_999), [false; 4]);
    assert_eq!(asks_again(put(), lines, put(), 10_000), [true; 4]);
    assert_eq!(asks_again(put(), lines, ScriptRequest { url: b"https://api.example/y", ..put() }, 0), [true; 4]);
    assert_eq!(asks_again(put(), lines, ScriptRequest { origin: b"https://b.example", ..put() }, 0), [true; 4]);
    assert_eq!(asks_again(put(), lines, ScriptRequest { method: b"DELETE", ..put() }, 0), [true; 4]);
    let include = ScriptRequest { credentials: Credentials::Include, ..put() };
    assert_eq!(asks_again(put(), lines, include, 0), [true; 4]);
    // A simple request asks for nothing, whatever was kept.
    assert_eq!(asks_again(put(), lines, request(API), 20_000), [false; 4]);
    let invalid = ScriptRequest { method: b"P T", ..put() };
    assert_eq!(asks_again(put(), lines, invalid, 20_000), [false; 4]);
    let opaque = ScriptRequest { origin: b"null", ..put() };
    assert_eq!(asks_again(opaque, lines, opaque, 0), [false, true, false, false]);
    let twice: &[Line<'_>] = &[ANY, (ACAM, b"PUT"), (MAX_AGE, b"10"), (MAX_AGE, b"20")];
    assert_eq!(asks_again(put(), twice, put(), 4_999), [false, false, true, false]);
    assert_eq!(asks_again(put(), twice, put(), 5_000), [true; 4]);
}

#[test]
fn preflight_with_credentials_serves_requests_without() {
    let include = ScriptRequest { credentials: Credentials::Include, ..put() };
    let own: &[Line<'_>] = &[(ACAO, PAGE), (b"Access-Control-Allow-Credentials", b"true"), (ACAM, b"PUT")];
    let hops = [Hop { preflight: respond(200, own), response: respond(200, own), ..Hop::default() }];
    let exchange = Exchange { request: include, hops: &hops };
    assert_eq!(each(|profile| exchange.needs_preflight_after(profile, &include, 0)), [false; 4]);
    assert_eq!(each(|profile| exchange.needs_preflight_after(profile, &put(), 0)), [false, false, true, false]);
}

#[test]
fn a_conditional_request_turns_two_caches_off() {
    let lines: &[Line<'_>] = &[ANY, (ACAM, b"PUT"), (ACAH, b"if-match, x-a")];
    for (name, expected) in [(&b"If-Match"[..], [false, true, true, false]), (b"X-A", [false; 4])] {
        let headers: &[RequestHeader<'_>] = &[(name, Some(b"1"))];
        let conditional = ScriptRequest { headers, ..put() };
        assert_eq!(asks_again(conditional, lines, conditional, 0), expected, "{}", name.escape_ascii());
    }
}

#[test]
fn what_a_failed_preflight_leaves_behind() {
    let webkit_keeps = [true, true, true, false];
    let get: &[Line<'_>] = &[ANY, (ACAM, b"DELETE")];
    let delete = ScriptRequest { method: b"DELETE", ..request(API) };
    assert_eq!(asks_again(put(), get, delete, 0), webkit_keeps);
    let spoiled: &[Line<'_>] = &[ANY, (ACAM, b"DELETE, P T")];
    assert_eq!(asks_again(put(), spoiled, delete, 0), [true; 4]);
    // Blocked afterwards: the standard and Firefox forget what the preflight said.
    let passing: &[Line<'_>] = &[ANY, (ACAM, b"PUT")];
    let hops = [Hop { preflight: respond(200, passing), response: respond(200, &[]), ..Hop::default() }];
    let exchange = Exchange { request: put(), hops: &hops };
    assert_eq!(each(|profile| exchange.needs_preflight_after(profile, &put(), 0)), [true, false, true, false]);
}

#[test]
fn cached_preflight_covers_its_methods_and_headers() {
    let star: &[Line<'_>] = &[ANY, (ACAM, b"*"), (ACAH, b"*")];
    let delete = ScriptRequest { method: b"DELETE", ..request(API) };
    // Firefox looks for the very name.
    assert_eq!(asks_again(put(), star, delete, 0), [false, false, true, false]);
    let header: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let named = |method| ScriptRequest { method, headers: header, ..request(API) };
    let listed: &[Line<'_>] = &[ANY, (ACAM, b"PUT"), (ACAH, b"x-a")];
    assert_eq!(asks_again(named(b"PUT"), listed, named(b"GET"), 0), [false; 4]);
    assert_eq!(asks_again(named(b"PUT"), listed, named(b"HEAD"), 0), [false, false, true, false]);
    assert_eq!(asks_again(named(b"PUT"), star, named(b"PUT"), 0), [false, false, true, false]);
    // An upload listener needs a preflight even for a POST: its method is kept where there was no
    // list.
    let upload = |method| ScriptRequest { method, upload_listener: true, ..request(API) };
    assert!(!asks_again(upload(b"POST"), &[ANY], upload(b"POST"), 0)[0]);
    assert!(!asks_again(upload(b"PUT"), &[ANY], upload(b"PUT"), 0)[0]);
    assert!(asks_again(upload(b"PUT"), &[ANY], upload(b"POST"), 0)[0]);
    assert!(asks_again(upload(b"POST"), &[ANY, (ACAM, b"PUT")], upload(b"POST"), 0)[0]);
    assert!(asks_again(named(b"POST"), &[ANY, (ACAH, b"x-a")], upload(b"POST"), 0)[0]);
}

#[test]
fn request_without_preflight_needs_none_later() {
    let exchange = Exchange { request: put(), hops: &[] };
    for later in [ScriptRequest { method: b"a b", ..put() }, ScriptRequest { method: b"GET", ..put() }] {
        assert!(Profile::ALL.iter().all(|profile| !exchange.needs_preflight_after(*profile, &later, 0)));
    }
    // Nothing is known about the response, so nothing is kept.
    assert!(Profile::ALL.iter().all(|profile| exchange.needs_preflight_after(*profile, &put(), 0)));
}

#[test]
fn what_was_never_sent_leaves_nothing_in_the_cache() {
    let hops = [Hop { preflight: respond(204, LEAVE), response: respond(200, LEAVE), ..Hop::default() }];
    for never in [
        ScriptRequest { method: b"PU\x80T", ..put() },
        ScriptRequest { headers: &[(b"a b", Some(b"1"))], ..put() },
        ScriptRequest { url: b"https://me@api.example/x", ..put() },
    ] {
        let exchange = Exchange { request: never, hops: &hops };
        let again = each(|profile| exchange.needs_preflight_after(profile, &put(), 0));
        assert_eq!(again, [true; 4], "{never:?}");
    }
}

#[test]
fn two_max_ages_are_none() {
    let mut lines = LEAVE.to_vec();
    lines.extend([(&b"Access-Control-Max-Age"[..], &b"60"[..]); 2]);
    let hops = [Hop { preflight: respond(204, &lines), response: respond(200, LEAVE), ..Hop::default() }];
    let exchange = Exchange { request: put(), hops: &hops };
    let seconds = each(|profile| exchange.judge(profile, |_| {}).cache_seconds);
    assert_eq!(seconds, [Some(5), Some(5), Some(0), Some(5)]);
}

#[test]
fn wildcard_of_a_preflight_with_credentials_covers_no_header() {
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", PAGE),
        (b"Access-Control-Allow-Credentials", b"true"),
        (b"Access-Control-Allow-Methods", b"PUT"),
        (b"Access-Control-Allow-Headers", b"*"),
    ];
    let include = ScriptRequest { credentials: Credentials::Include, ..put() };
    let hops = [Hop { preflight: respond(204, lines), response: respond(200, lines), ..Hop::default() }];
    let later = ScriptRequest { headers: &[(b"X-A", Some(b"1"))], ..include };
    let asks =
        |later| each(|profile| Exchange { request: include, hops: &hops }.needs_preflight_after(profile, &later, 0));
    assert_eq!(asks(include), [false; 4]);
    assert_eq!(asks(later), [false, true, true, true]);
}
