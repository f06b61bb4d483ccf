//! What the consoles say.

use corsac::browser::{
    Api, BlockedCode, Cause, Exchange, Hop, Line, Mode, RequestHeader, ScriptRequest, decode_console,
};

use crate::{ANY, API, Each, OWN, PAGE, chain, consoles, request, response};

#[test]
fn words_of_the_consoles_for_redirects() {
    let said = |location: &'static [u8], to: &'static [u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], location)];
        let first = Hop { response: response(302, &lines), ..Hop::default() };
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
    let hops = [Hop { preflight: response(200, ANY), ..Hop::default() }];
    let [_, _, firefox, webkit] = consoles(Exchange { request, hops: &hops }).map(Option::unwrap_or_default);
    assert_eq!(webkit, "Request header field Authorization is not allowed by Access-Control-Allow-Headers.");
    // It does not know every name that HTTP has.
    for (name, shown) in [
        ("allow", "allow"),
        ("SERVER", "SERVER"),
        ("SERVICE-worker", "Service-Worker"),
        ("ping-from", "Ping-From"),
        ("access-control-max-AGE", "Access-Control-Max-Age"),
        ("X-TEMP-TABLET", "X-Temp-Tablet"),
    ] {
        let plain = ScriptRequest { headers: &[(name.as_bytes(), Some(b"1"))], ..request };
        let [_, _, _, webkit] = consoles(Exchange { request: plain, hops: &hops }).map(Option::unwrap_or_default);
        assert_eq!(webkit, format!("Request header field {shown} is not allowed by Access-Control-Allow-Headers."));
    }
    assert!(firefox.contains("(Reason: header ‘authorization’ is not allowed according to"), "{firefox}");
}

#[test]
fn firefox_words_for_two_lines_are_decoded_as_two_lines() {
    let text = "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
                (Reason: CORS header ‘Access-Control-Allow-Origin’ does not match ‘*, *’).";
    let message = decode_console(text).unwrap();
    assert_eq!((message.code, message.cause()), (Some(BlockedCode::AcaoMultiple), Some(Cause::DuplicateMiddleware)));
}

