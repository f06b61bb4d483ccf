//! What WebKit's console says about URLs whose scheme is not `http:`, where CORS is not the reason.

use super::console_text::{Tail, WEBKIT_FTP, WEBKIT_LOCAL, WEBKIT_NOT_FOLLOWED, WEBKIT_NOT_REQUESTED};
use super::profile::Profile;
use super::scheme_words::{is_own_blob, is_refused_unread, scheme_of};
use super::script::{Mode, ScriptRequest};
use super::step::{Step, Tainting};

/// How WebKit's loader takes a URL for this page.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Loads {
    /// A file, or a `blob:` URL of another origin.
    Local,
    /// The page is of `https:`, and the scheme is not secure.
    Insecure,
    /// The page has an opaque origin, so that it depends on the page around it, which is not known
    /// here.
    Unknown,
    /// Nothing is wrong with it yet.
    Fine,
}

impl Loads {
    fn of(request: &ScriptRequest<'_>, url: &[u8]) -> Self {
        match scheme_of(url) {
            b"blob" if is_own_blob(request, url) => Self::Fine,
            b"blob" | b"file" => Self::Local,
            // WebKitGTK has `resource:` for what is built into a program.
            b"about" | b"data" | b"https" | b"wss" | b"resource" => Self::Fine,
            _ if request.origin == b"null" => Self::Unknown,
            _ if request.origin.starts_with(b"https:") => Self::Insecure,
            _ => Self::Fine,
        }
    }
}

/// What it writes about the first URL in mode `no-cors`.
pub(super) fn first_in_no_cors(request: &ScriptRequest<'_>) -> Option<(&'static str, Tail)> {
    let is_ftp = is_refused_unread(Profile::WebKit, request.url);
    match Loads::of(request, request.url) {
        Loads::Local | Loads::Insecure => Some((WEBKIT_NOT_REQUESTED, Tail::Nothing)),
        Loads::Fine if is_ftp => Some((WEBKIT_FTP, Tail::Nothing)),
        Loads::Fine | Loads::Unknown => None,
    }
}

/// What it writes where this step is redirected to `url`. The outer `None`: that CORS does not permit
/// it.
pub(super) fn redirect(step: &Step<'_>, url: &[u8]) -> Option<Option<(&'static str, Tail)>> {
    let request = step.request();
    let (mode, is_cors) = (request.mode, step.tainting() == Tainting::Cors);
    if is_refused_unread(Profile::WebKit, url) {
        return Some(Some((WEBKIT_FTP, Tail::Nothing)));
    }
    if is_cors {
        return None;
    }
    // It does not lead to a URL.
    if url.is_empty() {
        return Some(None);
    }
    let not_followed = Some((WEBKIT_NOT_FOLLOWED, Tail::ForFetch));
    match (Loads::of(request, url), mode) {
        (Loads::Local, _) => Some(Some((WEBKIT_LOCAL, Tail::Nothing))),
        (Loads::Insecure | Loads::Unknown, _) => Some(None),
        (Loads::Fine, _) if is_own_blob(request, url) => Some(not_followed),
        (Loads::Fine, Mode::Cors) => None,
        (Loads::Fine, Mode::NoCors) => Some(not_followed),
        (Loads::Fine, Mode::SameOrigin) => Some(None),
    }
}
