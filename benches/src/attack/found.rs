//! The dearest that `make bench-search` has found: goals of the bench and of `tests/instructions.rs`.

use crate::attack::policy::PolicyShape;
use crate::attack::request::RequestShape;

/// A policy, a request that is dear under it, and an honest one to compare it with.
#[derive(Clone, Copy, Debug)]
pub struct Find {
    /// What makes it dear.
    pub name: &'static str,
    /// The policy.
    pub policy: PolicyShape,
    /// The dearest request that was found.
    pub dearest: RequestShape,
    /// The dearest honest one.
    pub honest: RequestShape,
}

/// All of them.
pub const FOUND: [Find; 0] = [];
