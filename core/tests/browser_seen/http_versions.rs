//! Names and values of response headers that HTTP/1 and HTTP/2 do not allow.

use corsac::browser::{Api, BlockedCode, Exchange, Hop, HttpVersion, Line, Mode, Profile, ScriptRequest, Verdict};

use crate::{ANY, API, OWN, codes, each, request, response, verdicts_of};

#[test]
fn firefox_ignores_a_line_with_nul_in_its_name() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    for (line, expected) in [
        ((&b"x\0"[..], &b"1"[..]), [blocked, blocked, allowed, blocked]),
        ((b"x", b"\0"), [blocked; 4]),
        ((b"x\r", b"1"), [blocked; 4]),
    ] {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), line];
        let hops = [Hop { response: response(200, &lines), ..Hop::default() }];
        assert_eq!(verdicts_of(request(API), &hops), expected);
    }
}

#[test]
fn http2_has_stricter_names_and_values() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let judged = |line: Line<'_>, http_version| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), line];
        let hops = [Hop { response: response(200, &lines), ..Hop::default() }];
        verdicts_of(ScriptRequest { http_version, ..request(API) }, &hops)
    };
    for (line, expected) in [
        ((&b"x"[..], &b"a\x01b"[..]), [allowed, blocked, allowed, blocked]),
        ((b"x", b"a\x7F"), [allowed, blocked, allowed, blocked]),
        ((b"x", b"a\tb\x80"), [allowed; 4]),
        ((b"x(y", b"1"), [blocked; 4]),
        ((b"x y", b"1"), [blocked; 4]),
        ((b"x\0", b"1"), [blocked; 4]),
        ((b"X-Y", b"1"), [allowed; 4]),
    ] {
        assert_eq!(judged(line, HttpVersion::Http2), expected, "{line:?}");
        let is_nul = line.0.contains(&0);
        let expected = if is_nul { [blocked, blocked, allowed, blocked] } else { [allowed; 4] };
        assert_eq!(judged(line, HttpVersion::Http1), expected, "{line:?}");
    }
}

#[test]
fn firefox_ignores_a_line_whose_name_is_not_a_token() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    for name in ["Access-Control-Max-Age\t", "a b", "", "a(b)"] {
        let lines: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (name.as_bytes(), b"60\0")];
        let hops = [Hop { response: response(200, lines), ..Hop::default() }];
        assert_eq!(verdicts_of(request(API), &hops), [blocked, blocked, allowed, blocked], "{name:?}");
    }
}

#[test]
fn no_response_is_read_where_no_server_is_asked() {
    let hops = [Hop { response: response(200, &[(b"Server", b"\0")]), ..Hop::default() }];
    let (blocked, opaque) = (Verdict::Blocked, Verdict::Opaque);
    let blank = ScriptRequest { mode: Mode::NoCors, ..request(b"about:blank") };
    assert_eq!(verdicts_of(blank, &hops), [opaque, blocked, opaque, blocked]);
    assert_eq!(verdicts_of(request(b"data:,x"), &hops), [Verdict::Allowed; 4]);
}

#[test]
fn redirect_in_an_unparsable_response_is_not_followed() {
    let lines: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*\x0F"), (b"Location", b"ftp://h/x")];
    let first = Hop { response: response(302, lines), ..Hop::default() };
    let hops = [first, Hop { url: b"ftp://h/x", ..Hop::default() }];
    let request = ScriptRequest { http_version: HttpVersion::Http2, ..request(API) };
    assert_eq!(codes(Exchange { request, hops: &hops })[3], Some(BlockedCode::ResponseUnparsable));
}

