//! The page's [Content Security Policy](https://www.w3.org/TR/CSP3/), as far as it says where scripts may connect to: `connect-src`, or
//! `default-src` where that is missing.

mod source;

use crate::exchange::Headers;
use source::matches;

/// The policies that a page enforces, and what it was sent from. Report-only policies block nothing, so they are not here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Policies {
    list: Vec<Policy>,
    /// Whether the page asks for `https:` wherever it says `http:`.
    upgrades: bool,
}

/// What one policy says about connections.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Policy {
    /// The policy has no `connect-src`, so its `default-src` counts.
    is_default: bool,
    sources: String,
}

/// The directive that does not allow a URL, as the page sent it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    /// `connect-src` and its sources, or `default-src`. Not safe for a terminal.
    pub directive: String,
    /// There is no `connect-src`, and `default-src` counts.
    pub is_default: bool,
}

/// No server sends more. What follows is not read.
const POLICIES: usize = 32;

impl Policies {
    /// The policies in the headers of a page.
    pub(crate) fn of(headers: &Headers) -> Self {
        let mut found = Self::default();
        let is_csp = |name: &[u8]| name.eq_ignore_ascii_case(b"content-security-policy");
        for (_, value) in headers.iter().filter(|(name, _)| is_csp(name)) {
            // A comma separates policies, and each of them counts.
            for policy in value.split(|&b| b == b',').filter_map(|policy| str::from_utf8(policy).ok()) {
                found.add(policy);
            }
        }
        found
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    fn add(&mut self, policy: &str) {
        let mut known: Vec<String> = Vec::new();
        let (mut connect, mut default) = (None, None);
        for directive in policy.split(';').map(str::trim_ascii).filter(|one| !one.is_empty() && one.is_ascii()) {
            let (name, sources) = directive.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((directive, ""));
            let name = name.to_ascii_lowercase();
            // Of two directives of one name, the first counts.
            if known.contains(&name) {
                continue;
            }
            match name.as_str() {
                "connect-src" => connect = Some(sources),
                "default-src" => default = Some(sources),
                "upgrade-insecure-requests" => self.upgrades = true,
                _ => {}
            }
            known.push(name);
        }
        if let Some(sources) = connect.or(default).filter(|_| self.list.len() < POLICIES) {
            // Nonces and hashes are for scripts and styles, and a nonce is another one in each response.
            let counts = |source: &&str| !source.starts_with("'nonce-") && !source.starts_with("'sha");
            let sources = sources.split_ascii_whitespace().filter(counts).collect::<Vec<_>>().join(" ");
            self.list.push(Policy { is_default: connect.is_none(), sources });
        }
    }

    /// The first directive that does not let a script of the page connect to a serialised URL. `page`: the page's URL or origin.
    /// `redirected`: a redirect led to the URL, so its path does not count.
    pub(crate) fn refuses(&self, page: &str, url: &str, redirected: bool) -> Option<Refused> {
        let upgraded = url.strip_prefix("http://").filter(|_| self.upgrades).map(|rest| format!("https://{rest}"));
        let url = upgraded.as_deref().unwrap_or(url);
        let allows = |policy: &Policy| {
            policy.sources.split_ascii_whitespace().any(|source| matches(source, page, url, redirected))
        };
        let refusing = self.list.iter().find(|policy| !allows(policy))?;
        let name = if refusing.is_default { "default-src" } else { "connect-src" };
        let directive = format!("{name} {}", refusing.sources).trim_ascii_end().to_owned();
        Some(Refused { directive, is_default: refusing.is_default })
    }
}

#[cfg(test)]
mod tests {
    use super::Policies;

    fn refused(policies: &[&str], url: &str) -> Option<String> {
        let headers = policies.iter().map(|value| (b"Content-Security-Policy".to_vec(), value.as_bytes().to_vec()));
        Policies::of(&headers.collect()).refuses("https://app.example", url, false).map(|refused| refused.directive)
    }

    const API: &str = "https://api.example/x";

    #[test]
    fn default_src_counts_where_connect_src_is_missing() {
        let says = |policies: &[&str]| refused(policies, API);
        assert_eq!(says(&["default-src 'self'"]).as_deref(), Some("default-src 'self'"));
        assert_eq!(says(&["default-src 'none'; connect-src https://api.example"]), None);
        assert_eq!(
            says(&["default-src *; Connect-Src\t'self'  a.example"]).as_deref(),
            Some("connect-src 'self' a.example")
        );
        assert_eq!(says(&["img-src 'none'; script-src 'self'"]), None);
        assert_eq!(says(&["connect-src"]).as_deref(), Some("connect-src"));
        assert_eq!(says(&[]), None);
    }

    #[test]
    fn every_policy_counts_and_the_first_directive_of_a_name() {
        let says = |policies: &[&str]| refused(policies, API);
        assert!(says(&["connect-src *", "connect-src 'self'"]).is_some());
        assert!(says(&["connect-src *, connect-src 'self'"]).is_some());
        assert_eq!(says(&["connect-src *; connect-src 'self'"]), None);
        assert_eq!(says(&["connect-src x\u{e9}.example; default-src *"]), None);
    }

    #[test]
    fn only_the_enforced_policy_is_read() {
        let report = (b"Content-Security-Policy-Report-Only".to_vec(), b"connect-src 'none'".to_vec());
        assert!(Policies::of(&vec![report]).is_empty());
    }

    #[test]
    fn upgraded_requests_are_compared_as_https() {
        let url = "http://api.example/x";
        assert!(refused(&["connect-src https://api.example"], url).is_some());
        assert_eq!(refused(&["upgrade-insecure-requests; connect-src https://api.example"], url), None);
    }
}
