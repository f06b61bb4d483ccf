//! The prefixes of request headers, each with its first eight bytes as a number: most names that do
//! not have a prefix differ from it there.

use heapless::Vec;

use crate::image::hash::{is_equal_in_any_case, lower};
use crate::image::list::split;
use crate::spec::limits::PREFIXES_MAX;
use crate::syntax::byte::word_at;

/// A prefix such as `x-amz-meta-`.
struct Prefix<'i> {
    /// The first eight bytes, and which of them the prefix has.
    start: u64,
    mask: u64,
    text: &'i [u8],
}

/// All prefixes of a policy.
#[derive(Default)]
pub(crate) struct Prefixes<'i>(Vec<Prefix<'i>, PREFIXES_MAX>);

impl<'i> Prefixes<'i> {
    /// Adds those of a joined list such as `x-amz-meta-*, x-tenant-*`.
    pub(crate) fn add(&mut self, joined: &'i [u8]) {
        // Most policies have none, and splitting nothing takes 30 instructions.
        if joined.is_empty() {
            return;
        }
        for entry in split(joined) {
            let text = entry.strip_suffix(b"*").unwrap_or(entry);
            let beyond = 64_u32.saturating_sub(8 * text.len() as u32);
            // A policy with more prefixes neither compiles nor opens.
            let _ = self.0.push(Prefix { start: word_at(text, 0), mask: u64::MAX >> (beyond % 64), text });
        }
    }

    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a name, in any case, begins with one of the prefixes and has more bytes after it.
    pub(crate) fn cover(&self, name: &[u8]) -> bool {
        let start = lower(word_at(name, 0));
        self.0.iter().any(|prefix| {
            let length = prefix.text.len();
            (start ^ prefix.start) & prefix.mask == 0
                && name.len() > length
                && (length <= 8 || name.get(..length).is_some_and(|begin| is_equal_in_any_case(prefix.text, begin)))
        })
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Prefixes;
    use std::{format, vec::Vec};

    #[test]
    fn prefix_covers_longer_names_in_any_case() {
        for length in 2..40 {
            let prefix: Vec<u8> = (0..length - 1).map(|at| b'a' + at % 26).chain([b'-']).collect();
            let joined = [b"0-*, ", &prefix[..], b"*, zz-*"].concat();
            let mut prefixes = Prefixes::default();
            prefixes.add(&joined);
            let name = [&prefix[..], b"x"].concat();
            assert!(prefixes.cover(&name) && prefixes.cover(&name.to_ascii_uppercase()));
            assert!(!prefixes.cover(&prefix), "{length}");
            for at in 0..prefix.len() {
                let mut other = name.clone();
                other[at] ^= 0x80;
                assert!(!prefixes.cover(&other), "{length} {at}");
                assert!(!prefixes.cover(&name[..at]) && !prefixes.cover(&name[at + 1..]), "{length} {at}");
            }
        }
    }

    #[test]
    fn last_of_sixteen_prefixes_covers() {
        let joined = (10..26).map(|number| format!("x-{number}-*")).collect::<Vec<_>>().join(", ");
        let mut prefixes = Prefixes::default();
        prefixes.add(joined.as_bytes());
        for number in 0..36 {
            assert_eq!(prefixes.cover(format!("X-{number}-a").as_bytes()), (10..26).contains(&number), "{number}");
        }
        assert!(!Prefixes::default().cover(b"x"));
    }
}
