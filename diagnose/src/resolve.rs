//! The URLs of an exchange, resolved as a browser does.

use crate::Urls;
use crate::exchange::{Exchange, Hop, Response};
use crate::place::Place;
use corsac::browser;

/// Gives every hop its serialised URL, and adds the hop to which the last redirect leads.
///
/// # Errors
///
/// One sentence: the URL of the request or of a later hop is unknown, or is not a URL.
///
/// ```
/// use corsac_diagnose::exchange::{Exchange, ScriptRequest};
/// use corsac_diagnose::{UrlCrate, resolve};
/// let request = ScriptRequest { url: Some(b"HTTPS://API.example".to_vec()), ..ScriptRequest::default() };
/// let mut exchange = Exchange { request, hops: vec![] };
/// resolve(&mut exchange, &UrlCrate)?;
/// assert_eq!(exchange.request.url.as_deref(), Some(b"https://api.example/".as_slice()));
/// assert!(resolve(&mut Exchange::default(), &UrlCrate).is_err());
/// # Ok::<(), String>(())
/// ```
pub fn resolve(exchange: &mut Exchange, urls: &dyn Urls) -> Result<(), String> {
    let request = &mut exchange.request;
    if request.url.is_none() {
        request.url = exchange.hops.first().and_then(|hop| hop.url.clone());
    }
    let first = request.url.as_deref().ok_or("the request's URL is unknown: give it with --url or \"url\"")?;
    let mut current = absolute(first, urls)?;
    request.url = Some(current.clone().into_bytes());
    let mut previous: Option<Response> = exchange.hops.first().and_then(|hop| hop.response.clone());
    for hop in exchange.hops.iter_mut().skip(1) {
        let location = previous.as_ref().and_then(|response| location(response, &current, urls));
        let next = next_url(hop.url.as_deref(), location, urls)?;
        hop.url = Some(next.clone().unwrap_or_default().into_bytes());
        current = next.unwrap_or(current);
        previous.clone_from(&hop.response);
    }
    if let Some(location) = previous.as_ref().and_then(|response| location(response, &current, urls)) {
        if exchange.hops.is_empty() {
            exchange.hops.push(Hop::default());
        }
        let url = location.unwrap_or_default().into_bytes();
        exchange.hops.push(Hop { url: Some(url), ..Hop::default() });
    }
    Ok(())
}

/// Where a redirect leads. `Some(None)`: `Location` is not a valid URL.
fn location(response: &Response, base: &str, urls: &dyn Urls) -> Option<Option<String>> {
    let view = browser::Response { status: response.status, headers: &[] };
    let is_location = |line: &&(Vec<u8>, Vec<u8>)| line.0.eq_ignore_ascii_case(b"location");
    let mut lines = response.headers.iter().filter(is_location).filter(|_| view.is_redirect());
    let (_, first) = lines.next()?;
    if lines.any(|(_, other)| other != first) {
        return Some(None);
    }
    // Bytes above 0x7F are read as UTF-8, as browsers do.
    let mut target = urls.parse(String::from_utf8_lossy(first).trim_matches([' ', '\t']), Some(base)).ok();
    if let Some(target) = target.as_mut().filter(|target| !target.contains('#')) {
        // A redirect keeps the fragment (Fetch 2.2.6, location URL).
        target.extend(base.find('#').and_then(|at| base.get(at..)));
    }
    Some(target)
}

/// The given URL, or `Location` if that is a URL that no browser follows.
fn next_url(given: Option<&[u8]>, location: Option<Option<String>>, urls: &dyn Urls) -> Result<Option<String>, String> {
    let is_refused = |url: &str| !(url.starts_with("http:") || url.starts_with("https:")) || Place::has_userinfo(url);
    match (given, location) {
        (_, Some(Some(url))) if is_refused(&url) => Ok(Some(url)),
        (Some(given), _) => absolute(given, urls).map(Some),
        (None, Some(url)) => Ok(url),
        (None, None) => {
            Err("the URL of a later hop is unknown, because the response before it is not a redirect with a Location: give its url"
                .to_owned())
        }
    }
}

fn absolute(text: &[u8], urls: &dyn Urls) -> Result<String, String> {
    let shown = || corsac::Escaped(text.get(..200).unwrap_or(text)).to_string();
    let text = str::from_utf8(text).map_err(|_| format!("\"{}\" is not a valid URL: it is not UTF-8", shown()))?;
    urls.parse(text, None).map_err(|error| {
        format!(
            "\"{}\" is not a valid URL ({error}): write a whole URL, such as https://api.example.com/things",
            shown()
        )
    })
}
