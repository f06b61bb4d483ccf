//! Responses of the application: which of their headers the decision replaces, and what is added to them, in one call or header by header.

use core::mem::MaybeUninit;

use corsac::{ReplacedHeaders, VaryMerge};

use crate::bytes::{corsac_bytes, corsac_header};
use crate::decision::{CORSAC_HEADERS_MAX, corsac_decision};
use crate::pointer::{input, inputs, output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of, truth_of};

/// The maximum number of `Vary` headers that a decision adds to a response.
pub const CORSAC_VARY_MAX: usize = 4;

/// The maximum number of headers that a decision adds to a response.
pub const CORSAC_ADDED_MAX: usize = 44;

const _: () = assert!(CORSAC_HEADERS_MAX + CORSAC_VARY_MAX == CORSAC_ADDED_MAX);

/// Says what a decision changes in the headers of the application's response. Do this with every response to which the policy applies, denied
/// and plain ones too.
///
/// `removed[i]` becomes 1 if you must remove `headers[i]`, and 0 if you keep it. `added` are the headers to add after that, in their order, and
/// `*added_count` is their number. Names in `Vary` that the response has already are not among them. `removed` must have room for `header_count`
/// numbers, and `added` for `CORSAC_ADDED_MAX` headers. They point to the same bytes as the headers of the decision. On failure, `removed` may hold
/// anything.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
/// cbindgen:ptrs-as-arrays=[[added;CORSAC_ADDED_MAX]]
#[allow(rustdoc::broken_intra_doc_links, reason = "cbindgen's own brackets")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_response_changes(
    decision: *const corsac_decision,
    headers: *const corsac_header,
    header_count: usize,
    removed: *mut u8,
    added: *mut corsac_header,
    added_count: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (decision, headers, removed) =
            unsafe { (input(decision)?, inputs(headers, header_count)?, outputs(removed, header_count)?) };
        // SAFETY: as above.
        let (added, added_count) = unsafe { (outputs(added, CORSAC_ADDED_MAX)?, output(added_count)?) };
        let replaces_timing = match decision.replaces_timing {
            replaces_timing @ 0..=1 => replaces_timing == 1,
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        };
        let decided = decision.headers.get(..decision.header_count).ok_or(CORSAC_INVALID_ARGUMENT)?;
        let replaced = ReplacedHeaders::new(replaces_timing);
        let mut vary = VaryMerge::default();
        for (header, removed) in headers.iter().zip(removed) {
            // SAFETY: as above.
            let (name, value) = unsafe { (header.name.read()?, header.value.read()?) };
            vary.add_header(name, value);
            removed.write(u8::from(replaced.contains(name)));
        }
        let mut room = added.iter_mut();
        let mut count = 0;
        let mut add = |header| {
            if let Some(slot) = room.next() {
                slot.write(header);
                count += 1;
            }
        };
        for header in decided {
            // SAFETY: a decision has written as many headers as it counts.
            let header = unsafe { header.assume_init() };
            // SAFETY: names are static.
            if unsafe { header.name.read()? } != b"Vary" {
                add(header);
                continue;
            }
            // SAFETY: the image is still valid.
            for value in vary.missing_lines(unsafe { header.value.read()? }, &mut [b"".as_slice(); CORSAC_VARY_MAX]) {
                add(corsac_header { value: corsac_bytes::of(value), ..header });
            }
        }
        added_count.write(count);
        Ok(())
    })
}

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
        let mut lines = [b"".as_slice(); CORSAC_VARY_MAX + 1];
        let missing = merge_of(covered)?.missing_lines(vary, &mut lines);
        // No decision's `Vary` has more names.
        if missing.len() > CORSAC_VARY_MAX {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        for (to, value) in room.iter_mut().zip(missing) {
            to.write(corsac_bytes::of(value));
        }
        count.write(missing.len());
        Ok(())
    })
}

fn merge_of(covered: u32) -> Outcome<VaryMerge> {
    let bits = u8::try_from(covered).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
    let merge = VaryMerge::from_covered(bits);
    if merge.covered() == bits { Ok(merge) } else { Err(CORSAC_INVALID_ARGUMENT) }
}
