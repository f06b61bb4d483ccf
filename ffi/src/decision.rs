//! What to answer, written into the caller's struct: as many headers as there are, and nothing before all is known.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use corsac::{Class, Decision, DenialCode};

use crate::bytes::{corsac_bytes, corsac_header};
use crate::pointer::output;
use crate::policy::{self, corsac_policy};
use crate::request::{self, corsac_request};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// No `Origin`: the request goes on, and its response gets the headers.
pub const CORSAC_PLAIN: i32 = 0;
/// An `Origin`: the request goes on, allowed or not, and its response gets the headers.
pub const CORSAC_ACTUAL: i32 = 1;
/// A browser asks before it sends: it is answered at once, with `status` and the headers, and goes no further.
pub const CORSAC_PREFLIGHT: i32 = 2;

/// Nothing was denied.
pub const CORSAC_ALLOWED: i32 = 0;
/// No pattern matches the origin.
pub const CORSAC_ORIGIN_NOT_ALLOWED: i32 = 1;
/// Not exactly one `Origin` line, or one that no browser sends.
pub const CORSAC_ORIGIN_MALFORMED: i32 = 2;
/// The requested method is not listed.
pub const CORSAC_METHOD_NOT_ALLOWED: i32 = 3;
/// Not exactly one `Access-Control-Request-Method` line, or no token.
pub const CORSAC_METHOD_MALFORMED: i32 = 4;
/// A requested header is not listed.
pub const CORSAC_HEADER_NOT_ALLOWED: i32 = 5;
/// A requested header that is no token or stands twice; too many empty elements, or too much white space.
pub const CORSAC_HEADERS_MALFORMED: i32 = 6;
/// A value of the request is over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines.
pub const CORSAC_REQUEST_TOO_LARGE: i32 = 7;

/// The most headers of a decision, with some to spare.
pub const CORSAC_HEADERS_MAX: usize = 40;

/// What to answer to a request.
///
/// Every response that the policy governs, plain and denied ones too, loses the lines for which `corsac_is_owned_header` is 1, gets these
/// headers, and has its `Vary` merged (`corsac_vary_missing`). Denied means that a page may not read the response, never that the request is
/// refused: only a preflight is answered here.
///
/// The bytes are those of the image, of the request's lines, or static; a decision does not point into the `corsac_request`.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_decision {
    /// `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`.
    pub request_class: i32,
    /// `CORSAC_ALLOWED`, or why not: `CORSAC_ORIGIN_NOT_ALLOWED` and so on.
    pub denial: i32,
    /// The first offending bytes of the request, raw: escape them before they are shown.
    pub denial_bytes: corsac_bytes,
    /// Status of the answer to a preflight; 0: the application's own.
    pub status: i32,
    /// How many of `headers` there are.
    pub header_count: usize,
    /// The response headers in their fixed order, `Vary` last. Those from `header_count` on are not written.
    pub headers: [MaybeUninit<corsac_header>; CORSAC_HEADERS_MAX],
}

/// Judges an origin that no pattern matched; `data` is what the caller of the function gave. 1 lets it in, every other number does not.
/// `origin` is valid during the call. It returns: it neither throws nor jumps.
pub type corsac_judge = Option<unsafe extern "C" fn(data: *mut c_void, origin: corsac_bytes) -> i32>;

/// What to answer to this request, into `*decision`. Origins that no pattern matches are denied.
///
/// Nothing is allocated, formatted or locked, and the policy and the request are only read.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_evaluate(
    policy: *const corsac_policy,
    request: *const corsac_request,
    decision: *mut corsac_decision,
) -> corsac_result {
    // SAFETY: this function's own condition.
    result_of(|| unsafe { decide(policy, request, &mut |_| false, decision) })
}

