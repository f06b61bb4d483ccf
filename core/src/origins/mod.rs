//! The patterns of a policy in its image: how they are written, and how an origin is looked up among them.

pub(crate) mod bucket;
pub(crate) mod exact;
#[cfg(test)]
pub(crate) mod hostile;
pub(crate) mod origin;
pub(crate) mod patterns;
pub(crate) mod table;
pub(crate) mod wildcard;
pub(crate) mod write;
