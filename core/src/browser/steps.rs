//! The steps of an exchange: what the browser sends, URL by URL, as far as the redirect chain is
//! known.

use super::exchange::Exchange;
use super::message::{Fields, Names};
use super::step::Step;

impl<'a> Exchange<'a> {
    /// What the browser sends, URL by URL, as far as the chain is known.
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
