//! The CORS check, and the headers that a script may read.

use corsac::browser::{
    Api, BlockedCode, Credentials, Exchange, Hop, HttpVersion, Line, Profile, ScriptRequest, Verdict,
};

use crate::{ANY, API, OWN, PAGE, chain, codes, consoles, each, request, response, verdicts, verdicts_of};

#[test]
fn webkit_looks_twice_at_what_another_origin_redirects() {
    let hops = chain(302, &[OWN, API, API], ANY);
    let expected = [Verdict::Allowed, Verdict::Allowed, Verdict::Allowed, Verdict::Blocked];
    assert_eq!(verdicts(Exchange { request: request(OWN), hops: &hops }), expected);
    let omit = ScriptRequest { credentials: Credentials::Omit, ..request(OWN) };
    assert_eq!(verdicts(Exchange { request: omit, hops: &hops }), [Verdict::Allowed; 4]);
}

#[test]
fn empty_lines_and_spoiled_lists() {
    let credentials = b"Access-Control-Allow-Credentials";
    let lines: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", PAGE), (credentials, b""), (credentials, b"true")];
    let include = ScriptRequest { credentials: Credentials::Include, ..request(API) };
    let hops = [Hop { response: response(200, lines), ..Hop::default() }];
    let blocked = Verdict::Blocked;
    assert_eq!(verdicts(Exchange { request: include, hops: &hops }), [blocked, blocked, Verdict::Allowed, blocked]);

    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Expose-Headers", b"*, a b"),
        (b"X-A", b"1"),
        (b"no name", b"1"),
    ];
    let hops = [Hop { response: response(200, lines), ..Hop::default() }];
    let exchange = Exchange { request: request(API), hops: &hops };
    assert_eq!(each(|profile| exchange.exposed(profile).any(|name| name == b"X-A")), [false, false, true, false]);
    assert!(Profile::ALL.into_iter().all(|profile| exchange.exposed(profile).all(|name| name != b"no name")));
}

#[test]
fn firefox_counts_allow_origin_only_in_its_usual_spelling() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let judged = |headers: &[Line<'_>], http_version| {
        let hops = [Hop { response: response(200, headers), ..Hop::default() }];
        let exchange = Exchange { request: ScriptRequest { http_version, ..request(API) }, hops: &hops };
        let [_, _, firefox, _] = consoles(exchange);
        (verdicts(exchange), firefox.unwrap_or_default())
    };
    let (usual, lower) = (&b"Access-Control-Allow-Origin"[..], &b"access-control-allow-origin"[..]);
    let any = b"*".as_slice();
    for names in [[lower, lower], [usual, lower], [lower, usual]] {
        let (verdicts, _) = judged(&[(names[0], any), (names[1], b"")], HttpVersion::Http1);
        assert_eq!(verdicts, [blocked, blocked, allowed, blocked]);
        let (verdicts, words) = judged(&[(names[0], any), (names[1], any)], HttpVersion::Http1);
        assert_eq!(verdicts, [blocked; 4]);
        assert!(words.contains("‘Access-Control-Allow-Origin’ does not match ‘*, *’"), "{words}");
    }
    for second in [any, b""] {
        let (verdicts, words) = judged(&[(usual, any), (usual, second)], HttpVersion::Http1);
        assert_eq!(verdicts, [blocked; 4]);
        assert!(words.contains("Multiple CORS header"), "{words}");
    }
    // Since HTTP/2, all names are in lower case.
    let (verdicts, _) = judged(&[(usual, any), (usual, b"")], HttpVersion::Http2);
    assert_eq!(verdicts, [blocked, blocked, allowed, blocked]);
    let (_, words) = judged(&[(usual, any), (usual, any)], HttpVersion::Http2);
    assert!(words.contains("does not match ‘*, *’"), "{words}");

    // A preflight is checked in the same way.
    let lines: &[Line<'_>] = &[(lower, any), (lower, b""), (b"Access-Control-Allow-Methods", b"PUT")];
    let hops = [Hop { preflight: response(204, lines), response: response(200, ANY), ..Hop::default() }];
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    assert_eq!(verdicts_of(put, &hops), [blocked, blocked, allowed, blocked]);
}

#[test]
fn allow_origin_is_invalid_where_chromium_reads_no_url() {
    let named = |value: &[u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], value)];
        let hops = [Hop { response: response(200, &lines), ..Hop::default() }];
        codes(Exchange { request: request(API), hops: &hops })[1].unwrap()
    };
    for value in [
        "http://256.1.1.1",
        "http://256.1",
        "filesystem:x://h/",
        "http://a.1",
        "x://a|b",
        "file://h:1",
        "file://a]b",
        "x://:1",
        "x://u@",
        "chrome-extension:",
        "filesystem:x",
        "filesystem:http://a/",
        "a.b",
    ] {
        assert_eq!(named(value.as_bytes()), BlockedCode::AcaoInvalid, "{value}");
    }
    assert_eq!(named(b"http://a\x80"), BlockedCode::AcaoInvalid);
    for value in [
        "http://a:080",
        "http://0",
        "http://1.2.3.0",
        "http://1.65536",
        "x://256.1.1.1",
        "http://%61",
        "http://a%20b",
        "http://a\"b",
        "http\t://a",
        "null",
        "x:y",
        "file:a]b",
        "file:///a]b",
        "filesystem:file:///x",
    ] {
        assert_eq!(named(value.as_bytes()), BlockedCode::AcaoMismatch, "{value}");
    }
}

#[test]
fn exposed_names_that_differ_between_fetch_and_xhr() {
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Expose-Headers", b"*"),
        (b"WWW-Authenticate", b"Basic"),
        (b"www-authenticate", b"Bearer"),
        (b"Proxy-Authenticate", b"Basic"),
        (b"Proxy-Authenticate", b""),
        (b"x(y", b"1"),
        (b"x z", b"1"),
    ];
    let hops = [Hop { response: response(200, lines), ..Hop::default() }];
    let shows = |api, url, name: &[u8]| {
        let exchange = Exchange { request: ScriptRequest { api, ..request(url) }, hops: &hops };
        each(|profile| exchange.exposed(profile).any(|exposed| exposed == name))
    };
    for url in [API, OWN] {
        assert_eq!(shows(Api::Fetch, url, b"WWW-Authenticate"), [true, true, false, true]);
        assert_eq!(shows(Api::Xhr, url, b"WWW-Authenticate"), [true; 4]);
        assert_eq!(shows(Api::Fetch, url, b"Proxy-Authenticate"), [true; 4]);
        assert_eq!(shows(Api::Fetch, url, b"x(y"), [false; 4]);
        assert_eq!(shows(Api::Xhr, url, b"x(y"), [false, false, false, true]);
        // A name with a space is dropped before WebKit sees it.
        assert_eq!(shows(Api::Xhr, url, b"x z"), [false; 4]);
    }
}
