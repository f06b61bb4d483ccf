//! What Chromium 156, Firefox 153 and WebKitGTK 2.50 were seen to do where they leave the standard,
//! or each other. `tests/browsers/` asks them again; this holds the profiles to it where there is
//! no browser.

mod consoles;
mod documented;
mod http_versions;
mod preflight_cache;
mod preflights;
mod responses;
mod urls;
mod vectors;

use corsac::browser::{BlockedCode, Exchange, Hop, Line, Profile, Response, ScriptRequest, Verdict, decode_console};

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

fn response<'a>(status: u16, headers: &'a [Line<'a>]) -> Option<Response<'a>> {
    Some(Response { status, headers })
}

/// A chain that is redirected with this status from URL to URL.
fn chain<'a>(status: u16, urls: &[&'a [u8]], headers: &'a [Line<'a>]) -> Vec<Hop<'a>> {
    let last = urls.len() - 1;
    let status = |place| if place == last { 200 } else { status };
    urls.iter()
        .enumerate()
        .map(|(place, url)| Hop { url, response: response(status(place), headers), ..Hop::default() })
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
        let said = first.and_then(|blocked| exchange.console(profile, &blocked)).map(|console| console.to_string())?;
        let message = decode_console(&said).unwrap_or_else(|| panic!("what {profile} writes is not decoded: {said}"));
        assert_eq!(message.profile, profile, "{said}");
        Some(said)
    })
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

fn verdicts_of(request: ScriptRequest<'_>, hops: &[Hop<'_>]) -> Each<Verdict> {
    verdicts(Exchange { request, hops })
}
