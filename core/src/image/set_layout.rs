//! The layout of a compiled policy set: an index of paths, the tables in the order of the file, and
//! the whole image of each policy.
//!
//! ```text
//! head | slots | path entries | tables | paths | image of the first policy | image of the second | …
//! ```
//!
//! An entry holds up to eight policies of one path, in their order. A slot holds 1 plus the number
//! of an entry, or 0. Paths are looked up by hash with linear probing. All offsets count from the
//! start of the set.

use core::mem::{offset_of, size_of};

use crate::image::hash::is_equal;
use crate::image::layout::{IMAGE_MAGIC, flag};
use crate::image::path_index::path_hash;
use crate::spec::limits::{PATH_MAX, TABLES_MAX};

/// Defines a record of little-endian numbers: the offset of each, the function that reads it, and
/// the function that writes it.
macro_rules! record {
    ($(#[$doc:meta])* $record:ident, $writer:ident: $($(#[$field:meta])* $name:ident, $set:ident: $type:ty,)+) => {
        #[repr(C)]
        struct Fields { $($(#[$field])* $name: [u8; size_of::<$type>()],)+ }

        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub(crate) struct $record<'i>(&'i [u8; $record::LEN]);

        impl<'i> $record<'i> {
            /// Bytes of the record.
            pub(crate) const LEN: usize = size_of::<Fields>();

            /// The record at the front.
            #[inline]
            pub(crate) fn new(bytes: &'i [u8]) -> Option<Self> {
                bytes.first_chunk().map(Self)
            }

            $($(#[$field])*
            #[inline]
            pub(crate) fn $name(self) -> $type {
                let bytes = self.0.get(offset_of!(Fields, $name)..).and_then(<[u8]>::first_chunk);
                bytes.map_or(0, |bytes| <$type>::from_le_bytes(*bytes))
            })+
        }

        /// The same record under construction.
        pub(crate) struct $writer([u8; $record::LEN]);

        impl $writer {
            pub(crate) const fn new() -> Self {
                Self([0; $record::LEN])
            }

            $(pub(crate) fn $set(&mut self, number: $type) {
                for (to, from) in self.0.iter_mut().skip(offset_of!(Fields, $name)).zip(number.to_le_bytes()) {
                    *to = from;
                }
            })+

            pub(crate) fn bytes(&self) -> &[u8] {
                &self.0
            }
        }
    };
}

mod head {
    use super::{offset_of, size_of};
    record! {
        /// The head of a set. Length and flags have the same places as in a policy.
        SetHead, SetHeadWriter:
        /// [`IMAGE_MAGIC`](crate::IMAGE_MAGIC) as a number.
        magic, set_magic: u64,
        /// Bytes of the whole image.
        length, set_length: u32,
        /// `flag::SET`, and nothing else.
        flags, set_flags: u32,
        /// How many paths there are.
        paths, set_paths: u32,
        /// How many tables there are.
        tables, set_tables: u32,
        /// Seed of the index of paths.
        seed, set_seed: u32,
        /// 1 plus the number of the entry for `/`; 0: there is none.
        root, set_root: u32,
        /// How many slots there are: a power of two.
        slots, set_slots: u32,
        /// Where the tables begin.
        tables_at, set_tables_at: u32,
        /// The lengths of all paths except `/`: one bit for each length.
        lengths_0, set_lengths_0: u64,
        lengths_64, set_lengths_64: u64,
        lengths_128, set_lengths_128: u64,
        lengths_192, set_lengths_192: u64,
    }
}
pub(crate) use head::{SetHead, SetHeadWriter};

mod entry {
    use super::{offset_of, size_of};
    record! {
        /// One path and its policies.
        Entry, EntryWriter:
        /// Where the path begins.
        path_at, set_path_at: u32,
        path_len, set_path_len: u16,
        /// How many policies there are; 0: `cors = false`.
        policies, set_policies: u16,
        /// Which of them decides plain requests.
        plain, set_plain: u16,
        /// 1 if some policy of the path decides about `Timing-Allow-Origin`.
        timing, set_timing: u16,
        /// What all responses but those to preflights vary on, as bits of `shape`; 0: what the only
        /// policy says.
        vary, set_vary: u16,
        /// The same for preflights.
        preflight_vary, set_preflight_vary: u16,
        /// The numbers of the tables, 16 bits each, from the low end.
        tables_0, set_tables_0: u64,
        tables_4, set_tables_4: u64,
    }
}
pub(crate) use entry::{Entry, EntryWriter};

mod table {
    use super::{offset_of, size_of};
    record! {
        /// One table of the file.
        TableRecord, TableWriter:
        /// The number of the entry of its path.
        entry, set_entry: u32,
        /// Where the image of its policy begins; 0: `cors = false`.
        image_at, set_image_at: u32,
        /// Bytes of that image.
        image_len, set_image_len: u32,
    }
}
pub(crate) use table::{TableRecord, TableWriter};

impl Entry<'_> {
    /// The number of the table that a policy of this path comes from.
    #[inline]
    pub(crate) fn table(self, policy: usize) -> usize {
        let (numbers, place) = if policy < 4 { (self.tables_0(), policy) } else { (self.tables_4(), policy - 4) };
        (numbers.checked_shr(16 * place as u32).unwrap_or(0) & 0xFFFF) as usize
    }
}

impl EntryWriter {
    /// Stores the numbers of the tables.
    pub(crate) fn set_tables(&mut self, tables: &[u16]) {
        let pack = |from: usize| {
            let four = tables.iter().skip(from).take(4);
            four.rev().fold(0_u64, |packed, &table| (packed << 16) | u64::from(table))
        };
        self.set_tables_0(pack(0));
        self.set_tables_4(pack(4));
    }
}

/// How many slots an index of this many paths has. At least half of them stay free, so that probes
/// are short.
pub(crate) const fn slot_count(paths: usize) -> usize {
    (paths * 2).next_power_of_two()
}

/// The image of a set, read through its head. Opening checks the offsets in it; a wrong one reads
/// as nothing.
#[derive(Clone, Copy)]
pub(crate) struct SetImage<'i> {
    bytes: &'i [u8],
    head: SetHead<'i>,
}

impl<'i> SetImage<'i> {
    /// Checks only that there is a whole head, and that it is that of a set.
    #[inline]
    pub(crate) fn new(bytes: &'i [u8]) -> Option<Self> {
        let head = SetHead::new(bytes)?;
        (head.magic() == MAGIC && head.flags() & flag::SET != 0).then_some(Self { bytes, head })
    }

    #[inline]
    pub(crate) fn head(self) -> SetHead<'i> {
        self.head
    }

    /// How many paths there are, capped at the most that a set can have, so that no offset can
    /// overflow.
    #[inline]
    pub(crate) fn paths(self) -> usize {
        (self.head.paths() as usize).min(TABLES_MAX)
    }

    /// How many tables there are.
    #[inline]
    pub(crate) fn tables(self) -> usize {
        (self.head.tables() as usize).min(TABLES_MAX)
    }

    /// How many slots there are.
    #[inline]
    pub(crate) fn slots(self) -> usize {
        (self.head.slots() as usize).min(slot_count(TABLES_MAX))
    }

    /// Where the paths begin. `None`: the number of slots or the place of the tables is wrong.
    pub(crate) fn paths_at(self) -> Option<usize> {
        let slots = slot_count(self.paths());
        let tables_at = SetHead::LEN + slots * 2 + self.paths() * Entry::LEN;
        let is_right = (self.head.slots() as usize, self.head.tables_at() as usize) == (slots, tables_at);
        is_right.then_some(tables_at + self.tables() * TableRecord::LEN)
    }

    /// The content of this slot: 1 plus the number of an entry, or 0.
    #[inline]
    pub(crate) fn slot(self, slot: usize) -> usize {
        let bytes = self.bytes.get(SetHead::LEN + slot * 2..).and_then(<[u8]>::first_chunk);
        bytes.map_or(0, |bytes| usize::from(u16::from_le_bytes(*bytes)))
    }

    #[inline]
    pub(crate) fn entry(self, number: usize) -> Option<Entry<'i>> {
        let entries_at = SetHead::LEN + self.slots() * 2;
        Entry::new(self.bytes.get(entries_at.checked_add(number.checked_mul(Entry::LEN)?)?..)?)
    }

    #[inline]
    pub(crate) fn table(self, number: usize) -> Option<TableRecord<'i>> {
        let at = (self.head.tables_at() as usize).checked_add(number.checked_mul(TableRecord::LEN)?)?;
        TableRecord::new(self.bytes.get(at..)?)
    }

    /// The path of an entry.
    #[inline]
    pub(crate) fn path(self, entry: Entry<'_>) -> Option<&'i [u8]> {
        self.bytes.get(entry.path_at() as usize..)?.get(..usize::from(entry.path_len()))
    }

    /// The image of a table's policy. `None`: the table has none.
    #[inline]
    pub(crate) fn policy(self, table: usize) -> Option<&'i [u8]> {
        let record = self.table(table)?;
        let image = self.bytes.get(record.image_at() as usize..)?.get(..record.image_len() as usize)?;
        (record.image_at() != 0).then_some(image)
    }

    /// The lengths of all paths except `/`: one bit for each length, from the low end.
    #[inline]
    pub(crate) fn lengths(self) -> [u64; 4] {
        let head = self.head;
        [head.lengths_0(), head.lengths_64(), head.lengths_128(), head.lengths_192()]
    }

    /// The entry of this path, which is not `/`, and its number.
    #[inline]
    pub(crate) fn find(self, path: &[u8]) -> Option<(usize, Entry<'i>)> {
        let mask = self.slots().checked_sub(1)?;
        let mut slot = path_hash(self.head.seed(), path) as usize & mask;
        // Every index has a free slot that ends this loop. The bound is only for bytes that were
        // never opened.
        for _ in 0..=mask {
            let number = self.slot(slot).checked_sub(1)?;
            let entry = self.entry(number)?;
            if is_equal(self.path(entry)?, path) {
                return Some((number, entry));
            }
            slot = (slot + 1) & mask;
        }
        None
    }
}

/// The magic of an image as the head's number.
pub(crate) const MAGIC: u64 = u64::from_le_bytes(*IMAGE_MAGIC);

const _: () = assert!(PATH_MAX < 256, "a length has a bit in four words");
