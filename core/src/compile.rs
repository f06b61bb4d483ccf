//! From a spec to an image: findings first, then lists, indices and tables, written once into the caller's storage.

use core::fmt;

use crate::finding::{Field, Finding, FindingCode};
use crate::hash;
use crate::image::{HEAD, HeadWriter, Image, NO_MAX_AGE, Section, flag};
use crate::list::{Names, Writer};
use crate::name_index;
use crate::origin::Origin;
use crate::origin_table::{
    BUCKET_MAX, GLOBS_MAX, RECORD_HEAD, Records, bucket_count, directory_len, exact_hash, record_head, rest_hash,
};
use crate::pattern::{Kind, Pattern, Port, parse};
use crate::policy::Policy;
use crate::review::{HEADERS_MAX, METHODS_MAX, NAME_MAX, Options, Place, Report, Source, review};
use crate::spec::PolicySpec;

/// Why a spec gave no policy. The storage holds nothing then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileError {
    /// There were errors among the findings: the callback has seen each.
    Findings {
        /// How many.
        errors: usize,
    },
    /// The storage is too small; findings that compare origins with each other are still to come.
    StorageTooSmall {
        /// Bytes that are enough.
        needed: usize,
    },
    /// The image would be 4 GiB or more.
    TooLarge,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Findings { errors: 1 } => f.write_str("1 error in the policy"),
            Self::Findings { errors } => write!(f, "{errors} errors in the policy"),
            Self::StorageTooSmall { needed } => write!(f, "the storage is too small: give {needed} bytes"),
            Self::TooLarge => f.write_str("the policy needs 4 GiB or more: list fewer origins"),
        }
    }
}

impl core::error::Error for CompileError {}

/// How much of everything there is.
struct Sizes {
    exact: usize,
    rest: usize,
    total: usize,
}

impl<S: AsRef<[u8]>> PolicySpec<'_, S> {
    /// Bytes of storage that [`compile`](Self::compile) needs. The image may come out smaller: duplicates are dropped.
    #[must_use]
    pub fn image_len(&self) -> usize {
        measure(self).total
    }

    /// Compiles into the caller's storage, which may be longer than needed: the image knows its length.
    ///
    /// `on_finding` sees every error and every warning: first those of single entries, in the order of the options, then those
    /// that compare origins with each other.
    ///
    /// # Errors
    /// [`CompileError::Findings`] if any finding was an error, [`CompileError::StorageTooSmall`] with the bytes that are enough.
    ///
    /// ```
    /// use corsac::{CompileError, PolicySpec};
    /// let spec = PolicySpec::new(&["https://app.example.com"]);
    /// assert_eq!(
    ///     spec.compile([0; 8], |_| ()).unwrap_err(),
    ///     CompileError::StorageTooSmall { needed: spec.image_len() },
    /// );
    /// assert!(spec.compile(vec![0; spec.image_len()], |_| ()).is_ok());
    /// ```
    pub fn compile<B: AsRef<[u8]> + AsMut<[u8]>>(
        &self,
        mut storage: B,
        mut on_finding: impl FnMut(&Finding<'_>),
    ) -> Result<Policy<B>, CompileError> {
        let mut report = Report::new(&mut on_finding);
        match compile(self, storage.as_mut(), &mut report) {
            Ok(()) => Ok(Policy::compiled(storage)),
            Err(error) => {
                storage.as_mut().fill(0);
                Err(error)
            }
        }
    }

    /// Compiles into a `heapless` vector of exactly the image's length.
    ///
    /// # Errors
    /// As [`compile`](Self::compile).
    pub fn compile_heapless<const N: usize>(
        &self,
        on_finding: impl FnMut(&Finding<'_>),
    ) -> Result<Policy<heapless::Vec<u8, N>>, CompileError> {
        let mut storage = heapless::Vec::new();
        // N is the capacity: it fits.
        let _ = storage.resize(N, 0);
        let policy = self.compile(storage, on_finding)?;
        let length = policy.image().len();
        let mut storage = policy.into_inner();
        storage.truncate(length);
        Ok(Policy::compiled(storage))
    }
}

/// The patterns that go into the tables: none where any origin is allowed.
fn patterns<'s>(source: &'s impl Source) -> impl Iterator<Item = (usize, &'s [u8], Pattern<'s>)> {
    let any = source.origins().any(|entry| entry == b"*");
    let entries = source.origins().enumerate().take(if any { 0 } else { usize::MAX });
    entries.filter_map(|(index, entry)| Some((index, entry, parse(entry).ok()?)))
}

