//! Which requests have a preflight, what it asks for, and how its response is read.

use corsac::browser::{Api, BlockedCode, Exchange, Hop, Line, RequestHeader, ScriptRequest, Verdict};

use crate::preflight_cache::{KEPT, asks_again};
use crate::{ANY, API, Each, OTHER, OWN, PAGE, chain, codes, consoles, each, request, response, verdicts};

/// What is asked for at the first URL.
fn asked(request: ScriptRequest<'_>) -> Each<String> {
    let step = Exchange { request, hops: &[] }.steps().next().unwrap();
    each(|profile| step.requested_headers(profile).to_string())
}

fn needs_permission(header: RequestHeader<'_>) -> Each<bool> {
    asked(ScriptRequest { headers: &[header], ..request(API) }).map(|names| !names.is_empty())
}

#[test]
fn values_that_need_permission() {
    let cases: &[(&str, &[u8], Each<bool>)] = &[
        ("accept", b"a\x80", [false, false, true, false]),
        ("content-type", b"text/plain;\xE9", [false, false, true, false]),
        ("content-type", b"text/plain;;", [false, false, true, false]),
        ("content-type", b"text/plain;a;", [false, false, true, false]),
        ("content-type", b"text/plain;;a", [false; 4]),
        ("content-type", b"text/plain;", [false; 4]),
        ("content-type", b"text/plain;a,b", [false, false, true, false]),
        ("content-type", b"text/plain x;y", [true, true, false, true]),
        ("content-type", b"text/plain x", [true; 4]),
        ("range", b"BYTES=0-9", [true, true, true, false]),
        ("range", b"bytes=+0-", [true, true, true, false]),
        ("range", b"bytes=9223372036854775806-", [false; 4]),
        ("range", b"bytes=9223372036854775807-", [false, true, false, false]),
        ("range", b"bytes=18446744073709551616-", [false, true, true, true]),
        ("range", b"bytes=007-8", [false; 4]),
        ("range", b"bytes=0-1\x0B", [true, true, true, false]),
        ("range", b"bytes=0-1\x0C", [true, true, true, false]),
        ("range", b"bytes=\x0B0-\x0B1", [true, true, true, false]),
        ("range", b"bytes=\x0C0-1", [true, true, true, false]),
        ("range", b"bytes=4\x0B\x0C-\x0C\x0B+6", [true, true, true, false]),
        ("range", b"bytes=+\x0B4-6", [true; 4]),
        ("range", b"bytes=4\x0B4-", [true; 4]),
        ("range", b"bytes=\x0C-6", [true; 4]),
        ("range", b"bytes=5-\x0B", [true; 4]),
        ("range", b"bytes=0\x0B-1", [true, true, true, false]),
        ("dpr", b"1.5", [true, false, true, true]),
        ("dpr", b"1.", [true; 4]),
        ("dpr", b"", [true; 4]),
        ("width", b"1.5", [true; 4]),
        ("rtt", b"50", [true, false, true, true]),
        ("ect", b"4g", [true, false, true, true]),
        ("ect", b"4G", [true; 4]),
        ("save-data", b"On", [true, false, true, true]),
        ("intervention", b"\"(", [true, false, true, true]),
        ("user-agent", b"x", [true, false, true, true]),
    ];
    for (name, value, expected) in cases {
        assert_eq!(needs_permission((name.as_bytes(), Some(value))), *expected, "{name}: {}", value.escape_ascii());
    }
}

