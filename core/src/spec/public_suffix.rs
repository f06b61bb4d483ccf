//! Is a wildcard over a suffix below which strangers register names? The data is the [public suffix list](https://publicsuffix.org/).

use psl::{List, Psl as _};

use crate::syntax::host::without_root_dot;

/// The fixed rest of a wildcard is on the list, or is the parent of a `*` rule of it. Names not on the list are not.
pub(crate) fn is_over_public_suffix(rest: &[u8]) -> bool {
    let rest = without_root_dot(rest);
    // One type of iterator for both questions: the list is 0.7 MB of code for each.
    let find = |below: Option<&'static [u8]>| List.find(rest.rsplit(|&b| b == b'.').chain(below));
    let is_listed = |info: psl::Info, length: usize| info.typ.is_some() && info.len == length;
    // No rule has a label `_`: only a `*` rule can answer for it.
    is_listed(find(None), rest.len()) || is_listed(find(Some(b"_")), rest.len() + 2)
}

#[cfg(test)]
mod tests {
    use super::is_over_public_suffix;

    #[test]
    fn knows_suffixes_and_parents_of_star_rules() {
        for suffix in ["com", "co.uk", "github.io", "ck", "compute.amazonaws.com", "com."] {
            assert!(is_over_public_suffix(suffix.as_bytes()), "{suffix}");
        }
        for owned in ["example.com", "www.ck", "localhost", "internal", "a.github.io"] {
            assert!(!is_over_public_suffix(owned.as_bytes()), "{owned}");
        }
    }
}
