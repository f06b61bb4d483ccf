//! What stopped a request, as data.

use super::csp::Refused;
use super::embedder::Embedder;
use crate::certainty::Certainty;

/// What stopped a request, and is not CORS.
///
/// ```
/// use corsac_diagnose::Neighbour;
/// use corsac_diagnose::capture::Captures;
/// let har = r#"{"log": {"entries": [{
///     "request": {"method": "GET", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}]},
///     "response": {"status": 0, "headers": [], "_error": "net::ERR_BLOCKED_BY_CLIENT"}
/// }]}}"#;
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// captures.read("trace.har", har.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// let stopped: Option<&Neighbour> = found[0].stopped.as_ref();
/// assert_eq!(stopped.map(|stopped| stopped.code), Some("blocked-by-client"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    /// A code of `corsac explain CODE`.
    pub code: &'static str,
    /// How sure it is.
    pub certainty: Certainty,
    pub(super) evidence: Evidence,
}

/// What it was seen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The browser's own word.
    Nothing,
    /// A directive of the page's policy.
    Directive(Refused),
    /// The resource's `Cross-Origin-Resource-Policy`.
    ResourcePolicy(&'static str),
    /// The page's `Cross-Origin-Embedder-Policy`, and no policy of the resource.
    EmbedderPolicy(Embedder),
    /// The type of the response, in lower case. Not safe for a terminal.
    ContentType(String),
}

impl Neighbour {
    /// Whether the browser itself decided, by a policy. What is left is the network, where another attempt may end differently.
    #[must_use]
    pub(crate) fn is_decided(&self) -> bool {
        let codes = [
            "csp-connect-src",
            "csp-other",
            "mixed-content",
            "corp",
            "coep",
            "orb",
            "blocked-by-client",
            "blocked-by-administrator",
            "tracking-protection",
            "unsafe-port",
        ];
        codes.contains(&self.code)
    }
}
