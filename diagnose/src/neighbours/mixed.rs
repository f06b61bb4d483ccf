//! Mixed content that an element asks for. For scripts' own requests, core judges it with the delivery.

use super::found::{Evidence, Neighbour};
use crate::certainty::Certainty;
use crate::place::Place;

/// Whether a page from `https:` asks for something that browsers block without `https:`. Pictures, sound and films are upgraded instead.
pub(super) fn judge(page: &str, url: &str, kind: &str) -> Option<Neighbour> {
    let target = Place::of(url)?;
    let is_blockable = matches!(kind, "script" | "stylesheet" | "style" | "xslt" | "manifest" | "track");
    (is_blockable && page.starts_with("https:") && target.scheme == "http" && !target.is_loopback())
        .then_some(Neighbour { code: "mixed-content", certainty: Certainty::Likely, evidence: Evidence::Nothing })
}

#[cfg(test)]
mod tests {
    use super::judge;

    #[test]
    fn scripts_and_styles_over_http_are_blocked_on_secure_page() {
        let of = |page: &str, url: &str, kind: &str| judge(page, url, kind).is_some();
        assert!(of("https://a.example", "http://b.example/x.js", "script"));
        assert!(!of("https://a.example", "http://b.example/x.png", "image"));
        assert!(!of("https://a.example", "https://b.example/x.js", "script"));
        assert!(!of("http://a.example", "http://b.example/x.js", "script"));
        assert!(!of("https://a.example", "http://localhost:8000/x.js", "script"));
    }
}
