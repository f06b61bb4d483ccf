//! What Chromium 156, Firefox 153 and WebKitGTK 2.50 were seen to do where they leave the standard,
//! or each other. `tests/browsers/` asks them again; this holds the profiles to it where there is
//! no browser.

use corsac::browser::{
    AddressSpace, Api, BlockedCode, Cause, Credentials, Exchange, Hop, HttpVersion, Line, Mode, Network, Permission,
    Profile, RequestHeader, Response, ScriptRequest, Verdict, decode_console,
};

const PAGE: &[u8] = b"https://app.example";
const OWN: &[u8] = b"https://app.example/x";
const API: &[u8] = b"https://api.example/x";
const OTHER: &[u8] = b"https://other.example/x";
const ANY: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*")];

/// One value for the standard, Chromium, Firefox and WebKit.
type Each<T> = [T; 4];

fn each<T>(value: impl FnMut(Profile) -> T) -> Each<T> {
    Profile::ALL.map(value)
}

fn request(url: &'static [u8]) -> ScriptRequest<'static> {
    ScriptRequest::new(PAGE, url)
}

/// What is asked for at the first URL.
fn asked(request: ScriptRequest<'_>) -> Each<String> {
    let step = Exchange { request, hops: &[] }.steps().next().unwrap();
    each(|profile| step.requested_headers(profile).to_string())
}

fn needs_leave(header: RequestHeader<'_>) -> Each<bool> {
    asked(ScriptRequest { headers: &[header], ..request(API) }).map(|names| !names.is_empty())
}

fn answer<'a>(status: u16, headers: &'a [Line<'a>]) -> Option<Response<'a>> {
    Some(Response { status, headers })
}

/// A chain that is redirected with this status from URL to URL.
fn chain<'a>(status: u16, urls: &[&'a [u8]], headers: &'a [Line<'a>]) -> Vec<Hop<'a>> {
    let last = urls.len() - 1;
    let status = |place| if place == last { 200 } else { status };
    urls.iter()
        .enumerate()
        .map(|(place, url)| Hop { url, response: answer(status(place), headers), ..Hop::default() })
        .collect()
}

fn verdicts(exchange: Exchange<'_>) -> Each<Verdict> {
    each(|profile| exchange.judge(profile, |_| {}).verdict)
}

/// The console's text for the first failure.
fn consoles(exchange: Exchange<'_>) -> Each<Option<String>> {
    each(|profile| {
        let mut first = None;
        exchange.judge(profile, |blocked| {
            first.get_or_insert(blocked);
        });
        first.and_then(|blocked| exchange.console(profile, &blocked)).map(|console| console.to_string())
    })
}

