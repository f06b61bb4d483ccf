//! The text of a policy or of a policy set: TOML, read without an allocator.
//!
//! 1. The caller lends scratch memory, an array of [`TextSlot`](slot::TextSlot). `TextSlot::needed` says how many are enough for a text.
//! 2. `lexer` splits the text, `text`, `scalar` and `date_time` check what is inside of a token, `document` is the grammar, without recursion.
//!    The first fault ends it.
//! 3. `store` keeps what was read: entries of lists from the start of the scratch memory, so that a list is a slice of it; keys from its end.
//!    Buckets in the same places find a key, so that time grows with the length of the text.
//! 4. `layout` knows which tables there are, and refuses what is defined twice.
//! 5. `contents` and `options` make options of the keys. Values of a wrong type, unknown keys and misplaced ones are findings, all of them.
//! 6. The result, `policy_text`, lends the compiler its tables ([`Tables`](crate::Tables)), and gives each of the compiler's findings its place.
//!
//! `write` goes the other way: it writes the text of a policy that was compiled.
//!
//! No escapes: entries are slices of the text, and nothing that a policy names needs one. The reader ends at the table that is one too many
//! for a set, so that a text of millions of tables takes no more memory than one of 4096.
//!
//! The crate `toml_parser` is not used: rustc cannot prove that it never panics, not even its lexer, and core's own promise is that proof.
//! Tests and a fuzz target compare this reader with the crate `toml`.

pub(crate) mod contents;
pub(crate) mod date_time;
pub(crate) mod document;
pub(crate) mod finding;
pub(crate) mod frame;
pub(crate) mod layout;
pub(crate) mod lexer;
pub(crate) mod needed;
pub(crate) mod option_name;
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
