//! What a message means: the true cause before the literal one.

use corsac::browser::{BlockedCode, Cause, ConsoleMessage, Part, Profile, is_forbidden_header};

use super::message::Message;
use super::reading::{Known, Reading};
use crate::added_headers::of_header;
use crate::certainty::Certainty;
use crate::codes::neighbour;
use crate::explain::{fix, sentence};
use crate::hints;
use crate::place::Place;

/// Stands for the origin of a page that the message does not name.
const UNKNOWN_PAGE: &str = "(the page's origin)";

/// Why, if not for what the message says literally.
enum Why {
    /// A code of `neighbours.md` or `delivery.md`.
    Neighbour(&'static str, Certainty),
    /// Another cause of core.
    Cause(Cause, Certainty),
}

pub(super) fn read(message: &Message, known: Known<'_>) -> Reading {
    // What people write instead of a URL or an origin, such as "[website]", is none.
    let is_page = |page: &String| page == "null" || page.contains(':');
    let url = message.url.clone().or_else(|| known.url.map(str::to_owned));
    let page = message.origin.clone().filter(is_page).or_else(|| known.origin.map(str::to_owned));
    // People add the path of their page: an origin has none.
    let page = page.map(|page| {
        let origin = Place::of(&page).filter(Place::is_web).map(|place| place.origin());
        origin.unwrap_or(page)
    });
    let message = &Message { url: url.clone(), origin: page.clone(), ..message.clone() };
    let mut reading = Reading {
        browsers: message.browsers.iter().map(|browser| browser.name()).collect(),
        code: message.neighbour.or(message.code.map(BlockedCode::as_str)),
        certainty: message.certainty,
        page,
        url,
        redirected_from: message.from.clone(),
        part: message.part.map(Part::as_str),
        value: message.value.clone(),
        method: message.method.clone(),
        status: message.status,
        is_blocked: !message.only_informs,
        is_translated: message.is_translated,
        ..Reading::default()
    };
    match why(message) {
        Some(Why::Neighbour(code, certainty)) => {
            reading.certainty = reading.certainty.min(certainty);
            of_neighbour(&mut reading, code);
        }
        Some(Why::Cause(cause, certainty)) => {
            reading.certainty = reading.certainty.min(certainty);
            of_cause(&mut reading, message, cause);
        }
        None => match literal(message).cause() {
            Some(cause) => of_cause(&mut reading, message, cause),
            None => of_nothing(&mut reading, message),
        },
    }
    let is_foreign = reading.is_fixed_by_headers && message.code != Some(BlockedCode::AcaoMultiple);
    let hints = [
        reading.url.as_deref().filter(|_| message.neighbour.is_none()).and_then(hints::of_host),
        reading.url.as_deref().filter(|_| is_unreached(message)).and_then(hints::of_container),
        reading
            .url
            .as_deref()
            .filter(|_| is_foreign)
            .and_then(|url| hints::of_foreign_server(reading.page.as_deref(), url, known.suffixes)),
        (message.code == Some(BlockedCode::NetworkError) && message.neighbour.is_none()).then_some(
            "If the URL works there, something in the browser stops it: try a private window without extensions, ad blockers and VPN.",
        ),
        (message.code == Some(BlockedCode::SchemeNotHttp) && is_without_scheme(message.url.as_deref().unwrap_or_default()))
            .then_some("The URL has no scheme, so the browser takes what is before the first colon for one: write http:// or https:// in front."),
        (message.code == Some(BlockedCode::SchemeNotHttp) && message.url.as_deref().is_some_and(is_not_valid))
            .then_some("The URL is not valid: look at its host and its port, one of which may be there twice, and for blanks."),
        (message.neighbour.is_none() && message.status == Some(421)).then_some(hints::MISDIRECTED),
        authorization(message),
        is_file_store(message, reading.cause)
            .then_some("If the redirect is meant, such as one to a store of files, the server at its end must allow the page too: set CORS there."),
        websocket(message),
        (reading.cause == Some(Cause::RedirectPath.as_str()) && message.from.is_none() && message.value.is_none()).then_some(
            "Often the URL to which the server redirects differs only in a slash at its end, or in https: instead of http:.",
        ),
        is_local_of_unknown_page(message).then_some(
            "If the page is deployed, it asks the visitor's own machine: the address of development was probably built in. Safari also blocks http: on the own machine from a page of https:.",
        ),
        (message.is_translated && message.language.is_none()).then_some(
            "The line is a translation, read by its structure. Send the request again with corsac probe to be sure.",
        ),
    ];
    let added = message.value.as_deref().filter(|_| message.code == Some(BlockedCode::HeaderNotAllowed));
    reading.hints = added.and_then(of_header).into_iter().collect();
    reading.hints.extend(hints.into_iter().flatten().map(str::to_owned));
    reading.hints.extend(message.language.map(|language| format!("The line is Firefox's translation to {language}.")));
    let mut codes: Vec<&str> = reading.code.into_iter().chain(reading.cause).collect();
    codes.dedup();
    reading.see = codes.into_iter().map(|code| format!("docs/errors.md#{code}")).collect();
    reading
}

/// The scheme of a URL. That of a file's path on Windows is a letter.
fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once(':')?;
    let is_name =
        scheme.len() > 1 && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'));
    is_name.then_some(scheme)
}