#[test]
fn values_that_need_leave() {
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
        ("range", b"bytes=\x0C0-1", [true; 4]),
        ("range", b"bytes=0\x0B-1", [true; 4]),
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
        assert_eq!(needs_leave((name.as_bytes(), Some(value))), *expected, "{name}: {}", value.escape_ascii());
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
fn a_preflight_at_a_tainted_hop_names_the_page_in_firefox() {
    let listed: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let request = ScriptRequest { headers: listed, ..request(API) };
    let allows = |origin: &'static [u8]| {
        [(&b"Access-Control-Allow-Origin"[..], origin), (&b"Access-Control-Allow-Headers"[..], &b"x-a"[..])]
    };
    let (page, null) = (allows(PAGE), allows(b"null"));
    let hops = |second: &'static [u8], preflight| {
        let first = Hop { preflight: answer(200, &page), response: answer(302, &page), ..Hop::default() };
        let second =
            Hop { url: second, preflight: answer(200, preflight), response: answer(200, ANY), ..Hop::default() };
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
fn webkit_looks_twice_at_what_another_origin_redirects() {
    let hops = chain(302, &[OWN, API, API], ANY);
    let expected = [Verdict::Allowed, Verdict::Allowed, Verdict::Allowed, Verdict::Blocked];
    assert_eq!(verdicts(Exchange { request: request(OWN), hops: &hops }), expected);
    let omit = ScriptRequest { credentials: Credentials::Omit, ..request(OWN) };
    assert_eq!(verdicts(Exchange { request: omit, hops: &hops }), [Verdict::Allowed; 4]);
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
fn empty_lines_and_spoiled_lists() {
    let credentials = b"Access-Control-Allow-Credentials";
    let lines: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", PAGE), (credentials, b""), (credentials, b"true")];
    let include = ScriptRequest { credentials: Credentials::Include, ..request(API) };
    let hops = [Hop { response: answer(200, lines), ..Hop::default() }];
    let blocked = Verdict::Blocked;
    assert_eq!(verdicts(Exchange { request: include, hops: &hops }), [blocked, blocked, Verdict::Allowed, blocked]);

    let lines: &[Line<'_>] = &[
        (b"Access-Control-Allow-Origin", b"*"),
        (b"Access-Control-Expose-Headers", b"*, a b"),
        (b"X-A", b"1"),
        (b"no name", b"1"),
    ];
    let hops = [Hop { response: answer(200, lines), ..Hop::default() }];
    let exchange = Exchange { request: request(API), hops: &hops };
    assert_eq!(each(|profile| exchange.exposed(profile).any(|name| name == b"X-A")), [false, false, true, false]);
    assert!(Profile::ALL.into_iter().all(|profile| exchange.exposed(profile).all(|name| name != b"no name")));
}

#[test]
fn how_long_an_answer_is_kept() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let kept = |value: &'static [u8]| {
        let lines = [
            (&b"Access-Control-Allow-Origin"[..], &b"*"[..]),
            (&b"Access-Control-Allow-Methods"[..], &b"PUT"[..]),
            (&b"Access-Control-Max-Age"[..], value),
        ];
        let hops = [Hop { preflight: answer(200, &lines), response: answer(200, ANY), ..Hop::default() }];
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

#[test]
fn words_of_the_consoles_for_redirects() {
    let said = |location: &'static [u8], to: &'static [u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], location)];
        let first = Hop { response: answer(302, &lines), ..Hop::default() };
        consoles(Exchange { request: request(API), hops: &[first, Hop { url: to, ..Hop::default() }] })
    };
    let of = |texts: [&str; 3]| texts.map(|text| Some(text).filter(|text| !text.is_empty()).map(str::to_owned));
    let ftp = said(b"ftp://h/x", b"ftp://h/x");
    assert!(ftp[1].as_ref().unwrap().starts_with(
        "Access to fetch at 'ftp://h/x' (redirected from 'https://api.example/x') from origin 'https://app.example' has been blocked"
    ));
    assert_eq!(ftp[3].as_deref(), Some("FTP URLs are disabled"));
    let user = said(b"https://u:p@api.example/y", b"https://u:p@api.example/y");
    assert_eq!(
        user[1..],
        of([
            "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: Redirect \
             location '' contains a username and password, which is disallowed for cross-origin requests.",
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
             (Reason: CORS request did not succeed). Status code: (null).",
            "Cross-origin redirection to https://api.example/y denied by Cross-Origin Resource Sharing policy: redirection URL \
             https://u:p@api.example/y has credentials",
        ])
    );
    assert_eq!(
        said(b"http://", b"")[1..],
        of([
            "",
            "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
             (Reason: CORS request did not succeed). Status code: (null).",
            "Cross-origin redirection to http:// denied by Cross-Origin Resource Sharing policy: not allowed to follow a \
             cross-origin CORS redirection with non CORS scheme",
        ])
    );
}

