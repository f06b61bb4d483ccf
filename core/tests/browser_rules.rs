//! Rules of the browser model that no fact of `vectors/browser-cases.json` turns on: what is asked
//! first, what is kept for later, what is shown.

mod exchange;

use corsac::browser::{
    BlockedCode, Exchange, Hop, Line, Mode, PreflightOutcome, Profile, ReferrerPolicy, RequestHeader, Response,
    ScriptRequest, Verdict,
};
use exchange::{ACAH, ACAM, ANY, API, PAGE, put, respond};

const OWN: &[u8] = b"https://app.example/x";

/// One value for the standard, Chromium, Firefox and WebKit.
type Each<T> = [T; 4];

fn each<T>(value: impl FnMut(Profile) -> T) -> Each<T> {
    Profile::ALL.map(value)
}

fn request(url: &'static [u8]) -> ScriptRequest<'static> {
    ScriptRequest::new(PAGE, url)
}

fn codes(request: ScriptRequest<'_>, hop: Hop<'_>) -> Each<Vec<&'static str>> {
    each(|profile| {
        let mut codes = vec![];
        Exchange { request, hops: &[hop] }.judge(profile, |blocked| codes.push(blocked.code().as_str()));
        codes
    })
}

fn verdicts(request: ScriptRequest<'_>, hops: &[Hop<'_>]) -> Each<Verdict> {
    each(|profile| Exchange { request, hops }.judge(profile, |_| {}).verdict)
}

