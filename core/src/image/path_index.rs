//! The index of the paths of a set: how a path is hashed, and slots that are probed one after the
//! other.

use crate::image::hash::text;

/// Longest probe that the first seed may need: in an index that is at most half full, most seeds
/// need no more. Each further seed may need one more, so a seed is always found.
const PROBES: usize = 4;

/// The hash of a path.
#[inline]
pub(crate) fn path_hash(seed: u32, path: &[u8]) -> u64 {
    text(seed, path, false)
}

/// Fills the slots for these paths and returns the seed. It always finds a seed whose probes are
/// short enough, because later seeds may probe longer.
pub(crate) fn fill_slots<'p, I>(slots: &mut [u8], paths: impl Fn() -> I) -> Option<u32>
where
    I: Iterator<Item = &'p [u8]>,
{
    let mask = (slots.len() / 2).checked_sub(1)?;
    for seed in 0..u32::MAX {
        slots.fill(0);
        let mut longest = 0;
        for (number, path) in paths().enumerate() {
            let (mut slot, mut probes) = (path_hash(seed, path) as usize & mask, 1);
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
