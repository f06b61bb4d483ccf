//! What Kong's entries mean, and what is wrong with them.

use corsac_regexes::{Language, Matching, Reading, Switches, advise};

use super::entries::{Entry as Compared, Expression};
use super::plugin::Plugin;
use super::read::METHODS;
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding};
use crate::members::{Placed, plain};
use crate::origin::{Origin, is_pattern, is_sendable};
use crate::origin_regex::{expression_for, pattern_of};
use crate::samples::samples;
use crate::shown::shown;

/// Kong anchors an expression at its start. The anchor at its end is part of the text.
const READING: Reading = Reading { language: Language::Python, matching: Matching::Beginning, ignores_case: false };

/// The configuration in the words of a policy.
pub(super) fn draft(plugin: &Plugin) -> Draft {
    let options = &plugin.options;
    let has_any = plugin.is_any() || plugin.entries.iter().any(|entry| matches!(entry, Compared::Any));
    let is_single = options.origins.len() == 1;
    let mut origins: Vec<Entry> = options
        .origins
        .iter()
        .zip(&plugin.entries)
        .map(|(written, compared)| entry(written, compared, is_single))
        .collect();
    if has_any && !origins.iter().any(|entry| entry.means == Means::AnyOrigin) {
        origins.push(Entry::any("*", &plugin.place));
    }
    let mut notes = Vec::new();
    if options.preflight_continue {
        notes.push(
            "preflight_continue lets the application respond to preflights. Corsac responds to them itself.".to_owned(),
        );
    }
    Draft {
        origins,
        methods: Names::Listed(plain(&options.methods)),
        headers: options.headers.clone().map_or(Names::Any, Names::Listed),
        expose: if options.exposed.iter().any(|name| name == "*") {
            Names::Any
        } else {
            Names::Listed(options.exposed.clone())
        },
        credentials: options.credentials,
        max_age: options.max_age.as_ref().and_then(|seconds| seconds.parse().ok()),
        private_network: options.private_network,
        notes,
        refusals: Vec::new(),
    }
}

fn entry((written, place): &Placed, compared: &Compared, is_single: bool) -> Entry {
    match compared {
        Compared::Any => Entry::any(written, place),
        // A single text is sent as it is, with its path and default port.
        Compared::Text(_) if is_single && !is_sendable(written) => Entry::dead(written, place, why_dead(written)),
        Compared::Text(normal) if is_sendable(&normal.whole) => {
            Entry::exact(written, place, vec![normal.whole.clone()])
        }
        Compared::Text(_) => Entry::dead(written, place, why_dead(written)),
        Compared::Expression(expression) => expression_entry(written, place, expression),
    }
}

fn why_dead(written: &str) -> String {
    match Origin::parse(written) {
        None => format!("browsers send an origin with its scheme: write https://{}", shown(written)),
        Some(_) => {
            "browsers send an origin in lower case, without a path and without the scheme's default port".to_owned()
        }
    }
}

fn expression_entry(written: &str, place: &crate::document::Place, expression: &Expression) -> Entry {
    let matched = samples(&expression.text);
    let samples = if expression.is_for_host {
        matched.iter().flat_map(|host| [format!("https://{host}"), format!("http://{host}:8443")]).collect()
    } else {
        matched
    };
    let (means, intended) = if let Some(globs) = globs(written) {
        let first = globs.first().map(String::as_str).unwrap_or_default();
        let instead = expression_for(first).unwrap_or_default();
        let what = format!(
            "Kong reads it as a regular expression, where `*` repeats the character before it: write {instead}"
        );
        (Means::NoPattern(what), globs)
    } else {
        meaning(expression)
    };
    Entry { written: written.to_owned(), place: place.clone(), means, intended, samples }
}

/// The patterns that an entry means, if it is a glob and not a regular expression.
fn globs(written: &str) -> Option<Vec<String>> {
    if written.contains(['\\', '(', '[', '^', '$', '|', '+', '?']) || !written.contains('*') || written.contains(".*") {
        return None;
    }
    let patterns = if written.contains("://") { vec![written.to_owned()] } else { vec![format!("https://{written}")] };
    patterns.iter().all(|pattern| is_pattern(pattern)).then_some(patterns)
}

fn meaning(expression: &Expression) -> (Means, Vec<String>) {
    if let Some(pattern) = pattern_of(&expression.text) {
        return (Means::Patterns(vec![pattern.clone()], None), vec![pattern]);
    }
    let switches = Switches { any_public_suffix: true, ..Switches::default() };
    let text =
        if expression.is_for_host { format!("https://(?:{})", expression.text) } else { expression.text.clone() };
    let list = "list the origins that you mean, each with its scheme";
    match advise(&text, READING, &switches) {
        Some(advice) if !advice.is_wider => {
            let intended = advice.patterns.clone();
            let note = match (expression.is_for_host, advice.is_narrower) {
                (true, _) => Some("it also matches `http:` and every port: list those that you mean.".to_owned()),
                (false, true) => Some("it matches more than these patterns.".to_owned()),
                (false, false) => None,
            };
            (Means::Patterns(advice.patterns, note), intended)
        }
        Some(advice) => {
            let patterns = advice.patterns.join(", ");
            let what = format!("{list}. Near it are: {}", shown(&patterns));
            // What the patterns match is meant, although the expression may match less.
            (Means::NoPattern(what), advice.patterns)
        }
        None => (Means::NoPattern(list.to_owned()), Vec::new()),
    }
}

/// Why Kong does not load the plugin.
pub(super) fn refused(plugin: &Plugin) -> Option<String> {
    if let Some(((written, _), _)) =
        plugin.options.origins.iter().zip(&plugin.entries).find(|(_, entry)| entry.is_refused())
    {
        return Some(format!("Kong does not load it: {} is not a regular expression", shown(written)));
    }
    let wrong = plugin.options.methods.iter().find(|(method, _)| !METHODS.contains(&method.as_str()));
    wrong.map(|(method, _)| format!("Kong does not load it: {} is not one of {}", shown(method), METHODS.join(", ")))
}

/// What only Kong knows to be wrong.
pub(super) fn findings(plugin: &Plugin) -> Vec<Finding> {
    let mut found = Vec::new();
    for ((written, place), entry) in plugin.options.origins.iter().zip(&plugin.entries) {
        let shown = shown(written);
        if entry.is_refused() {
            let message = format!("{shown} is not a regular expression, so Kong does not load the plugin");
            let finding = Finding::error(Code::Refused, place, message);
            let instead = globs(written).and_then(|globs| expression_for(globs.first()?));
            found.push(match instead {
                Some(instead) => finding.suggest(format!("write {instead}")),
                None => finding,
            });
        }
    }
    for (method, place) in plugin.options.methods.iter().filter(|(method, _)| !METHODS.contains(&method.as_str())) {
        let message = format!("Kong's plugin cors does not know the method {}", shown(method));
        found.push(Finding::error(Code::Refused, place, message).suggest(format!("use {}", METHODS.join(", "))));
    }
    if let [(one, place)] = plugin.options.origins.as_slice()
        && super::entries::is_plain(one)
    {
        let message = "a single origin is sent to every page, so the log of a denied page names it as allowed";
        let suggestion = "nothing, if you want only this origin. Add a second entry, and Kong compares";
        found.push(Finding::warning(Code::ConstantOrigin, place, message).suggest(suggestion));
    }
    found
}
