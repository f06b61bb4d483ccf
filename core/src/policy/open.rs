//! Opens an image. Everything that compiling guarantees is checked again, because anyone could have
//! written the bytes.

use core::fmt;

use crate::image::layout::{HEAD, IMAGE_MAGIC, Image, NO_MAX_AGE, SECTIONS, Section, flag};
use crate::image::list::{Names, split};
use crate::image::method_index;
use crate::image::name_index::is_index;
use crate::image::set_layout::SetImage;
use crate::origins::bounds::{Bounds, fixed_labels};
use crate::origins::check::{are_ranges_right, is_table_right};
use crate::origins::patterns::Group;
use crate::origins::table::Table;
use crate::policy::contents::{Contents, digits, is_suffix, option_flags, shapes};
use crate::policy::handle::Policy;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::MAX_AGE_MAX;
use crate::spec::report::Report;
use crate::spec::review::review;
use crate::spec::source::{Source, is_prefix};

/// Why bytes cannot be opened as a policy.
///
/// ```
/// use corsac::{OpenError, Policy};
/// let error = Policy::open("allow_origins = ['https://app.example.com']").unwrap_err();
/// assert_eq!(error, OpenError::NotAnImage);
/// assert_eq!(error.to_string(), "not the image of a policy");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The first bytes are not those of an image.
    NotAnImage,
    /// The image has another version of the format.
    OtherVersion,
    /// The image is that of a policy set: [`PolicySet::open`](crate::PolicySet::open) opens it.
    IsSet,
    /// The image is shorter or longer than its head says.
    WrongLength,
    /// A section differs from what compiling would have written.
    Damaged,
    /// The image holds a policy that compiling refuses.
    Refused(FindingCode),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnImage => f.write_str("not the image of a policy"),
            Self::OtherVersion => f.write_str("an image of another version: compile the policy again"),
            Self::IsSet => f.write_str("the image of a policy set: open it as a set"),
            Self::WrongLength => f.write_str("an image that is cut short or has bytes behind its end"),
            Self::Damaged => f.write_str("a damaged image: compile the policy again"),
            Self::Refused(code) => write!(f, "the image of a policy that is refused: {code}"),
        }
    }
}

impl core::error::Error for OpenError {}

impl<B: AsRef<[u8]>> Policy<B> {
    /// Opens an image. The whole image is checked once: what
    /// [`PolicySpec::compile`](crate::PolicySpec::compile) would refuse is refused here.
    ///
    /// Pass exactly the bytes of [`Policy::image`]. Opening costs about as much as compiling.
    ///
    /// # Errors
    /// [`OpenError`]. Hostile bytes give an error, never a panic.
    ///
    /// ```
    /// use corsac::{OpenError, Policy, PolicySpec};
    /// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
    /// let file = policy.image().to_vec();
    /// assert!(Policy::open(file.as_slice()).is_ok());
    /// assert_eq!(Policy::open(&file[..50]).unwrap_err(), OpenError::WrongLength);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    pub fn open(image: B) -> Result<Self, OpenError> {
        check(image.as_ref())?;
        Ok(Self::compiled(image))
    }
}

pub(crate) fn check(bytes: &[u8]) -> Result<(), OpenError> {
    let (name, version) = (IMAGE_MAGIC.get(..7), IMAGE_MAGIC.get(7));
    if bytes.get(..7) != name {
        return Err(OpenError::NotAnImage);
    }
    if bytes.get(7) != version {
        return Err(OpenError::OtherVersion);
    }
    if SetImage::new(bytes).is_some() {
        return Err(OpenError::IsSet);
    }
    let image = Image::new(bytes).ok_or(OpenError::WrongLength)?;
    if image.magic() != Some(IMAGE_MAGIC) || u32::try_from(bytes.len()) != Ok(image.length()) {
        return Err(OpenError::WrongLength);
    }
    if !is_laid_out(image, bytes.len())
        || !are_ranges_right(image)
        || !are_lists_canonical(image)
        || !is_table_right(image, Group::Exact)
        || !is_table_right(image, Group::Wildcard)
    {
        return Err(OpenError::Damaged);
    }
    let source = Contents(image);
    let mut refused = None;
    let mut sink = |finding: &Finding<'_>| {
        if finding.severity == Severity::Error && refused.is_none() {
            refused = Some(finding.code);
        }
    };
    review(&source, &mut Report::new(&mut sink));
    if let Some(code) = refused {
        return Err(OpenError::Refused(code));
    }
    if is_consistent(image, &source) { Ok(()) } else { Err(OpenError::Damaged) }
}

