//! The simulator: what a function URL with CORS sends. The documentation changed over time, so much is marked as uncertain.

use super::super::lists::{Lists, set_list};
use crate::message::{ACAH, ACAM, ACEH, ACMA, ACTUAL_HEADERS, Received, Sent, Upstream};

pub(super) fn respond(lists: &Lists, request: &Received, upstream: &Upstream) -> Sent {
    if request.is_preflight() {
        // The URL responds before the function runs, also where it asks for a signature.
        let mut sent = Sent::by_product(200);
        sent.doubt("status");
        sent.doubt("vary");
        if lists.allow(request, true, &mut sent) {
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
    for (name, doubt) in ACTUAL_HEADERS {
        if sent.all(name).next().is_some() {
            sent.doubt(doubt);
        }
    }
    let mut own = Sent::by_product(200);
    if lists.allow(request, true, &mut own) {
        set_list(&mut own, ACEH, &lists.expose);
    }
    for what in own.unknown {
        sent.doubt(what);
    }
    sent.headers.extend(own.headers);
    sent
}
