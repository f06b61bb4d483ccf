//! A small hash index over the joined list of request headers. It has the lengths of the names in
//! their order, and then slots, which are probed one after the other.
//!
//! ```text
//! lengths 1 × count, slots 4 × a power of two
//! slot: length 1, number of the name 1, offset in the joined list 2; a free slot has length 0
//! ```
//!
//! A slot says everything about its name, so a look-up reads one slot and then the name itself,
//! which is only in the joined list, a header value.

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
    if count == 0 { 0 } else { count + slot_count(count) * Slot::LEN }
}

fn slot_count(count: usize) -> usize {
    (count * 2).next_power_of_two()
}

/// What a slot says about its name.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Slot {
    length: u8,
    number: u8,
    offset: u16,
}

impl Slot {
    const LEN: usize = 4;

    fn new(length: usize, number: usize, offset: usize) -> Option<Self> {
        let (length, number) = (length.try_into().ok()?, number.try_into().ok()?);
        Some(Self { length, number, offset: offset.try_into().ok()? })
    }

    #[inline]
    fn read(slots: &[u8], slot: usize) -> Option<Self> {
        let [length, number, low, high] = *slots.get(slot.checked_mul(Self::LEN)?..)?.first_chunk()?;
        Some(Self { length, number, offset: u16::from_le_bytes([low, high]) })
    }

    fn write(self, slots: &mut [u8], slot: usize) -> Option<()> {
        let [low, high] = self.offset.to_le_bytes();
        *slots.get_mut(slot.checked_mul(Self::LEN)?..)?.first_chunk_mut()? = [self.length, self.number, low, high];
        Some(())
    }

    fn is_free(self) -> bool {
        self.length == 0
    }
}

/// The names of a joined list, each with its slot. `None`: the name is too long, or too far from the
/// start, for a slot.
fn slots_of(joined: &[u8]) -> impl Iterator<Item = (&[u8], Option<Slot>)> {
    let mut offset = 0_usize;
    split(joined).enumerate().map(move |(number, name)| {
        let slot = Slot::new(name.len(), number, offset);
        offset = offset.saturating_add(name.len() + SEPARATOR);
        (name, slot)
    })
}

/// An index over a joined list.
#[derive(Clone, Copy)]
pub(crate) struct NameIndex<'i> {
    joined: &'i [u8],
    lengths: &'i [u8],
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
        let (lengths, slots) = index.split_at_checked(count).unwrap_or_default();
        Self { joined, lengths, slots, seed }
    }

    /// How long each name is, in the order of the list.
    #[inline]
    pub(crate) fn lengths(&self) -> &'i [u8] {
        self.lengths
    }

    /// The number of a name in any case, in the order of the list.
    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        self.find_slot(name).map(|slot| usize::from(slot.number))
    }

    #[inline]
    fn find_slot(&self, name: &[u8]) -> Option<Slot> {
        let mask = (self.slots.len() / Slot::LEN).checked_sub(1)?;
        let mut at = hash::text(u32::from(self.seed), name, true) as usize & mask;
        for _ in 0..=mask {
            let slot = Slot::read(self.slots, at).filter(|slot| !slot.is_free())?;
            // Most other names differ in length, so their bytes are not read.
            if usize::from(slot.length) == name.len() {
                let listed = self.joined.get(usize::from(slot.offset)..)?.get(..name.len())?;
                if hash::is_equal_in_any_case(listed, name) {
                    return Some(slot);
                }
            }
            at = (at + 1) & mask;
        }
        None
    }
}

/// Fills an index of `index_len(count)` bytes. Returns the seed.
pub(crate) fn build(joined: &[u8], index: &mut [u8], count: usize) -> Option<u16> {
    let (lengths, slots) = index.split_at_mut_checked(count)?;
    for (to, name) in lengths.iter_mut().zip(split(joined)) {
        *to = name.len().try_into().ok()?;
    }
    let mask = slot_count(count) - 1;
    for seed in 0..u16::MAX {
        slots.fill(0);
        let mut longest = 0;
        for (name, slot) in slots_of(joined) {
            let mut at = hash::text(u32::from(seed), name, true) as usize & mask;
            let mut probes = 1;
            while !Slot::read(slots, at)?.is_free() {
                at = (at + 1) & mask;
                probes += 1;
            }
            slot?.write(slots, at)?;
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
    if split(joined).count() != count || index.len() != index_len(count) {
        return false;
    }
    let index = NameIndex::new(joined, index, count, seed);
    let are_lengths_right = index.lengths.iter().map(|&length| usize::from(length)).eq(split(joined).map(<[u8]>::len));
    let taken =
        (0..index.slots.len() / Slot::LEN).filter_map(|at| Slot::read(index.slots, at)).filter(|slot| !slot.is_free());
    are_lengths_right
        && slots_of(joined).all(|(name, slot)| slot.is_some() && index.find_slot(name) == slot)
        && taken.count() == count
}
