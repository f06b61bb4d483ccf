//! Captured exchanges, completed with what a person knows, and shown one after the other.

use corsac::browser::{Cause, Credentials, Profile, Verdict};

use super::delivery::Deliveries;
use super::diagnosis::Diagnosis;
use super::obstacle::is_same_origin;
use super::report::{self, Shown};
use super::sentence::sentence;
use super::{headline, missing};
use crate::capture::{CapturedExchange, Note};
use crate::codes;
use crate::exchange::{Exchange, Response, ScriptRequest};
use crate::{Failure, Urls, Warning, neighbours, resolve, warnings, with};

/// Takes the place of an unknown URL. No page has this origin.
const SOMEWHERE: &[u8] = b"https://server.invalid/";

const UNKNOWN_ORIGIN: &str = "the page's origin is not in the capture, and CORS depends on it: add it, such as \
                              --origin https://app.example.com. If the request had no Origin header, send it again \
                              with one, because many servers send CORS headers only then";

const NO_ORIGIN_LINE: &str = "the request has no Origin header, and many servers send CORS headers only if it has one: capture it \
                              with curl -v -H 'Origin: ...' to be sure";

/// Completes the exchanges with `options`, and with `url` where they have none. What cannot be judged becomes a note, and what
/// proves little gets one.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::{UrlCrate, ready, script_request};
///
/// let mut captures = Captures::default();
/// let mut found = vec![];
/// captures.read("curl.txt", "HTTP/1.1 200 OK\n\n".as_bytes(), &mut |exchange| found.push(exchange))?;
/// let mut notes = captures.finish(&mut |exchange| found.push(exchange));
/// let options = script_request(Some(b"https://app.example"), None, &[], false)?;
/// let ready = ready(found, &options, Some("https://api.example/x"), &UrlCrate, &mut notes);
/// assert_eq!(ready[0].exchange.request.url.as_deref(), Some(b"https://api.example/x".as_slice()));
/// assert!(notes[0].to_string().starts_with("curl.txt:1: the request has no Origin header"));
/// # Ok::<(), String>(())
/// ```
#[inline(never)] // Inlined, it would be compiled for speed in the Python package.
pub fn ready(
    exchanges: Vec<CapturedExchange>,
    options: &ScriptRequest,
    url: Option<&str>,
    urls: &dyn Urls,
    notes: &mut Vec<Note>,
) -> Vec<CapturedExchange> {
    let mut ready = Vec::with_capacity(exchanges.len());
    for mut captured in exchanges {
        let place = captured.place.clone();
        let mut note = |message: &str| notes.push(Note { place: place.clone(), message: message.to_owned() });
        let exchange = &mut captured.exchange;
        let has_origin = exchange.request.origin.is_some();
        fill(&mut exchange.request, options, url);
        if let Some(meant) = meant_origin(exchange) {
            note(&format!(
                "no browser sends an Origin header without a scheme, and servers may not know it: {} is assumed",
                corsac::Escaped(&meant)
            ));
            exchange.request.origin = Some(meant);
        }
        if exchange.request.origin.is_none() {
            let Some(named) = one_of_several(exchange) else {
                note(UNKNOWN_ORIGIN);
                if let Some(text) = error_of(exchange) {
                    note(&text);
                }
                continue;
            };
            note(
                "the page's origin is not in the capture, so the first one that the response allows is assumed: a response that allows several \
                 fails for every page",
            );
            exchange.request.origin = Some(named);
        }
        if exchange.request.url.is_none() && exchange.hops.first().is_none_or(|hop| hop.url.is_none()) {
            note("the URL is not in the capture, so another origin than the page's is assumed: add it with --url");
            exchange.request.url = Some(SOMEWHERE.to_vec());
        }
        if let Err(message) = resolve(exchange, urls) {
            note(&message);
            continue;
        }
        if !has_origin && lacks_allow_origin(exchange) {
            note(NO_ORIGIN_LINE);
        }
        let origin = exchange.request.origin.as_deref().unwrap_or_default();
        if urls_of(exchange).all(|url| is_same_origin(origin, url)) {
            note("the page and the URL have the same origin, so CORS does not apply");
        }
        if let Some(status) = unneeded_preflight(exchange) {
            let lack = if lacks_allow_origin(exchange) { " and no Access-Control-Allow-Origin" } else { "" };
            let failing = failing_preflight(exchange)
                .map(|advice| format!(". A preflight that is needed fails in the same way: {advice}"))
                .unwrap_or_default();
            note(&format!(
                "no browser sends this preflight, because the request needs none: what counts is the response to the request itself. The response has \
                 status {status}{lack}: if your script sends JSON (content-type: application/json), a header such as authorization, or another method than GET, HEAD and POST, \
                 add it with -H or --method{failing}"
            ));
        }
        if exchange.request.method.as_deref() == Some(b"OPTIONS") {
            note(
                "this OPTIONS request is taken for the script's own: a preflight has Access-Control-Request-Method. Send it again with \
                 -H 'Access-Control-Request-Method: PUT', or with corsac probe",
            );
        }
        ready.push(captured);
    }
    ready
}