#[test]
fn only_chromium_takes_white_space_off_behind_names() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    for name in ["Access-Control-Allow-Origin ", "access-control-allow-origin\t", "Access-Control-Allow-Origin \t "] {
        let lines: &[Line<'_>] = &[(name.as_bytes(), b"*")];
        let hops = [Hop { response: response(200, lines), ..Hop::default() }];
        assert_eq!(verdicts_of(request(API), &hops), [blocked, allowed, blocked, blocked], "{name:?}");
        let put = ScriptRequest { method: b"PUT", ..request(API) };
        let allows: &[Line<'_>] = &[(name.as_bytes(), b"*"), (b"Access-Control-Allow-Methods", b"PUT")];
        let hops = [Hop { preflight: response(204, allows), response: response(200, ANY), ..Hop::default() }];
        assert_eq!(verdicts_of(put, &hops), [blocked, allowed, blocked, blocked], "{name:?}");
        // Over HTTP/2, it is not a name.
        let over_http2 = ScriptRequest { http_version: HttpVersion::Http2, ..request(API) };
        let hops = [Hop { response: response(200, lines), ..Hop::default() }];
        assert_eq!(codes(Exchange { request: over_http2, hops: &hops }), [Some(BlockedCode::ResponseUnparsable); 4]);
    }
    // Other white space belongs to the name, and so does white space before it.
    for name in ["Access-Control-Allow-Origin\x0B", " Access-Control-Allow-Origin"] {
        let lines: &[Line<'_>] = &[(name.as_bytes(), b"*")];
        let hops = [Hop { response: response(200, lines), ..Hop::default() }];
        assert_eq!(verdicts_of(request(API), &hops), [blocked; 4], "{name:?}");
    }
}

#[test]
fn chromium_counts_lines_with_white_space_behind_their_names() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let twice: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Origin ", b"*")];
    let hops = [Hop { response: response(200, twice), ..Hop::default() }];
    assert_eq!(verdicts_of(request(API), &hops), [allowed, blocked, allowed, allowed]);

    // A preflight is cached for as long as such a line says, and a line of a 304 replaces the stored one.
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Allow-Methods", b"PUT"),
        (b"Access-Control-Max-Age ", b"60"),
    ];
    let hops = [Hop { preflight: response(204, lines), response: response(200, ANY), ..Hop::default() }];
    let seconds = each(|profile| Exchange { request: put, hops: &hops }.judge(profile, |_| {}).cache_seconds);
    assert_eq!(seconds, [5, 60, 5, 5].map(Some));
    let stored = Hop { response: response(200, ANY), ..Hop::default() };
    let hops = [Hop { revalidated: &[(b"Access-Control-Allow-Origin ", b"https://b.example")], ..stored }];
    assert_eq!(verdicts_of(request(API), &hops), [allowed, blocked, allowed, allowed]);
}

#[test]
fn names_with_white_space_behind_them_are_exposed_by_chromium() {
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Expose-Headers\t", b"x-a"),
        (b"X-A ", b"1"),
        (b"X-B", b"1"),
        (b"Clear-Site-Data ", b"1"),
    ];
    let shown = |url, api, revalidated| {
        let hops = [Hop { response: response(200, lines), revalidated, ..Hop::default() }];
        let exchange = Exchange { request: ScriptRequest { api, ..request(url) }, hops: &hops };
        let names = |profile| exchange.exposed(profile).map(|name| str::from_utf8(name).unwrap().to_owned());
        each(|profile| names(profile).filter(|name| name.starts_with("X-")).collect::<Vec<_>>().join(","))
    };
    assert_eq!(shown(API, Api::Fetch, &[]), ["", "X-A", "", ""]);
    // XMLHttpRequest of WebKit lists names that are not tokens, but not those with white space.
    assert_eq!(shown(OWN, Api::Xhr, &[]), ["X-B", "X-A,X-B", "X-B", "X-B"]);
    let fresh: &[Line<'_>] = &[(b"X-A", b"2"), (b"X-A ", b"3")];
    assert_eq!(shown(OWN, Api::Xhr, fresh), ["X-B,X-A", "X-B,X-A,X-A", "X-B,X-A", "X-B,X-A"]);
    // It is hidden under its own name.
    let hops = [Hop { response: response(200, lines), ..Hop::default() }];
    let exchange = Exchange { request: request(OWN), hops: &hops };
    assert!(exchange.exposed(Profile::Chromium).all(|name| !name.starts_with(b"Clear")));
}