/// `localhost:5000/api`, where a host was meant.
fn is_without_scheme(url: &str) -> bool {
    let after = url.split_once(':').map_or("", |(_, after)| after);
    !url.contains("://") && after.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether there was no response, so that the name of the host may be why.
fn is_unreached(message: &Message) -> bool {
    match message.neighbour {
        Some(code) => ["name-not-resolved", "timed-out", "connection-refused"].contains(&code),
        None => matches!(message.code, None | Some(BlockedCode::NetworkError)),
    }
}

/// A URL that begins as one of the web, and goes on as none.
fn is_not_valid(url: &str) -> bool {
    let authority = url.split_once("://").filter(|(scheme, _)| scheme.starts_with("http")).map(|(_, rest)| rest);
    let authority = authority.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    authority.is_some_and(|authority| !authority.starts_with('[') && authority.matches(':').count() > 1)
}

/// What a list that has only `*` lacks.
fn authorization(message: &Message) -> Option<&'static str> {
    let is_it = message.value.as_deref().is_some_and(|name| name.eq_ignore_ascii_case("authorization"));
    (message.code == Some(BlockedCode::HeaderNotAllowed) && is_it)
        .then_some("If the list is *, name Authorization next to it: * does not cover this header in every browser.")
}

/// Whether a redirect leads to another server that is not known as one for signing in.
fn is_file_store(message: &Message, cause: Option<&str>) -> bool {
    cause == Some(Cause::RedirectElsewhere.as_str()) && message.code == Some(BlockedCode::AcaoMissing)
}

/// What the status of a refused handshake says.
fn websocket(message: &Message) -> Option<&'static str> {
    let status = message.status.filter(|_| message.neighbour == Some("websocket"))?;
    Some(match status {
        300..=399 => {
            "The server responds with a redirect, which browsers do not follow here: use the URL to which it leads, often wss: instead of ws:, or one with or without a slash at its end."
        }
        401 => "401 is about signing in: a WebSocket carries cookies, and no header of the script's own.",
        403 => "403 is usually the check of the page's origin.",
        200 | 400 | 404 | 405 | 426 => {
            "At this path is no WebSocket server, or a proxy in between does not pass Upgrade and Connection."
        }
        502..=504 => "The proxy in front does not reach the WebSocket server.",
        _ => return None,
    })
}

/// Nothing is known but that a request to `localhost` failed.
fn is_local_of_unknown_page(message: &Message) -> bool {
    let is_unknown = matches!(message.code, None | Some(BlockedCode::NetworkError)) && message.neighbour.is_none();
    is_unknown
        && message.origin.is_none()
        && message.url.as_deref().and_then(Place::of).is_some_and(|url| url.is_loopback())
}

/// As core reads it.
fn literal(message: &Message) -> ConsoleMessage<'_> {
    ConsoleMessage {
        profile: message.browsers.first().copied().unwrap_or(Profile::Chromium),
        code: message.code,
        part: message.part,
        url: message.url.as_deref(),
        redirected_from: message.from.as_deref(),
        origin: message.origin.as_deref(),
        value: message.value.as_deref(),
        status: message.status,
        is_xhr: false,
    }
}

fn of_neighbour(reading: &mut Reading, code: &'static str) {
    let Some(entry) = neighbour(code) else { return };
    let plain = |text: &str| text.replace('\n', " ").replace('`', "");
    reading.code = reading.code.or(Some(code));
    reading.cause = Some(code);
    reading.means = plain(entry.means);
    reading.fix = plain(entry.fix);
    reading.avoid = entry.avoid.map(plain);
    // Only responses have headers that the server can list.
    let is_name = |name: &&String| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if code == "unsafe-header"
        && let Some(name) = reading.value.as_ref().filter(is_name)
        && !name.eq_ignore_ascii_case("set-cookie")
        && !is_forbidden_header((name.as_bytes(), None))
    {
        reading.headers = vec![format!("Access-Control-Expose-Headers: {name}")];
    }
}

