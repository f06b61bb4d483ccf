//! The true cause of a message, where what it says literally is a consequence: the order of questions.

use std::borrow::Cow;

use corsac::browser::{BlockedCode, Cause, Part};

use super::message::Message;
use crate::certainty::Certainty;
use crate::hints;
use crate::place::Place;

/// The value of a header in the messages of a Firefox that did not write it.
pub(super) const NO_VALUE: &str = "(null)";

/// Why, if not for what the message says literally.
pub(super) enum Why {
    /// A code of `neighbours.md` or `delivery.md`.
    Neighbour(&'static str, Certainty),
    /// Another cause of core.
    Cause(Cause, Certainty),
}

/// The order of questions: is it CORS at all, the local network, a redirect, an error status. `None`: what the message says.
pub(super) fn why(message: &Message) -> Option<Why> {
    use Certainty::{Certain, Likely};
    let certain = |code| Some(Why::Neighbour(code, Certain));
    let likely = |code| Some(Why::Neighbour(code, Likely));
    if let Some(code) = message.neighbour {
        let starts = |start: &str| message.url.as_deref().is_some_and(|url| url.starts_with(start));
        return certain(match code {
            // `<use>` in a page that was opened as a file.
            "same-origin-only" if starts("file:") => "file-page",
            "history-url" if starts("file:") || message.origin.as_deref() == Some("null") => "file-page",
            "worker-script" if starts("file:") => "file-page",
            "local-file" if starts("blob:") => "blob-url",
            code => code,
        });
    }
    if let Some(cause) = message.cause {
        return Some(Why::Cause(cause, Certain));
    }
    if let Some(code) = message.served {
        let is_preflight = message.part == Some(Part::Preflight);
        return match code {
            // The request itself may have one.
            "no-route" if is_preflight => Some(Why::Cause(Cause::OptionsNotRouted, Likely)),
            code => likely(code),
        };
    }
    let asked = message.url.as_deref().map(with_scheme);
    let text = asked.as_deref().unwrap_or_default();
    let page = message.origin.as_deref().and_then(Place::of);
    let url = Place::of(text);
    let code = message.code;
    if text.contains("-extension://") {
        return certain("extension-url");
    }
    if text.starts_with("file:") {
        return certain(if page.is_some_and(|page| page.is_web()) { "local-file" } else { "file-page" });
    }
    if url.is_some_and(|url| is_app(url.scheme)) && code != Some(BlockedCode::SchemeNotHttp) {
        return likely("app-scheme");
    }
    if code == Some(BlockedCode::SchemeNotHttp) && message.value.as_deref().is_some_and(is_app) {
        return likely("app-scheme");
    }
    if code == Some(BlockedCode::SchemeNotHttp) && page.is_none_or(|page| page.scheme == "file") {
        return match scheme(text) {
            // The script's own mistake, such as two ports.
            Some("http" | "https") => None,
            _ if is_without_scheme(text) => None,
            Some(_) => likely("unknown-scheme"),
            None => certain("file-page"),
        };
    }
    if let (Some(page), Some(url)) = (page, url) {
        // If the browser protects the local network, somebody may mean that server.
        let is_lna = message.part.is_none()
            && matches!(
                code,
                Some(
                    BlockedCode::LocalNetworkDenied
                        | BlockedCode::LocalNetworkNotSecure
                        | BlockedCode::LocalNetworkSpaceMismatch
                )
            );
        if page.is_web()
            && !page.is_loopback()
            && !page.is_private()
            && url.is_loopback()
            && !url.is_of_vite()
            && !is_lna
            && !is_of_server(code)
        {
            return likely("deployed-localhost");
        }
        let is_refused_unseen = matches!(code, None | Some(BlockedCode::NetworkError));
        if page.scheme == "https" && url.scheme == "http" && !url.is_loopback() && is_refused_unseen {
            return likely("mixed-content");
        }
    }
    if message.is_manifest && (message.from.is_some() || url.is_some_and(|url| url.is_login())) {
        return likely("manifest-login");
    }
    if let Some(why) = redirect(message, url) {
        return Some(why);
    }
    let sent = message.value.as_deref().map(str::to_ascii_lowercase).unwrap_or_default();
    let is_of_response = sent.starts_with("access-control-") && !sent.starts_with("access-control-request-");
    // Firefox 57 to 62 have this in the place of every value.
    if code == Some(BlockedCode::AcaoMismatch) && message.value.as_deref() == Some(NO_VALUE) {
        return Some(Why::Cause(Cause::OtherOrigin, Certainty::Possible));
    }
    if let Some(cause) = slip(message) {
        return Some(Why::Cause(cause, Likely));
    }
    match (code, message.status) {
        (Some(BlockedCode::AcaoMissing | BlockedCode::AcaoMismatch), None) if message.is_cached => {
            likely("cached-response")
        }
        (Some(BlockedCode::HeaderNotAllowed), _) if is_of_response => certain("response-header-sent"),
        (
            Some(BlockedCode::AcaoMissing | BlockedCode::PreflightStatus | BlockedCode::NetworkError) | None,
            Some(status),
        ) => {
            let is_preflight = message.part == Some(Part::Preflight);
            match status {
                401 | 403 if (is_preflight || message.part.is_none()) && hints::is_bucket(text) => {
                    Some(Why::Cause(Cause::NoCorsHeaders, Likely))
                }
                403 if is_preflight && hints::has_list(text) => Some(Why::Cause(Cause::OriginNotListed, Likely)),
                401 | 403 if is_preflight && hints::is_without_preflight(text) => {
                    Some(Why::Cause(Cause::OptionsNotRouted, Likely))
                }
                _ => of_status(status, is_preflight),
            }
        }
        _ => None,
    }
}

/// Whether a server has sent CORS headers, so that there is one on the visitor's machine.
fn is_of_server(code: Option<BlockedCode>) -> bool {
    matches!(
        code,
        Some(
            BlockedCode::AcaoWildcardWithCredentials
                | BlockedCode::AcaoMismatch
                | BlockedCode::AcaoMultiple
                | BlockedCode::AcaoInvalid
                | BlockedCode::AcacNotTrue
        )
    )
}

/// Schemes under which apps have their own pages.
fn is_app(scheme: &str) -> bool {
    ["capacitor", "ionic", "tauri", "app", "vscode-webview", "vscode-file", "ms-appx-web"].contains(&scheme)
}

/// What is wrong in a value that is an origin and more, if the page is not known.
fn slip(message: &Message) -> Option<Cause> {
    if !matches!(message.code, Some(BlockedCode::AcaoMismatch | BlockedCode::AcaoInvalid)) || message.origin.is_some() {
        return None;
    }
    let value = message.value.as_deref()?;
    match Place::of(value).map(|place| place.path) {
        _ if value.contains('*') => Some(Cause::Pattern),
        Some("") => None,
        Some("/") => Some(Cause::TrailingSlash),
        Some(_) => Some(Cause::Path),
        None if value.eq_ignore_ascii_case("null") => Some(Cause::NullValue),
        None if value.contains('.') && !value.contains([' ', ',', ':']) => Some(Cause::NoScheme),
        None => None,
    }
}

/// The redirect that the message names, if it leads to another host or scheme, or a login page that it asked itself.
fn redirect(message: &Message, url: Option<Place<'_>>) -> Option<Why> {
    use Certainty::Likely;
    let is_about_headers = !matches!(
        message.code,
        Some(
            BlockedCode::SchemeNotHttp
                | BlockedCode::RedirectScheme
                | BlockedCode::RedirectUserinfo
                | BlockedCode::RedirectLimit
        )
    );
    // A URL of which a person has removed the host: a redirect that leaves the origin makes the page's `null`.
    if is_about_headers
        && message.from.is_some()
        && message.origin.as_deref() == Some("null")
        && message.from == message.url
    {
        return Some(Why::Cause(Cause::RedirectElsewhere, Likely));
    }
    let url = url.filter(|_| is_about_headers)?;
    if message.is_redirect {
        return Some(match url.is_login() {
            true => Why::Neighbour("login-redirect", Likely),
            false => Why::Cause(Cause::RedirectElsewhere, Likely),
        });
    }
    // Old texts name the end of the redirect in the value.
    let end =
        message.value.as_deref().filter(|_| message.code == Some(BlockedCode::PreflightRedirect)).and_then(Place::of);
    let (from, to) = match (message.from.as_deref().and_then(Place::of), end) {
        (Some(from), _) => (from, url),
        (None, Some(end)) => (url, end),
        (None, None) => {
            let page = message.origin.as_deref().and_then(Place::of);
            let is_other = page.is_none_or(|page| page.host != url.host);
            let is_page =
                ["authorize", "/oauth2/v2/auth", "/openid-connect/auth"].iter().any(|part| url.path.contains(part));
            let is_asked = url.is_login() && is_page && message.code != Some(BlockedCode::HeaderNotAllowed);
            // A redirect to another host makes the page's origin `null`.
            let is_end = message.origin.as_deref() == Some("null")
                && message.code == Some(BlockedCode::AcaoMissing)
                && url.is_login()
                && !url.path.contains("token");
            return (is_other && is_asked || is_end).then_some(Why::Neighbour("login-redirect", Likely));
        }
    };
    if from.host != to.host {
        let www = from.host.strip_prefix("www.") == Some(to.host) || to.host.strip_prefix("www.") == Some(from.host);
        return Some(match () {
            () if to.is_login() && !www => Why::Neighbour("login-redirect", Likely),
            () if message.origin.as_deref() == Some("null") && message.code == Some(BlockedCode::AcaoMismatch) => {
                Why::Cause(Cause::RedirectToNull, Likely)
            }
            () => Why::Cause(Cause::RedirectElsewhere, Likely),
        });
    }
    let bare = |place: Place<'_>| place.path.trim_end_matches('/').to_owned();
    match () {
        () if from.scheme == "http" && to.scheme == "https" => Some(Why::Cause(Cause::RedirectToHttps, Likely)),
        () if from.scheme == "https" && to.scheme == "http" => Some(Why::Neighbour("mixed-content", Likely)),
        () if from.path != to.path && bare(from) == bare(to) => Some(Why::Cause(Cause::RedirectSlash, Likely)),
        () if message.code == Some(BlockedCode::PreflightRedirect) && to.is_sign_in() && !from.is_sign_in() => {
            Some(Why::Neighbour("login-redirect", Certainty::Possible))
        }
        () if from.origin() != to.origin() => Some(Why::Cause(Cause::RedirectElsewhere, Likely)),
        () => None,
    }
}

/// The status is the fault; that its page has no CORS headers is a consequence.
fn of_status(status: u16, is_preflight: bool) -> Option<Why> {
    use Certainty::{Certain, Likely};
    let neighbour = |code| Some(Why::Neighbour(code, Certain));
    match status {
        413 | 429 | 502..=504 | 520..=527 | 530 => neighbour(crate::codes::of_status(status)),
        501 if is_preflight => Some(Why::Cause(Cause::OptionsNotRouted, Likely)),
        500..=599 => neighbour("server-error"),
        401 | 403 | 407 if is_preflight => Some(Why::Cause(Cause::AuthenticationFirst, Likely)),
        404 | 405 if is_preflight => Some(Why::Cause(Cause::OptionsNotRouted, Likely)),
        300..=399 if status != 304 => Some(Why::Cause(Cause::RedirectPath, Likely)),
        400..=499 if !is_preflight => Some(Why::Cause(Cause::ErrorPage, Likely)),
        _ => None,
    }
}

/// The URL that a person has written without its scheme, which is that of most.
fn with_scheme(url: &str) -> Cow<'_, str> {
    if url.contains(':') || url.starts_with('/') { url.into() } else { format!("https://{url}").into() }
}

/// The scheme of a URL. That of a file's path on Windows is a letter.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_name =
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'));
    is_name.then_some(scheme)
}

/// `localhost:5000/api`, where a host was meant.
pub(super) fn is_without_scheme(url: &str) -> bool {
    let after = url.split_once(':').map_or("", |(_, after)| after);
    !url.contains("://") && after.starts_with(|c: char| c.is_ascii_digit())
}
