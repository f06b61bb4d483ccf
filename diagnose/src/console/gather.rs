//! Finds the messages of a paste.

use std::sync::LazyLock;

use corsac::browser::{AddressSpace, BlockedCode, Cause, Part, Profile, decode_delivery};

use super::clean::Paste;
use super::languages;
use super::merge::{is_weak, merge};
use super::message::{Message, Messages};
use super::neighbours;
use super::template::{Filled, Fit, Meaning, Says, Shape, cut_reason, fits, shapes};
use super::trace::{is_about_preflight, told_error, told_of_preflight, traces};
use super::traced::{from_traces, of_status_alone};
use super::why::NO_VALUE;
use super::{prose, script, translated, words};
use crate::capture::is_capture;
use crate::certainty::Certainty;

/// How far a reason can be from the message that it belongs to: the name of a file or two.
const NEAR: usize = 300;

/// How far the parts of one message about a policy are from each other: `an ancestor`, `the document`.
const CLOSE: usize = 40;

pub(super) fn read(text: &str) -> Messages {
    let paste = Paste::new(text);
    let mut found = gather(&paste.whole);
    if found.list.is_empty() {
        // A terminal may have broken words.
        found = gather(&paste.lines.concat());
    }
    found.traces = traces(&paste);
    let mut cut = paste.lines.iter().chain([&paste.whole]).filter_map(|line| reason_of_cut(line));
    for message in found.list.iter_mut().filter(|message| message.code.is_none() && message.neighbour.is_none()) {
        if let Some(code) = cut.next().filter(|_| !message.browsers.is_empty()) {
            message.code = Some(code);
            message.certainty = Certainty::Likely;
            message.part = message.part.or(code.is_of_preflight().then_some(Part::Preflight));
        }
    }
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
    if let Some(code) = prose::insecure(&paste.whole) {
        for message in found.list.iter_mut().filter(|message| message.neighbour == Some("insecure-operation")) {
            message.neighbour = Some(code);
            message.certainty = Certainty::Likely;
        }
    }
    merge(&mut found.list);
    if found.list.iter().all(is_weak) {
        found.list.extend(prose::read(&paste.whole));
        merge(&mut found.list);
    }
    found.sent_header = script::sent_header(&paste.whole).map(str::to_owned);
    if found.list.is_empty() && found.sent_header.is_some() {
        found.list.push(Message {
            neighbour: Some("response-header-sent"),
            value: found.sent_header.clone(),
            certainty: Certainty::Likely,
            ..Message::default()
        });
    }
    if found.list.is_empty()
        && let Some(values) = two_headers(&paste.lines)
    {
        found.list.push(Message { code: Some(BlockedCode::AcaoMultiple), value: Some(values), ..Message::default() });
    }
    if found.list.iter().all(|message| message.only_informs) && !is_capture(text) {
        let told = told_error(&paste.whole).or_else(|| told_of_preflight(&paste.whole));
        let mut alone = of_status_alone(&found.traces, told);
        if let Some(message) = alone.as_mut().filter(|message| message.status.is_some_and(|status| status < 500))
            && is_about_preflight(&paste.whole)
        {
            let is_redirect = message.status.is_some_and(|status| status < 400);
            let code = if is_redirect { BlockedCode::PreflightRedirect } else { BlockedCode::PreflightStatus };
            *message =
                Message { neighbour: None, code: Some(code), part: Some(Part::Preflight), ..std::mem::take(message) };
        }
        if alone.is_some() {
            found.list.clear();
        }
        found.list.extend(alone);
    }
    if let Some(values) = two_values(&paste.whole) {
        let is_hidden = |message: &&mut Message| message.value.as_deref() == Some(NO_VALUE);
        for message in found.list.iter_mut().filter(is_hidden) {
            message.code = Some(BlockedCode::AcaoMultiple);
            message.value = Some(values.clone());
        }
    }
    if is_from_cache(&paste.whole) {
        for message in &mut found.list {
            message.is_cached = true;
        }
    }
    found
}

/// Whether a paste has headers by which caches say that a response is a copy.
fn is_from_cache(text: &str) -> bool {
    let text = format!(" {}", text.to_ascii_lowercase());
    let aged = |(_, after): (&str, &str)| after.starts_with(|c: char| c.is_ascii_digit() && c != '0');
    text.split_once(" age: ").is_some_and(aged)
        || [" x-cache: hit", " cf-cache-status: hit", " x-cache-status: hit", " x-proxy-cache: hit"]
            .into_iter()
            .any(|header| text.contains(header))
}

