//! Opening an image: everything that compiling proves is proved again, on bytes that anybody may have written.

use core::fmt;

use crate::image::hash;
use crate::image::layout::{HEAD, IMAGE_MAGIC, Image, NO_MAX_AGE, SECTIONS, Section, flag};
use crate::image::list::{Names, split};
use crate::image::method_index;
use crate::image::name_index::is_index;
use crate::image::set_layout::SetImage;
use crate::origins::bucket::{self, HEAD_LEN, Records};
use crate::origins::exact::exact_hash;
use crate::origins::range::are_ranges_right;
use crate::origins::table::{BUCKET_MAX, Table, bucket_count};
use crate::origins::wildcard::{Bounds, GLOBS_MAX, fixed_labels, wildcard_hash};
use crate::origins::write::globs_like;
use crate::policy::contents::{Contents, digits, is_suffix, option_flags, shapes};
use crate::policy::handle::Policy;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::MAX_AGE_MAX;
use crate::spec::pattern::{Kind, parse};
use crate::spec::report::Report;
use crate::spec::review::review;
use crate::spec::source::{Source, is_prefix};

/// Why bytes are no image of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OpenError {
    /// The first bytes are those of something else.
    NotAnImage,
    /// An image of another version of the format.
    OtherVersion,
    /// The image of a policy set: [`PolicySet::open`](crate::PolicySet::open) opens it.
    IsSet,
    /// Bytes are missing, or there are more than the image says.
    WrongLength,
    /// A section is not what compiling would have written.
    Damaged,
    /// A policy that compiling refuses.
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
    /// Opens an image. It is checked once, whole: what [`PolicySpec::compile`](crate::PolicySpec::compile) would refuse is refused here.
    ///
    /// The bytes are exactly those of [`Policy::image`]. Cost: about that of compiling.
    ///
    /// # Errors
    /// [`OpenError`]: hostile bytes give an error, never a panic.
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
        || !is_table_right(image, true)
        || !is_table_right(image, false)
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

/// Sections follow one another and fill the image.
fn is_laid_out(image: Image<'_>, length: usize) -> bool {
    let mut ends = (0..SECTIONS).map(|section| image.end(section));
    let is_ordered = ends.try_fold(HEAD, |start, end| (start <= end).then_some(end)) == Some(length);
    is_ordered && image.flags() & !flag::ALL == 0
}