#[test]
fn webkit_names_the_headers_that_it_knows_first() {
    let headers: &[RequestHeader<'_>] = &[(b"X-B", Some(b"1")), (b"x-a", Some(b"1")), (b"authorization", Some(b"x"))];
    let request = ScriptRequest { headers, ..request(API) };
    let hops = [Hop { preflight: answer(200, ANY), ..Hop::default() }];
    let [_, _, firefox, webkit] = consoles(Exchange { request, hops: &hops }).map(Option::unwrap_or_default);
    assert_eq!(webkit, "Request header field Authorization is not allowed by Access-Control-Allow-Headers.");
    assert!(firefox.contains("(Reason: header ‘authorization’ is not allowed according to"), "{firefox}");
}

/// The first failure's code.
fn codes(exchange: Exchange<'_>) -> Each<Option<BlockedCode>> {
    each(|profile| {
        let mut first = None;
        exchange.judge(profile, |blocked| {
            first.get_or_insert(blocked.code());
        });
        first
    })
}

#[test]
fn firefox_counts_allow_origin_only_in_its_usual_spelling() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let judged = |headers: &[Line<'_>], http_version| {
        let hops = [Hop { response: answer(200, headers), ..Hop::default() }];
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
    let hops = [Hop { preflight: answer(204, lines), response: answer(200, ANY), ..Hop::default() }];
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    assert_eq!(verdicts_of(put, &hops), [blocked, blocked, allowed, blocked]);
}

fn verdicts_of(request: ScriptRequest<'_>, hops: &[Hop<'_>]) -> Each<Verdict> {
    verdicts(Exchange { request, hops })
}

#[test]
fn firefox_words_for_two_lines_are_decoded_as_two_lines() {
    let text = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
                (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, *’).";
    let message = decode_console(text).unwrap();
    assert_eq!((message.code, message.cause()), (Some(BlockedCode::AcaoMultiple), Some(Cause::DuplicateMiddleware)));
}

/// Whether the same request, a second later, is preceded by a preflight again.
fn asks_again(request: ScriptRequest<'_>, hops: &[Hop<'_>], later: ScriptRequest<'_>) -> Each<bool> {
    each(|profile| Exchange { request, hops }.needs_preflight_after(profile, &later, 1000))
}

const KEPT: &[Line<'_>] = &[
    (b"Access-Control-Allow-Origin", b"*"),
    (b"Access-Control-Allow-Methods", b"PUT"),
    (b"Access-Control-Allow-Headers", b"if-match"),
    (b"Access-Control-Max-Age", b"60"),
];

#[test]
fn preflight_cache_compares_fragments() {
    let put = |url| ScriptRequest { method: b"PUT", ..request(url) };
    let hops = [Hop { preflight: answer(204, KEPT), response: answer(200, ANY), ..Hop::default() }];
    let (plain, a, b) = (API, &b"https://api.example/x#a"[..], &b"https://api.example/x#b"[..]);
    for (first, later, asks) in [(plain, b, true), (a, plain, true), (a, b, true), (a, a, false)] {
        assert_eq!(asks_again(put(first), &hops, put(later)), [asks; 4]);
    }
    let step = Exchange { request: put(a), hops: &[] }.steps().next().unwrap();
    assert_eq!(step.url(), plain);
}

#[test]
fn chromium_caches_no_preflight_of_a_long_url() {
    let hops = [Hop { preflight: answer(204, KEPT), response: answer(200, ANY), ..Hop::default() }];
    for (length, asks) in [(1023, [false; 4]), (1024, [false, true, false, false])] {
        let url = format!("https://api.example/x?{}", "l".repeat(length - 22));
        let put = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, url.as_bytes()) };
        assert_eq!((url.len(), asks_again(put, &hops, put)), (length, asks));
    }
}

#[test]
fn firefox_ignores_its_preflight_cache_for_a_conditional_fetch() {
    let hops = [Hop { preflight: answer(204, KEPT), response: answer(200, ANY), ..Hop::default() }];
    let headers: &[RequestHeader<'_>] = &[(b"If-Match", Some(b"x"))];
    let fetch = ScriptRequest { method: b"POST", headers, ..request(API) };
    assert_eq!(asks_again(fetch, &hops, fetch), [false, true, true, false]);
    let xhr = ScriptRequest { api: Api::Xhr, ..fetch };
    assert_eq!(asks_again(xhr, &hops, xhr), [false, true, false, false]);
    let upload = ScriptRequest { upload_listener: true, ..fetch };
    assert_eq!(asks_again(upload, &hops, upload), [true, true, false, false]);
}

#[test]
fn error_at_a_later_hop_leaves_the_first_preflight_cached() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let redirect: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Location", OTHER)];
    let first = Hop { preflight: answer(204, KEPT), response: answer(307, redirect), ..Hop::default() };
    for second in [
        Hop { url: OTHER, preflight: answer(204, &[]), response: answer(200, &[]), ..Hop::default() },
        Hop { url: OTHER, preflight: answer(204, KEPT), response: answer(200, &[]), ..Hop::default() },
    ] {
        assert_eq!(asks_again(put, &[first, second], put), [false; 4]);
    }
    // The error at the first URL removes it.
    let alone = [Hop { preflight: answer(204, KEPT), response: answer(200, &[]), ..Hop::default() }];
    assert_eq!(asks_again(put, &alone, put), [true, false, true, false]);
}

