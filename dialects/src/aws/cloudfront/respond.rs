//! The simulator: CloudFront never responds to a preflight. It adds headers to what the origin sends.

use super::super::lists::set_list;
use super::origins::{Match, match_of};
use super::read::Options;
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, CORS_HEADERS, Received, Sent, Upstream};

pub(super) fn respond(options: &Options, request: &Received, upstream: &Upstream) -> Sent {
    let mut sent = Sent::by_upstream(upstream);
    let Some(origin) = request.first("origin") else { return sent };
    let origin = String::from_utf8_lossy(origin).into_owned();
    sent.doubt("vary");
    let best = options.lists.origins.iter().map(|(entry, _)| match_of(entry, &origin)).max().unwrap_or(Match::No);
    match best {
        Match::No => return sent,
        Match::Unknown => {
            sent.doubt("access-control-allow-origin");
            return sent;
        }
        Match::Yes => {}
    }
    let is_any = options.lists.origins.iter().any(|(entry, _)| entry == "*");
    let mut own = Sent::by_product(200);
    own.set(ACAO, if is_any { "*" } else { &origin });
    if options.lists.credentials {
        own.set(ACAC, "true");
        if is_any {
            own.doubt("access-control-allow-origin");
        }
    }
    if request.is_preflight() {
        set_list(&mut own, ACAM, &options.lists.methods);
        set_list(&mut own, ACAH, &options.lists.headers);
        if let Some(seconds) = options.lists.max_age {
            own.set(ACMA, seconds.to_string());
        }
    }
    set_list(&mut own, ACEH, &options.lists.expose);
    let has_some = CORS_HEADERS.iter().any(|name| sent.all(name).next().is_some());
    for (name, value) in own.headers {
        let name = String::from_utf8_lossy(&name).into_owned();
        // Without an override, the documentation says that the origin's header wins. Emulators then leave all of the policy's out.
        if options.overrides || sent.all(&name).next().is_none() {
            sent.set(&name, value);
        }
    }
    for what in own.unknown {
        sent.doubt(what);
    }
    if has_some && !options.overrides {
        sent.doubt("access-control-allow-origin");
    }
    sent
}
