//! The patterns of a policy in its image: how an origin is looked up among them, how they are
//! written, and how an image that anyone may have written is checked.

pub(crate) mod bounds;
pub(crate) mod bucket;
pub(crate) mod check;
pub(crate) mod exact;
pub(crate) mod find;
#[cfg(test)]
pub(crate) mod hostile;
pub(crate) mod origin;
pub(crate) mod patterns;
pub(crate) mod range;
pub(crate) mod table;
pub(crate) mod wildcard;
pub(crate) mod write;
