//! Decides whether strangers can register names that a wildcard matches. The data is the [public
//! suffix list](https://publicsuffix.org/).

use crate::spec::suffix_ancestors::ANCESTORS;
use crate::spec::suffixes::{self, Suffix};
use crate::syntax::host::without_root_dot;

/// Top-level domains that are never delegated, so that no stranger can register a name below them.
/// Any other single label that is not on the list may be a top-level domain that is newer than the
/// list.
///
/// RFC 6761 and its registry (`example`, `invalid`, `localhost`, `test`, `local`, `alt`; `onion` is
/// on the list), RFC 6762 appendix G (`intranet`, `internal`, `private`, `corp`, `home`, `lan`),
/// and what ICANN has put aside for good (`internal`, `corp`, `home`, `mail`).
const NEVER_DELEGATED: [&[u8]; 13] = [
    b"alt",
    b"corp",
    b"example",
    b"home",
    b"internal",
    b"intranet",
    b"invalid",
    b"lan",
    b"local",
    b"localhost",
    b"mail",
    b"private",
    b"test",
];

/// A place where strangers register names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registry<'a> {
    /// Below this name, which is on the list, or is the parent of a `*` rule.
    Suffix(&'a [u8]),
    /// Perhaps directly below the name: a top-level domain that the list does not have.
    UnknownTop,
}

/// Where strangers register names that a wildcard with this fixed part matches, if they can.
/// `is_deep`: the wildcard matches any number of labels, so a suffix further down is enough.
pub(crate) fn find_registry(fixed: &[u8], is_deep: bool) -> Option<Registry<'_>> {
    let fixed = without_root_dot(fixed);
    if is_suffix(fixed) {
        return Some(Registry::Suffix(fixed));
    }
    if let Some(suffix) = suffix_below(fixed).filter(|_| is_deep) {
        return Some(Registry::Suffix(suffix));
    }
    let is_top = !fixed.contains(&b'.') && !NEVER_DELEGATED.contains(&fixed);
    is_top.then_some(Registry::UnknownTop)
}

/// Whether the name is on the list, or is the parent of a `*` rule of it.
fn is_suffix(name: &[u8]) -> bool {
    let is_listed = |suffix: Suffix, length: usize| suffix.is_listed && suffix.length == length;
    // No rule has a label `_`, so only a `*` rule matches it.
    is_listed(find(name, None), name.len()) || is_listed(find(name, Some(b"_")), name.len() + 2)
}

/// What the list knows of a name, or of a label below it.
fn find(name: &[u8], below: Option<&'static [u8]>) -> Suffix {
    suffixes::find(name.rsplit(|&b| b == b'.').chain(below))
}

/// The registrable domain of a host name in lower case: its public suffix and one label more. Two hosts with one registrable domain are the
/// same site ([HTML](https://html.spec.whatwg.org/multipage/browsers.html#sites)). `None`: the host is a public suffix itself, or empty. An
/// address is not a name, and has no site.
///
/// ```
/// assert_eq!(corsac::registrable_domain("www.example.co.uk"), Some("example.co.uk"));
/// assert_eq!(corsac::registrable_domain("alice.github.io"), Some("alice.github.io"));
/// assert_eq!(corsac::registrable_domain("co.uk"), None);
/// ```
#[must_use]
pub fn registrable_domain(host: &str) -> Option<&str> {
    let name = without_root_dot(host.as_bytes());
    let before = name.len().checked_sub(find(name, None).length)?.checked_sub(1)?;
    let start = name.get(..before)?.iter().rposition(|&b| b == b'.').map_or(0, |dot| dot + 1);
    host.get(start..name.len()).filter(|_| start < before)
}

/// A suffix further down.
fn suffix_below(name: &[u8]) -> Option<&'static [u8]> {
    let at = ANCESTORS.binary_search_by(|(ancestor, _)| ancestor.as_bytes().cmp(name)).ok()?;
    ANCESTORS.get(at).map(|(_, suffix)| suffix.as_bytes())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{ANCESTORS, Registry, find_registry, is_suffix, registrable_domain};
    use std::format;

    #[test]
    fn registrable_domain_is_one_label_below_the_suffix() {
        for (host, domain) in [
            ("example.com", Some("example.com")),
            ("a.b.example.com.", Some("example.com")),
            ("x.bob.github.io", Some("bob.github.io")),
            ("github.io", None),
            ("com", None),
            ("localhost", None),
            ("api.localhost", Some("api.localhost")),
            ("x.y.unlisted", Some("y.unlisted")),
            ("b.a.www.ck", Some("www.ck")),
            (".com", None),
            ("", None),
        ] {
            assert_eq!(registrable_domain(host), domain, "{host}");
        }
    }

    fn registry(fixed: &str, is_deep: bool) -> Option<Registry<'_>> {
        find_registry(fixed.as_bytes(), is_deep)
    }

    #[test]
    fn suffixes_and_parents_of_star_rules_are_registries() {
        for suffix in ["com", "co.uk", "github.io", "ck", "compute.amazonaws.com", "xn--p1ai", "xn--55qx5d.cn", "onion"]
        {
            for is_deep in [false, true] {
                assert_eq!(registry(suffix, is_deep), Some(Registry::Suffix(suffix.as_bytes())), "{suffix}");
                assert_eq!(registry(&format!("{suffix}."), is_deep), registry(suffix, is_deep), "{suffix}");
            }
        }
        for owned in ["example.com", "www.ck", "a.github.io", "city.kobe.jp", "a.newtld"] {
            assert_eq!(registry(owned, true), None, "{owned}");
        }
    }

    #[test]
    fn ancestors_are_registries_for_any_number_of_labels() {
        for (ancestor, suffix) in [
            ("amazonaws.com", "s3.amazonaws.com"),
            ("windows.net", "servicebus.windows.net"),
            ("core.windows.net", "web.core.windows.net"),
        ] {
            let found = registry(ancestor, true).expect(ancestor);
            assert_eq!(found, Registry::Suffix(suffix.as_bytes()));
            assert_eq!(registry(&format!("{ancestor}."), true), Some(found));
            assert_eq!(registry(ancestor, false), None, "one label below is not enough");
        }
    }

    #[test]
    fn unlisted_top_level_domains_are_registries_unless_never_delegated() {
        for unknown in ["newtld", "zz", "a_b"] {
            assert_eq!(registry(unknown, false), Some(Registry::UnknownTop));
            assert_eq!(registry(unknown, true), Some(Registry::UnknownTop));
        }
        // The list has names below `za`, and not `za` itself.
        assert_eq!(registry("za", true), Some(Registry::Suffix(b"ac.za")));
        assert_eq!(registry("za", false), Some(Registry::UnknownTop));
        for own in super::NEVER_DELEGATED {
            assert_eq!(find_registry(own, true), None, "{}", own.escape_ascii());
            assert!(!is_suffix(own));
        }
    }

    /// `tools/test_suffixes.py` proves that the table has them all.
    #[test]
    fn every_ancestor_is_above_a_suffix_and_is_not_one() {
        assert!(ANCESTORS.len() > 400 && ANCESTORS.is_sorted_by(|(one, _), (other, _)| one < other));
        for (ancestor, suffix) in ANCESTORS {
            assert!(!is_suffix(ancestor.as_bytes()) && is_suffix(suffix.as_bytes()), "{ancestor} {suffix}");
            assert!(suffix.ends_with(&format!(".{ancestor}")), "{ancestor} {suffix}");
        }
    }
}
