//! A policy and a request make a decision: class, origin, method, headers, in that order (DESIGN section 5).

use crate::engine::decision::Decision;
use crate::engine::denial::{Denial, DenialCode};
use crate::engine::request::{Class, Lines, Odd};
use crate::engine::requested_headers;
use crate::image::layout::{Image, Section, flag};
use crate::image::method_index::is_listed;
use crate::image::shape::{self, when};
use crate::origins::exact::is_exact;
use crate::origins::origin::{ORIGIN_MAX, Origin, is_well_formed};
use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::is_token;
use crate::syntax::method::{is_forbidden, is_safelisted};

/// The caller's judgement of an origin that no pattern matched.
pub(crate) type Judge<'j> = &'j mut dyn FnMut(&[u8]) -> bool;

/// What is decided before it is written down: the denial, the status of a preflight, and which headers there are.
struct Verdict<'r> {
    denial: Option<Denial<'r>>,
    status: u16,
    shape: u16,
}

/// The decision. A plain request, the most usual, is decided where it is asked about: nothing has to be looked up.
#[inline]
pub(crate) fn decide<'d>(
    bytes: &'d [u8],
    lines: &'d Lines<'d>,
    odd: Option<&'d Odd<'d>>,
    headers: &'d [&'d [u8]],
    judge: Judge<'_>,
) -> Decision<'d> {
    let image = Image::or_closed(bytes);
    let class = lines.class();
    let verdict = match class {
        Class::Plain => Verdict { denial: None, status: 0, shape: image.plain_shape() },
        Class::Actual => decide_actual(image, lines, odd, judge),
        Class::Preflight => decide_preflight(image, lines, odd, headers, judge),
    };
    let Verdict { denial, status, shape } = verdict;
    Decision { image, lines, headers, denial, status, shape, class, has_timing: image.has(flag::TIMING) }
}

#[inline]
fn decide_actual<'d>(image: Image<'d>, lines: &Lines<'d>, odd: Option<&Odd<'d>>, judge: Judge<'_>) -> Verdict<'d> {
    let judged = if image.has(flag::ANY_ORIGIN) { Ok(()) } else { judge_origin(image, lines, odd, judge) };
    match judged {
        Ok(()) => Verdict { denial: None, status: 0, shape: image.actual_shape() },
        Err(denial) => Verdict { denial: Some(denial), status: 0, shape: image.plain_shape() },
    }
}

#[inline(never)]
fn decide_preflight<'d>(
    image: Image<'d>,
    lines: &Lines<'d>,
    odd: Option<&Odd<'d>>,
    headers: &[&'d [u8]],
    judge: Judge<'_>,
) -> Verdict<'d> {
    let listed = image.listed_shape();
    if !image.has(flag::ANY_ORIGIN) {
        if let Err(denial) = judge_origin(image, lines, odd, judge) {
            return deny(image, denial, 403, listed & shape::VARY);
        }
    }
    if let Err(denial) = judge_method(image, lines, odd) {
        // Without a list, a browser whose preflight was forced takes the method for allowed: only the status stops it.
        let is_safe = is_safelisted(lines.requested_method);
        let has_list = listed & shape::METHOD_LIST != 0;
        let is_bound_to_fail = has_list && !is_safe && denial.code != DenialCode::MethodMalformed;
        return deny(image, denial, if is_bound_to_fail { image.status() } else { 403 }, listed);
    }
    if let Err(denial) = requested_headers::judge(image, headers, odd.and_then(|odd| odd.overflow)) {
        let is_bound_to_fail = denial.code != DenialCode::HeadersMalformed;
        return deny(image, denial, if is_bound_to_fail { image.status() } else { 403 }, listed);
    }
    let asks_private = lines.asks_private_network() && image.has(flag::PRIVATE_NETWORK);
    let shape = image.preflight_shape() | when(asks_private, shape::PRIVATE_NETWORK);
    Verdict { denial: None, status: image.status(), shape }
}

fn deny<'r>(image: Image<'_>, denial: Denial<'r>, status: u16, shape: u16) -> Verdict<'r> {
    let status = match image.denied_status() {
        0 => status,
        configured => configured,
    };
    Verdict { denial: Some(denial), status, shape }
}

/// Exactly one line, allowed by a pattern or by the caller.
#[inline]
fn judge_origin<'r>(
    image: Image<'_>,
    lines: &Lines<'r>,
    odd: Option<&Odd<'r>>,
    judge: Judge<'_>,
) -> Result<(), Denial<'r>> {
    let (origin, second) = (lines.origin, odd.and_then(|odd| odd.origin));
    if second.is_none() && is_exact(image, origin) { Ok(()) } else { judge_other_origin(image, origin, second, judge) }
}

/// As above, of origins that are no entry of the list.
#[inline(never)]
fn judge_other_origin<'r>(
    image: Image<'_>,
    origin: &'r [u8],
    second: Option<&'r [u8]>,
    judge: Judge<'_>,
) -> Result<(), Denial<'r>> {
    let deny = |code, offence| Err(Denial { code, offence });
    if origin.len() > ORIGIN_MAX {
        return deny(DenialCode::TooLarge, origin);
    }
    if let Some(second) = second {
        return deny(DenialCode::OriginMalformed, if is_well_formed(origin) { second } else { origin });
    }
    if image.has(flag::NOT_EXACT) && Origin::parse(origin).is_some_and(|origin| origin.find_wildcard(image).is_some()) {
        return Ok(());
    }
    if !is_well_formed(origin) {
        return deny(DenialCode::OriginMalformed, origin);
    }
    // `null` needs its switch, and is never let in beside credentials: no caller can change that.
    let is_askable = origin != b"null" || (image.has(flag::NULL_SWITCH) && !image.has(flag::CREDENTIALS));
    if image.has(flag::EXTERNAL) && is_askable && judge(origin) {
        return Ok(());
    }
    deny(DenialCode::OriginNotAllowed, origin)
}

/// Exactly one line, a token, and listed.
fn judge_method<'r>(image: Image<'_>, lines: &Lines<'r>, odd: Option<&Odd<'r>>) -> Result<(), Denial<'r>> {
    let deny = |code, offence| Err(Denial { code, offence });
    let method = lines.requested_method;
    if method.len() > NAME_MAX {
        return deny(DenialCode::TooLarge, method);
    }
    // A listed method is a token.
    let is_listed = is_listed(image.section(Section::MethodIndex), || image.section(Section::Methods), method);
    if !is_listed && !is_token(method) {
        return deny(DenialCode::MethodMalformed, method);
    }
    if let Some(second) = odd.and_then(|odd| odd.requested_method) {
        return deny(DenialCode::MethodMalformed, second);
    }
    if is_listed || (image.has(flag::ANY_METHOD) && !is_forbidden(method)) {
        Ok(())
    } else {
        deny(DenialCode::MethodNotAllowed, method)
    }
}
