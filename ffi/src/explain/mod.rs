//! The browser model in C: what a browser sends for a script, and what it does with the responses.
//!
//! The caller describes a script's request and the responses to it, one hop per URL. Nothing is kept after a call, and nothing is allocated.

// A blank line after each keeps this order, which is the order of the header.
mod profile;

mod script;

mod exchange;

mod judge;

mod response;

mod safelist;

mod step;

mod cache;

mod console;

mod name;

#[cfg(feature = "delivery")]
mod delivery;

mod cut;

pub use cache::*;
pub use console::*;
#[cfg(feature = "delivery")]
pub use delivery::*;
pub use exchange::*;
pub use judge::*;
pub use name::*;
pub use profile::*;
pub use response::*;
pub use safelist::*;
pub use script::*;
pub use step::*;
