//! Owned exchanges with their URLs resolved, for the command line and the Python package. core has no allocator, so it cannot own them.

mod delivery;
pub mod exchange;
mod failures;
mod lend;
mod resolve;

pub use delivery::{as_if_at, deliver};
pub use failures::{Failure, judge};
pub use lend::{with, with_request};
pub use resolve::resolve;