/// What a person meant who typed `Origin: example.com`. A server that sends it back allows it as it is.
fn meant_origin(exchange: &Exchange) -> Option<Vec<u8>> {
    let origin = exchange.request.origin.as_deref()?;
    let is_host =
        !origin.is_empty() && origin.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'));
    let responses = exchange.hops.iter().flat_map(|hop| [&hop.preflight, &hop.response]).flatten();
    let is_sent_back = responses
        .into_iter()
        .flat_map(|response| &response.headers)
        .any(|(name, value)| name.eq_ignore_ascii_case(b"access-control-allow-origin") && value == origin);
    (is_host && origin != b"null" && !is_sent_back).then(|| [b"https://", origin].concat())
}

/// What the error status of the last response means, which is so whatever the page's origin is.
fn error_of(exchange: &Exchange) -> Option<String> {
    let hop = exchange.hops.last()?;
    let is_preflight = exchange.request.method.as_deref() == Some(b"OPTIONS") || hop.response.is_none();
    let status = hop.response.as_ref().or(hop.preflight.as_ref())?.status;
    let text = match status {
        401 | 403 if is_preflight => sentence(Cause::AuthenticationFirst.advice(), '.'),
        404 | 405 | 501 if is_preflight => sentence(Cause::OptionsNotRouted.advice(), '.'),
        400.. => {
            codes::neighbour(codes::of_status(status)).map(|entry| entry.fix.replace('\n', " ").replace('`', ""))?
        }
        _ => return None,
    };
    Some(format!("the response is an error ({status}), which may be the true fault. {text}"))
}

/// The first of several origins that a response allows at once, which fails whatever the page's origin is.
fn one_of_several(exchange: &Exchange) -> Option<Vec<u8>> {
    exchange.hops.iter().flat_map(|hop| [&hop.preflight, &hop.response]).flatten().find_map(|response| {
        let is_allow_origin = |name: &[u8]| name.eq_ignore_ascii_case(b"access-control-allow-origin");
        let values = response.headers.iter().filter(|(name, _)| is_allow_origin(name));
        let mut origins =
            values.flat_map(|(_, value)| value.split(|b| matches!(b, b',' | b' '))).filter(|one| !one.is_empty());
        let (first, _) = (origins.next()?, origins.next()?);
        // A page's origin is like this; `*` is not one.
        (first.starts_with(b"https://") || first.starts_with(b"http://")).then(|| first.to_vec())
    })
}

/// What to do about an error with which a preflight ends.
fn failing_preflight(exchange: &Exchange) -> Option<&'static str> {
    let preflight = exchange.hops.first()?.preflight.as_ref()?;
    let is_by_origin = preflight.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case(b"vary") && value.to_ascii_lowercase().windows(6).any(|part| part == b"origin")
    });
    Some(match preflight.status {
        400 | 403 if is_by_origin => "add the page's origin to those that the server allows",
        401 | 403 => "respond to preflights before authentication, with status 204",
        404 | 405 | 501 => "respond to OPTIONS for this URL before routing, with status 204",
        500..=599 => "read the server's log for it",
        _ => return None,
    })
}

