//! Compiles a spec into an image: it reports findings first, then writes lists, indexes and tables
//! once into the caller's storage.

use core::fmt;

use crate::image::layout::{HEAD, HeadWriter, Image, NO_MAX_AGE, Section, flag};
use crate::image::list::{Names, Writer};
use crate::image::method_index;
use crate::image::name_index;
use crate::origins::bounds::{Bounds, fixed_labels};
use crate::origins::find::find_covering;
use crate::origins::patterns::{Group, Patterns};
use crate::origins::write::{write_ranges, write_table};
use crate::policy::contents::{digits, is_suffix, option_flags, shapes};
use crate::policy::handle::Policy;
use crate::spec::field::Field;
use crate::spec::finding::Finding;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{HEADERS_MAX, MAX_AGE_MAX, METHODS_MAX, NAME_MAX, SUFFIXES_MAX};
use crate::spec::policy_spec::PolicySpec;
use crate::spec::report::{Place, Report};
use crate::spec::review::review;
use crate::spec::source::{Source, is_prefix};
use crate::syntax::byte::put;

/// Why a spec did not compile. The storage is filled with zeros then.
///
/// ```
/// use corsac::{CompileError, PolicySpec};
/// let error = PolicySpec::new(&["https://a.example/", "https:/b.example"]).compile([0; 512], |_| ()).unwrap_err();
/// assert_eq!(error, CompileError::Findings { errors: 2 });
/// assert_eq!(error.to_string(), "2 errors in the policy");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CompileError {
    /// There were errors among the findings. The callback has seen each.
    Findings {
        /// How many errors.
        errors: usize,
    },
    /// The storage is too small. Findings that compare origins with each other were not made yet.
    StorageTooSmall {
        /// How many bytes are enough.
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

/// Digits of the longest max age, 86400.
const MAX_AGE_LEN: usize = 5;

impl<S: AsRef<[u8]>> PolicySpec<'_, S> {
    /// How many bytes of storage [`compile`](Self::compile) needs. The image can be smaller,
    /// because duplicates are dropped.
    #[must_use]
    pub fn image_len(&self) -> usize {
        measure(&Patterns::unseeded(self))
    }

    /// Compiles the spec into your storage. It may be longer than needed: the image knows its
    /// length.
    ///
    /// `on_finding` gets every error and every warning: first those about single entries, in the
    /// order of the options, then those that compare origins with each other.
    ///
    /// # Errors
    /// [`CompileError::Findings`] if any finding was an error; [`CompileError::StorageTooSmall`]
    /// with the number of bytes that are enough; [`CompileError::TooLarge`] if the image would have
    /// 4 GiB or more.
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
}

/// The public suffixes that go into the image.
fn suffixes(source: &impl Source) -> impl Iterator<Item = &[u8]> {
    source.public_suffixes().filter(|name| is_suffix(name)).take(SUFFIXES_MAX)
}

/// How many bytes are enough for the image.
fn measure<S: Source>(patterns: &Patterns<'_, S>) -> usize {
    let source = patterns.source;
    let joined = |names: &mut dyn Iterator<Item = &[u8]>, most: usize| {
        let names = names.filter(|name| name.len() <= NAME_MAX).take(most);
        names.fold((0, 0), |(count, bytes), name| (count + 1, bytes + name.len() + 2))
    };
    let (methods, method_bytes) = joined(&mut source.methods(), METHODS_MAX);
    let (headers, header_bytes) = joined(&mut source.request_headers(), HEADERS_MAX);
    let (_, exposed_bytes) = joined(&mut source.exposed_headers(), HEADERS_MAX);
    let suffix_bytes: usize = suffixes(source).map(|name| name.len() + 2).sum();
    let names = method_bytes + header_bytes + exposed_bytes + suffix_bytes;
    let fixed = HEAD + names + method_index::index_len(methods) + name_index::index_len(headers) + MAX_AGE_LEN;
    fixed.saturating_add(patterns.image_len())
}

/// Writes the image of a spec to the front of the storage. Its head holds its length.
pub(crate) fn compile(source: &impl Source, storage: &mut [u8], report: &mut Report<'_>) -> Result<(), CompileError> {
    review(source, report);
    let patterns = Patterns::new(source, report.errors() == 0);
    let needed = measure(&patterns);
    let too_small = CompileError::StorageTooSmall { needed };
    let errors = |report: &Report<'_>, otherwise| match report.errors() {
        0 => otherwise,
        errors => CompileError::Findings { errors },
    };
    if u32::try_from(needed).is_err() {
        return Err(errors(report, CompileError::TooLarge));
    }
    if storage.len() < needed {
        return Err(errors(report, too_small));
    }
    build(&patterns, storage, report).ok_or_else(|| errors(report, too_small))?;
    match report.errors() {
        0 => Ok(()),
        errors => Err(CompileError::Findings { errors }),
    }
}

