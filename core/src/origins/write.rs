//! Writes the two tables of patterns, using only the caller's storage. First it counts how full
//! each bucket gets and where it begins. Then it writes the records, and at last it closes the gaps
//! that duplicates left.

use core::hint::black_box;

use crate::image::hash;
use crate::image::layout::{HeadWriter, Section};
use crate::image::list::Writer;
use crate::origins::bucket::{self, HEAD_LEN, Records};
use crate::origins::patterns::{BLOCK, Group, Patterns, Placed};
use crate::origins::range::record;
use crate::origins::table::{BUCKET_MAX, bucket_count, directory_len};
use crate::origins::wildcard::{GLOBS_MAX, globs_like};
use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::RANGES_MAX;
use crate::spec::pattern::parse;
use crate::spec::report::{Place, Report};
use crate::spec::source::Source;

/// How many seeds are tried. By chance, a bucket is too full in one policy of thousands, and only
/// if the policy has millions of globs.
const SEEDS: u32 = 4;

/// Writes one table, and returns the seed of its hash.
pub(crate) fn write_table<S: Source>(
    patterns: &Patterns<'_, S>,
    head: &mut HeadWriter,
    writer: &mut Writer<'_>,
    report: &mut Report<'_>,
    group: Group,
) -> Option<u32> {
    let (directory_section, records_section) = match group {
        Group::Exact => (Section::ExactDirectory, Section::ExactRecords),
        Group::Wildcard => (Section::WildcardDirectory, Section::WildcardRecords),
        Group::Range => return None,
    };
    let size = patterns.size(group);
    let at = writer.at();
    writer.skip(directory_len(size.count))?;
    head.put_end(directory_section, writer.at());
    let mut seed = 0;
    if size.count != 0 {
        let buckets = u32::try_from(bucket_count(size.count)).ok()?;
        let (written, records) = writer.split()?;
        let directory = written.get_mut(at..)?;
        seed = choose_seed(size.seed, |seed| fill_directory(patterns, group, seed, buckets, directory, records))?;
        let total = number_starts(directory)?;
        records.get_mut(..total)?.fill(0);
        let has_gaps = fill_buckets(patterns, group, seed, buckets, directory, records, report)?;
        let length = if has_gaps { close_gaps(directory, records)? } else { total };
        writer.skip(length)?;
    }
    head.put_end(records_section, writer.at());
    Some(seed)
}

/// Returns the first seed under which no bucket gets too many patterns, or else the one whose
/// fullest bucket has the fewest. That one is measured last.
///
/// The first seed depends on every pattern, so a tenant who knows only its own patterns cannot aim
/// them at one bucket, neither to have the policy refused nor to make look-ups slow.
fn choose_seed(first: u32, mut measure: impl FnMut(u32) -> Option<u8>) -> Option<u32> {
    let mut best = (u8::MAX, first);
    for seed in (0..SEEDS).map(|number| first.wrapping_add(number)) {
        let fullest = measure(seed)?;
        if usize::from(fullest) <= BUCKET_MAX {
            return Some(seed);
        }
        if fullest < best.0 {
            best = (fullest, seed);
        }
    }
    measure(best.1)?;
    Some(best.1)
}

/// Writes the size of each bucket to its place in the directory. Returns the most patterns of any
/// bucket, or 255 if there are more.
///
/// A bucket is too full if it has too many patterns. The length of their texts does not count,
/// because a look-up skips them without reading.
fn fill_directory<S: Source>(
    patterns: &Patterns<'_, S>,
    group: Group,
    seed: u32,
    buckets: u32,
    directory: &mut [u8],
    records: &mut [u8],
) -> Option<u8> {
    directory.fill(0);
    // The records are not written yet. Until then, their first bytes hold the number of patterns of
    // each bucket.
    let counts = records.get_mut(..buckets as usize)?;
    counts.fill(0);
    let mut fullest = 0;
    patterns.place(group, seed, buckets, |block| {
        for placed in block {
            let count = counts.get_mut(placed.bucket)?;
            *count = count.saturating_add(1);
            fullest = fullest.max(*count);
            let length = read(directory, placed.bucket)?.checked_add((placed.text.len() + HEAD_LEN) as u32)?;
            put(directory, placed.bucket, length)?;
        }
        Some(())
    })?;
    Some(fullest)
}

/// Replaces the sizes in the directory with the starts of the buckets. Returns the sum of the
/// sizes.
fn number_starts(directory: &mut [u8]) -> Option<usize> {
    let mut start = 0_u32;
    for slot in directory.chunks_exact_mut(4) {
        let slot: &mut [u8; 4] = slot.first_chunk_mut()?;
        let length = u32::from_le_bytes(*slot);
        *slot = start.to_le_bytes();
        start = start.checked_add(length)?;
    }
    usize::try_from(start).ok()
}