#[test]
fn words_for_a_preflight_that_is_redirected_nowhere() {
    let put = ScriptRequest { method: b"PUT", ..request(API) };
    let said = |location: &'static [u8]| {
        let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], location)];
        let hops = [Hop { preflight: response(302, &lines), ..Hop::default() }];
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
fn consoles_name_urls_with_their_fragments() {
    let url = b"https://api.example/x#a";
    let hops = [Hop { response: response(200, &[]), ..Hop::default() }];
    let [_, chromium, firefox, _] =
        consoles(Exchange { request: request(url), hops: &hops }).map(Option::unwrap_or_default);
    assert!(chromium.starts_with("Access to fetch at 'https://api.example/x#a' from origin"), "{chromium}");
    assert!(firefox.contains("https://api.example/x#a. (Reason"), "{firefox}");
    let lines: &[Line<'_>] = &[(b"Location", b"https://api.example/y")];
    let to = b"https://api.example/y#a";
    let hops = [Hop { response: response(302, lines), ..Hop::default() }, Hop { url: to, ..Hop::default() }];
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
        (no_cors, Api::Fetch, b"x:y", [false, true, false, true]),
        (cors, Api::Fetch, b"about:srcdoc", [false, true, false, true]),
        (cors, Api::Fetch, b"about:x?y", [false, true, false, true]),
        (cors, Api::Fetch, b"about:blank?y", [false, true, true, true]),
        (cors, Api::Fetch, b"blob:https://api.example/x", [false, true, false, true]),
        (no_cors, Api::Fetch, b"blob:https://api.example/x", [false, false, false, true]),
        (no_cors, Api::Fetch, b"blob:https://app.example/x", [false; 4]),
        (cors, Api::Fetch, b"blob:https://app.example/x", [false; 4]),
        (cors, Api::Xhr, b"chrome-extension://h/x", [false, false, true, true]),
        (cors, Api::Xhr, b"view-source:https://h/x", [false, false, false, true]),
    ] {
        assert_eq!(said(mode, api, url), expected, "{mode:?} {api:?} {}", url.escape_ascii());
    }
    let redirected = |from: &'static [u8], headers, to: &'static [u8]| {
        let request = ScriptRequest { headers, ..request(from) };
        said_of_redirect(request, 302, to).map(|text| text.is_some())
    };
    let custom: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    assert_eq!(redirected(API, &[], b"ws://h/x"), [false, false, true, true]);
    assert_eq!(redirected(API, custom, b"ws://h/x"), [false, true, true, true]);
    // Chromium follows a POST itself where it becomes a GET.
    for (status, is_named) in [(301, true), (302, true), (303, true), (307, false), (308, false)] {
        let post = ScriptRequest { method: b"POST", ..request(API) };
        assert_eq!(said_of_redirect(post, status, b"wss://h/x")[1].is_some(), is_named, "{status}");
    }
    // From a page of https:, WebKit follows a redirect of the page's own origin to secure schemes alone.
    assert_eq!(redirected(OWN, &[], b"ws://h/x"), [false, true, false, false]);
    assert_eq!(redirected(OWN, &[], b"mailto:x"), [false, true, true, false]);
    assert_eq!(redirected(OWN, &[], b"wss://h/x"), [false, true, false, true]);
    assert_eq!(redirected(API, &[], b"mailto:x"), [false, true, true, true]);
    assert_eq!(redirected(API, custom, b"chrome-extension://h/x"), [false, false, true, true]);
    assert_eq!(redirected(API, &[], b"about:srcdoc"), [false, false, true, true]);
    assert_eq!(redirected(OWN, &[], b"file:///x"), [false, false, false, true]);
    assert_eq!(redirected(API, &[], b"file:///x"), [false, false, true, true]);
    let lines: &[Line<'_>] = &[(b"Location", b"ws://h/x")];
    let hops = [Hop { response: response(302, lines), ..Hop::default() }, Hop { url: b"ws://h/x", ..Hop::default() }];
    let plain = ScriptRequest::new(b"http://app.example", b"http://app.example/x");
    let [_, _, _, webkit] = consoles(Exchange { request: plain, hops: &hops }).map(|text| text.is_some());
    assert!(webkit, "on a page of http: it says so");
}

/// What the consoles say where a request is redirected with this status to a URL.
fn said_of_redirect(request: ScriptRequest<'_>, status: u16, to: &[u8]) -> Each<Option<String>> {
    let lines = [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (&b"Location"[..], to)];
    let allows: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"*")];
    let first = Hop { preflight: response(200, allows), response: response(status, &lines), ..Hop::default() };
    consoles(Exchange { request, hops: &[first, Hop { url: to, ..Hop::default() }] })
}

