//! A decision, written into the caller's struct: only the headers that exist, and nothing before everything is known.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use corsac::{Class, DenialCode};
use corsac_hot::Decision;

use crate::bytes::{corsac_bytes, corsac_header};
use crate::pointer::output;
use crate::policy::{self, corsac_policy};
use crate::request::{self, corsac_request};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// The request has no `Origin`. Pass it on to the application, and put the headers on its response.
pub const CORSAC_PLAIN: i32 = 0;
/// The request has an `Origin`. Pass it on to the application, allowed or not, and put the headers on its response.
pub const CORSAC_ACTUAL: i32 = 1;
/// A browser asks before it sends the request. Respond at once with `status` and the headers: the application must not see it.
pub const CORSAC_PREFLIGHT: i32 = 2;

/// The request is allowed.
pub const CORSAC_ALLOWED: i32 = 0;
/// No pattern matches the origin.
pub const CORSAC_ORIGIN_NOT_ALLOWED: i32 = 1;
/// There is more than one `Origin`, or one that no browser sends.
pub const CORSAC_ORIGIN_MALFORMED: i32 = 2;
/// The requested method is not listed.
pub const CORSAC_METHOD_NOT_ALLOWED: i32 = 3;
/// There is more than one `Access-Control-Request-Method`, or one that is not a token.
pub const CORSAC_METHOD_MALFORMED: i32 = 4;
/// A requested header is not listed.
pub const CORSAC_HEADER_NOT_ALLOWED: i32 = 5;
/// A requested header is not a token or is repeated, or there are too many empty elements or too much white space.
pub const CORSAC_HEADERS_MALFORMED: i32 = 6;
/// A value of the request is over its limit: `Origin` 328 bytes, method 128, echoed header names 4096 bytes or 32 lines.
pub const CORSAC_REQUEST_TOO_LARGE: i32 = 7;
/// The path can be read in more than one way: it has a `.` or `..` segment, an empty segment, a `\`, or an encoded `/` or `\`. Only a set with
/// more than one path denies it.
pub const CORSAC_PATH_AMBIGUOUS: i32 = 8;

/// The maximum number of headers of a decision, with some to spare.
pub const CORSAC_HEADERS_MAX: usize = 40;

/// The decision about a request.
///
/// Apply it to every response to which the policy applies, denied and plain ones too: remove each header for which `corsac_replaces_header`
/// is 1, add the headers of the decision, and merge `Vary` with `corsac_vary_missing`. Denied means that the page cannot read the response.
/// It never means that you should refuse the request: only a preflight gets its response here.
///
/// The bytes belong to the image, to the values of the request, or are static. A decision has no pointer into the `corsac_request` itself.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_decision {
    /// The bytes of this struct in front of `reserved` that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`.
    pub request_class: i32,
    /// `CORSAC_ALLOWED`, or the reason for the denial: `CORSAC_ORIGIN_NOT_ALLOWED` and so on.
    pub denial: i32,
    /// The bytes of the request that caused the denial, raw: escape them before you show them.
    pub denial_bytes: corsac_bytes,
    /// The status of the response to a preflight. 0: the application's own status.
    pub status: i32,
    /// 1: remove `Timing-Allow-Origin` from the application's response, too. `corsac_replaces_header` reads this.
    pub replaces_timing: i32,
    /// The number of `headers`.
    pub header_count: usize,
    /// Not written: room for members of a later version.
    pub reserved: [MaybeUninit<u64>; 4],
    /// The response headers in their fixed order, `Vary` last. Elements from `header_count` on are not written.
    pub headers: [MaybeUninit<corsac_header>; CORSAC_HEADERS_MAX],
}

/// Checks an origin that no pattern matched, for a policy with `external_origins`. Return 1 to allow it; any other number denies it.
///
/// `data` is the pointer that you passed with the function. `table` is the number of the policy's table in the set, from 0; it is 0 for a
/// single policy. `origin` is valid during the call.
pub type corsac_origin_check =
    Option<unsafe extern "C" fn(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32>;

/// Decides a request, and writes the decision to `*decision`. An origin that no pattern matches is denied.
///
/// Nothing is allocated, formatted or locked. The policy and the request are only read.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_evaluate(
    policy: *const corsac_policy,
    request: *const corsac_request,
    decision: *mut corsac_decision,
) -> corsac_result {
    // SAFETY: this function's own condition.
    result_of(|| unsafe { decide(policy, request, &mut |_| false, decision) })
}