/// Writes the records. Returns true if some were reported instead and left a gap.
fn fill_buckets<S: Source>(
    patterns: &Patterns<'_, S>,
    group: Group,
    seed: u32,
    buckets: u32,
    directory: &[u8],
    records: &mut [u8],
    report: &mut Report<'_>,
) -> Option<bool> {
    let mut has_gaps = false;
    patterns.place(group, seed, buckets, |block| {
        let mut bounds = [(0, 0); BLOCK];
        for (placed, (start, end)) in block.iter().zip(&mut bounds) {
            *start = read(directory, placed.bucket)? as usize;
            *end = read(directory, placed.bucket + 1)? as usize;
        }
        // Reads from all these buckets before the first one is needed, so that their cache misses
        // overlap.
        for (start, end) in bounds {
            black_box((records.get(start).copied(), records.get(end.wrapping_sub(1)).copied()));
        }
        for (placed, (start, end)) in block.iter().zip(bounds) {
            has_gaps |= !insert(records.get_mut(start..end)?, placed, report)?;
        }
        Some(())
    })?;
    Some(has_gaps)
}

/// Adds a record to its bucket. Returns false if a finding was reported instead.
fn insert(bucket: &mut [u8], placed: &Placed<'_>, report: &mut Report<'_>) -> Option<bool> {
    let &Placed { index, text, hash, .. } = placed;
    let entry = Place::entry(Field::AllowOrigins, index, text);
    let head = bucket::head(hash, text, false);
    let mut count = 0;
    for (other_head, other) in Records::new(bucket) {
        if bucket::is_like(other_head, head) && hash::is_equal(other, text) {
            report.superfluous(FindingCode::Duplicate, entry, other);
            return Some(false);
        }
        count += 1;
    }
    // Most buckets have fewer patterns than there may be globs, so nothing has to be counted.
    if count >= BUCKET_MAX || (count >= GLOBS_MAX && globs_like(bucket, text) >= GLOBS_MAX) {
        let advice = "use \"*.\" for all names below, or list the names that exist";
        report.error(FindingCode::TooMany, entry, advice);
        return Some(false);
    }
    bucket::push(bucket, hash, text)?;
    Some(true)
}

fn read(directory: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*directory.get(at.checked_mul(4)?..)?.first_chunk()?))
}

fn put(directory: &mut [u8], at: usize, number: u32) -> Option<()> {
    *directory.get_mut(at.checked_mul(4)?..)?.first_chunk_mut()? = number.to_le_bytes();
    Some(())
}

/// Moves the buckets together, and in each bucket the texts to their heads. Returns the bytes of
/// all buckets.
fn close_gaps(directory: &mut [u8], records: &mut [u8]) -> Option<usize> {
    let (mut to, mut slot) = (0, 0);
    while let (Some(start), Some(end)) = (read(directory, slot), read(directory, slot + 1)) {
        let (start, end) = (start as usize, end as usize);
        let (heads, texts) = Records::new(records.get(start..end)?)
            .fold((0, 0), |(heads, texts), (_, text)| (heads + HEAD_LEN, texts + text.len()));
        put(directory, slot, u32::try_from(to).ok()?)?;
        // Bytes only move to the front, so none is overwritten before it has moved.
        for from in (start..end).take(heads).chain(end.checked_sub(texts)?..end) {
            *records.get_mut(to)? = *records.get(from)?;
            to += 1;
        }
        slot += 1;
    }
    put(directory, slot, u32::try_from(to).ok()?)?;
    Some(to)
}

/// Writes the section of ranges, without duplicates.
pub(crate) fn write_ranges<S: Source>(
    patterns: &Patterns<'_, S>,
    head: &mut HeadWriter,
    writer: &mut Writer<'_>,
    report: &mut Report<'_>,
) -> Option<()> {
    let mut texts = heapless::Vec::<&[u8], RANGES_MAX>::new();
    for (number, (index, text)) in patterns.of(Group::Range).enumerate() {
        let place = Place::entry(Field::AllowOrigins, index, text);
        if number >= RANGES_MAX {
            report.error(FindingCode::TooMany, place, "list fewer ranges, or a wider one that holds several");
        } else if let Some(&first) = texts.iter().find(|&&other| other == text) {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else {
            // There is room for the most ranges that a policy can have.
            let _ = texts.push(text);
        }
    }
    if !texts.is_empty() {
        writer.push([texts.len() as u8].into_iter())?;
    }
    for text in &texts {
        writer.push(record(text, &parse(text).ok()?)?.into_iter())?;
    }
    for text in &texts {
        writer.push(text.iter().copied())?;
    }
    head.put_end(Section::Ranges, writer.at());
    Some(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{SEEDS, choose_seed};
    use crate::origins::table::BUCKET_MAX;
    use std::vec::Vec;

    /// Which seed is chosen if every seed fills its fullest bucket this much, and how often a seed
    /// was measured.
    fn chosen(fullest: impl Fn(u32) -> u8) -> (u32, u32) {
        let mut measured = Vec::new();
        let measure = |seed| {
            measured.push(seed);
            Some(fullest(seed))
        };
        let seed = choose_seed(u32::MAX, measure).unwrap();
        assert_eq!(measured.last(), Some(&seed));
        (seed, measured.len() as u32)
    }

    #[test]
    fn seeds_are_tried_until_one_is_good() {
        let most = BUCKET_MAX as u8;
        assert_eq!(chosen(|_| most), (u32::MAX, 1));
        assert_eq!(chosen(|seed| if seed == 1 { most } else { most + 1 }), (1, 3));
        assert_eq!(chosen(|seed| if seed == 0 { most + 1 } else { most + 2 }), (0, SEEDS + 1));
        assert_eq!(chosen(|_| u8::MAX), (u32::MAX, SEEDS + 1));
    }
}
