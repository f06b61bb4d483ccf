//! What stopped a request, as data.

use super::csp::Refused;
use super::embedder::Embedder;
use crate::certainty::Certainty;

/// What stopped a request, and is not CORS.
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
    pub fn is_decided(&self) -> bool {
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
