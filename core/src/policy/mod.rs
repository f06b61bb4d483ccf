//! The handles: a spec is compiled into a policy, an image is opened as one.

pub(crate) mod compile;
pub(crate) mod contents;
pub(crate) mod handle;
pub(crate) mod open;
