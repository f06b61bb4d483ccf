//! What a message means: the true cause before the literal one.

use corsac::browser::{BlockedCode, Cause, ConsoleMessage, Part, Profile, is_forbidden_header};

use super::message::Message;
use super::reading::{Known, Reading};
use super::why::{NO_VALUE, Why, is_without_scheme, why};
use crate::added_headers::of_header;
use crate::certainty::Certainty;
use crate::codes::neighbour;
use crate::explain::{fix, sentence};
use crate::hints;
use crate::place::Place;

/// Stands for the origin of a page that the message does not name.
const UNKNOWN_PAGE: &str = "(the page's origin)";

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
            .and_then(|url| hints::of_foreign_server(reading.page.as_deref(), url, known.suffixes))
            .map(|hint| if message.code == Some(BlockedCode::HeaderNotAllowed) { hints::FOREIGN_HEADER } else { hint }),
        (message.code == Some(BlockedCode::MethodNotAllowed) && message.value.as_deref() == Some("OPTIONS"))
            .then_some("The browser sends the preflight itself: if the script sends OPTIONS to try CORS out, leave that request out."),
        (message.code == Some(BlockedCode::AcaoMissing) && reading.cause == Some(Cause::OpaqueOrigin.as_str())).then_some(
            "This response has no CORS header at all: unless the server has a list of origins, it must send CORS headers, too.",
        ),
        (message.neighbour == Some("certificate") && message.value.as_deref().is_some_and(is_of_node)).then_some(
            "If Node.js reports this, name your authority's certificate in NODE_EXTRA_CA_CERTS: what a browser trusts does not count there.",
        ),
        (message.neighbour == Some("certificate") && message.value.as_deref().is_some_and(is_without_tls)).then_some(
            "Often no certificate is at fault here: the server speaks only http: on this port. Write http: in the URL, or let the server speak https:.",
        ),
        (message.status == Some(419)).then_some(
            "419 is Laravel's: the CSRF token is missing, or the session has expired. CORS is not why.",
        ),
        (message.value.as_deref() == Some(NO_VALUE)).then_some(
            "This Firefox writes (null) whatever the value is. Look at the header in the network panel: it may be there twice, be * although the request carries credentials, or name another origin.",
        ),
        (message.code == Some(BlockedCode::NetworkError) && message.neighbour.is_none()).then_some(
            "If the URL works there, something in the browser stops it: try a private window without extensions, ad blockers and VPN.",
        ),
        is_secure_localhost(message).then_some(
            "If the server speaks only http:, write http: in the URL: a server for development often has no certificate.",
        ),
        (message.code == Some(BlockedCode::SchemeNotHttp) && is_without_scheme(message.url.as_deref().unwrap_or_default()))
            .then_some("The URL has no scheme, so the browser takes what is before the first colon for one: write http:// or https:// in front."),
        (message.code == Some(BlockedCode::SchemeNotHttp) && message.url.as_deref().is_some_and(is_not_valid))
            .then_some("The URL is not valid: look at its host and its port, one of which may be there twice, and for blanks."),
        (message.neighbour.is_none() && message.status == Some(421)).then_some(hints::MISDIRECTED),
        (reading.cause == Some(Cause::AuthenticationFirst.as_str()) && message.status == Some(403))
            .then_some(hints::NOT_SIGNED_IN),
        authorization(message),
        is_file_store(message, reading.cause)
            .then_some("If the redirect is meant, such as one to a store of files, the server at its end must allow the page too: set CORS there."),
        websocket(message),
        (reading.cause == Some(Cause::RedirectPath.as_str()) && message.from.is_none() && message.value.is_none()).then_some(
            "Often the URL to which the server redirects differs only in a slash at its end, or in https: instead of http:.",
        ),
        is_www(message).then_some(
            "The page and the URL differ only in www: let the script and the style sheets use the page's own host, with relative URLs, and let the server redirect pages from one host to the other.",
        ),
        (message.code == Some(BlockedCode::ModeSameOrigin)).then_some(
            "Remove mode: \"same-origin\" from the request, or request a URL of the page's own origin.",
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

/// Whether Node.js says like this that it does not trust a certificate.
fn is_of_node(error: &str) -> bool {
    const WORDS: [&str; 6] = [
        "SELF_SIGNED_CERT",
        "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
        "UNABLE_TO_GET_ISSUER_CERT",
        "self signed certificate",
        "self-signed certificate",
        "unable to verify the first certificate",
    ];
    WORDS.contains(&error)
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
        500 => "The server fails, and its log says why.",
        502..=504 => "The proxy in front does not reach the WebSocket server.",
        _ => return None,
    })
}

/// Whether the hosts of the page and of the URL are one, with `www.` and without.
fn is_www(message: &Message) -> bool {
    let is_of_host = [BlockedCode::PreflightRedirect, BlockedCode::AcaoMissing, BlockedCode::AcaoMismatch];
    if !message.code.is_some_and(|code| is_of_host.contains(&code)) {
        return false;
    }
    let host = |url: &Option<String>| url.as_deref().and_then(Place::of).map(|place| place.host.to_ascii_lowercase());
    let (Some(page), Some(url)) = (host(&message.origin), host(&message.url)) else { return false };
    page.strip_prefix("www.") == Some(&url) || url.strip_prefix("www.") == Some(&page)
}

/// Nothing is known but that a request to `localhost` failed.
fn is_local_of_unknown_page(message: &Message) -> bool {
    let is_unknown = matches!(message.code, None | Some(BlockedCode::NetworkError)) && message.neighbour.is_none();
    is_unknown
        && message.origin.is_none()
        && message.url.as_deref().and_then(Place::of).is_some_and(|url| url.is_loopback())
}

/// Whether an error is that the other side does not speak TLS.
fn is_without_tls(error: &str) -> bool {
    ["SSL_PROTOCOL_ERROR", "WRONG_VERSION_NUMBER", "EPROTO", "RX_RECORD_TOO_LONG"]
        .iter()
        .any(|name| error.contains(name))
}

/// A development server that is asked over `https:` and does not respond.
fn is_secure_localhost(message: &Message) -> bool {
    message.code == Some(BlockedCode::NetworkError)
        && message.neighbour.is_none()
        && message.url.as_deref().and_then(Place::of).is_some_and(|url| url.is_loopback() && url.scheme == "https")
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
    let can_be_listed = |name: &&str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !name.eq_ignore_ascii_case("set-cookie")
            && !is_forbidden_header((name.as_bytes(), None))
    };
    if code == "unsafe-header"
        && let Some(value) = &reading.value
        && let names = value.split(", ").filter(can_be_listed).collect::<Vec<_>>()
        && !names.is_empty()
    {
        reading.headers = vec![format!("Access-Control-Expose-Headers: {}", names.join(", "))];
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
    // Both name the reason in the same message.
    let is_cut = [Profile::Chromium, Profile::Firefox].iter().any(|browser| message.browsers.contains(browser));
    reading.certainty = Certainty::Possible;
    reading.means = if is_cut {
        "The reason is missing from this text, or not known."
    } else {
        "This line says that the request failed, but not why. Look for the line before it."
    }
    .to_owned();
    reading.fix = if is_cut {
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
    let is_removed = page.starts_with("http") && Place::of(page).is_none_or(|place| place.is_placeholder());
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
