//! Finds the tables of a set that have the same path: the first table of each path, and after each
//! table the next one.

use crate::image::path_index::path_hash;
use crate::image::set_layout::slot_count;
use crate::spec::policy_set_spec::Tables;

/// Marks a number whose table is not the first of its path. The bit is free, because a set has at
/// most 4096 tables.
const IS_REPEATED: u16 = 0x8000;

/// The tables of a set, grouped by path.
pub(crate) struct SamePath<'t, 'n, T> {
    tables: &'t T,
    /// Two bytes for each table: 1 plus the number of the next table with the same path, or 0; with
    /// [`IS_REPEATED`]. Empty if there was no room. Then every table is compared with all others.
    next: &'n [u8],
}

/// How many bytes this many tables need: those that are only used to find equal paths, and those
/// that are kept.
pub(crate) const fn room(tables: usize) -> (usize, usize) {
    (slot_count(tables) * 2, tables * 2)
}

impl<'t, 'n, T: Tables> SamePath<'t, 'n, T> {
    /// Needs no room, but time that grows with the square of the number of tables.
    pub(crate) fn without_room(tables: &'t T) -> Self {
        Self { tables, next: &[] }
    }

    /// Uses [`room`] to look up each path once, in a hash index. A slot holds 1 plus the number of
    /// a table, or 0.
    ///
    /// It goes from the last table to the first. So a slot always holds the first table of its path
    /// so far, and each new table is put before it.
    pub(crate) fn in_room(tables: &'t T, slots: &mut [u8], next: &'n mut [u8]) -> Option<Self> {
        slots.fill(0);
        let mask = (slots.len() / 2).checked_sub(1)?;
        for table in (0..tables.count()).rev() {
            let path = tables.path(table);
            let mut slot = path_hash(0, path) as usize & mask;
            let behind = loop {
                match usize::from(get(slots, slot)?).checked_sub(1) {
                    Some(other) if tables.path(other) != path => slot = (slot + 1) & mask,
                    behind => break behind,
                }
            };
            let number = behind.map_or(0, |behind| behind as u16 + 1);
            put(next, table, number)?;
            if let Some(behind) = behind {
                put(next, behind, get(next, behind)? | IS_REPEATED)?;
            }
            put(slots, slot, table as u16 + 1)?;
        }
        Some(Self { tables, next })
    }

    /// The paths of the set, each once, with the number of its first table.
    pub(crate) fn firsts(&self) -> impl Iterator<Item = (usize, &'t [u8])> {
        let paths = (0..self.tables.count()).map(|table| (table, self.tables.path(table)));
        paths.filter(|&(table, path)| match get(self.next, table) {
            Some(next) => next & IS_REPEATED == 0,
            None => (0..table).all(|earlier| self.tables.path(earlier) != path),
        })
    }

    /// The numbers of all tables of a path, in their order, starting with the first.
    pub(crate) fn of_path(&self, first: usize) -> impl Iterator<Item = usize> {
        core::iter::successors(Some(first), |&table| match get(self.next, table) {
            Some(next) => usize::from(next & !IS_REPEATED).checked_sub(1),
            None => (table + 1..self.tables.count()).find(|&other| self.tables.path(other) == self.tables.path(table)),
        })
    }
}

fn get(numbers: &[u8], at: usize) -> Option<u16> {
    numbers.get(at * 2..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

fn put(numbers: &mut [u8], at: usize, number: u16) -> Option<()> {
    *numbers.get_mut(at * 2..)?.first_chunk_mut()? = number.to_le_bytes();
    Some(())
}
