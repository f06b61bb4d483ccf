//! What the targets share: the form of their inputs, the naive reference, the policy behind the browser model, and a caller of the C interface.

#[path = "../../core/tests/reference/mod.rs"]
pub mod reference;
#[path = "../../core/tests/script/mod.rs"]
pub mod script;

mod caller;
mod record;

pub use caller::Caller;
pub use record::{RECORD_END, asks, damage, exchange, mended, records, spec};
