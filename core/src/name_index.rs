//! A small hash index over the joined list of request headers: offsets of the names, then slots of name numbers, probed linearly.
//!
//! The names themselves stand once, in the joined header value.

use crate::hash;
use crate::list::split;

/// Longest probe that the first seed may need; each further seed may need one more.
const PROBES: usize = 4;

/// How many names of a list are tried in its own order before one is looked up.
const AHEAD: u16 = 4;

/// Bytes of an index over this many names.
pub(crate) fn index_len(count: usize) -> usize {
    if count == 0 { 0 } else { (count + 1 + slot_count(count)) * 2 }
}

fn slot_count(count: usize) -> usize {
    (count * 2).next_power_of_two()
}

#[inline]
fn get(index: &[u8], at: usize) -> Option<u16> {
    let bytes = index.get(at.checked_mul(2)?..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn put(index: &mut [u8], at: usize, value: u16) -> Option<()> {
    *index.get_mut(at * 2..)?.first_chunk_mut()? = value.to_le_bytes();
    Some(())
}

/// An index over a joined list.
#[derive(Clone, Copy)]
pub(crate) struct NameIndex<'i> {
    pub(crate) joined: &'i [u8],
    pub(crate) index: &'i [u8],
    pub(crate) count: usize,
    pub(crate) seed: u16,
}

impl NameIndex<'_> {
    /// The number of a name in any case, in the order of the list.
    #[inline]
    pub(crate) fn find(&self, name: &[u8]) -> Option<u16> {
        let slots = self.index.get((self.count + 1) * 2..)?;
        let count = slots.len() / 2;
        let mask = count.checked_sub(1)?;
        let mut slot = hash::text(u32::from(self.seed), name, true) as usize & mask;
        for _ in 0..count {
            let number = get(slots, slot)?.checked_sub(1)?;
            let (start, end) = self.place(number)?;
            // Most other names differ in length: they are not looked at.
            if end.checked_sub(start)? == name.len() && hash::is_equal(self.joined.get(start..end)?, name, true) {
                return Some(number);
            }
            slot = (slot + 1) & mask;
        }
        None
    }

    /// The name at a place of a line, if it is the list's own from this number on, or one of the few after it, ended by a comma or with the
    /// line: its number and its end. Browsers send their names sorted as the list is: nothing is hashed, no end is looked for.
    #[inline]
    pub(crate) fn follow(&self, line: &[u8], at: usize, from: u16) -> Option<(u16, usize)> {
        for number in from..from.saturating_add(AHEAD) {
            let (start, end) = self.place(number).filter(|_| usize::from(number) < self.count)?;
            let name = self.joined.get(start..end)?;
            let stop = at.checked_add(name.len())?;
            let is_ended = matches!(line.get(stop), None | Some(b','));
            if is_ended && line.get(at..stop).is_some_and(|given| hash::is_equal(name, given, false)) {
                return Some((number, stop));
            }
        }
        None
    }

    /// Where a name stands in the joined list: from its offset to the separator before the next one's.
    #[inline]
    fn place(&self, number: u16) -> Option<(usize, usize)> {
        let &[a, b, c, d] = self.index.get(usize::from(number) * 2..)?.first_chunk()?;
        let end = u16::from_le_bytes([c, d]).checked_sub(2)?;
        Some((usize::from(u16::from_le_bytes([a, b])), usize::from(end)))
    }
}

/// Fills an index of `index_len(count)` bytes; the seed that it took.
pub(crate) fn build(joined: &[u8], index: &mut [u8], count: usize) -> Option<u16> {
    let mut offset = 0_usize;
    put(index, 0, 0)?;
    for (number, name) in split(joined).enumerate() {
        offset = offset.checked_add(name.len() + 2)?;
        put(index, number + 1, u16::try_from(offset).ok()?)?;
    }
    let slots = slot_count(count);
    let first = count + 1;
    for seed in 0..u16::MAX {
        index.get_mut(first * 2..)?.fill(0);
        let mut longest = 0;
        for (number, name) in split(joined).enumerate() {
            let mut slot = hash::text(u32::from(seed), name, true) as usize & (slots - 1);
            let mut probes = 1;
            while get(index, first + slot)? != 0 {
                slot = (slot + 1) & (slots - 1);
                probes += 1;
            }
            put(index, first + slot, number as u16 + 1)?;
            longest = longest.max(probes);
        }
        if longest <= PROBES + usize::from(seed) {
            return Some(seed);
        }
    }
    None
}

/// Is this what [`build`] would have written, whatever seed it took?
pub(crate) fn is_index(index: &NameIndex<'_>) -> bool {
    let names = split(index.joined);
    let mut offset = 0;
    let offsets_fit = names.clone().enumerate().all(|(number, name)| {
        let starts = get(index.index, number).map(usize::from) == Some(offset);
        offset += name.len() + 2;
        starts && get(index.index, number + 1).map(usize::from) == Some(offset)
    });
    names.clone().count() == index.count
        && index.index.len() == index_len(index.count)
        && offsets_fit
        && names.enumerate().all(|(number, name)| index.find(name).map(usize::from) == Some(number))
        && (0..slot_count(index.count))
            .filter_map(|slot| get(index.index, index.count + 1 + slot))
            .filter(|&number| number != 0)
            .count()
            == index.count
}
