//! Checks the patterns of an image that anyone may have written: each must be where a look-up finds
//! it, and nothing else may be there.

use crate::image::hash;
use crate::image::layout::{Image, Section};
use crate::origins::bucket::{self, HEAD_LEN, Records};
use crate::origins::patterns::Group;
use crate::origins::range::{RECORD, ranges, record, section_len};
use crate::origins::table::{BUCKET_MAX, Table, bucket_count};
use crate::origins::wildcard::{GLOBS_MAX, globs_like};
use crate::spec::limits::RANGES_MAX;
use crate::spec::pattern::{Kind, Pattern, parse};

/// Whether the buckets follow one another as the directory says, and each holds only its own
/// patterns.
pub(crate) fn is_table_right(image: Image<'_>, group: Group) -> bool {
    let (table, seed) = match group {
        Group::Exact => (Table::exact(image), image.exact_seed()),
        _ => (Table::wildcards(image), image.wildcard_seed()),
    };
    let buckets = table.buckets();
    let Ok(bucket_number) = u32::try_from(buckets) else { return false };
    let (mut total, mut at) = (0_usize, 0_usize);
    for bucket in 0..buckets {
        let bytes = table.bucket(bucket);
        let is_own = |hash| hash::bucket(hash, bucket_number) as usize == bucket;
        let count = count_records(bytes, group, seed, is_own);
        let Some(count) = count.filter(|_| table.start(bucket) == Some(at)) else { return false };
        at += bytes.len();
        total += count;
    }
    let is_whole = at == table.record_bytes().len() && (buckets == 0 || table.end() == Some(at));
    // Duplicates are dropped after the directory is written, so it may be larger than its patterns
    // need.
    let is_sized = buckets >= bucket_count(total) && (total != 0) == (buckets != 0);
    is_whole && is_sized && table.directory_len() == if buckets == 0 { 0 } else { (buckets + 1) * 4 }
}

/// How many patterns a bucket holds. `None`: it differs from what the writer would have written.
fn count_records(bucket: &[u8], group: Group, seed: u32, is_own: impl Fn(u64) -> bool) -> Option<usize> {
    let (mut count, mut free) = (0, bucket.len());
    for (head, text) in Records::new(bucket) {
        free = free.checked_sub(HEAD_LEN + text.len())?;
        count += 1;
        let hash = group.hash(seed, text).filter(|&hash| is_own(hash))?;
        let is_record = head == bucket::head(hash, text, free == 0);
        if !is_record || group_of(&parse(text).ok()?) != Some(group) {
            return None;
        }
    }
    let has_room = count <= BUCKET_MAX
        && (count <= GLOBS_MAX || Records::new(bucket).all(|(_, text)| globs_like(bucket, text) <= GLOBS_MAX));
    // Heads and texts fill their bucket.
    (free == 0 && has_room).then_some(count)
}

/// The group of a pattern; `*` belongs to none.
fn group_of(pattern: &Pattern<'_>) -> Option<Group> {
    match pattern.kind {
        Kind::Any => None,
        Kind::Range(_) => Some(Group::Range),
        _ if pattern.is_exact() => Some(Group::Exact),
        _ => Some(Group::Wildcard),
    }
}

