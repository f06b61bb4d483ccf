//! How CloudFront compares an origin with an entry: `*` is the whole leftmost label, and an entry without a scheme is for each scheme.

use crate::origin::Origin;

/// What an entry is to an origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Match {
    No,
    /// `*` would have to match more than one label, which is not documented.
    Unknown,
    Yes,
}

pub(super) fn match_of(entry: &str, origin: &str) -> Match {
    if entry == "*" || entry == origin {
        return Match::Yes;
    }
    let Some(origin) = Origin::parse(origin) else { return Match::No };
    let (scheme, rest) = entry.split_once("://").map_or((None, entry), |(scheme, rest)| (Some(scheme), rest));
    if scheme.is_some_and(|scheme| scheme != origin.scheme) {
        return Match::No;
    }
    let host = format!("{}{}", origin.host, origin.port);
    if rest == host {
        return Match::Yes;
    }
    let Some(below) = rest.strip_prefix('*').filter(|below| below.starts_with('.')) else { return Match::No };
    match host.strip_suffix(below) {
        None | Some("") => Match::No,
        Some(labels) if labels.contains('.') => Match::Unknown,
        Some(_) => Match::Yes,
    }
}

/// Whether `*` is in a place that CloudFront documents.
pub(super) fn is_documented(entry: &str) -> bool {
    let rest = entry.split_once("://").map_or(entry, |(_, rest)| rest);
    let below = rest.strip_prefix("*.").unwrap_or(rest);
    entry == "*" || !below.contains('*')
}

#[cfg(test)]
mod tests {
    use super::{Match, is_documented, match_of};

    #[test]
    fn a_star_is_one_label() {
        assert_eq!(match_of("https://*.example.com", "https://a.example.com"), Match::Yes);
        assert_eq!(match_of("https://*.example.com", "https://a.b.example.com"), Match::Unknown);
        assert_eq!(match_of("https://*.example.com", "https://example.com"), Match::No);
        assert_eq!(match_of("https://*.example.com", "http://a.example.com"), Match::No);
        assert_eq!(match_of("*.example.com", "http://a.example.com"), Match::Yes);
        assert_eq!(match_of("a.example", "https://a.example"), Match::Yes);
        assert_eq!(match_of("a.example", "https://a.example:8443"), Match::No);
        assert!(is_documented("*.example.org") && !is_documented("test.*.x") && !is_documented("a*b"));
    }
}
