//! The handles that callers keep: a spec is compiled into a policy or a set, and an image is opened
//! as one.

pub(crate) mod ask;
pub(crate) mod compile;
pub(crate) mod compile_set;
pub(crate) mod contents;
pub(crate) mod handle;
pub(crate) mod open;
pub(crate) mod open_set;
pub(crate) mod same_path;
pub(crate) mod set;
pub(crate) mod set_rules;
