//! Compares the verdicts of the four profiles of core's browser model for one exchange.

use std::collections::BTreeSet;

use crate::stack::{Guess, guesses};
use crate::{Failure, Suffixes, Warning, warnings};
use corsac::browser::{BlockedCode, Exchange, Judgement, Part, Profile, Step, Verdict};
use serde::Serialize;

use super::hidden::hidden;
use super::obstacle::{obstacle, obstacle_of_missing};

/// One value for each profile.
///
/// ```
/// use corsac::browser::Profile;
/// use corsac_diagnose::PerProfile;
/// let lengths = PerProfile::new(|profile| profile.name().len());
/// assert_eq!((lengths.get(Profile::Spec), lengths.get(Profile::Chromium)), (&4, &8));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PerProfile<T> {
    spec: T,
    chromium: T,
    firefox: T,
    webkit: T,
}

impl<T> PerProfile<T> {
    /// Asks for the value of each profile.
    pub fn new(mut value: impl FnMut(Profile) -> T) -> Self {
        Self {
            spec: value(Profile::Spec),
            chromium: value(Profile::Chromium),
            firefox: value(Profile::Firefox),
            webkit: value(Profile::WebKit),
        }
    }

    /// The value of one profile.
    pub fn get(&self, profile: Profile) -> &T {
        match profile {
            Profile::Chromium => &self.chromium,
            Profile::Firefox => &self.firefox,
            Profile::WebKit => &self.webkit,
            _ => &self.spec,
        }
    }
}

/// Everything that the browser model says about one exchange.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest, Verdict};
/// use corsac_diagnose::Diagnosis;
///
/// let headers: &[(&[u8], &[u8])] = &[(b"Access-Control-Allow-Origin", b"https://app.example/")];
/// let hops = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let diagnosis = Diagnosis::of(exchange);
/// assert_eq!(diagnosis.cause(), Some("trailing-slash"));
/// assert_eq!(diagnosis.judgements.get(Profile::WebKit).verdict, Verdict::Blocked);
/// assert_eq!(diagnosis.failures.len(), 1);
/// ```
#[derive(Debug)]
pub struct Diagnosis<'a> {
    /// The exception that the script gets. Nothing is sent then.
    pub thrown: Option<BlockedCode>,
    /// Names of headers that the browser drops.
    pub dropped: Vec<&'a [u8]>,
    /// What the browser sends, one for each URL of the chain.
    pub sent: Vec<Sent<'a>>,
    /// The verdict of each profile.
    pub judgements: PerProfile<Judgement>,
    /// Everything that is wrong, each failure once.
    pub failures: Vec<Failure<'a>>,
    /// Names in lower case, each once.
    pub exposed: PerProfile<Vec<Vec<u8>>>,
    /// Names in lower case: what scripts may miss, because the server does not expose it.
    pub hidden: PerProfile<Vec<Vec<u8>>>,
    /// What comes in the way before CORS, if that is the true cause of the chief failure, or the likely one where a response is missing: a
    /// code of `neighbours.md`.
    pub obstacle: Option<&'static str>,
    /// What can go wrong besides: caches and cookies.
    pub warnings: Vec<Warning>,
    /// The products that the failing response looks like, by its headers.
    pub(crate) looks_like: Vec<Guess>,
    /// What each browser writes into its console.
    pub console: PerProfile<Option<String>>,
}

/// What the browser sends to one URL.
///
/// ```
/// use corsac::browser::{Exchange, Profile, ScriptRequest};
/// use corsac_diagnose::{Diagnosis, Sent};
/// let request = ScriptRequest { method: b"PUT", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// let diagnosis = Diagnosis::of(Exchange { request, hops: &[] });
/// let sent: &Sent = &diagnosis.sent[0];
/// assert_eq!((sent.step.method(), sent.needs_preflight.get(Profile::Spec)), (b"PUT".as_slice(), &true));
/// ```
#[derive(Debug)]
pub struct Sent<'a> {
    /// The request.
    pub step: Step<'a>,
    /// Whether a preflight goes before it.
    pub needs_preflight: PerProfile<bool>,
}

impl<'a> Diagnosis<'a> {
    /// Leaves out the warnings that a cache could mix up pages, for a caller that asks a server about it with [`Twice`](crate::Twice).
    ///
    /// ```
    /// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
    /// use corsac_diagnose::Diagnosis;
    /// let headers: &[(&[u8], &[u8])] =
    ///     &[(b"Access-Control-Allow-Origin", b"https://app.example"), (b"Cache-Control", b"max-age=60")];
    /// let hops = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
    /// let mut diagnosis = Diagnosis::with_suffixes(exchange, None);
    /// assert_eq!(diagnosis.warnings.len(), 1);
    /// diagnosis.leave_out_possible_mixing();
    /// assert!(diagnosis.warnings.is_empty());
    /// ```
    pub fn leave_out_possible_mixing(&mut self) {
        self.warnings.retain(|warning| !matches!(warning.code, "vary-origin-missing" | "cached-response"));
    }

