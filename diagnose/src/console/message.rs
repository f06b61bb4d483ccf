//! The messages of a paste, each failure once.

use std::sync::LazyLock;

use corsac::browser::{AddressSpace, BlockedCode, Cause, Part, Profile, decode_delivery};

use super::clean::Paste;
use super::neighbours::{NEIGHBOURS, NOTHING};
use super::template::{Fit, Says, Shape, fits, shapes};
use super::trace::{Trace, traces};
use super::{translated, words};
use crate::certainty::Certainty;

/// One message, or several that report the same failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) browsers: Vec<Profile>,
    pub(super) code: Option<BlockedCode>,
    /// The cause, if the text names it itself.
    pub(super) cause: Option<Cause>,
    /// The code of `neighbours.md` or `delivery.md`, if this is not about CORS.
    pub(super) neighbour: Option<&'static str>,
    /// Nothing is blocked, as far as this says.
    pub(super) only_informs: bool,
    pub(super) certainty: Certainty,
    pub(super) part: Option<Part>,
    pub(super) url: Option<String>,
    pub(super) from: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) value: Option<String>,
    pub(super) method: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) is_manifest: bool,
    pub(super) is_translated: bool,
}

/// What a paste says.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) list: Vec<Message>,
    pub(super) traces: Vec<Trace>,
    /// A library reports a failure, and nothing says why.
    pub(super) is_nothing: bool,
}

/// How far a reason can be from the message that it belongs to: the name of a file or two.
const NEAR: usize = 300;

/// Neighbours whose words are in many texts: they count only if there is nothing else.
const WEAK: [&str; 5] =
    ["referrer-policy", "integrity-policy", "challenge-page", "canvas-tainted", "module-not-loaded"];

pub(super) fn read(text: &str) -> Messages {
    let paste = Paste::new(text);
    let mut found = gather(&paste.whole);
    if found.list.is_empty() {
        // A terminal may have broken words.
        found = gather(&paste.lines.concat());
    }
    found.traces = traces(&paste);
    for line in &paste.lines {
        let read = translated::read(line);
        // The words of a template have been read.
        if !read.is_empty() && gather(line).list.is_empty() {
            found.list.extend(read.into_iter().map(of_translated));
        }
    }
    if found.list.is_empty() {
        found.list.extend(translated::read(&paste.whole).into_iter().map(of_translated));
    }
    from_traces(&mut found);
    merge(&mut found.list);
    found
}

fn of_translated(line: translated::Translated) -> Message {
    Message {
        browsers: vec![Profile::Firefox],
        code: Some(line.code),
        certainty: Certainty::Likely,
        part: line.code.is_of_preflight().then_some(Part::Preflight),
        url: Some(line.url),
        value: line.value,
        status: line.status,
        is_translated: true,
        ..Message::default()
    }
}

/// Every template of this crate.
static SHAPES: LazyLock<Vec<Shape>> =
    LazyLock::new(|| shapes(words::all().into_iter().chain(NEIGHBOURS.iter().copied()).chain(NOTHING.iter().copied())));

