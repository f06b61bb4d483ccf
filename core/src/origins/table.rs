//! The table of patterns: a directory of buckets, and the records of each bucket together, so that a cold look-up misses once.
//!
//! There are two tables: patterns that are one text, under the hash of that text; and the rest (wildcards, `:*`), under the hash of fixed
//! rest and port.

use crate::image::hash::{self, Suffix};
use crate::image::layout::{Image, Section, flag};
use crate::origins::bucket::{self, Records};
use crate::spec::pattern::{Kind, Pattern, Port, parse};

/// Most patterns of one bucket. Two is usual; more than sixteen is not seen unless somebody makes them.
pub(crate) const BUCKET_MAX: usize = 128;
/// Most label globs with the same scheme, parent and port.
pub(crate) const GLOBS_MAX: usize = 32;

/// Buckets of a table for this many patterns.
pub(crate) const fn bucket_count(patterns: usize) -> usize {
    patterns.div_ceil(2)
}

/// Bytes of the directory.
pub(crate) const fn directory_len(patterns: usize) -> usize {
    if patterns == 0 { 0 } else { (bucket_count(patterns) + 1) * 4 }
}

/// Where a pattern that is one text belongs.
pub(crate) fn exact_hash(seed: u32, text: &[u8]) -> u64 {
    hash::text(seed, text, false)
}

/// Where a pattern of the rest belongs.
pub(crate) fn wildcard_hash(seed: u32, pattern: &Pattern<'_>) -> u64 {
    Suffix::hash(seed, pattern.scheme, pattern.fixed, pattern.port.key())
}

/// A table, read in place.
#[derive(Clone, Copy)]
pub(crate) struct Table<'i> {
    directory: &'i [u8],
    records: &'i [u8],
}

impl<'i> Table<'i> {
    #[inline]
    pub(crate) fn exact(image: Image<'i>) -> Self {
        Self { directory: image.section(Section::ExactDirectory), records: image.section(Section::ExactRecords) }
    }

    #[inline]
    pub(crate) fn wildcards(image: Image<'i>) -> Self {
        Self { directory: image.section(Section::WildcardDirectory), records: image.section(Section::WildcardRecords) }
    }

    pub(crate) fn directory_len(self) -> usize {
        self.directory.len()
    }

    /// All patterns, in no particular order.
    pub(crate) fn texts(self) -> impl Iterator<Item = &'i [u8]> {
        (0..self.buckets()).flat_map(move |bucket| Records::new(self.bucket(bucket))).map(|(_, text)| text)
    }

    pub(crate) fn record_bytes(self) -> &'i [u8] {
        self.records
    }

    #[inline]
    pub(crate) fn buckets(self) -> usize {
        (self.directory.len() / 4).saturating_sub(1)
    }

    /// Where a bucket starts and ends.
    #[inline]
    fn place(self, bucket: usize) -> Option<(usize, usize)> {
        let &[a, b, c, d, e, f, g, h] = self.directory.get(bucket.checked_mul(4)?..)?.first_chunk()?;
        Some((u32::from_le_bytes([a, b, c, d]) as usize, u32::from_le_bytes([e, f, g, h]) as usize))
    }

    /// Where a bucket starts.
    pub(crate) fn start(self, bucket: usize) -> Option<usize> {
        self.place(bucket).map(|(start, _)| start)
    }

    /// Where the last bucket ends.
    pub(crate) fn end(self) -> Option<usize> {
        self.directory.last_chunk().map(|end| u32::from_le_bytes(*end) as usize)
    }

    #[inline]
    pub(crate) fn bucket(self, bucket: usize) -> &'i [u8] {
        self.place(bucket).and_then(|(start, end)| self.records.get(start..end)).unwrap_or_default()
    }

    /// The pattern in the hash's bucket that fits.
    #[inline]
    pub(crate) fn find(self, hash: u64, fits: impl Fn(&[u8]) -> bool) -> Option<&'i [u8]> {
        let bucket = hash::bucket(hash, self.buckets() as u32) as usize;
        bucket::find(self.bucket(bucket), hash, fits)
    }

    /// The exact pattern with this text.
    #[inline]
    pub(crate) fn get(self, seed: u32, text: &[u8]) -> Option<&'i [u8]> {
        self.find(exact_hash(seed, text), |pattern| hash::is_equal(pattern, text, false))
    }

    /// Whether this text is an exact pattern.
    #[inline]
    pub(crate) fn contains(self, seed: u32, text: &[u8]) -> bool {
        self.get(seed, text).is_some()
    }
}

/// Which ports the patterns of the rest have, as flags, and how long their fixed rests are, as bits of [`fixed_length_bit`].
pub(crate) fn wildcard_bounds(image: Image<'_>) -> (u32, u64) {
    Table::wildcards(image).texts().filter_map(|text| parse(text).ok()).fold((0, 0), |(ports, lengths), pattern| {
        let port = if pattern.port == Port::Any { flag::WILDCARD_ANY_PORT } else { flag::WILDCARD_FIXED_PORT };
        let any_host = if pattern.kind == Kind::AnyHost && pattern.is_web() { flag::WEB_ANY_HOST } else { 0 };
        (ports | port | any_host, lengths | fixed_length_bit(pattern.fixed.len()))
    })
}

/// The bit of a length and of its neighbours: up to the longest host, each stands for four.
#[inline]
pub(crate) fn fixed_length_bit(length: usize) -> u64 {
    1 << (length / 4).min(63)
}

#[cfg(test)]
mod tests {
    use super::fixed_length_bit;
    use crate::syntax::host::HOST_MAX;

    #[test]
    fn every_four_lengths_have_a_bit_up_to_the_longest_host() {
        for length in 0..=HOST_MAX {
            assert_eq!(fixed_length_bit(length).trailing_zeros() as usize, length / 4);
        }
        assert_eq!(fixed_length_bit(usize::MAX), fixed_length_bit(HOST_MAX));
    }
}
