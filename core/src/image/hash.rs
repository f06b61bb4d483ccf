//! The two hashes of an image: one of whole texts, sixteen bytes at a time, and one of hosts from
//! their right end, eight bytes at a time.
//!
//! Both depend on a seed that the compiler chooses so that buckets are even. A collision is
//! harmless, because every look-up compares bytes.

use crate::syntax::byte::short;

/// Two odd numbers without a pattern in their bits, so that products mix well: 2^64 divided by the
/// golden ratio, and a multiplier of wyhash.
const K0: u64 = 0x9E37_79B9_7F4A_7C15;
const K1: u64 = 0xA076_1D64_78BD_642F;

/// Folds a product of 128 bits into one word. A processor of 32 bits needs four multiplications for
/// it, so this code exists only once there.
#[cfg_attr(target_pointer_width = "64", inline)]
#[cfg_attr(not(target_pointer_width = "64"), inline(never))]
fn fold(a: u64, b: u64) -> u64 {
    let product = u128::from(a) * u128::from(b);
    (product as u64) ^ ((product >> 64) as u64)
}

/// Lower-cases the ASCII letters of eight bytes at once.
#[inline]
pub(crate) fn lower(word: u64) -> u64 {
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let low = word & !HIGHS;
    let from_a = low.wrapping_add(0x3F3F_3F3F_3F3F_3F3F);
    let past_z = low.wrapping_add(0x2525_2525_2525_2525);
    word | ((!word & HIGHS & (from_a ^ past_z)) >> 2)
}

/// With `fold_case`, sets the bit that differs between the cases of a letter. A few other bytes
/// then hash alike too, which is harmless.
#[inline]
fn blur(word: u64, fold_case: bool) -> u64 {
    if fold_case { word | 0x2020_2020_2020_2020 } else { word }
}

/// The hash of a whole text. With `fold_case`, it is the same in every case.
#[inline]
pub(crate) fn text(seed: u32, bytes: &[u8], fold_case: bool) -> u64 {
    let start = K0 ^ (u64::from(seed) << 32);
    let word = |chunk: &[u8; 8]| blur(u64::from_le_bytes(*chunk), fold_case);
    let end = bytes.len() as u64 ^ K1;
    let Some((first, rest)) = bytes.split_first_chunk::<8>() else {
        return fold(start ^ blur(short(bytes), fold_case), end);
    };
    // The first and last eight bytes are all of most names. They may overlap.
    let last = bytes.last_chunk::<8>().unwrap_or(first);
    let mut hash = fold(start ^ word(first), end ^ word(last));
    let mut rest = rest;
    while rest.len() > 16 {
        let Some((a, tail)) = rest.split_first_chunk::<8>() else { break };
        let Some((b, tail)) = tail.split_first_chunk::<8>() else { break };
        hash = fold(hash ^ word(a), K1 ^ word(b));
        rest = tail;
    }
    match rest.split_first_chunk::<8>() {
        Some((chunk, [_, ..])) => fold(hash ^ word(chunk), K1),
        _ => hash,
    }
}

/// How many bytes a [`Suffix`] reads at a time.
pub(crate) const BLOCK: usize = 8;

/// A host that is hashed in blocks from its right end, so that the hash of every suffix takes one
/// more step from the blocks that are whole.
#[derive(Clone, Copy)]
pub(crate) struct Suffix(u64);

impl Suffix {
    #[inline]
    pub(crate) fn new(seed: u32, scheme: &[u8]) -> Self {
        Self(text(seed, scheme, false))
    }

    /// The hash of a suffix that is already known, in one call.
    pub(crate) fn hash(seed: u32, scheme: &[u8], bytes: &[u8], port: u32) -> u64 {
        let (mut suffix, mut bytes) = (Self::new(seed, scheme), bytes);
        while let Some((rest, block)) = bytes.split_last_chunk::<BLOCK>() {
            suffix = suffix.before(u64::from_le_bytes(*block));
            bytes = rest;
        }
        suffix.end(short(bytes), bytes.len(), port)
    }

    /// The suffix that begins one block further to the left.
    #[inline]
    pub(crate) fn before(self, block: u64) -> Self {
        Self(fold(self.0 ^ block, K1))
    }

    /// The hash of the suffix that begins with the last `count` bytes of this block (fewer than
    /// all), with a port.
    #[inline]
    pub(crate) fn within(self, block: u64, count: usize, port: u32) -> u64 {
        self.end(block.checked_shr(64 - 8 * count as u32).unwrap_or(0), count, port)
    }

    #[inline]
    fn end(self, bytes: u64, count: usize, port: u32) -> u64 {
        fold(self.0 ^ bytes, K0 ^ ((count as u64) << 32) ^ u64::from(port))
    }
}

/// Which of `count` buckets a hash falls into.
#[inline]
pub(crate) fn bucket(hash: u64, count: u32) -> u32 {
    (((hash >> 32) * u64::from(count)) >> 32) as u32
}