#[test]
fn webkit_has_words_of_its_own_for_schemes_outside_cors() {
    let (plain, secure): (&[u8], &[u8]) = (b"http://app.example", PAGE);
    let first = |origin, url| {
        let request = ScriptRequest { mode: Mode::NoCors, ..ScriptRequest::new(origin, url) };
        let [.., webkit] = consoles(Exchange { request, hops: &[] });
        webkit.unwrap_or_default()
    };
    let (ftp, refused) = ("FTP URLs are disabled", "Not allowed to request resource");
    for (url, on_http, on_https, on_opaque) in [
        (&b"ftp://h/x"[..], ftp, refused, ""),
        (b"ftps://h/x", ftp, refused, ""),
        (b"x:y", "", refused, ""),
        (b"ws://h/x", "", refused, ""),
        (b"wss://h/x", "", "", ""),
        (b"resource://h/x", "", "", ""),
        (b"about:srcdoc", "", "", ""),
        (b"file:///x", refused, refused, refused),
        (b"blob:https://b.example/x", refused, refused, refused),
    ] {
        let said = [first(plain, url), first(secure, url), first(b"null", url)];
        assert_eq!(said, [on_http, on_https, on_opaque], "{}", url.escape_ascii());
    }
    let redirected = |origin: &[u8], mode, api, from, to: &[u8]| {
        let request = ScriptRequest { mode, api, ..ScriptRequest::new(origin, from) };
        let [.., webkit] = said_of_redirect(request, 302, to);
        webkit.unwrap_or_default()
    };
    let (cors, no_cors, same_origin) = (Mode::Cors, Mode::NoCors, Mode::SameOrigin);
    let own: &[u8] = b"http://app.example/x";
    let not_followed = "Redirection to URL with a scheme that is not HTTP(S).";
    for (mode, from, to, expected) in [
        (no_cors, own, &b"x:y"[..], not_followed),
        (no_cors, API, b"x:y", not_followed),
        (no_cors, API, b"ftp://h/x", ftp),
        (cors, API, b"ftps://h/x", ftp),
        (same_origin, own, b"ftp://h/x", ftp),
        (same_origin, own, b"x:y", ""),
        (no_cors, API, b"file:///y", "Not allowed to load local resource: file:///y"),
        (cors, own, b"file:///y", "Not allowed to load local resource: file:///y"),
        (same_origin, own, b"blob:https://b.example/y", "Not allowed to load local resource: blob:https://b.example/y"),
        (cors, own, b"blob:http://app.example/y", not_followed),
    ] {
        let about = format!("{mode:?} {}", to.escape_ascii());
        assert_eq!(redirected(plain, mode, Api::Fetch, from, to), expected, "{about}");
        // XMLHttpRequest leaves out the full stop.
        let by_xhr = redirected(plain, mode, Api::Xhr, from, to);
        assert_eq!(by_xhr, expected.strip_suffix('.').unwrap_or(expected), "{about}");
    }
    // A page of https: says nothing of a scheme that is not secure, and of one with an opaque origin it is not known.
    for (origin, to, expected) in [
        (secure, &b"x:y"[..], ""),
        (secure, b"wss://h/x", not_followed),
        (b"null", b"x:y", ""),
        (b"null", b"data:,x", not_followed),
    ] {
        assert_eq!(redirected(origin, no_cors, Api::Fetch, API, to), expected, "{}", to.escape_ascii());
    }
}

#[test]
fn webkit_counts_redirects_before_it_looks_where_one_leads() {
    let limit = "Load cannot follow more than 20 redirections";
    let scheme = "not allowed to follow a cross-origin CORS redirection with non CORS scheme";
    let (plain, own): (&[u8], &[u8]) = (b"http://app.example", b"http://app.example/x");
    for (mode, url, last, expected) in [
        (Mode::Cors, own, &b"x:y"[..], limit),
        (Mode::Cors, own, b"", limit),
        (Mode::NoCors, API, b"file:///x", limit),
        (Mode::SameOrigin, own, b"data:,x", limit),
        (Mode::NoCors, API, b"ftp://h/x", "FTP URLs are disabled"),
        (Mode::Cors, API, b"x:y", scheme),
        (Mode::Cors, API, b"https://u@api.example/y", "redirection URL https://u@api.example/y has credentials"),
        (Mode::Cors, API, b"https://api.example/y", limit),
    ] {
        let mut urls = vec![url; 21];
        urls.push(last);
        let hops = chain(302, &urls, ANY);
        let request = ScriptRequest { mode, ..ScriptRequest::new(plain, url) };
        let [.., webkit] = consoles(Exchange { request, hops: &hops });
        assert!(webkit.as_ref().is_some_and(|text| text.ends_with(expected)), "{} {webkit:?}", last.escape_ascii());
    }
}

#[test]
fn chromium_elides_a_long_url_in_messages_of_fetch() {
    let said = |length: usize| {
        let url = format!("https://api.example/{}", "l".repeat(length - 20));
        let request = ScriptRequest { mode: Mode::SameOrigin, ..ScriptRequest::new(PAGE, url.as_bytes()) };
        let [_, chromium, _, _] = consoles(Exchange { request, hops: &[] });
        let chromium = chromium.unwrap();
        let shown = chromium.split(". Request mode").next().unwrap().strip_prefix("Fetch API cannot load ").unwrap();
        (shown.len(), shown.contains("..."))
    };
    let expected = [(1023, false), (1024, false), (1024, true), (1024, true)];
    assert_eq!([said(1023), said(1024), said(1025), said(5000)], expected);
}