/// Writes the image. For a spec with errors, it writes only the tables, because some findings need
/// them.
fn build<S: Source>(patterns: &Patterns<'_, S>, storage: &mut [u8], report: &mut Report<'_>) -> Option<()> {
    let source = patterns.source;
    let mut head = HeadWriter::new();
    let mut writer = Writer::new(storage, HEAD);
    let flags = option_flags(source, source.options());
    if report.errors() == 0 {
        write_lists(source, &mut head, &mut writer, flags)?;
    }
    let exact = write_table(patterns, &mut head, &mut writer, report, Group::Exact)?;
    let wildcard = write_table(patterns, &mut head, &mut writer, report, Group::Wildcard)?;
    write_ranges(patterns, &mut head, &mut writer, report)?;
    head.set_exact_seed(exact);
    head.set_wildcard_seed(wildcard);
    head.set_length(u32::try_from(writer.at()).ok()?);
    head.set_flags(flags);
    head.set_longest_exact(patterns.size(Group::Exact).longest as u16);
    let (image, _) = writer.split()?;
    put(image, 0, head.bytes())?;
    // These numbers depend on the sections.
    let written = Image::new(image)?;
    let bounds = Bounds::of(written);
    let [plain, actual, listed, preflight] = shapes(written);
    head.set_flags(flags | bounds.flags);
    head.set_plain_shape(plain);
    head.set_actual_shape(actual);
    head.set_listed_shape(listed);
    head.set_preflight_shape(preflight);
    head.set_longest_fixed(bounds.longest_fixed);
    head.set_fixed_labels(fixed_labels(written));
    put(image, 0, head.bytes())?;
    report_covered(patterns, Image::new(image)?, report);
    Some(())
}

/// Writes the joined values, the indexes over them, and the numbers.
fn write_lists(source: &impl Source, head: &mut HeadWriter, writer: &mut Writer<'_>, flags: u32) -> Option<()> {
    let options = source.options();
    let status = u16::try_from(options.preflight_status).ok()?;
    let denied = options.denied_preflight_status.map_or(Some(0), |status| u16::try_from(status).ok())?;
    let max_age = options.max_age.map_or(Some(NO_MAX_AGE), |seconds| u32::try_from(seconds.min(MAX_AGE_MAX)).ok())?;
    head.set_status(status);
    head.set_denied_status(denied);
    head.set_max_age(max_age);
    let listed = |any: u32| if flags & any == 0 { usize::MAX } else { 0 };

    let methods_at = writer.at();
    writer.join(|| source.methods().take(listed(flag::ANY_METHOD)), Names::Methods)?;
    let headers_at = writer.at();
    head.put_end(Section::Methods, headers_at);
    let headers = || source.request_headers().take(listed(flag::ANY_HEADER));
    let (header_count, longest) = writer.join(|| headers().filter(|name| !is_prefix(name)), Names::Headers)?;
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
    writer.join(|| headers().filter(|name| is_prefix(name)), Names::Headers)?;
    head.put_end(Section::HeaderPrefixes, writer.at());
    writer.join(|| suffixes(source), Names::Headers)?;
    head.put_end(Section::PublicSuffixes, writer.at());

    let (written, free) = writer.split()?;
    let index = method_index::bytes(written.get(methods_at..headers_at)?);
    let length = free.iter_mut().zip(index).map(|(to, from)| *to = from).count();
    writer.skip(length)?;
    head.put_end(Section::MethodIndex, writer.at());
    let header_seed = write_header_index(writer, headers_at..headers_end, header_count)?;
    head.put_end(Section::HeaderIndex, writer.at());
    head.set_longest_header(longest);
    head.set_header_count(header_count);
    head.set_header_seed(header_seed);
    Some(())
}

fn write_header_index(writer: &mut Writer<'_>, joined: core::ops::Range<usize>, count: u16) -> Option<u16> {
    let (length, count) = (name_index::index_len(usize::from(count)), usize::from(count));
    let mut seed = 0;
    if count != 0 {
        let (written, free) = writer.split()?;
        seed = name_index::build(written.get(joined)?, free.get_mut(..length)?, count)?;
    }
    writer.skip(length)?;
    Some(seed)
}

/// Reports patterns that another one covers.
fn report_covered<S: Source>(patterns: &Patterns<'_, S>, image: Image<'_>, report: &mut Report<'_>) {
    if !image.has(flag::NOT_EXACT) {
        return;
    }
    for (group, index, text) in patterns.all() {
        if let Some(covering) = find_covering(image, group, text) {
            report.superfluous(FindingCode::Redundant, Place::entry(Field::AllowOrigins, index, text), covering);
        }
    }
}