/// As `corsac_evaluate`; an origin that no pattern matches is judged by the caller, if the policy has `external_origins`.
///
/// `judge` is called with `data`, at most once, and only about an origin of at most 328 visible bytes with `://`; about `null` only where the
/// policy has `dangerously_allow_null_origin` and no credentials.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, for a `judge` of NULL too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_evaluate_with(
    policy: *const corsac_policy,
    request: *const corsac_request,
    judge: corsac_judge,
    data: *mut c_void,
    decision: *mut corsac_decision,
) -> corsac_result {
    result_of(|| {
        let judge = judge.ok_or(CORSAC_INVALID_ARGUMENT)?;
        // SAFETY: what the header asks of a callback.
        let mut judge = |origin: &[u8]| unsafe { judge(data, corsac_bytes::of(origin)) } == 1;
        // SAFETY: this function's own condition.
        unsafe { decide(policy, request, &mut judge, decision) }
    })
}

/// Both of them, compiled once.
///
/// # Safety
/// What the header asks of every pointer.
#[inline(never)]
unsafe fn decide(
    policy: *const corsac_policy,
    request: *const corsac_request,
    judge: &mut dyn FnMut(&[u8]) -> bool,
    decision: *mut corsac_decision,
) -> Outcome {
    // SAFETY: this function's own condition.
    let (policy, request, decision) = unsafe { (policy::read(policy)?, request::read(request)?, output(decision)?) };
    write(&policy.evaluate_with(request, judge), decision);
    Ok(())
}

/// Field by field: a decision as a value would be 1.3 kB to copy, of which most is never used.
#[inline]
fn write(decided: &Decision<'_>, decision: &mut MaybeUninit<corsac_decision>) {
    let denial = decided.denial();
    let decision = decision.as_mut_ptr();
    // SAFETY: the pointer comes from a reference, and an array of `MaybeUninit` holds anything.
    let headers = unsafe { &mut (*decision).headers };
    let header_count = decided.headers().fold(0, |place, header| match headers.get_mut(place) {
        Some(slot) => {
            let (name, value) = (corsac_bytes::of(header.name.as_bytes()), corsac_bytes::of(header.value));
            slot.write(corsac_header { name, value });
            place + 1
        }
        None => place,
    });
    // SAFETY: as above; each field is only written.
    unsafe {
        (&raw mut (*decision).request_class).write(class_number(decided.class()));
        (&raw mut (*decision).denial).write(denial.map_or(CORSAC_ALLOWED, |denial| denial_number(denial.code())));
        (&raw mut (*decision).denial_bytes)
            .write(denial.map_or(corsac_bytes::NONE, |denial| corsac_bytes::of(denial.bytes())));
        (&raw mut (*decision).status).write(decided.status().map_or(0, i32::from));
        (&raw mut (*decision).header_count).write(header_count);
    }
}

const fn class_number(class: Class) -> i32 {
    match class {
        Class::Plain => CORSAC_PLAIN,
        Class::Preflight => CORSAC_PREFLIGHT,
        // Actual; the enum may grow.
        _ => CORSAC_ACTUAL,
    }
}

const fn denial_number(code: DenialCode) -> i32 {
    match code {
        DenialCode::OriginNotAllowed => CORSAC_ORIGIN_NOT_ALLOWED,
        DenialCode::OriginMalformed => CORSAC_ORIGIN_MALFORMED,
        DenialCode::MethodNotAllowed => CORSAC_METHOD_NOT_ALLOWED,
        DenialCode::MethodMalformed => CORSAC_METHOD_MALFORMED,
        DenialCode::HeaderNotAllowed => CORSAC_HEADER_NOT_ALLOWED,
        DenialCode::HeadersMalformed => CORSAC_HEADERS_MALFORMED,
        // Too large; the enum may grow.
        _ => CORSAC_REQUEST_TOO_LARGE,
    }
}

pub(crate) fn class_of(number: i32) -> Option<Class> {
    Class::ALL.iter().copied().find(|&class| class_number(class) == number)
}

pub(crate) fn denial_of(number: i32) -> Option<DenialCode> {
    DenialCode::ALL.iter().copied().find(|&code| denial_number(code) == number)
}
