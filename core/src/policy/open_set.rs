//! Opening the image of a policy set: everything that compiling writes is proved again, on bytes that anyone may have written.

use crate::image::layout::{Image, flag};
use crate::image::set_layout::{Entry, SetImage};
use crate::policy::open::{OpenError, check};
use crate::policy::set_rules::{Member, find_wrong_members, has_timing, plain_of, vary_of};
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{POLICIES_MAX, TABLES_MAX};
use crate::spec::path::is_path;

/// Proves a set: its layout, its paths, each of its policies, and the rules between them.
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
    // Every policy is one that its path names: each path has named other ones.
    let policies = (0..set.tables()).filter(|&table| set.policy(table).is_some()).count();
    if policies == named { Ok(()) } else { Err(OpenError::Damaged) }
}

/// A path that a table leaves untouched has no other table. Every path has at least one, see [`is_laid_out`].
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

/// Records, paths and images follow each other in their order and fill the image; each table is of the path that its entry says.
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
    // Entries are in the order in which their paths come first.
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

/// Every path is found at its number, and nothing else is in the index.
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

/// The policies that an entry names; `None`: one of them is not of this path, or they are not in the order of the file.
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

/// Whether an entry says what follows from its tables.
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
