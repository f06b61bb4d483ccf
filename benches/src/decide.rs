//! One whole decision, as an adapter takes it: the request is built from its lines, judged, and every header is read.

use std::hint::black_box;

use corsac::{DenialCode, Policy, Request};

use crate::case::Line;

/// What the engine answered: the denial, and how many headers.
pub type Answer = (Option<DenialCode>, usize);

/// Decides once.
#[inline(never)]
pub fn decide(policy: &Policy<Vec<u8>>, method: &str, lines: &[Line<'_>]) -> Answer {
    read(policy, &Request::from_lines(method, lines.iter().copied()))
}

/// Decides about a request that is built already: building it costs the same for every line, whatever is in it.
#[inline(never)]
pub fn respond(policy: &Policy<Vec<u8>>, request: &Request<'_>) -> Answer {
    read(policy, request)
}

#[inline(always)]
fn read(policy: &Policy<Vec<u8>>, request: &Request<'_>) -> Answer {
    let decision = policy.evaluate(request);
    let mut count = 0;
    for header in decision.headers() {
        black_box(header.name);
        black_box(header.value);
        count += 1;
    }
    (decision.denial().map(|denial| denial.code()), count)
}
