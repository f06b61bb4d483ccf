//! Compares what browsers do with a server's responses and with Corsac's own: each difference is a finding.

use corsac::browser::{BlockedCode, Credentials, Part, Profile};
use corsac::{Escaped, PathPolicies};

use super::code::{LiveCode, LiveSeverity};
use super::finding::{LiveFinding, StackFix, quoted};
use super::made::Loose;
use super::promise::{Outcome, outcomes, promised};
use super::question::{Kind, Question};
use super::witness::shown;
use crate::codes::live_fix;
use crate::exchange::{Exchange, Response};
use crate::explain::{in_some_or_every, push_stack, remedy};
use crate::stack::{Needed, Stack, push};
use crate::{Diagnosis, Mixed, PerProfile, Twice, with, without_styles};

/// One finding, and what it has in common with others.
pub(super) struct Judged {
    pub(super) code: LiveCode,
    pub(super) blocked_by: Option<&'static str>,
    pub(super) finding: LiveFinding,
}

impl Judged {
    /// Where the response has the headers for another page: names the cache that keeps one response for all.
    pub(super) fn blame_a_cache(&mut self) {
        if self.finding.cause != Some("other-origin") {
            return;
        }
        let message = format!(
            "a cache gives the response for another page to {}, whose preflight the server allows",
            quoted(&self.finding.origin)
        );
        let code = LiveCode::CachedResponse;
        self.code = code;
        self.finding = LiveFinding {
            code: code.as_str(),
            severity: code.severity(),
            message,
            cause: None,
            fix: live_fix(code.as_str()),
            stacks: Vec::new(),
            see: LiveFinding::new(code, "", "").see,
            ..self.finding.clone()
        };
        // The same finding as that of the question about caches.
        self.blocked_by = None;
    }
}

/// Judges the exchange of one question.
pub(super) fn judge(
    policies: Option<PathPolicies<'_>>,
    question: &Question,
    exchange: &Exchange,
    url: &str,
    stacks: &[Stack],
) -> Vec<Judged> {
    let promise = policies.map(|policies| promised(policies, &exchange.request, question.is_preflight));
    let mut found: Vec<Judged> = Vec::new();
    for credentials in [Credentials::SameOrigin, Credentials::Include] {
        // Without a policy, nothing is promised to anyone.
        let expected = promise
            .as_ref()
            .map_or([Outcome::Refused; 4], |promise| outcomes(promise, credentials, question.is_preflight));
        let seen = outcomes(exchange, credentials, question.is_preflight);
        let differs = |wanted: Outcome, got: Outcome| -> Vec<Profile> {
            let pairs = Profile::ALL.into_iter().zip(expected.into_iter().zip(seen));
            pairs.filter(|(_, pair)| *pair == (wanted, got)).map(|(profile, _)| profile).collect()
        };
        let verdict = PerProfile::new(|profile| {
            let at = Profile::ALL.iter().position(|known| *known == profile);
            at.and_then(|at| seen.get(at)).map_or("unknown", |outcome| outcome.as_str())
        });
        let with_credentials = credentials == Credentials::Include;
        let has_policy = promise.is_some();
        let mut case = Case { question, exchange, url, stacks, credentials, verdict, profiles: Vec::new(), has_policy };
        // What is wrong without credentials is wrong with them too, and is reported once.
        case.profiles = differs(Outcome::Shared, Outcome::Refused);
        if !case.profiles.is_empty() && found.is_empty() {
            found.push(case.refused(with_credentials));
        }
        case.profiles = differs(Outcome::Refused, Outcome::Shared);
        if !case.profiles.is_empty() {
            match found.first_mut().filter(|judged| judged.finding.expected == Some("refused")) {
                Some(known) if matches!(question.kind, Kind::Stranger(_)) => case.worsen(&mut known.finding),
                Some(_) => {}
                None => found.push(case.shared(with_credentials)),
            }
        }
    }
    if found.is_empty() && promise.is_some() && matches!(question.kind, Kind::Stranger(_)) {
        found.extend(lists(question, exchange, url));
    }
    found
}

struct Case<'c> {
    question: &'c Question,
    exchange: &'c Exchange,
    url: &'c str,
    stacks: &'c [Stack],
    credentials: Credentials,
    verdict: PerProfile<&'static str>,
    profiles: Vec<Profile>,
    has_policy: bool,
}

