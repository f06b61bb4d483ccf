//! From a failure to its likely cause: a table of responses as servers get them wrong, each with
//! the one cause that fits.

mod exchange;

use corsac::browser::{
    BlockedCode, Cause, Causes, Credentials, Exchange, Hop, Line, Profile, RequestHeader, ScriptRequest, decode_console,
};
use exchange::{ACAH, ACAM, ACAO, ANY, API, PAGE, put, respond};

const ACAC: &[u8] = b"Access-Control-Allow-Credentials";

/// The causes that the standard's profile reports, in its order.
fn causes(exchange: Exchange<'_>) -> Vec<&'static str> {
    let mut causes = vec![];
    let mut shared = Causes::new(exchange);
    exchange.judge(Profile::Spec, |blocked| {
        let cause = exchange.cause(&blocked);
        assert_eq!(shared.of(&blocked), cause);
        causes.push(cause.as_str());
    });
    causes
}

fn of_response(request: ScriptRequest<'_>, status: u16, headers: &[Line<'_>]) -> Vec<&'static str> {
    causes(Exchange { request, hops: &[Hop { response: respond(status, headers), ..Hop::default() }] })
}

fn of_preflight(request: ScriptRequest<'_>, status: u16, headers: &[Line<'_>]) -> Vec<&'static str> {
    let hop = Hop { preflight: respond(status, headers), response: respond(200, &[ANY]), ..Hop::default() };
    causes(Exchange { request, hops: &[hop] })
}

#[test]
fn how_a_value_misses_the_origin() {
    for (value, cause) in [
        ("", "empty-value"),
        ("https://app.example/", "trailing-slash"),
        ("http://app.example/", "scheme"),
        ("https://app.example:81/", "port"),
        ("https://other.example/", "other-origin"),
        ("https://app.example/path", "path"),
        ("http://app.example/path", "scheme"),
        ("https://app.example:81/path", "port"),
        ("https://other.example/path", "other-origin"),
        ("https://APP.example", "case"),
        ("https://app.example:8443", "port"),
        ("https://other.example:8443", "other-origin"),
        ("http://app.example", "scheme"),
        ("app://app.example", "no-scheme"),
        ("app://other.example", "other-origin"),
        ("http://other.example", "other-origin"),
        ("https://www.app.example", "www"),
        ("https://www.other.example", "other-origin"),
        ("https://other.example", "other-origin"),
        ("null", "null-value"),
        ("NULL", "null-value"),
        ("https://*.example", "pattern"),
        ("*.example", "pattern"),
        ("app.example", "no-scheme"),
        ("localhost:3000", "no-scheme"),
        ("LocalHost", "no-scheme"),
        ("localhos", "garbled"),
        ("nonsense", "garbled"),
        ("\"app.example\"", "garbled"),
        ("'https://app.example'", "garbled"),
        ("https://app.example\"", "garbled"),
        ("https://\u{e9}.example", "garbled"),
    ] {
        let found = of_response(ScriptRequest::new(PAGE, API), 200, &[(ACAO, value.as_bytes())]);
        assert_eq!(found, [cause], "{value:?}");
    }
    let www = ScriptRequest::new(b"https://www.app.example", API);
    assert_eq!(of_response(www, 200, &[(ACAO, PAGE)]), ["www"]);
    assert_eq!(of_response(www, 200, &[(ACAO, b"https://www.example")]), ["other-origin"]);
}

#[test]
fn what_several_values_mean() {
    for (lines, cause) in [
        (&["https://app.example, https://b.example"][..], "origin-list"),
        (&["https://app.example https://b.example"], "origin-list"),
        (&["https://app.example, https://app.example"], "duplicate-middleware"),
        (&["https://b.example, https://app.example, https://b.example"], "duplicate-middleware"),
        (&["https://b.example, *"], "duplicate-middleware"),
        (&["*, *"], "duplicate-middleware"),
        (&["https://b.example", "https://c.example"], "duplicate-middleware"),
        (&["https://*.b.example", "https://*.c.example"], "duplicate-middleware"),
        (&["https://*.b.example, https://*.c.example"], "pattern"),
        (&["https://*.b.example, https://c.example"], "origin-list"),
    ] {
        let headers: Vec<Line<'_>> = lines.iter().map(|line| (ACAO, line.as_bytes())).collect();
        assert_eq!(of_response(ScriptRequest::new(PAGE, API), 200, &headers), [cause], "{lines:?}");
    }
    // One value with a space in it reads as two; so does one origin on two lines.
    assert_eq!(of_response(ScriptRequest::new(PAGE, API), 200, &[(ACAO, b"x"), (ACAO, b"")]), ["duplicate-middleware"]);
}