/// Whether the sections follow one another and fill the image.
fn is_laid_out(image: Image<'_>, length: usize) -> bool {
    let mut ends = (0..SECTIONS).map(|section| image.end(section));
    let is_ordered = ends.try_fold(HEAD, |start, end| (start <= end).then_some(end)) == Some(length);
    is_ordered && image.flags() & !flag::ALL == 0
}

/// Whether the joined lists are sorted and canonical, and the indexes are those of their names.
fn are_lists_canonical(image: Image<'_>) -> bool {
    let is_sorted = |section: Section, names: Names| {
        let joined = image.section(section);
        let mut rest = joined;
        let mut last: Option<&[u8]> = None;
        for name in split(joined) {
            // Every name except the first comes after a comma and one space.
            let separator: &[u8] = if last.is_none() { b"" } else { b", " };
            let Some(tail) = rest.strip_prefix(separator).and_then(|rest| rest.strip_prefix(name)) else {
                return false;
            };
            if name.is_empty()
                || last.is_some_and(|last| last >= name)
                || !names.canonical(name).eq(name.iter().copied())
            {
                return false;
            }
            (rest, last) = (tail, Some(name));
        }
        rest.is_empty()
    };
    let has_star = |section, any| image.has(any) && !image.section(section).is_empty();
    is_sorted(Section::Methods, Names::Methods)
        && is_sorted(Section::RequestHeaders, Names::Headers)
        && is_sorted(Section::ExposedHeaders, Names::Headers)
        && is_sorted(Section::HeaderPrefixes, Names::Headers)
        && is_sorted(Section::PublicSuffixes, Names::Headers)
        && split(image.section(Section::HeaderPrefixes)).all(is_prefix)
        && split(image.section(Section::PublicSuffixes)).all(is_suffix)
        && !split(image.section(Section::RequestHeaders)).any(is_prefix)
        && !has_star(Section::Methods, flag::ANY_METHOD)
        && !has_star(Section::RequestHeaders, flag::ANY_HEADER)
        && !has_star(Section::HeaderPrefixes, flag::ANY_HEADER)
        && !has_star(Section::PublicSuffixes, flag::SUFFIX_SWITCH)
        && method_index::bytes(image.section(Section::Methods)).eq(image.section(Section::MethodIndex).iter().copied())
        && is_index(
            image.section(Section::RequestHeaders),
            image.section(Section::HeaderIndex),
            usize::from(image.header_count()),
            image.header_seed(),
        )
}

/// Whether the numbers are those that follow from the sections.
fn is_consistent(image: Image<'_>, source: &Contents<'_>) -> bool {
    let bounds = Bounds::of(image);
    let longest_exact = Table::exact(image).texts().map(<[u8]>::len).max().unwrap_or(0);
    let switches = option_flags(source, source.options()) & !flag::SUFFIX_CHECKED;
    let age = image.section(Section::MaxAge);
    let is_age =
        if image.max_age() == NO_MAX_AGE { age.is_empty() } else { digits(image.max_age()).eq(age.iter().copied()) };
    // A spec with a longer max age only gets a warning, but the compiler never writes a longer one.
    let is_capped = image.max_age() == NO_MAX_AGE || i64::from(image.max_age()) <= MAX_AGE_MAX;
    let longest_header = split(image.section(Section::RequestHeaders)).map(<[u8]>::len).max().unwrap_or(0);
    let has_patterns = image.has(flag::NOT_EXACT) || image.longest_exact() != 0;
    let stored = [image.plain_shape(), image.actual_shape(), image.listed_shape(), image.preflight_shape()];
    is_age
        && is_capped
        && stored == shapes(image)
        && !(image.has(flag::ANY_ORIGIN) && has_patterns)
        && image.flags() & !flag::SUFFIX_CHECKED == switches | bounds.flags
        && usize::from(image.longest_exact()) == longest_exact
        && image.longest_fixed() == bounds.longest_fixed
        && usize::from(image.longest_header()) == longest_header
        && image.fixed_labels() == fixed_labels(image)
}
