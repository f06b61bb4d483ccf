//! A policy and a request make a decision: class, origin, method, requested headers, in that order.
//!
//! [`decide`] takes steps that a policy set takes one by one: without an origin, [`decide_plain`]
//! makes the decision. Else [`allows_origin`] asks a policy about the origin, and then
//! [`decide_allowed`] or [`decide_denied`] makes it.

use crate::engine::decision::Decision;
use crate::engine::denial::{Denial, DenialCode};
use crate::engine::request::{Class, OneLine, Parts};
use crate::engine::requested_headers::{self, Checked};
use crate::image::layout::{Image, Section, flag};
use crate::image::method_index::is_listed;
use crate::image::shape::{self, when};
use crate::origins::exact::is_exact;
use crate::origins::find::find_pattern;
use crate::origins::origin::{ORIGIN_MAX, Origin, is_well_formed};
use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::is_token;
use crate::syntax::host::is_loopback;
use crate::syntax::method::{is_forbidden, is_safelisted};

/// The caller's own check of an origin that no pattern matched.
pub(crate) type OriginCheck<'c> = &'c mut dyn FnMut(&[u8]) -> bool;

/// The status of a preflight whose denial a browser does not find by its own check.
const FORBIDDEN: u16 = 403;

/// The decision of one policy.
#[inline]
pub(crate) fn decide<'d>(image: Image<'d>, request: &Parts<'d>, origin_check: OriginCheck<'_>) -> Decision<'d> {
    if request.class() == Class::Plain {
        return decide_plain(image, request);
    }
    match allows_origin(image, request, origin_check) {
        Ok(()) => decide_allowed(image, request),
        Err(denial) => decide_denied(image, request, denial),
    }
}

/// The decision about a request without an origin.
#[inline]
pub(crate) fn decide_plain<'d>(image: Image<'d>, request: &Parts<'d>) -> Decision<'d> {
    Decision::new(image, request, Class::Plain, 0, image.plain_shape())
}

/// Whether a policy allows the origin of a request.
#[inline]
pub(crate) fn allows_origin<'d>(
    image: Image<'_>,
    request: &Parts<'d>,
    origin_check: OriginCheck<'_>,
) -> Result<(), Denial<'d>> {
    if image.has(flag::ANY_ORIGIN) {
        return Ok(());
    }
    let origin = request.origin();
    // Most origins are exact entries. Only the others are looked at more closely.
    if origin.second.is_none() && is_exact(image, origin.first) {
        return Ok(());
    }
    check_other_origin(image, origin.first, origin.second, origin_check)
}

/// The decision about a request whose origin the policy allows.
#[inline]
pub(crate) fn decide_allowed<'d>(image: Image<'d>, request: &Parts<'d>) -> Decision<'d> {
    match request.class() {
        Class::Preflight => decide_preflight(image, request),
        class => Decision::new(image, request, class, 0, image.actual_shape()),
    }
}

/// The decision about a request that is denied before its method and headers are looked at: `Vary`,
/// and 403 for a preflight.
#[inline]
pub(crate) fn decide_denied<'d>(image: Image<'d>, request: &Parts<'d>, denial: Denial<'d>) -> Decision<'d> {
    match request.class() {
        class @ (Class::Plain | Class::Actual) => {
            Decision::new(image, request, class, 0, shape::VARY_ORIGIN).denied(denial)
        }
        Class::Preflight => deny_preflight(image, request, image.listed_shape() & shape::VARY, denial, FORBIDDEN),
    }
}

