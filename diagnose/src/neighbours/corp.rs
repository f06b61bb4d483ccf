//! `Cross-Origin-Resource-Policy` of a resource that a page loads without CORS, and `Cross-Origin-Embedder-Policy` of the page
//! ([Fetch 3.7](https://fetch.spec.whatwg.org/#cross-origin-resource-policy-header)).

use super::embedder::{Embedder, only};
use super::found::{Evidence, Neighbour};
use super::site::{Relation, Suffixes};
use crate::certainty::Certainty;
use crate::exchange::Headers;

/// Whether the browser withholds a response from `page`. `sends_credentials`: the request carried cookies.
pub(super) fn judge(
    page: &str,
    url: &str,
    response: &Headers,
    embedder: Embedder,
    sends_credentials: bool,
    suffixes: Option<&dyn Suffixes>,
) -> Option<Neighbour> {
    let relation = Relation::of(page, url, suffixes);
    if relation == Relation::SameOrigin {
        return None;
    }
    let policy = only(response, b"cross-origin-resource-policy");
    let is_downgraded = page.starts_with("https:") && url.starts_with("http:");
    let found = |code, certainty, evidence| Some(Neighbour { code, certainty, evidence });
    match policy {
        Some(b"cross-origin") => None,
        Some(b"same-origin") => found("corp", Certainty::Certain, Evidence::ResourcePolicy("same-origin")),
        Some(b"same-site") => match relation {
            Relation::SameSite if !is_downgraded => None,
            Relation::Unknown => found("corp", Certainty::Possible, Evidence::ResourcePolicy("same-site")),
            _ => found("corp", Certainty::Certain, Evidence::ResourcePolicy("same-site")),
        },
        // Anything else counts as missing.
        _ => match embedder {
            Embedder::Nothing => None,
            Embedder::Credentialless if !sends_credentials => None,
            embedder => found("coep", Certainty::Certain, Evidence::EmbedderPolicy(embedder)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Embedder, judge};
    use crate::certainty::Certainty;
    use crate::neighbours::found::Neighbour;
    use crate::neighbours::site::tests::Few;

    const PAGE: &str = "https://app.shop.com";

    fn found(
        page: &str,
        url: &str,
        policies: &[&str],
        embedder: Embedder,
        cookies: bool,
    ) -> Option<(&'static str, Certainty)> {
        let name = b"Cross-Origin-Resource-Policy".to_vec();
        let headers = policies.iter().map(|value| (name.clone(), value.as_bytes().to_vec())).collect();
        let of = |Neighbour { code, certainty, .. }: Neighbour| (code, certainty);
        judge(page, url, &headers, embedder, cookies, Some(&Few)).map(of)
    }

    #[test]
    fn resource_policy_keeps_responses_from_other_origins_and_sites() {
        let of = |url: &str, policy: &str| found(PAGE, url, &[policy], Embedder::Nothing, true).map(|(code, _)| code);
        let (own, site, other) = ("https://app.shop.com/i", "https://img.shop.com/i", "https://cdn.example/i");
        for (policy, expected) in [
            ("same-origin", [None, Some("corp"), Some("corp")]),
            ("same-site", [None, None, Some("corp")]),
            ("cross-origin", [None; 3]),
            ("SAME-ORIGIN", [None; 3]),
            ("", [None; 3]),
        ] {
            assert_eq!([own, site, other].map(|url| of(url, policy)), expected, "{policy}");
        }
        assert_eq!(of("http://img.shop.com/i", "same-site"), Some("corp"), "a secure page does not take it from http:");
        let twice = found(PAGE, other, &["same-origin", "same-origin"], Embedder::Nothing, true);
        assert_eq!(twice, None, "two headers are not a valid policy");
    }

    #[test]
    fn without_the_list_same_site_is_only_possible() {
        let headers = vec![(b"cross-origin-resource-policy".to_vec(), b"same-site".to_vec())];
        let of = |url: &str| judge(PAGE, url, &headers, Embedder::Nothing, true, None).map(|found| found.certainty);
        assert_eq!(of("https://img.shop.com/i"), Some(Certainty::Possible));
        assert_eq!(of("https://cdn.example/i"), Some(Certainty::Certain));
    }

    #[test]
    fn page_with_embedder_policy_needs_a_resource_policy() {
        let of = |policies: &[&str], embedder, cookies| {
            found(PAGE, "https://cdn.example/i", policies, embedder, cookies).map(|(code, _)| code)
        };
        assert_eq!(of(&[], Embedder::RequireCorp, false), Some("coep"));
        assert_eq!(of(&[], Embedder::Credentialless, false), None);
        assert_eq!(of(&[], Embedder::Credentialless, true), Some("coep"));
        assert_eq!(of(&["cross-origin"], Embedder::RequireCorp, true), None);
        assert_eq!(of(&["same-origin"], Embedder::RequireCorp, true), Some("corp"));
    }
}
