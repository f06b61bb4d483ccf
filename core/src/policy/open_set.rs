//! Opens the image of a policy set. Everything that compiling writes is checked again, because
//! anyone could have written the bytes.

use crate::image::layout::{Image, flag};
use crate::image::set_layout::{Entry, SetImage};
use crate::policy::open::{OpenError, check};
use crate::policy::set_rules::{Member, find_wrong_members, has_timing, plain_of, vary_of};
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{POLICIES_MAX, TABLES_MAX};
use crate::spec::path::is_path;

/// Checks a set: its layout, its paths, each of its policies, and the rules between them.
pub(crate) fn check_set(set: SetImage<'_>, bytes: &[u8]) -> Result<(), OpenError> {
    if u32::try_from(bytes.len()) != Ok(set.head().length()) {
        return Err(OpenError::WrongLength);
    }
    if !is_laid_out(set, bytes.len()) || !is_indexed(set) {
        return Err(OpenError::Damaged);
    }
    for table in 0..set.tables() {
        if let Some(image) = set.policy(table) {
            check(image)?;
        }
    }
    let (mut named, mut without_policy) = (0, 0);
    for number in 0..set.paths() {
        let entry = set.entry(number).ok_or(OpenError::Damaged)?;
        let members = members(set, number, entry).ok_or(OpenError::Damaged)?;
        if let Some((_, code)) = find_wrong_members(&members).next() {
            return Err(OpenError::Refused(code));
        }
        if !is_entry_of(entry, &members) {
            return Err(OpenError::Damaged);
        }
        named += members.len();
        without_policy += usize::from(members.is_empty());
    }
    check_untouched(set, without_policy)?;
    // Each path has named different policies, so the counts are equal if every policy is named.
    let policies = (0..set.tables()).filter(|&table| set.policy(table).is_some()).count();
    if policies == named { Ok(()) } else { Err(OpenError::Damaged) }
}

/// Checks that a path with `cors = false` has no other table. Every path has at least one, see
/// [`is_laid_out`].
fn check_untouched(set: SetImage<'_>, without_policy: usize) -> Result<(), OpenError> {
    let mut untouched = 0;
    for record in (0..set.tables()).filter(|&table| set.policy(table).is_none()).filter_map(|table| set.table(table)) {
        let entry = set.entry(record.entry() as usize).ok_or(OpenError::Damaged)?;
        untouched += 1;
        if entry.policies() != 0 || untouched > without_policy {
            return Err(OpenError::Refused(FindingCode::NeverDecides));
        }
    }
    Ok(())
}

/// Whether records, paths and images follow each other in order and fill the image, and the entries
/// are numbered in the order of their first tables.
fn is_laid_out(set: SetImage<'_>, length: usize) -> bool {
    let (head, paths, tables) = (set.head(), set.paths(), set.tables());
    let is_counted =
        (1..=TABLES_MAX).contains(&(head.tables() as usize)) && (1..=tables).contains(&(head.paths() as usize));
    if !is_counted || head.flags() != flag::SET {
        return false;
    }
    let Some(mut at) = set.paths_at() else { return false };
    for entry in (0..paths).filter_map(|number| set.entry(number)) {
        if entry.path_at() as usize != at || !set.path(entry).is_some_and(is_path) {
            return false;
        }
        at += usize::from(entry.path_len());
    }
    // Entries are in the order in which the tables first use their paths.
    let mut next = 0;
    for record in (0..tables).filter_map(|number| set.table(number)) {
        let entry = record.entry();
        if entry > next {
            return false;
        }
        next += u32::from(entry == next);
        if record.image_at() == 0 {
            if record.image_len() != 0 {
                return false;
            }
        } else {
            if record.image_at() as usize != at {
                return false;
            }
            let Some(end) = at.checked_add(record.image_len() as usize) else { return false };
            at = end;
        }
    }
    next as usize == paths && at == length
}

