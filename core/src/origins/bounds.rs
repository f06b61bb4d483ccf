//! What a policy's patterns with a `*` have in common. It is kept in the head of the image, so that look-ups that could find nothing are
//! left out.

use crate::image::hash::Suffix;
use crate::image::layout::{Image, Section, flag};
use crate::origins::bucket::Records;
use crate::origins::table::Table;
use crate::spec::pattern::{ANY_PORT, Kind, Pattern, Port, parse};

/// What the head says about the patterns that are not exact. It saves look-ups that could find
/// nothing.
#[derive(Default, PartialEq, Eq)]
pub(crate) struct Bounds {
    pub(crate) flags: u32,
    /// Length of the longest fixed part in an `http` or `https` pattern.
    pub(crate) longest_fixed: u16,
}

impl Bounds {
    pub(crate) fn of(image: Image<'_>) -> Self {
        let mut bounds = Self::default();
        if !image.section(Section::Ranges).is_empty() {
            bounds.flags = flag::RANGE;
        }
        for pattern in Table::wildcards(image).texts().filter_map(|text| parse(text).ok()) {
            if !pattern.is_web() {
                bounds.flags |= flag::OTHER_SCHEME;
                continue;
            }
            let port = if pattern.port == Port::Any { flag::WILDCARD_ANY_PORT } else { flag::WILDCARD_FIXED_PORT };
            bounds.flags |= match pattern.kind {
                Kind::Subdomains => port,
                Kind::Glob => port | flag::GLOB,
                Kind::AnyHost => flag::WEB_ANY_HOST,
                _ => flag::HOST_ANY_PORT,
            };
            bounds.longest_fixed = bounds.longest_fixed.max(pattern.fixed.len() as u16);
        }
        bounds
    }
}

/// How many labels the fixed parts after `*.` have, as bits of [`labels_bit`]. A `*.` that another
/// one covers does not count, because the other one matches all its origins.
pub(crate) fn fixed_labels(image: Image<'_>) -> u64 {
    let patterns = Table::wildcards(image).texts().filter_map(|text| parse(text).ok());
    let wildcards = patterns.filter(|pattern| pattern.is_web() && pattern.kind == Kind::Subdomains);
    wildcards.fold(0, |bits, pattern| {
        let bit = labels_bit(1 + pattern.fixed.iter().filter(|&&b| b == b'.').count());
        if bits & bit == 0 && is_below_another(image, &pattern) { bits } else { bits | bit }
    })
}

/// Whether the image covers this pattern with a wildcard further up, such as
/// `https://*.example.com` for `https://*.app.example.com`, with the same port or any.
fn is_below_another(image: Image<'_>, pattern: &Pattern<'_>) -> bool {
    let table = Table::wildcards(image);
    let mut dots = (0..pattern.fixed.len()).rev().filter(|&at| pattern.fixed.get(at) == Some(&b'.'));
    dots.any(|dot| {
        let fixed = pattern.fixed.get(dot + 1..).unwrap_or_default();
        [pattern.port.key(), ANY_PORT].into_iter().any(|port| {
            let hash = Suffix::hash(image.wildcard_seed(), pattern.scheme, fixed, port);
            let mut others = Records::new(table.bucket_of(hash)).filter_map(|(_, text)| parse(text).ok());
            others.any(|other| {
                other.kind == Kind::Subdomains
                    && (other.scheme, other.fixed, other.port.key()) == (pattern.scheme, fixed, port)
            })
        })
    })
}

/// The bit for a number of labels. Two numbers share one bit, so that 64 bits are enough for the
/// longest host, which has 127 labels.
#[inline]
pub(crate) fn labels_bit(labels: usize) -> u64 {
    1 << (labels / 2).min(63)
}

#[cfg(test)]
mod tests {
    use super::labels_bit;
    use crate::PolicySpec;
    use crate::image::layout::Image;
    use crate::syntax::host::HOST_MAX;

    #[test]
    fn every_number_of_labels_has_a_bit() {
        const MOST: usize = HOST_MAX.div_ceil(2);
        for labels in 0..=MOST {
            assert_eq!(labels_bit(labels).trailing_zeros() as usize, labels / 2);
        }
        assert_eq!(labels_bit(usize::MAX), labels_bit(MOST));
    }

    #[test]
    fn covered_wildcard_has_no_bit() {
        let bits = |origins: &[&str]| {
            let spec = PolicySpec { allow_origins: origins, ..PolicySpec::new(&[]) };
            let policy = spec.compile([0; 1024], |_| ()).expect("it compiles");
            crate::Policy::open(policy.image()).expect("it opens");
            Image::or_closed(policy.image()).fixed_labels()
        };
        let (two, six) = (labels_bit(2), labels_bit(6));
        assert_eq!(bits(&["https://*.a.example", "https://*.f.e.c.b.a.example"]), two);
        assert_eq!(bits(&["https://*.f.e.c.b.a.example", "https://*.a.example:*"]), two);
        assert_eq!(bits(&["https://*.a.example:1", "https://*.f.e.c.b.a.example"]), two | six);
        assert_eq!(bits(&["http://*.a.example", "https://*.f.e.c.b.a.example"]), two | six);
        assert_eq!(bits(&["https://*.a.example", "https://*.f.e.c.b.b.example"]), two | six);
        // This pattern is found last, so the origin that it allows took as many look-ups as any.
        assert_eq!(bits(&["https://*", "https://*.a.example"]), two);
    }
}
