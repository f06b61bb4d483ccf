//! Reads the text of a policy or of a policy set: TOML, without an allocator.
//!
//! 1. The caller lends scratch memory, an array of [`TextSlot`](slot::TextSlot). `TextSlot::needed`
//!    returns how many slots are enough for a text.
//! 2. `lexer` splits the text. `text`, `scalar` and `date_time` check what is in a token.
//!    `document` is the grammar, without recursion, and stops at the first fault.
//! 3. `store` keeps what was read: entries of lists from the start of the scratch memory, so that a
//!    list is a slice of it, and keys from its end. Buckets in the same slots find a key, so time
//!    grows only with the length of the text.
//! 4. `layout` knows which tables exist, and refuses what is defined twice.
//! 5. `contents` and `options` read options from the keys. They report every value of a wrong type
//!    and every unknown or misplaced key.
//! 6. The result, `policy_text`, lends the compiler its tables ([`Tables`](crate::Tables)), and
//!    adds the place to each of the compiler's findings.
//!
//! `write` does the reverse: it writes the text of a compiled policy.
//!
//! Policy files have no escapes: entries are slices of the text, and no name in a policy needs one.
//! The reader stops at the first table that is too many for a set, so a text of millions of tables
//! takes no more memory than one of 4096.
//!
//! The crate `toml_parser` is not used, because rustc cannot prove that it never panics, not even
//! its lexer. That proof is what core promises. Tests and a fuzz target compare this reader with
//! the crate `toml`.

pub(crate) mod contents;
pub(crate) mod date_time;
pub(crate) mod document;
pub(crate) mod finding;
pub(crate) mod frame;
pub(crate) mod layout;
pub(crate) mod lexer;
pub(crate) mod needed;
pub(crate) mod options;
#[cfg(test)]
mod oracle;
pub(crate) mod policy_text;
pub(crate) mod reporter;
pub(crate) mod scalar;
pub(crate) mod slot;
pub(crate) mod store;
pub(crate) mod text;
pub(crate) mod write;