/// A preflight whose origin is allowed.
#[inline(never)]
fn decide_preflight<'d>(image: Image<'d>, request: &Parts<'d>) -> Decision<'d> {
    let listed = image.listed_shape();
    if let Err(denial) = check_method(image, request) {
        // If the browser's own check fails, its console names the method, so let it. The check
        // cannot fail for a safelisted method, because browsers never check it. Without a list, it
        // may not fail either: a browser that sent the preflight only because of upload listeners
        // takes the method for allowed.
        let is_safelisted = is_safelisted(request.requested_method().first);
        let has_list = listed & shape::METHOD_LIST != 0;
        let fails = has_list && !is_safelisted && denial.code != DenialCode::MethodMalformed;
        return deny_preflight(image, request, listed, denial, if fails { image.status() } else { FORBIDDEN });
    }
    let Checked { denial, echoed } = requested_headers::check(image, request);
    if let Some(denial) = denial {
        let fails = denial.code != DenialCode::HeadersMalformed;
        let status = if fails { image.status() } else { FORBIDDEN };
        return deny_preflight(image, request, listed, denial, status).echoing(echoed);
    }
    let asks_private = request.asks_private_network() && image.has(flag::PRIVATE_NETWORK);
    let shape = image.preflight_shape() | when(asks_private, shape::PRIVATE_NETWORK);
    Decision::new(image, request, Class::Preflight, image.status(), shape).echoing(echoed)
}

/// `status` is used if the policy has no `denied_preflight_status`.
fn deny_preflight<'d>(
    image: Image<'d>,
    request: &Parts<'d>,
    shape: u16,
    denial: Denial<'d>,
    status: u16,
) -> Decision<'d> {
    let status = match image.denied_status() {
        0 => status,
        configured => configured,
    };
    Decision::new(image, request, Class::Preflight, status, shape).denied(denial)
}

/// Exactly one well-formed origin, allowed by a wildcard or by the caller.
#[inline(never)]
fn check_other_origin<'d>(
    image: Image<'_>,
    origin: &'d [u8],
    second: Option<&'d [u8]>,
    origin_check: OriginCheck<'_>,
) -> Result<(), Denial<'d>> {
    let deny = |code, offence| Err(Denial { code, offence });
    if origin.len() > ORIGIN_MAX {
        return deny(DenialCode::TooLarge, origin);
    }
    if let Some(second) = second {
        return deny(DenialCode::OriginMalformed, if is_well_formed(origin) { second } else { origin });
    }
    if find_pattern(image, origin).is_some() {
        return Ok(());
    }
    if !is_well_formed(origin) {
        return deny(DenialCode::OriginMalformed, origin);
    }
    if image.has(flag::EXTERNAL) && may_be_listed(image, origin) && origin_check(origin) {
        return Ok(());
    }
    deny(DenialCode::OriginNotAllowed, origin)
}

/// Whether the switches of the policy would let this origin into its list. The caller is never
/// asked about other origins, so a check that allows too much allows no more than a list could.
fn may_be_listed(image: Image<'_>, origin: &[u8]) -> bool {
    let is_guarded = image.has(flag::CREDENTIALS | flag::PRIVATE_NETWORK);
    if origin == b"null" || origin == b"file://" {
        return image.has(flag::NULL_SWITCH) && !is_guarded;
    }
    // Anyone on the network can pretend to be an `http:` origin, except on this machine.
    let is_insecure =
        origin.starts_with(b"http://") && !Origin::parse(origin).is_some_and(|origin| is_loopback(origin.host()));
    !is_insecure || !is_guarded || (image.has(flag::INSECURE_SWITCH) && !image.has(flag::PRIVATE_NETWORK))
}

/// Exactly one line, a token, and listed.
fn check_method<'d>(image: Image<'_>, request: &Parts<'d>) -> Result<(), Denial<'d>> {
    let deny = |code, offence| Err(Denial { code, offence });
    let OneLine { first: method, second } = request.requested_method();
    if method.len() > NAME_MAX {
        return deny(DenialCode::TooLarge, method);
    }
    // A listed method is a token.
    let is_listed = is_listed(image.section(Section::MethodIndex), || image.section(Section::Methods), method);
    if !is_listed && !is_token(method) {
        return deny(DenialCode::MethodMalformed, method);
    }
    if let Some(second) = second {
        return deny(DenialCode::MethodMalformed, second);
    }
    if is_listed || (image.has(flag::ANY_METHOD) && !is_forbidden(method)) {
        Ok(())
    } else {
        deny(DenialCode::MethodNotAllowed, method)
    }
}
