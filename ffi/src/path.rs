//! Decisions of a policy set: the policies of the request's path first, then the request, in one call or in two.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use corsac_hot::PathPolicies;

use crate::decision::{checked, corsac_decision, corsac_origin_check, write};
use crate::pointer::{input, output};
use crate::request::{self, corsac_request};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};
use crate::set::{self, corsac_policy_set, corsac_request_path, result_of_path};

/// The `id` of the policies of an ambiguous path: do not cache their decisions, because they contain the path.
pub const CORSAC_AMBIGUOUS_ID: u32 = u32::MAX;

/// The words of the policies of a path: what the engine needs today, and room to spare.
pub const CORSAC_PATH_POLICIES_WORDS: usize = 16;

/// The policies of one path of a set, found by `corsac_policy_set_at`. It points into the image of the set, and to the path of the request if
/// that is ambiguous. You can copy it, and any number of threads can use one at the same time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_path_policies {
    /// The same number for every path that these policies decide, and another number for other policies of the set. If you cache decisions, make
    /// it part of the key. `CORSAC_AMBIGUOUS_ID` for an ambiguous path; otherwise less than the number of tables.
    pub id: u32,
    /// Not for you.
    pub opaque: [MaybeUninit<u64>; CORSAC_PATH_POLICIES_WORDS],
}

impl core::fmt::Debug for corsac_path_policies {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("corsac_path_policies").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The contents of `opaque`.
#[repr(C)]
struct Stored {
    mark: u64,
    policies: PathPolicies<'static>,
}

/// The name, and the version of the layout.
const MARK: u64 = u64::from_le_bytes(*b"corpath\x01");

const _: () = {
    assert!(size_of::<Stored>() <= size_of::<[u64; CORSAC_PATH_POLICIES_WORDS]>());
    assert!(align_of::<Stored>() <= align_of::<u64>());
};

/// Finds the policies of a path, and writes them to `*policies`. Use it instead of `corsac_policy_set_evaluate` if you cache decisions.
///
/// `CORSAC_UNTOUCHED`: no policy applies to the path. Leave the response as it is.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `path` has neither `decoded` nor `raw`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_at(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    policies: *mut corsac_path_policies,
) -> corsac_result {
    result_of_path(|| {
        // SAFETY: what the header asks of every pointer.
        let (found, policies) = unsafe { (self::policies(set, path)?, output(policies)?) };
        let Some(found) = found else { return Ok(false) };
        let id = found.id();
        let policies = policies.as_mut_ptr();
        // SAFETY: the pointer comes from a reference; a `Stored` fits into the words, in size and alignment: asserted above.
        unsafe {
            (&raw mut (*policies).id).write(id);
            (&raw mut (*policies).opaque).cast::<Stored>().write(Stored { mark: MARK, policies: found });
        }
        Ok(true)
    })
}

/// Decides a request with the policies of its path, and writes the decision to `*decision`. An origin that no pattern matches is denied.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_path_policies_evaluate(
    policies: *const corsac_path_policies,
    request: *const corsac_request,
    decision: *mut corsac_decision,
) -> corsac_result {
    // SAFETY: what the header asks of every pointer.
    result_of(|| unsafe { decide(read(policies)?, request, &mut |_, _| false, decision) })
}

/// As `corsac_path_policies_evaluate`, but calls `origin_check` for an origin that no pattern of a policy with `external_origins` matches.
///
/// At most one policy of a path has `external_origins`, so `origin_check` is called at most once. The rest is as in
/// `corsac_policy_evaluate_with`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_path_policies_evaluate_with(
    policies: *const corsac_path_policies,
    request: *const corsac_request,
    origin_check: corsac_origin_check,
    data: *mut c_void,
    decision: *mut corsac_decision,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of a callback.
        let mut origin_check = unsafe { checked(origin_check, data)? };
        // SAFETY: what the header asks of every pointer.
        unsafe { decide(read(policies)?, request, &mut origin_check, decision) }
    })
}

/// Decides a request with the policies of its path, and writes the decision to `*decision`. An origin that no pattern matches is denied.
///
/// `CORSAC_UNTOUCHED`: no policy applies to the path. Leave the response as it is. `*decision` is unchanged then.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `path` has neither `decoded` nor `raw`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_evaluate(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    decision: *mut corsac_decision,
) -> corsac_result {
    // SAFETY: what the header asks of every pointer.
    result_of_path(|| unsafe { decide_at(set, path, request, &mut |_, _| false, decision) })
}

/// As `corsac_policy_set_evaluate`, but calls `origin_check` as `corsac_path_policies_evaluate_with` does.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `origin_check` is NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_evaluate_with(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    origin_check: corsac_origin_check,
    data: *mut c_void,
    decision: *mut corsac_decision,
) -> corsac_result {
    result_of_path(|| {
        // SAFETY: what the header asks of a callback.
        let mut origin_check = unsafe { checked(origin_check, data)? };
        // SAFETY: what the header asks of every pointer.
        unsafe { decide_at(set, path, request, &mut origin_check, decision) }
    })
}

/// The policies of a path. `None`: no policy applies to it.
///
/// # Safety
/// What the header asks of every pointer.
pub(crate) unsafe fn policies(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
) -> Outcome<Option<PathPolicies<'static>>> {
    // SAFETY: this function's own condition.
    let (set, path) = unsafe { (set::read(set)?, input(path)?.read()?) };
    // SAFETY: the policies have pointers to the caller's image and path, and none to the two locals that are views of them.
    Ok(unsafe { core::mem::transmute::<Option<PathPolicies<'_>>, Option<PathPolicies<'static>>>(set.at(&path)) })
}

/// # Safety
/// What the header asks of every pointer.
pub(crate) unsafe fn decide_at(
    set: *const corsac_policy_set,
    path: *const corsac_request_path,
    request: *const corsac_request,
    origin_check: &mut dyn FnMut(usize, &[u8]) -> bool,
    decision: *mut corsac_decision,
) -> Outcome<bool> {
    // SAFETY: this function's own condition.
    let Some(policies) = (unsafe { policies(set, path)? }) else {
        // Wrong arguments are refused on every path, so that a mistake shows at once.
        // SAFETY: as above.
        unsafe { (request::read(request)?, output(decision)?) };
        return Ok(false);
    };
    // SAFETY: as above.
    unsafe { decide(policies, request, origin_check, decision)? };
    Ok(true)
}

/// All of them, compiled once.
///
/// # Safety
/// What the header asks of every pointer.
#[inline(never)]
unsafe fn decide(
    policies: PathPolicies<'_>,
    request: *const corsac_request,
    origin_check: &mut dyn FnMut(usize, &[u8]) -> bool,
    decision: *mut corsac_decision,
) -> Outcome {
    // SAFETY: this function's own condition.
    let (request, decision) = unsafe { (request::read(request)?, output(decision)?) };
    write(&policies.evaluate_with(request, origin_check), decision);
    Ok(())
}

/// # Safety
/// The policies were found by `corsac_policy_set_at`, or the words are zero; the image and the path are as they were.
unsafe fn read(policies: *const corsac_path_policies) -> Outcome<PathPolicies<'static>> {
    // SAFETY: this function's own condition.
    let policies = unsafe { input(policies.cast::<MaybeUninit<corsac_path_policies>>())? }.as_ptr();
    // SAFETY: as above.
    let stored = unsafe { (&raw const (*policies).opaque).cast::<Stored>() };
    // SAFETY: as above; the policies are read only where the mark says that they are there.
    unsafe {
        if (&raw const (*stored).mark).read() != MARK {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        Ok((&raw const (*stored).policies).read())
    }
}