#[test]
fn fetch_takes_no_url_with_a_user_name() {
    let hops = [Hop { response: answer(200, ANY), ..Hop::default() }];
    for (url, throws) in [
        (&b"https://u:p@api.example/x"[..], true),
        (b"https://u@api.example/x", true),
        (b"https://:p@api.example/x", true),
        (b"https://@api.example/x", false),
        (b"https://:@api.example/x", false),
    ] {
        for mode in [Mode::Cors, Mode::NoCors, Mode::SameOrigin] {
            let request = ScriptRequest { mode, ..request(url) };
            let code = throws.then_some(BlockedCode::UrlUserinfo);
            assert_eq!(request.thrown(), code);
            let is_thrown = verdicts(Exchange { request, hops: &hops }).map(|verdict| verdict == Verdict::Throws);
            assert_eq!(is_thrown, [throws; 4]);
        }
        let xhr = ScriptRequest { api: Api::Xhr, ..request(url) };
        assert_eq!(verdicts(Exchange { request: xhr, hops: &hops }), [Verdict::Allowed; 4]);
    }
}

#[test]
fn no_cors_needs_a_scheme_of_the_web() {
    let (blocked, opaque) = (Verdict::Blocked, Verdict::Opaque);
    let hops = [Hop { response: answer(200, &[]), ..Hop::default() }];
    for (url, expected) in [
        (&b"ftp://api.example/x"[..], [blocked; 4]),
        (b"x:y", [blocked; 4]),
        (b"file:///x", [blocked; 4]),
        (b"ws://api.example/x", [blocked; 4]),
        (b"about:blank", [opaque, blocked, opaque, blocked]),
        (b"about:blank?x", [opaque, blocked, opaque, blocked]),
        (b"about:blank#x", [opaque, blocked, opaque, blocked]),
        (b"about:srcdoc", [blocked; 4]),
        (b"data:,x", [Verdict::Allowed; 4]),
        (API, [opaque; 4]),
    ] {
        let exchange = Exchange { request: ScriptRequest { mode: Mode::NoCors, ..request(url) }, hops: &hops };
        assert_eq!(verdicts(exchange), expected, "{}", url.escape_ascii());
        let scheme = expected.map(|verdict| (verdict == blocked).then_some(BlockedCode::SchemeNotHttp));
        assert_eq!(codes(exchange), scheme);
    }
}

#[test]
fn chromium_sends_nothing_with_a_dictionary_of_the_script() {
    let headers: &[RequestHeader<'_>] = &[(b"available-Dictionary", Some(b"1"))];
    let allows: &[Line<'_>] =
        &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"available-dictionary")];
    let hops = [Hop { preflight: answer(204, allows), response: answer(200, ANY), ..Hop::default() }];
    for url in [API, OWN] {
        let exchange = Exchange { request: ScriptRequest { headers, ..request(url) }, hops: &hops };
        let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
        assert_eq!(verdicts(exchange), [allowed, blocked, allowed, allowed]);
        assert_eq!(codes(exchange)[1], Some(BlockedCode::HeaderReserved));
        assert_eq!(consoles(exchange), [None, None, None, None]);
    }
    // It looks at the URL first.
    let exchange = Exchange { request: ScriptRequest { headers, ..request(b"x:/") }, hops: &hops };
    assert_eq!(codes(exchange)[1], Some(BlockedCode::SchemeNotHttp));
    // Nothing is sent, so nothing is cached, and the same request later sends nothing again.
    let put = ScriptRequest { headers, method: b"PUT", ..request(API) };
    let kept = [Hop { preflight: answer(204, KEPT), response: answer(200, ANY), ..Hop::default() }];
    assert!(!asks_again(put, &kept, put)[1]);
    let without = ScriptRequest { headers: &[], ..put };
    assert!(asks_again(put, &kept, without)[1]);
}

