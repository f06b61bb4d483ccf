//! The patterns of a policy that is being compiled: which group each belongs to, and which bucket
//! of its table.

use core::ops::Range;

use crate::image::hash;
use crate::origins::bucket::HEAD_LEN;
use crate::origins::exact::exact_hash;
use crate::origins::range;
use crate::origins::table::directory_len;
use crate::origins::wildcard::wildcard_hash;
use crate::spec::limits::RANGES_MAX;
use crate::spec::pattern::{PATTERN_MAX, is_range, parse};
use crate::spec::source::Source;
use crate::syntax::byte::{contains, contains_one_of};

/// Which part of an image holds a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// The table of patterns that match only their own text.
    Exact,
    /// The table of patterns with a `*`.
    Wildcard,
    /// The section of address ranges.
    Range,
}

impl Group {
    /// The group of an entry that is a pattern.
    pub(crate) fn of(text: &[u8]) -> Self {
        // Most patterns are hosts, and one look at their bytes is enough.
        if text.strip_prefix(b"https://").is_some_and(|rest| !contains_one_of(rest, [b'*', b'/'])) {
            Self::Exact
        } else if is_range(text) {
            Self::Range
        } else if contains(text, b'*') {
            Self::Wildcard
        } else {
            Self::Exact
        }
    }

    /// The hash of a pattern in its table. Ranges have none.
    pub(crate) fn hash(self, seed: u32, text: &[u8]) -> Option<u64> {
        match self {
            Self::Exact => Some(exact_hash(seed, text)),
            Self::Wildcard => Some(wildcard_hash(seed, &parse(text).ok()?)),
            Self::Range => None,
        }
    }
}

/// What is known about the patterns of one group before they are written.
#[derive(Clone, Copy, Default)]
pub(crate) struct Size {
    pub(crate) count: usize,
    /// Bytes of their texts.
    pub(crate) bytes: usize,
    /// Length of the longest text.
    pub(crate) longest: usize,
    /// A number that depends on every pattern, but not on their order. It is the first seed that is
    /// tried.
    pub(crate) seed: u32,
}

impl Size {
    /// Bytes of a table.
    fn table_len(self) -> usize {
        self.bytes.saturating_add(self.count * HEAD_LEN + directory_len(self.count))
    }

    fn add(&mut self, text: &[u8]) {
        self.count += 1;
        self.bytes = self.bytes.saturating_add(text.len());
        self.longest = self.longest.max(text.len());
    }

    fn add_seeded(&mut self, text: &[u8]) {
        self.add(text);
        // Only an entry that is not a pattern can be longer, and it is an error anyway.
        let text = text.get(..PATTERN_MAX).unwrap_or(text);
        self.seed = self.seed.wrapping_add(hash::text(0, text, false) as u32);
    }
}

/// How many patterns are placed together. Their buckets are fetched from memory at the same time,
/// not one after the other. For a million patterns that halves the time.
pub(crate) const BLOCK: usize = 16;

/// A pattern with its place in a table.
pub(crate) struct Placed<'s> {
    /// The number of the entry.
    pub(crate) index: usize,
    pub(crate) text: &'s [u8],
    pub(crate) hash: u64,
    pub(crate) bucket: usize,
}

/// The patterns of a policy.
pub(crate) struct Patterns<'s, S> {
    pub(crate) source: &'s S,
    /// Whether any origin is allowed, so that there are no patterns.
    any: bool,
    /// Whether every entry is known to be a pattern.
    parsed: bool,
    exact: Size,
    wildcards: Size,
    ranges: Size,
    /// From the first pattern that is not exact to the last. All others are exact, so their texts
    /// need not be read to know their group. That matters, because a long list is not in the cache.
    inexact_span: Range<usize>,
}

impl<'s, S: Source> Patterns<'s, S> {
    pub(crate) fn new(source: &'s S, parsed: bool) -> Self {
        Self::with(source, parsed, Size::add_seeded)
    }

