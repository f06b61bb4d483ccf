//! The check of one URL against a policy: what to send next, and what the responses mean. The caller sends.

use std::collections::VecDeque;

use corsac::PolicySet;

use super::ask::Ask;
use super::checked::{Checked, NotTried};
use super::code::LiveCode;
use super::finding::LiveFinding;
use super::judge::{Judged, judge, judge_cache};
use super::plan::{Plan, plan, policies_at};
use super::question::{Kind, Question};
use super::target::Target;
use super::witness::curl;
use crate::exchange::{Exchange, Hop, Response};
use crate::stack::{Stack, guesses};
use crate::{Twice, Urls, is_same_origin, next_step, resolve, sendable};

/// The check of one URL.
///
/// Ask [`next`](Self::next) what to send, send it, and give the response to [`take`](Self::take), until there is nothing left. Follow no
/// redirect: the next request is the one after it, if a browser would follow it and it is safe to do so.
#[derive(Debug)]
pub struct Verify<'p> {
    policies: &'p PolicySet<Vec<u8>>,
    urls: &'p dyn Urls,
    url: String,
    options: VerifyOptions<'p>,
    questions: VecDeque<Question>,
    number: usize,
    current: Option<Current>,
    /// A cache that ignores the query would keep what a stranger gets.
    keeps_strangers_out: bool,
    findings: Vec<(Key, LiveFinding)>,
    checked: Checked,
}

/// How a check is made.
#[derive(Clone, Copy, Debug)]
pub struct VerifyOptions<'p> {
    /// A number that no run had before. It makes the URLs new to every cache.
    pub random: u64,
    /// The most questions.
    pub limit: usize,
    /// Whether the requests of unsafe methods are sent too, and not only their preflights.
    pub send_unsafe: bool,
    /// The servers for which the fix is written.
    pub stacks: &'p [Stack],
    /// Names of headers, in lower case, that the caller adds to requests that are not preflights.
    pub secrets: &'p [String],
}

#[derive(Debug)]
enum Current {
    Asking { question: Question, exchange: Exchange, token: String, is_preflight: bool, hop: usize, sent: Vec<Ask> },
    Caching { question: Question, twice: Twice, sent: Vec<Ask> },
}

/// What makes two findings the same: one mistake shows itself in many questions.
type Key = (&'static str, String, Option<&'static str>);

impl<'p> Verify<'p> {
    /// A check of `url`, which is serialised.
    ///
    /// # Errors
    ///
    /// One sentence: the URL is not one that a script can request.
    pub fn new(
        policies: &'p PolicySet<Vec<u8>>,
        url: &str,
        urls: &'p dyn Urls,
        options: VerifyOptions<'p>,
    ) -> Result<Self, String> {
        let wrong = || format!("\"{}\" is not a URL: write https://HOST/PATH", corsac::Escaped(url.as_bytes()));
        let target = Target::of(url).filter(|_| url.starts_with("http")).ok_or_else(wrong)?;
        let Plan { questions, requests, left_out } = plan(policies, &target, options.limit);
        let not_tried = left_out.into_iter().map(|(what, why)| NotTried { what, why: why.to_owned() });
        let checked = Checked {
            url: url.to_owned(),
            planned: requests,
            asked: Checked::empty_table(),
            not_tried: not_tried.filter(|left| !(options.send_unsafe && left.why.contains("--send-unsafe"))).collect(),
            ..Checked::default()
        };
        Ok(Self {
            policies,
            urls,
            url: url.to_owned(),
            options,
            questions: questions.into(),
            number: 0,
            current: None,
            keeps_strangers_out: false,
            findings: Vec::new(),
            checked,
        })
    }