impl Case<'_> {
    fn finding(&self, code: LiveCode, expected: Outcome) -> LiveFinding {
        let question = self.question;
        LiveFinding {
            origin: question.origin.clone(),
            method: question.method.clone(),
            headers: question.headers.clone(),
            credentials: self.credentials == Credentials::Include,
            expected: Some(expected.as_str()),
            verdict: Some(self.verdict.clone()),
            responses: responses(self.exchange),
            ..LiveFinding::new(code, self.url, question.target.path())
        }
    }

    /// A browser refuses what is listed.
    fn refused(&self, only_with_credentials: bool) -> Judged {
        with(self.exchange, self.credentials, |exchange| {
            let diagnosis = Diagnosis::of(exchange);
            let chief = diagnosis.chief();
            let status = chief.and_then(|chief| chief.blocked.status()).unwrap_or(0);
            let part = chief.map(|chief| chief.blocked.part());
            let blocked = chief.map(|chief| chief.blocked.code());
            let is_bare_error =
                status >= 400 && part == Some(Part::Response) && blocked == Some(BlockedCode::AcaoMissing);
            let code = match self.question.kind {
                _ if is_bare_error => LiveCode::ErrorWithoutHeaders,
                _ if only_with_credentials => LiveCode::CredentialsRefused,
                Kind::ListedMethod if blocked != Some(BlockedCode::MethodNotAllowed) => LiveCode::ListedOriginRefused,
                Kind::ListedHeader if blocked != Some(BlockedCode::HeaderNotAllowed) => LiveCode::ListedOriginRefused,
                kind => kind.refused(),
            };
            let mut finding = self.finding(code, Outcome::Shared);
            finding.blocked_by = blocked.map(BlockedCode::as_str);
            finding.cause = diagnosis.cause();
            let browsers = in_some_or_every(&self.profiles);
            let what = self.what();
            let why = chief.map_or_else(String::new, |chief| format!(": {}", cut(chief.blocked.to_string())));
            finding.message = match code {
                LiveCode::ErrorWithoutHeaders => format!(
                    "{} reads nothing of a response with status {status}, because it has no CORS headers",
                    quoted(&self.question.origin)
                ),
                _ => format!("the policy lists {what}, and it is refused {browsers}{why}"),
            };
            if code == LiveCode::ErrorWithoutHeaders {
                finding.fix = live_fix(code.as_str());
            } else if let Some(chief) = chief {
                finding.fix = remedy::sentence(&diagnosis, chief);
                if !self.stacks.is_empty() {
                    let mut text = String::new();
                    push_stack(&mut text, &diagnosis, chief, self.stacks);
                    finding.stacks.push(stack_fix(self.stacks, text));
                }
            }
            finding.stacks.extend(guessed(self.stacks, diagnosis.looks_like.iter().map(|guess| guess.stack)));
            Judged { code, blocked_by: finding.blocked_by, finding }
        })
    }

    /// What is asked for, in words.
    fn what(&self) -> String {
        let question = self.question;
        let origin = quoted(&question.origin);
        match question.kind {
            Kind::ListedMethod => format!("the method {} for {origin}", quoted(&question.method)),
            Kind::ListedHeader => match question.headers.as_slice() {
                [one] => format!("the header {} for {origin}", quoted(one)),
                _ => format!("these {} headers together for {origin}", question.headers.len()),
            },
            _ if self.credentials == Credentials::Include => format!("{origin} with credentials"),
            _ => format!("the origin {origin}"),
        }
    }

    /// A browser shares what is not listed.
    fn shared(&self, only_with_credentials: bool) -> Judged {
        let question = self.question;
        let mut code = question.kind.shared(only_with_credentials);
        let hop = self.exchange.hops.first();
        let response =
            hop.and_then(|hop| if question.is_preflight { hop.preflight.as_ref() } else { hop.response.as_ref() });
        let allowed = response.and_then(|response| value(response, b"access-control-allow-origin"));
        if code == LiveCode::OriginReflected && allowed == Some(b"*") {
            code = LiveCode::AnyOriginAllowed;
        }
        let mut finding = self.finding(code, Outcome::Refused);
        let origin = quoted(&question.origin);
        let browsers = in_some_or_every(&self.profiles);
        finding.message = match question.kind {
            Kind::UnlistedMethod if !only_with_credentials => {
                format!(
                    "the policy does not list the method {}, and its preflight passes {browsers}",
                    quoted(&question.method)
                )
            }
            Kind::UnlistedHeader if !only_with_credentials => {
                format!(
                    "the policy does not list the header {}, and its preflight passes {browsers}",
                    question.headers.join(", ")
                )
            }
            Kind::Stranger(_) => {
                let who = if self.has_policy { "the policy does not list" } else { "no page of yours is" };
                match question.is_preflight {
                    true => {
                        format!("{who} {origin}, and its preflight for {} passes {browsers}", quoted(&question.method))
                    }
                    false => format!("{who} {origin}, and it reads the response {browsers}"),
                }
            }
            _ if question.is_preflight => {
                format!("the preflight of {origin} passes with credentials {browsers}, and the policy allows none")
            }
            _ => format!("{origin} reads the response with credentials {browsers}, and the policy allows none"),
        };
        // What everyone may read can be meant, and so can other pages of the same site: only a policy would know.
        if !self.has_policy && (code == LiveCode::AnyOriginAllowed || is_of_the_site(question.kind)) {
            finding.severity = LiveSeverity::Warning;
        }
        finding.fix = live_fix(code.as_str());
        finding.stacks = with(self.exchange, self.credentials, |exchange| {
            let diagnosis = Diagnosis::of(exchange);
            let needed = diagnosis.sent.first().map(remedy::needed);
            let mut fixes: Vec<StackFix> = Vec::new();
            if let Some(needed) =
                needed.filter(|_| !self.stacks.is_empty() && !matches!(question.kind, Kind::Stranger(_)))
            {
                fixes.push(stack_fix(self.stacks, snippet(self.stacks, &needed)));
            }
            fixes
        });
        let looks = response.map_or_else(Vec::new, |response| {
            let lines = response.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
            crate::stack::guesses(lines).into_iter().map(|guess| guess.stack).collect()
        });
        finding.stacks.extend(guessed(self.stacks, looks.into_iter()));
        Judged { code, blocked_by: None, finding }
    }

    /// The same with credentials.
    fn worsen(&self, finding: &mut LiveFinding) {
        if !finding.credentials {
            finding.credentials = true;
            finding.message.push_str(", with credentials too");
        }
    }
}