    /// The patterns as they are measured: without seeds, because a hash of every text takes time.
    pub(crate) fn unseeded(source: &'s S) -> Self {
        // An entry that is not a pattern ends in an error, so its size does not matter.
        Self::with(source, true, Size::add)
    }

    fn with(source: &'s S, parsed: bool, add: fn(&mut Size, &[u8])) -> Self {
        let (exact, wildcards, ranges) = Default::default();
        let mut patterns = Self { source, any: false, parsed, exact, wildcards, ranges, inexact_span: 0..usize::MAX };
        let (mut any, mut span): (bool, Option<Range<usize>>) = (false, None);
        let [mut exact, mut wildcards, mut ranges] = [Size::default(); 3];
        for (group, index, text) in patterns.all() {
            any |= text == b"*";
            match group {
                Group::Exact => add(&mut exact, text),
                Group::Wildcard => add(&mut wildcards, text),
                Group::Range => add(&mut ranges, text),
            }
            if group != Group::Exact {
                span = Some(span.map_or(index, |span| span.start)..index.saturating_add(1));
            }
        }
        patterns.any = any;
        patterns.inexact_span = span.unwrap_or_default();
        if !any {
            (patterns.exact, patterns.wildcards, patterns.ranges) = (exact, wildcards, ranges);
        }
        patterns
    }

    /// All patterns, with their numbers.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Group, usize, &'s [u8])> {
        self.within(0..usize::MAX)
    }

    /// The patterns of one group, with their numbers.
    pub(crate) fn of(&self, group: Group) -> impl Iterator<Item = (usize, &'s [u8])> {
        let span = if group == Group::Exact { 0..usize::MAX } else { self.inexact_span.clone() };
        self.within(span).filter(move |(of, ..)| *of == group).map(|(_, index, text)| (index, text))
    }

    fn within(&self, span: Range<usize>) -> impl Iterator<Item = (Group, usize, &'s [u8])> {
        let most = if self.any { 0 } else { span.len() };
        let entries = self.source.origins().enumerate().skip(span.start).take(most);
        entries.filter(|(_, text)| self.parsed || parse(text).is_ok()).map(|(index, text)| {
            (if self.inexact_span.contains(&index) { Group::of(text) } else { Group::Exact }, index, text)
        })
    }

    pub(crate) fn size(&self, group: Group) -> Size {
        match group {
            Group::Exact => self.exact,
            Group::Wildcard => self.wildcards,
            Group::Range => self.ranges,
        }
    }

    /// How many bytes are enough for all patterns.
    pub(crate) fn image_len(&self) -> usize {
        let tables = self.exact.table_len().saturating_add(self.wildcards.table_len());
        tables.saturating_add(range::section_len(self.ranges.count.min(RANGES_MAX), self.ranges.bytes))
    }

    /// Finds the place of every pattern of one table under this seed, and passes them on block by
    /// block.
    pub(crate) fn place(
        &self,
        group: Group,
        seed: u32,
        buckets: u32,
        mut take: impl FnMut(&[Placed<'s>]) -> Option<()>,
    ) -> Option<()> {
        let mut entries = self.of(group);
        loop {
            let mut block = heapless::Vec::<_, BLOCK>::new();
            for (index, text) in entries.by_ref().take(BLOCK) {
                let hash = group.hash(seed, text)?;
                // The block is passed on as soon as it is full, so there is room.
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
    use super::{Group, Patterns};
    use crate::spec::policy_spec::PolicySpec;

    #[test]
    fn first_seed_depends_on_patterns_but_not_on_order() {
        let seed = |origins: [&str; 2], group| Patterns::new(&PolicySpec::new(&origins), false).size(group).seed;
        let names = ["https://a.example", "https://b.example", "https://c.example"];
        let wildcards = ["https://*.a.example", "https://*.b.example", "https://*.c.example"];
        for (group, [a, b, c]) in [(Group::Exact, names), (Group::Wildcard, wildcards)] {
            let first = seed([a, b], group);
            assert_eq!(first, seed([b, a], group));
            assert_ne!(first, seed([a, c], group));
            assert_ne!(first, seed([c, b], group));
        }
    }
}