    /// The requests of all questions.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.checked.planned
    }

    /// The requests that were sent.
    #[must_use]
    pub fn sent(&self) -> usize {
        self.checked.sent
    }

    /// What to send next. `None`: everything was asked.
    pub fn next_ask(&mut self) -> Option<Ask> {
        loop {
            let ask = match self.current.as_mut() {
                Some(current) => current.next_ask(self.urls),
                None => {
                    let question = self.questions.pop_front()?;
                    self.begin(question);
                    continue;
                }
            };
            if let Some(ask) = ask {
                self.checked.sent += 1;
                return Some(ask);
            }
            if let Some(current) = self.current.take() {
                self.finish(current);
            }
        }
    }

    /// The response to the last request.
    pub fn take(&mut self, response: Response) {
        self.look(&response);
        match self.current.as_mut() {
            Some(Current::Asking { exchange, is_preflight, hop, .. }) => {
                if let Some(hop) = exchange.hops.get_mut(*hop) {
                    let place = if *is_preflight { &mut hop.preflight } else { &mut hop.response };
                    *place = Some(response);
                }
            }
            Some(Current::Caching { twice, .. }) => twice.take(response),
            None => {}
        }
    }

    /// There is no response to the last request.
    pub fn fail(&mut self, why: &str) {
        if let Some(current) = self.current.take() {
            let what = current.question().subject();
            self.checked.not_tried.push(NotTried { what, why: format!("no response: {why}") });
        }
    }

    /// The result so far.
    #[must_use]
    pub fn finished(mut self) -> Checked {
        let mut findings: Vec<LiveFinding> = self.findings.drain(..).map(|(_, finding)| finding).collect();
        findings.sort_by_key(|finding| finding.severity);
        self.checked.findings = findings;
        self.checked
    }

    fn begin(&mut self, question: Question) {
        let is_stranger = matches!(question.kind, Kind::Stranger(_));
        if is_stranger && self.keeps_strangers_out && !question.is_preflight {
            self.leave_out("strangers", "a cache ignores the query, and would keep their responses for your users");
            return;
        }
        let random = self.options.random;
        self.number += 1;
        if question.kind == Kind::Cache {
            let twice = Twice::new(question.origin.as_bytes(), random.wrapping_add(self.number as u64));
            self.current = Some(Current::Caching { question, twice, sent: Vec::new() });
            return;
        }
        let token = format!("{random:016x}-{}", self.number);
        let exchange =
            Exchange { request: question.request(question.target.with_token(&token)), hops: vec![Hop::default()] };
        let is_preflight = question.is_preflight && !(self.options.send_unsafe && question.kind == Kind::ListedMethod);
        let question = Question { is_preflight, ..question };
        self.current =
            Some(Current::Asking { question, exchange, token, is_preflight: false, hop: 0, sent: Vec::new() });
    }

    fn finish(&mut self, current: Current) {
        match current {
            Current::Asking { question, exchange, sent, .. } => {
                let Some(policies) = policies_at(self.policies, &question.target) else { return };
                let judged = judge(policies, &question, &exchange, &self.url, self.options.stacks);
                self.keep(&question, judged, &sent);
            }
            Current::Caching { question, twice, sent } => {
                if twice.ignores_query() {
                    self.keeps_strangers_out = true;
                }
                let judged = judge_cache(&question, &twice, &self.url);
                self.keep(&question, judged, &sent);
            }
        }
    }

    fn keep(&mut self, question: &Question, judged: Vec<Judged>, sent: &[Ask]) {
        let (mut is_broken, mut is_doubtful) = (false, false);
        for Judged { code, blocked_by, mut finding } in judged {
            match code.severity() {
                super::LiveSeverity::Broken => is_broken = true,
                super::LiveSeverity::Warning => is_doubtful = true,
            }
            let path = question.target.path().to_owned();
            let subject = question.subject();
            // One mistake refuses everything that is listed, and lets in every stranger.
            let key = match (code, question.kind) {
                (LiveCode::ListedOriginRefused | LiveCode::ListedMethodRefused | LiveCode::ListedHeaderRefused, _) => {
                    ("refused", path, blocked_by)
                }
                (_, Kind::Stranger(_))
                    if code.severity() == super::LiveSeverity::Broken && self.is_wide_open(&path) =>
                {
                    ("open", path, None)
                }
                (LiveCode::OriginReflected | LiveCode::AnyOriginAllowed, _) => ("open", path, None),
                // The same for every page of a server.
                (LiveCode::ErrorWithoutHeaders | LiveCode::ListsSentToStrangers, _) => {
                    (code.as_str(), String::new(), None)
                }
                _ => (code.as_str(), path, blocked_by),
            };
            match self.findings.iter_mut().find(|(known, _)| *known == key) {
                Some((_, known)) => known.add(subject),
                None => {
                    finding.subjects.push(subject);
                    finding.curl = sent.iter().map(|ask| curl(ask, self.options.secrets)).collect();
                    self.findings.push((key, finding));
                }
            }
        }
        if let Some(row) = self.checked.asked.get_mut(question.kind.row()) {
            row.questions += 1;
            row.broken += usize::from(is_broken);
            row.warnings += usize::from(is_doubtful);
        }
    }

    /// Whether any stranger reads at this path.
    fn is_wide_open(&self, path: &str) -> bool {
        self.findings.iter().any(|((code, known, _), _)| *code == "open" && known == path)
    }

    fn leave_out(&mut self, what: &str, why: &str) {
        let left = NotTried { what: what.to_owned(), why: why.to_owned() };
        if !self.checked.not_tried.contains(&left) {
            self.checked.not_tried.push(left);
        }
    }

    /// What the server looks like.
    fn look(&mut self, response: &Response) {
        let lines = response.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        for guess in guesses(lines) {
            if !self.checked.looks_like.contains(&guess.stack.name()) {
                self.checked.looks_like.push(guess.stack.name());
            }
        }
    }
}

impl Current {
    const fn question(&self) -> &Question {
        match self {
            Self::Asking { question, .. } | Self::Caching { question, .. } => question,
        }
    }

    fn next_ask(&mut self, urls: &dyn Urls) -> Option<Ask> {
        match self {
            Self::Asking { question, exchange, token, is_preflight, hop, sent } => {
                resolve(exchange, urls).ok()?;
                let step = next_step(exchange, question.is_preflight)?;
                let url = String::from_utf8(step.url).ok()?;
                // A redirect is followed to the same server only, and only where no cache has seen the URL.
                let first = exchange.request.url.as_deref().unwrap_or_default();
                if step.hop > 0 && !(is_same_origin(&origin_of(first), url.as_bytes()) && url.contains(token.as_str()))
                {
                    return None;
                }
                (*is_preflight, *hop) = (step.is_preflight, step.hop);
                let ask =
                    Ask { url, method: step.method, headers: sendable(step.headers), is_preflight: step.is_preflight };
                sent.push(ask.clone());
                Some(ask)
            }
            Self::Caching { question, twice, sent } => {
                let asked = twice.next()?;
                let origin = asked.origin.map(|origin| (b"Origin".to_vec(), origin));
                let ask = Ask {
                    url: question.target.with_token(&asked.token),
                    method: b"GET".to_vec(),
                    headers: origin.into_iter().collect(),
                    is_preflight: false,
                };
                sent.push(ask.clone());
                Some(ask)
            }
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
