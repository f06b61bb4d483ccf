//! The rules of a bucket: how they match, what they mean, and what is wrong with them.

use crate::document::Place;
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding};
use crate::members::{Placed, plain};
use crate::origin::{Origin, is_pattern, is_sendable};
use crate::shown::shown;

/// Which product has the bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Variant {
    Amazon,
    Ceph,
    R2,
}

/// One rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) origins: Vec<Placed>,
    pub(super) methods: Vec<Placed>,
    pub(super) headers: Vec<Placed>,
    pub(super) expose: Vec<Placed>,
    pub(super) max_age: Option<i64>,
    pub(super) place: Place,
}

/// The methods that a rule takes.
pub(super) const METHODS: [&str; 5] = ["GET", "PUT", "POST", "DELETE", "HEAD"];
/// For how many seconds R2 lets browsers keep a preflight.
const MAX_AGE_OF_R2: i64 = 86_400;
/// How many rules a bucket has at most.
const RULES_MAX: usize = 100;

impl Rule {
    /// The first entry that matches an origin.
    pub(super) fn entry_for(&self, origin: &str, may_overlap: bool) -> Option<&str> {
        self.origins.iter().map(|(entry, _)| entry.as_str()).find(|entry| matches(entry, origin, may_overlap))
    }

    pub(super) fn has_method(&self, method: &[u8]) -> bool {
        self.methods.iter().any(|(listed, _)| listed.as_bytes() == method)
    }

    /// Whether a requested header is listed, in any case.
    pub(super) fn has_header(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        self.headers.iter().any(|(listed, _)| matches(&listed.to_ascii_lowercase(), &name, false))
    }
}

/// Whether a text matches an entry, in which one `*` stands for any bytes, or none.
fn matches(entry: &str, text: &str, may_overlap: bool) -> bool {
    match entry.split_once('*') {
        None => entry == text,
        Some((before, after)) => {
            (may_overlap || text.len() >= before.len() + after.len())
                && text.starts_with(before)
                && text.ends_with(after)
        }
    }
}

/// Why the product does not take the rules.
pub(super) fn refused(rules: &[Rule], variant: Variant) -> Option<String> {
    findings(rules, variant).into_iter().next().map(|found| format!("the bucket refuses it: {}", found.message))
}

/// Everything that the product refuses.
pub(super) fn findings(rules: &[Rule], variant: Variant) -> Vec<Finding> {
    let mut found = Vec::new();
    for rule in rules {
        for (method, place) in rule.methods.iter().filter(|(method, _)| !METHODS.contains(&method.as_str())) {
            let message = format!("a rule does not take the method {}", shown(method));
            found.push(Finding::error(Code::Refused, place, message).suggest(format!("use {}", METHODS.join(", "))));
        }
        for (entry, place) in rule.origins.iter().filter(|(entry, _)| entry.matches('*').count() > 1) {
            let message = format!("{} has more than one `*`", shown(entry));
            found.push(Finding::error(Code::Refused, place, message).suggest("write one entry for each"));
        }
        if variant == Variant::R2 {
            found.extend(r2_findings(rule));
        }
        if rule.origins.is_empty() || rule.methods.is_empty() {
            found.push(Finding::error(Code::Refused, &rule.place, "a rule must have an origin and a method"));
        }
    }
    if let Some(first) = rules.first().filter(|_| rules.len() > RULES_MAX) {
        found.push(Finding::error(Code::Refused, &first.place, format!("a bucket has at most {RULES_MAX} rules")));
    }
    found
}

/// What R2 refuses in addition: a port of any number, and more than a day.
fn r2_findings(rule: &Rule) -> Vec<Finding> {
    let ports = rule.origins.iter().filter(|(entry, _)| entry.ends_with(":*"));
    let mut found: Vec<Finding> = ports
        .map(|(entry, place)| {
            let message = format!("R2 refuses {}, which has any port", shown(entry));
            Finding::error(Code::Refused, place, message).suggest("list the ports")
        })
        .collect();
    if let Some(seconds) = rule.max_age.filter(|&seconds| seconds > MAX_AGE_OF_R2) {
        let message = format!("R2 takes at most {MAX_AGE_OF_R2} seconds, not {seconds}");
        found.push(Finding::error(Code::Refused, &rule.place, message));
    }
    found
}

