//! Which headers a response has: one bit for each, in the order in which they are written. Lines
//! that a response repeats follow [`HEADER_LIST`]. They have no bit, because a decision counts
//! them.

pub(crate) const ANY: u16 = 1;
pub(crate) const ORIGIN: u16 = 1 << 1;
pub(crate) const CREDENTIALS: u16 = 1 << 2;
pub(crate) const METHOD_LIST: u16 = 1 << 3;
pub(crate) const METHOD: u16 = 1 << 4;
pub(crate) const HEADER_LIST: u16 = 1 << 5;
pub(crate) const MAX_AGE: u16 = 1 << 6;
pub(crate) const EXPOSED: u16 = 1 << 7;
pub(crate) const TIMING_ANY: u16 = 1 << 8;
pub(crate) const TIMING_ORIGIN: u16 = 1 << 9;
pub(crate) const PRIVATE_NETWORK: u16 = 1 << 10;
pub(crate) const VARY_ORIGIN: u16 = 1 << 11;
pub(crate) const VARY_PREFLIGHT: u16 = 1 << 12;
pub(crate) const VARY_PRIVATE_NETWORK: u16 = 1 << 13;
pub(crate) const VARY: u16 = VARY_ORIGIN | VARY_PREFLIGHT | VARY_PRIVATE_NETWORK;

#[inline]
pub(crate) fn when(is_so: bool, bit: u16) -> u16 {
    if is_so { bit } else { 0 }
}