#[test]
fn allow_origin_is_invalid_where_chromium_reads_no_url() {
    let named = |value: &[u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], value)];
        let hops = [Hop { response: answer(200, &lines), ..Hop::default() }];
        codes(Exchange { request: request(API), hops: &hops })[1].unwrap()
    };
    for value in [
        "http://256.1.1.1",
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
fn chromium_and_webkit_decide_once_about_cookies_in_mode_no_cors() {
    let cookies = |url, mode, credentials, urls: &[&'static [u8]]| {
        let hops = chain(302, urls, ANY);
        let exchange = Exchange { request: ScriptRequest { mode, credentials, ..request(url) }, hops: &hops };
        let step = exchange.steps().last().unwrap();
        each(|profile| step.sends_credentials(profile))
    };
    let same = Credentials::SameOrigin;
    assert_eq!(cookies(OWN, Mode::NoCors, same, &[OWN, API]), [false, true, false, true]);
    assert_eq!(cookies(OWN, Mode::Cors, same, &[OWN, API]), [false; 4]);
    assert_eq!(cookies(API, Mode::NoCors, same, &[API, OWN]), [false; 4]);
    assert_eq!(cookies(OWN, Mode::NoCors, Credentials::Omit, &[OWN, API]), [false; 4]);
    assert_eq!(cookies(API, Mode::NoCors, Credentials::Include, &[API, OWN]), [true; 4]);
}

#[test]
fn words_for_a_preflight_that_is_redirected_nowhere() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let said = |location: &'static [u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], location)];
        let hops = [Hop { preflight: answer(302, &lines), ..Hop::default() }];
        let [_, chromium, firefox, webkit] = consoles(Exchange { request: put, hops: &hops });
        assert_eq!(webkit.as_deref(), Some("Preflight response is not successful. Status code: 302"));
        (
            chromium.is_some_and(|text| text.ends_with("Redirect is not allowed for a preflight request.")),
            firefox.unwrap(),
        )
    };
    for location in [&b"ftp://h/x"[..], b"data:,x", b"javascript:x", b"x:", b"http://u:p@h/", b"http://"] {
        let (chromium, firefox) = said(location);
        assert_eq!(chromium, location != b"http://");
        assert!(firefox.ends_with("(Reason: CORS request did not succeed). Status code: (null)."), "{firefox}");
    }
    for location in [&b"/y"[..], b"https://other.example/"] {
        let (chromium, firefox) = said(location);
        assert!(chromium && firefox.ends_with("(Reason: CORS request external redirect not allowed)."), "{firefox}");
    }
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
        let hops = [Hop { preflight: answer(302, &lines), ..Hop::default() }];
        let code = if is_early { BlockedCode::PreflightRedirect } else { BlockedCode::AcaoInvalid };
        assert_eq!(codes(Exchange { request: put, hops: &hops })[2], Some(code), "{}", location.escape_ascii());
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
    let hops = [Hop { response: answer(200, lines), ..Hop::default() }];
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

