//! The causes of many failures of one exchange, without a search for each of them.

use super::blocked::{Blocked, BlockedCode};
use super::cause::Cause;
use super::exchange::Exchange;

/// Finds the causes of the failures of one exchange. A preflight can refuse as many headers as a
/// request has, and each search reads all lines of the response: with this, one search is enough.
///
/// ```
/// use corsac::browser::{Cause, Causes, Exchange, Hop, Profile, Response, ScriptRequest};
///
/// let headers: [(&[u8], &[u8]); 2] =
///     [(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Headers", b"x-b")];
/// let preflight = Some(Response { status: 204, headers: &headers });
/// let request = ScriptRequest {
///     headers: &[(b"X-A", None), (b"X-C", None)],
///     ..ScriptRequest::new(b"https://app.example", b"https://api.example/x")
/// };
/// let exchange = Exchange { request, hops: &[Hop { preflight, ..Hop::default() }] };
/// let mut causes = Causes::new(exchange);
/// let mut found = vec![];
/// exchange.judge(Profile::Spec, |blocked| found.push(causes.of(&blocked)));
/// assert_eq!(found, [Cause::HeaderNotListed, Cause::HeaderNotListed]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Causes<'a> {
    exchange: Exchange<'a>,
    /// The cause of the headers that the preflight of a hop refuses.
    of_headers: Option<(usize, Cause)>,
}

impl<'a> Causes<'a> {
    /// Nothing is found yet.
    #[must_use]
    pub const fn new(exchange: Exchange<'a>) -> Self {
        Self { exchange, of_headers: None }
    }

    /// What [`Exchange::cause`] returns for this failure.
    pub fn of(&mut self, blocked: &Blocked<'a>) -> Cause {
        // All headers that one preflight refuses have the same cause: where `*` misses `Authorization`, it
        // covers all others.
        if blocked.code() != BlockedCode::HeaderNotAllowed {
            return self.exchange.cause(blocked);
        }
        match self.of_headers.filter(|(hop, _)| *hop == blocked.hop()) {
            Some((_, cause)) => cause,
            None => {
                let cause = self.exchange.cause(blocked);
                self.of_headers = Some((blocked.hop(), cause));
                cause
            }
        }
    }
}
