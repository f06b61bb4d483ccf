//! What a call returns: 0, a positive number that is not an error, or a negative number. They are never renumbered.

use corsac::{CompileError, OpenError};

/// What a call returns: `CORSAC_OK`, or a negative number for an error. Positive numbers are not errors; functions that return one say so.
/// The numbers never change their meaning.
pub type corsac_result = i32;

/// The call succeeded: its outputs are written.
pub const CORSAC_OK: i32 = 0;
/// The call succeeded, but no policy applies to the path: leave the response as it is. No output is written.
pub const CORSAC_UNTOUCHED: i32 = 1;
/// The decision depends on an origin: check it, then call `corsac_evaluate_asked`.
pub const CORSAC_ASK: i32 = 2;
/// A pointer is NULL or misaligned, a length comes with NULL or is over half of the address space, a switch is neither 0 nor 1, a number has no
/// constant, a `size` is that of another version, or a request or a policy was never made.
pub const CORSAC_INVALID_ARGUMENT: i32 = -1;
/// There are errors among the findings. The callback has received each of them.
pub const CORSAC_FINDINGS: i32 = -2;
/// The memory for the output is too small.
pub const CORSAC_STORAGE_TOO_SMALL: i32 = -3;
/// The image would have 4 GiB or more: list fewer origins.
pub const CORSAC_TOO_LARGE: i32 = -4;
/// The bytes are not the image of a policy.
pub const CORSAC_NOT_AN_IMAGE: i32 = -5;
/// The image has another version of the format: compile the policy again.
pub const CORSAC_OTHER_VERSION: i32 = -6;
/// The image is cut short, or has bytes after its end.
pub const CORSAC_WRONG_LENGTH: i32 = -7;
/// The image is damaged: compile the policy again.
pub const CORSAC_DAMAGED: i32 = -8;
/// The image has a policy that compiling refuses.
pub const CORSAC_REFUSED: i32 = -9;
/// The browser model does not take that many headers or hops.
pub const CORSAC_TOO_MANY: i32 = -10;
/// The image is that of a policy set: open it with `corsac_policy_set_open`.
pub const CORSAC_IS_SET: i32 = -11;
/// A path of the set cannot be written in a policy file.
pub const CORSAC_NO_SPELLING: i32 = -12;

/// What an inner function returns. The exported function writes its outputs when it has all of them.
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
        OpenError::IsSet => CORSAC_IS_SET,
        OpenError::Refused(_) => CORSAC_REFUSED,
        // Damaged; the enum may grow.
        _ => CORSAC_DAMAGED,
    }
}
