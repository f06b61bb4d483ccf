//! Each failure once: lines of one browser about the same request, the same failure in two browsers, and what follows from another one.

use corsac::browser::BlockedCode;

use super::message::Message;

/// Neighbours whose words are in many texts: they count only if there is nothing else.
const WEAK: [&str; 14] = [
    "referrer-policy",
    "integrity-policy",
    "challenge-page",
    "insecure-operation",
    "csp-not-valid",
    "event-stream-lost",
    "insecure-page",
    "manifest-type",
    "permissions-policy",
    "canvas-tainted",
    "module-not-loaded",
    "not-json",
    "opaque-response",
    "script-error",
];

/// What responds instead of the server, and says so in the body of its response.
const IN_PLACE: [&str; 9] = [
    "no-route",
    "cors-proxy",
    "deployment-protection",
    "firewall",
    "rate-limited",
    "gateway-timeout",
    "bad-gateway",
    "server-error",
    "signed-url",
];

/// Whether a message counts only if there is nothing else.
pub(super) fn is_weak(message: &Message) -> bool {
    // A message about delivery names its browser.
    let is_notice = message.only_informs && message.browsers.is_empty() && message.neighbour != Some("csp-upgrade");
    is_notice || message.neighbour.is_some_and(|code| WEAK.contains(&code))
}

/// Whether two URLs are the same, as far as a console shows them: it may leave out the query or cut the end.
pub(super) fn is_same(a: &str, b: &str) -> bool {
    let bare = |url: &str| {
        let end = url.find(['?', '#', '…']).unwrap_or(url.len());
        url.get(..end).unwrap_or(url).trim_end_matches("...").trim_end_matches('/').to_owned()
    };
    bare(a) == bare(b)
}

/// Whether two messages can be of one page: browsers write its origin in more than one way.
fn is_one_page(a: &Message, b: &Message) -> bool {
    let is_of_no_url = |message: &Message| message.url.is_none() && message.neighbour.is_none();
    match (&a.origin, &b.origin) {
        (Some(one), Some(other)) if is_of_no_url(a) && is_of_no_url(b) => {
            one.trim_end_matches('/').eq_ignore_ascii_case(other.trim_end_matches('/'))
        }
        _ => true,
    }
}

/// Each failure once: two lines of one browser, and the same failure in two browsers.
pub(super) fn merge(list: &mut Vec<Message>) {
    let all = list.clone();
    // A line that only says that a request failed gives way to one that says why.
    let says_only_that = |message: &Message| {
        message.neighbour.is_none() && matches!(message.code, None | Some(BlockedCode::NetworkError))
    };
    let is_about = |a: &Message, b: &Message| match (&a.url, &b.url) {
        (Some(a), Some(b)) => is_same(a, b),
        _ => true,
    };
    let is_cut = |message: &Message| message.code.is_none() && message.url.is_none() && message.neighbour.is_none();
    list.retain(|message| {
        let why = |other: &Message| {
            let explains = other.neighbour.is_some_and(|code| !WEAK.contains(&code) && !other.only_informs)
                || (other.neighbour.is_none() && !says_only_that(other));
            explains && is_about(message, other)
        };
        let gives_way = is_cut(message) && !all.iter().all(is_cut);
        !(says_only_that(message) && (gives_way || all.iter().any(why)))
    });
    // Words that a browser has for other reasons too give way to those that it has for one.
    if list.iter().any(|message| message.code.is_some() && !message.is_vague) {
        list.retain(|message| !message.is_vague);
    }
    // The server's own words explain what a browser reports about the same request.
    let is_of_browser = |message: &Message| message.cause.is_none() && message.code.is_some();
    if list.iter().any(is_of_browser)
        && let Some(cause) = list.iter().find_map(|message| message.cause)
    {
        list.retain(|message| message.cause.is_none());
        for message in list.iter_mut() {
            if matches!(message.code, Some(BlockedCode::AcaoMissing | BlockedCode::PreflightStatus)) {
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
    // A policy that stops a worker is why an editor has none.
    list.retain(|message| {
        let is_policy = |other: &Message| other.neighbour == Some("csp-other") && is_about(message, other);
        !(message.neighbour == Some("worker-script") && all.iter().any(is_policy))
    });
    // The upgraded request fails where no server speaks `https:`.
    if list.iter().any(|message| message.neighbour == Some("csp-upgrade")) {
        const FAILED: [&str; 5] =
            ["connection-refused", "connection-lost", "certificate", "timed-out", "name-not-resolved"];
        list.retain(|message| !says_only_that(message) && message.neighbour.is_none_or(|code| !FAILED.contains(&code)));
    }
    if !list.iter().all(is_weak) {
        list.retain(|message| !is_weak(message));
    }
    let mut merged: Vec<Message> = Vec::new();
    for message in list.drain(..) {
        let same = |known: &&mut Message| {
            known.code == message.code
                && known.neighbour == message.neighbour
                && is_one_page(known, &message)
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
                // Each line names one header.
                if known.neighbour == Some("unsafe-header")
                    && let (Some(value), Some(more)) = (&mut known.value, &message.value)
                    && value.len() < 200
                    && !value.split(", ").any(|name| name == more)
                {
                    value.push_str(", ");
                    value.push_str(more);
                }
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
    serve(list);
}

/// The words of what responds instead of the server explain the one request that has no CORS headers.
fn serve(list: &mut Vec<Message>) {
    let is_unheaded = |message: &Message| {
        message.neighbour.is_none()
            && matches!(message.code, Some(BlockedCode::AcaoMissing | BlockedCode::PreflightStatus))
    };
    let is_served =
        |message: &Message| message.url.is_none() && message.neighbour.is_some_and(|code| IN_PLACE.contains(&code));
    if list.iter().filter(|message| is_unheaded(message)).count() == 1
        && let Some(code) = list.iter().find(|message| is_served(message)).and_then(|message| message.neighbour)
    {
        list.retain(|message| !is_served(message));
        for message in list.iter_mut().filter(|message| is_unheaded(message)) {
            message.served = Some(code);
        }
    }
}
