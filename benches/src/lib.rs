//! The policies, the requests and one whole decision: what `compare` times and `key-case` counts.

pub mod attack;
mod case;
mod decide;
mod policy;
mod set;

pub use case::{Ask, Case, Hostile, Line};
pub use decide::{Answer, decide, read};
pub use policy::{HEADERS, METHODS, compile, origins};
pub use set::{PATH, compile_set, decide_at};