/// Whether two texts are equal. `memcmp` is not faster for origins.
#[inline(always)]
pub(crate) fn is_equal(stored: &[u8], given: &[u8]) -> bool {
    are_all_same(stored, given, |stored, given| stored == given)
}

/// Whether two texts are equal, the second in any case.
#[inline]
pub(crate) fn is_equal_in_any_case(stored: &[u8], given: &[u8]) -> bool {
    // Most texts are equal in case, too.
    are_all_same(stored, given, |stored, given| stored == given || (stored ^ given) & !case_bits(stored) == 0)
}

/// The bit that differs between the cases of a letter, for every lower-case letter of eight bytes
/// of a token.
#[inline]
fn case_bits(word: u64) -> u64 {
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let from_a = word.wrapping_add(0x1F1F_1F1F_1F1F_1F1F);
    let past_z = word.wrapping_add(0x0505_0505_0505_0505);
    ((from_a ^ past_z) & HIGHS) >> 2
}

#[inline(always)]
fn are_all_same(stored: &[u8], given: &[u8], is_same: impl Fn(u64, u64) -> bool) -> bool {
    if stored.len() != given.len() {
        return false;
    }
    let Some(last) = stored.len().checked_sub(8) else {
        let (stored, given) = both_short(stored, given);
        return is_same(stored, given);
    };
    let is_same_at = |at| is_same(word(stored, at), word(given, at));
    // As in the hash, the last eight bytes may overlap those that are compared from the front.
    if !is_same_at(0) || !is_same_at(last) {
        return false;
    }
    let mut at = 8;
    while at < last {
        if !is_same_at(at) {
            return false;
        }
        at += 8;
    }
    true
}

/// Eight bytes of a text, which has so many from there on.
#[inline(always)]
fn word(text: &[u8], at: usize) -> u64 {
    text.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u64::from_le_bytes(*bytes))
}

/// Not inlined, because few texts are so short, and this takes many registers.
#[inline(never)]
fn both_short(stored: &[u8], given: &[u8]) -> (u64, u64) {
    (short(stored), short(given))
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{BLOCK, Suffix, is_equal, is_equal_in_any_case, lower, text};
    use crate::spec::pattern::ANY_PORT;
    use std::collections::BTreeSet;

    #[test]
    fn suffix_hash_is_equal_only_for_equal_suffixes() {
        let mut state = 1_u64;
        let random = [(); 48].map(|()| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 56) as u8
        });
        // In a host of zeros, only the count differs. In one of ones, no byte hides what is right
        // of it.
        for host in [random, [0; 48], [0xFF; 48]] {
            let mut seen = BTreeSet::new();
            for (seed, scheme) in [(0, b"http".as_slice()), (0, b"https"), (u32::MAX, b"https")] {
                let mut suffix = Suffix::new(seed, scheme);
                for length in 0..=40 {
                    let end = host.len() - length / BLOCK * BLOCK;
                    let block = u64::from_le_bytes(host[end - BLOCK..end].try_into().unwrap());
                    for port in [0, 1, 8080, 65535, ANY_PORT] {
                        let hash = suffix.within(block, length % BLOCK, port);
                        assert_eq!(hash, Suffix::hash(seed, scheme, &host[host.len() - length..], port));
                        assert!(seen.insert(hash), "{length} {port}");
                    }
                    if length % BLOCK == BLOCK - 1 {
                        suffix = suffix.before(block);
                    }
                }
            }
        }
    }

    #[test]
    fn lower_changes_only_upper_case_letters() {
        for b in 0..=255_u8 {
            assert_eq!(lower(u64::from_le_bytes([b; 8])), u64::from_le_bytes([b.to_ascii_lowercase(); 8]));
        }
    }

    #[test]
    fn is_equal_compares_every_byte_at_every_length() {
        let lower = *b"abcdefghijklmnopqrstuvw";
        let upper = lower.map(|b| b.to_ascii_uppercase());
        for length in 0..lower.len() {
            let stored = &lower[..length];
            assert!(is_equal(stored, &lower[..length]) && is_equal_in_any_case(stored, &lower[..length]));
            assert!(is_equal_in_any_case(stored, &upper[..length]));
            assert_eq!(is_equal(stored, &upper[..length]), length == 0);
            assert!(!is_equal(stored, &lower[..length + 1]) && !is_equal_in_any_case(stored, &lower[..length + 1]));
            assert_eq!(text(7, stored, true), text(7, &upper[..length], true));
            for place in 0..length {
                let changed = |mut other: [u8; 23], b: u8| {
                    other[place] = b;
                    other
                };
                assert!(!is_equal(stored, &changed(lower, b'0')[..length]));
                assert!(!is_equal(stored, &changed(lower, upper[place])[..length]));
                assert!(!is_equal_in_any_case(stored, &changed(upper, b'0')[..length]));
            }
        }
    }
}