fn gather(text: &str) -> Messages {
    let mut found = Messages::default();
    // The end of the message before, and whether a reason about a preflight is ahead.
    let (mut end, mut preflight) = (0, false);
    for fit in fits(&SHAPES, text) {
        let is_near = fit.start.saturating_sub(end) <= NEAR;
        let current = found.list.last_mut().filter(|message| is_near && message.neighbour.is_none());
        match fit.says {
            Says::Head(Profile::WebKit) => match current {
                // Safari writes the reason first.
                Some(message) if message.url.is_none() && message.browsers == [Profile::WebKit] => {
                    message.url.clone_from(&fit.filled.url);
                }
                _ => found.list.push(head(Profile::WebKit, &fit, text)),
            },
            // Old texts name the request, and then its redirect.
            Says::Head(profile) => match current {
                Some(message) if message.code.is_none() && message.url.is_some() && message.url == fit.filled.from => {
                    *message = head(profile, &fit, text);
                }
                _ => found.list.push(head(profile, &fit, text)),
            },
            Says::Reason(profile, code) => {
                // Safari and old versions of Chromium say it again, with the page's origin.
                let is_again = code == BlockedCode::AcaoMissing && fit.start.saturating_sub(end) <= 2;
                if let (Some(message), Some(origin)) =
                    (current, fit.filled.origin.as_ref().or(fit.filled.value.as_ref()))
                    && is_again
                    && message.code.is_some()
                {
                    message.origin = message.origin.take().or_else(|| Some(origin.clone()));
                    end = fit.end;
                    continue;
                }
                let waits = found
                    .list
                    .last_mut()
                    .filter(|message| is_near && message.neighbour.is_none() && message.code.is_none());
                let message = match waits {
                    Some(message) => message,
                    None => {
                        found.list.push(Message { browsers: profile.into_iter().collect(), ..Message::default() });
                        let Some(new) = found.list.last_mut() else { continue };
                        new
                    }
                };
                set_reason(message, code, &fit);
                if std::mem::take(&mut preflight) {
                    message.part = Some(Part::Preflight);
                }
            }
            Says::Preflight => {
                preflight = true;
                if let Some(message) = current {
                    message.part = Some(Part::Preflight);
                }
            }
            Says::Tail => {
                if let Some(message) = current {
                    message.status = message.status.or(fit.filled.status);
                    message.origin = message.origin.take().or(fit.filled.origin);
                }
            }
            Says::Delivery(known) => {
                let said = text.get(fit.start..fit.end).and_then(decode_delivery);
                let code = said.and_then(|said| said.blocked_code());
                let owned = |text: Option<&str>| text.map(str::to_owned);
                let message = Message {
                    browsers: vec![known.profile],
                    code,
                    neighbour: code.is_none().then_some(known.code.as_str()),
                    only_informs: !known.is_blocked,
                    url: owned(said.and_then(|said| said.url)),
                    origin: owned(said.and_then(|said| said.page)),
                    value: owned(said.and_then(|said| said.space).map(AddressSpace::as_str)),
                    ..Message::default()
                };
                match current {
                    // Private Network Access began as a message about CORS does.
                    Some(head) if head.code.is_none() && head.browsers == [known.profile] && head.url.is_some() => {
                        *head = Message {
                            url: head.url.take(),
                            origin: head.origin.take(),
                            from: head.from.take(),
                            ..message
                        };
                    }
                    _ => found.list.push(message),
                }
            }
            Says::Neighbour(code) => found.list.push(Message {
                neighbour: Some(code),
                url: fit.filled.url,
                origin: fit.filled.origin,
                value: fit.filled.value,
                status: fit.filled.status,
                ..Message::default()
            }),
            Says::Server(cause) => found.list.push(Message {
                code: Some(match cause {
                    Cause::MethodNotListed => BlockedCode::MethodNotAllowed,
                    Cause::HeaderNotListed => BlockedCode::HeaderNotAllowed,
                    _ => BlockedCode::AcaoMissing,
                }),
                cause: Some(cause),
                ..Message::default()
            }),
            Says::Nothing => {
                found.is_nothing = true;
                continue;
            }
        }
        end = fit.end;
    }
    found
}

fn head(profile: Profile, fit: &Fit, text: &str) -> Message {
    let mut message = Message {
        browsers: vec![profile],
        url: fit.filled.url.clone(),
        from: fit.filled.from.clone(),
        origin: fit.filled.origin.clone(),
        is_manifest: text.get(fit.start..).is_some_and(|text| text.starts_with("Access to manifest ")),
        ..Message::default()
    };
    // The beginning was cut off or changed: what is left of it names the URL and the page.
    if message.url.is_none() && profile == Profile::Chromium {
        let before = text.get(..fit.start).unwrap_or_default();
        let word = |mark: &str| {
            let word = before.rsplit_once(mark)?.1.split(' ').next()?.trim_matches(['\'', ',']);
            word.contains(':').then(|| word.to_owned())
        };
        message.url = word(" at '").or_else(|| word(" at ")).or_else(|| word("XMLHttpRequest to "));
        message.origin = word("from origin '").or_else(|| word("from origin "));
    }
    message
}

fn set_reason(message: &mut Message, code: BlockedCode, fit: &Fit) {
    let filled = &fit.filled;
    message.code = Some(code);
    message.url = message.url.take().or_else(|| filled.url.clone());
    message.status = message.status.or(filled.status);
    message.origin = message.origin.take().or_else(|| filled.origin.clone());
    message.value = filled.value.clone();
    let mut is_list = |code| message.code = Some(code);
    match code {
        // WebKit names the page here.
        BlockedCode::AcaoMissing if filled.value.is_some() => {
            message.origin = message.origin.take().or_else(|| message.value.take());
        }
        // A browser joins several headers to one value.
        BlockedCode::AcaoMismatch if filled.value.as_ref().is_some_and(|value| value.contains([',', ' '])) => {
            is_list(BlockedCode::AcaoMultiple);
        }
        _ => {}
    }
    if code == BlockedCode::SchemeNotHttp {
        // The list of schemes says nothing about this request.
        message.value = None;
    }
    if code.is_of_preflight() {
        message.part = Some(Part::Preflight);
    } else if message.part.is_none() && message.browsers == [Profile::Chromium] && is_about_response(code) {
        message.part = Some(Part::Response);
    }
}

fn is_about_response(code: BlockedCode) -> bool {
    matches!(
        code,
        BlockedCode::AcaoMissing
            | BlockedCode::AcaoMultiple
            | BlockedCode::AcaoInvalid
            | BlockedCode::AcaoMismatch
            | BlockedCode::AcaoWildcardWithCredentials
            | BlockedCode::AcacNotTrue
    )
}

