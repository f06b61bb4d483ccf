//! What a browser sends next, while the responses to an exchange come in one after the other.

use corsac::browser::{Credentials, Profile, Tainting, Verdict};

use crate::exchange::{Exchange, Headers};
use crate::explain::{preflight_headers, request_headers};
use crate::with;

/// One request, to be sent as it is.
///
/// ```
/// use corsac_diagnose::{NextStep, UrlCrate, next_step, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x","method":"PUT"}}"#;
/// let next: Option<NextStep> = next_step(&read_resolved(line, &UrlCrate)?.exchange, false);
/// let next = next.expect("nothing was sent yet");
/// assert_eq!((next.hop, next.is_preflight, next.method.as_slice()), (0, true, b"OPTIONS".as_slice()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextStep {
    /// The hop of the exchange to which its response belongs.
    pub hop: usize,
    /// The serialised URL.
    pub url: Vec<u8>,
    /// Whether it is the preflight, or the request itself.
    pub is_preflight: bool,
    /// The method.
    pub method: Vec<u8>,
    /// All headers that the browser model knows. [`sendable`] leaves out those whose value is not known.
    pub headers: Headers,
}

/// What is sent next for a resolved exchange. `None`: the exchange is complete, or it cannot go on. With `no_request`, only preflights
/// are sent.
///
/// ```
/// use corsac_diagnose::{UrlCrate, next_step, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x"}}"#;
/// let exchange = read_resolved(line, &UrlCrate)?.exchange;
/// assert!(next_step(&exchange, false).is_some_and(|next| !next.is_preflight));
/// // It needs no preflight, and the request itself must not be sent.
/// assert_eq!(next_step(&exchange, true), None);
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn next_step(exchange: &Exchange, no_request: bool) -> Option<NextStep> {
    let number = exchange.hops.iter().position(|hop| hop.response.is_none())?;
    with(exchange, Credentials::SameOrigin, |exchange| {
        let step = exchange.steps().find(|step| step.hop() == number)?;
        // A failure in every browser ends the exchange. If one browser goes on, this goes on too.
        let mut goes_on = false;
        for profile in Profile::ALL {
            goes_on |= exchange.judge(profile, |_| {}).verdict != Verdict::Blocked;
        }
        if !goes_on || exchange.request.thrown().is_some() || step.tainting() == Tainting::Refused {
            return None;
        }
        let (is_preflight, method, headers) = match preflight_headers(&step) {
            Some(lines) if exchange.hop(number).preflight.is_none() => (true, b"OPTIONS".as_slice(), lines),
            _ if no_request => return None,
            _ => (false, step.method(), request_headers(&step)),
        };
        Some(NextStep { hop: number, url: step.url().to_vec(), is_preflight, method: method.to_vec(), headers })
    })
}

/// Leaves out headers with an unknown value, and cookies.
///
/// ```
/// let header = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
/// let lines = vec![header("Origin", "https://app.example"), header("Cookie", "a=b"), header("X-Trace", "...")];
/// assert_eq!(corsac_diagnose::sendable(lines), [header("Origin", "https://app.example")]);
/// ```
#[must_use]
pub fn sendable(mut lines: Headers) -> Headers {
    lines.retain(|(name, value)| !name.eq_ignore_ascii_case(b"cookie") && value != b"...");
    lines
}
