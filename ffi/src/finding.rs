//! A finding, told to the caller's callback: everything that points anywhere lives as long as the call.

use core::ffi::c_void;

use corsac::{Finding, Severity};

use crate::bytes::corsac_bytes;
use crate::sentence::Sentence;

/// The policy does not compile.
pub const CORSAC_ERROR: i32 = 1;
/// The policy compiles, and probably does not say what was meant.
pub const CORSAC_WARNING: i32 = 2;

/// A finding is about an option as a whole, not about an entry of a list.
///
/// cbindgen:ignore
pub const CORSAC_NO_INDEX: usize = usize::MAX;

/// One thing that is wrong or doubtful in a policy. All of it is valid during the callback only: copy what is to stay.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_finding {
    /// `CORSAC_ERROR` or `CORSAC_WARNING`.
    pub severity: i32,
    /// What it is about, a stable name for machines: `trailing-slash`.
    pub code: corsac_bytes,
    /// The option, as `corsac_spec` calls it: `allow_origins`.
    pub field: corsac_bytes,
    /// Which entry of the list, from 0, or `CORSAC_NO_INDEX`.
    pub index: usize,
    /// The entry as it was given, raw: escape it before it is shown. Empty where the option is no list.
    pub text: corsac_bytes,
    /// The first of the bytes of `text` that it is about.
    pub at_start: usize,
    /// Behind the last of them.
    pub at_end: usize,
    /// The entry that makes this one superfluous, raw; `ptr` NULL: none.
    pub related: corsac_bytes,
    /// One line for people, escaped, at most `CORSAC_MESSAGE_MAX` bytes: `an origin ends before the slash: "https://a.example/"`.
    pub message: corsac_bytes,
    /// What to do, one line: `write "https://a.example"`. Empty: nothing is known.
    pub suggestion: corsac_bytes,
    /// The text that replaces the entry, where there is one; `ptr` NULL: none.
    pub replacement: corsac_bytes,
}

/// Is told each finding; `data` is what the caller of the function gave. It returns: it neither throws nor jumps.
pub type corsac_on_finding = Option<unsafe extern "C" fn(data: *mut c_void, finding: *const corsac_finding)>;

/// # Safety
/// `callback` may be called with `data` and a finding that lives during the call.
pub(crate) unsafe fn tell(callback: corsac_on_finding, data: *mut c_void, finding: &Finding<'_>) {
    let Some(callback) = callback else { return };
    let message = Sentence::of(finding);
    let suggestion = Sentence::of(&finding.suggestion);
    let told = corsac_finding {
        severity: match finding.severity {
            Severity::Error => CORSAC_ERROR,
            Severity::Warning => CORSAC_WARNING,
        },
        code: corsac_bytes::of(finding.code.as_str().as_bytes()),
        field: corsac_bytes::of(finding.field.as_str().as_bytes()),
        index: finding.index.unwrap_or(CORSAC_NO_INDEX),
        text: corsac_bytes::of(finding.text),
        at_start: finding.at.start,
        at_end: finding.at.end,
        related: finding.related.map_or(corsac_bytes::NONE, corsac_bytes::of),
        message: corsac_bytes::of(message.as_bytes()),
        suggestion: corsac_bytes::of(suggestion.as_bytes()),
        replacement: finding
            .suggestion
            .replacement()
            .map_or(corsac_bytes::NONE, |text| corsac_bytes::of(text.as_bytes())),
    };
    // SAFETY: the caller's promise; all that `told` points to outlives the call.
    unsafe { callback(data, &told) };
}
