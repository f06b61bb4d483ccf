//! What the options of all frameworks have in common: texts or lists of texts, and regular expressions.

use fancy_regex::{Regex, RegexBuilder};

use crate::dialect::Outline;
use crate::document::{Node, Place};
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding};
use crate::members::Placed;
use crate::origin::{Origin, is_sendable};
use crate::samples::samples;
use crate::shown::shown;
use corsac_regexes::{Reading, Switches, advise};

/// Why there is nothing to write.
pub(super) fn not_written(package: &str) -> Vec<String> {
    vec![format!("{package} is read only: use Corsac in its place, with the policy file")]
}

/// A regular expression as the package uses it. `prefix` is the anchor that the package's own call implies.
pub(super) fn compiled(expression: &str, prefix: &str, suffix: &str, ignores_case: bool) -> Option<Regex> {
    RegexBuilder::new(&format!("{prefix}(?:{expression}){suffix}")).case_insensitive(ignores_case).build().ok()
}

/// Whether an expression matches. One that backtracks too often does not.
pub(super) fn matches(regex: Option<&Regex>, text: &str) -> bool {
    regex.is_some_and(|regex| regex.is_match(text).unwrap_or(false))
}

/// A list that may be written as a text with commas.
pub(super) fn list(node: Option<&Node>, findings: &mut Vec<Finding>) -> Option<Vec<Placed>> {
    let node = node.filter(|node| !node.is_null())?;
    if let Some(text) = node.text() {
        let parts = text.split(',').map(|part| (part.trim().to_owned(), node.place.clone()));
        return Some(parts.filter(|(part, _)| !part.is_empty()).collect());
    }
    let mut texts = Vec::new();
    for item in node.items() {
        match item.text() {
            Some(text) => texts.push((text.to_owned(), item.place.clone())),
            None => findings.push(unknown(item)),
        }
    }
    if !node.is_list() {
        findings.push(unknown(node));
    }
    Some(texts)
}

/// A value that is neither a text nor a list of texts.
pub(super) fn unknown(node: &Node) -> Finding {
    match node.unknown() {
        Some(written) => {
            Finding::warning(Code::ValueUnknown, &node.place, format!("the value {} is not known", shown(written)))
        }
        None => Finding::error(Code::UnknownMember, &node.place, "this must be a text or a list of texts"),
    }
}

/// An option that the package does not have.
pub(super) fn unknown_option(package: &str, key: &str, place: &Place) -> Finding {
    Finding::error(Code::UnknownMember, place, format!("{package} has no option {}", shown(key)))
}

/// What every package's configuration has: its meaning, and a finding for each option that the package does not know.
pub(super) fn outline(
    root: &Node,
    (package, known): (&str, &[&str]),
    draft: Draft,
    mut findings: Vec<Finding>,
) -> Outline {
    for (key, _) in root.entries().filter(|(key, _)| !known.contains(&key.text.as_str())) {
        findings.push(unknown_option(package, &key.text, &key.place));
    }
    Outline { label: String::new(), place: root.place.clone(), draft, findings }
}

/// Names, where `*` alone or among others is any.
pub(super) fn names(list: &[String]) -> Names {
    if list.iter().any(|name| name == "*") { Names::Any } else { Names::Listed(list.to_vec()) }
}

/// An entry that is compared byte for byte.
pub(super) fn text_entry(written: &str, place: &Place) -> Entry {
    if is_sendable(written) {
        return Entry::exact(written, place, vec![written.to_owned()]);
    }
    let why = match Origin::parse(written) {
        None => "browsers send an origin with its scheme".to_owned(),
        Some(_) if written.contains('*') => "it is compared as text, where `*` is not a wildcard".to_owned(),
        Some(_) => {
            "browsers send an origin in lower case, without a path and without the scheme's default port".to_owned()
        }
    };
    Entry::dead(written, place, why)
}

/// An entry that is a regular expression.
pub(super) fn expression_entry(expression: &str, place: &Place, reading: Reading) -> Entry {
    let switches = Switches { any_public_suffix: true, ..Switches::default() };
    let list = "list the origins that you mean";
    let (means, intended) = match advise(expression, reading, &switches) {
        Some(advice) if !advice.is_wider => {
            let note = advice.is_narrower.then(|| "it matches more than these patterns.".to_owned());
            (Means::Patterns(advice.patterns.clone(), note), advice.patterns)
        }
        Some(advice) => {
            let what = format!("{list}. Near it are: {}", shown(&advice.patterns.join(", ")));
            (Means::NoPattern(what), advice.patterns)
        }
        None => (Means::NoPattern(list.to_owned()), Vec::new()),
    };
    Entry { written: expression.to_owned(), place: place.clone(), means, intended, samples: origins(expression) }
}

/// Origins that an expression probably matches. One that is searched anywhere need not have the scheme.
fn origins(expression: &str) -> Vec<String> {
    let with_scheme = |text: String| if text.contains("://") { text } else { format!("https://{text}") };
    samples(expression).into_iter().map(with_scheme).collect()
}

/// The parts of a draft that every package has.
pub(super) fn draft(origins: Vec<Entry>, credentials: bool, max_age: Option<&str>) -> Draft {
    Draft { origins, credentials, max_age: max_age.and_then(|seconds| seconds.parse().ok()), ..Draft::default() }
}

/// Adds a name to `Vary`, as most packages do: to the first header, if it is not there.
pub(super) fn vary(sent: &mut crate::message::Sent, name: &str) {
    let all: Vec<Vec<u8>> = sent.all("vary").map(<[u8]>::to_vec).collect();
    let joined = all.join(&b", "[..]);
    let has =
        |text: &[u8]| text.split(|&b| b == b',').any(|part| part.trim_ascii().eq_ignore_ascii_case(name.as_bytes()));
    if joined.trim_ascii() == b"*" || has(&joined) {
        return;
    }
    let value =
        if joined.is_empty() { name.as_bytes().to_vec() } else { [joined.as_slice(), b", ", name.as_bytes()].concat() };
    sent.set("Vary", value);
}
