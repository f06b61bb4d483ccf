//! The listed methods as numbers of eight bytes each, so that a requested method is compared with
//! one number at a time and not byte by byte.

use crate::image::hash;
use crate::image::list::split;
use crate::syntax::byte::short;

/// Methods up to this length are their own number: seven bytes, and the length in the eighth.
const SHORT: usize = 7;
/// The length of a longer method, whose other seven bytes are a hash.
const LONG: u64 = 0xFF << 56;

/// How many bytes an index over this many methods has.
pub(crate) fn index_len(count: usize) -> usize {
    count * 8
}

#[inline]
fn number(method: &[u8]) -> u64 {
    if method.len() <= SHORT {
        short(method) | (method.len() as u64) << 56
    } else {
        hash::text(0, method, false) | LONG
    }
}

/// Whether a method is listed. `index` is that of the joined list, which is read only to check a
/// hash. Using the order of the list was not faster than comparing with all numbers.
#[inline]
pub(crate) fn is_listed<'i>(index: &[u8], joined: impl FnOnce() -> &'i [u8], method: &[u8]) -> bool {
    let number = number(method).to_le_bytes();
    index.chunks_exact(8).any(|listed| listed == number)
        && (method.len() <= SHORT || split(joined()).any(|listed| listed == method))
}

/// The bytes of the index over a joined list.
pub(crate) fn bytes(joined: &[u8]) -> impl Iterator<Item = u8> {
    split(joined).flat_map(|method| number(method).to_le_bytes())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{bytes, is_listed};
    use std::vec::Vec;

    #[test]
    fn method_is_listed_only_byte_for_byte() {
        let joined = b"A, AB, ABC, ABCD, ABCDE, ABCDEFG, ABCDEFGH, ABCDEFGHIJKLMNOPQRSTUVWXYZ";
        let index: Vec<u8> = bytes(joined).collect();
        let mut listed = Vec::new();
        let long = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ\0";
        for length in 0..=long.len() {
            if is_listed(&index, || joined, &long[..length]) {
                listed.push(length);
            }
        }
        assert_eq!(listed, [1, 2, 3, 4, 5, 7, 8, 26]);
        for other in [&b"A\0"[..], b"ABC\0", b"ABCD\0", b"ABCDE\0\0", b"AA", b"ABCDFFG", b"BBCDEFG", b"ABCDEFGI", b"\0"]
        {
            assert!(!is_listed(&index, || joined, other), "{other:?}");
        }
        assert!(!is_listed(&[], || b"", b""));
    }
}
