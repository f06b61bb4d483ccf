//! Responses that go on: which of their lines give way, and what their `Vary` still has to say.

use corsac::VaryLines;

use crate::bytes::corsac_bytes;
use crate::pointer::{output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of, truth_of};

/// The most lines that a decision's `Vary` adds to a response.
pub const CORSAC_VARY_MAX: usize = 4;

/// 1: a response's line of this name, in any case, belongs to the policy: remove it from every response that the policy governs, denied and
/// plain ones too, before the decision's headers are written. 0: leave it. `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_is_owned_header(name: corsac_bytes) -> i32 {
    // SAFETY: what the header asks of every pointer.
    truth_of(|| Ok(corsac::is_owned_header(unsafe { name.read()? })))
}

/// Reads one `Vary` line of the response. `*covered` starts as 0, and holds what the lines so far say already.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, for a `*covered` that is neither 0 nor this function's own, too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_vary_add(line: corsac_bytes, covered: *mut u32) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (line, covered) = unsafe { (line.read()?, output(covered)?) };
        // SAFETY: the header demands that it starts as 0.
        let mut lines = vary_lines(unsafe { covered.assume_init_read() })?;
        lines.add(line);
        covered.write(u32::from(lines.covered()));
        Ok(())
    })
}

/// The lines to append for a decision's `Vary`, into `lines`, and their number into `*count`: the whole value where the response says nothing
/// of it yet, otherwise each name that is missing in a line of its own. Nothing that stands in the response is changed.
///
/// `vary` is the value of the decision's `Vary` header, into which the lines point (empty: the decision has none), and `covered` what
/// `corsac_vary_add` has made of the response's lines. `lines` has room for `CORSAC_VARY_MAX`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
/// cbindgen:ptrs-as-arrays=[[lines;CORSAC_VARY_MAX]]
#[allow(rustdoc::broken_intra_doc_links, reason = "cbindgen's own brackets")]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_vary_missing(
    vary: corsac_bytes,
    covered: u32,
    lines: *mut corsac_bytes,
    count: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (vary, room, count) = unsafe { (vary.read()?, outputs(lines, CORSAC_VARY_MAX)?, output(count)?) };
        let missing = vary_lines(covered)?.missing(vary);
        // No decision's `Vary` has more names.
        if missing.clone().nth(CORSAC_VARY_MAX).is_some() {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        let written = room.iter_mut().zip(missing).map(|(to, line)| to.write(corsac_bytes::of(line))).count();
        count.write(written);
        Ok(())
    })
}

fn vary_lines(covered: u32) -> Outcome<VaryLines> {
    let bits = u8::try_from(covered).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
    let lines = VaryLines::from_covered(bits);
    if lines.covered() == bits { Ok(lines) } else { Err(CORSAC_INVALID_ARGUMENT) }
}
