//! Compiles the tables of a set into its image: it reports the findings of each table, then those
//! between tables, and writes the images one after the other.

use crate::image::layout::{Image, flag};
use crate::image::path_index::fill_slots;
use crate::image::set_layout::{
    Entry, EntryWriter, MAGIC, SetHead, SetHeadWriter, SetImage, TableRecord, TableWriter, slot_count,
};
use crate::origins::find::covers;
use crate::policy::compile::{CompileError, compile};
use crate::policy::contents::option_flags;
use crate::policy::same_path::{self, SamePath};
use crate::policy::set::PolicySet;
use crate::policy::set_rules::{Member, find_wrong_members, has_timing, plain_of, vary_of};
use crate::spec::field::Field;
use crate::spec::finding::Finding;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{POLICIES_MAX, TABLES_MAX};
use crate::spec::path::review_path;
use crate::spec::policy_set_spec::{PolicySetSpec, Tables};
use crate::spec::report::{Place, Report};
use crate::spec::review::review;
use crate::spec::source::Source;
use crate::syntax::byte::put;

impl<S: AsRef<[u8]>> PolicySetSpec<'_, S> {
    /// How many bytes of storage [`compile`](Self::compile) needs. The image can be smaller,
    /// because duplicates are dropped.
    ///
    /// ```
    /// use corsac::{PolicySetSpec, PolicySpec, PolicyTable};
    /// let tables = [PolicyTable::new("/api", PolicySpec::new(&["https://app.example.com"]))];
    /// let spec = PolicySetSpec::new(&tables);
    /// assert!(spec.compile(vec![0; spec.image_len()], |_| ()).is_ok());
    /// ```
    #[must_use]
    pub fn image_len(&self) -> usize {
        set_image_len(self)
    }

    /// Compiles the set into your storage. It may be longer than needed: the image knows its
    /// length.
    ///
    /// `on_finding` gets every error and every warning: those of each table in their order, then
    /// those between tables. Each names its table.
    ///
    /// # Errors
    /// [`CompileError::Findings`] if any finding was an error; [`CompileError::StorageTooSmall`]
    /// with the number of bytes that are enough; [`CompileError::TooLarge`] if the image would have
    /// 4 GiB or more.
    ///
    /// ```
    /// use corsac::{PolicySetSpec, PolicySpec, PolicyTable};
    /// let tables = [PolicyTable::new("account/", PolicySpec::new(&["https://app.example.com"]))];
    /// let mut shown = String::new();
    /// let refused = PolicySetSpec::new(&tables).compile([0; 512], |finding| {
    ///     assert_eq!((finding.table, finding.code.as_str()), (Some(0), "invalid-path"));
    ///     shown = finding.suggestion.to_string();
    /// });
    /// assert!(refused.is_err());
    /// assert_eq!(shown, r#"write "/account""#);
    /// ```
    pub fn compile<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        storage: B,
        on_finding: impl FnMut(&Finding<'_>),
    ) -> Result<PolicySet<B>, CompileError> {
        compile_set(self, storage, on_finding)
    }
}

/// How many bytes of storage [`compile_set`] needs: for an image in which every table has its own
/// path, and for the index that finds equal paths.
#[doc(hidden)]
#[must_use]
pub fn set_image_len(tables: &impl Tables) -> usize {
    let count = tables.count().min(TABLES_MAX);
    let records = SetHead::LEN + slot_count(count) * 2 + count * (Entry::LEN + TableRecord::LEN);
    let (_, kept) = same_path::room(count);
    let tables = (0..tables.count()).map(|table| (tables.path(table), tables.policy(table)));
    let lengths = tables.map(|(path, policy)| path.len().saturating_add(policy.map_or(0, |policy| policy.image_len())));
    lengths.fold(records + kept, usize::saturating_add)
}

