//! What the targets share: the form of their inputs, the naive reference, and the policy behind the browser model.

#[path = "../../core/tests/reference/mod.rs"]
pub mod reference;
#[path = "../../core/tests/script/mod.rs"]
pub mod script;

mod record;

pub use record::{RECORD_END, asks, damage, exchange, mended, records, spec};