fn of_cause(reading: &mut Reading, message: &Message, cause: Cause) {
    reading.headers = headers(message, cause);
    // No server can name the page, and no other header helps.
    let is_helpless = reading.headers.is_empty() && cause.is_fixed_by_headers();
    let cause = if is_helpless { Cause::OpaqueOrigin } else { cause };
    reading.cause = Some(cause.as_str());
    // The server's own words are no header.
    reading.means = match (message.cause, cause) {
        (Some(_), Cause::OriginNotListed) => "The server says that it does not allow the page's origin.".to_owned(),
        _ => sentence(cause.sentence(), '.'),
    };
    reading.is_fixed_by_headers = cause.is_fixed_by_headers();
    reading.fix = fix(cause.advice(), !reading.headers.is_empty());
}

fn of_nothing(reading: &mut Reading, message: &Message) {
    let is_chromium = message.browsers.contains(&Profile::Chromium);
    reading.certainty = Certainty::Possible;
    reading.means = if is_chromium {
        "The reason is missing from this text, or not known."
    } else {
        "This line says that the request failed, but not why. Look for the line before it."
    }
    .to_owned();
    reading.fix = if is_chromium {
        "Paste the whole message, with the lines around it, or send the request again with corsac probe."
    } else {
        ""
    }
    .to_owned();
}

/// The headers to send, as far as the message says. Never `null`, and no origin that the message does not name.
fn headers(message: &Message, cause: Cause) -> Vec<String> {
    let page = message.origin.as_deref().unwrap_or(UNKNOWN_PAGE);
    let is_included = matches!(message.code, Some(BlockedCode::AcacNotTrue | BlockedCode::AcaoWildcardWithCredentials));
    // `https://<hidden>.example` is a page whose name somebody has removed.
    let is_removed = Place::of(page).is_none() && page.starts_with("http");
    let page = if is_removed { UNKNOWN_PAGE } else { page };
    let is_opaque = page != UNKNOWN_PAGE && Place::of(page).is_none();
    // A file has no origin that a server can name.
    if !cause.is_fixed_by_headers() || (is_opaque && is_included) {
        return Vec::new();
    }
    let mut lines = Vec::new();
    if !is_opaque {
        lines.push(format!("Access-Control-Allow-Origin: {page}"));
    }
    match (message.code, &message.value) {
        _ if is_included => lines.push("Access-Control-Allow-Credentials: true".to_owned()),
        (Some(BlockedCode::MethodNotAllowed), Some(method)) => {
            lines.push(format!("Access-Control-Allow-Methods: {method}"));
        }
        (Some(BlockedCode::HeaderNotAllowed), Some(name)) => {
            lines.push(format!("Access-Control-Allow-Headers: {name}"));
        }
        _ => {}
    }
    lines
}

/// The order of questions: is it CORS at all, the local network, a redirect, an error status. `None`: what the message says.
fn why(message: &Message) -> Option<Why> {
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
    let text = message.url.as_deref().unwrap_or_default();
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
        if page.is_web() && !page.is_loopback() && !page.is_private() && url.is_loopback() && !is_lna {
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
                401 | 403 if is_preflight && hints::is_bucket(text) => Some(Why::Cause(Cause::NoCorsHeaders, Likely)),
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
            let is_other = page.is_some_and(|page| page.host != url.host);
            let is_asked =
                url.is_login() && url.path.contains("authorize") && message.code != Some(BlockedCode::HeaderNotAllowed);
            return (is_other && is_asked).then_some(Why::Neighbour("login-redirect", Likely));
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
        413 | 429 | 502..=504 | 520..=524 => neighbour(crate::codes::of_status(status)),
        501 if is_preflight => Some(Why::Cause(Cause::OptionsNotRouted, Likely)),
        500..=599 => neighbour("server-error"),
        401 | 403 | 407 if is_preflight => Some(Why::Cause(Cause::AuthenticationFirst, Likely)),
        404 | 405 if is_preflight => Some(Why::Cause(Cause::OptionsNotRouted, Likely)),
        300..=399 if status != 304 => Some(Why::Cause(Cause::RedirectPath, Likely)),
        400..=499 if !is_preflight => Some(Why::Cause(Cause::ErrorPage, Likely)),
        _ => None,
    }
}
