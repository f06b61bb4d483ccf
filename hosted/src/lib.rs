//! What the command line and the Python package share and core, which has no allocator, cannot hold: owned exchanges with their URLs resolved.

pub mod exchange;
mod lend;
mod resolve;

pub use lend::{with, with_request};
pub use resolve::resolve;
