//! Schemes, user names and addresses in URLs, and the cookies that go there.

use corsac::browser::{
    AddressSpace, Api, BlockedCode, Credentials, Exchange, Hop, Line, Mode, Network, Permission, ScriptRequest, Verdict,
};

use crate::{ANY, API, OWN, PAGE, chain, codes, each, request, response, verdicts, verdicts_of};

#[test]
fn fetch_takes_no_url_with_a_user_name() {
    let hops = [Hop { response: response(200, ANY), ..Hop::default() }];
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
    let hops = [Hop { response: response(200, &[]), ..Hop::default() }];
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
fn chromium_and_webkit_decide_once_about_no_cors_cookies() {
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
fn chromium_xhr_follows_same_origin_redirect_with_user_name() {
    let lines: &[Line<'_>] = &[(b"Location", b"https://u@app.example/y")];
    let hops = [
        Hop { response: response(302, lines), ..Hop::default() },
        Hop { url: b"https://u@app.example/y", response: response(200, &[]), ..Hop::default() },
    ];
    let (allowed, blocked) = (Verdict::Allowed, Verdict::Blocked);
    assert_eq!(verdicts_of(request(OWN), &hops), [allowed, blocked, allowed, allowed]);
    assert_eq!(verdicts_of(ScriptRequest { api: Api::Xhr, ..request(OWN) }, &hops), [allowed; 4]);
}