/// Joined values are what joining their names gives, and the indices are those of these names.
fn are_lists_canonical(image: Image<'_>) -> bool {
    let is_sorted = |section: Section, names: Names| {
        let joined = image.section(section);
        let mut rest = joined;
        let mut last: Option<&[u8]> = None;
        for name in split(joined) {
            // Every name but the first stands behind a comma and one space.
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

/// Every record is a pattern of this table, and stands where a look-up finds it.
fn is_table_right(image: Image<'_>, exact: bool) -> bool {
    let (table, seed) = if exact {
        (Table::exact(image), image.exact_seed())
    } else {
        (Table::wildcards(image), image.wildcard_seed())
    };
    let buckets = table.buckets();
    let Ok(bucket_number) = u32::try_from(buckets) else { return false };
    let (mut total, mut at) = (0_usize, 0_usize);
    for bucket in 0..buckets {
        if table.start(bucket) != Some(at) {
            return false;
        }
        let (mut count, mut globs) = (0, 0);
        let bytes = table.bucket(bucket);
        let mut free = bytes.len();
        for (head, text) in Records::new(bytes) {
            let Ok(pattern) = parse(text) else { return false };
            let hash = if exact { exact_hash(seed, text) } else { wildcard_hash(seed, &pattern) };
            let Some(left) = free.checked_sub(HEAD_LEN + text.len()) else { return false };
            free = left;
            if pattern.kind == Kind::Any
                || pattern.is_exact() != exact
                || head != bucket::head(hash, text, free == 0)
                || hash::bucket(hash, bucket_number) as usize != bucket
            {
                return false;
            }
            count += 1;
            if pattern.kind == Kind::Glob {
                globs = globs_like(bytes, text);
            }
            if count > BUCKET_MAX || globs > GLOBS_MAX {
                return false;
            }
        }
        // Heads and texts fill their bucket.
        if free != 0 {
            return false;
        }
        at += bytes.len();
        total += count;
    }
    let is_whole = at == table.record_bytes().len() && (buckets == 0 || table.end() == Some(at));
    // Duplicates are dropped after the directory is laid out: it may be larger than its patterns need.
    let is_sized = buckets >= bucket_count(total) && (total != 0) == (buckets != 0);
    is_whole && is_sized && table.directory_len() == if buckets == 0 { 0 } else { (buckets + 1) * 4 }
}

/// Values that follow from others.
fn is_consistent(image: Image<'_>, source: &Contents<'_>) -> bool {
    let bounds = Bounds::of(image);
    let longest_exact = Table::exact(image).texts().map(<[u8]>::len).max().unwrap_or(0);
    let switches = option_flags(source, source.options()) & !flag::SUFFIX_CHECKED;
    let age = image.section(Section::MaxAge);
    let is_age =
        if image.max_age() == NO_MAX_AGE { age.is_empty() } else { digits(image.max_age()).eq(age.iter().copied()) };
    // A longer one is a warning, and what compiling writes is never longer.
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

#[cfg(test)]
mod tests {
    extern crate std;
    use super::is_table_right;
    use crate::image::hash;
    use crate::image::layout::{Image, Section, field, section_end};
    use crate::origins::bucket::{self, HEAD_LEN};
    use crate::origins::exact::exact_hash;
    use crate::origins::table::bucket_count;
    use crate::origins::wildcard::wildcard_hash;
    use crate::spec::pattern::parse;
    use crate::spec::policy_spec::PolicySpec;
    use std::{format, string::String, vec, vec::Vec};

    const SEED: u32 = 0;

    /// The image of these origins, but others in its exact table, of the same lengths, or in the rest's, all of them in the first bucket.
    fn in_one_bucket(compiled: &[String], written: &[String], exact: bool) -> Vec<u8> {
        let spec = PolicySpec { allow_origins: compiled, ..PolicySpec::new(&[]) };
        let mut bytes = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap().image().to_vec();
        let (seed_at, directory, records) = if exact {
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
            let pattern = parse(origin.as_bytes()).unwrap();
            let hash = if exact { exact_hash(SEED, origin.as_bytes()) } else { wildcard_hash(SEED, &pattern) };
            bucket::push(bucket, hash, origin.as_bytes()).unwrap();
        }
        bytes
    }

    fn is_right(compiled: &[String], written: &[String], exact: bool) -> bool {
        is_table_right(Image::new(&in_one_bucket(compiled, written, exact)).unwrap(), exact)
    }

    #[test]
    fn a_bucket_holds_128_patterns_and_no_more() {
        for (count, opens) in [(128, true), (129, false)] {
            let buckets = u32::try_from(bucket_count(count)).unwrap();
            let names = (0..).map(|number| format!("https://a{number}.example"));
            let first = |name: &String| hash::bucket(exact_hash(SEED, name.as_bytes()), buckets) == 0;
            let origins: Vec<String> = names.filter(first).take(count).collect();
            assert_eq!(is_right(&origins, &origins, true), opens, "{count}");
        }
    }

    #[test]
    fn a_parent_has_32_globs_and_no_more() {
        // Two parents whose globs belong into the first bucket.
        let parent = |number: usize| format!(".p{number}.example");
        let glob = |number: usize, parent: &str| format!("https://g{number:02}-*{parent}");
        let is_first = |parent: &String| {
            let text = glob(0, parent);
            hash::bucket(wildcard_hash(SEED, &parse(text.as_bytes()).unwrap()), 17) == 0
        };
        let mut parents = (1000..9999).map(parent).filter(is_first);
        let (one, other) = (parents.next().unwrap(), parents.next().unwrap());
        let globs: Vec<String> = (0..32).map(|number| glob(number, &one)).collect();
        let and = |parent: &str| [&globs[..], &[glob(32, parent)]].concat();
        assert!(is_right(&and(&other), &and(&other), false));
        assert!(!is_right(&and(&other), &and(&one), false));
    }

    #[test]
    fn any_origin_is_no_wildcard_of_a_table() {
        let (wildcard, any) = (["https://*.a.example".into()], ["*".into()]);
        assert!(is_right(&wildcard, &wildcard, false));
        assert!(!is_right(&wildcard, &any, false));
    }
}
