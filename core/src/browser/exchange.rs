//! A script's request with the responses to it, and what a browser makes of them.

use super::message::{Fields, Line, Response};
use super::script::ScriptRequest;

/// The answers at one URL of the redirect chain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hop<'a> {
    /// The URL, serialised. The first hop's is that of the request and is not read here.
    pub url: &'a [u8],
    /// The answer to the preflight, where one is known.
    pub preflight: Option<Response<'a>>,
    /// The answer to the request, where one is known.
    pub response: Option<Response<'a>>,
    /// The header lines of a 304 by which the browser freshened its stored response, which `response` then is.
    pub revalidated: &'a [Line<'a>],
}

impl<'a> Hop<'a> {
    pub(super) fn fields(&self) -> Fields<'a> {
        Fields::new(self.response.map_or(&[], |response| response.headers), self.revalidated)
    }
}

/// A script's request, and what was answered, one hop per URL.
///
/// ```
/// use corsac::browser::{BlockedCode, Exchange, Hop, Profile, Response, ScriptRequest, Verdict};
///
/// let exchange = Exchange {
///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/things"),
///     hops: &[Hop {
///         response: Some(Response { status: 200, headers: &[(b"Access-Control-Allow-Origin", b"https://app.example/")] }),
///         ..Hop::default()
///     }],
/// };
/// let mut codes = vec![];
/// let judgement = exchange.judge(Profile::Chromium, |blocked| codes.push(blocked.code()));
/// assert_eq!(judgement.verdict, Verdict::Blocked);
/// assert_eq!(codes, [BlockedCode::AcaoMismatch]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Exchange<'a> {
    /// What the script asked for.
    pub request: ScriptRequest<'a>,
    /// The answers, in the order of the chain; what is missing is not known.
    pub hops: &'a [Hop<'a>],
}

/// What becomes of it in a browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The script reads the response.
    Allowed,
    /// The script gets a response with nothing in it, as it asked for.
    Opaque,
    /// The script gets an error.
    Blocked,
    /// Nothing stands against it, but an answer is not known.
    Incomplete,
    /// The script gets an exception; nothing is sent.
    Throws,
}

impl Verdict {
    /// The name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Opaque => "opaque",
            Self::Blocked => "blocked",
            Self::Incomplete => "incomplete",
            Self::Throws => "throws",
        }
    }
}

/// What became of the preflights of all steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PreflightOutcome {
    /// No step needs one.
    NotNeeded,
    /// All that are needed pass.
    Passed,
    /// The answer to one that is needed is not known.
    Missing,
    /// One fails.
    Failed,
}

impl PreflightOutcome {
    /// The name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Passed => "passed",
            Self::Missing => "missing",
            Self::Failed => "failed",
        }
    }
}

/// What one browser makes of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What the script gets.
    pub verdict: Verdict,
    /// What became of the preflights.
    pub preflight: PreflightOutcome,
    /// For how many seconds the answer to the last preflight that passed may be kept.
    pub cache_seconds: Option<u32>,
}

impl<'a> Exchange<'a> {
    /// The answers at one URL; nothing is known of a hop that is not there.
    #[must_use]
    pub fn hop(&self, number: usize) -> Hop<'a> {
        self.hops.get(number).copied().unwrap_or_default()
    }
}