/// The rules in the words of a policy.
pub(super) fn draft(rules: &[Rule], variant: Variant) -> Draft {
    let origins: Vec<Entry> = rules.iter().flat_map(|rule| &rule.origins).map(entry).collect();
    let Some(first) = rules.first() else { return Draft::default() };
    let is_same = |rule: &Rule| {
        plain(&rule.methods) == plain(&first.methods)
            && plain(&rule.headers) == plain(&first.headers)
            && plain(&rule.expose) == plain(&first.expose)
            && rule.max_age == first.max_age
    };
    let mut refusals = Vec::new();
    for rule in rules.iter().filter(|rule| !is_same(rule)) {
        let message = "this rule has other lists than the first one, so one policy does not say both";
        let suggestion = "write a policy set with a policy for each, in this order";
        refusals.push(Finding::error(Code::Uncertain, &rule.place, message).suggest(suggestion));
    }
    let is_any = origins.iter().any(|entry| entry.means == Means::AnyOrigin);
    let credentials = variant == Variant::Amazon && !is_any;
    let mut notes = Vec::new();
    if credentials {
        notes.push("Credentials are on, because S3 always allows them for listed origins. Turn them off if no page needs them.".to_owned());
    }
    if variant == Variant::R2 {
        notes.push(
            "Credentials are off: it is not known whether R2 allows them. Turn them on if pages need them.".to_owned(),
        );
    }
    Draft {
        origins,
        methods: Names::Listed(plain(&first.methods)),
        headers: if first.headers.iter().any(|(name, _)| name == "*") {
            Names::Any
        } else {
            Names::Listed(plain(&first.headers))
        },
        expose: Names::Listed(plain(&first.expose)),
        credentials,
        max_age: first.max_age,
        notes,
        refusals,
        ..Draft::default()
    }
}

pub(super) fn entry((written, place): &Placed) -> Entry {
    let made = |means, intended: Vec<String>, samples: Vec<String>| Entry {
        written: written.clone(),
        place: place.clone(),
        means,
        intended,
        samples,
    };
    if written == "*" {
        return Entry::any(written, place);
    }
    if is_sendable(written) {
        return Entry::exact(written, place, vec![written.clone()]);
    }
    if !written.contains('*') {
        let why =
            "browsers send an origin in lower case, with its scheme, and without a path or the scheme's default port";
        return Entry::dead(written, place, why);
    }
    if let Some(scheme) = written.strip_suffix("://*").filter(|scheme| is_pattern(&format!("{scheme}://*:*"))) {
        return Entry::exact(written, place, vec![format!("{scheme}://*:*")]);
    }
    let host = Origin::parse(written).map(|origin| origin.host).unwrap_or_default();
    // What `*` stands for in a sample: a label, and a host of someone else.
    let samples = ["z", "evil.test."]
        .map(|text| written.replacen('*', text, 1))
        .into_iter()
        .filter(|text| is_sendable(text))
        .collect();
    if host.starts_with("*.") && is_pattern(written) {
        // Browsers send no origin in which more than labels would match.
        return Entry::exact(written, place, vec![written.clone()]);
    }
    if is_pattern(written) && host.contains('*') && !host.starts_with('*') {
        let note = "`*` also matches dots, so more labels: only one label is allowed now.".to_owned();
        return made(Means::Patterns(vec![written.clone()], Some(note)), vec![written.clone()], samples);
    }
    let meant = written
        .strip_prefix("https://*")
        .filter(|below| !below.starts_with('.'))
        .map(|below| format!("https://*.{below}"));
    let intended: Vec<String> = meant.into_iter().filter(|pattern| is_pattern(pattern)).collect();
    let what = match intended.first() {
        Some(pattern) => format!("`*` stands for any bytes: write {pattern}"),
        None => "`*` stands for any bytes: list the origins".to_owned(),
    };
    made(Means::NoPattern(what), intended, samples)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_bytes_or_none() {
        assert!(matches("https://*.example.com", "https://a.b.example.com", false));
        assert!(matches("start*end", "startend", false));
        assert!(!matches("aba*aba", "aba", false) && matches("aba*aba", "aba", true));
        assert!(!matches("https://a.example", "https://A.example", false));
    }
}
