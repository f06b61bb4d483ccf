//! The check of one URL against a policy: what to send next, and what the responses mean. The caller sends.

use std::collections::VecDeque;
use std::sync::Arc;

use corsac::PolicySet;
use corsac::browser::HttpVersion;

use super::ask::Ask;
use super::asking::Asking;
use super::audit::strangers;
use super::checked::{Checked, NotTried};
use super::code::LiveCode;
use super::finding::LiveFinding;
use super::judge::{Judged, judge, judge_cache};
use super::plan::{plan, policies_at};
use super::planned::Plan;
use super::question::{Kind, Question};
use super::target::Target;
use super::witness::curl;
use crate::exchange::Response;
use crate::stack::{Stack, guesses};
use crate::{Suffixes, Twice, Urls};

/// The check of one URL.
///
/// Ask [`next_ask`](Self::next_ask) what to send, send it, and give the response to [`take`](Self::take), until there is nothing left. Follow no
/// redirect: the next request is the one after it, if a browser would follow it and it is safe to do so.
///
/// ```
/// use std::sync::Arc;
///
/// use corsac::PolicySet;
/// use corsac::browser::HttpVersion;
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::exchange::Response;
/// use corsac_diagnose::live::{Check, CheckOptions, LiveSeverity};
///
/// let policies = PolicySet::from_toml("allow_origins = ['https://app.example']", |_| ()).map_err(|error| error.to_string())?;
/// let options = CheckOptions { random: 7, limit: 100, ..CheckOptions::default() };
/// let mut check = Check::new(Arc::new(policies), "https://api.example/x", &UrlCrate, options)?;
/// assert!(check.planned() > 0);
/// // A server that lets in every origin.
/// while let Some(ask) = check.next_ask() {
///     let mut headers = vec![(b"Vary".to_vec(), b"Origin".to_vec())];
///     headers.extend(ask.headers.iter().filter(|(name, _)| name == b"Origin").map(|(_, origin)| {
///         (b"Access-Control-Allow-Origin".to_vec(), origin.clone())
///     }));
///     check.take(Response { status: 200, headers }, HttpVersion::Http2);
/// }
/// assert!(check.sent() > 0);
/// let checked = check.finished();
/// assert!(checked.count(LiveSeverity::Broken) > 0 && !checked.is_clean());
/// assert!(checked.findings.iter().any(|finding| finding.code == "origin-reflected"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Check {
    /// `None`: nothing is promised, so that every stranger who reads is a finding.
    policies: Option<Arc<PolicySet<Vec<u8>>>>,
    urls: &'static dyn Urls,
    url: String,
    options: CheckOptions,
    questions: VecDeque<Question>,
    number: usize,
    current: Option<Current>,
    /// A cache that ignores the query would keep what a stranger gets.
    keeps_strangers_out: bool,
    /// Path and origin of the page whose preflight has just passed.
    passed: Option<(String, String)>,
    findings: Vec<(Key, LiveFinding)>,
    checked: Checked,
}

/// How a check is made.
///
/// ```
/// use corsac_diagnose::live::CheckOptions;
/// let options = CheckOptions { random: 7, limit: 100, secrets: vec!["authorization".to_owned()], ..CheckOptions::default() };
/// assert!(!options.send_unsafe && options.stacks.is_empty());
/// ```
#[derive(Clone, Debug, Default)]
pub struct CheckOptions {
    /// A number that no run had before. It makes the URLs new to every cache.
    pub random: u64,
    /// The most questions.
    pub limit: usize,
    /// Whether the requests of unsafe methods are sent too, and not only their preflights.
    pub send_unsafe: bool,
    /// The servers for which the fix is written.
    pub stacks: Vec<Stack>,
    /// Names of headers, in lower case, that the caller adds to requests that are not preflights.
    pub secrets: Vec<String>,
}

/// The parts of a serialised URL that a script can request.
fn target(url: &str) -> Result<Target, String> {
    let wrong = || format!("\"{}\" is not a URL: write https://HOST/PATH", corsac::Escaped(url.as_bytes()));
    Target::of(url).filter(|_| url.starts_with("http")).ok_or_else(wrong)
}

#[derive(Debug)]
enum Current {
    Asking(Asking),
    Caching { question: Question, twice: Twice, sent: Vec<Ask> },
}

/// What makes two findings the same: one mistake shows itself in many questions.
type Key = (&'static str, String, Option<&'static str>);

impl Check {
    /// A check of `url`, which is serialised.
    ///
    /// # Errors
    ///
    /// One sentence: the URL is not one that a script can request.
    pub fn new(
        policies: Arc<PolicySet<Vec<u8>>>,
        url: &str,
        urls: &'static dyn Urls,
        options: CheckOptions,
    ) -> Result<Self, String> {
        let plan = plan(&policies, &target(url)?, options.limit);
        Ok(Self::with(Some(policies), url, urls, options, plan))
    }