/// As `corsac_policy_evaluate`, but calls `origin_check` for an origin that no pattern matches, if the policy has `external_origins`.
///
/// `origin_check` is called at most once, with `data`, and only for an origin of at most 328 visible bytes that the switches of the policy would
/// let into its list: for `null` and `file://` only with `dangerously_allow_null_origin` and without credentials, and with credentials for an
/// `http:` origin other than loopback only with `dangerously_allow_insecure_origins`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_evaluate_with(
    policy: *const corsac_policy,
    request: *const corsac_request,
    origin_check: corsac_origin_check,
    data: *mut c_void,
    decision: *mut corsac_decision,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of a callback.
        let mut origin_check = unsafe { checked(origin_check, data)? };
        // SAFETY: this function's own condition.
        unsafe { decide(policy, request, &mut |origin| origin_check(0, origin), decision) }
    })
}

/// The caller's check, which is there: only 1 allows an origin.
///
/// # Safety
/// It may be called with `data`, a number and an origin that lives during the call.
pub(crate) unsafe fn checked(
    origin_check: corsac_origin_check,
    data: *mut c_void,
) -> Outcome<impl FnMut(usize, &[u8]) -> bool> {
    let origin_check = origin_check.ok_or(CORSAC_INVALID_ARGUMENT)?;
    // SAFETY: this function's own condition.
    Ok(move |table, origin: &[u8]| unsafe { origin_check(data, table, corsac_bytes::of(origin)) } == 1)
}

/// Both of them, compiled once.
///
/// # Safety
/// What the header asks of every pointer.
#[inline(never)]
unsafe fn decide(
    policy: *const corsac_policy,
    request: *const corsac_request,
    origin_check: &mut dyn FnMut(&[u8]) -> bool,
    decision: *mut corsac_decision,
) -> Outcome {
    // SAFETY: this function's own condition.
    let (policy, request, decision) = unsafe { (policy::read(policy)?, request::read(request)?, output(decision)?) };
    write(&policy.evaluate_with(request, origin_check), decision);
    Ok(())
}

/// Writes field by field: as a value, a decision would be 1.3 kB to copy, of which most is never used.
#[inline]
pub(crate) fn write(decided: &Decision<'_>, decision: &mut MaybeUninit<corsac_decision>) {
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
        (&raw mut (*decision).size).write(core::mem::offset_of!(corsac_decision, reserved));
        (&raw mut (*decision).request_class).write(decided.class() as i32);
        (&raw mut (*decision).denial).write(denial.map_or(CORSAC_ALLOWED, |denial| denial.code() as i32));
        (&raw mut (*decision).denial_bytes)
            .write(denial.map_or(corsac_bytes::NONE, |denial| corsac_bytes::of(denial.bytes())));
        (&raw mut (*decision).status).write(decided.status().map_or(0, i32::from));
        (&raw mut (*decision).replaces_timing).write(i32::from(decided.replaced_headers().replaces_timing()));
        (&raw mut (*decision).header_count).write(header_count);
    }
}

/// The numbers of the header are those of the engine: each variant has a constant.
const _: () = {
    assert!(Class::ALL.len() == 3);
    assert!(Class::Plain as i32 == CORSAC_PLAIN);
    assert!(Class::Actual as i32 == CORSAC_ACTUAL);
    assert!(Class::Preflight as i32 == CORSAC_PREFLIGHT);
    assert!(DenialCode::ALL.len() == 8);
    assert!(DenialCode::OriginNotAllowed as i32 == CORSAC_ORIGIN_NOT_ALLOWED);
    assert!(DenialCode::OriginMalformed as i32 == CORSAC_ORIGIN_MALFORMED);
    assert!(DenialCode::MethodNotAllowed as i32 == CORSAC_METHOD_NOT_ALLOWED);
    assert!(DenialCode::MethodMalformed as i32 == CORSAC_METHOD_MALFORMED);
    assert!(DenialCode::HeaderNotAllowed as i32 == CORSAC_HEADER_NOT_ALLOWED);
    assert!(DenialCode::HeadersMalformed as i32 == CORSAC_HEADERS_MALFORMED);
    assert!(DenialCode::TooLarge as i32 == CORSAC_REQUEST_TOO_LARGE);
    assert!(DenialCode::PathAmbiguous as i32 == CORSAC_PATH_AMBIGUOUS);
};

pub(crate) fn class_of(number: i32) -> Option<Class> {
    Class::ALL.iter().copied().find(|&class| class as i32 == number)
}

pub(crate) fn denial_of(number: i32) -> Option<DenialCode> {
    DenialCode::ALL.iter().copied().find(|&code| code as i32 == number)
}
