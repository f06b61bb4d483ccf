//! One question while it is asked: the exchange so far, and what a browser sends next.

use corsac::browser::HttpVersion;

use super::ask::Ask;
use super::question::Question;
use crate::exchange::{Exchange, Hop, Response};
use crate::{Urls, is_same_origin, next_step, resolve, sendable};

#[derive(Debug)]
pub(super) struct Asking {
    pub(super) question: Question,
    pub(super) exchange: Exchange,
    pub(super) sent: Vec<Ask>,
    /// In the query of every URL.
    token: String,
    /// What the next response is for.
    is_preflight: bool,
    hop: usize,
}

impl Asking {
    /// `token`: a value that no cache has seen.
    pub(super) fn new(question: Question, token: String) -> Self {
        let request = question.request(question.target.with_token(&token));
        let exchange = Exchange { request, hops: vec![Hop::default()] };
        Self { question, exchange, sent: Vec::new(), token, is_preflight: false, hop: 0 }
    }

    pub(super) fn next_ask(&mut self, urls: &dyn Urls) -> Option<Ask> {
        resolve(&mut self.exchange, urls).ok()?;
        let step = next_step(&self.exchange, self.question.is_preflight)?;
        let url = String::from_utf8(step.url).ok()?;
        // A redirect is followed to the same server only, and only where no cache has seen the URL.
        let first = self.exchange.request.url.as_deref().unwrap_or_default();
        if step.hop > 0 && !(is_same_origin(&origin_of(first), url.as_bytes()) && url.contains(&self.token)) {
            return None;
        }
        (self.is_preflight, self.hop) = (step.is_preflight, step.hop);
        let headers = sendable(step.headers);
        let ask = Ask { url, method: step.method, headers, is_preflight: step.is_preflight };
        self.sent.push(ask.clone());
        Some(ask)
    }

    pub(super) fn take(&mut self, response: Response, http_version: HttpVersion) {
        self.exchange.request.http_version = http_version;
        if let Some(hop) = self.exchange.hops.get_mut(self.hop) {
            let place = if self.is_preflight { &mut hop.preflight } else { &mut hop.response };
            *place = Some(response);
        }
    }
}

/// Scheme, host and port of a serialised URL.
fn origin_of(url: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(url);
    let end = text.find("://").map_or(0, |at| at + 3);
    let length = text.get(end..).and_then(|rest| rest.find(['/', '?'])).map_or(text.len(), |at| end + at);
    text.get(..length).unwrap_or_default().as_bytes().to_vec()
}
