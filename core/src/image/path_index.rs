//! The index of a set's paths: how a path is hashed, and slots that are probed linearly.

use crate::image::hash::Blocks;
use crate::syntax::byte::word_at;

/// Longest probe that the first seed may need; each further seed may need one more, so a seed is always found.
const PROBES: usize = 4;

/// A path hashed in blocks from its left end, so that the hash of every beginning is one step away from whole blocks.
#[derive(Clone, Copy)]
pub(crate) struct PathHash(Blocks);

impl PathHash {
    #[inline]
    pub(crate) fn new(seed: u32) -> Self {
        Self(Blocks::new(seed))
    }

    /// Goes one whole block further.
    #[inline]
    pub(crate) fn step(self, block: u64) -> Self {
        Self(self.0.step(block))
    }

    /// The hash of what ends `count` bytes, fewer than all, into this block. `length` is that of the whole path.
    #[inline]
    pub(crate) fn end(self, block: u64, count: usize, length: usize) -> u64 {
        let mask = u64::MAX.checked_shr(64 - 8 * count as u32).unwrap_or(0);
        self.0.end(block & mask, length)
    }

    /// The hash of a whole path at once.
    pub(crate) fn of(seed: u32, path: &[u8]) -> u64 {
        let (mut hash, mut rest) = (Self::new(seed), path);
        while let Some((block, tail)) = rest.split_first_chunk::<8>() {
            hash = hash.step(u64::from_le_bytes(*block));
            rest = tail;
        }
        hash.end(word_at(rest, 0), rest.len(), path.len())
    }
}

/// Fills the slots for these paths; the seed that it took. A seed whose probes are short is always found, because later ones may probe longer.
pub(crate) fn fill_slots<'p, I>(slots: &mut [u8], paths: impl Fn() -> I) -> Option<u32>
where
    I: Iterator<Item = &'p [u8]>,
{
    let mask = (slots.len() / 2).checked_sub(1)?;
    for seed in 0..u32::MAX {
        slots.fill(0);
        let mut longest = 0;
        for (number, path) in paths().enumerate() {
            let (mut slot, mut probes) = (PathHash::of(seed, path) as usize & mask, 1);
            let free = loop {
                let free: &mut [u8; 2] = slots.get_mut(slot * 2..)?.first_chunk_mut()?;
                if *free == [0; 2] {
                    break free;
                }
                (slot, probes) = ((slot + 1) & mask, probes + 1);
            };
            *free = u16::try_from(number + 1).ok()?.to_le_bytes();
            longest = longest.max(probes);
        }
        if longest <= PROBES + seed as usize {
            return Some(seed);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::PathHash;
    use crate::syntax::byte::word_at;

    #[test]
    fn path_hashes_alike_block_by_block_and_at_once() {
        let path = b"/account/of/a/customer/with/many/segments";
        for length in 0..=path.len() {
            let (mut hash, mut at) = (PathHash::new(7), 0);
            while length - at >= 8 {
                hash = hash.step(word_at(path, at));
                at += 8;
            }
            // The block goes on behind the end.
            let hash = hash.end(word_at(path, at), length - at, length);
            assert_eq!(hash, PathHash::of(7, &path[..length]), "{length}");
            assert!(length == 0 || hash != PathHash::of(7, &path[..length - 1]), "{length}");
        }
    }
}
