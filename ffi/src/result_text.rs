//! Results in words.

use crate::bytes::corsac_bytes;
use crate::result::{
    CORSAC_ASK, CORSAC_DAMAGED, CORSAC_FINDINGS, CORSAC_INVALID_ARGUMENT, CORSAC_IS_SET, CORSAC_NO_SPELLING,
    CORSAC_NOT_AN_IMAGE, CORSAC_OK, CORSAC_OTHER_VERSION, CORSAC_REFUSED, CORSAC_STORAGE_TOO_SMALL, CORSAC_TOO_LARGE,
    CORSAC_TOO_MANY, CORSAC_UNTOUCHED, CORSAC_WRONG_LENGTH, corsac_result,
};

/// The meaning of a result: one line for a log, lower case, without a full stop. Static. Empty for a number that is not a result.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_result_text(result: corsac_result) -> corsac_bytes {
    corsac_bytes::of(match result {
        CORSAC_OK => b"success",
        CORSAC_UNTOUCHED => b"no policy applies to the path",
        CORSAC_INVALID_ARGUMENT => b"an argument that corsac.h does not allow",
        CORSAC_FINDINGS => b"the policy has errors",
        CORSAC_STORAGE_TOO_SMALL => b"the memory for the output is too small",
        CORSAC_TOO_LARGE => b"the policy needs 4 GiB or more: list fewer origins",
        CORSAC_NOT_AN_IMAGE => b"not the image of a policy",
        CORSAC_OTHER_VERSION => b"the image has another version: compile the policy again",
        CORSAC_WRONG_LENGTH => b"the image is cut short or has bytes after its end",
        CORSAC_DAMAGED => b"the image is damaged: compile the policy again",
        CORSAC_REFUSED => b"the image has a policy that is refused: compile it again to see why",
        CORSAC_IS_SET => b"the image is that of a policy set, not of a single policy",
        CORSAC_ASK => b"check the origin first",
        CORSAC_NO_SPELLING => b"a path has no spelling in a policy file",
        CORSAC_TOO_MANY => b"more headers or hops than the browser model takes",
        _ => b"",
    })
}
