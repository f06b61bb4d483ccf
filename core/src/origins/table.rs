//! A table of patterns: a directory of where each bucket begins, and the buckets. A look-up reads
//! one bucket. So it costs one or two cache misses, even in a table of a million patterns.
//!
//! An image has two tables: exact patterns, hashed as whole texts, and patterns with a `*`, hashed
//! by their fixed part.

use crate::image::hash;
use crate::image::layout::{Image, Section};
use crate::origins::bucket::{self, Records};
use crate::syntax::stepwise::Stepwise;

/// Most patterns of one bucket. A table has one bucket for every two patterns, so chance alone
/// never puts more than 20 into one. But all globs with one fixed part share a bucket, at most
/// 32 of them, and a few fixed parts may share one, too.
pub(crate) const BUCKET_MAX: usize = 128;

/// Buckets of a table for this many patterns. Eight times as many were not faster, because a bucket's
/// heads are compared without a branch, and took 14 bytes more per origin.
pub(crate) const fn bucket_count(patterns: usize) -> usize {
    patterns.div_ceil(2)
}

/// Bytes of the directory.
pub(crate) const fn directory_len(patterns: usize) -> usize {
    if patterns == 0 { 0 } else { (bucket_count(patterns) + 1) * 4 }
}

/// A table, read in place, as slices of the image. Offsets into the whole image take as many
/// instructions, and in an unchecked image, a directory could claim to have 4 GiB.
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

    pub(crate) fn record_bytes(self) -> &'i [u8] {
        self.records
    }

    /// All patterns, in no particular order.
    pub(crate) fn texts(self) -> impl Iterator<Item = &'i [u8]> {
        let records = (0..self.buckets()).flat_map(move |bucket| Records::new(self.bucket(bucket)));
        Stepwise(records.map(|(_, text)| text))
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

    /// Finds the pattern that has this hash and that `fits` accepts.
    #[inline]
    pub(crate) fn find(self, hash: u64, fits: impl Fn(&[u8]) -> bool) -> Option<&'i [u8]> {
        bucket::find(self.bucket_of(hash), hash, fits)
    }

    /// The same, for look-ups that few policies need. All of them share one copy of the code, which
    /// has 400 bytes.
    #[inline(never)]
    pub(crate) fn find_rare(self, hash: u64, fits: &dyn Fn(&[u8]) -> bool) -> Option<&'i [u8]> {
        self.find(hash, fits)
    }

    /// The bucket that holds all patterns with this hash.
    #[inline]
    pub(crate) fn bucket_of(self, hash: u64) -> &'i [u8] {
        self.bucket(hash::bucket(hash, self.buckets() as u32) as usize)
    }
}