/// The status of a preflight that a person sent, for a request before which no browser sends one.
fn unneeded_preflight(exchange: &Exchange) -> Option<u16> {
    let status = exchange.hops.first()?.preflight.as_ref()?.status;
    let is_needed = with(exchange, Credentials::SameOrigin, |exchange| {
        exchange.steps().next().is_some_and(|step| Profile::ALL.iter().any(|profile| step.needs_preflight(*profile)))
    });
    (!is_needed).then_some(status)
}

/// The options fill what the capture lacks.
fn fill(request: &mut ScriptRequest, options: &ScriptRequest, url: Option<&str>) {
    if request.origin.is_none() {
        request.origin.clone_from(&options.origin);
    }
    if request.method.is_none() {
        request.method.clone_from(&options.method);
    }
    if request.credentials.is_none() {
        request.credentials = options.credentials;
    }
    if request.url.is_none() {
        request.url = url.map(|url| url.as_bytes().to_vec());
    }
    for (name, value) in &options.headers {
        match request.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) if known.is_none() => known.clone_from(value),
            Some(_) => {}
            None => request.headers.push((name.clone(), value.clone())),
        }
    }
}

/// The URLs of the request and of every hop.
fn urls_of(exchange: &Exchange) -> impl Iterator<Item = &[u8]> {
    let urls = exchange.request.url.iter().chain(exchange.hops.iter().filter_map(|hop| hop.url.as_ref()));
    urls.map(Vec::as_slice).filter(|url| !url.is_empty())
}

fn lacks_allow_origin(exchange: &Exchange) -> bool {
    let lacks = |response: &Response| {
        !response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"access-control-allow-origin"))
    };
    exchange.hops.iter().flat_map(|hop| [&hop.preflight, &hop.response]).flatten().any(lacks)
}

/// Each exchange in full, one after the other, and the worst CORS verdict of all. `deliver` says whether an exchange leaves the browser.
///
/// ```
/// use corsac::browser::Verdict;
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::{Deliveries, Shown, UrlCrate, ready, script_request, show_each};
///
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("curl.txt", "HTTP/1.1 200 OK\n\n".as_bytes(), &mut |exchange| found.push(exchange))?;
/// let mut notes = captures.finish(&mut |exchange| found.push(exchange));
/// let options = script_request(Some(b"https://app.example"), None, &[], false)?;
/// let ready = ready(found, &options, Some("https://api.example/x"), &UrlCrate, &mut notes);
/// let (text, worst) = show_each(&ready, Shown::default(), &Deliveries::of);
/// assert_eq!(worst, Some(Verdict::Blocked));
/// assert!(text.contains("no-cors-headers"));
/// # Ok::<(), String>(())
/// ```
#[must_use]
#[inline(never)] // Inlined, it would be compiled for speed in the Python package.
pub fn show_each(
    ready: &[CapturedExchange],
    shown: Shown<'_>,
    deliver: &dyn Fn(&Exchange) -> Deliveries,
) -> (String, Option<Verdict>) {
    let mut text = String::new();
    let mut worst = None;
    for (place, captured) in ready.iter().enumerate() {
        if place != 0 {
            text.push_str("\n────────────────────────────────────────────────────────────────────────\n\n");
        }
        if ready.len() > 1 {
            text.push_str(&format!("{}\n", captured.place));
        }
        worst = worse(worst, show_one(&mut text, captured, shown, deliver));
    }
    (text, worst)
}