/// The first two values of `Access-Control-Allow-Origin`, if a paste has a response with a list of them.
fn two_values(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let is_one = |word: &str| word.trim_end_matches(',') == "*" || word.contains("://");
    lower.match_indices("access-control-allow-origin").find_map(|(at, name)| {
        let value = text.get(at + name.len()..)?.trim_start_matches([':', ' ']);
        let mut words = value.split(' ');
        let (first, second) = (words.next()?, words.next()?);
        (first.ends_with(',') && is_one(first) && is_one(second)).then(|| format!("{first} {second}"))
    })
}

/// The code of a line whose reason is cut off, as titles and lists of errors cut it: `... (Reason: CORS header 'Access-Control-Allow-Origin' m`.
fn reason_of_cut(line: &str) -> Option<BlockedCode> {
    /// What begins with less may go on in many ways.
    const SHORTEST: usize = 10;
    const BEFORE: [&str; 3] = ["access control check: ", "blocked by cors policy: ", "(reason: "];
    let lower = line.to_ascii_lowercase();
    let (_, rest) = BEFORE.iter().find_map(|mark| lower.rsplit_once(mark))?;
    let rest = rest.trim_end_matches(['.', '…', ' ', '\'']);
    let is_begun = "response to preflight request doesn't pass access control check".starts_with(rest);
    (rest.len() >= SHORTEST && !is_begun).then(|| cut_reason(&SHAPES, rest))?
}

/// The values of the first two lines with `Access-Control-Allow-Origin`, in a list of headers without the words of a browser.
fn two_headers(lines: &[String]) -> Option<String> {
    // Two responses are further apart.
    const NEAR: usize = 2;
    // Below another command, or another first line, is another response.
    let is_other = |line: &str| line.starts_with("$ ") || line.contains("curl ") || line.starts_with("HTTP/");
    let from = lines.iter().position(|line| allowed_origin(line).is_some())?;
    let own = lines.iter().enumerate().skip(from).take_while(|(_, line)| !is_other(line));
    let mut found = own.filter_map(|(at, line)| Some((at, allowed_origin(line)?)));
    let mut last = found.next()?;
    found.find_map(|(at, value)| {
        let (before, other) = std::mem::replace(&mut last, (at, value));
        (at - before <= NEAR).then(|| format!("{other}, {value}"))
    })
}

/// The value of a line that is the header and nothing else.
fn allowed_origin(line: &str) -> Option<&str> {
    const NAME: &str = "access-control-allow-origin";
    let line = line.trim_start_matches(['|', '<', '-', '\'', ' ']);
    line.get(..NAME.len()).filter(|name| name.eq_ignore_ascii_case(NAME))?;
    let rest = line.get(NAME.len()..)?.trim_start_matches('\'').trim_start().strip_prefix([':', '|', '='])?;
    let value = rest.trim_matches([' ', '|', '\'', ';']);
    (!value.is_empty() && !value.contains(' ')).then_some(value)
}

fn of_translated(line: translated::Translated) -> Message {
    Message {
        browsers: vec![if line.page.is_some() { Profile::Chromium } else { Profile::Firefox }],
        origin: line.page,
        code: Some(line.code),
        certainty: Certainty::Likely,
        part: line.is_preflight.then_some(Part::Preflight),
        url: Some(line.url),
        value: line.value,
        status: line.status,
        is_translated: true,
        ..Message::default()
    }
}

/// Every template of this crate but Firefox's languages.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(|| shapes(words::all().into_iter().chain(neighbours::all())));