fn measure(source: &impl Source) -> Sizes {
    let (mut exact, mut rest, mut bytes) = (0_usize, 0_usize, 0_usize);
    for (_, text, pattern) in patterns(source) {
        *if pattern.is_exact() { &mut exact } else { &mut rest } += 1;
        bytes = bytes.saturating_add(text.len() + RECORD_HEAD);
    }
    let joined = |names: &mut dyn Iterator<Item = &[u8]>, most: usize| {
        names
            .filter(|name| name.len() <= NAME_MAX)
            .take(most)
            .fold((0, 0), |(count, bytes), name| (count + 1, bytes + name.len() + 2))
    };
    let (methods, method_bytes) = joined(&mut source.methods(), METHODS_MAX);
    let (headers, header_bytes) = joined(&mut source.request_headers(), HEADERS_MAX);
    let (_, exposed_bytes) = joined(&mut source.exposed_headers(), HEADERS_MAX);
    let names =
        method_bytes + header_bytes + exposed_bytes + name_index::index_len(methods) + name_index::index_len(headers);
    let fixed = HEAD + names + 5;
    let total = bytes.saturating_add(directory_len(exact)).saturating_add(directory_len(rest)).saturating_add(fixed);
    Sizes { exact, rest, total }
}

fn compile(source: &impl Source, storage: &mut [u8], report: &mut Report<'_>) -> Result<(), CompileError> {
    review(source, report);
    let sizes = measure(source);
    let too_small = CompileError::StorageTooSmall { needed: sizes.total };
    let errors = |report: &Report<'_>, otherwise| match report.errors() {
        0 => otherwise,
        errors => CompileError::Findings { errors },
    };
    if u32::try_from(sizes.total).is_err() {
        return Err(errors(report, CompileError::TooLarge));
    }
    if storage.len() < sizes.total {
        return Err(errors(report, too_small));
    }
    build(source, &sizes, storage, report).ok_or_else(|| errors(report, too_small))?;
    match report.errors() {
        0 => Ok(()),
        errors => Err(CompileError::Findings { errors }),
    }
}

/// Writes the image. A spec with errors gets its tables only, for the findings that need them.
fn build(source: &impl Source, sizes: &Sizes, storage: &mut [u8], report: &mut Report<'_>) -> Option<()> {
    let mut head = HeadWriter::new();
    let mut writer = Writer::new(storage, HEAD);
    let mut flags = option_flags(source, source.options());
    if report.errors() == 0 {
        write_lists(source, &mut head, &mut writer, flags)?;
    }
    let exact = write_table(source, sizes.exact, &mut head, &mut writer, report, TableKind::Exact)?;
    let rest = write_table(source, sizes.rest, &mut head, &mut writer, report, TableKind::Rest)?;
    head.put(72, &exact.to_le_bytes());
    head.put(76, &rest.to_le_bytes());
    let mut longest_rest = 0;
    for (_, _, pattern) in patterns(source).filter(|(_, _, pattern)| !pattern.is_exact()) {
        flags |= if pattern.port == Port::Any { flag::REST_ANY_PORT } else { flag::REST_FIXED_PORT };
        longest_rest = longest_rest.max(pattern.rest.len());
    }
    head.put(8, &u32::try_from(writer.at()).ok()?.to_le_bytes());
    head.put(12, &flags.to_le_bytes());
    head.put(80, &(longest_rest as u16).to_le_bytes());
    let (image, _) = writer.split()?;
    image.get_mut(..HEAD)?.copy_from_slice(&head.finish());
    report_covered(source, Image::new(image)?, report);
    Some(())
}

/// The options that are switches.
pub(crate) fn option_flags(source: &impl Source, options: Options) -> u32 {
    let has_any = |mut names: &mut dyn Iterator<Item = &[u8]>| Iterator::any(&mut names, |name| name == b"*");
    [
        (has_any(&mut source.origins()), flag::ANY_ORIGIN),
        (has_any(&mut source.methods()), flag::ANY_METHOD),
        (has_any(&mut source.request_headers()), flag::ANY_HEADER),
        (options.credentials, flag::CREDENTIALS),
        (options.external_origins, flag::EXTERNAL),
        (options.private_network, flag::PRIVATE_NETWORK),
        (options.null_origin, flag::NULL_SWITCH),
        (options.insecure_origins, flag::INSECURE_SWITCH),
        (options.public_suffixes, flag::SUFFIX_SWITCH),
        (cfg!(feature = "public-suffix"), flag::SUFFIX_CHECKED),
    ]
    .into_iter()
    .fold(0, |flags, (is_set, bit)| if is_set { flags | bit } else { flags })
}

