//! The policies, the requests and the whole decision that `compare` times and `key-case` counts.

pub mod attack;
mod case;
mod decide;
mod model;
mod policy;
mod set;

pub use case::{Case, CaseRequest, HeaderLine, Hostile, Outcome};
pub use decide::{decide, read};
pub use model::Growth;
pub use policy::{HEADERS, METHODS, compile, origins};
pub use set::{PATH, compile_set, decide_at};
