//! The simulator: what an HTTP API with CORS sends. No recorded response of AWS is known, so much is marked as uncertain.

use super::super::lists::{Lists, set_list};
use crate::message::{ACAH, ACAM, ACEH, ACMA, CORS_HEADERS, Received, Sent, Upstream};

pub(super) fn respond(lists: &Lists, request: &Received, upstream: &Upstream) -> Sent {
    if request.is_preflight() {
        // Routes do not count. Emulators say 204, and 204 or 403 for a denied one.
        let mut sent = Sent::by_product(204);
        sent.doubt("status");
        sent.doubt("vary");
        if lists.allow(request, false, &mut sent) {
            set_list(&mut sent, ACAM, &lists.methods);
            set_list(&mut sent, ACAH, &lists.headers);
            if lists.methods.iter().any(|(method, _)| method == "*") {
                // The list, or all names: unknown.
                sent.doubt("access-control-allow-methods");
            }
            if let Some(seconds) = lists.max_age {
                sent.set(ACMA, seconds.to_string());
            }
            set_list(&mut sent, ACEH, &lists.expose);
        }
        return sent;
    }
    let mut sent = Sent::by_upstream(upstream);
    // Once CORS is configured, the integration's own headers are dropped.
    for name in CORS_HEADERS {
        sent.remove(name);
    }
    sent.doubt("vary");
    if lists.allow(request, false, &mut sent) {
        set_list(&mut sent, ACEH, &lists.expose);
    }
    sent
}
