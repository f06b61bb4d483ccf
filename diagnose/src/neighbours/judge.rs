//! Which neighbour stopped one request of a HAR.

use super::found::{Evidence, Neighbour};
use super::page::{Documents, Page};
use super::site::Suffixes;
use super::{corp, mixed, orb};
use crate::certainty::Certainty;
use crate::console::OTHER_ERRORS;
use crate::exchange::Response;
use crate::net_error::net_error;

/// What a HAR reports about a failed request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Reported {
    /// It says nothing, as the HARs of Firefox and Safari.
    #[default]
    Unknown,
    /// The request did not fail.
    Fine,
    /// It failed without a name, as where a policy of the page forbids it in Chromium.
    Unnamed,
    /// `net::ERR_FAILED`, or the reason of Chromium's protocol, such as `csp`. Not safe for a terminal.
    Named(String),
}

/// One request of a page, as far as it counts here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The page's origin.
    pub(crate) page: &'a str,
    /// What the page's own response says, if it is known.
    pub(crate) facts: Option<&'a Page>,
    pub(crate) url: &'a str,
    /// The response, if the browser shows one.
    pub(crate) response: Option<&'a Response>,
    pub(crate) reported: &'a Reported,
}

impl Asked<'_> {
    /// The page's own policy, if it does not let scripts connect here.
    fn csp(&self, certainty: Certainty) -> Option<Neighbour> {
        let facts = self.facts?;
        // A redirect may have led here, and then the path does not count.
        let surely = facts.policies.refuses(self.page, self.url, true);
        let certainty = if surely.is_some() { certainty } else { certainty.min(Certainty::Likely) };
        let refused = surely.or_else(|| facts.policies.refuses(self.page, self.url, false))?;
        Some(Neighbour { code: "csp-connect-src", certainty, evidence: Evidence::Directive(refused) })
    }
}

/// What the browser's own word for a failure means.
pub(crate) fn reported(text: &str) -> Option<Neighbour> {
    let code = net_error(text).or_else(|| reason(text))?;
    Some(Neighbour { code, certainty: Certainty::Certain, evidence: Evidence::Nothing })
}

/// What the message of a program that is not a browser means, such as `curl: (6)`. A browser most likely fails in the same way.
pub(crate) fn reported_by_program(text: &str) -> Option<Neighbour> {
    let (_, code) = OTHER_ERRORS.iter().find(|(part, _)| text.contains(part))?;
    Some(Neighbour { code, certainty: Certainty::Likely, evidence: Evidence::Nothing })
}

/// A service worker gave the response that the browser could not use.
pub(crate) fn by_worker() -> Neighbour {
    Neighbour { code: "service-worker", certainty: Certainty::Likely, evidence: Evidence::Nothing }
}

/// A web socket that did not open.
pub(crate) fn of_socket() -> Neighbour {
    Neighbour { code: "websocket", certainty: Certainty::Likely, evidence: Evidence::Nothing }
}

/// Chromium's protocol has a reason of its own where it has no network error.
fn reason(text: &str) -> Option<&'static str> {
    const REASONS: [(&str, &str); 9] = [
        ("csp", "csp-other"),
        ("mixed-content", "mixed-content"),
        ("inspector", "blocked-by-client"),
        ("subresource-filter", "blocked-by-client"),
        ("content-type", "script-type"),
        ("coep-", "coep"),
        ("corp-not-same-origin-after-defaulted", "coep"),
        ("corp-", "corp"),
        ("integrity", "sri-mismatch"),
    ];
    let is = |name: &str| {
        if name.ends_with('-') || name.contains("-after-") { text.starts_with(name) } else { text == name }
    };
    REASONS.iter().find(|(name, _)| is(name)).map(|(_, code)| *code)
}

/// What stopped a request of a script.
pub(crate) fn of_script(asked: Asked<'_>) -> Option<Neighbour> {
    if asked.response.is_some() {
        return None;
    }
    match asked.reported {
        Reported::Fine => None,
        // A request that the network knows was not stopped by the page's policy.
        Reported::Named(text) => match reported(text)? {
            found if found.code == "csp-other" => {
                Some(asked.csp(Certainty::Certain).unwrap_or(Neighbour { code: "csp-connect-src", ..found }))
            }
            found => Some(found),
        },
        Reported::Unnamed => asked.csp(Certainty::Certain),
        Reported::Unknown => asked.csp(Certainty::Likely),
    }
}

/// The origins of the pages that do not let their scripts connect to a serialised URL, each with what stops the request.
pub(crate) fn refusing<'s>(documents: &'s Documents, url: &'s str) -> impl Iterator<Item = (&'s str, Neighbour)> {
    documents.all().filter_map(move |(origin, facts)| {
        let page = str::from_utf8(origin).ok()?;
        let asked = Asked { page, facts: Some(facts), url, response: None, reported: &Reported::Unnamed };
        Some((page, of_script(asked)?))
    })
}

