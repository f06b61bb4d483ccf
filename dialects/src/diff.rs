//! Where two configurations or policies differ for browsers, each with a request that shows it.

use std::collections::BTreeSet;
use std::fmt;

use corsac::PolicySet;

use crate::asks::{Mentioned, asks};
use crate::browse::{Ask, Responder, Seen, browse};
use crate::corsac_policy::CorsacPolicy;
use crate::dialect::Configuration;
use crate::message::{ACEH, Upstream};
use crate::promise::Promise;

/// One of the two things that are compared.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::{Change, Side, diff, document, recognise};
///
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['https://a.example']}}]")?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// let policies = PolicySet::from_toml("allow_origins = ['https://b.example']", |_| ()).expect("it compiles");
/// let differences = diff(&Side::configuration(&*configuration), &Side::policy(&policies, b"/"));
/// assert!(differences.iter().any(|one| one.change == Change::Opens && one.ask.origin == "https://b.example"));
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Debug)]
pub struct Side<'s> {
    who: Who<'s>,
    mentioned: Mentioned,
}

#[derive(Debug)]
enum Who<'s> {
    Configuration(&'s dyn Configuration),
    Policy(CorsacPolicy<'s>),
}

impl<'s> Side<'s> {
    /// A configuration of another product.
    #[must_use]
    pub fn configuration(configuration: &'s dyn Configuration) -> Self {
        Self { mentioned: Mentioned::by_draft(configuration.draft()), who: Who::Configuration(configuration) }
    }

    /// What a policy or a set decides about this raw path.
    #[must_use]
    pub fn policy(policies: &'s PolicySet<Vec<u8>>, path: &'s [u8]) -> Self {
        let promises = policies.tables().filter_map(|(_, policy)| policy.map(|policy| Promise::of(&policy)));
        let mentioned =
            promises.map(|promise| Mentioned::by_promise(&promise)).fold(Mentioned::default(), Mentioned::with);
        Self { mentioned, who: Who::Policy(CorsacPolicy::at(policies, path)) }
    }

    fn responder(&self) -> &dyn Responder {
        match &self.who {
            Who::Configuration(configuration) => *configuration,
            Who::Policy(policy) => policy,
        }
    }
}

/// What changes from the first to the second, the worst first.
///
/// ```
/// use corsac_dialects::Change;
/// assert!(Change::OpensWithCookies < Change::Varies);
/// assert_eq!(Change::Closes.as_str(), "closes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Change {
    /// A script with cookies reads a response that it could not read.
    OpensWithCookies,
    /// A script without cookies reads a response that it could not read.
    Opens,
    /// A script no longer reads a response.
    Closes,
    /// A script reads other response headers.
    Exposes,
    /// The application sees a request that it did not see, or the other way round.
    Reaches,
    /// `Vary: Origin` comes or goes.
    Varies,
    /// Browsers keep the preflight for another time.
    Caches,
}

impl Change {
    /// The name of the change, for machines.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpensWithCookies => "opens-with-cookies",
            Self::Opens => "opens",
            Self::Closes => "closes",
            Self::Exposes => "exposes",
            Self::Reaches => "reaches-application",
            Self::Varies => "vary",
            Self::Caches => "cache-time",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One request whose outcome differs.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::{Change, Difference, Side, diff};
/// let policies = |text: &str| PolicySet::from_toml(text, |_| ()).expect("it compiles");
/// let (old, new) = (policies("allow_origins = ['https://a.example']"), policies("allow_origins = ['https://b.example']"));
/// let differences: Vec<Difference> = diff(&Side::policy(&old, b"/"), &Side::policy(&new, b"/"));
/// assert_eq!((differences[0].change, differences[0].ask.origin.as_str()), (Change::Opens, "https://b.example"));
/// assert!(!differences[0].is_uncertain);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What changes.
    pub change: Change,
    /// The script's request.
    pub ask: Ask,
    /// What it gets from the first, in words.
    pub before: String,
    /// What it gets from the second, in words.
    pub after: String,
    /// Whether it rests on an uncertain fact about one of the products.
    pub is_uncertain: bool,
}