#[test]
fn entries_of_one_name() {
    let (long, other) = ([b'a'; 100], [b'b'; 100]);
    let accept: &[RequestHeader<'_>] = &[(b"Accept", Some(&long)), (b"accept", Some(&other))];
    assert_eq!(asked(ScriptRequest { headers: accept, ..request(API) }), ["", "accept", "", "accept"]);
    let xhr = ScriptRequest { headers: accept, upload_listener: true, ..request(API) };
    assert_eq!(asked(xhr), ["accept"; 4]);
    let twice: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1")), (b"x-a", Some(b"2"))];
    assert_eq!(asked(ScriptRequest { headers: twice, ..request(API) }), ["x-a", "x-a", "x-a,x-a", "x-a"]);
}

#[test]
fn what_is_asked_for_after_a_redirect() {
    let last = |request: ScriptRequest<'_>, hops: &[Hop<'_>]| {
        let step = Exchange { request, hops }.steps().last().unwrap();
        each(|profile| step.needs_preflight(profile).then(|| step.requested_headers(profile).to_string()))
    };
    let names = |names: Each<Option<&str>>| names.map(|name| name.map(str::to_owned));
    let authorization: &[RequestHeader<'_>] = &[(b"Authorization", Some(b"x"))];
    let with_authorization = ScriptRequest { headers: authorization, ..request(API) };
    let hops = chain(302, &[API, OTHER], ANY);
    assert_eq!(last(with_authorization, &hops), names([None, None, Some(""), Some("authorization")]));
    // Firefox has it back at the next URL.
    let hops = chain(302, &[API, OTHER, OTHER], ANY);
    assert_eq!(last(with_authorization, &hops), names([None, None, Some("authorization"), Some("authorization")]));

    let json: &[RequestHeader<'_>] = &[(b"Content-Type", Some(b"application/json"))];
    let post = ScriptRequest { method: b"POST", headers: json, ..request(API) };
    let hops = chain(302, &[API, API], ANY);
    assert_eq!(last(post, &hops), names([None, None, Some(""), Some("content-type")]));

    let hint: &[RequestHeader<'_>] = &[(b"DPR", Some(b"x"))];
    let hops = chain(302, &[API, API], ANY);
    let hinted = last(ScriptRequest { headers: hint, ..request(API) }, &hops);
    assert_eq!(hinted, names([Some("dpr"), None, Some("dpr"), Some("dpr")]));

    // Who has asked once asks on.
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let hops = chain(303, &[API, API], ANY);
    assert_eq!(last(put, &hops), names([None, None, Some(""), Some("")]));
    let hops = chain(303, &[OWN, API], ANY);
    assert_eq!(last(ScriptRequest { method: b"PUT", ..request(OWN) }, &hops), names([None; 4]));
}

#[test]
fn preflight_at_a_tainted_hop_names_page_in_firefox() {
    let listed: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let request = ScriptRequest { headers: listed, ..request(API) };
    let allows = |origin: &'static [u8]| {
        [(&b"Access-Control-Allow-Origin"[..], origin), (&b"Access-Control-Allow-Headers"[..], &b"x-a"[..])]
    };
    let (page, null) = (allows(PAGE), allows(b"null"));
    let hops = |second: &'static [u8], preflight| {
        let first = Hop { preflight: response(200, &page), response: response(302, &page), ..Hop::default() };
        let second =
            Hop { url: second, preflight: response(200, preflight), response: response(200, ANY), ..Hop::default() };
        [first, second]
    };
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let of = |hops: [Hop<'_>; 2]| verdicts(Exchange { request, hops: &hops });
    assert_eq!(of(hops(OTHER, &page)), [blocked, blocked, allowed, blocked]);
    assert_eq!(of(hops(OTHER, &null)), [allowed, allowed, blocked, allowed]);
    // At the page's own origin Firefox looks for the lists alone.
    assert_eq!(of(hops(OWN, page.get(1..).unwrap())), [blocked, blocked, allowed, blocked]);
}

#[test]
fn upload_listeners_of_a_get_are_nothing_to_chromium() {
    let step = |method| {
        let request = ScriptRequest { method, upload_listener: true, ..request(API) };
        let step = Exchange { request, hops: &[] }.steps().next().unwrap();
        each(|profile| step.needs_preflight(profile))
    };
    assert_eq!(step(b"GET"), [true, false, true, true]);
    assert_eq!(step(b"POST"), [true; 4]);
}

#[test]
fn chromium_sends_nothing_with_a_dictionary_of_the_script() {
    let headers: &[RequestHeader<'_>] = &[(b"available-Dictionary", Some(b"1"))];
    let allows: &[Line<'_>] =
        &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"available-dictionary")];
    let hops = [Hop { preflight: response(204, allows), response: response(200, ANY), ..Hop::default() }];
    for url in [API, OWN] {
        let exchange = Exchange { request: ScriptRequest { headers, ..request(url) }, hops: &hops };
        let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
        assert_eq!(verdicts(exchange), [allowed, blocked, allowed, allowed]);
        assert_eq!(codes(exchange)[1], Some(BlockedCode::HeaderReserved));
        assert_eq!(consoles(exchange), [None, None, None, None]);
    }
    // Of fetch() it looks at the URL first.
    for (api, code) in [(Api::Fetch, BlockedCode::SchemeNotHttp), (Api::Xhr, BlockedCode::HeaderReserved)] {
        let exchange = Exchange { request: ScriptRequest { headers, api, ..request(b"x:/") }, hops: &hops };
        assert_eq!(codes(exchange)[1], Some(code));
        assert_eq!(verdicts(exchange), [Verdict::Blocked; 4]);
    }
    // Nothing is sent, so nothing is cached, and the same request later sends nothing again.
    let put = ScriptRequest { headers, method: b"PUT", ..request(API) };
    let kept = [Hop { preflight: response(204, KEPT), response: response(200, ANY), ..Hop::default() }];
    assert!(!asks_again(put, &kept, put)[1]);
    let without = ScriptRequest { headers: &[], ..put };
    assert!(asks_again(put, &kept, without)[1]);
}

#[test]
fn firefox_reads_no_preflight_that_is_redirected_nowhere() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    for (location, is_early) in [
        (&b"http://"[..], true),
        (b"http://a:b", true),
        (b"data:,x", true),
        (b"ws://h/", true),
        (b"ftp://h/x", false),
        (b"x:", false),
        (b"http://u:p@h/", false),
        (b"/y", false),
    ] {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"bad"[..]), (&b"Location"[..], location)];
        let hops = [Hop { preflight: response(302, &lines), ..Hop::default() }];
        let code = if is_early { BlockedCode::PreflightRedirect } else { BlockedCode::AcaoInvalid };
        assert_eq!(codes(Exchange { request: put, hops: &hops })[2], Some(code), "{}", location.escape_ascii());
    }
}

