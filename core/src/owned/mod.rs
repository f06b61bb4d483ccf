//! What programs with an allocator use: specs that own their texts, findings as an error, policies
//! in `Vec`, `Box` and `Arc`.

pub(crate) mod findings;
#[cfg(feature = "serde")]
mod serde;
pub(crate) mod set_spec;
pub(crate) mod spec;
mod storage;
#[cfg(feature = "toml")]
mod text;
