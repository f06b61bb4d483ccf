//! What the command line, the macros and the Python package share and core, which has no allocator, cannot hold: the names of options with their
//! near misses and, with the feature `exchange`, owned exchanges with their URLs resolved.

#[cfg(feature = "exchange")]
pub mod exchange;
#[cfg(feature = "exchange")]
mod lend;
mod option_name;
#[cfg(feature = "exchange")]
mod resolve;

#[cfg(feature = "exchange")]
pub use lend::{with, with_request};
pub use option_name::{policy_option, policy_options, table_option, unknown_option, unknown_table_option};
#[cfg(feature = "exchange")]
pub use resolve::resolve;