#[test]
fn firefox_and_webkit_split_method_overrides_at_every_comma() {
    let asks = |value: &'static [u8]| needs_permission((b"X-HTTP-Method", Some(value)));
    assert_eq!(asks(b"x\", CONNECT"), [true, true, false, false]);
    assert_eq!(asks(b"\"a, TRACE\""), [true; 4]);
    assert_eq!(asks(b"x, CONNECT"), [false; 4]);
    // Other headers may have any value, and forbidden ones are dropped whatever it is.
    assert_eq!(needs_permission((b"X-A", Some(b"TRACE"))), [true; 4]);
    assert_eq!(needs_permission((b"Cookie", Some(b"a"))), [false; 4]);
}

#[test]
fn only_webkit_trims_form_feeds_off_method_overrides() {
    let asks = |value: &'static [u8]| needs_permission((b"X-HTTP-Method", Some(value)));
    for value in [&b" TRACE\t"[..], b"x,\tTRACE", b"TRACE ,x"] {
        assert_eq!(asks(value), [false; 4], "{}", value.escape_ascii());
    }
    for value in [&b"\x0CTRACE"[..], b"TRACE\x0C", b"x,\x0BTRACE", b"\x0BCONNECT"] {
        assert_eq!(asks(value), [true, true, true, false], "{}", value.escape_ascii());
    }
    for value in [&b"x,\x1CTRACE"[..], b"x,\x85TRACE"] {
        assert_eq!(asks(value), [true; 4], "{}", value.escape_ascii());
    }
}
