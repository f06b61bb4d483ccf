//! The simulator: what a function URL with CORS sends. The documentation changed over time, so much is marked as uncertain.

use super::super::lists::{Lists, Match, set_list};
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, Received, Sent, Upstream};

pub(super) fn respond(lists: &Lists, request: &Received, upstream: &Upstream) -> Sent {
    let origin = request.first("origin").map(|origin| String::from_utf8_lossy(origin).into_owned());
    if request.is_preflight() {
        // The URL responds before the function runs, also where it asks for a signature.
        let mut sent = Sent::by_product(200);
        sent.doubt("status");
        sent.doubt("vary");
        if allow(lists, origin.as_deref(), &mut sent) {
            set_list(&mut sent, ACAM, &lists.methods);
            set_list(&mut sent, ACAH, &lists.headers);
            match lists.max_age {
                Some(seconds) => sent.set(ACMA, seconds.to_string()),
                // 0 by one page of the documentation, 5 by another.
                None => sent.doubt("access-control-max-age"),
            }
            if !lists.expose.is_empty() {
                sent.doubt("access-control-expose-headers");
            }
        }
        return sent;
    }
    let mut sent = Sent::by_upstream(upstream);
    sent.doubt("vary");
    // Today both sets are returned, so there are two of a header. In 2023, those of the configuration replaced the function's.
    for (name, doubt) in [
        (ACAO, "access-control-allow-origin"),
        (ACAC, "access-control-allow-credentials"),
        (ACEH, "access-control-expose-headers"),
    ] {
        if sent.all(name).next().is_some() {
            sent.doubt(doubt);
        }
    }
    let mut own = Sent::by_product(200);
    if allow(lists, origin.as_deref(), &mut own) {
        set_list(&mut own, ACEH, &lists.expose);
    }
    for what in own.unknown {
        sent.doubt(what);
    }
    sent.headers.extend(own.headers);
    sent
}

/// Writes the origin and the credentials. Returns whether the origin is allowed.
fn allow(lists: &Lists, origin: Option<&str>, sent: &mut Sent) -> bool {
    let Some(origin) = origin else { return false };
    match lists.match_of(origin) {
        Match::Any if lists.credentials => {
            // An issue shows that the origin comes back. It is not recorded.
            sent.set(ACAO, origin);
            sent.doubt("access-control-allow-origin");
        }
        Match::Any => sent.set(ACAO, "*"),
        Match::Listed => sent.set(ACAO, origin),
        Match::Unknown => {
            sent.doubt("access-control-allow-origin");
            return false;
        }
        Match::No => return false,
    }
    if lists.credentials {
        sent.set(ACAC, "true");
    }
    true
}
