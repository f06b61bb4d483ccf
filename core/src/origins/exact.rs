//! Exact patterns: an origin is allowed if it is an entry of the list, byte for byte. Most origins
//! of most policies end here.

use crate::image::hash;
use crate::image::layout::Image;
use crate::origins::table::Table;

/// The key of an exact pattern in its table.
#[inline]
pub(crate) fn exact_hash(seed: u32, text: &[u8]) -> u64 {
    hash::text(seed, text, false)
}

/// Whether an origin is an exact pattern of the policy.
///
/// It returns only yes or no, so the look-up needs few registers. It is not inlined, because that
/// costs a preflight 15 instructions.
#[inline(never)]
pub(crate) fn is_exact(image: Image<'_>, origin: &[u8]) -> bool {
    // An origin may be a mebibyte long, so one that is longer than every pattern is not hashed.
    origin.len() <= usize::from(image.longest_exact()) && {
        let hash = exact_hash(image.exact_seed(), origin);
        Table::exact(image).find(hash, |pattern| hash::is_equal(pattern, origin)).is_some()
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::is_exact;
    use crate::image::layout::Image;
    use crate::spec::policy_spec::PolicySpec;
    use std::{format, string::String, vec, vec::Vec};

    #[test]
    fn exact_patterns_are_found_and_nothing_like_them() {
        let names: Vec<String> = (0..300).map(|number| format!("https://host-{number}.example")).collect();
        let spec = PolicySpec { allow_origins: &names[..200], ..PolicySpec::new(&[]) };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
        let image = Image::or_closed(policy.image());
        for (number, name) in names.iter().enumerate() {
            assert_eq!(is_exact(image, name.as_bytes()), number < 200, "{name}");
            assert!(!is_exact(image, &name.as_bytes()[1..]) && !is_exact(image, format!("{name}/").as_bytes()));
        }
    }
}