/// One exchange in full. Unknown credentials are judged both ways, and shown without, because that is the default of `fetch()`.
fn show_one(
    text: &mut String,
    captured: &CapturedExchange,
    shown: Shown<'_>,
    deliver: &dyn Fn(&Exchange) -> Deliveries,
) -> Verdict {
    let exchange = &captured.exchange;
    if let Some(stopped) = &captured.stopped {
        let last = exchange.hops.iter().rev().find_map(|hop| hop.url.as_deref()).or(exchange.request.url.as_deref());
        let url = String::from_utf8_lossy(last.unwrap_or_default());
        neighbours::push(text, stopped, &url, captured.failed.as_deref());
        return if stopped.is_decided() { Verdict::Blocked } else { Verdict::Incomplete };
    }
    let deliveries = deliver(exchange);
    let deliveries = if captured.failed.is_some() { deliveries.at_most_likely() } else { deliveries };
    with(exchange, Credentials::SameOrigin, |without| {
        let diagnosis = Diagnosis::with_suffixes(without, shown.suffixes);
        report::push(text, &diagnosis, &deliveries, &without, shown);
        if Profile::ALL.iter().any(|profile| diagnosis.judgements.get(*profile).verdict == Verdict::Incomplete) {
            missing::push(text, captured, shown.secrets);
        }
        if exchange.request.credentials.is_none() {
            with(exchange, Credentials::Include, |with| {
                push_with_credentials(text, &with, &diagnosis, &Diagnosis::with_suffixes(with, shown.suffixes));
            });
        }
        worst_of(&diagnosis)
    })
}

/// What else is wrong if the request carries credentials.
fn push_with_credentials(
    text: &mut String,
    exchange: &corsac::browser::Exchange<'_>,
    without: &Diagnosis<'_>,
    with: &Diagnosis<'_>,
) {
    let is_new = |failure: &&Failure<'_>| !without.failures.iter().any(|known| known.blocked == failure.blocked);
    let mut new = with.failures.iter().filter(is_new).peekable();
    if new.peek().is_none() {
        // The server means credentials, so it means its cookies too.
        let is_kept = |warning: &&Warning| !without.warnings.contains(warning);
        let mut cookies = with.warnings.iter().filter(is_kept).peekable();
        if cookies.peek().is_some() && worst_of(with) == Verdict::Allowed {
            text.push_str("\nWith credentials: \"include\":\n");
            warnings::push(text, cookies);
        }
        return;
    }
    if worst_of(without) == worst_of(with) {
        text.push_str("\nWith credentials: \"include\", this is wrong too:\n");
    } else {
        text.push_str("\nThis is without credentials, the default of fetch(). With credentials: \"include\": ");
        headline::push_cors(text, with);
    }
    let mut explained = without.failures.iter().map(|failure| failure.cause).collect();
    report::push_others(text, exchange, new, &mut explained);
}

/// The worst verdict of any browser.
///
/// ```
/// use corsac::browser::{Exchange, ScriptRequest, Verdict};
/// use corsac_diagnose::{Diagnosis, worst_of};
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &[] };
/// assert_eq!(worst_of(&Diagnosis::of(exchange)), Verdict::Incomplete);
/// ```
#[must_use]
pub fn worst_of(diagnosis: &Diagnosis<'_>) -> Verdict {
    let verdicts = Profile::ALL.map(|profile| Some(diagnosis.judgements.get(profile).verdict));
    verdicts
        .into_iter()
        .fold(None, |worst, verdict| verdict.map_or(worst, |verdict| worse(worst, verdict)))
        .unwrap_or(Verdict::Incomplete)
}

/// The worse of two verdicts.
///
/// ```
/// use corsac::browser::Verdict;
/// use corsac_diagnose::worse;
/// assert_eq!(worse(None, Verdict::Allowed), Some(Verdict::Allowed));
/// assert_eq!(worse(Some(Verdict::Blocked), Verdict::Allowed), Some(Verdict::Blocked));
/// ```
#[must_use]
pub fn worse(known: Option<Verdict>, other: Verdict) -> Option<Verdict> {
    let rank = |verdict: Verdict| match verdict {
        Verdict::Blocked => 0,
        Verdict::Throws => 1,
        Verdict::Incomplete => 2,
        Verdict::Opaque => 3,
        Verdict::Allowed => 4,
    };
    match known {
        Some(known) if rank(known) <= rank(other) => Some(known),
        _ => Some(other),
    }
}
