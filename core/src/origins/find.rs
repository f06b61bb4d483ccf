//! Which pattern allows an origin that is not an exact entry, and which pattern covers another one.

use crate::image::layout::{Image, Section, flag};
use crate::origins::origin::Origin;
use crate::origins::range::{find_wider, ranges};
use crate::origins::table::{Table, wildcard_hash};
use crate::spec::pattern::{Kind, Pattern, parse};

/// The wildcard, the range or the pattern for any host that allows this origin.
#[inline]
pub(crate) fn find_pattern<'i>(image: Image<'i>, origin: &[u8]) -> Option<&'i [u8]> {
    if !has_patterns(image) {
        return None;
    }
    look_up(image, &Origin::parse(origin)?)
}

/// Whether an image has other than exact entries.
#[inline]
pub(crate) fn has_patterns(image: Image<'_>) -> bool {
    let has_wildcards = image.has(flag::WILDCARD_ANY_PORT | flag::WILDCARD_FIXED_PORT);
    has_wildcards || !image.section(Section::Ranges).is_empty()
}

fn look_up<'i>(image: Image<'i>, origin: &Origin<'_>) -> Option<&'i [u8]> {
    origin.find_wildcard(image).or_else(|| origin.find_range(image)).or_else(|| origin.find_any_host(image))
}

/// Another pattern of the image that allows everything that this one allows: the engine's own look-up says so.
pub(crate) fn find_covering<'i>(image: Image<'i>, text: &[u8], pattern: &Pattern<'_>) -> Option<&'i [u8]> {
    if pattern.is_exact() {
        return find_pattern(image, text);
    }
    let origin = Origin::of_pattern(text, pattern.port.key())?;
    match pattern.kind {
        Kind::Range(_) => find_wider(image, text, pattern).or_else(|| origin.find_any_host(image)),
        _ => look_up(image, &origin),
    }
}

/// A pattern of the image that allows everything that this entry of another policy allows. An equal one does, too.
pub(crate) fn covers<'i>(image: Image<'i>, entry: &[u8]) -> Option<&'i [u8]> {
    let pattern = parse(entry).ok()?;
    let is_same = |text: &[u8]| text == entry;
    let same = match pattern.kind {
        Kind::Range(_) => ranges(image).map(|record| record.text).find(|text| is_same(text)),
        _ if pattern.is_exact() => Table::exact(image).get(image.exact_seed(), entry),
        _ => Table::wildcards(image).find(wildcard_hash(image.wildcard_seed(), &pattern), is_same),
    };
    same.or_else(|| find_covering(image, entry, &pattern))
}
