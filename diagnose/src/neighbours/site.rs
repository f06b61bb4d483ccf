//! Whether two URLs belong to one site: the same registrable domain, which only the [public suffix list](https://publicsuffix.org/) knows.
//! The caller lends that list.

use std::fmt::Debug;

use crate::place::Place;

/// The public suffix list.
///
/// ```
/// use corsac_diagnose::Suffixes;
///
/// /// All names of this company are below one of two domains.
/// #[derive(Debug)]
/// struct Own;
///
/// impl Suffixes for Own {
///     fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
///         ["shop.example", "shop.test"].into_iter().find_map(|own| {
///             host.ends_with(own).then(|| host.get(host.len() - own.len()..)).flatten()
///         })
///     }
/// }
/// assert_eq!(Own.registrable_domain("api.shop.example"), Some("shop.example"));
/// ```
pub trait Suffixes: Debug + Sync {
    /// The registrable domain of a host in lower case: `example.co.uk` for `www.example.co.uk`. `None`: the host is a public suffix itself, or has none.
    fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str>;
}

/// How a page and a URL belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    SameOrigin,
    SameSite,
    /// Without the list: the ends of the names are alike, so they may belong to one site.
    Unknown,
    CrossSite,
}

impl Relation {
    /// How the hosts of two URLs or origins belong together, whatever their schemes are ("schemelessly same site").
    pub(crate) fn of(page: &str, url: &str, suffixes: Option<&dyn Suffixes>) -> Self {
        let (Some(page), Some(url)) = (Place::of(page), Place::of(url)) else { return Self::CrossSite };
        if page.origin() == url.origin() {
            return Self::SameOrigin;
        }
        let (page, url) = (page.host.to_ascii_lowercase(), url.host.to_ascii_lowercase());
        if page == url {
            return Self::SameSite;
        }
        // Addresses have no registrable domain.
        if is_address(&page) || is_address(&url) {
            return Self::CrossSite;
        }
        match suffixes {
            Some(list) => match (list.registrable_domain(&page), list.registrable_domain(&url)) {
                (Some(one), Some(other)) if one == other => Self::SameSite,
                _ => Self::CrossSite,
            },
            // A registrable domain has at least two labels.
            None if last_two(&page) == last_two(&url) => Self::Unknown,
            None => Self::CrossSite,
        }
    }
}

fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.rsplit('.').next().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

fn last_two(host: &str) -> &str {
    let start = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at.saturating_add(1));
    host.get(start..).unwrap_or(host)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Relation, Suffixes};

    /// `com`, `uk`, `co.uk` and `github.io`.
    #[derive(Debug)]
    pub(crate) struct Few;

    impl Suffixes for Few {
        fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
            let suffixes = [".co.uk", ".github.io", ".com", ".org", ".example"];
            let suffix = suffixes.into_iter().find(|suffix| host.ends_with(suffix))?;
            let before = host.strip_suffix(suffix)?;
            host.get(before.rfind('.').map_or(0, |at| at + 1)..).filter(|_| !before.is_empty())
        }
    }

    #[test]
    fn only_the_suffix_list_knows_which_names_are_one_site() {
        let of = |page: &str, url: &str| (Relation::of(page, url, Some(&Few)), Relation::of(page, url, None));
        let (same, cross, unknown) = (Relation::SameSite, Relation::CrossSite, Relation::Unknown);
        assert_eq!(of("https://app.shop.com", "https://api.shop.com/x"), (same, unknown));
        assert_eq!(of("https://a.co.uk", "https://b.co.uk/x"), (cross, unknown));
        assert_eq!(of("https://a.github.io", "https://b.github.io/x"), (cross, unknown));
        assert_eq!(of("https://app.shop.com", "https://api.other.org/"), (cross, cross));
        assert_eq!(of("http://localhost:3000", "http://localhost:8000/"), (same, same));
        assert_eq!(of("http://localhost:3000", "http://127.0.0.1:8000/"), (cross, cross));
        assert_eq!(of("http://10.0.0.1", "http://10.1.0.1/"), (cross, cross));
        assert_eq!(of("null", "https://a.com/"), (cross, cross));
        assert_eq!(of("https://A.com:443", "https://a.com/x"), (Relation::SameOrigin, Relation::SameOrigin));
    }
}