/// Whether every path is found under its own number, and the index holds nothing else.
fn is_indexed(set: SetImage<'_>) -> bool {
    let (mut root, mut lengths) = (0, [0_u64; 4]);
    for number in 0..set.paths() {
        let Some(path) = set.entry(number).and_then(|entry| set.path(entry)) else { return false };
        if set.find(path).map(|(number, _)| number) != Some(number) {
            return false;
        }
        if path == b"/" {
            root = number as u32 + 1;
        } else if let Some(word) = lengths.get_mut(path.len() / 64) {
            *word |= 1 << (path.len() % 64);
        }
    }
    let taken = (0..set.slots()).filter(|&slot| set.slot(slot) != 0).count();
    taken == set.paths() && root == set.head().root() && set.lengths() == lengths
}

/// The policies that an entry names. `None`: one of them belongs to another path, or they are not
/// in the order of the file.
fn members(set: SetImage<'_>, number: usize, entry: Entry<'_>) -> Option<heapless::Vec<Member, POLICIES_MAX>> {
    let mut members = heapless::Vec::<Member, POLICIES_MAX>::new();
    for table in (0..usize::from(entry.policies())).map(|policy| entry.table(policy)) {
        let is_next = members.last().is_none_or(|last| last.table < table);
        if !is_next || set.table(table)?.entry() as usize != number {
            return None;
        }
        members.push(Member { table, flags: Some(Image::or_closed(set.policy(table)?).flags()) }).ok()?;
    }
    Some(members)
}

