//! Hints of a report: headers that the browser passes over, headers that belong to responses, and what is known of a host or of a header.

use corsac::browser::{BlockedCode, Cause, Exchange, Part};

use super::obstacle::{is_of_responses, obstacle};
use crate::added_headers::of_header;
use crate::hints::{MISDIRECTED, NOT_SIGNED_IN, of_foreign_server, of_host, of_sent_header};
use crate::place::Place;
use crate::{Failure, Suffixes};

const FIREWALL: &str = "A firewall or a protection in front of the server may have refused the request (its page has no CORS headers): look at its log of events.";

const LOOPBACK: &str = "localhost and 127.0.0.1 are different hosts for a browser: open the page at the one that the server allows, or allow both.";

const SEVERAL: &str = "The origins differ, so one part may have a list and send a header for each entry, as Docker's registry does: leave only this page's origin in the list, or let a proxy send the one that asked.";

const REFUSED: &str = "The server refused the request itself (403), perhaps because of its origin: some programs have a list of origins of their own.";

/// The hints for an exchange. `chief`: the failure that is explained.
pub(super) fn hints(
    exchange: &Exchange<'_>,
    chief: Option<&Failure<'_>>,
    suffixes: Option<&dyn Suffixes>,
) -> Vec<String> {
    let spelling = |who: &'static str| {
        move |(name, meant)| {
            format!("{} is not a CORS header, and {who} pass over it: was {meant} meant?", corsac::Escaped(name))
        }
    };
    let received = exchange.hops.iter().flat_map(|hop| [hop.preflight, hop.response]).flatten();
    let received = received.flat_map(|response| response.headers).map(|(name, _)| *name);
    let mut hints: Vec<String> = misspelt(received).into_iter().map(spelling("browsers")).collect();
    // A person writes these in a preflight by hand.
    let sent = exchange.request.headers.iter().map(|(name, _)| *name);
    let sent =
        sent.filter(|name| name.get(..23).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-request-")));
    hints.extend(misspelt(sent).into_iter().map(spelling("servers")));
    // Where that is the failure, its own text says so.
    let is_told = chief.is_some_and(|chief| chief.blocked.code() == BlockedCode::HeaderNotAllowed);
    let sent = exchange.request.headers.iter().filter(|(name, _)| !is_told && is_of_responses(name));
    hints.extend(sent.map(|(name, _)| of_sent_header(&corsac::Escaped(name).to_string())));
    let Some(chief) = chief else {
        hints.extend(of_status(exchange));
        return hints;
    };
    let blocked = chief.blocked;
    match blocked.code() {
        BlockedCode::HeaderNotAllowed => {
            let name: Vec<u8> = blocked.evidence().bytes().collect();
            hints.extend(of_header(&String::from_utf8_lossy(&name)));
        }
        BlockedCode::AcaoMissing | BlockedCode::AcaoMultiple | BlockedCode::PreflightStatus => {
            let step = exchange.steps().find(|step| step.hop() == blocked.hop());
            let url = step.and_then(|step| str::from_utf8(step.url()).ok());
            hints.extend(url.and_then(of_host).map(str::to_owned));
            if blocked.code() == BlockedCode::AcaoMultiple && are_several(exchange, chief) {
                hints.push(SEVERAL.to_owned());
            }
            if blocked.code() != BlockedCode::AcaoMultiple {
                let page = str::from_utf8(exchange.request.origin).ok();
                hints.extend(url.and_then(|url| of_foreign_server(page, url, suffixes)).map(str::to_owned));
                hints.extend(of_page(exchange, chief).map(str::to_owned));
                let is_forbidden = chief.cause == Cause::AuthenticationFirst && blocked.status() == Some(403);
                hints.extend(is_forbidden.then(|| NOT_SIGNED_IN.to_owned()));
                let is_refused = blocked.part() == Part::Response
                    && blocked.status() == Some(403)
                    && obstacle(exchange, chief).is_none();
                hints.extend(is_refused.then(|| REFUSED.to_owned()));
                let is_failure = blocked.status().is_some_and(|status| status >= 500);
                let is_error = (blocked.part() == Part::Response || is_failure)
                    && blocked
                        .status()
                        .is_some_and(|status| matches!(status, 400..=402 | 404..=420 | 422..=428 | 430..=501));
                hints.extend(blocked.status().filter(|_| is_error).map(of_error));
                hints.extend((blocked.status() == Some(421)).then(|| MISDIRECTED.to_owned()));
                hints.extend((is_refused && is_of_edge(exchange, chief)).then(|| FIREWALL.to_owned()));
            }
        }
        BlockedCode::AcaoMismatch => {
            let allowed: Vec<u8> = blocked.evidence().bytes().collect();
            hints.extend(are_loopback(exchange.request.origin, &allowed).then(|| LOOPBACK.to_owned()));
        }
        _ => {}
    }
    hints
}