/// The joined values, the indices over them, and the numbers.
fn write_lists(source: &impl Source, head: &mut HeadWriter, writer: &mut Writer<'_>, flags: u32) -> Option<()> {
    let options = source.options();
    let status = u16::try_from(options.preflight_status).ok()?;
    let denied = options.denied_preflight_status.map_or(Some(0), |status| u16::try_from(status).ok())?;
    let max_age = options.max_age.map_or(Some(NO_MAX_AGE), |seconds| u32::try_from(seconds).ok())?;
    head.put(16, &status.to_le_bytes());
    head.put(18, &denied.to_le_bytes());
    head.put(20, &max_age.to_le_bytes());
    let listed = |any: u32| if flags & any == 0 { usize::MAX } else { 0 };

    let methods_at = writer.at();
    let (methods, _) = writer.join(|| source.methods().take(listed(flag::ANY_METHOD)), Names::Methods)?;
    let headers_at = writer.at();
    head.put_end(Section::Methods, headers_at);
    let (headers, longest) = writer.join(|| source.request_headers().take(listed(flag::ANY_HEADER)), Names::Headers)?;
    let headers_end = writer.at();
    head.put_end(Section::RequestHeaders, headers_end);
    if source.exposed_headers().any(|name| name == b"*") {
        writer.push(b"*".iter().copied())?;
    } else {
        writer.join(|| source.exposed_headers(), Names::Headers)?;
    }
    head.put_end(Section::ExposedHeaders, writer.at());
    if max_age != NO_MAX_AGE {
        writer.push(digits(max_age))?;
    }
    head.put_end(Section::MaxAge, writer.at());

    let method_seed = write_index(writer, methods_at..headers_at, methods, Names::Methods)?;
    head.put_end(Section::MethodIndex, writer.at());
    let header_seed = write_index(writer, headers_at..headers_end, headers, Names::Headers)?;
    head.put_end(Section::HeaderIndex, writer.at());
    for (at, number) in [(64, methods), (66, headers), (68, method_seed), (70, header_seed), (82, longest)] {
        head.put(at, &number.to_le_bytes());
    }
    Some(())
}

/// A number without leading zeros.
pub(crate) fn digits(number: u32) -> impl Iterator<Item = u8> {
    let powers = [10_000_u32, 1_000, 100, 10, 1].into_iter();
    powers.filter(move |&power| power == 1 || number >= power).map(move |power| b'0' + ((number / power) % 10) as u8)
}