    /// A check of which strangers a server lets in, without a policy. `origins`: pages that it serves, to which others may be near.
    ///
    /// # Errors
    ///
    /// One sentence: the URL is not one that a script can request.
    ///
    /// ```
    /// use corsac_diagnose::UrlCrate;
    /// use corsac_diagnose::live::{Check, CheckOptions};
    /// let options = || CheckOptions { random: 7, limit: 100, ..CheckOptions::default() };
    /// assert!(Check::audit("https://api.example/x", &UrlCrate, &[], None, options()).is_ok());
    /// assert!(Check::audit("ftp://api.example/x", &UrlCrate, &[], None, options()).is_err());
    /// ```
    pub fn audit(
        url: &str,
        urls: &'static dyn Urls,
        origins: &[String],
        suffixes: Option<&dyn Suffixes>,
        options: CheckOptions,
    ) -> Result<Self, String> {
        let plan = strangers(&target(url)?, origins, suffixes, options.limit);
        Ok(Self::with(None, url, urls, options, plan))
    }

    fn with(
        policies: Option<Arc<PolicySet<Vec<u8>>>>,
        url: &str,
        urls: &'static dyn Urls,
        options: CheckOptions,
        plan: Plan,
    ) -> Self {
        let Plan { questions, requests, left_out } = plan;
        let not_tried = left_out.into_iter().map(|(what, why)| NotTried { what, why: why.to_owned() });
        let checked = Checked {
            url: url.to_owned(),
            planned: requests,
            asked: Checked::empty_table(),
            not_tried: not_tried.filter(|left| !(options.send_unsafe && left.why.contains("--send-unsafe"))).collect(),
            ..Checked::default()
        };
        Self {
            policies,
            urls,
            url: url.to_owned(),
            options,
            questions: questions.into(),
            number: 0,
            current: None,
            keeps_strangers_out: false,
            passed: None,
            findings: Vec::new(),
            checked,
        }
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
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
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

    /// The response to the last request, and the version of HTTP that it came in, because browsers read repeated headers by it.
    pub fn take(&mut self, response: Response, http_version: HttpVersion) {
        self.look(&response);
        match self.current.as_mut() {
            Some(Current::Asking(asking)) => asking.take(response, http_version),
            Some(Current::Caching { twice, .. }) => twice.take(response),
            None => {}
        }
    }

    /// There is no response to the last request.
    ///
    /// ```
    /// use corsac_diagnose::UrlCrate;
    /// use corsac_diagnose::live::{Check, CheckOptions};
    /// let options = CheckOptions { random: 7, limit: 100, ..CheckOptions::default() };
    /// let mut check = Check::audit("https://api.example/x", &UrlCrate, &[], None, options)?;
    /// assert!(check.next_ask().is_some());
    /// check.fail("connection refused");
    /// assert!(check.finished().not_tried.iter().any(|left| left.why == "no response: connection refused"));
    /// # Ok::<(), String>(())
    /// ```
    pub fn fail(&mut self, why: &str) {
        if let Some(current) = self.current.take() {
            let what = current.question().subject();
            self.checked.not_tried.push(NotTried { what, why: format!("no response: {why}") });
        }
    }

    /// The result so far.
    #[must_use]
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
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
        let is_preflight = question.is_preflight && !(self.options.send_unsafe && question.kind == Kind::ListedMethod);
        let token = format!("{random:016x}-{}", self.number);
        self.current = Some(Current::Asking(Asking::new(Question { is_preflight, ..question }, token)));
    }

    fn finish(&mut self, current: Current) {
        match current {
            Current::Asking(Asking { question, exchange, sent, .. }) => {
                let policies = self.policies.clone();
                let policies = policies.as_deref().map(|policies| policies_at(policies, &question.target));
                if policies.is_some_and(|policies| policies.is_none()) {
                    return;
                }
                let mut judged = judge(policies.flatten(), &question, &exchange, &self.url, &self.options.stacks);
                let page = (question.target.path().to_owned(), question.origin.clone());
                if question.is_preflight {
                    self.passed = judged.is_empty().then_some(page);
                } else if self.passed == Some(page) {
                    // The server allows the page, so somebody else put another page's headers on the response.
                    judged.iter_mut().for_each(Judged::blame_a_cache);
                }
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
            match finding.severity {
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
                    finding.curl = sent.iter().map(|ask| curl(ask, &self.options.secrets)).collect();
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
            Self::Asking(asking) => &asking.question,
            Self::Caching { question, .. } => question,
        }
    }

    fn next_ask(&mut self, urls: &dyn Urls) -> Option<Ask> {
        match self {
            Self::Asking(asking) => asking.next_ask(urls),
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
