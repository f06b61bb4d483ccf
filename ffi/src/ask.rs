//! Asking later: a decision in two calls, with the origin check in between.

use corsac_hot::Asked;

use crate::bytes::corsac_bytes;
use crate::decision::{corsac_decision, write};
use crate::path;
use crate::pointer::output;
use crate::request::{self, corsac_request};
use crate::result::{CORSAC_ASK, CORSAC_INVALID_ARGUMENT, CORSAC_OK, CORSAC_UNTOUCHED, Outcome, corsac_result};
use crate::set::{corsac_policy_set, corsac_request_path, result_of_path};

/// What must be known before a request can be decided: is this origin allowed?
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_asked {
    /// The bytes of this struct that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// The number of the table in the set that has `external_origins`, from 0. 0 for a single policy.
    pub table: usize,
    /// The origin: at most 328 visible bytes. It is a value of the request.
    pub origin: corsac_bytes,
    /// Zeros: room for members of a later version.
    pub reserved: [u64; 2],
}

/// Decides a request, or asks: for a server that must not wait inside of a call.
///
/// `CORSAC_OK`: `*decision` is final. `CORSAC_ASK`: no pattern matches the origin, and a policy of the path has `external_origins`. Then `*asked` is
/// written and `*decision` is not. Check the origin as long as you like, and call `corsac_evaluate_asked`. There is at most one question about a
/// request, and it is one that `corsac_policy_evaluate_with` would ask.
///
/// `CORSAC_UNTOUCHED`: no policy applies to the path. A single policy applies to every path: copy the two members of the `corsac_policy` into a
/// `corsac_policy_set`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_evaluate_ask(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    decision: *mut corsac_decision,
    asked: *mut corsac_asked,
) -> corsac_result {
    // SAFETY: this function's own condition.
    unsafe { ask(set, path, request, decision, asked) }.unwrap_or_else(|code| code)
}

/// # Safety
/// What the header asks of every pointer.
unsafe fn ask(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    decision: *mut corsac_decision,
    asked: *mut corsac_asked,
) -> Outcome<corsac_result> {
    // SAFETY: this function's own condition.
    let (policies, request) = unsafe { (path::policies(set, path)?, request::read(request)?) };
    // SAFETY: as above.
    let (decision, asked) = unsafe { (output(decision)?, output(asked)?) };
    let Some(policies) = policies else { return Ok(CORSAC_UNTOUCHED) };
    Ok(match policies.evaluate_ask(request) {
        Asked::Decided(decided) => {
            write(&decided, decision);
            CORSAC_OK
        }
        Asked::Ask { table, origin } => {
            asked.write(corsac_asked {
                size: core::mem::offset_of!(corsac_asked, reserved),
                table,
                origin: corsac_bytes::of(origin),
                reserved: [0; 2],
            });
            CORSAC_ASK
        }
    })
}

/// Decides a request after `corsac_evaluate_ask` has asked. `allowed` is the result of your check: 1 allows the origin, 0 denies it.
///
/// Give the same set, path and request. Nothing is kept between the two calls. If there was no question about this request, `allowed` changes
/// nothing.
///
/// `CORSAC_UNTOUCHED`: no policy applies to the path.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `allowed` is neither 0 nor 1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_evaluate_asked(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    allowed: i32,
    decision: *mut corsac_decision,
) -> corsac_result {
    result_of_path(|| {
        let is_allowed = match allowed {
            0 => false,
            1 => true,
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        };
        // SAFETY: what the header asks of every pointer.
        unsafe { path::decide_at(set, path, request, &mut |_, _| is_allowed, decision) }
    })
}
