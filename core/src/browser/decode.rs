//! Reads a pasted console message: which browser wrote it, the code, the URL and the origin.

use super::blocked::{BlockedCode, Part};
use super::console_text::{
    ALL, CHROMIUM, CHROMIUM_DECODED, CHROMIUM_PREFLIGHT, FIREFOX, FIREFOX_DECODED, FIREFOX_START, Reason, WEBKIT,
    WEBKIT_DECODED, WEBKIT_NOT_REQUESTED,
};
use super::profile::Profile;
use super::text::{contains, find as find_text, split_once};

/// What a console message says.
///
/// ```
/// use corsac::browser::{Cause, ConsoleMessage, Profile, decode_console};
/// let message: Option<ConsoleMessage> = decode_console(
///     "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
///      (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 200.",
/// );
/// let message = message.expect("a message of Firefox");
/// assert_eq!((message.profile, message.url), (Profile::Firefox, Some("https://api.example/x")));
/// assert_eq!(message.status, Some(200));
/// assert_eq!(message.cause(), Some(Cause::NoCorsHeaders));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleMessage<'a> {
    /// The browser that writes messages like this.
    pub profile: Profile,
    /// Why the request or response is blocked. `None` if the message gives no known reason.
    pub code: Option<BlockedCode>,
    /// In which response, if the message says so.
    pub part: Option<Part>,
    /// The requested URL.
    pub url: Option<&'a str>,
    /// The first URL of the redirect chain.
    pub redirected_from: Option<&'a str>,
    /// The page's origin.
    pub origin: Option<&'a str>,
    /// What the browser filled in: a header's value, a method, a name.
    pub value: Option<&'a str>,
    /// The status in the message.
    pub status: Option<u16>,
    /// Whether it is about `XMLHttpRequest` and not `fetch()`.
    pub is_xhr: bool,
}

/// Decodes a console message of Chromium, Firefox or WebKit. Text before the message does no harm
/// (`app.js:3 `). `None` if it is not a message about CORS.
///
/// ```
/// use corsac::browser::{BlockedCode, Profile, decode_console};
/// let message = decode_console(
///     "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: \
///      No 'Access-Control-Allow-Origin' header is present on the requested resource.",
/// ).unwrap();
/// assert_eq!((message.profile, message.code), (Profile::Chromium, Some(BlockedCode::AcaoMissing)));
/// assert_eq!(message.origin, Some("https://app.example"));
/// ```
#[must_use]
pub fn decode_console(text: &str) -> Option<ConsoleMessage<'_>> {
    chromium(text).or_else(|| firefox(text)).or_else(|| webkit(text))
}

/// The reason that a browser's message gives for a failure, with `{}` where the browser fills something in.
///
/// ```
/// use corsac::browser::{BlockedCode, ConsoleReason, Profile, console_reasons};
/// let missing = |reason: &ConsoleReason| (reason.profile, reason.code) == (Profile::Chromium, BlockedCode::AcaoMissing);
/// let reason = console_reasons().find(missing).expect("Chromium has words for it");
/// assert_eq!(reason.text, "No 'Access-Control-Allow-Origin' header is present on the requested resource.");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsoleReason {
    /// The browser that writes it.
    pub profile: Profile,
    /// What it means. Several codes can share one text.
    pub code: BlockedCode,
    /// The text.
    pub text: &'static str,
}

/// Every reason that [`decode_console`] knows, for a reader of pastes that browsers did not write like this.
///
/// ```
/// let reasons = corsac::browser::console_reasons();
/// assert!(reasons.into_iter().any(|reason| reason.text.contains("Access-Control-Allow-Methods")));
/// ```
pub fn console_reasons() -> impl Iterator<Item = ConsoleReason> {
    ALL.iter().flat_map(|(profile, tables)| {
        let reasons = tables.iter().copied().flatten();
        reasons.map(|reason| ConsoleReason { profile: *profile, code: reason.code, text: reason.text })
    })
}

const fn empty<'a>(profile: Profile) -> ConsoleMessage<'a> {
    ConsoleMessage {
        profile,
        code: None,
        part: None,
        url: None,
        redirected_from: None,
        origin: None,
        value: None,
        status: None,
        is_xhr: false,
    }
}

/// The text between two others, and what follows the second.
fn between<'t>(text: &'t str, before: &str, after: &str) -> Option<(&'t str, &'t str)> {
    split_once(split_once(text, before)?.1, after)
}

