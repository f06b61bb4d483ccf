//! Responses of the application: which of their headers the decision replaces, and what their `Vary` still lacks.

use core::mem::MaybeUninit;

use corsac::{ReplacedHeaders, VaryMerge};

use crate::bytes::corsac_bytes;
use crate::decision::corsac_decision;
use crate::pointer::{input, output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of, truth_of};

/// The maximum number of `Vary` headers that a decision adds to a response.
pub const CORSAC_VARY_MAX: usize = 4;

/// 1: remove a header of this name, in any case, from the response before you add the headers of the decision. 0: keep it. Do this on every
/// response to which the policy applies, denied and plain ones too. `CORSAC_INVALID_ARGUMENT`.
///
/// These are the CORS response headers, and `Timing-Allow-Origin` where a policy of the path has `allow_timing`. Only
/// `decision->replaces_timing` is read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_replaces_header(decision: *const corsac_decision, name: corsac_bytes) -> i32 {
    truth_of(|| {
        // SAFETY: what the header asks of every pointer. A `MaybeUninit` may hold anything; one field of it is read.
        let (decision, name) = unsafe { (input(decision.cast::<MaybeUninit<corsac_decision>>())?, name.read()?) };
        // SAFETY: as above.
        match unsafe { (&raw const (*decision.as_ptr()).replaces_timing).read() } {
            replaces_timing @ 0..=1 => Ok(ReplacedHeaders::new(replaces_timing == 1).contains(name)),
            _ => Err(CORSAC_INVALID_ARGUMENT),
        }
    })
}

/// Reads one `Vary` header of the response. `*covered` must be 0 at first; it then holds what the `Vary` headers so far cover.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `*covered` is neither 0 nor a number that this function wrote.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_vary_add(value: corsac_bytes, covered: *mut u32) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (value, covered) = unsafe { (value.read()?, output(covered)?) };
        // SAFETY: the header demands that it starts as 0.
        let mut merge = merge_of(unsafe { covered.assume_init_read() })?;
        merge.add(value);
        covered.write(u32::from(merge.covered()));
        Ok(())
    })
}

/// Writes the values of the `Vary` headers to add to the response to `values`, and their number to `*count`. That is the whole value of the
/// decision if the response has no name of it yet, or else each missing name by itself. You never need to change a `Vary` of the response.
///
/// `vary` is the value of the decision's `Vary` header, and `values` point into it; empty: the decision has none. `covered` is the number that
/// `corsac_vary_add` wrote for the headers of the response. `values` must have room for `CORSAC_VARY_MAX`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
/// cbindgen:ptrs-as-arrays=[[values;CORSAC_VARY_MAX]]
#[allow(rustdoc::broken_intra_doc_links, reason = "cbindgen's own brackets")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_vary_missing(
    vary: corsac_bytes,
    covered: u32,
    values: *mut corsac_bytes,
    count: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (vary, room, count) = unsafe { (vary.read()?, outputs(values, CORSAC_VARY_MAX)?, output(count)?) };
        let missing = merge_of(covered)?.missing(vary);
        // No decision's `Vary` has more names.
        if missing.clone().nth(CORSAC_VARY_MAX).is_some() {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        let written = room.iter_mut().zip(missing).map(|(to, value)| to.write(corsac_bytes::of(value))).count();
        count.write(written);
        Ok(())
    })
}

fn merge_of(covered: u32) -> Outcome<VaryMerge> {
    let bits = u8::try_from(covered).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
    let merge = VaryMerge::from_covered(bits);
    if merge.covered() == bits { Ok(merge) } else { Err(CORSAC_INVALID_ARGUMENT) }
}