#[test]
fn an_origin_that_is_null() {
    let opaque = ScriptRequest::new(b"null", API);
    assert_eq!(of_response(opaque, 200, &[(ACAO, PAGE)]), ["opaque-origin"]);
    let named: &[Line<'_>] = &[(ACAO, PAGE)];
    let hops = [
        Hop { response: respond(302, named), ..Hop::default() },
        Hop { url: b"https://other.example/x", response: respond(200, named), ..Hop::default() },
    ];
    assert_eq!(causes(Exchange { request: ScriptRequest::new(PAGE, API), hops: &hops }), ["redirect-to-null"]);
}

#[test]
fn opaque_page_with_credentials_is_the_cause_whatever_fails() {
    let opaque = ScriptRequest { credentials: Credentials::Include, ..ScriptRequest::new(b"null", API) };
    let put = ScriptRequest { method: b"PUT", ..opaque };
    for headers in [&[][..], &[ANY], &[(ACAO, PAGE)], &[(ACAO, b"null")]] {
        for causes in [of_response(opaque, 200, headers), of_preflight(put, 401, headers)] {
            assert!(
                !causes.is_empty() && causes.iter().all(|cause| *cause == "opaque-origin"),
                "{headers:?}: {causes:?}"
            );
        }
    }
    // Without credentials, the response can be shared with every site.
    assert_eq!(of_response(ScriptRequest::new(b"null", API), 200, &[]), ["no-cors-headers"]);
    let text = "Access to fetch at 'https://api.example/' from origin 'null' has been blocked by CORS policy: The value of the \
        'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.";
    assert_eq!(decode_console(text).unwrap().cause(), Some(Cause::OpaqueOrigin));
}

#[test]
fn response_that_refuses_credentials_shows_its_cause() {
    let include = ScriptRequest { credentials: Credentials::Include, ..ScriptRequest::new(PAGE, API) };
    let origin = (ACAO, PAGE);
    assert_eq!(of_response(include, 200, &[origin]), ["credentials-not-permitted"]);
    assert_eq!(of_response(include, 200, &[origin, (ACAC, b"")]), ["credentials-not-permitted"]);
    assert_eq!(of_response(include, 200, &[origin, (ACAC, b"True")]), ["credentials-value"]);
    assert_eq!(of_response(include, 200, &[origin, (ACAC, b"true"), (ACAC, b"true")]), ["duplicate-middleware"]);
    let wildcard = ["wildcard-with-credentials", "credentials-not-permitted"];
    assert_eq!(of_response(include, 200, &[ANY]), wildcard);
}

#[test]
fn status_of_a_preflight_shows_its_cause() {
    for (status, cause) in [
        (401, "authentication-first"),
        (403, "authentication-first"),
        (407, "authentication-first"),
        (404, "options-not-routed"),
        (405, "options-not-routed"),
        (501, "options-not-routed"),
        (400, "preflight-fails"),
        (500, "preflight-fails"),
        (599, "preflight-fails"),
        (300, "preflight-fails"),
        (600, "preflight-fails"),
    ] {
        let listed = [ANY, (ACAM, &b"PUT"[..])];
        assert_eq!(of_preflight(put(), status, &listed), [cause], "{status}");
        // Without headers the status is asked first.
        let missing = if matches!(status, 300 | 600) { "no-cors-headers" } else { cause };
        assert_eq!(of_preflight(put(), status, &[])[..2], [missing, cause], "{status}");
    }
    assert_eq!(of_preflight(put(), 200, &[]), ["no-cors-headers", "no-method-list"]);
}

#[test]
fn a_server_that_varies_by_origin_has_decided_by_it() {
    let vary: Line<'_> = (b"vary", b"Accept-Encoding, origin");
    for (status, cause) in [
        (200, "origin-not-listed"),
        (204, "origin-not-listed"),
        (400, "origin-not-listed"),
        (403, "origin-not-listed"),
        (401, "authentication-first"),
        (407, "authentication-first"),
        (404, "options-not-routed"),
        (405, "options-not-routed"),
        (500, "preflight-fails"),
    ] {
        let found = of_preflight(put(), status, &[vary]);
        assert_eq!(found[0], cause, "{status}");
        if status > 299 {
            assert_eq!(found[1], cause, "{status}");
            // What names an origin has decided for it.
            let listed = [ANY, (ACAM, &b"PUT"[..]), vary];
            assert_ne!(of_preflight(put(), status, &listed), ["origin-not-listed"], "{status}");
        }
    }
    let redirect: &[Line<'_>] = &[vary, (b"Location", b"https://login.example/")];
    assert_eq!(of_preflight(put(), 302, redirect)[..2], ["redirect-elsewhere"; 2]);
    let get = ScriptRequest::new(PAGE, API);
    for (status, cause) in [(200, "origin-not-listed"), (403, "origin-not-listed"), (500, "error-page")] {
        assert_eq!(of_response(get, status, &[vary]), [cause], "{status}");
    }
    for other in ["Accept-Encoding", "X-Origin", "Origin Accept", ""] {
        assert_eq!(of_response(get, 200, &[(b"Vary", other.as_bytes())]), ["no-cors-headers"], "{other}");
        assert_eq!(of_preflight(put(), 403, &[(b"Vary", other.as_bytes())])[0], "authentication-first", "{other}");
    }
    // The response to the preflight had what this one lacks, and a 304 is about the stored response.
    let passing: &[Line<'_>] = &[ANY, (ACAM, b"PUT")];
    let varying = [vary];
    let hop = Hop { preflight: respond(200, passing), response: respond(200, &varying), ..Hop::default() };
    assert_eq!(causes(Exchange { request: put(), hops: &[hop] }), ["only-on-preflight"]);
    let hop = Hop { response: respond(200, &[]), revalidated: &varying, ..Hop::default() };
    assert_eq!(causes(Exchange { request: get, hops: &[hop] }), ["origin-not-listed"]);
}

#[test]
fn where_a_redirect_leads() {
    let secure = b"https://api.example/x";
    for (from, location, cause) in [
        (&secure[..], &b"https://api.example/x/"[..], "redirect-slash"),
        (b"https://api.example/x/", b"https://api.example/x", "redirect-slash"),
        (secure, b"https://api.example/y", "redirect-path"),
        (secure, b"https://login.example/", "redirect-elsewhere"),
        (secure, b"http://api.example/x", "redirect-elsewhere"),
        (b"http://api.example/x", b"https://api.example/x", "redirect-to-https"),
        (b"http://api.example/x", b"https://login.example/x", "redirect-elsewhere"),
        (b"http://api.example/x", b"http://api.example:8080/x", "redirect-elsewhere"),
        (b"http://api.example/x", b"http://api.example/y", "redirect-path"),
        (secure, b"/x/", "redirect-slash"),
        (b"https://api.example/x/", b"/x", "redirect-slash"),
        (secure, b"/y", "redirect-path"),
    ] {
        let request = ScriptRequest { method: b"PUT", ..ScriptRequest::new(PAGE, from) };
        let answered = [ANY, (ACAM, &b"PUT"[..]), (b"Location", location)];
        assert_eq!(of_preflight(request, 302, &answered), [cause], "{}", location.escape_ascii());
        let bare: [Line<'_>; 1] = [(b"Location", location)];
        assert_eq!(of_preflight(request, 302, &bare)[..2], [cause, cause], "{}", location.escape_ascii());
        if location.starts_with(b"http") {
            let next = Hop { url: location, response: respond(200, &[ANY]), ..Hop::default() };
            let hops = [Hop { response: respond(302, &[]), ..Hop::default() }, next];
            let found = causes(Exchange { request: ScriptRequest::new(PAGE, from), hops: &hops });
            assert_eq!(found, [cause], "{}", location.escape_ascii());
        }
    }
    // A Location that redirects nothing, and a redirect that names no place.
    assert_eq!(of_preflight(put(), 404, &[(b"Location", b"/y")])[0], "options-not-routed");
    assert_eq!(of_preflight(put(), 200, &[(b"Location", b"/y")])[0], "no-cors-headers");
    assert_eq!(of_response(ScriptRequest::new(PAGE, API), 302, &[]), ["no-cors-headers"]);
    let two: [Line<'_>; 4] = [ANY, (ACAM, b"PUT"), (b"Location", b"/a"), (b"Location", b"/b")];
    assert_eq!(of_preflight(put(), 302, &two), ["redirect-target"]);
    let listed = |location: &'static str| [ANY, (ACAM, &b"PUT"[..]), (&b"Location"[..], location.as_bytes())];
    assert_eq!(of_preflight(put(), 404, &listed("/y")), ["options-not-routed"]);
    assert_eq!(of_preflight(put(), 302, &listed("/y")[..2]), ["preflight-fails"]);
}

#[test]
fn causes_say_why_only_the_response_lacks_headers() {
    let passing: &[Line<'_>] = &[ANY, (ACAM, b"PUT")];
    let after = |request, preflight, status| {
        causes(Exchange { request, hops: &[Hop { preflight, response: respond(status, &[]), ..Hop::default() }] })
    };
    let get = ScriptRequest::new(PAGE, API);
    for (status, without, with) in [
        (200, "no-cors-headers", "only-on-preflight"),
        (404, "no-cors-headers", "error-page"),
        (500, "error-page", "error-page"),
        (599, "error-page", "error-page"),
        (600, "no-cors-headers", "only-on-preflight"),
    ] {
        assert_eq!(of_response(get, status, &[]), [without], "{status}");
        assert_eq!(after(put(), respond(200, passing), status), [with], "{status}");
        // A preflight that no request needed says nothing.
        assert_eq!(after(get, respond(200, passing), status), [without], "{status}");
        assert_eq!(after(put(), respond(200, &[(ACAM, b"PUT")]), status), ["no-cors-headers", without], "{status}");
    }
}

#[test]
fn what_the_lists_of_a_preflight_lack() {
    let patch = ScriptRequest { method: b"patch", ..ScriptRequest::new(PAGE, API) };
    let include = ScriptRequest { credentials: Credentials::Include, ..patch };
    let with = |methods: &'static [u8]| [(ACAO, PAGE), (ACAC, b"true"), (ACAM, methods)];
    assert_eq!(of_preflight(patch, 200, &[ANY]), ["no-method-list"]);
    assert_eq!(of_preflight(patch, 200, &with(b"PATCH")), ["method-case"]);
    assert_eq!(of_preflight(patch, 200, &with(b"PUT")), ["method-not-listed"]);
    assert_eq!(of_preflight(include, 200, &with(b"PUT"))[0], "method-not-listed");
    assert_eq!(of_preflight(include, 200, &with(b"*"))[0], "wildcard-with-credentials");

    let headers: &[RequestHeader<'_>] = &[(b"Authorization", Some(b"x"))];
    let get = ScriptRequest { headers, ..ScriptRequest::new(PAGE, API) };
    let include = ScriptRequest { credentials: Credentials::Include, ..get };
    let with = |names: &'static [u8]| [(ACAO, PAGE), (ACAC, b"true"), (ACAH, names)];
    assert_eq!(of_preflight(get, 200, &with(b"x-a")), ["header-not-listed"]);
    assert_eq!(of_preflight(get, 200, &with(b"*")), ["authorization-not-covered"]);
    assert_eq!(of_preflight(include, 200, &with(b"x-a"))[0], "header-not-listed");
    assert_eq!(of_preflight(include, 200, &with(b"*"))[0], "wildcard-with-credentials");
    let other: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let include = ScriptRequest { headers: other, credentials: Credentials::Include, ..get };
    assert_eq!(of_preflight(include, 200, &with(b"*"))[0], "wildcard-with-credentials");
    assert_eq!(of_preflight(get, 200, &with(b"a b")), ["list-syntax"]);
    // Each header has the cause that it would have alone.
    let several: &[RequestHeader<'_>] = &[(b"X-A", None), (b"Authorization", None), (b"X-B", None)];
    let get = ScriptRequest { headers: several, ..get };
    assert_eq!(of_preflight(get, 200, &with(b"x-c")), ["header-not-listed"; 3]);
    assert_eq!(of_preflight(get, 200, &with(b"*")), ["authorization-not-covered"]);
}

#[test]
fn failure_of_another_exchange_gets_a_cause() {
    let (location, to_cdn): ([Line<'_>; 1], [Line<'_>; 2]) =
        ([(b"Location", b"/y")], [ANY, (b"Location", b"https://cdn.example/")]);
    let preflighted = [Hop { preflight: respond(301, &location), ..Hop::default() }];
    let second = Hop { url: b"https://cdn.example/", response: respond(200, &[]), ..Hop::default() };
    let redirected = [Hop { response: respond(302, &to_cdn), ..Hop::default() }, second];
    let page = ScriptRequest::new(PAGE, API);
    for (request, hops, code, asked, cause) in [
        (put(), &preflighted[..], BlockedCode::PreflightRedirect, b"no URL".as_slice(), Cause::RedirectTarget),
        (page, &redirected[..], BlockedCode::AcaoMissing, API, Cause::NoResponse),
    ] {
        let mut failures = vec![];
        Exchange { request, hops }.judge(Profile::Spec, |blocked| failures.push(blocked));
        let blocked = failures.iter().find(|blocked| blocked.code() == code).unwrap();
        let other = Exchange { request: ScriptRequest::new(PAGE, asked), hops: &[Hop::default()] };
        assert_eq!(other.cause(blocked), cause);
    }
}

#[test]
fn every_cause_has_a_sentence_of_its_own_and_advice() {
    let mut sentences: Vec<&str> = Cause::ALL.iter().map(|cause| cause.sentence()).collect();
    let advice = Cause::ALL.iter().map(|cause| cause.advice());
    assert!(advice.chain(sentences.iter().copied()).all(|text| text.contains(' ') && !text.ends_with('.')));
    sentences.sort_unstable();
    sentences.dedup();
    assert_eq!(sentences.len(), Cause::ALL.len());
    assert!(Cause::NoCorsHeaders.is_fixed_by_headers() && !Cause::DuplicateMiddleware.is_fixed_by_headers());
}

#[test]
fn space_after_the_name_is_the_cause_of_missing_header() {
    let spaced = |name: &'static [u8], value: &'static [u8]| (name, value);
    let (origin, credentials) =
        (spaced(b"access-control-allow-origin ", b"*"), spaced(b"Access-Control-Allow-Credentials\t", b"true"));
    let get = ScriptRequest::new(PAGE, API);
    assert_eq!(of_response(get, 200, &[origin]), ["space-after-name"]);
    // One line in order is enough.
    assert_eq!(of_response(get, 200, &[origin, ANY]), [""; 0]);
    assert_eq!(of_response(get, 200, &[origin, (ACAO, b"https://b.example")]), ["other-origin"]);
    let include = ScriptRequest { credentials: Credentials::Include, ..get };
    assert_eq!(of_response(include, 200, &[(ACAO, PAGE), credentials]), ["space-after-name"]);
    assert_eq!(of_response(include, 200, &[(ACAO, PAGE)]), ["credentials-not-permitted"]);
    let headers: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let asks = ScriptRequest { headers, ..put() };
    let lists =
        [ANY, spaced(b"Access-Control-Allow-Methods ", b"PUT"), spaced(b"Access-Control-Allow-Headers ", b"x-a")];
    assert_eq!(of_preflight(asks, 200, &lists), ["space-after-name"; 2]);
    assert_eq!(of_preflight(asks, 200, &[origin])[0], "space-after-name");
    assert_eq!(
        of_preflight(asks, 200, &[ANY, (ACAM, b"GET"), lists[1], lists[2]]),
        ["method-not-listed", "space-after-name"]
    );
}
