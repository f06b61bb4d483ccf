//! The table of origins in an image: how it is written, and how an `Origin` is looked up in it.

pub(crate) mod any_host;
pub(crate) mod bucket;
pub(crate) mod find;
pub(crate) mod origin;
pub(crate) mod patterns;
pub(crate) mod range;
pub(crate) mod table;
pub(crate) mod wildcard;
pub(crate) mod write;