/// Whether a page of the internet may send a request, with a permission and without one.
#[test]
fn what_leaves_a_page_of_the_internet() {
    use corsac::browser::DeliveryVerdict::{Ok, Refused, Unknown};
    let insecure: &[u8] = b"http://app.example";
    for (page, url, granted, denied) in [
        (PAGE, &b"https://127.0.0.1/"[..], [Ok; 4], [Refused, Refused, Refused, Unknown]),
        (PAGE, b"http://localhost/", [Ok, Ok, Ok, Refused], [Refused; 4]),
        (PAGE, b"http://192.168.0.5/", [Ok, Ok, Refused, Refused], [Refused; 4]),
        (PAGE, b"http://[fd00::1]/", [Ok, Ok, Refused, Refused], [Refused; 4]),
        (PAGE, b"http://printer.local/", [Ok, Ok, Refused, Refused], [Refused; 4]),
        (PAGE, b"http://0.0.0.0/", [Unknown, Ok, Refused, Refused], [Refused; 4]),
        (PAGE, b"http://[::ffff:7f00:1]/", [Unknown, Ok, Refused, Refused], [Refused; 4]),
        (PAGE, b"http://nas.example/", [Refused; 4], [Refused; 4]),
        (insecure, b"http://127.0.0.1/", [Refused, Refused, Ok, Unknown], [Refused, Refused, Refused, Unknown]),
    ] {
        for (permission, expected) in [(Permission::Granted, granted), (Permission::Denied, denied)] {
            let network = Network { page_space: Some(AddressSpace::Public), permission, ..Network::default() };
            let exchange = Exchange { request: ScriptRequest::new(page, url), hops: &[] };
            let found = each(|profile| exchange.deliver(profile, &network).verdict());
            assert_eq!(found, expected, "{} {permission}", url.escape_ascii());
        }
    }
}

#[test]
fn firefox_ignores_a_line_with_nul_in_its_name() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    for (line, expected) in [
        ((&b"x\0"[..], &b"1"[..]), [blocked, blocked, allowed, blocked]),
        ((b"x", b"\0"), [blocked; 4]),
        ((b"x\r", b"1"), [blocked; 4]),
    ] {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), line];
        let hops = [Hop { response: answer(200, &lines), ..Hop::default() }];
        assert_eq!(verdicts_of(request(API), &hops), expected);
    }
}

#[test]
fn http2_has_stricter_names_and_values() {
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    let judged = |line: Line<'_>, http_version| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), line];
        let hops = [Hop { response: answer(200, &lines), ..Hop::default() }];
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
fn consoles_name_urls_with_their_fragments() {
    let url = b"https://api.example/x#a";
    let hops = [Hop { response: answer(200, &[]), ..Hop::default() }];
    let [_, chromium, firefox, _] =
        consoles(Exchange { request: request(url), hops: &hops }).map(Option::unwrap_or_default);
    assert!(chromium.starts_with("Access to fetch at 'https://api.example/x#a' from origin"), "{chromium}");
    assert!(firefox.contains("https://api.example/x#a. (Reason"), "{firefox}");
    let lines: &[Line<'_>] = &[(b"Location", b"https://api.example/y")];
    let to = b"https://api.example/y#a";
    let hops = [Hop { response: answer(302, lines), ..Hop::default() }, Hop { url: to, ..Hop::default() }];
    let [_, _, _, webkit] = consoles(Exchange { request: request(url), hops: &hops }).map(Option::unwrap_or_default);
    assert!(webkit.starts_with("Cross-origin redirection to https://api.example/y#a denied"), "{webkit}");
}

#[test]
fn consoles_say_nothing_of_schemes_that_are_refused_early() {
    let said = |mode, api, url: &'static [u8]| {
        let request = ScriptRequest { mode, api, ..request(url) };
        consoles(Exchange { request, hops: &[] }).map(|text| text.is_some())
    };
    let (cors, no_cors) = (Mode::Cors, Mode::NoCors);
    for (mode, api, url, expected) in [
        (cors, Api::Fetch, &b"ftp://h/x"[..], [false, true, true, true]),
        (cors, Api::Xhr, b"ftp://h/x", [false, false, true, true]),
        (no_cors, Api::Fetch, b"ftp://h/x", [false, true, false, true]),
        (cors, Api::Fetch, b"file:///x", [false, false, false, true]),
        (cors, Api::Fetch, b"ws://h/x", [false, true, false, true]),
        (cors, Api::Fetch, b"javascript:x", [false, true, true, true]),
        (no_cors, Api::Fetch, b"x:y", [false, true, false, false]),
        (cors, Api::Fetch, b"about:srcdoc", [false, true, false, true]),
        (cors, Api::Fetch, b"blob:https://api.example/x", [false, true, false, true]),
        (no_cors, Api::Fetch, b"blob:https://api.example/x", [false; 4]),
        (cors, Api::Fetch, b"blob:https://app.example/x", [false; 4]),
        (cors, Api::Xhr, b"chrome-extension://h/x", [false, false, true, true]),
        (cors, Api::Xhr, b"view-source:https://h/x", [false, false, false, true]),
    ] {
        assert_eq!(said(mode, api, url), expected, "{mode:?} {api:?} {}", url.escape_ascii());
    }
    let redirected = |from: &'static [u8], headers, to: &'static [u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], to)];
        let allows: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"*")];
        let first = Hop { preflight: answer(200, allows), response: answer(302, &lines), ..Hop::default() };
        let request = ScriptRequest { headers, ..request(from) };
        consoles(Exchange { request, hops: &[first, Hop { url: to, ..Hop::default() }] }).map(|text| text.is_some())
    };
    let custom: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    assert_eq!(redirected(API, &[], b"ws://h/x"), [false, false, true, true]);
    assert_eq!(redirected(API, custom, b"ws://h/x"), [false, true, true, true]);
    assert_eq!(redirected(OWN, &[], b"ws://h/x"), [false, true, false, true]);
    assert_eq!(redirected(API, custom, b"chrome-extension://h/x"), [false, false, true, true]);
    assert_eq!(redirected(API, &[], b"about:srcdoc"), [false, false, true, true]);
    assert_eq!(redirected(OWN, &[], b"file:///x"), [false, false, false, false]);
    assert_eq!(redirected(API, &[], b"file:///x"), [false, false, true, true]);
}