#[test]
fn each_browser_looks_at_a_preflight_in_its_own_order() {
    let hop = |status, headers| Hop { preflight: respond(status, headers), ..Hop::default() };
    let (status, origin, redirect) = ("preflight-status", "acao-missing", "preflight-redirect");
    let listed: &[Line<'_>] = &[(ACAM, b"PUT")];
    let by_origin = vec![origin, status];
    let by_status = vec![status, origin];
    assert_eq!(codes(put(), hop(404, listed)), [by_origin.clone(), by_origin.clone(), by_origin.clone(), by_status]);
    let to: &[Line<'_>] = &[(ACAM, b"PUT"), (b"Location", b"/y")];
    let (late, early) = (vec![origin, redirect], vec![redirect, origin]);
    assert_eq!(codes(put(), hop(302, to)), [late.clone(), early.clone(), late, early]);
    let header: &[RequestHeader<'_>] = &[(b"X-A", Some(b"1"))];
    let asks = ScriptRequest { headers: header, ..put() };
    let spoiled: &[Line<'_>] = &[ANY, (ACAH, b"x a")];
    let (headers, method) = ("acah-unparsable", "method-not-allowed");
    let usual = vec![headers, method];
    assert_eq!(codes(asks, hop(200, spoiled)), [usual.clone(), usual.clone(), vec![method, headers], usual]);
}

#[test]
fn refused_headers_are_reported_as_requested_except_in_webkit() {
    let headers: &[RequestHeader<'_>] = &[(b"X-B", Some(b"1")), (b"x-a", Some(b"1")), (b"Pragma", Some(b"1"))];
    let hops = [Hop { preflight: respond(200, &[ANY]), ..Hop::default() }];
    let exchange = Exchange { request: ScriptRequest { headers, ..request(API) }, hops: &hops };
    let told = each(|profile| {
        let mut names = vec![];
        exchange.judge(profile, |blocked| names.push(blocked.evidence().to_string()));
        names.join(" ")
    });
    let sorted = "pragma x-a x-b";
    assert_eq!(told, [sorted, sorted, sorted, "pragma x-b x-a"]);
}

#[test]
fn only_the_standard_allows_a_method_without_a_list() {
    let upload = ScriptRequest { upload_listener: true, ..put() };
    let hop = |headers| Hop { preflight: respond(200, headers), response: respond(200, &[ANY]), ..Hop::default() };
    let (none, one): (&[Line<'_>], &[Line<'_>]) = (&[ANY], &[ANY, (ACAM, b"GET")]);
    let blocked = Verdict::Blocked;
    assert_eq!(verdicts(upload, &[hop(none)]), [Verdict::Allowed, blocked, blocked, blocked]);
    assert_eq!(verdicts(upload, &[hop(one)]), [blocked; 4]);
    assert_eq!(verdicts(put(), &[hop(none)]), [blocked; 4]);
}

#[test]
fn what_is_missing_is_incomplete() {
    let incomplete = [Verdict::Incomplete; 4];
    assert_eq!(verdicts(request(API), &[]), incomplete);
    assert_eq!(verdicts(put(), &[Hop { response: respond(200, &[ANY]), ..Hop::default() }]), incomplete);
    let to: &[Line<'_>] = &[ANY, (b"Location", b"https://b.example/")];
    assert_eq!(verdicts(request(API), &[Hop { response: respond(302, to), ..Hop::default() }]), incomplete);
    assert_eq!(
        verdicts(request(API), &[Hop { response: respond(302, &[ANY]), ..Hop::default() }]),
        [Verdict::Allowed; 4]
    );
    assert_eq!(verdicts(request(API), &[Hop { response: respond(200, to), ..Hop::default() }]), [Verdict::Allowed; 4]);
    let unknown = [Hop::default(), Hop { url: API, response: respond(200, &[ANY]), ..Hop::default() }];
    assert_eq!(verdicts(request(API), &unknown), incomplete);
    let preflight = each(|profile| Exchange { request: put(), hops: &[] }.judge(profile, |_| {}).preflight);
    assert_eq!(preflight, [PreflightOutcome::Missing; 4]);
}

#[test]
fn twenty_redirects_are_followed_and_no_more() {
    let chain = |profile, redirects: usize, url: &'static [u8]| {
        let status = |place| if place == redirects { 200 } else { 302 };
        let hop = |place| Hop {
            url: if place == redirects { url } else { API },
            response: respond(status(place), &[ANY]),
            ..Hop::default()
        };
        let hops: Vec<Hop<'_>> = (0..=redirects).map(hop).collect();
        let mut last = None;
        Exchange { request: request(API), hops: &hops }.judge(profile, |blocked| last = Some(blocked.code()));
        last
    };
    for profile in Profile::ALL {
        let last = [19, 20, 21].map(|redirects| chain(profile, redirects, API));
        assert_eq!(last, [None, None, Some(BlockedCode::RedirectLimit)], "{profile}");
        // WebKit looks at the user name first.
        let is_webkit = profile == Profile::WebKit;
        let expected = if is_webkit { BlockedCode::RedirectUserinfo } else { BlockedCode::RedirectLimit };
        assert_eq!(chain(profile, 21, b"https://u@api.example/x"), Some(expected), "{profile}");
    }
}

#[test]
fn where_a_request_may_not_go() {
    let code = |request: ScriptRequest<'_>, hops: &[Hop<'_>]| {
        each(|profile| {
            let mut first = None;
            Exchange { request, hops }.judge(profile, |blocked| first = first.or(Some(blocked.code().as_str())));
            first
        })
    };
    let same_origin = ScriptRequest { mode: Mode::SameOrigin, ..request(API) };
    assert_eq!(code(same_origin, &[]), [Some("mode-same-origin"); 4]);
    assert_eq!(code(request(b"ftp://h/x"), &[]), [Some("scheme-not-http"); 4]);
    let from = |status| Hop { response: respond(status, &[ANY]), ..Hop::default() };
    let to = |url| Hop { url, response: respond(200, &[ANY]), ..Hop::default() };
    // A user in a URL stops a redirect that leaves the page's origin, or has left it before;
    // Chromium stops all.
    let user = Some("redirect-userinfo");
    assert_eq!(code(request(OWN), &[from(302), to(b"https://u@app.example/y")]), [None, user, None, None]);
    assert_eq!(code(request(OWN), &[from(302), to(b"https://u@b.example/y")]), [user; 4]);
    assert_eq!(code(request(API), &[from(302), to(b"https://u@app.example/y")]), [user; 4]);
    let no_cors = ScriptRequest { mode: Mode::NoCors, ..request(API) };
    assert_eq!(code(no_cors, &[from(302), to(b"https://u@b.example/y")]), [None, user, None, None]);
    // A streamed body goes one way only.
    let stream = ScriptRequest { method: b"POST", stream_body: true, ..request(API) };
    let sent = |status| Hop { preflight: respond(200, &[ANY]), ..from(status) };
    let again = Hop { url: API, ..sent(200) };
    let stopped = Some("redirect-stream");
    assert_eq!(code(stream, &[sent(307), again]), [stopped; 4]);
    assert_eq!(code(stream, &[sent(303), again]), [None; 4]);
}

#[test]
fn chromium_takes_no_407_for_a_response() {
    let codes = codes(request(API), Hop { response: respond(407, &[ANY]), ..Hop::default() });
    assert_eq!(codes, [vec![], vec!["response-unparsable"], vec![], vec![]]);
    let allowed = Verdict::Allowed;
    for (status, verdict) in [(99, Verdict::Blocked), (100, allowed), (999, allowed), (1000, Verdict::Blocked)] {
        let hop = Hop { response: respond(status, &[ANY]), ..Hop::default() };
        assert_eq!(verdicts(request(API), &[hop])[0], verdict, "{status}");
    }
}

#[test]
fn lines_that_no_parser_lets_through() {
    for bad in [(&b"X-A"[..], &b"a\0"[..]), (b"X-A", b"a\rb"), (b"X\n", b"1")] {
        let codes = codes(request(API), Hop { response: respond(200, &[ANY, bad]), ..Hop::default() });
        assert_eq!(codes, each(|_| vec!["response-unparsable"]));
    }
}

#[test]
fn spoiled_list_and_reserved_header_of_chromium_block() {
    let exposed = |request: ScriptRequest<'_>, names: &'static [u8]| {
        let lines: &[Line<'_>] = &[
            ANY,
            (b"Access-Control-Expose-Headers", names),
            (b"Clear-Site-Data", b"\"cache\""),
            (b"X-A", b"1"),
            (b"Set-Cookie", b"a=b"),
        ];
        let allowed: &[Line<'_>] = &[ANY, (ACAM, b"PUT")];
        let hops = [Hop { preflight: respond(200, allowed), response: respond(200, lines), ..Hop::default() }];
        let exchange = Exchange { request, hops: &hops };
        each(|profile| {
            let has = |name: &[u8]| exchange.exposed(profile).any(|exposed| exposed == name);
            (has(b"Clear-Site-Data"), has(b"X-A"), has(b"Set-Cookie"))
        })
    };
    let (all, not_that, nothing) = ((true, true, false), (false, true, false), (false, false, false));
    assert_eq!(exposed(request(API), b"*"), [all, not_that, all, all]);
    assert_eq!(exposed(request(API), b"clear-site-data, x-a"), [all, not_that, all, all]);
    assert_eq!(exposed(request(API), b"*, a b"), [nothing, nothing, all, nothing]);
    let xhr = ScriptRequest { method: b"PUT", upload_listener: true, ..request(API) };
    assert_eq!(exposed(xhr, b"*, a b"), [nothing; 4]);
    assert_eq!(exposed(xhr, b"*"), [all, not_that, all, all]);
}

#[test]
fn the_last_response_of_a_chain_says_what_is_exposed() {
    const EXPOSE: &[u8] = b"Access-Control-Expose-Headers";
    let lines = |names: &'static [u8]| [ANY, (EXPOSE, names), (&b"X-A"[..], &b"1"[..]), (b"X-B", b"1"), (b"X-C", b"1")];
    let (first, second, third) = (lines(b"x-a"), lines(b"x-b"), lines(b"x-c"));
    let hop = |status, url, headers| Hop { url, response: respond(status, headers), ..Hop::default() };
    for start in [OWN, API] {
        let hops = [hop(302, b"", &first), hop(200, b"https://b.example/y", &second), hop(200, API, &third)];
        let exchange = Exchange { request: request(start), hops: &hops };
        let names = exchange.exposed(Profile::Spec).collect::<Vec<_>>();
        assert_eq!(names, [b"X-B"], "{}", start.escape_ascii());
    }
}

#[test]
fn a_downgrade_hides_the_origin_of_a_post_without_cors() {
    let post = |url| ScriptRequest { method: b"POST", mode: Mode::NoCors, ..request(url) };
    let origin = |request: ScriptRequest<'_>| {
        let step = Exchange { request, hops: &[] }.steps().next().unwrap();
        step.origin().map(|origin| String::from_utf8_lossy(origin).into_owned())
    };
    assert_eq!(origin(post(b"https://b.example/")).as_deref(), Some("https://app.example"));
    assert_eq!(origin(post(b"http://b.example/")).as_deref(), Some("null"));
    let always = ScriptRequest { referrer_policy: ReferrerPolicy::Always, ..post(b"http://b.example/") };
    assert_eq!(origin(always).as_deref(), Some("https://app.example"));
    let plain = ScriptRequest { origin: b"http://app.example", ..post(b"http://b.example/") };
    assert_eq!(origin(plain).as_deref(), Some("http://app.example"));
    assert_eq!(origin(ScriptRequest { method: b"GET", ..post(b"https://b.example/") }), None);
}

#[test]
fn outcomes_have_names() {
    use PreflightOutcome::{Failed, Missing, NotNeeded, Passed};
    use Verdict::{Allowed, Blocked, Incomplete, Opaque, Throws};
    let verdicts = [Allowed, Opaque, Blocked, Incomplete, Throws].map(Verdict::as_str);
    assert_eq!(verdicts, ["allowed", "opaque", "blocked", "incomplete", "throws"]);
    let outcomes = [NotNeeded, Passed, Missing, Failed].map(PreflightOutcome::as_str);
    assert_eq!(outcomes, ["not-needed", "passed", "missing", "failed"]);
}

#[test]
fn more_names_than_one_group_are_sorted_allowed_and_exposed() {
    let names: Vec<String> = (0..2100).map(|n| format!("x-{}", n * 7919 % 2099)).collect();
    let headers: Vec<RequestHeader<'_>> = names.iter().map(|name| (name.as_bytes(), Some(&b"1"[..]))).collect();
    let sorted: std::collections::BTreeSet<&str> = names.iter().map(String::as_str).collect();
    // One name is in the first group, the other behind it.
    for place in [1500, 2060] {
        all_but_one_are_allowed_and_exposed(&names, &headers, &sorted, names.get(place).unwrap());
    }
}

fn all_but_one_are_allowed_and_exposed(
    names: &[String],
    headers: &[RequestHeader<'_>],
    sorted: &std::collections::BTreeSet<&str>,
    unlisted: &str,
) {
    let listed = sorted.iter().copied().filter(|name| *name != unlisted).collect::<Vec<_>>().join(",");
    let preflight =
        [(&b"Access-Control-Allow-Origin"[..], &b"*"[..]), (b"Access-Control-Allow-Headers", listed.as_bytes())];
    let mut lines: Vec<Line<'_>> = names.iter().map(|name| (name.as_bytes(), &b"1"[..])).collect();
    lines.push((b"Access-Control-Allow-Origin", b"*"));
    lines.push((b"Access-Control-Expose-Headers", listed.as_bytes()));
    let request = ScriptRequest { headers, ..request(API) };
    for profile in Profile::ALL {
        let hops = [Hop {
            preflight: Some(Response { status: 200, headers: &preflight }),
            response: Some(Response { status: 200, headers: &lines }),
            ..Hop::default()
        }];
        let exchange = Exchange { request, hops: &hops };
        let step = exchange.steps().next().unwrap();
        let asked: Vec<&[u8]> = step.requested_headers(profile).names().collect();
        assert!(asked.iter().copied().eq(sorted.iter().map(|name| name.as_bytes())), "{profile}");
        let mut refused = vec![];
        exchange.judge(profile, |blocked| refused.push(blocked.evidence().bytes().collect::<Vec<_>>()));
        // Two of the 2100 headers have the same name: WebKit checks each, in the order of the script.
        refused.dedup();
        assert_eq!(refused, [unlisted.as_bytes()], "{profile}");
        let any: &[Line<'_>] = &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"*")];
        let open = [Hop { preflight: Some(Response { status: 200, headers: any }), ..hops[0] }];
        let exposed = Exchange { request, hops: &open }.exposed(profile).count();
        assert_eq!(exposed, names.iter().filter(|name| *name != unlisted).count(), "{profile}");
    }
}

#[test]
fn a_303_makes_a_get_of_all_but_head() {
    for (method, next) in [(&b"PUT"[..], &b"GET"[..]), (b"POST", b"GET"), (b"HEAD", b"HEAD")] {
        let hops = [
            Hop { response: respond(303, &[ANY]), ..Hop::default() },
            Hop { url: b"https://other.example/", ..Hop::default() },
        ];
        let exchange = Exchange { request: ScriptRequest { method, ..put() }, hops: &hops };
        assert_eq!(exchange.steps().last().unwrap().method(), next);
    }
}
