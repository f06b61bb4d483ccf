//! The policies, the requests and one whole decision: what `compare` times and `key-case` counts.

pub mod attack;
mod case;
mod decide;
mod policy;

pub use case::{Ask, Case, Hostile, Line};
pub use decide::{Answer, decide, respond};
pub use policy::{HEADERS, METHODS, compile, echoing, origins};