/// [`PolicySetSpec::compile`] for tables that are not in a slice.
#[doc(hidden)]
pub fn compile_set<B: AsRef<[u8]> + AsMut<[u8]>>(
    tables: &impl Tables,
    mut storage: B,
    mut on_finding: impl FnMut(&Finding<'_>),
) -> Result<PolicySet<B>, CompileError> {
    let mut report = Report::new(&mut on_finding);
    match write(tables, storage.as_mut(), &mut report) {
        Ok(()) => Ok(PolicySet::compiled(storage)),
        Err(error) => {
            storage.as_mut().fill(0);
            Err(error)
        }
    }
}

/// The tables of a path from its first one, in their order, up to the most that a path can have.
fn members<T: Tables>(
    tables: &T,
    same_path: &SamePath<'_, '_, T>,
    first: usize,
) -> heapless::Vec<Member, POLICIES_MAX> {
    let member =
        |table| Member { table, flags: tables.policy(table).map(|policy| option_flags(&policy, policy.options())) };
    let mut members = heapless::Vec::new();
    for one in same_path.of_path(first).take(POLICIES_MAX).map(member) {
        // `take` leaves no more than fit.
        let _ = members.push(one);
    }
    members
}

fn write(tables: &impl Tables, storage: &mut [u8], report: &mut Report<'_>) -> Result<(), CompileError> {
    let needed = set_image_len(tables);
    let is_large = tables.count() > TABLES_MAX;
    if tables.count() == 0 || is_large {
        report_count(tables, report);
    }
    if is_large {
        return Err(CompileError::Findings { errors: report.errors() });
    }
    let outcome = match (u32::try_from(needed), storage.get_mut(..needed)) {
        (Err(_), _) => Err(CompileError::TooLarge),
        (_, None) => Err(CompileError::StorageTooSmall { needed }),
        (Ok(_), Some(storage)) => Ok(storage),
    };
    match outcome {
        Err(error) => {
            // Reports everything that can be found without storage.
            for table in 0..tables.count() {
                report.for_table(table, |report| {
                    review_path(tables.path(table), report);
                    if let Some(policy) = tables.policy(table) {
                        review(&policy, report);
                    }
                });
            }
            report_members(tables, &SamePath::without_room(tables), report);
            match report.errors() {
                0 => Err(error),
                errors => Err(CompileError::Findings { errors }),
            }
        }
        Ok(storage) => {
            let too_small = CompileError::StorageTooSmall { needed };
            let (slots, kept) = same_path::room(tables.count());
            let (storage, kept) = storage.split_at_mut_checked(needed.saturating_sub(kept)).ok_or(too_small)?;
            // The image is written over the slots later, when they are no longer needed.
            let slots = storage.get_mut(..slots).ok_or(too_small)?;
            let same_path = SamePath::in_room(tables, slots, kept).ok_or(too_small)?;
            write_tables(tables, &same_path, storage, report).ok_or(too_small)?;
            report_members(tables, &same_path, report);
            if report.errors() != 0 {
                return Err(CompileError::Findings { errors: report.errors() });
            }
            report_covered(tables, &same_path, storage, report);
            Ok(())
        }
    }
}

/// Reports a set without a table, or with too many.
fn report_count(tables: &impl Tables, report: &mut Report<'_>) {
    let place = Place::whole(Field::Policy);
    if tables.count() == 0 {
        report.error(FindingCode::NoPolicies, place, "write at least one table with a policy");
    } else {
        report.for_table(TABLES_MAX, |report| {
            report.error(FindingCode::TooMany, place, "write at most 4096 tables");
        });
    }
}

/// Reports what is wrong between the tables of each path.
fn report_members<T: Tables>(tables: &T, same_path: &SamePath<'_, '_, T>, report: &mut Report<'_>) {
    for (first, path) in same_path.firsts() {
        let members = members(tables, same_path, first);
        let surplus = same_path.of_path(first).nth(POLICIES_MAX);
        let path = Place { field: Field::Path, index: None, text: path };
        if let Some(surplus) = surplus {
            report.for_table(surplus, |report| {
                report.error(FindingCode::TooMany, path, "list the origins in at most 8 tables for one path");
            });
        }
        for (member, code) in find_wrong_members(&members) {
            let (place, advice) = match code {
                FindingCode::ExternalOriginsTwice => {
                    (Place::whole(Field::ExternalOrigins), "turn external_origins on in one table of a path only")
                }
                _ => {
                    (path, "move this table above the one that allows any origin, or remove the one with cors = false")
                }
            };
            report.for_table(member.table, |report| report.error(code, place, advice));
        }
    }
}

/// Writes records, paths and images. A table with errors gets no image.
fn write_tables<T: Tables>(
    tables: &T,
    same_path: &SamePath<'_, '_, T>,
    storage: &mut [u8],
    report: &mut Report<'_>,
) -> Option<()> {
    let paths = same_path.firsts().count();
    let entries_at = SetHead::LEN + slot_count(paths) * 2;
    let tables_at = entries_at + paths * Entry::LEN;
    let mut at = tables_at + tables.count() * TableRecord::LEN;
    let mut head = SetHeadWriter::new();
    let mut lengths = [0_u64; 4];
    for (number, (first, path)) in same_path.firsts().enumerate() {
        let members = members(tables, same_path, first);
        let mut numbers = heapless::Vec::<u16, POLICIES_MAX>::new();
        for member in &members {
            let mut record = TableWriter::new();
            record.set_entry(number as u32);
            put(storage, tables_at + member.table * TableRecord::LEN, record.bytes())?;
            if member.flags.is_some() {
                numbers.push(member.table as u16).ok()?;
            }
        }
        let (vary, preflight_vary) = vary_of(&members);
        let mut entry = EntryWriter::new();
        entry.set_path_at(at as u32);
        // A longer path is an error, so its cut length is never read.
        entry.set_path_len(path.len() as u16);
        entry.set_policies(numbers.len() as u16);
        entry.set_plain(plain_of(&members) as u16);
        entry.set_timing(u16::from(has_timing(&members)));
        entry.set_vary(vary);
        entry.set_preflight_vary(preflight_vary);
        entry.set_tables(&numbers);
        put(storage, entries_at + number * Entry::LEN, entry.bytes())?;
        put(storage, at, path)?;
        at += path.len();
        if path == b"/" {
            head.set_root(number as u32 + 1);
        } else if let Some(word) = lengths.get_mut(path.len() / 64) {
            *word |= 1 << (path.len() % 64);
        }
    }
    let (front, written) = storage.split_at_mut_checked(entries_at)?;
    let path = |number: usize| {
        let entry = Entry::new(written.get(number * Entry::LEN..)?)?;
        let start = (entry.path_at() as usize).checked_sub(entries_at)?;
        written.get(start..)?.get(..usize::from(entry.path_len()))
    };
    let slots = front.get_mut(SetHead::LEN..)?;
    head.set_seed(fill_slots(slots, || (0..paths).filter_map(path))?);
    for number in 0..tables.count() {
        report.for_table(number, |report| review_path(tables.path(number), report));
        let Some(policy) = tables.policy(number) else { continue };
        let room = storage.get_mut(at..)?;
        // The room is enough, so a policy that does not compile has errors. The next image takes
        // its place.
        if report.for_table(number, |report| compile(&policy, room, report)).is_err() {
            continue;
        }
        let length = Image::new(room)?.length();
        let place = tables_at + number * TableRecord::LEN;
        let entry = TableRecord::new(storage.get(place..)?)?.entry();
        let mut record = TableWriter::new();
        record.set_entry(entry);
        record.set_image_at(at as u32);
        record.set_image_len(length);
        put(storage, place, record.bytes())?;
        at = at.checked_add(length as usize)?;
    }
    head.set_magic(MAGIC);
    head.set_length(at as u32);
    head.set_flags(flag::SET);
    head.set_paths(paths as u32);
    head.set_tables(tables.count() as u32);
    head.set_slots(slot_count(paths) as u32);
    head.set_tables_at(tables_at as u32);
    let [first, second, third, fourth] = lengths;
    head.set_lengths_0(first);
    head.set_lengths_64(second);
    head.set_lengths_128(third);
    head.set_lengths_192(fourth);
    put(storage, 0, head.bytes())
}

/// Reports entries that an earlier policy of the path already allows. The engine's own look-up in
/// the finished images finds them.
fn report_covered<T: Tables>(tables: &T, same_path: &SamePath<'_, '_, T>, storage: &[u8], report: &mut Report<'_>) {
    let Some(set) = SetImage::new(storage).filter(|set| set.paths() != set.tables()) else { return };
    for (first, _) in same_path.firsts() {
        let members = members(tables, same_path, first);
        for (place, member) in members.iter().enumerate().skip(1) {
            let Some(policy) = tables.policy(member.table) else { continue };
            for (index, text) in policy.origins().enumerate() {
                let mut earlier = members.iter().take(place).filter_map(|member| set.policy(member.table));
                if let Some(covering) = earlier.find_map(|image| covers(Image::new(image)?, text)) {
                    let entry = Place::entry(Field::AllowOrigins, index, text);
                    report.for_table(member.table, |report| {
                        report.superfluous(FindingCode::CoveredByEarlier, entry, covering);
                    });
                }
            }
        }
    }
}
