//! One whole decision, as in an adapter: builds the request from its headers, evaluates it, and reads
//! every header of the response.

use std::hint::black_box;

use corsac::{Decision, Policy, Request};

use crate::case::{HeaderLine, Outcome};

/// Decides once.
#[inline(never)]
pub fn decide(policy: &Policy<Vec<u8>>, method: &str, headers: &[HeaderLine<'_>]) -> Outcome {
    let request = Request::from_lines(method, headers.iter().copied());
    read(&policy.evaluate(&request))
}

/// Reads every header, with `for_each` as the layer for tower does, and the C library with `fold`. It
/// is inlined into its caller, as there.
#[inline(always)]
pub fn read(decision: &Decision<'_>) -> Outcome {
    let mut count = 0;
    decision.headers().for_each(|header| {
        black_box(header.name);
        black_box(header.value);
        count += 1;
    });
    (decision.denial().map(|denial| denial.code()), count)
}
