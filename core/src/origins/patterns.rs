//! The patterns of a policy that is being compiled: how many go into which table, and where.

use core::ops::Range;

use crate::image::hash;
use crate::origins::bucket::HEAD_LEN;
use crate::origins::range::section_len;
use crate::origins::table::{directory_len, exact_hash, wildcard_hash};
use crate::spec::limits::RANGES_MAX;
use crate::spec::pattern::{is_range, parse};
use crate::spec::source::Source;
use crate::syntax::byte::contains;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// Patterns that are one text.
    Exact,
    /// Wildcards, globs, any port.
    Wildcard,
}

impl TableKind {
    /// A pattern that is one text is one without a `*`.
    fn of(text: &[u8]) -> Self {
        if contains(text, b'*') { Self::Wildcard } else { Self::Exact }
    }

    /// Where a pattern of this table belongs.
    pub(crate) fn hash(self, seed: u32, text: &[u8]) -> Option<u64> {
        match self {
            Self::Exact => Some(exact_hash(seed, text)),
            Self::Wildcard => Some(wildcard_hash(seed, &parse(text).ok()?)),
        }
    }
}

/// How many patterns there are, and the bytes of their records.
#[derive(Clone, Copy, Default)]
pub(crate) struct TableSize {
    pub(crate) count: usize,
    pub(crate) bytes: usize,
    /// Of the longest text.
    pub(crate) longest: usize,
}

impl TableSize {
    /// Bytes of the table.
    pub(crate) fn total(self) -> usize {
        self.bytes.saturating_add(directory_len(self.count))
    }
}

/// Patterns that are placed together, so that the memory behind them is waited for once and not once each.
pub(crate) const BLOCK: usize = 16;

/// A pattern with its place in a table.
pub(crate) struct Placed<'s> {
    /// Of the entry.
    pub(crate) index: usize,
    pub(crate) text: &'s [u8],
    pub(crate) hash: u64,
    pub(crate) bucket: usize,
}

/// The patterns that go into the tables.
pub(crate) struct Patterns<'s, S> {
    pub(crate) source: &'s S,
    /// Any origin is allowed: there are none.
    any: bool,
    /// Every entry has been seen to be a pattern.
    parsed: bool,
    exact: TableSize,
    wildcard: TableSize,
    /// Bytes of the texts of ranges. None: no entry has to be looked at for one.
    range_bytes: usize,
    /// From the first entry of the rest to the last. Outside, nothing has to be read to know the table: a long list is not in the cache.
    wildcard_span: Range<usize>,
}

impl<'s, S: Source> Patterns<'s, S> {
    pub(crate) fn new(source: &'s S, parsed: bool) -> Self {
        let any = source.origins().any(|entry| entry == b"*");
        let (exact, wildcard) = (TableSize::default(), TableSize::default());
        // Until they are counted, any entry may be a range.
        let mut patterns = Self { source, any, parsed, exact, wildcard, range_bytes: usize::MAX, wildcard_span: 0..0 };
        patterns.range_bytes = patterns.ranges().map(|(_, text)| text.len()).fold(0, usize::saturating_add);
        patterns.count();
        patterns
    }

    fn count(&mut self) {
        let (mut exact, mut wildcard, mut span) = (TableSize::default(), TableSize::default(), None);
        for (index, text) in self.entries(0..usize::MAX) {
            let size = match TableKind::of(text) {
                TableKind::Exact => &mut exact,
                TableKind::Wildcard => {
                    span = Some(span.map_or(index, |Range { start, .. }| start)..index.saturating_add(1));
                    &mut wildcard
                }
            };
            size.count += 1;
            size.bytes = size.bytes.saturating_add(text.len() + HEAD_LEN);
            size.longest = size.longest.max(text.len());
        }
        (self.exact, self.wildcard, self.wildcard_span) = (exact, wildcard, span.unwrap_or_default());
    }

    /// The entries that are patterns among these, with their numbers.
    fn entries(&self, span: Range<usize>) -> impl Iterator<Item = (usize, &'s [u8])> + use<'s, S> {
        let (parsed, has_ranges) = (self.parsed, self.range_bytes != 0);
        let most = if self.any { 0 } else { span.len() };
        let entries = self.source.origins().enumerate().skip(span.start).take(most);
        entries.filter(move |(_, text)| (parsed || parse(text).is_ok()) && !(has_ranges && is_range(text)))
    }

    /// Their tables, too.
    fn within(&self, span: Range<usize>) -> impl Iterator<Item = (TableKind, usize, &'s [u8])> {
        self.entries(span).map(|(index, text)| {
            let kind = if self.wildcard_span.contains(&index) { TableKind::of(text) } else { TableKind::Exact };
            (kind, index, text)
        })
    }

    /// The entries of both tables.
    pub(crate) fn all(&self) -> impl Iterator<Item = (TableKind, usize, &'s [u8])> {
        self.within(0..usize::MAX)
    }

    /// The ranges, with their numbers.
    pub(crate) fn ranges(&self) -> impl Iterator<Item = (usize, &'s [u8])> {
        let most = if self.any || self.range_bytes == 0 { 0 } else { usize::MAX };
        let entries = self.source.origins().enumerate().take(most);
        entries.filter(|(_, text)| is_range(text) && parse(text).is_ok())
    }

    /// Every pattern, with its number.
    pub(crate) fn every(&self) -> impl Iterator<Item = (usize, &'s [u8])> {
        self.all().map(|(_, index, text)| (index, text)).chain(self.ranges())
    }

    /// Bytes of the section of ranges.
    pub(crate) fn ranges_len(&self) -> usize {
        section_len(self.ranges().take(RANGES_MAX).count(), self.range_bytes)
    }

    /// The entries of one table, with their numbers.
    pub(crate) fn of(&self, kind: TableKind) -> impl Iterator<Item = (usize, &'s [u8])> {
        let span = match kind {
            TableKind::Exact => 0..usize::MAX,
            TableKind::Wildcard => self.wildcard_span.clone(),
        };
        self.within(span).filter(move |(of, ..)| *of == kind).map(|(_, index, text)| (index, text))
    }

    pub(crate) fn size(&self, kind: TableKind) -> TableSize {
        match kind {
            TableKind::Exact => self.exact,
            TableKind::Wildcard => self.wildcard,
        }
    }

    /// Finds the places of all patterns of one table under this seed, and hands them over a block at a time.
    pub(crate) fn place(
        &self,
        kind: TableKind,
        seed: u32,
        buckets: u32,
        mut take: impl FnMut(&[Placed<'s>]) -> Option<()>,
    ) -> Option<()> {
        let mut entries = self.of(kind);
        loop {
            let mut block = heapless::Vec::<_, BLOCK>::new();
            for (index, text) in entries.by_ref().take(BLOCK) {
                let hash = kind.hash(seed, text)?;
                // It has room for as many.
                let _ = block.push(Placed { index, text, hash, bucket: hash::bucket(hash, buckets) as usize });
            }
            if block.is_empty() {
                return Some(());
            }
            take(&block)?;
        }
    }
}
