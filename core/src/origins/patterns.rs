//! The patterns of a policy that is being compiled: which table each belongs to, and where in it.

use core::ops::Range;

use crate::image::hash;
use crate::origins::bucket::HEAD_LEN;
use crate::origins::exact::exact_hash;
use crate::origins::table::directory_len;
use crate::origins::wildcard::wildcard_hash;
use crate::spec::pattern::{PATTERN_MAX, is_range, parse};
use crate::spec::source::Source;
use crate::syntax::byte::contains;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableKind {
    Exact,
    /// Patterns with a `*`.
    Wildcard,
}

impl TableKind {
    fn of(text: &[u8]) -> Self {
        if contains(text, b'*') { Self::Wildcard } else { Self::Exact }
    }

    /// The key of a pattern of this table.
    pub(crate) fn hash(self, seed: u32, text: &[u8]) -> Option<u64> {
        match self {
            Self::Exact => Some(exact_hash(seed, text)),
            Self::Wildcard => Some(wildcard_hash(seed, &parse(text).ok()?)),
        }
    }
}

/// What is known of the patterns of one table before it is written.
#[derive(Clone, Copy, Default)]
pub(crate) struct TableSize {
    pub(crate) count: usize,
    /// Bytes of their records.
    pub(crate) bytes: usize,
    /// Length of the longest text.
    pub(crate) longest: usize,
    /// A number that depends on every pattern and not on their order: the first seed that is tried.
    pub(crate) seed: u32,
}

impl TableSize {
    /// Bytes of the table.
    pub(crate) fn total(self) -> usize {
        self.bytes.saturating_add(directory_len(self.count))
    }

    fn add(&mut self, text: &[u8]) {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(text.len() + HEAD_LEN);
        self.longest = self.longest.max(text.len());
        // Patterns are no longer than this, but an entry that is not a pattern may be.
        let text = text.get(..PATTERN_MAX).unwrap_or(text);
        self.seed = self.seed.wrapping_add(hash::text(0, text, false) as u32);
    }
}

/// Patterns that are placed together. Their buckets are fetched from memory at the same time, not one after the other: for a million
/// patterns this halves the time.
pub(crate) const BLOCK: usize = 16;

/// A pattern with its place in a table.
pub(crate) struct Placed<'s> {
    /// The number of the entry.
    pub(crate) index: usize,
    pub(crate) text: &'s [u8],
    pub(crate) hash: u64,
    pub(crate) bucket: usize,
}

/// The patterns that go into the tables.
pub(crate) struct Patterns<'s, S> {
    pub(crate) source: &'s S,
    /// Any origin is allowed, so that there are no patterns.
    any: bool,
    /// Every entry is known to be a pattern.
    parsed: bool,
    exact: TableSize,
    wildcard: TableSize,
    /// From the first pattern with a `*` to the last. Outside, no text has to be read to know its table: a long list is not in the cache.
    wildcard_span: Range<usize>,
}

impl<'s, S: Source> Patterns<'s, S> {
    pub(crate) fn new(source: &'s S, parsed: bool) -> Self {
        let any = source.origins().any(|entry| entry == b"*");
        let (exact, wildcard) = (TableSize::default(), TableSize::default());
        let mut patterns = Self { source, any, parsed, exact, wildcard, wildcard_span: 0..0 };
        patterns.measure();
        patterns
    }

    fn measure(&mut self) {
        let (mut exact, mut wildcard, mut span) = (TableSize::default(), TableSize::default(), None);
        for (index, text) in self.entries(0..usize::MAX) {
            match TableKind::of(text) {
                TableKind::Exact => exact.add(text),
                TableKind::Wildcard => {
                    span = Some(span.map_or(index, |Range { start, .. }| start)..index.saturating_add(1));
                    wildcard.add(text);
                }
            }
        }
        (self.exact, self.wildcard, self.wildcard_span) = (exact, wildcard, span.unwrap_or_default());
    }

    /// The entries among these that are patterns, with their numbers.
    fn entries(&self, span: Range<usize>) -> impl Iterator<Item = (usize, &'s [u8])> + use<'s, S> {
        let parsed = self.parsed;
        let most = if self.any { 0 } else { span.len() };
        let entries = self.source.origins().enumerate().skip(span.start).take(most);
        entries.filter(move |(_, text)| (parsed || parse(text).is_ok()) && !is_range(text))
    }

    fn within(&self, span: Range<usize>) -> impl Iterator<Item = (TableKind, usize, &'s [u8])> {
        self.entries(span).map(|(index, text)| {
            let kind = if self.wildcard_span.contains(&index) { TableKind::of(text) } else { TableKind::Exact };
            (kind, index, text)
        })
    }

    /// The entries of both tables, with their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (TableKind, usize, &'s [u8])> {
        self.within(0..usize::MAX)
    }

    /// The entries of one table, with their numbers.
    fn of(&self, kind: TableKind) -> impl Iterator<Item = (usize, &'s [u8])> {
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

#[cfg(test)]
mod tests {
    use super::{Patterns, TableKind};
    use crate::spec::policy_spec::PolicySpec;

    #[test]
    fn the_first_seed_depends_on_every_pattern_and_not_on_their_order() {
        let seed = |origins: [&str; 2], kind| Patterns::new(&PolicySpec::new(&origins), false).size(kind).seed;
        let names = ["https://a.example", "https://b.example", "https://c.example"];
        let wildcards = ["https://*.a.example", "https://*.b.example", "https://*.c.example"];
        for (kind, [a, b, c]) in [(TableKind::Exact, names), (TableKind::Wildcard, wildcards)] {
            let first = seed([a, b], kind);
            assert_eq!(first, seed([b, a], kind));
            assert_ne!(first, seed([a, c], kind));
            assert_ne!(first, seed([c, b], kind));
        }
    }
}