fn chromium(text: &str) -> Option<ConsoleMessage<'_>> {
    let (head, reason) = match split_once(text, "blocked by CORS policy: ") {
        Some(parts) => parts,
        None => (
            "",
            split_once(text, "Fetch API cannot load ")
                .filter(|_| contains(text, ". Request mode is ") || contains(text, ". URL scheme "))?
                .1,
        ),
    };
    let mut message = empty(Profile::Chromium);
    message.is_xhr = contains(head, "Access to XMLHttpRequest at ");
    message.url = between(head, " at '", "' ").map(|(url, _)| url);
    message.redirected_from = between(head, "(redirected from '", "') ").map(|(url, _)| url);
    message.origin = between(head, "from origin '", "' ").map(|(origin, _)| origin);
    if let Some((url, _)) = split_once(reason, ". URL scheme \"") {
        message.url = Some(url);
        message.code = Some(BlockedCode::SchemeNotHttp);
        return Some(message);
    }
    if let Some((url, _)) = split_once(reason, ". Request mode is \"same-origin\"") {
        message.url = Some(url);
        message.code = Some(BlockedCode::ModeSameOrigin);
        return Some(message);
    }
    let check = reason.strip_prefix(CHROMIUM_PREFLIGHT);
    let reasons = [CHROMIUM, CHROMIUM_DECODED];
    if let Some((code, value, _)) = find(&reasons, check.unwrap_or(reason)) {
        message.code = Some(code);
        message.value = value;
        let is_preflight = check.is_some() || code.is_of_preflight();
        message.part = Some(if is_preflight { Part::Preflight } else { Part::Response });
    }
    Some(message)
}

fn firefox(text: &str) -> Option<ConsoleMessage<'_>> {
    let (_, rest) = split_once(text, FIREFOX_START)?;
    let mut message = empty(Profile::Firefox);
    let (url, reason) = split_once(rest, ". (Reason: ").unwrap_or((rest, ""));
    message.url = Some(url.trim_start_matches('‘').trim_end_matches('’'));
    if let Some((code, value, after)) = find(&[FIREFOX, FIREFOX_DECODED], reason) {
        // Firefox has one sentence for all three codes, and several lines are one value in it.
        let is_mismatch = code == BlockedCode::AcaoMismatch;
        let several = value.is_some_and(|value| is_mismatch && value.bytes().any(|b| matches!(b, b',' | b' ')));
        message.code = Some(if several { BlockedCode::AcaoMultiple } else { code });
        message.value = value;
        message.status = split_once(after, "Status code: ").and_then(|(_, status)| number(status));
        message.part = code.is_of_preflight().then_some(Part::Preflight);
    }
    Some(message)
}

fn webkit(text: &str) -> Option<ConsoleMessage<'_>> {
    let mut message = empty(Profile::WebKit);
    // Both follow a line that has the reason: mixed content, for one.
    let is_load = contains(text, " due to access control checks") || contains(text, WEBKIT_NOT_REQUESTED);
    if let Some((url, _)) = between(text, " cannot load ", " due to access control checks") {
        message.url = Some(url);
        message.is_xhr = contains(text, "XMLHttpRequest cannot load ");
    }
    let redirect = between(text, "Cross-origin redirection to ", " denied by Cross-Origin Resource Sharing policy: ");
    message.url = message.url.or(redirect.map(|(url, _)| url));
    let reason = redirect.map_or(text, |(_, reason)| reason);
    if let Some((code, value, after)) = find_inside(&[WEBKIT, WEBKIT_DECODED], reason) {
        message.code = Some(code);
        message.part = code.is_of_preflight().then_some(Part::Preflight);
        message.status = split_once(after, "Status code: ").and_then(|(_, status)| number(status));
        let names_origin = matches!(code, BlockedCode::AcaoMissing | BlockedCode::AcaoMismatch);
        if names_origin { message.origin = value } else { message.value = value }
    }
    (message.code.is_some() || is_load || redirect.is_some()).then_some(message)
}

fn number(text: &str) -> Option<u16> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// The reason that a text begins with: its code, what was filled in first, and what follows.
fn find<'t>(tables: &[&[Reason]], text: &'t str) -> Option<(BlockedCode, Option<&'t str>, &'t str)> {
    tables.iter().copied().flatten().find_map(|reason| {
        let (value, after) = fits(reason.text, text)?;
        Some((reason.code, value, after))
    })
}

/// The same, for a reason that another text may precede.
fn find_inside<'t>(tables: &[&[Reason]], text: &'t str) -> Option<(BlockedCode, Option<&'t str>, &'t str)> {
    tables.iter().copied().flatten().find_map(|reason| {
        let start = split_once(reason.text, "{}").map_or(reason.text, |(start, _)| start);
        let (value, after) = fits(reason.text, text.get(find_text(text, start)?..)?)?;
        Some((reason.code, value, after))
    })
}

/// Does the text begin with this template?
fn fits<'t>(template: &str, text: &'t str) -> Option<(Option<&'t str>, &'t str)> {
    let (start, mut template) =
        split_once(template, "{}").map_or((template, None), |(start, more)| (start, Some(more)));
    let mut rest = text.strip_prefix(start)?;
    let mut first = None;
    while let Some(more) = template {
        let (piece, next) = split_once(more, "{}").map_or((more, None), |(piece, next)| (piece, Some(next)));
        let (value, after) = if piece.is_empty() { (rest, "") } else { split_once(rest, piece)? };
        first = first.or(Some(value));
        (rest, template) = (after, next);
    }
    Some((first, rest))
}
