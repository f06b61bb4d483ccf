//! A small hash index over the joined list of request headers. It has lengths and offsets of the
//! names, and then slots with the numbers of the names, which are probed one after the other.
//!
//! ```text
//! lengths 1 × count, offsets 2 × count, slots 2 × a power of two; a slot holds the number of a name and 1 more, or 0
//! ```
//!
//! The names themselves are only in the joined list, which is a header value.

use crate::image::hash;
use crate::image::layout::{Image, Section};
use crate::image::list::split;

/// How many slots a look-up may probe with the first seed. Each further seed may need one more, so
/// that a seed is found for every list.
const PROBES: usize = 4;

/// Bytes between two names of the list.
pub(crate) const SEPARATOR: usize = 2;

/// How many bytes an index over this many names has.
pub(crate) fn index_len(count: usize) -> usize {
    if count == 0 { 0 } else { count * 3 + slot_count(count) * 2 }
}

fn slot_count(count: usize) -> usize {
    (count * 2).next_power_of_two()
}

#[inline]
fn get(numbers: &[u8], at: usize) -> Option<u16> {
    let bytes = numbers.get(at.checked_mul(2)?..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn put(numbers: &mut [u8], at: usize, value: u16) -> Option<()> {
    *numbers.get_mut(at * 2..)?.first_chunk_mut()? = value.to_le_bytes();
    Some(())
}

/// An index over a joined list.
#[derive(Clone, Copy)]
pub(crate) struct NameIndex<'i> {
    joined: &'i [u8],
    lengths: &'i [u8],
    offsets: &'i [u8],
    slots: &'i [u8],
    seed: u16,
}

impl<'i> NameIndex<'i> {
    /// The index over the listed request headers.
    #[inline]
    pub(crate) fn of(image: Image<'i>) -> Self {
        let (joined, index) = (image.section(Section::RequestHeaders), image.section(Section::HeaderIndex));
        Self::new(joined, index, usize::from(image.header_count()), image.header_seed())
    }

    /// `index` is that of the joined list, of `count` names.
    #[inline]
    fn new(joined: &'i [u8], index: &'i [u8], count: usize, seed: u16) -> Self {
        let (lengths, rest) = index.split_at_checked(count).unwrap_or_default();
        let (offsets, slots) = rest.split_at_checked(count * 2).unwrap_or_default();
        Self { joined, lengths, offsets, slots, seed }
    }

    /// How long each name is, in the order of the list.
    #[inline]
    pub(crate) fn lengths(&self) -> &'i [u8] {
        self.lengths
    }

    /// The number of a name in any case, in the order of the list.
    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        let count = self.slots.len() / 2;
        let mask = count.checked_sub(1)?;
        let mut slot = hash::text(u32::from(self.seed), name, true) as usize & mask;
        for _ in 0..count {
            let number = usize::from(get(self.slots, slot)?).checked_sub(1)?;
            // Most other names differ in length, so their bytes are not read.
            if usize::from(*self.lengths.get(number)?) == name.len() {
                let listed = self.joined.get(usize::from(get(self.offsets, number)?)..)?;
                if hash::is_equal_in_any_case(listed.get(..name.len())?, name) {
                    return Some(number);
                }
            }
            slot = (slot + 1) & mask;
        }
        None
    }
}

/// Fills an index of `index_len(count)` bytes. Returns the seed.
pub(crate) fn build(joined: &[u8], index: &mut [u8], count: usize) -> Option<u16> {
    let (lengths, rest) = index.split_at_mut_checked(count)?;
    let (offsets, slots) = rest.split_at_mut_checked(count * 2)?;
    let mut offset = 0_usize;
    for (number, name) in split(joined).enumerate() {
        *lengths.get_mut(number)? = u8::try_from(name.len()).ok()?;
        put(offsets, number, u16::try_from(offset).ok()?)?;
        offset = offset.checked_add(name.len() + SEPARATOR)?;
    }
    let mask = slot_count(count) - 1;
    for seed in 0..u16::MAX {
        slots.fill(0);
        let mut longest = 0;
        for (number, name) in split(joined).enumerate() {
            let mut slot = hash::text(u32::from(seed), name, true) as usize & mask;
            let mut probes = 1;
            while get(slots, slot)? != 0 {
                slot = (slot + 1) & mask;
                probes += 1;
            }
            put(slots, slot, number as u16 + 1)?;
            longest = longest.max(probes);
        }
        if longest <= PROBES + usize::from(seed) {
            return Some(seed);
        }
    }
    None
}

/// Whether [`build`] would have written this index over `count` names, with any seed.
pub(crate) fn is_index(joined: &[u8], index: &[u8], count: usize, seed: u16) -> bool {
    let names = split(joined);
    if names.clone().count() != count || index.len() != index_len(count) {
        return false;
    }
    let index = NameIndex::new(joined, index, count, seed);
    let mut offset = 0;
    let are_places_right = names.clone().enumerate().all(|(number, name)| {
        let starts = get(index.offsets, number).map(usize::from) == Some(offset);
        offset += name.len() + SEPARATOR;
        starts && index.lengths.get(number).copied().map(usize::from) == Some(name.len())
    });
    let taken = (0..index.slots.len() / 2).filter_map(|slot| get(index.slots, slot)).filter(|&number| number != 0);
    are_places_right
        && names.enumerate().all(|(number, name)| index.find(name) == Some(number))
        && taken.count() == count
}