    /// Judges an exchange in every profile, without the public suffix list.
    #[must_use]
    pub fn of(exchange: Exchange<'a>) -> Self {
        Self::with_suffixes(exchange, None)
    }

    /// Judges an exchange in every profile. Only the public suffix list knows whether a cookie is another site's.
    #[must_use]
    pub fn with_suffixes(exchange: Exchange<'a>, suffixes: Option<&dyn Suffixes>) -> Self {
        let (judgements, failures) = crate::judge(&exchange);
        let [spec, chromium, firefox, webkit] = judgements;
        let first_in = |profile| failures.iter().find(|failure| failure.first_in.contains(&profile));
        let console = PerProfile::new(|profile| {
            let first = first_in(profile)?;
            exchange.console(profile, &first.blocked).map(|console| console.to_string())
        });
        let obstacle = match chief(&failures) {
            Some(chief) => obstacle(&exchange, chief),
            None => obstacle_of_missing(&exchange),
        };
        let exposed = PerProfile::new(|profile| lower_case(exchange.exposed(profile)));
        let judgements = PerProfile { spec, chromium, firefox, webkit };
        let hidden = PerProfile::new(|profile| match judgements.get(profile).verdict {
            Verdict::Allowed | Verdict::Incomplete => hidden(&exchange, profile),
            _ => Vec::new(),
        });
        Self {
            obstacle,
            hidden,
            warnings: warnings::warnings_of(&exchange, suffixes),
            looks_like: chief(&failures).map_or_else(Vec::new, |chief| looks_like(&exchange, chief)),
            thrown: exchange.request.thrown(),
            dropped: exchange.request.dropped().map(|(name, _)| name).collect(),
            sent: exchange.steps().map(Sent::of).collect(),
            judgements,
            failures,
            exposed,
            console,
        }
    }

    /// The failure to explain: the one that Chromium reports first, or else the first one of another profile.
    #[must_use]
    pub(crate) fn chief(&self) -> Option<&Failure<'a>> {
        chief(&self.failures)
    }

    /// The code of the true cause: what comes in the way, or the likely mistake behind the chief failure.
    #[must_use]
    pub fn cause(&self) -> Option<&'static str> {
        self.obstacle.or_else(|| self.chief().map(|chief| chief.cause.as_str()))
    }

    /// The step in which a failure happens.
    #[must_use]
    pub(super) fn step_of(&self, failure: &Failure<'_>) -> Option<&Sent<'a>> {
        self.sent.iter().find(|sent| sent.step.hop() == failure.blocked.hop())
    }
}

fn chief<'f, 'a>(failures: &'f [Failure<'a>]) -> Option<&'f Failure<'a>> {
    let of = |profile| failures.iter().find(|failure| failure.first_in.contains(&profile));
    [Profile::Chromium, Profile::Spec, Profile::Firefox, Profile::WebKit].into_iter().find_map(of)
}

/// A guess from the response that fails.
fn looks_like(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Vec<Guess> {
    let hop = exchange.hop(failure.blocked.hop());
    let response = if failure.blocked.part() == Part::Preflight { hop.preflight } else { hop.response };
    response.map_or_else(Vec::new, |response| guesses(response.headers.iter().copied()))
}

impl<'a> Sent<'a> {
    fn of(step: Step<'a>) -> Self {
        Self { step, needs_preflight: PerProfile::new(|profile| step.needs_preflight(profile)) }
    }
}

/// `by the standard`, `in chromium, firefox`: the browsers in words.
#[must_use]
pub(super) fn in_browsers(profiles: &[Profile]) -> String {
    let engines: Vec<&str> =
        profiles.iter().filter(|profile| **profile != Profile::Spec).map(|profile| profile.name()).collect();
    match (profiles.contains(&Profile::Spec), engines.join(", ")) {
        (true, engines) if engines.is_empty() => "by the standard".to_owned(),
        (true, engines) => format!("by the standard and in {engines}"),
        (false, engines) => format!("in {engines}"),
    }
}

/// The same, with words for all of them.
pub(crate) fn in_some_or_every(profiles: &[Profile]) -> String {
    if profiles.len() == Profile::ALL.len() { "in every browser".to_owned() } else { in_browsers(profiles) }
}

fn lower_case<'a>(names: impl Iterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut known = BTreeSet::new();
    names.map(<[u8]>::to_ascii_lowercase).filter(|name| known.insert(name.clone())).collect()
}