/// What stopped an element's request without CORS. `kind`: what the element wants, such as `image`. `has_body`: the page got something.
pub(crate) fn of_load(
    asked: Asked<'_>,
    kind: &str,
    has_body: bool,
    sends_credentials: bool,
    suffixes: Option<&dyn Suffixes>,
) -> Option<Neighbour> {
    let embedder = asked.facts.map(|facts| facts.embedder).unwrap_or_default();
    let by_policy = || {
        let response = asked.response?;
        corp::judge(asked.page, asked.url, &response.headers, embedder, sends_credentials, suffixes)
    };
    match asked.reported {
        Reported::Fine => None,
        Reported::Named(text) => {
            let found = reported(text)?;
            let seen = match found.code {
                "corp" | "coep" => by_policy().filter(|seen| seen.code == found.code),
                "orb" => asked.response.and_then(orb::judge),
                "csp-other" | "mixed-content" => None,
                // Blockers and the network stop pictures all the time, and that is not taken for CORS.
                _ => return None,
            };
            Some(Neighbour { certainty: Certainty::Certain, ..seen.unwrap_or(found) })
        }
        Reported::Unnamed | Reported::Unknown => {
            let is_likely = |found: &Neighbour| found.certainty >= Certainty::Likely;
            let by_type = || asked.response.and_then(orb::judge);
            let hidden = || mixed::judge(asked.page, asked.url, kind).filter(|_| asked.response.is_none());
            by_policy().or_else(by_type).or_else(hidden).filter(|found| !has_body && is_likely(found))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Reported, of_load, of_script};
    use crate::certainty::Certainty;
    use crate::exchange::{Headers, Response};
    use crate::neighbours::found::Neighbour;
    use crate::neighbours::page::Documents;

    const PAGE: &str = "https://app.example";
    const API: &str = "https://api.example/x";

    fn headers(lines: &[(&str, &str)]) -> Headers {
        lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect()
    }

    fn short(found: Option<Neighbour>) -> Option<(&'static str, Certainty)> {
        found.map(|found| (found.code, found.certainty))
    }

    fn script(policy: &str, reported: &Reported, status: Option<u16>) -> Option<(&'static str, Certainty)> {
        let mut documents = Documents::default();
        documents.learn(None, PAGE.into(), None, &headers(&[("content-security-policy", policy)]));
        let facts = documents.of(None, PAGE.as_bytes());
        let response = status.map(|status| Response { status, headers: Vec::new() });
        short(of_script(Asked { page: PAGE, facts: facts.as_deref(), url: API, response: response.as_ref(), reported }))
    }

    fn named(text: &str) -> Reported {
        Reported::Named(text.to_owned())
    }

    #[test]
    fn page_policy_is_named_only_if_response_is_hidden() {
        let own = "connect-src 'self'";
        assert_eq!(script(own, &Reported::Unnamed, None), Some(("csp-connect-src", Certainty::Certain)));
        assert_eq!(script(own, &Reported::Unknown, None), Some(("csp-connect-src", Certainty::Likely)));
        assert_eq!(script(own, &named("csp"), None), Some(("csp-connect-src", Certainty::Certain)));
        assert_eq!(
            script("connect-src api.example/y", &Reported::Unnamed, None),
            Some(("csp-connect-src", Certainty::Likely))
        );
        // The network was asked, so the policy did not stop it.
        assert_eq!(script(own, &named("net::ERR_FAILED"), None), None);
        assert_eq!(
            script(own, &named("net::ERR_CONNECTION_REFUSED"), None),
            Some(("connection-refused", Certainty::Certain))
        );
        assert_eq!(script(own, &Reported::Unknown, Some(200)), None);
        assert_eq!(script(own, &Reported::Fine, None), None);
        assert_eq!(script("connect-src api.example", &Reported::Unnamed, None), None);
    }

    fn load(lines: &[(&str, &str)], reported: &Reported, has_body: bool) -> Option<(&'static str, Certainty)> {
        let response = Response { status: 200, headers: headers(lines) };
        let asked = Asked { page: PAGE, facts: None, url: API, response: Some(&response), reported };
        short(of_load(asked, "image", has_body, true, None))
    }

    #[test]
    fn element_is_judged_by_headers_only_without_browser_error() {
        let own = [("cross-origin-resource-policy", "same-origin")];
        assert_eq!(load(&own, &Reported::Unknown, false), Some(("corp", Certainty::Certain)));
        assert_eq!(load(&own, &Reported::Unknown, true), None);
        assert_eq!(load(&own, &Reported::Fine, false), None);
        assert_eq!(load(&own, &named("net::ERR_BLOCKED_BY_CLIENT"), false), None);
        assert_eq!(load(&own, &named("net::ERR_ABORTED"), false), None);
        let page = [("content-type", "text/html"), ("x-content-type-options", "nosniff")];
        assert_eq!(load(&page, &Reported::Unknown, false), Some(("orb", Certainty::Likely)));
        assert_eq!(load(&page[..1], &Reported::Unknown, false), None, "the body may be a picture");
        assert_eq!(load(&page[..1], &named("net::ERR_BLOCKED_BY_ORB"), false), Some(("orb", Certainty::Certain)));
        assert_eq!(load(&[], &named("corp-not-same-origin"), false), Some(("corp", Certainty::Certain)));
    }
}
