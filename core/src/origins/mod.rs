//! The patterns of a policy in its image: how they are written, and how an origin is looked up among them.

pub(crate) mod bucket;
pub(crate) mod exact;
#[cfg(test)]
pub(crate) mod hostile;
pub(crate) mod origin;
pub(crate) mod patterns;
pub(crate) mod table;
pub(crate) mod wildcard;
pub(crate) mod write;

use crate::image::layout::Image;
use crate::origins::origin::Origin;
use crate::origins::table::Table;
use crate::spec::pattern::parse;

/// The pattern of an image that allows everything that this entry allows. An equal one does, too.
pub(crate) fn covers<'i>(image: Image<'i>, entry: &[u8]) -> Option<&'i [u8]> {
    let mut texts = Table::exact(image).texts().chain(Table::wildcards(image).texts());
    texts.find(|&text| text == entry).or_else(|| {
        let pattern = parse(entry).ok()?;
        let origin =
            if pattern.is_exact() { Origin::parse(entry) } else { Origin::of_pattern(entry, pattern.port.key()) };
        origin?.find_wildcard(image)
    })
}
