//! One whole decision, as an adapter takes it: the request is built from its lines, evaluated, and
//! every header is read.

use std::hint::black_box;

use corsac::{Decision, DenialCode, Policy, Request};

use crate::case::Line;

/// What the engine decided: the denial, and how many headers.
pub type Answer = (Option<DenialCode>, usize);

/// Decides once.
#[inline(never)]
pub fn decide(policy: &Policy<Vec<u8>>, method: &str, lines: &[Line<'_>]) -> Answer {
    let request = Request::from_lines(method, lines.iter().copied());
    read(&policy.evaluate(&request))
}

/// Reads every header. In the caller's code, as in an adapter: the compiler makes one loop of the
/// policy and the headers.
#[inline(always)]
pub fn read(decision: &Decision<'_>) -> Answer {
    let mut count = 0;
    for header in decision.headers() {
        black_box(header.name);
        black_box(header.value);
        count += 1;
    }
    (decision.denial().map(|denial| denial.code()), count)
}
