//! What a call says about itself: 0, or one fixed negative number, never renumbered.

use corsac::{CompileError, OpenError};

use crate::bytes::corsac_bytes;

/// What a call returns: `CORSAC_OK`, or why not, a negative number. The numbers never change their meaning.
pub type corsac_result = i32;

/// Done: the outputs are written.
pub const CORSAC_OK: i32 = 0;
/// A pointer that is NULL or misaligned, a NULL with a length, a length over half of the address space, a switch that is neither 0 nor 1,
/// a number that no constant has, a `size` of another version, a request or a policy that was never made.
pub const CORSAC_INVALID_ARGUMENT: i32 = -1;
/// There are errors among the findings: the callback has seen each of them.
pub const CORSAC_FINDINGS: i32 = -2;
/// The memory for the output is too small.
pub const CORSAC_STORAGE_TOO_SMALL: i32 = -3;
/// The image would have 4 GiB or more: list fewer origins.
pub const CORSAC_TOO_LARGE: i32 = -4;
/// The bytes are no image of a policy.
pub const CORSAC_NOT_AN_IMAGE: i32 = -5;
/// An image of another version of the format: compile the policy again.
pub const CORSAC_OTHER_VERSION: i32 = -6;
/// An image that is cut short, or has bytes behind its end.
pub const CORSAC_WRONG_LENGTH: i32 = -7;
/// An image that compiling cannot have written: compile the policy again.
pub const CORSAC_DAMAGED: i32 = -8;
/// The image of a policy that compiling refuses.
pub const CORSAC_REFUSED: i32 = -9;
/// More lines or hops than the browser model takes.
pub const CORSAC_TOO_MANY: i32 = -10;

/// What an inner function gives: the outputs are written by whoever has it in hand whole.
pub(crate) type Outcome<T = ()> = Result<T, corsac_result>;

/// Runs the body of an exported function.
#[inline]
pub(crate) fn result_of(body: impl FnOnce() -> Outcome) -> corsac_result {
    match body() {
        Ok(()) => CORSAC_OK,
        Err(code) => code,
    }
}

/// 1, 0 or the code of what is wrong.
#[inline]
pub(crate) fn truth_of(body: impl FnOnce() -> Outcome<bool>) -> i32 {
    match body() {
        Ok(is_so) => i32::from(is_so),
        Err(code) => code,
    }
}

pub(crate) fn of_compile(error: CompileError) -> corsac_result {
    match error {
        CompileError::StorageTooSmall { .. } => CORSAC_STORAGE_TOO_SMALL,
        CompileError::TooLarge => CORSAC_TOO_LARGE,
        // Findings; the enum may grow.
        _ => CORSAC_FINDINGS,
    }
}

pub(crate) fn of_open(error: OpenError) -> corsac_result {
    match error {
        OpenError::NotAnImage => CORSAC_NOT_AN_IMAGE,
        OpenError::OtherVersion => CORSAC_OTHER_VERSION,
        OpenError::WrongLength => CORSAC_WRONG_LENGTH,
        OpenError::Refused(_) => CORSAC_REFUSED,
        // Damaged; the enum may grow.
        _ => CORSAC_DAMAGED,
    }
}

/// What a result means: one line for a log, lower case, without a full stop; static. Empty for a number that is no result.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_result_text(result: corsac_result) -> corsac_bytes {
    corsac_bytes::of(match result {
        CORSAC_OK => b"done",
        CORSAC_INVALID_ARGUMENT => b"an argument that corsac.h does not allow",
        CORSAC_FINDINGS => b"errors among the findings of the policy",
        CORSAC_STORAGE_TOO_SMALL => b"the memory for the output is too small",
        CORSAC_TOO_LARGE => b"the policy needs 4 GiB or more: list fewer origins",
        CORSAC_NOT_AN_IMAGE => b"not the image of a policy",
        CORSAC_OTHER_VERSION => b"an image of another version: compile the policy again",
        CORSAC_WRONG_LENGTH => b"an image that is cut short or has bytes behind its end",
        CORSAC_DAMAGED => b"a damaged image: compile the policy again",
        CORSAC_REFUSED => b"the image of a policy that is refused",
        CORSAC_TOO_MANY => b"more lines or hops than the browser model takes",
        _ => b"",
    })
}