#[test]
fn xhr_of_chromium_follows_a_redirect_with_a_user_name_at_home() {
    let lines: &[Line<'_>] = &[(b"Location", b"https://u@app.example/y")];
    let hops = [
        Hop { response: answer(302, lines), ..Hop::default() },
        Hop { url: b"https://u@app.example/y", response: answer(200, &[]), ..Hop::default() },
    ];
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    assert_eq!(verdicts_of(request(OWN), &hops), [allowed, blocked, allowed, allowed]);
    assert_eq!(verdicts_of(ScriptRequest { api: Api::Xhr, ..request(OWN) }, &hops), [allowed; 4]);
}

#[test]
fn firefox_and_webkit_split_method_overrides_at_every_comma() {
    let asks = |value: &'static [u8]| needs_leave((b"X-HTTP-Method", Some(value)));
    assert_eq!(asks(b"x\", CONNECT"), [true, true, false, false]);
    assert_eq!(asks(b"\"a, TRACE\""), [true; 4]);
    assert_eq!(asks(b"x, CONNECT"), [false; 4]);
}

#[test]
fn chromium_elides_a_long_url_in_messages_of_fetch() {
    let said = |length: usize| {
        let url = format!("https://api.example/{}", "l".repeat(length - 20));
        let request = ScriptRequest { mode: Mode::SameOrigin, ..ScriptRequest::new(PAGE, url.as_bytes()) };
        let [_, chromium, _, _] = consoles(Exchange { request, hops: &[] });
        chromium.unwrap().split(". Request mode").next().unwrap().len() - "Fetch API cannot load ".len()
    };
    assert_eq!([said(1023), said(1024), said(1025), said(5000)], [1023, 1024, 1024, 1024]);
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
    let hops = [Hop { preflight: answer(200, lines), response: answer(200, ANY), ..Hop::default() }];
    assert_eq!(asks_again(put, &hops, put), [true; 4]);
}

#[test]
fn redirect_in_an_unparsable_response_is_not_followed() {
    let lines: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*\x0F"), (b"Location", b"ftp://h/x")];
    let first = Hop { response: answer(302, lines), ..Hop::default() };
    let hops = [first, Hop { url: b"ftp://h/x", ..Hop::default() }];
    let request = ScriptRequest { http_version: HttpVersion::Http2, ..request(API) };
    assert_eq!(codes(Exchange { request, hops: &hops })[3], Some(BlockedCode::ResponseUnparsable));
}
