//! Which URLs a console reports because their scheme is not `http:`. Each browser refuses some of
//! them before its CORS code sees them, and then reports nothing.

use super::profile::Profile;
use super::script::{Mode, ScriptRequest};
use super::step::{Step, Tainting};
use super::url::{Url, are_same_origin};
use crate::syntax::listed::is_one_of;

/// Whether the console reports the first URL.
pub(super) fn names_first(profile: Profile, request: &ScriptRequest<'_>) -> bool {
    let scheme = scheme_of(request.url);
    let is_cors = request.mode == Mode::Cors;
    match profile {
        Profile::Spec => false,
        Profile::Chromium => match scheme {
            b"chrome-extension" | b"file" => false,
            b"blob" => is_cors && !request.is_xhr() && !is_own_blob(request, request.url),
            b"chrome" | b"filesystem" | b"ftp" | b"view-source" => !request.is_xhr(),
            _ => true,
        },
        Profile::Firefox => is_cors && (scheme == b"javascript" || !is_refused_unread(profile, request.url)),
        Profile::WebKit => is_cors && !is_own_blob(request, request.url),
    }
}

/// Whether Chromium reports the URL to which this step is redirected with this status.
pub(super) fn chromium_names_redirect(step: &Step<'_>, status: Option<u16>, url: &[u8]) -> bool {
    const REFUSED: &[u8] = b"about,blob,chrome,chrome-extension,data,file,filesystem,view-source";
    let is_named = match scheme_of(url) {
        // Its network stack follows a simple request on its own, and refuses these. It does not
        // follow where the method changes.
        b"ws" | b"wss" => {
            step.tainting() == Tainting::Basic || step.needs_preflight(Profile::Chromium) || step.becomes_get(status)
        }
        b"" => false,
        scheme => !is_one_of(scheme, REFUSED),
    };
    step.request().mode == Mode::Cors && is_named
}

/// A redirect that this browser refuses before it checks the response: one that does not lead to a
/// URL, and in Firefox and WebKit one to some schemes.
pub(super) fn is_refused_unread(profile: Profile, url: &[u8]) -> bool {
    let is_of = |schemes| is_one_of(scheme_of(url), schemes);
    match profile {
        Profile::Spec => false,
        Profile::Chromium => url.is_empty(),
        Profile::Firefox => {
            url.is_empty()
                || is_about_page(url)
                || is_of(b"data,javascript,ws,wss,chrome,resource,blob,file,view-source")
        }
        Profile::WebKit => is_of(b"ftp,ftps"),
    }
}

/// Whether it is an `about:` URL, but not `about:blank`.
fn is_about_page(url: &[u8]) -> bool {
    url.starts_with(b"about:") && !url.starts_with(b"about:blank")
}

/// Whether it is a `blob:` URL of the page's own origin.
pub(super) fn is_own_blob(request: &ScriptRequest<'_>, url: &[u8]) -> bool {
    url.strip_prefix(b"blob:").is_some_and(|inner| are_same_origin(request.origin, inner))
}

pub(super) fn scheme_of(url: &[u8]) -> &[u8] {
    Url::parse(url).map_or(b"", |url| url.scheme)
}
