//! Which preflights are kept, for how long, and what they cover.

use corsac::browser::{Api, Exchange, Hop, Line, RequestHeader, ScriptRequest};

use crate::{ANY, API, Each, OTHER, PAGE, each, request, response};

#[test]
fn how_long_a_preflight_is_kept() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let kept = |value: &'static [u8]| {
        let lines = [
            (&b"Access-Control-Allow-Origin"[..], &b"*"[..]),
            (&b"Access-Control-Allow-Methods"[..], &b"PUT"[..]),
            (&b"Access-Control-Max-Age"[..], value),
        ];
        let hops = [Hop { preflight: response(200, &lines), response: response(200, ANY), ..Hop::default() }];
        let exchange = Exchange { request: put, hops: &hops };
        each(|profile| exchange.judge(profile, |_| {}).cache_seconds.unwrap())
    };
    assert_eq!(kept(b"+10"), [5, 10, 0, 10]);
    assert_eq!(kept(b"-1"), [5, 0, 0, 0]);
    assert_eq!(kept(b"10s"), [5, 5, 0, 5]);
    assert_eq!(kept(b""), [5; 4]);
    assert_eq!(kept(b"9223372036854775808"), [1 << 31, 5, 86_400, 5]);
    assert_eq!(kept(b"-9223372036854775808"), [5, 0, 0, 0]);
    assert_eq!(kept(b"-9223372036854775809"), [5, 5, 0, 5]);
    assert_eq!(kept(b"60\x0B"), [5, 5, 0, 60]);
    assert_eq!(kept(b"\x0B60"), [5, 5, 0, 60]);
}

/// Whether the same request, a second later, is preceded by a preflight again.
pub(crate) fn asks_again(request: ScriptRequest<'_>, hops: &[Hop<'_>], later: ScriptRequest<'_>) -> Each<bool> {
    each(|profile| Exchange { request, hops }.needs_preflight_after(profile, &later, 1000))
}

pub(crate) const KEPT: &[Line<'_>] = &[
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Access-Control-Allow-Methods", b"PUT"),
    (b"Access-Control-Allow-Headers", b"if-match, if-modified-since, if-none-match, if-range, if-unmodified-since"),
    (b"Access-Control-Max-Age", b"60"),
];

#[test]
fn preflight_cache_compares_fragments() {
    let put = |url| ScriptRequest { method: b"PUT", ..request(url) };
    let hops = [Hop { preflight: response(204, KEPT), response: response(200, ANY), ..Hop::default() }];
    let (plain, a, b) = (API, &b"https://api.example/x#a"[..], &b"https://api.example/x#b"[..]);
    for (first, later, asks) in [(plain, b, true), (a, plain, true), (a, b, true), (a, a, false)] {
        assert_eq!(asks_again(put(first), &hops, put(later)), [asks; 4]);
    }
    let step = Exchange { request: put(a), hops: &[] }.steps().next().unwrap();
    assert_eq!(step.url(), plain);
}

#[test]
fn chromium_caches_no_preflight_of_a_long_url() {
    let hops = [Hop { preflight: response(204, KEPT), response: response(200, ANY), ..Hop::default() }];
    for (length, asks) in [(1023, [false; 4]), (1024, [false, true, false, false])] {
        let url = format!("https://api.example/x?{}", "l".repeat(length - 22));
        let put = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, url.as_bytes()) };
        assert_eq!((url.len(), asks_again(put, &hops, put)), (length, asks));
    }
}

#[test]
fn firefox_ignores_its_preflight_cache_for_a_conditional_fetch() {
    let hops = [Hop { preflight: response(204, KEPT), response: response(200, ANY), ..Hop::default() }];
    let names = ["If-Match", "If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "if-range"];
    for name in names {
        let headers: &[RequestHeader<'_>] = &[(name.as_bytes(), Some(b"x"))];
        let fetch = ScriptRequest { method: b"POST", headers, ..request(API) };
        assert_eq!(asks_again(fetch, &hops, fetch), [false, true, true, false], "{name}");
        let xhr = ScriptRequest { api: Api::Xhr, ..fetch };
        assert_eq!(asks_again(xhr, &hops, xhr), [false, true, false, false], "{name}");
        let upload = ScriptRequest { upload_listener: true, ..fetch };
        assert_eq!(asks_again(upload, &hops, upload), [true, true, false, false], "{name}");
    }
}

#[test]
fn error_at_a_later_hop_leaves_the_first_preflight_cached() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let redirect: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Location", OTHER)];
    let first = Hop { preflight: response(204, KEPT), response: response(307, redirect), ..Hop::default() };
    for second in [
        Hop { url: OTHER, preflight: response(204, &[]), response: response(200, &[]), ..Hop::default() },
        Hop { url: OTHER, preflight: response(204, KEPT), response: response(200, &[]), ..Hop::default() },
    ] {
        assert_eq!(asks_again(put, &[first, second], put), [false; 4]);
    }
    // The error at the first URL removes it.
    let alone = [Hop { preflight: response(204, KEPT), response: response(200, &[]), ..Hop::default() }];
    assert_eq!(asks_again(put, &alone, put), [true, false, true, false]);
}

#[test]
fn unparsable_preflight_is_not_cached() {
    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Allow-Methods", b"PUT"),
        (b"Access-Control-Max-Age", b"60"),
        (b"X-A", b"\0"),
    ];
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let hops = [Hop { preflight: response(200, lines), response: response(200, ANY), ..Hop::default() }];
    assert_eq!(asks_again(put, &hops, put), [true; 4]);
}
