//! Evaluates a request against the policies of one path: the first policy that allows the request's
//! origin decides everything.

use crate::engine::decision::Decision;
use crate::engine::denial::{Denial, DenialCode};
use crate::engine::evaluate::{allows_origin, decide, decide_allowed, decide_denied, decide_plain};
use crate::engine::request::{Class, Parts};
use crate::image::layout::{Image, flag};
use crate::image::set_layout::{Entry, SetImage};
use crate::image::shape;

/// The caller's own check of an origin that no pattern matched. It also gets the number of the
/// table.
pub(crate) type TableCheck<'c> = &'c mut dyn FnMut(usize, &[u8]) -> bool;

/// Asks the policies of a path in their order. If none allows the origin, the denial of the last
/// one is reported.
pub(crate) fn decide_among<'d>(
    set: SetImage<'d>,
    entry: Entry<'d>,
    request: &Parts<'d>,
    origin_check: TableCheck<'_>,
) -> Decision<'d> {
    let image = |table| Image::or_closed(set.policy(table).unwrap_or_default());
    let class = request.class();
    let last = usize::from(entry.policies()).saturating_sub(1);
    let mut decision = if class == Class::Plain {
        decide_plain(image(entry.table(usize::from(entry.plain()))), request)
    } else {
        let mut tables = (0..last).map(|policy| entry.table(policy));
        let allowing =
            tables.find(|&table| allows_origin(image(table), request, &mut |o| origin_check(table, o)).is_ok());
        match allowing {
            Some(table) => decide_allowed(image(table), request),
            // The last policy decides whether it allows the origin or not.
            None => decide(image(entry.table(last)), request, &mut |o| origin_check(entry.table(last), o)),
        }
    };
    // Which policy decided depends on the origin, so every response of the path varies on it, and
    // on everything that any of its policies varies on.
    let vary = if class == Class::Preflight { entry.preflight_vary() } else { entry.vary() };
    decision.shape = (decision.shape & !shape::VARY) | vary;
    decision.has_timing = entry.timing() != 0;
    decision
}

/// The denial of an ambiguous path. Nothing is shared, and `Vary` keeps caches from using the
/// response for another origin.
#[cold]
pub(crate) fn decide_ambiguous<'d>(set: SetImage<'d>, path: &'d [u8], request: &Parts<'d>) -> Decision<'d> {
    let images = (0..set.tables()).filter_map(|table| set.policy(table)).map(Image::or_closed);
    let flags = images.fold(0, |flags, image| flags | image.flags());
    let vary = match request.class() {
        Class::Preflight if flags & flag::PRIVATE_NETWORK != 0 => shape::VARY_PRIVATE_NETWORK,
        Class::Preflight => shape::VARY_PREFLIGHT,
        Class::Actual | Class::Plain => shape::VARY_ORIGIN,
    };
    let denial = Denial { code: DenialCode::PathAmbiguous, offence: path };
    let mut decision = decide_denied(Image::or_closed(b""), request, denial);
    decision.shape = vary;
    decision.has_timing = flags & flag::TIMING != 0;
    decision
}
