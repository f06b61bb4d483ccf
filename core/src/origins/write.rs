//! Writes the two tables of patterns: a count for each bucket, prefix sums, placement, and compaction where duplicates left holes.

use core::hint::black_box;

use crate::image::hash;
use crate::image::layout::{HeadWriter, Section};
use crate::image::list::Writer;
use crate::origins::bucket::{self, HEAD_LEN, Records};
use crate::origins::patterns::{BLOCK, Patterns, TableKind, TableSize};
use crate::origins::table::{BUCKET_MAX, GLOBS_MAX, bucket_count, directory_len};
use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::pattern::{Kind, parse};
use crate::spec::report::{Place, Report};
use crate::spec::source::Source;

/// Seeds that are tried for buckets of at most so many patterns of the usual length; the best of them is taken.
const SEEDS: u32 = 4;
const FULL: usize = 16;
/// Seeds that nobody knows who knows not all patterns: whoever adds some to others' cannot choose them for one bucket.
const FURTHER_SEEDS: u32 = 12;

/// A seed that depends on every pattern, whatever their order.
fn own_seed<S: Source>(patterns: &Patterns<'_, S>, kind: TableKind) -> Option<u32> {
    patterns.of(kind).try_fold(0, |seed: u32, (_, text)| Some(seed.wrapping_add(kind.hash(0, text)? as u32)))
}

/// The first seed that is good enough, or the best of those that are tried. It was measured last.
fn choose_seed(
    size: TableSize,
    mut measure: impl FnMut(u32) -> Option<u32>,
    own_seed: impl FnOnce() -> Option<u32>,
) -> Option<u32> {
    let so_many = |patterns: usize| size.bytes.saturating_mul(patterns).checked_div(size.count);
    let (enough, too_many) = (so_many(FULL)?, so_many(BUCKET_MAX / 2)?);
    let mut best = (u32::MAX, 0);
    for seed in 0..SEEDS {
        best = best.min((measure(seed)?, seed));
        if best.0 as usize <= enough {
            return Some(seed);
        }
    }
    // A bucket that is merely full does no harm; more of them are somebody's choice.
    if best.0 as usize > too_many {
        let own = own_seed()?;
        for seed in (0..FURTHER_SEEDS).map(|further| own.wrapping_add(further)) {
            best = best.min((measure(seed)?, seed));
            if best.0 as usize <= enough {
                break;
            }
        }
    }
    measure(best.1)?;
    Some(best.1)
}

/// Writes one table. The seed that was taken.
pub(crate) fn write_table<S: Source>(
    patterns: &Patterns<'_, S>,
    head: &mut HeadWriter,
    writer: &mut Writer<'_>,
    report: &mut Report<'_>,
    kind: TableKind,
) -> Option<u32> {
    let (directory_section, records_section) = match kind {
        TableKind::Exact => (Section::ExactDirectory, Section::ExactRecords),
        TableKind::Wildcard => (Section::WildcardDirectory, Section::WildcardRecords),
    };
    let size = patterns.size(kind);
    let at = writer.at();
    writer.skip(directory_len(size.count))?;
    head.put_end(directory_section, writer.at());
    if size.count == 0 {
        head.put_end(records_section, writer.at());
        return Some(0);
    }
    let buckets = u32::try_from(bucket_count(size.count)).ok()?;
    let (written, records) = writer.split()?;
    let directory = written.get_mut(at..)?;

    // The bytes of each bucket; those of the fullest.
    let measure = |seed| {
        directory.fill(0);
        let mut fullest = 0;
        patterns.place(kind, seed, buckets, |block| {
            for placed in block {
                let bytes = u32::try_from(placed.text.len() + HEAD_LEN).ok()?;
                fullest = add(directory, placed.bucket, bytes)?.max(fullest);
            }
            Some(())
        })?;
        Some(fullest)
    };
    let seed = choose_seed(size, measure, || own_seed(patterns, kind))?;
    let mut start = 0;
    for slot in directory.chunks_exact_mut(4) {
        let slot: &mut [u8; 4] = slot.first_chunk_mut()?;
        let length = u32::from_le_bytes(*slot);
        *slot = u32::to_le_bytes(start);
        start = start.checked_add(length)?;
    }
    let total = usize::try_from(start).ok()?;
    records.get_mut(..total)?.fill(0);
    let mut has_holes = false;
    patterns.place(kind, seed, buckets, |block| {
        let mut bounds = [(0, 0); BLOCK];
        for (placed, (start, end)) in block.iter().zip(&mut bounds) {
            *start = read(directory, placed.bucket)? as usize;
            *end = read(directory, placed.bucket + 1)? as usize;
        }
        // All their buckets are asked for before the first is needed: a large table comes from far away.
        for (start, end) in bounds {
            black_box((records.get(start).copied(), records.get(end.wrapping_sub(1)).copied()));
        }
        for (placed, (start, end)) in block.iter().zip(bounds) {
            let entry = Place::entry(Field::AllowOrigins, placed.index, placed.text);
            has_holes |= !insert(records.get_mut(start..end)?, placed.hash, placed.text, entry, report)?;
        }
        Some(())
    })?;
    let length = if has_holes { compact(directory, records)? } else { total };
    writer.skip(length)?;
    head.put_end(records_section, writer.at());
    Some(seed)
}

fn read(directory: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*directory.get(at.checked_mul(4)?..)?.first_chunk()?))
}

fn add(directory: &mut [u8], at: usize, count: u32) -> Option<u32> {
    let sum = read(directory, at)?.checked_add(count)?;
    *directory.get_mut(at.checked_mul(4)?..)?.first_chunk_mut()? = sum.to_le_bytes();
    Some(sum)
}

