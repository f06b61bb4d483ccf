//! An exchange made ready for core's browser model: its URLs resolved as a browser does, its parts borrowed.

use corsac::browser::{self, Credentials};
use url::Url;

use crate::exchange::{Exchange, Hop, Lines, Response, ScriptRequest};

/// Gives every hop its URL in the serialised form, and adds the one to which the last redirect leads. The error is a sentence.
pub(crate) fn resolve(exchange: &mut Exchange) -> Result<(), String> {
    let request = &mut exchange.request;
    if request.url.is_none() {
        request.url = exchange.hops.first().and_then(|hop| hop.url.clone());
    }
    let first = request.url.as_deref().ok_or("the request's URL is not known: give it with --url or \"url\"")?;
    let mut current = absolute(first)?;
    request.url = Some(current.as_str().as_bytes().to_vec());
    let mut previous: Option<Response> = exchange.hops.first().and_then(|hop| hop.response.clone());
    for hop in exchange.hops.iter_mut().skip(1) {
        let location = previous.as_ref().and_then(|response| location(response, &current));
        let next = next_url(hop.url.as_deref(), location)?;
        hop.url = Some(next.as_ref().map_or_else(Vec::new, |url| url.as_str().as_bytes().to_vec()));
        current = next.unwrap_or(current);
        previous.clone_from(&hop.response);
    }
    if let Some(location) = previous.as_ref().and_then(|response| location(response, &current)) {
        if exchange.hops.is_empty() {
            exchange.hops.push(Hop::default());
        }
        let url = location.map_or_else(Vec::new, |url| url.as_str().as_bytes().to_vec());
        exchange.hops.push(Hop { url: Some(url), ..Hop::default() });
    }
    Ok(())
}

/// Where a redirect leads; `Some(None)`: `Location` is there and is no URL.
fn location(response: &Response, base: &Url) -> Option<Option<Url>> {
    let view = browser::Response { status: response.status, headers: &[] };
    let is_location = |line: &&(Vec<u8>, Vec<u8>)| line.0.eq_ignore_ascii_case(b"location");
    let mut lines = response.headers.iter().filter(is_location).filter(|_| view.is_redirect());
    let (_, first) = lines.next()?;
    if lines.any(|(_, other)| other != first) {
        return Some(None);
    }
    // Bytes above 0x7F are read as UTF-8, as browsers do.
    Some(base.join(String::from_utf8_lossy(first).trim_matches([' ', '\t'])).ok().map(without_fragment))
}

/// The URL that is given, but `Location` where that is one that no browser follows.
fn next_url(given: Option<&[u8]>, location: Option<Option<Url>>) -> Result<Option<Url>, String> {
    let is_refused =
        |url: &Url| !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some();
    match (given, location) {
        (_, Some(Some(url))) if is_refused(&url) => Ok(Some(url)),
        (Some(given), _) => absolute(given).map(Some),
        (None, Some(url)) => Ok(url),
        (None, None) => {
            Err("the URL of a later hop is not known: the response before it is no redirect with a Location, so give its \"url\""
                .to_owned())
        }
    }
}

fn absolute(text: &[u8]) -> Result<Url, String> {
    let shown = || corsac::Escaped(text.get(..200).unwrap_or(text)).to_string();
    let text = str::from_utf8(text).map_err(|_| format!("\"{}\" is no URL: it is not UTF-8", shown()))?;
    Url::parse(text).map(without_fragment).map_err(|error| {
        format!("\"{}\" is no URL ({error}): write it whole, such as https://api.example.com/things", shown())
    })
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

/// Lends a resolved exchange to core. Credentials that are not known count as `credentials`.
pub(crate) fn with<R>(
    exchange: &Exchange,
    credentials: Credentials,
    judge: impl FnOnce(browser::Exchange<'_>) -> R,
) -> R {
    let parts: Vec<Parts<'_>> = exchange.hops.iter().map(Parts::new).collect();
    let hops: Vec<browser::Hop<'_>> = exchange.hops.iter().zip(&parts).map(|(hop, parts)| parts.hop(hop)).collect();
    with_request(&exchange.request, credentials, |request| judge(browser::Exchange { request, hops: &hops }))
}

/// Lends a request to core.
pub(crate) fn with_request<R>(
    request: &ScriptRequest,
    credentials: Credentials,
    judge: impl FnOnce(browser::ScriptRequest<'_>) -> R,
) -> R {
    let headers: Vec<browser::RequestHeader<'_>> =
        request.headers.iter().map(|(name, value)| (name.as_slice(), value.as_deref())).collect();
    judge(browser::ScriptRequest {
        origin: request.origin.as_deref().unwrap_or(b"null"),
        url: request.url.as_deref().unwrap_or_default(),
        method: request.method.as_deref().unwrap_or(b"GET"),
        headers: &headers,
        credentials: request.credentials.unwrap_or(credentials),
        mode: request.mode,
        referrer_policy: request.referrer_policy,
        upload_listener: request.upload_listener,
        stream_body: request.stream_body,
    })
}

/// The borrowed header lines of a hop.
struct Parts<'a> {
    preflight: Vec<browser::Line<'a>>,
    response: Vec<browser::Line<'a>>,
    revalidated: Vec<browser::Line<'a>>,
}

impl<'a> Parts<'a> {
    fn new(hop: &'a Hop) -> Self {
        let of = |response: &'a Option<Response>| {
            response.as_ref().map_or_else(Vec::new, |answer| borrowed(&answer.headers))
        };
        Self {
            preflight: of(&hop.preflight),
            response: of(&hop.response),
            revalidated: hop.revalidated.as_ref().map_or_else(Vec::new, borrowed),
        }
    }

    fn hop(&'a self, hop: &'a Hop) -> browser::Hop<'a> {
        let status = |response: &Option<Response>| response.as_ref().map(|response| response.status);
        browser::Hop {
            url: hop.url.as_deref().unwrap_or_default(),
            preflight: status(&hop.preflight).map(|status| browser::Response { status, headers: &self.preflight }),
            response: status(&hop.response).map(|status| browser::Response { status, headers: &self.response }),
            revalidated: &self.revalidated,
        }
    }
}

fn borrowed(lines: &Lines) -> Vec<browser::Line<'_>> {
    lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}