fn gather(text: &str) -> Messages {
    let mut found = Messages::default();
    // The end of the message before, and whether a reason about a preflight is ahead.
    let (mut end, mut preflight) = (0, false);
    for fit in fits(SHAPES.iter().chain(languages::all_of(text)), text) {
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
            Says::Reason(profile, code) | Says::Vague(profile, code) => {
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
                message.is_vague = matches!(fit.says, Says::Vague(..));
                message.is_redirect |= is_redirection(&fit, text);
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
            // The end of a message that has said it more closely.
            Says::Neighbour("csp-other")
                if fit.filled == Filled::default()
                    && fit.start.saturating_sub(end) <= CLOSE
                    && found.list.last().is_some_and(|message| message.neighbour.is_some()) => {}
            Says::Neighbour(code) | Says::Notice(code) => found.list.push(Message {
                // Firefox has the same words for an EventSource.
                neighbour: Some(match code {
                    "websocket" if fit.filled.url.as_ref().is_some_and(|url| url.starts_with("http")) => {
                        "event-stream-lost"
                    }
                    code => code,
                }),
                only_informs: matches!(fit.says, Says::Notice(_)) || is_only_reported(text, &fit),
                url: fit.filled.url,
                origin: fit.filled.origin,
                value: fit.filled.value,
                status: fit.filled.status,
                ..Message::default()
            }),
            Says::Foreign(language, meaning) => {
                let mut message = Message {
                    browsers: vec![Profile::Firefox],
                    url: fit.filled.url.clone(),
                    is_translated: true,
                    language: Some(language),
                    ..Message::default()
                };
                match meaning {
                    Meaning::Reason(code) => set_reason(&mut message, code, &fit),
                    Meaning::Neighbour(code) => message.neighbour = Some(code),
                }
                found.list.push(message);
            }
            Says::Server(cause) => found.list.push(Message {
                origin: fit.filled.origin,
                value: fit.filled.value,
                code: Some(match cause {
                    Cause::MethodNotListed => BlockedCode::MethodNotAllowed,
                    Cause::HeaderNotListed => BlockedCode::HeaderNotAllowed,
                    Cause::WildcardWithCredentials => BlockedCode::AcaoWildcardWithCredentials,
                    Cause::OptionsNotRouted => BlockedCode::PreflightStatus,
                    _ => BlockedCode::AcaoMissing,
                }),
                part: (cause == Cause::OptionsNotRouted).then_some(Part::Preflight),
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

/// Whether a policy only reports, as the words around one of its messages say.
fn is_only_reported(text: &str, fit: &Fit) -> bool {
    const BEFORE: usize = 60;
    const BEHIND: usize = 600;
    // The next message is another one.
    let before = text.get(..fit.start).unwrap_or_default();
    let before =
        before.char_indices().rev().take(BEFORE).last().and_then(|(at, _)| before.get(at..)).unwrap_or_default();
    let behind = text.get(fit.end..).unwrap_or_default();
    let behind = behind.char_indices().nth(BEHIND).and_then(|(at, _)| behind.get(..at)).unwrap_or(behind);
    let behind = behind.split(" violates ").next().unwrap_or_default();
    // The words of this message begin before what fits, if its URL is cut.
    let begin = text.get(..fit.start).unwrap_or_default().rsplit_once("Refused to ").map_or("", |(begin, _)| begin);
    let is_cut = fit.filled == Filled::default() && fit.start.saturating_sub(begin.len()) <= NEAR;
    let before = before.to_ascii_lowercase();
    (is_cut && begin.ends_with("[Report Only] "))
        || before.contains("[report only] ")
        || before.contains("(report-only policy)")
        || behind.contains("policy is report-only")
        || ["'disposition': 'report'", "'disposition':'report'"].iter().any(|mark| behind.contains(mark))
}

/// Whether WebKit says here that a redirect was stopped.
fn is_redirection(fit: &Fit, text: &str) -> bool {
    text.get(fit.start..).is_some_and(|text| text.starts_with("Cross-origin redirection "))
}

fn head(profile: Profile, fit: &Fit, text: &str) -> Message {
    let mut message = Message {
        browsers: vec![profile],
        url: fit.filled.url.clone(),
        from: fit.filled.from.clone(),
        origin: fit.filled.origin.clone(),
        is_manifest: text.get(fit.start..).is_some_and(|text| text.starts_with("Access to manifest ")),
        is_redirect: is_redirection(fit, text),
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
        // If a request carries credentials, Firefox reports that `*` does not match.
        BlockedCode::AcaoMismatch if filled.value.as_deref() == Some("*") => {
            is_list(BlockedCode::AcaoWildcardWithCredentials);
        }
        // A browser joins several headers to one value.
        BlockedCode::AcaoMismatch if filled.value.as_ref().is_some_and(|value| value.contains([',', ' '])) => {
            is_list(BlockedCode::AcaoMultiple);
        }
        _ => {}
    }
    if code == BlockedCode::SchemeNotHttp {
        // The list of schemes says nothing about this request, but a scheme alone is its own.
        message.value =
            message.value.take().filter(|value| value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
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
