//! Which headers a response has: one bit each, in the order in which they are written.

use crate::image::layout::{Image, Section, flag};

pub(crate) const ANY: u16 = 1;
pub(crate) const ORIGIN: u16 = 1 << 1;
pub(crate) const CREDENTIALS: u16 = 1 << 2;
pub(crate) const METHOD_LIST: u16 = 1 << 3;
pub(crate) const METHOD: u16 = 1 << 4;
pub(crate) const HEADER_LIST: u16 = 1 << 5;
pub(crate) const HEADER_LINES: u16 = 1 << 6;
pub(crate) const MAX_AGE: u16 = 1 << 7;
pub(crate) const EXPOSED: u16 = 1 << 8;
pub(crate) const TIMING_ANY: u16 = 1 << 9;
pub(crate) const TIMING_ORIGIN: u16 = 1 << 10;
pub(crate) const PRIVATE_NETWORK: u16 = 1 << 11;
pub(crate) const VARY_ORIGIN: u16 = 1 << 12;
pub(crate) const VARY_PREFLIGHT: u16 = 1 << 13;
pub(crate) const VARY_PRIVATE_NETWORK: u16 = 1 << 14;
pub(crate) const VARY: u16 = VARY_ORIGIN | VARY_PREFLIGHT | VARY_PRIVATE_NETWORK;

/// Which headers the responses of a policy have: to a plain request, to an allowed actual one, to a preflight that is denied by its method
/// or headers, and to an allowed preflight. The image holds these four.
pub(crate) fn shapes(image: Image<'_>) -> [u16; 4] {
    let present = |section, bit| when(!image.section(section).is_empty(), bit);
    let set = |flags, bit| when(image.has(flags), bit);
    let is_any = image.has(flag::ANY_ORIGIN);
    let readable =
        present(Section::ExposedHeaders, EXPOSED) | set(flag::TIMING, if is_any { TIMING_ANY } else { TIMING_ORIGIN });
    let origin = if is_any { ANY } else { ORIGIN | set(flag::CREDENTIALS, CREDENTIALS) };
    let vary = if is_any { 0 } else { VARY_ORIGIN };
    let preflight_vary = if image.has(flag::PRIVATE_NETWORK) { VARY_PRIVATE_NETWORK } else { VARY_PREFLIGHT };
    let listed = origin
        | present(Section::Methods, METHOD_LIST)
        | present(Section::RequestHeaders, HEADER_LIST)
        | preflight_vary;
    let preflight = listed
        | set(flag::ANY_METHOD, METHOD)
        | set(flag::ANY_HEADER, HEADER_LINES)
        | present(Section::MaxAge, MAX_AGE);
    let actual = origin | readable | vary;
    [if is_any { actual } else { vary }, actual, listed, preflight]
}

#[inline]
pub(crate) fn when(is_so: bool, bit: u16) -> u16 {
    if is_so { bit } else { 0 }
}
