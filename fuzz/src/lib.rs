//! The parts that the targets share: the form of their inputs, the naive reference, the policy
//! behind the browser model, and a caller of the C interface.

#[path = "../../ffi/tests/explain/mod.rs"]
pub mod explain;
#[path = "../../core/tests/reference/mod.rs"]
pub mod reference;

mod caller;
mod counters;
mod record;
mod said;

pub use caller::{Asked, Caller, Names, as_reported, listed, name_at};
pub use counters::edges_of;
pub use explain::script;
pub use record::{RECORD_END, damage, exchange, messages, paths, places, records, requests, set, spec};
pub use said::say_everything;