/// Whether the origin is another page of the same site or machine.
const fn is_of_the_site(kind: Kind) -> bool {
    matches!(kind, Kind::Stranger(Loose::Subdomain | Loose::Parent | Loose::Port))
}

/// A sentence that shows a header of the server, without most of a header that is too long to read.
fn cut(mut text: String) -> String {
    const LONGEST: usize = 400;
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.truncate(end);
        text.push_str("...");
    }
    text
}

fn snippet(stacks: &[Stack], needed: &Needed) -> String {
    let mut text = String::new();
    push(&mut text, stacks, None, Some(needed), "  ");
    text
}

fn stack_fix(stacks: &[Stack], text: String) -> StackFix {
    StackFix { name: stacks.first().map_or("", |stack| stack.name()), is_guess: false, text: without_styles(&text) }
}

/// Guesses are of use only if the person has named no stack.
fn guessed(stacks: &[Stack], guesses: impl Iterator<Item = Stack>) -> Vec<StackFix> {
    let guesses = guesses.filter(|_| stacks.is_empty());
    guesses.map(|stack| StackFix { name: stack.name(), is_guess: true, text: String::new() }).collect()
}

fn responses(exchange: &Exchange) -> Vec<super::LiveResponse> {
    let of = |hop: &crate::exchange::Hop| {
        let preflight = hop.preflight.as_ref().map(|response| shown(response, true));
        preflight.into_iter().chain(hop.response.as_ref().map(|response| shown(response, false))).collect::<Vec<_>>()
    };
    exchange.hops.iter().take(4).flat_map(of).collect()
}

fn value<'r>(response: &'r Response, name: &[u8]) -> Option<&'r [u8]> {
    let mut lines = response.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    lines.next().map(|(_, value)| value.trim_ascii())
}

/// The lists of methods and headers, for a page that reads nothing.
fn lists(question: &Question, exchange: &Exchange, url: &str) -> Option<Judged> {
    let preflight = exchange.hops.first()?.preflight.as_ref()?;
    let names: [&[u8]; 2] = [b"access-control-allow-methods", b"access-control-allow-headers"];
    let name = names.into_iter().find(|name| value(preflight, name).is_some_and(|value| !value.is_empty()))?;
    let code = LiveCode::ListsSentToStrangers;
    let mut finding = LiveFinding::new(code, url, question.target.path());
    finding.origin.clone_from(&question.origin);
    finding.method.clone_from(&question.method);
    finding.message =
        format!("{} is refused, and its preflight still gets {}", quoted(&question.origin), Escaped(name));
    finding.responses = responses(exchange);
    finding.fix = live_fix(code.as_str());
    Some(Judged { code, blocked_by: None, finding })
}

/// Judges the questions about caches.
pub(super) fn judge_cache(question: &Question, twice: &Twice, url: &str) -> Vec<Judged> {
    let code = match twice.outcome() {
        Mixed::Yes => LiveCode::CachedResponse,
        Mixed::Possible => LiveCode::VaryOriginMissing,
        Mixed::No | Mixed::Unknown => return Vec::new(),
    };
    let mut finding = LiveFinding::new(code, url, question.target.path());
    finding.origin.clone_from(&question.origin);
    finding.method = "GET".to_owned();
    finding.message = match code {
        LiveCode::CachedResponse => "a cache gives the response for one page to another".to_owned(),
        _ => "responses depend on the origin, and one lacks Vary: Origin, so that a cache may give it to another page"
            .to_owned(),
    };
    finding.fix = live_fix(code.as_str());
    finding.responses = twice.responses().iter().map(|response| shown(response, false)).collect();
    vec![Judged { code, blocked_by: None, finding }]
}
