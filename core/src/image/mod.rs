//! A compiled policy as bytes: the layout of the head and its sections, joined lists, the indexes
//! over them, and the hashes.

pub(crate) mod hash;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod method_index;
pub(crate) mod name_index;
pub(crate) mod path_index;
pub(crate) mod prefixes;
pub(crate) mod set_layout;
pub(crate) mod shape;
