//! Which pattern allows an origin, and which pattern allows all that another one does.

use crate::image::layout::{Image, flag};
use crate::origins::exact::exact_hash;
use crate::origins::origin::Origin;
use crate::origins::patterns::Group;
use crate::origins::range::{find_wider, ranges};
use crate::origins::table::Table;
use crate::origins::wildcard::wildcard_hash;
use crate::spec::pattern::parse;

/// Finds the pattern that allows an origin that is not an exact entry.
#[inline]
pub(crate) fn find_pattern<'i>(image: Image<'i>, origin: &[u8]) -> Option<&'i [u8]> {
    if image.has(flag::NOT_EXACT) { Origin::parse(origin)?.find(image) } else { None }
}

impl Origin<'_> {
    fn find<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        self.find_wildcard(image).or_else(|| if image.has(flag::RANGE) { self.find_range(image) } else { None })
    }
}

/// Finds another pattern of the image that allows every origin that this one allows. A wildcard is
/// looked up like an origin, so the engine's own look-up decides.
pub(crate) fn find_covering<'i>(image: Image<'i>, group: Group, text: &[u8]) -> Option<&'i [u8]> {
    if group == Group::Exact {
        return find_pattern(image, text);
    }
    let pattern = parse(text).ok()?;
    let origin = Origin::of_pattern(text, pattern.port.key())?;
    match group {
        Group::Range => find_wider(image, text, &pattern).or_else(|| origin.find_any_host(image)),
        _ => origin.find(image),
    }
}

/// Finds a pattern of the image that allows every origin that a pattern of another policy allows:
/// the same one, or one that covers it.
pub(crate) fn covers<'i>(image: Image<'i>, text: &[u8]) -> Option<&'i [u8]> {
    let group = Group::of(text);
    let is_same = |other: &[u8]| other == text;
    let same = match group {
        Group::Exact => Table::exact(image).find_rare(exact_hash(image.exact_seed(), text), &is_same),
        Group::Wildcard => {
            let hash = wildcard_hash(image.wildcard_seed(), &parse(text).ok()?);
            Table::wildcards(image).find_rare(hash, &is_same)
        }
        Group::Range => ranges(image).map(|range| range.text).find(|text| is_same(text)),
    };
    same.or_else(|| find_covering(image, group, text))
}
