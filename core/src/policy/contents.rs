//! Reads the options of a policy back from its image, and computes the numbers that an image stores
//! about them.

use crate::image::layout::{Image, NO_MAX_AGE, Section, flag};
use crate::image::list::split;
use crate::image::shape;
use crate::origins::range::ranges;
use crate::origins::table::Table;
use crate::spec::source::{Options, Source};
use crate::syntax::host::{HOST_MAX, are_labels, without_root_dot};
use crate::syntax::stepwise::Stepwise;

/// The image of a policy, read as the options that it was compiled from.
pub(crate) struct Contents<'i>(pub(crate) Image<'i>);

fn star<'i>(is_any: bool) -> impl Iterator<Item = &'i [u8]> {
    is_any.then_some(&b"*"[..]).into_iter()
}

/// The patterns in an image.
pub(crate) fn origins(image: Image<'_>) -> impl Iterator<Item = &[u8]> {
    let tables = Table::exact(image).texts().chain(Table::wildcards(image).texts());
    Stepwise(star(image.has(flag::ANY_ORIGIN)).chain(tables).chain(ranges(image).map(|range| range.text)))
}

/// The methods in an image.
pub(crate) fn methods(image: Image<'_>) -> impl Iterator<Item = &[u8]> {
    Stepwise(star(image.has(flag::ANY_METHOD)).chain(split(image.section(Section::Methods))))
}

/// The request headers in an image.
pub(crate) fn request_headers(image: Image<'_>) -> impl Iterator<Item = &[u8]> {
    let prefixes = split(image.section(Section::HeaderPrefixes));
    Stepwise(star(image.has(flag::ANY_HEADER)).chain(split(image.section(Section::RequestHeaders))).chain(prefixes))
}

/// The exposed response headers in an image.
pub(crate) fn exposed_headers(image: Image<'_>) -> impl Iterator<Item = &[u8]> {
    split(image.section(Section::ExposedHeaders))
}

/// The public suffixes in an image.
pub(crate) fn public_suffixes(image: Image<'_>) -> impl Iterator<Item = &[u8]> {
    split(image.section(Section::PublicSuffixes))
}

impl Source for Contents<'_> {
    const IS_READ: bool = false;

    fn origins(&self) -> impl Iterator<Item = &[u8]> {
        origins(self.0)
    }

    fn methods(&self) -> impl Iterator<Item = &[u8]> {
        methods(self.0)
    }

    fn request_headers(&self) -> impl Iterator<Item = &[u8]> {
        request_headers(self.0)
    }

    fn exposed_headers(&self) -> impl Iterator<Item = &[u8]> {
        exposed_headers(self.0)
    }

    fn public_suffixes(&self) -> impl Iterator<Item = &[u8]> {
        public_suffixes(self.0)
    }

    fn options(&self) -> Options {
        let (age, denied) = (self.0.max_age(), self.0.denied_status());
        Options {
            methods_are_default: false,
            credentials: self.0.has(flag::CREDENTIALS),
            max_age: (age != NO_MAX_AGE).then_some(i64::from(age)),
            preflight_status: i64::from(self.0.status()),
            denied_preflight_status: (denied != 0).then_some(i64::from(denied)),
            external_origins: self.0.has(flag::EXTERNAL),
            timing: self.0.has(flag::TIMING),
            private_network: self.0.has(flag::PRIVATE_NETWORK),
            null_origin: self.0.has(flag::NULL_SWITCH),
            insecure_origins: self.0.has(flag::INSECURE_SWITCH),
            public_suffixes: self.0.has(flag::SUFFIX_SWITCH),
            suffixes_checked: self.0.has(flag::SUFFIX_CHECKED),
        }
    }
}

/// Whether a listed public suffix can be the fixed part of a wildcard. An image holds no others,
/// because they have no effect.
pub(crate) fn is_suffix(name: &[u8]) -> bool {
    name.len() <= HOST_MAX && are_labels(without_root_dot(name), None)
}

/// The switches, as bits of the flags.
pub(crate) fn option_flags(source: &impl Source, options: Options) -> u32 {
    let has_any = |mut names: &mut dyn Iterator<Item = &[u8]>| Iterator::any(&mut names, |name| name == b"*");
    [
        (has_any(&mut source.origins()), flag::ANY_ORIGIN),
        (has_any(&mut source.methods()), flag::ANY_METHOD),
        (has_any(&mut source.request_headers()), flag::ANY_HEADER),
        (options.credentials, flag::CREDENTIALS),
        (options.external_origins, flag::EXTERNAL),
        (options.timing, flag::TIMING),
        (options.private_network, flag::PRIVATE_NETWORK),
        (options.null_origin, flag::NULL_SWITCH),
        (options.insecure_origins, flag::INSECURE_SWITCH),
        (options.public_suffixes, flag::SUFFIX_SWITCH),
        (cfg!(feature = "public-suffix"), flag::SUFFIX_CHECKED),
    ]
    .into_iter()
    .fold(0, |flags, (is_set, bit)| if is_set { flags | bit } else { flags })
}

/// The decimal digits of a number up to 99999, without leading zeros.
pub(crate) fn digits(number: u32) -> impl Iterator<Item = u8> {
    let powers = [10_000_u32, 1_000, 100, 10, 1].into_iter();
    powers
        .filter(move |&power| power == 1 || number >= power)
        .map(move |power| b'0' + (number.checked_div(power).unwrap_or(0) % 10) as u8)
}

/// Which headers a response has: for a plain request, for an allowed actual one, for a preflight
/// that is denied because of its method or headers, and for an allowed preflight. The image stores
/// these four.
pub(crate) fn shapes(image: Image<'_>) -> [u16; 4] {
    let present = |section, bit| shape::when(!image.section(section).is_empty(), bit);
    let set = |flags, bit| shape::when(image.has(flags), bit);
    let is_any = image.has(flag::ANY_ORIGIN);
    let readable = present(Section::ExposedHeaders, shape::EXPOSED)
        | set(flag::TIMING, if is_any { shape::TIMING_ANY } else { shape::TIMING_ORIGIN });
    let origin = if is_any { shape::ANY } else { shape::ORIGIN | set(flag::CREDENTIALS, shape::CREDENTIALS) };
    let vary = if is_any { 0 } else { shape::VARY_ORIGIN };
    let preflight_vary =
        if image.has(flag::PRIVATE_NETWORK) { shape::VARY_PRIVATE_NETWORK } else { shape::VARY_PREFLIGHT };
    let listed = origin
        | present(Section::Methods, shape::METHOD_LIST)
        | present(Section::RequestHeaders, shape::HEADER_LIST)
        | preflight_vary;
    let preflight = listed | set(flag::ANY_METHOD, shape::METHOD) | present(Section::MaxAge, shape::MAX_AGE);
    let actual = origin | readable | vary;
    [if is_any { actual } else { vary }, actual, listed, preflight]
}
