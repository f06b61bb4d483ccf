//! What the simulator shows to be wrong, for every dialect: the model of browsers judges its responses.

use std::collections::BTreeSet;

use corsac::Severity;

use crate::asks::STRANGERS;
use crate::browse::{Ask, browse};
use crate::dialect::Configuration;
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding, Witness};
use crate::intended::Intended;
use crate::message::{ACAC, ACAO, Received, Sent, Upstream};
use crate::origin::{examples, is_sendable, near_misses};
use crate::shown::shown;

/// The longest time that any browser keeps a preflight, in seconds: Firefox's. Chromium keeps it for two hours.
const MAX_AGE_CAP: i64 = 86_400;

/// Everything that is wrong or doubtful in a configuration: errors first, then in the order of the file.
///
/// ```
/// use corsac_dialects::{document, findings, recognise};
/// let documents = document::read("plugins: [{name: cors, config: {origins: ['https://a.example'], credentials: true}}]")?;
/// let (_, configuration) = recognise(&documents[0]).remove(0);
/// assert!(findings(&*configuration).iter().all(|finding| !finding.message.is_empty()));
/// # Ok::<(), document::ReadError>(())
/// ```
#[must_use]
pub fn findings(configuration: &dyn Configuration) -> Vec<Finding> {
    let mut all = configuration.outline().findings.clone();
    all.extend(configuration.lint());
    if configuration.refused().is_none() {
        let judge = Judge { configuration, draft: configuration.draft() };
        all.extend(judge.any_origin());
        all.extend(judge.strangers());
        all.extend(judge.dead());
        all.extend(judge.lists());
        all.extend(judge.vary());
        all.extend(judge.doubled());
        all.extend(judge.max_age());
    }
    all.sort_by_key(|found| (found.severity != Severity::Error, found.place.span.start));
    all.dedup();
    all
}

struct Judge<'c> {
    configuration: &'c dyn Configuration,
    draft: &'c Draft,
}

