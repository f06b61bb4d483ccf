//! The browser model in C: what a browser sends for a script, and what it makes of the answers.
//!
//! A script's request and the answers to it, one hop per URL, are described with structs of the caller; nothing is kept after a call, and
//! nothing is allocated. All functions may be called from any number of threads at once.

mod cache;
mod console;
mod cut;
mod exchange;
mod judge;
mod name;
mod profile;
mod response;
mod safelist;
mod script;
mod step;

pub use cache::*;
pub use console::*;
pub use exchange::*;
pub use judge::*;
pub use name::*;
pub use profile::*;
pub use response::*;
pub use safelist::*;
pub use script::*;
pub use step::*;