/// Puts a record behind those of its bucket. False: a finding was reported in its place.
fn insert(bucket: &mut [u8], hash: u64, text: &[u8], entry: Place<'_>, report: &mut Report<'_>) -> Option<bool> {
    let mut count = 0;
    let head = bucket::head(hash, text, false);
    for (other_head, other) in Records::new(bucket) {
        if bucket::is_like(other_head, head) && hash::is_equal(other, text, false) {
            report.superfluous(FindingCode::Duplicate, entry, other);
            return Some(false);
        }
        count += 1;
    }
    // Fewer records than globs may be: none of them has to be parsed.
    let is_full = count == BUCKET_MAX || (count >= GLOBS_MAX && globs_beside(bucket, text) >= GLOBS_MAX);
    if is_full {
        let advice = "use \"*.\" for all names below, or list the names that exist";
        report.error(FindingCode::TooMany, entry, advice);
        return Some(false);
    }
    bucket::push(bucket, hash, text)?;
    Some(true)
}

/// How many globs with the same scheme, parent and port there are, if this text is a glob.
pub(crate) fn globs_beside(bucket: &[u8], text: &[u8]) -> usize {
    let Some(pattern) = parse(text).ok().filter(|pattern| pattern.kind == Kind::Glob) else { return 0 };
    Records::new(bucket).filter(|(_, other)| parse(other) == Ok(pattern)).count()
}

/// Moves the buckets together, and in each the texts to their heads; the length of all.
fn compact(directory: &mut [u8], records: &mut [u8]) -> Option<usize> {
    let (mut to, mut slot) = (0, 0);
    while let (Some(start), Some(end)) = (read(directory, slot), read(directory, slot + 1)) {
        let (start, end) = (start as usize, end as usize);
        let (heads, texts) = Records::new(records.get(start..end)?)
            .fold((0, 0), |(heads, texts), (_, text)| (heads + HEAD_LEN, texts + text.len()));
        *directory.get_mut(slot * 4..)?.first_chunk_mut()? = u32::try_from(to).ok()?.to_le_bytes();
        // Always towards the front.
        for from in (start..end).take(heads).chain(end.checked_sub(texts)?..end) {
            *records.get_mut(to)? = *records.get(from)?;
            to += 1;
        }
        slot += 1;
    }
    *directory.get_mut(slot * 4..)?.first_chunk_mut()? = u32::try_from(to).ok()?.to_le_bytes();
    Some(to)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{FULL, FURTHER_SEEDS, SEEDS, choose_seed, own_seed};
    use crate::image::hash;
    use crate::origins::patterns::{Patterns, TableKind, TableSize};
    use crate::origins::table::{BUCKET_MAX, bucket_count, exact_hash};
    use crate::spec::policy_spec::PolicySpec;
    use std::{format, string::String, vec, vec::Vec};

    /// The seed that is chosen where each fills its fullest bucket so far, and how often one was measured.
    fn chosen(fullest: impl Fn(u32) -> u32) -> (u32, u32) {
        let size = TableSize { count: 1, bytes: 1, longest: 1 };
        let mut measured = Vec::new();
        let measure = |seed| {
            measured.push(seed);
            Some(fullest(seed))
        };
        let seed = choose_seed(size, measure, || Some(100)).unwrap();
        assert_eq!(measured.last(), Some(&seed));
        (seed, measured.len() as u32)
    }

    #[test]
    fn seeds_are_tried_until_one_is_good_and_further_ones_only_where_all_known_ones_are_bad() {
        let (enough, too_many) = (FULL as u32, BUCKET_MAX as u32 / 2);
        assert_eq!(chosen(|_| enough), (0, 1));
        assert_eq!(chosen(|seed| if seed == 2 { enough } else { enough + 1 }), (2, 3));
        assert_eq!(chosen(|seed| if seed == 2 { too_many } else { too_many + 1 }), (2, SEEDS + 1));
        assert_eq!(chosen(|seed| if seed == 101 { enough } else { too_many + 1 }), (101, SEEDS + 3));
        assert_eq!(chosen(|seed| if seed == 105 { too_many } else { too_many + 1 }), (105, SEEDS + FURTHER_SEEDS + 1));
        assert_eq!(chosen(|_| too_many + 1), (0, SEEDS + FURTHER_SEEDS + 1));
    }

    #[test]
    fn the_own_seed_is_another_for_other_patterns_and_the_same_for_another_order() {
        let own = |origins: [&str; 2], kind| own_seed(&Patterns::new(&PolicySpec::new(&origins), false), kind);
        let names = ["https://a.example", "https://b.example", "https://c.example"];
        let wildcards = ["https://*.a.example", "https://*.b.example", "https://*.c.example"];
        for (kind, [a, b, c]) in [(TableKind::Exact, names), (TableKind::Wildcard, wildcards)] {
            let seed = own([a, b], kind);
            assert_eq!(seed, own([b, a], kind));
            assert_ne!(seed, own([a, c], kind));
            assert_ne!(seed, own([c, b], kind));
        }
    }

    #[test]
    fn patterns_chosen_for_one_bucket_of_each_known_seed_compile() {
        const EACH: usize = 130;
        let buckets = bucket_count(EACH * SEEDS as usize) as u32;
        let mut numbers = 0..;
        let mut origins = Vec::new();
        for seed in 0..SEEDS {
            let names = numbers.by_ref().map(|number: u32| format!("https://tenant-{number}.example"));
            let first = |name: &String| hash::bucket(exact_hash(seed, name.as_bytes()), buckets) == 0;
            origins.extend(names.filter(first).take(EACH));
        }
        let spec = PolicySpec { allow_origins: &origins, ..PolicySpec::new(&[]) };
        assert!(spec.compile(vec![0; spec.image_len()], |_| ()).is_ok());
    }
}
