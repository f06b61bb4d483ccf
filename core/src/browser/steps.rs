//! The steps of an exchange: what the browser sends, URL by URL, as far as the redirect chain is
//! known.

use super::exchange::Exchange;
use super::message::{Fields, Names};
use super::step::Step;

impl<'a> Exchange<'a> {
    /// What the browser sends, URL by URL, as far as the chain is known.
    ///
    /// ```
    /// use corsac::browser::{Exchange, ScriptRequest};
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &[] };
    /// let mut steps = exchange.steps();
    /// assert!(steps.next().is_some_and(|step| step.origin() == Some(b"https://app.example")));
    /// assert!(steps.next().is_none());
    /// ```
    #[must_use]
    pub fn steps(&self) -> Steps<'a> {
        Steps::new(*self)
    }

    /// The URL of this hop with its fragment, as consoles show it.
    pub(super) fn url_of(&self, hop: usize) -> &'a [u8] {
        self.steps().find(|step| step.hop() == hop).map_or(self.request.url, |step| step.whole_url())
    }

    /// The step that gives the script its response, as far as the chain is known.
    pub(super) fn last_step(&self) -> Option<Step<'a>> {
        let mut last = None;
        for step in self.steps() {
            last = Some(step);
            if !self.hop(step.hop()).response.is_none_or(|response| response.is_redirect()) {
                break;
            }
        }
        last
    }

    /// The header lines of that response.
    pub(super) fn last_fields(&self, names: Names) -> Fields<'a> {
        self.last_step().map_or_else(Fields::default, |step| self.hop(step.hop()).fields(names))
    }
}

/// The steps of an exchange, in their order: one per hop, and always the first.
///
/// ```
/// use corsac::browser::{Exchange, Hop, ScriptRequest, Steps};
/// let hops = [Hop::default(), Hop { url: b"https://api.example/y", ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let steps: Steps = exchange.steps();
/// assert!(steps.map(|step| step.url()).eq([b"https://api.example/x", b"https://api.example/y"]));
/// ```
#[derive(Clone, Debug)]
pub struct Steps<'a> {
    exchange: Exchange<'a>,
    next: Option<Step<'a>>,
}

impl<'a> Steps<'a> {
    pub(super) fn new(exchange: Exchange<'a>) -> Self {
        Self { exchange, next: Some(Step::first(exchange.request)) }
    }
}

impl<'a> Iterator for Steps<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        let step = self.next?;
        let status = self.exchange.hop(step.hop()).response.map(|response| response.status);
        let after = self.exchange.hops.get(step.hop().saturating_add(1));
        self.next = after.map(|after| step.redirected(status, after.url));
        Some(step)
    }
}