fn write_index(writer: &mut Writer<'_>, joined: core::ops::Range<usize>, count: u16, names: Names) -> Option<u16> {
    let (length, count) = (name_index::index_len(usize::from(count)), usize::from(count));
    let mut seed = 0;
    if count != 0 {
        let (written, free) = writer.split()?;
        seed = name_index::build(written.get(joined)?, free.get_mut(..length)?, count, names)?;
    }
    writer.skip(length)?;
    Some(seed)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum TableKind {
    Exact,
    Rest,
}

impl TableKind {
    fn hash(self, seed: u32, text: &[u8], pattern: &Pattern<'_>) -> u64 {
        match self {
            Self::Exact => exact_hash(seed, text),
            Self::Rest => rest_hash(seed, pattern),
        }
    }
}

/// Seeds that are tried for buckets of at most this many patterns; the best of them is taken.
const SEEDS: u32 = 4;
const FULL: u32 = 16;

/// Counts per bucket, prefix sums, placement, and compaction where duplicates left holes. The seed that was taken.
fn write_table(
    source: &impl Source,
    count: usize,
    head: &mut HeadWriter,
    writer: &mut Writer<'_>,
    report: &mut Report<'_>,
    kind: TableKind,
) -> Option<u32> {
    let (directory_section, records_section) = match kind {
        TableKind::Exact => (Section::ExactDirectory, Section::ExactRecords),
        TableKind::Rest => (Section::RestDirectory, Section::RestRecords),
    };
    let entries = || patterns(source).filter(|(_, _, pattern)| pattern.is_exact() == (kind == TableKind::Exact));
    let buckets = u32::try_from(bucket_count(count)).ok()?;
    let bucket = |seed, text: &[u8], pattern: &Pattern<'_>| {
        let hash = kind.hash(seed, text, pattern);
        (hash, hash::bucket(hash, buckets) as usize)
    };
    let at = writer.at();
    writer.skip(directory_len(count))?;
    head.put_end(directory_section, writer.at());
    if count == 0 {
        head.put_end(records_section, writer.at());
        return Some(0);
    }
    let (written, records) = writer.split()?;
    let directory = written.get_mut(at..)?;

    let mut best = (u32::MAX, 0);
    for seed in 0..SEEDS {
        directory.fill(0);
        let mut fullest = 0;
        for (_, text, pattern) in entries() {
            fullest = fullest.max(add(directory, bucket(seed, text, &pattern).1, 1)?);
        }
        best = best.min((fullest, seed));
        if fullest <= FULL {
            break;
        }
    }
    let seed = best.1;
    directory.fill(0);
    for (_, text, pattern) in entries() {
        add(directory, bucket(seed, text, &pattern).1, u32::try_from(text.len() + RECORD_HEAD).ok()?)?;
    }
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
    for (index, text, pattern) in entries() {
        let (hash, bucket) = bucket(seed, text, &pattern);
        let (start, end) = (read(directory, bucket)? as usize, read(directory, bucket + 1)? as usize);
        let place = Place::entry(Field::AllowOrigins, index, text);
        has_holes |= !insert(records.get_mut(start..end)?, hash, text, &pattern, place, report)?;
    }
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
fn insert(
    bucket: &mut [u8],
    hash: u64,
    text: &[u8],
    pattern: &Pattern<'_>,
    place: Place<'_>,
    report: &mut Report<'_>,
) -> Option<bool> {
    let (mut at, mut count, mut globs) = (0_usize, 0, 0);
    for (_, other) in Records(bucket) {
        if hash::is_equal(other, text, false) {
            report.superfluous(FindingCode::Duplicate, place, other);
            return Some(false);
        }
        at = at.checked_add(RECORD_HEAD + other.len())?;
        count += 1;
        globs += usize::from(pattern.kind == Kind::Glob && is_glob_beside(other, pattern));
    }
    if globs == GLOBS_MAX || count == BUCKET_MAX {
        let advice = "use \"*.\" for all names below, or list the names that exist";
        report.error(FindingCode::TooMany, place, advice);
        return Some(false);
    }
    let (head, rest) = bucket.get_mut(at..)?.split_first_chunk_mut()?;
    *head = record_head(hash, text);
    rest.get_mut(..text.len())?.copy_from_slice(text);
    Some(true)
}

/// Is this text another glob with the same scheme, parent and port?
pub(crate) fn is_glob_beside(text: &[u8], pattern: &Pattern<'_>) -> bool {
    parse(text).is_ok_and(|other| {
        (other.kind, other.scheme, other.rest, other.port) == (Kind::Glob, pattern.scheme, pattern.rest, pattern.port)
    })
}

/// Moves the records of all buckets together; their length.
fn compact(directory: &mut [u8], records: &mut [u8]) -> Option<usize> {
    let (mut to, mut slot) = (0, 0);
    while let (Some(start), Some(end)) = (read(directory, slot), read(directory, slot + 1)) {
        let bucket = records.get(start as usize..end as usize)?;
        let length: usize = Records(bucket).map(|(_, text)| RECORD_HEAD + text.len()).sum();
        *directory.get_mut(slot * 4..)?.first_chunk_mut()? = u32::try_from(to).ok()?.to_le_bytes();
        for from in (start as usize..).take(length) {
            *records.get_mut(to)? = *records.get(from)?;
            to += 1;
        }
        slot += 1;
    }
    *directory.get_mut(slot * 4..)?.first_chunk_mut()? = u32::try_from(to).ok()?.to_le_bytes();
    Some(to)
}

/// Patterns that a wildcard covers: the engine's own look-up on the finished tables says so.
fn report_covered(source: &impl Source, image: Image<'_>, report: &mut Report<'_>) {
    if !image.has(flag::REST_ANY_PORT | flag::REST_FIXED_PORT) {
        return;
    }
    for (index, text, pattern) in patterns(source) {
        let covering =
            Origin::of_pattern(text, pattern.port.key()).and_then(|origin| origin.find_rest(image, Some(text)));
        if let Some(covering) = covering {
            report.superfluous(FindingCode::Redundant, Place::entry(Field::AllowOrigins, index, text), covering);
        }
    }
}