/// Whether the section of ranges is what the writer makes of its texts, without duplicates.
pub(crate) fn are_ranges_right(image: Image<'_>) -> bool {
    let section = image.section(Section::Ranges);
    let (count, bytes) = ranges(image).fold((0, 0), |(count, bytes), range| (count + 1, bytes + range.text.len()));
    let records = section.get(1..).unwrap_or_default().chunks_exact(RECORD);
    let are_records = ranges(image).zip(records).enumerate().all(|(number, (range, written))| {
        let is_new = ranges(image).take(number).all(|earlier| earlier.text != range.text);
        let expected = parse(range.text).ok().and_then(|pattern| record(range.text, &pattern));
        is_new && expected.is_some_and(|expected| expected == *written)
    });
    let is_counted = section.first().map_or(0, |&count| usize::from(count)) == count && count <= RANGES_MAX;
    is_counted && section.len() == section_len(count, bytes) && are_records
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Group, is_table_right};
    use crate::image::hash;
    use crate::image::layout::{Image, Section, field, section_end};
    use crate::origins::bucket::{self, HEAD_LEN};
    use crate::origins::table::bucket_count;
    use crate::spec::policy_spec::PolicySpec;
    use std::{format, string::String, vec, vec::Vec};

    const SEED: u32 = 0;

    /// The image of these origins, with other patterns of the same lengths in one of its tables,
    /// all in the first bucket.
    fn in_one_bucket(compiled: &[String], written: &[String], group: Group) -> Vec<u8> {
        let spec = PolicySpec { allow_origins: compiled, ..PolicySpec::new(&[]) };
        let mut bytes = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap().image().to_vec();
        let (seed_at, directory, records) = if group == Group::Exact {
            (field("exact_seed"), Section::ExactDirectory as usize, Section::ExactRecords as usize)
        } else {
            (field("wildcard_seed"), Section::WildcardDirectory as usize, Section::WildcardRecords as usize)
        };
        let image = Image::new(&bytes).unwrap();
        let (start, middle) = (image.end(directory - 1), image.end(directory));
        let end = middle + written.iter().map(|text| HEAD_LEN + text.len()).sum::<usize>();
        let end_at = section_end(records);
        bytes[end_at..end_at + 4].copy_from_slice(&u32::try_from(end).unwrap().to_le_bytes());
        bytes[seed_at..seed_at + 4].copy_from_slice(&SEED.to_le_bytes());
        for entry in bytes[start + 4..middle].chunks_exact_mut(4) {
            entry.copy_from_slice(&u32::try_from(end - middle).unwrap().to_le_bytes());
        }
        let (_, bucket) = bytes[..end].split_at_mut(middle);
        bucket.fill(0);
        for origin in written {
            bucket::push(bucket, group.hash(SEED, origin.as_bytes()).unwrap(), origin.as_bytes()).unwrap();
        }
        bytes
    }

    fn is_right(compiled: &[String], written: &[String], group: Group) -> bool {
        is_table_right(Image::new(&in_one_bucket(compiled, written, group)).unwrap(), group)
    }

    #[test]
    fn a_bucket_holds_128_patterns_and_no_more() {
        for (count, opens) in [(128, true), (129, false)] {
            let buckets = u32::try_from(bucket_count(count)).unwrap();
            let names = (0..).map(|number| format!("https://a{number}.example"));
            let first = |name: &String| hash::bucket(Group::Exact.hash(SEED, name.as_bytes()).unwrap(), buckets) == 0;
            let origins: Vec<String> = names.filter(first).take(count).collect();
            assert_eq!(is_right(&origins, &origins, Group::Exact), opens, "{count}");
        }
    }

    #[test]
    fn a_fixed_part_has_32_globs_and_no_more() {
        // The globs of both fixed parts belong to the first bucket.
        let fixed = |number: usize| format!(".p{number}.example");
        let glob = |number: usize, fixed: &str| format!("https://g{number:02}-*{fixed}");
        let is_first =
            |fixed: &String| hash::bucket(Group::Wildcard.hash(SEED, glob(0, fixed).as_bytes()).unwrap(), 17) == 0;
        let mut fixed_parts = (1000..9999).map(fixed).filter(is_first);
        let (one, other) = (fixed_parts.next().unwrap(), fixed_parts.next().unwrap());
        let globs: Vec<String> = (0..32).map(|number| glob(number, &one)).collect();
        let and = |fixed: &str| [&globs[..], &[glob(32, fixed)]].concat();
        assert!(is_right(&and(&other), &and(&other), Group::Wildcard));
        assert!(!is_right(&and(&other), &and(&one), Group::Wildcard));
    }

    #[test]
    fn patterns_of_other_groups_are_in_no_table() {
        let wildcard = ["https://*.a.example".into()];
        assert!(is_right(&wildcard, &wildcard, Group::Wildcard));
        for other in ["https://a.example", "http://10.0.0.0/8:*", "*"] {
            assert!(!is_right(&wildcard, &[other.into()], Group::Wildcard), "{other}");
        }
        let exact = ["https://a.example".into()];
        assert!(is_right(&exact, &exact, Group::Exact));
        for other in ["https://1.0.0.0/8", "https://*.example", "*"] {
            assert!(!is_right(&exact, &[other.into()], Group::Exact), "{other}");
        }
    }
}
