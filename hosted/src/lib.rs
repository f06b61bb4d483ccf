//! What the command line and the Python package share, and core, which has no allocator, cannot hold: an exchange that is owned, its URLs
//! resolved, and the names of options with their near misses.

pub mod exchange;
mod lend;
mod option_name;
mod resolve;

pub use lend::{with, with_request};
pub use option_name::unknown_option;
pub use resolve::resolve;
