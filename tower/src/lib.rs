#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod asking;
mod body;
mod bounded;
mod change;
mod check;
mod config;
mod decide;
mod denied;
mod future;
mod handle;
mod interned;
mod kept;
mod layer;
mod log;
mod policies;
mod report;
mod service;
mod source;
mod values;

pub use body::{BodyFn, DenialBody, EmptyBody};
pub use check::{BoxError, CheckResult};
/// What is wrong with the text of a policy file.
pub use corsac::Findings;
pub use denied::Denied;
pub use future::ResponseFuture;
pub use handle::PolicyHandle;
pub use layer::CorsLayer;
pub use policies::Policies;
pub use service::Cors;
pub use source::PolicySource;

/// The Rust examples of these pages run as they are there.
#[cfg(doctest)]
#[doc = include_str!("../tests/pages/rust.txt")]
struct StartPage;

#[cfg(doctest)]
#[doc = include_str!("../MIGRATING.md")]
struct Migrating;