impl Judge<'_> {
    /// A request that a script can make, if it reads the response.
    fn read_by(&self, ask: Ask) -> Option<Witness> {
        let seen = browse(self.configuration, &ask, &Upstream::default());
        seen.is_read().then(|| Witness { browsers: seen.browsers(), ask, reads: true })
    }

    /// The same, with cookies if it can have them.
    fn best_read_by(&self, origin: &str) -> Option<Witness> {
        self.read_by(Ask::get(origin, true)).or_else(|| self.read_by(Ask::get(origin, false)))
    }

    fn lets_everyone_in(&self) -> bool {
        STRANGERS.iter().all(|origin| *origin == "null" || self.read_by(Ask::get(*origin, false)).is_some())
    }

    fn any_origin(&self) -> Option<Finding> {
        let is_any = |entry: &&Entry| {
            entry.means == Means::AnyOrigin
                || entry.intended.iter().any(|pattern| pattern.contains("://*") && !pattern.contains("*."))
        };
        let entry = self.draft.origins.iter().find(is_any);
        let place = entry.map_or_else(|| self.configuration.place(), |entry| &entry.place);
        if let Some(witness) = self.read_by(Ask::get(STRANGERS[0], true)) {
            let message = "pages of every origin read responses with the user's cookies";
            let suggestion = "list the origins that you mean, or turn credentials off";
            return Some(
                Finding::error(Code::AnyOriginWithCredentials, place, message).suggest(suggestion).shown_by(witness),
            );
        }
        let blocked = Ask::get(STRANGERS[0], true);
        let seen = browse(self.configuration, &blocked, &Upstream::default());
        let sends_credentials = seen.response.all(ACAC).any(|value| value == b"true");
        let is_wildcard = seen.response.all(ACAO).any(|value| value == b"*");
        (sends_credentials && is_wildcard).then(|| {
            let message = "`*` is sent with credentials, so browsers refuse every response to a request with cookies";
            Finding::error(Code::WildcardWithCredentials, place, message)
                .suggest("list the origins that you mean, or turn credentials off")
                .shown_by(Witness { ask: blocked, reads: false, browsers: Vec::new() })
        })
    }

    fn strangers(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        if self.lets_everyone_in() {
            return found;
        }
        let intended = Intended::by(self.draft);
        for (at, entry) in self.draft.origins.iter().enumerate() {
            if let Some(finding) = self.stranger_of(at, entry, &intended) {
                found.push(finding);
            }
        }
        let entries = || self.draft.origins.iter();
        if !entries().any(|entry| entry.written == "null")
            && let Some(witness) = self.read_by(Ask::get("null", true))
        {
            let place = entries().next().map_or_else(|| self.configuration.place(), |entry| &entry.place);
            let message = "`null` is let in with credentials: every sandboxed frame on any page is `null`";
            found.push(Finding::error(Code::NullWithCredentials, place, message).shown_by(witness));
        }
        found
    }

    /// An origin that an entry lets in although its author did not mean it.
    fn stranger_of(&self, at: usize, entry: &Entry, intended: &Intended) -> Option<Finding> {
        let own = entry.intended.iter().flat_map(|pattern| examples(pattern));
        let samples: BTreeSet<String> =
            own.chain(entry.samples.iter().cloned()).filter(|text| is_sendable(text)).collect();
        let near = samples.iter().flat_map(|origin| near_misses(origin));
        // Where it is unknown what the author meant, only what looks like a mistake counts.
        let direct = samples.iter().filter(|_| !entry.intended.is_empty()).cloned();
        let mut tried = BTreeSet::new();
        let witness = direct.chain(near).find_map(|origin| {
            let is_new = !samples.contains(&origin) || !entry.intended.is_empty();
            let is_candidate = is_new && !intended.allows(&origin) && tried.insert(origin.clone());
            let is_other = self.configuration.is_let_in_by(at, &origin) == Some(false);
            if is_candidate && !is_other { self.best_read_by(&origin) } else { None }
        })?;
        let written = shown(&entry.written);
        let message = format!("{written} also lets {} in", shown(&witness.ask.origin));
        let finding = Finding::error(Code::StrangerAllowed, &entry.place, message).shown_by(witness);
        Some(match (&entry.means, entry.intended.as_slice()) {
            (Means::NoPattern(what), _) => finding.suggest(what.clone()),
            (_, [first, ..]) => finding.suggest(format!("write it so that it matches {} only", shown(first))),
            _ => finding,
        })
    }

    fn dead(&self) -> Vec<Finding> {
        let mut found = Vec::new();
        for entry in &self.draft.origins {
            let written = shown(&entry.written);
            match &entry.means {
                Means::Nothing(why) => {
                    found.push(Finding::warning(
                        Code::DeadEntry,
                        &entry.place,
                        format!("{written} lets no page in: {why}"),
                    ));
                }
                Means::Patterns(patterns, _) if !patterns.is_empty() => {
                    let origins: Vec<String> = patterns.iter().flat_map(|pattern| examples(pattern)).collect();
                    let Some(first) = origins.first() else { continue };
                    if origins.iter().all(|origin| self.best_read_by(origin).is_none()) {
                        let message = format!("{written} lets no page in");
                        let witness = Witness { ask: Ask::get(first, false), reads: false, browsers: Vec::new() };
                        found.push(Finding::warning(Code::DeadEntry, &entry.place, message).shown_by(witness));
                    }
                }
                _ => {}
            }
        }
        found
    }

    /// `*` in a list, with credentials, where the product sends it as it is.
    fn lists(&self) -> Vec<Finding> {
        let patterns = self.draft.origins.iter().flat_map(|entry| &entry.intended);
        let mut origins = patterns.filter(|pattern| pattern.as_str() != "*").flat_map(|pattern| examples(pattern));
        let Some(origin) = origins.find(|origin| self.read_by(Ask::get(origin, true)).is_some()) else {
            return Vec::new();
        };
        let place = self.configuration.place();
        let mut found = Vec::new();
        let mut check = |names: &Names, ask: Ask, what: &str| {
            if *names == Names::Any && self.draft.credentials && self.read_by(ask.clone()).is_none() {
                let message = format!("`*` among the {what} is the name `*` for requests with cookies, not a wildcard");
                let witness = Witness { ask, reads: false, browsers: Vec::new() };
                found.push(
                    Finding::warning(Code::LiteralWildcard, place, message)
                        .suggest(format!("list the {what}"))
                        .shown_by(witness),
                );
            }
        };
        check(&self.draft.methods, Ask { method: "X-ANY".to_owned(), ..Ask::get(&origin, true) }, "methods");
        check(&self.draft.headers, Ask { headers: vec!["x-any".to_owned()], ..Ask::get(&origin, true) }, "headers");
        found
    }

    /// A response that a cache must not give to others, although nothing says so.
    fn vary(&self) -> Option<Finding> {
        let origins: Vec<String> =
            self.draft.origins.iter().flat_map(|entry| &entry.intended).flat_map(|p| examples(p)).collect();
        let get = |origin: Option<&str>| {
            let headers = origin.map(|origin| (b"Origin".to_vec(), origin.as_bytes().to_vec()));
            let request = Received { method: b"GET".to_vec(), headers: headers.into_iter().collect() };
            self.configuration.respond(&request, &Upstream::default())
        };
        let stranger = get(Some(STRANGERS[0]));
        let plain = get(None);
        let first = |sent: &Sent| sent.all(ACAO).next().map(<[u8]>::to_vec);
        let one = origins.iter().find_map(|origin| {
            let sent = get(Some(origin));
            let differs = first(&sent).is_some() && (first(&sent) != first(&stranger) || first(&sent) != first(&plain));
            let knows = |sent: &Sent| sent.unknown.contains(&"vary") || sent.varies_on_origin();
            (differs && !(knows(&sent) && knows(&stranger) && knows(&plain))).then_some((origin, knows(&sent)))
        });
        let (origin, is_allowed_covered) = one?;
        let where_ = if is_allowed_covered {
            "responses to other pages and to requests without Origin have"
        } else {
            "responses have"
        };
        let message = format!(
            "responses differ by origin, but {where_} no `Vary: Origin`, so a cache can give one page's response to another"
        );
        let witness = Witness { ask: Ask::get(origin, false), reads: true, browsers: Vec::new() };
        Some(Finding::warning(Code::VaryMissing, self.configuration.place(), message).shown_by(witness))
    }

    /// Two `Access-Control-Allow-Origin` headers, where the application sends one of its own.
    fn doubled(&self) -> Option<Finding> {
        let origin = self.draft.origins.iter().flat_map(|entry| &entry.intended).flat_map(|p| examples(p)).next()?;
        let mut upstream = Upstream::default();
        upstream.headers.push((ACAO.as_bytes().to_vec(), origin.clone().into_bytes()));
        let ask = Ask::get(&origin, false);
        let seen = browse(self.configuration, &ask, &upstream);
        if seen.response.all(ACAO).count() < 2 || seen.response.unknown.contains(&"access-control-allow-origin") {
            return None;
        }
        let message =
            "an application that sends its own Access-Control-Allow-Origin makes two of them, and browsers refuse both";
        let witness = Witness { ask, reads: false, browsers: Vec::new() };
        Some(
            Finding::warning(Code::DoubledOrigin, self.configuration.place(), message)
                .suggest("turn CORS off in the application")
                .shown_by(witness),
        )
    }

    fn max_age(&self) -> Option<Finding> {
        let seconds = self.draft.max_age.filter(|&seconds| seconds > MAX_AGE_CAP)?;
        let message =
            format!("browsers keep a preflight for at most {MAX_AGE_CAP} seconds, so {seconds} has no more effect");
        Some(Finding::warning(Code::MaxAgeCut, self.configuration.place(), message))
    }
}
