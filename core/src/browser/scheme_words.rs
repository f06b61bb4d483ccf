//! Which URLs a console reports because their scheme is not `http:`. Each browser refuses some of
//! them before its CORS code sees them, and then reports nothing.

use super::profile::Profile;
use super::script::{Mode, ScriptRequest};
use super::step::{Step, Tainting};
use super::url::{Url, are_same_origin};

/// Whether the console reports the first URL.
pub(super) fn names_first(profile: Profile, request: &ScriptRequest<'_>) -> bool {
    let scheme = scheme_of(request.url);
    let is_cors = request.mode == Mode::Cors;
    match profile {
        Profile::Spec => false,
        Profile::Chromium => match scheme {
            b"chrome-extension" | b"file" => false,
            b"blob" => is_cors && !request.is_xhr() && !is_own_blob(request),
            b"chrome" | b"filesystem" | b"ftp" | b"view-source" => !request.is_xhr(),
            _ => true,
        },
        Profile::Firefox => is_cors && (scheme == b"javascript" || !is_refused_unread(profile, request.url)),
        Profile::WebKit => is_cors && !is_own_blob(request),
    }
}

/// Whether Chromium reports the URL to which this step is redirected.
pub(super) fn chromium_names_redirect(step: &Step<'_>, url: &[u8]) -> bool {
    const REFUSED: [&[u8]; 8] =
        [b"about", b"blob", b"chrome", b"chrome-extension", b"data", b"file", b"filesystem", b"view-source"];
    let is_named = match scheme_of(url) {
        // Its network stack follows a simple request on its own, and refuses these.
        b"ws" | b"wss" => step.tainting() == Tainting::Basic || step.needs_preflight(Profile::Chromium),
        b"" => false,
        scheme => !REFUSED.contains(&scheme),
    };
    step.request().mode == Mode::Cors && is_named
}

/// Whether WebKit refuses the target of this redirect before its CORS code sees it: the redirect is
/// one of the page's own origin, and leads to a local resource, or away from a page of `https:`.
pub(super) fn is_refused_early_by_webkit(step: &Step<'_>, url: &[u8]) -> bool {
    let is_insecure = match scheme_of(url) {
        b"blob" | b"file" => true,
        // Secure schemes. Of ftp:, and of what is not a URL, its console says something else.
        b"about" | b"data" | b"https" | b"wss" | b"ftp" | b"" => false,
        _ => step.request().origin.starts_with(b"https:"),
    };
    step.tainting() == Tainting::Basic && is_insecure
}

/// A redirect that this browser refuses before it checks the response: one that does not lead to a
/// URL, and in Firefox and WebKit one to some schemes.
pub(super) fn is_refused_unread(profile: Profile, url: &[u8]) -> bool {
    let is_of = |schemes: &[&[u8]]| Url::parse(url).is_some_and(|url| schemes.contains(&url.scheme));
    match profile {
        Profile::Spec => false,
        Profile::Chromium => url.is_empty(),
        Profile::Firefox => {
            url.is_empty()
                || url.starts_with(b"about:srcdoc")
                || is_of(&[
                    b"data",
                    b"javascript",
                    b"ws",
                    b"wss",
                    b"chrome",
                    b"resource",
                    b"blob",
                    b"file",
                    b"view-source",
                ])
        }
        Profile::WebKit => is_of(&[b"ftp"]),
    }
}

/// Whether it is a `blob:` URL of the page's own origin.
pub(super) fn is_own_blob(request: &ScriptRequest<'_>) -> bool {
    request.url.strip_prefix(b"blob:").is_some_and(|inner| are_same_origin(request.origin, inner))
}

fn scheme_of(url: &[u8]) -> &[u8] {
    Url::parse(url).map_or(b"", |url| url.scheme)
}
