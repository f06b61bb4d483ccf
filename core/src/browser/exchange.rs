//! A script's request with the responses to it, and what a browser can make of them.

use core::fmt;

use super::message::{Fields, Line, Names, Response};
use super::script::ScriptRequest;
use crate::syntax::names::names;

/// The responses at one URL of the redirect chain.
///
/// ```
/// use corsac::browser::{Hop, Response};
/// let hop = Hop {
///     url: b"https://api.example/x",
///     preflight: Some(Response { status: 204, headers: &[(b"Access-Control-Allow-Origin", b"*")] }),
///     ..Hop::default()
/// };
/// assert!(hop.response.is_none() && hop.revalidated.is_empty());
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Hop<'a> {
    /// The serialised URL. For the first hop, the URL of the request counts instead.
    pub url: &'a [u8],
    /// The response to the preflight, if it is known.
    pub preflight: Option<Response<'a>>,
    /// The response to the request, if it is known.
    pub response: Option<Response<'a>>,
    /// The header lines of a 304 with which the browser updated its stored response. `response` is
    /// then the stored one.
    pub revalidated: &'a [Line<'a>],
}

impl<'a> Hop<'a> {
    /// The header lines of the response to the request.
    pub(super) fn fields(&self, names: Names) -> Fields<'a> {
        Fields::new(names, self.response.map_or(&[], |response| response.headers), self.revalidated)
    }

    /// The header lines of the response to the preflight.
    pub(super) fn preflight_fields(&self, names: Names) -> Fields<'a> {
        Fields::new(names, self.preflight.map_or(&[], |response| response.headers), &[])
    }
}

/// A script's request and the responses to it, one hop per URL.
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
    /// The request of the script.
    pub request: ScriptRequest<'a>,
    /// The responses, in the order of the redirect chain. A missing hop is unknown.
    pub hops: &'a [Hop<'a>],
}

/// What a browser makes of an exchange.
///
/// ```
/// use corsac::browser::{Exchange, Profile, ScriptRequest, Verdict};
/// let request = ScriptRequest::new(b"https://app.example", b"https://api.example/x");
/// let exchange = Exchange { request, hops: &[] };
/// assert_eq!(exchange.judge(Profile::Spec, |_| ()).verdict, Verdict::Incomplete);
/// assert_eq!(Verdict::Incomplete.as_str(), "incomplete");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// The script reads the response.
    Allowed,
    /// The script gets an opaque response, as it asked for with the mode `no-cors`.
    Opaque,
    /// The script gets an error.
    Blocked,
    /// Nothing is wrong so far, but a response is unknown.
    Incomplete,
    /// The script gets an exception, and nothing is sent.
    Throws,
}

names! { @ Verdict: Allowed = "allowed", Opaque = "opaque", Blocked = "blocked", Incomplete = "incomplete", Throws = "throws", }

/// The outcome of the preflights of all steps.
///
/// ```
/// use corsac::browser::{Exchange, PreflightOutcome, Profile, ScriptRequest};
/// let request = ScriptRequest { method: b"DELETE", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// let exchange = Exchange { request, hops: &[] };
/// assert_eq!(exchange.judge(Profile::Spec, |_| ()).preflight, PreflightOutcome::Missing);
/// assert_eq!(PreflightOutcome::Missing.as_str(), "missing");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PreflightOutcome {
    /// No step needs one.
    NotNeeded,
    /// All preflights that are needed pass.
    Passed,
    /// The response to a preflight that is needed is unknown.
    Missing,
    /// A preflight fails.
    Failed,
}

names! { @ PreflightOutcome: NotNeeded = "not-needed", Passed = "passed", Missing = "missing", Failed = "failed", }

/// What one browser makes of an exchange.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Judgement, PreflightOutcome, Profile, Response, ScriptRequest, Verdict};
///
/// let preflight = Response {
///     status: 204,
///     headers: &[
///         (b"Access-Control-Allow-Origin", b"*"),
///         (b"Access-Control-Allow-Methods", b"PUT"),
///         (b"Access-Control-Max-Age", b"600"),
///     ],
/// };
/// let response = Response { status: 200, headers: &[(b"Access-Control-Allow-Origin", b"*")] };
/// let exchange = Exchange {
///     request: ScriptRequest { method: b"PUT", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") },
///     hops: &[Hop { preflight: Some(preflight), response: Some(response), ..Hop::default() }],
/// };
/// let judgement: Judgement = exchange.judge(Profile::Firefox, |blocked| eprintln!("{blocked}"));
/// assert_eq!((judgement.verdict, judgement.preflight), (Verdict::Allowed, PreflightOutcome::Passed));
/// assert_eq!(judgement.cache_seconds, Some(600));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What the script gets.
    pub verdict: Verdict,
    /// The outcome of the preflights.
    pub preflight: PreflightOutcome,
    /// For how many seconds the browser may cache the last preflight that passed.
    pub cache_seconds: Option<u32>,
}

impl<'a> Exchange<'a> {
    /// The responses at one URL. They are unknown for a hop that is not there.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
    /// let exchange = Exchange {
    ///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
    ///     hops: &[Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }],
    /// };
    /// assert_eq!(exchange.hop(0).response.map(|response| response.status), Some(200));
    /// assert!(exchange.hop(1).response.is_none());
    /// ```
    #[must_use]
    pub fn hop(&self, number: usize) -> Hop<'a> {
        self.hops.get(number).copied().unwrap_or_default()
    }
}