/// Whether an entry holds what follows from its tables.
fn is_entry_of(entry: Entry<'_>, members: &[Member]) -> bool {
    let mut policies = members.iter().filter(|member| member.flags.is_some());
    let count = policies.clone().count();
    let are_tables = (0..8).all(|place| entry.table(place) == policies.next().map_or(0, |member| member.table));
    are_tables
        && usize::from(entry.policies()) == count
        && usize::from(entry.plain()) == plain_of(members)
        && (entry.timing() != 0) == has_timing(members)
        && entry.timing() <= 1
        && (entry.vary(), entry.preflight_vary()) == vary_of(members)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use std::vec;
    use std::vec::Vec;

    use super::{OpenError, check_set};
    use crate::IMAGE_MAGIC;
    use crate::image::set_layout::{Entry, SetImage, TableRecord};
    use crate::policy::set::PolicySet;
    use crate::spec::finding_code::FindingCode;
    use crate::spec::policy_set_spec::{PolicySetSpec, PolicyTable};
    use crate::spec::policy_spec::PolicySpec;

    fn compiled(tables: &[PolicyTable<'_>]) -> Vec<u8> {
        let spec = PolicySetSpec::new(tables);
        let set = spec.compile(vec![0; spec.image_len()], |_| ()).expect("a set");
        set.image().to_vec()
    }

    fn error(image: &[u8]) -> OpenError {
        PolicySet::open(image).expect_err("it does not open")
    }

    fn put(image: &mut [u8], at: usize, number: u16) {
        image[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }

    /// Where the record of an entry or of a table begins.
    fn entry_at(image: &[u8], number: usize) -> usize {
        let head = SetImage::new(image).expect("a set").head();
        head.tables_at() as usize - (head.paths() as usize - number) * Entry::LEN
    }

    fn table_at(image: &[u8], number: usize) -> usize {
        SetImage::new(image).expect("a set").head().tables_at() as usize + number * TableRecord::LEN
    }

    #[test]
    fn table_with_the_path_of_an_untouched_one_is_refused() {
        let policy = PolicySpec::new(&["https://a.example"]);
        let other = PolicySpec::new(&["https://b.example"]);
        let mut image = compiled(&[
            PolicyTable::new(b"/", policy),
            PolicyTable::new(b"/b", policy),
            PolicyTable::untouched(b"/c"),
            PolicyTable::new(b"/b", other),
        ]);
        let (b, c) = (entry_at(&image, 1), entry_at(&image, 2));
        let (third, fourth) = (table_at(&image, 2), table_at(&image, 3));
        // The untouched table moves to `/b`, and the last table to `/c`.
        put(&mut image, third, 1);
        put(&mut image, fourth, 2);
        for (entry, policies, table) in [(b, 1, 1), (c, 1, 3)] {
            image[entry + 6..entry + Entry::LEN].fill(0);
            put(&mut image, entry + 6, policies);
            put(&mut image, entry + 16, table);
        }
        let set = SetImage::new(&image).expect("a set");
        let read = |number| set.entry(number).map(|entry| (entry.policies(), entry.table(0)));
        assert_eq!((read(1), read(2)), (Some((1, 1)), Some((1, 3))), "the places are those of the layout");
        assert_eq!(check_set(set, &image), Err(OpenError::Refused(FindingCode::NeverDecides)));
    }

    #[test]
    fn policy_after_one_for_any_origin_is_refused() {
        let any = PolicySpec::new(&["*"]);
        // Its image has the same length as the other one, so the two can change places.
        let length = |spec: &PolicySpec<'_>| spec.compile(vec![0; 1024], |_| ()).expect("a policy").image().len();
        let names: Vec<_> = (1..128).map(|length| "x".repeat(length)).collect();
        let lists: Vec<_> = names.iter().map(|name| [name.as_str()]).collect();
        let listed = PolicySpec::new(&["https://a.example"]);
        let any = lists.iter().map(|list| PolicySpec { expose_headers: list, ..any });
        let any = any.into_iter().find(|any| length(any) == length(&listed)).expect("one is as long");
        let mut image = compiled(&[PolicyTable::new(b"/", listed), PolicyTable::new(b"/", any)]);
        let last = image.len() - length(&any);
        let (first, second) = image.split_at_mut(last);
        let start = first.len() - second.len();
        assert!(first[start..].starts_with(IMAGE_MAGIC) && second.starts_with(IMAGE_MAGIC));
        first[start..].swap_with_slice(second);
        assert_eq!(error(&image), OpenError::Refused(FindingCode::NeverDecides));
    }

    #[test]
    fn policy_that_no_path_names_is_refused() {
        let policy = PolicySpec::new(&["https://a.example"]);
        let other = PolicySpec::new(&["https://b.example"]);
        let mut image = compiled(&[PolicyTable::new(b"/", policy), PolicyTable::new(b"/", other)]);
        let entry = entry_at(&image, 0);
        image[entry + 6..entry + Entry::LEN].fill(0);
        put(&mut image, entry + 6, 1);
        assert_eq!(error(&image), OpenError::Damaged);
    }

    #[test]
    fn no_bit_that_a_set_adds_can_change() {
        let timing = PolicySpec { allow_timing: true, ..PolicySpec::new(&["https://a.example"]) };
        let network = PolicySpec { allow_private_network: true, ..PolicySpec::new(&["https://b.example"]) };
        let long = [b"/", &[b'x'; 80][..]].concat();
        let image = compiled(&[
            PolicyTable::new(b"/", network),
            PolicyTable::new(b"/b", timing),
            PolicyTable::new(b"/b", PolicySpec::new(&["*"])),
            PolicyTable::untouched(b"/c"),
            // Two policies that an entry could confuse: they have the same flags, and their numbers differ in one bit.
            PolicyTable::new(&long, PolicySpec::new(&["https://c.example"])),
            PolicyTable::new(&long, PolicySpec::new(&["https://d.example"])),
        ]);
        let set = SetImage::new(&image).expect("a set");
        let paths_at = set.paths_at().expect("there are paths");
        for at in 0..paths_at {
            for bit in 0..8 {
                let mut other = image.clone();
                other[at] ^= 1 << bit;
                assert!(PolicySet::open(&other[..]).is_err(), "byte {at}, bit {bit}");
            }
        }
    }
}