/// Network errors that no message explains become messages, and the others give theirs what it lacks.
fn from_traces(found: &mut Messages) {
    for trace in &found.traces {
        let same = |message: &&mut Message| match (&message.url, &trace.url) {
            (Some(a), Some(b)) => is_same(a, b),
            _ => found.traces.len() == 1,
        };
        let known = found.list.iter_mut().find(same);
        match (known, trace.error) {
            (Some(message), _) if message.code.is_some() && message.code != Some(BlockedCode::NetworkError) => {
                message.status = message.status.or(trace.status);
                message.method = message.method.take().or_else(|| trace.method.clone());
                message.url = message.url.take().or_else(|| trace.url.clone());
            }
            (Some(message), Some(error)) if message.neighbour.is_none() => {
                *message = Message {
                    neighbour: Some(error),
                    url: message.url.take().or_else(|| trace.url.clone()),
                    ..Message::default()
                };
            }
            (Some(message), None) => {
                message.status = message.status.or(trace.status);
                message.method = message.method.take().or_else(|| trace.method.clone());
            }
            (Some(_), Some(_)) => {}
            (None, Some(error)) => found.list.push(Message {
                neighbour: Some(error),
                url: trace.url.clone(),
                method: trace.method.clone(),
                value: trace.error_text.clone(),
                ..Message::default()
            }),
            (None, None) => {}
        }
    }
}

/// Whether two URLs are the same, as far as a console shows them: it may leave out the query or cut the end.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    let bare = |url: &str| {
        let end = url.find(['?', '#', '…']).unwrap_or(url.len());
        url.get(..end).unwrap_or(url).trim_end_matches("...").trim_end_matches('/').to_owned()
    };
    bare(a) == bare(b)
}

/// Each failure once: two lines of one browser, and the same failure in two browsers.
fn merge(list: &mut Vec<Message>) {
    let all = list.clone();
    // A line that only says that a request failed gives way to one that says why.
    let says_only_that = |message: &Message| {
        message.neighbour.is_none() && matches!(message.code, None | Some(BlockedCode::NetworkError))
    };
    let is_about = |a: &Message, b: &Message| match (&a.url, &b.url) {
        (Some(a), Some(b)) => is_same(a, b),
        _ => true,
    };
    list.retain(|message| {
        let why = |other: &Message| {
            let explains = other.neighbour.is_some_and(|code| !WEAK.contains(&code) && !other.only_informs)
                || (other.neighbour.is_none() && !says_only_that(other));
            explains && is_about(message, other)
        };
        let is_cut = message.code.is_none() && message.url.is_none() && all.len() > 1 && message.neighbour.is_none();
        !(says_only_that(message) && (is_cut || all.iter().any(why)))
    });
    // What a server says of itself explains a browser's message about the same.
    if list.iter().any(|message| message.cause.is_none() && message.code.is_some() && message.neighbour.is_none()) {
        if let Some(cause) = list.iter().find_map(|message| message.cause) {
            list.retain(|message| message.cause.is_none());
            for message in list
                .iter_mut()
                .filter(|message| matches!(message.code, Some(BlockedCode::AcaoMissing | BlockedCode::PreflightStatus)))
            {
                message.cause = Some(cause);
            }
        }
    }
    // A worker that passes on what CORS has stopped reports that too.
    list.retain(|message| {
        let is_first =
            |other: &Message| other.neighbour.is_none() && !says_only_that(other) && is_about(message, other);
        !(message.neighbour == Some("service-worker") && all.iter().any(is_first))
    });
    if list.iter().any(|message| message.neighbour.is_none_or(|code| !WEAK.contains(&code))) {
        list.retain(|message| message.neighbour.is_none_or(|code| !WEAK.contains(&code)));
    }
    let mut merged: Vec<Message> = Vec::new();
    for message in list.drain(..) {
        let same = |known: &&mut Message| {
            known.code == message.code
                && known.neighbour == message.neighbour
                && is_about(known, &message)
                && (known.value.is_none()
                    || message.value.is_none()
                    || known.value == message.value
                    || message.neighbour.is_some())
        };
        match merged.iter_mut().find(same) {
            Some(known) => {
                for browser in message.browsers {
                    if !known.browsers.contains(&browser) {
                        known.browsers.push(browser);
                    }
                }
                known.part = known.part.or(message.part);
                known.status = known.status.or(message.status);
                for (slot, more) in [
                    (&mut known.url, message.url),
                    (&mut known.from, message.from),
                    (&mut known.origin, message.origin),
                    (&mut known.value, message.value),
                    (&mut known.method, message.method),
                ] {
                    *slot = slot.take().or(more);
                }
            }
            None => merged.push(message),
        }
    }
    // Safari's second line has the URL, the first the reason.
    for message in &mut merged {
        if message.url.is_none() {
            let other = all.iter().find(|other| other.url.is_some() && other.browsers == message.browsers);
            message.url = other.and_then(|other| other.url.clone());
        }
    }
    *list = merged;
}