/// Whether the values are different origins, none of which is `*`.
fn are_several(exchange: &Exchange<'_>, chief: &Failure<'_>) -> bool {
    let hop = exchange.hop(chief.blocked.hop());
    let response = if chief.blocked.part() == Part::Preflight { hop.preflight } else { hop.response };
    let headers = response.iter().flat_map(|response| response.headers);
    let mut values = headers.filter(|(name, _)| name.eq_ignore_ascii_case(b"access-control-allow-origin"));
    let (Some((_, first)), Some((_, second))) = (values.next(), values.next()) else { return false };
    first != second && [first, second].iter().all(|value| value.starts_with(b"http"))
}

/// Whether two origins differ only in how they name the visitor's own machine.
fn are_loopback(page: &[u8], allowed: &[u8]) -> bool {
    let place = |origin| Place::of(str::from_utf8(origin).ok()?).filter(Place::is_loopback);
    matches!((place(page), place(allowed)), (Some(page), Some(allowed)) if page.host != allowed.host)
}

/// The error status of a response that has no CORS headers.
fn of_error(status: u16) -> String {
    if status >= 500 {
        return format!(
            "The response is an error ({status}): read the server's log for this request, because the missing headers only hide it."
        );
    }
    let why = match status {
        401 => "a token or a cookie that is missing or has expired",
        404 | 405 | 410 => "the path, the method or a file that is not there",
        _ => "what the script sends",
    };
    format!(
        "The response is an error ({status}), and servers often leave CORS headers out of errors: the reason of the status may be the true fault. Check {why}, with curl too."
    )
}

/// The error status of a response that the script can read.
fn of_status(exchange: &Exchange<'_>) -> Option<String> {
    let status = exchange.hops.last()?.response?.status;
    (400..600).contains(&status).then(|| {
        format!(
            "The response is an error ({status}), and the script can read it: CORS is not why. Look for the reason of the status, such as a missing cookie or token (401), a permission (403) or the path (404)."
        )
    })
}

/// Whether the response comes from, or through, a network in front of servers that has a firewall.
fn is_of_edge(exchange: &Exchange<'_>, chief: &Failure<'_>) -> bool {
    const EDGES: [&[u8]; 7] = [
        b"cloudflare",
        b"cloudfront",
        b"akamaighost",
        b"awselb/2.0",
        b"sucuri/cloudproxy",
        b"imperva",
        b"google frontend",
    ];
    let response = exchange.hop(chief.blocked.hop()).response;
    response.is_some_and(|response| {
        response.headers.iter().any(|(name, value)| {
            name.eq_ignore_ascii_case(b"server")
                && EDGES.iter().any(|edge| value.trim_ascii().eq_ignore_ascii_case(edge))
        })
    })
}

/// A page where a script expected data.
fn of_page(exchange: &Exchange<'_>, chief: &Failure<'_>) -> Option<&'static str> {
    let hop = exchange.hop(chief.blocked.hop());
    let response = if chief.blocked.part() == Part::Preflight { hop.preflight } else { hop.response }?;
    let is_html = |(name, value): &&(&[u8], &[u8])| {
        let starts = value.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"));
        name.eq_ignore_ascii_case(b"content-type") && starts
    };
    response.headers.iter().find(is_html).map(|_| {
        "The response is an HTML page: a login, an error, a console or an app's start page. If the script expects data, check the host, the port and the path."
    })
}

/// Whether a name in lower case is one of CORS, or was meant as one.
fn is_like_cors(name: &[u8]) -> bool {
    name.starts_with(b"access-contr")
        || name.starts_with(b"accesscontrol")
        || [&b"control-allow-"[..], b"control-expose-"]
            .iter()
            .any(|part| name.windows(part.len()).any(|window| window == *part))
}

/// Headers that begin like those of CORS and are none of them, each with the one that was meant.
fn misspelt<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<(&'a [u8], &'static str)> {
    const KNOWN: [&str; 9] = [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-max-age",
        "access-control-expose-headers",
        "access-control-allow-private-network",
        "access-control-request-method",
        "access-control-request-headers",
    ];
    let mut found: Vec<(&[u8], &str)> = Vec::new();
    for name in names {
        // White space behind a name is a failure of its own.
        let lower = name.trim_ascii_end().to_ascii_lowercase();
        if !is_like_cors(&lower) || KNOWN.iter().any(|known| known.as_bytes() == lower) {
            continue;
        }
        // The known name that begins and ends the same is what was meant.
        let alike = |known: &&&str| {
            let begin = known.bytes().zip(&lower).take_while(|(a, b)| a == *b).count();
            let end = known.bytes().rev().zip(lower.iter().rev()).take_while(|(a, b)| a == *b).count();
            std::cmp::Reverse(known.len().max(lower.len()).saturating_sub(begin.saturating_add(end)))
        };
        if let Some(meant) = KNOWN.iter().max_by_key(alike)
            && !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
        {
            found.push((name, meant));
        }
    }
    found
}
