//! A finding, passed to the caller's callback: everything it points to lives as long as the call.

use core::ffi::c_void;

use corsac::{Finding, Severity};

use crate::bytes::corsac_bytes;
use crate::sentence::Sentence;

/// The policy does not compile.
pub const CORSAC_ERROR: i32 = 1;
/// The policy compiles, but probably does not mean what you meant.
pub const CORSAC_WARNING: i32 = 2;

/// The `index` of a finding about an option as a whole, not about an entry of a list.
///
/// cbindgen:ignore
pub const CORSAC_NO_INDEX: usize = usize::MAX;
/// The `table` of a finding about a single policy, or about a set as a whole.
///
/// cbindgen:ignore
pub const CORSAC_NO_TABLE: usize = usize::MAX;

/// One thing that is wrong or doubtful in a policy or a set. All of it is valid during the callback only: copy what you want to keep.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_finding {
    /// `sizeof(corsac_finding)` of the library.
    pub size: usize,
    /// `CORSAC_ERROR` or `CORSAC_WARNING`.
    pub severity: i32,
    /// A stable name for machines: `trailing-slash`.
    pub code: corsac_bytes,
    /// The number of the table in the set, from 0, or `CORSAC_NO_TABLE`.
    pub table: usize,
    /// The option, named as in `corsac_spec`: `allow_origins`. In a set also `path`, `cors` (the table as a whole) and `policy` (the set).
    pub field: corsac_bytes,
    /// The number of the entry in the list, from 0, or `CORSAC_NO_INDEX`.
    pub index: usize,
    /// The entry as you wrote it, raw: escape it before you show it. Empty if the option is not a list.
    pub text: corsac_bytes,
    /// The first byte of `text` that is wrong.
    pub at_start: usize,
    /// The end of the bytes that are wrong: one past the last of them.
    pub at_end: usize,
    /// Another entry that explains this finding, raw: one that makes this entry redundant, or a listed public suffix. `ptr` is NULL if there
    /// is none.
    pub related: corsac_bytes,
    /// One line for people, escaped, at most `CORSAC_MESSAGE_MAX` bytes.
    pub message: corsac_bytes,
    /// What to do about it, in one line: `write "https://a.example"`. Empty if nothing can be suggested.
    pub suggestion: corsac_bytes,
    /// The text to write instead of the entry. `ptr` is NULL if there is none.
    pub replacement: corsac_bytes,
    /// The line of the policy file, from 1. 0: there is no file, or nothing is written there.
    pub line: usize,
    /// The column in characters, from 1. 0: as for `line`.
    pub column: usize,
    /// The first byte of the file that the finding is about.
    pub file_start: usize,
    /// The end of these bytes in the file. Equal to `file_start` if nothing is written there.
    pub file_end: usize,
}

/// Receives each finding. `data` is the pointer that you passed with the function.
pub type corsac_on_finding = Option<unsafe extern "C" fn(data: *mut c_void, finding: *const corsac_finding)>;

/// The numbers of the header are those of the engine.
const _: () = {
    assert!(Severity::Error as i32 == CORSAC_ERROR);
    assert!(Severity::Warning as i32 == CORSAC_WARNING);
};

/// # Safety
/// `callback` may be called with `data` and a finding that lives during the call.
pub(crate) unsafe fn report(callback: corsac_on_finding, data: *mut c_void, finding: &Finding<'_>) {
    let Some(callback) = callback else { return };
    let (message, suggestion) = (Sentence::of(finding), Sentence::of(&finding.suggestion));
    let reported = corsac_finding {
        message: corsac_bytes::of(message.as_bytes()),
        suggestion: corsac_bytes::of(suggestion.as_bytes()),
        ..without_words(finding)
    };
    // SAFETY: the caller's promise; everything that `reported` points to outlives the call.
    unsafe { callback(data, &reported) };
}

/// A finding with its place in a policy file.
///
/// # Safety
/// As [`report`].
#[cfg(feature = "toml")]
pub(crate) unsafe fn report_in_file(callback: corsac_on_finding, data: *mut c_void, finding: &corsac::TextFinding<'_>) {
    let Some(callback) = callback else { return };
    let (message, advice) = (Sentence::of(finding), finding.advice().map(|advice| Sentence::of(&advice)));
    let place = finding.span.clone().unwrap_or_default();
    let reported = corsac_finding {
        severity: finding.severity as i32,
        code: corsac_bytes::of(finding.code().as_bytes()),
        table: finding.table.unwrap_or(CORSAC_NO_TABLE),
        field: corsac_bytes::of(finding.field),
        index: finding.index.unwrap_or(CORSAC_NO_INDEX),
        text: corsac_bytes::of(finding.item.unwrap_or_default()),
        message: corsac_bytes::of(message.as_bytes()),
        suggestion: corsac_bytes::of(advice.as_ref().map_or(&[], Sentence::as_bytes)),
        line: finding.line,
        column: finding.column,
        file_start: place.start,
        file_end: place.end,
        ..finding.finding().map_or(NOTHING, without_words)
    };
    // SAFETY: the caller's promise; everything that `reported` points to outlives the call.
    unsafe { callback(data, &reported) };
}

const NOTHING: corsac_finding = corsac_finding {
    size: size_of::<corsac_finding>(),
    severity: CORSAC_ERROR,
    code: corsac_bytes::NONE,
    table: CORSAC_NO_TABLE,
    field: corsac_bytes::NONE,
    index: CORSAC_NO_INDEX,
    text: corsac_bytes::NONE,
    at_start: 0,
    at_end: 0,
    related: corsac_bytes::NONE,
    message: corsac_bytes::NONE,
    suggestion: corsac_bytes::NONE,
    replacement: corsac_bytes::NONE,
    line: 0,
    column: 0,
    file_start: 0,
    file_end: 0,
};

/// A finding of the engine, without the lines for people.
fn without_words(finding: &Finding<'_>) -> corsac_finding {
    let replacement = finding.suggestion.replacement();
    corsac_finding {
        severity: finding.severity as i32,
        code: corsac_bytes::of(finding.code.as_str().as_bytes()),
        table: finding.table.unwrap_or(CORSAC_NO_TABLE),
        field: corsac_bytes::of(finding.field.as_str().as_bytes()),
        index: finding.index.unwrap_or(CORSAC_NO_INDEX),
        text: corsac_bytes::of(finding.text),
        at_start: finding.at.start,
        at_end: finding.at.end,
        related: finding.related.map_or(corsac_bytes::NONE, corsac_bytes::of),
        replacement: replacement.map_or(corsac_bytes::NONE, |text| corsac_bytes::of(text.as_bytes())),
        ..NOTHING
    }
}