/// Every difference that the requests show, the worst first: one for each change and origin.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::{Side, diff};
/// let policies = PolicySet::from_toml("allow_origins = ['https://a.example']", |_| ()).expect("it compiles");
/// assert_eq!(diff(&Side::policy(&policies, b"/"), &Side::policy(&policies, b"/x")), []);
/// ```
#[must_use]
pub fn diff(before: &Side<'_>, after: &Side<'_>) -> Vec<Difference> {
    let mentioned = before.mentioned.clone().with(after.mentioned.clone());
    let upstream = Upstream::default();
    let mut all = Vec::new();
    let mut known = BTreeSet::new();
    for ask in asks(&mentioned) {
        let old = browse(before.responder(), &ask, &upstream);
        let new = browse(after.responder(), &ask, &upstream);
        let is_uncertain = !(old.unknown().is_empty() && new.unknown().is_empty());
        for (change, before, after) in changes(&ask, &old, &new) {
            if known.insert((change, ask.origin.clone(), ask.credentials && change <= Change::Closes)) {
                all.push(Difference { change, ask: ask.clone(), before, after, is_uncertain });
            }
        }
    }
    all.sort_by_key(|difference| difference.change);
    all
}

fn changes(ask: &Ask, old: &Seen, new: &Seen) -> Vec<(Change, String, String)> {
    let opens = new.reads_in.iter().any(|profile| !old.reads_in.contains(profile));
    let closes = old.reads_in.iter().any(|profile| !new.reads_in.contains(profile));
    let mut found = Vec::new();
    let mut add = |change, before: String, after: String| found.push((change, before, after));
    if opens {
        let change = if ask.credentials { Change::OpensWithCookies } else { Change::Opens };
        add(change, outcome(old), outcome(new));
    }
    if closes {
        add(Change::Closes, outcome(old), outcome(new));
    }
    if !opens && !closes && old.is_read() {
        let (before, after) = (exposed(old, ask), exposed(new, ask));
        if before != after {
            let words = |names: &BTreeSet<String>| {
                if names.is_empty() {
                    "no more headers".to_owned()
                } else {
                    names.iter().cloned().collect::<Vec<_>>().join(", ")
                }
            };
            add(Change::Exposes, words(&before), words(&after));
        }
        if old.cache_seconds != new.cache_seconds {
            let words = |seconds: Option<u32>| {
                seconds.map_or_else(|| "no preflight".to_owned(), |seconds| format!("{seconds} s"))
            };
            add(Change::Caches, words(old.cache_seconds), words(new.cache_seconds));
        }
    }
    let (before, after) = (old.reaches_application(), new.reaches_application());
    // What a browser no longer sends is not reached either. Only the preflight then counts.
    if before.0 != after.0 || (!opens && !closes && before.1 != after.1) {
        add(Change::Reaches, reached(before), reached(after));
    }
    if !ask.credentials && ask.headers.is_empty() && ask.method == "GET" {
        let (before, after) = (old.response.varies_on_origin(), new.response.varies_on_origin());
        if before != after {
            let words = |varies: bool| if varies { "Vary: Origin" } else { "no Vary: Origin" }.to_owned();
            add(Change::Varies, words(before), words(after));
        }
    }
    found
}

/// "read in every browser", "blocked (acao-missing)".
fn outcome(seen: &Seen) -> String {
    match (seen.reads_in.as_slice(), seen.browsers().as_slice(), seen.blocked_by) {
        ([], _, Some(code)) => format!("blocked ({code})"),
        ([], _, None) => "blocked".to_owned(),
        (_, [], _) => "read in every browser".to_owned(),
        (_, some, _) => format!("read in {}", some.join(", ")),
    }
}

fn reached((preflight, request): (bool, bool)) -> String {
    let words = match (preflight, request) {
        (true, true) => "sees the preflight and the request",
        (true, false) => "sees the preflight",
        (false, true) => "sees the request",
        (false, false) => "sees nothing",
    };
    format!("the application {words}")
}

/// The names of response headers that a script may read besides those that need no permission.
fn exposed(seen: &Seen, ask: &Ask) -> BTreeSet<String> {
    let names = seen.response.all(ACEH).flat_map(|value| value.split(|&b| b == b','));
    let names = names.map(|name| String::from_utf8_lossy(name.trim_ascii()).to_ascii_lowercase());
    // With cookies, `*` is only a name.
    names.filter(|name| !name.is_empty() && (name != "*" || !ask.credentials)).collect()
}
