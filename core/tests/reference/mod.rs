//! The naive reference: sections 2, 4 and 5 of `docs/design.md` with the options and limits of
//! `docs/policy.md` and `SECURITY.md`, as plainly as they can be written. The engine is compared
//! with it.
//!
//! Nothing here is shared with the engine, and nothing is clever: vectors of bytes, linear scans,
//! `split`. If the engine and the reference differ, the text of these pages decides which one is
//! wrong. Sections are those of `docs/design.md`.

#![allow(dead_code, unused_imports, unreachable_pub, missing_docs, reason = "each test takes what it needs")]

pub mod bridge;
pub mod label;
pub mod pattern;
pub mod request;
pub mod set;
pub mod spec;
pub mod suffix;

pub use request::{OwnedDecision, OwnedRequest, evaluate, evaluate_with};
pub use set::{Path, Set, Table};
pub use spec::{Spec, Suffixes};

pub type Bytes = Vec<u8>;

/// RFC 9110 5.6.2: `token = 1*tchar`.
pub fn is_token(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| is_tchar(*byte))
}

pub fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// Fetch 2.2.1: six methods become upper case, and every other one stays as it was typed.
pub fn normalize(method: &[u8]) -> Bytes {
    let upper = method.to_ascii_uppercase();
    let known: [&[u8]; 6] = [b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT"];
    if known.contains(&upper.as_slice()) { upper } else { method.to_vec() }
}

/// Fetch 2.2.1: methods that no script may send, in any case.
pub fn is_forbidden_method(method: &[u8]) -> bool {
    let upper = method.to_ascii_uppercase();
    upper == b"CONNECT" || upper == b"TRACE" || upper == b"TRACK"
}

/// Sorted, without duplicates, joined by ", ". The result does not depend on the order of the spec.
pub fn join(mut names: Vec<Bytes>) -> Bytes {
    names.sort();
    names.dedup();
    names.join(&b", "[..])
}
