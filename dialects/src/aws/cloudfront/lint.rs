//! What CloudFront's entries mean, and what is wrong with them.

use super::origins::is_documented;
use super::read::Options;
use crate::draft::{Draft, Entry, Means, Names};
use crate::finding::{Code, Finding};
use crate::members::{Placed, plain};
use crate::origin::is_sendable;
use crate::shown::shown;

pub(super) fn draft(options: &Options) -> Draft {
    let note = "CloudFront responds to no preflight: your origin did. Corsac responds to them itself.".to_owned();
    Draft {
        origins: options.lists.origins.iter().map(entry).collect(),
        methods: Names::Listed(plain(&options.lists.methods)),
        // A `*` among the headers is sent as it is, so it is any header without credentials.
        headers: names(&options.lists.headers),
        expose: names(&options.lists.expose),
        credentials: options.lists.credentials,
        max_age: options.lists.max_age,
        notes: vec![note],
        ..Draft::default()
    }
}

fn names(list: &[Placed]) -> Names {
    if list.iter().any(|(name, _)| name == "*") { Names::Any } else { Names::Listed(plain(list)) }
}

fn entry((written, place): &Placed) -> Entry {
    if written == "*" {
        return Entry::any(written, place);
    }
    if is_sendable(written) {
        return Entry::exact(written, place, vec![written.clone()]);
    }
    let made = |means, intended| Entry {
        written: written.clone(),
        place: place.clone(),
        means,
        intended,
        samples: Vec::new(),
    };
    if !is_documented(written) {
        let what = "CloudFront documents `*` only as the whole leftmost label: list the origins".to_owned();
        return made(Means::NoPattern(what), Vec::new());
    }
    if written.contains('*') {
        // One label, as far as is known. A pattern of a policy is for more, so no pattern says it.
        let pattern = if written.contains("://") { written.clone() } else { format!("https://{written}") };
        let what = format!(
            "`*` is one label in CloudFront. If any depth is right for you, write {pattern}, else list the origins"
        );
        let intended = if written.contains("://") { vec![pattern] } else { vec![pattern, format!("http://{written}")] };
        return made(Means::NoPattern(what), intended);
    }
    let with_scheme = format!("https://{written}");
    if !written.contains("://") && is_sendable(&with_scheme) {
        let note = "it also matches `http:` and every other scheme: list those that you mean.".to_owned();
        let intended = vec![with_scheme.clone(), format!("http://{written}")];
        return made(Means::Patterns(vec![with_scheme], Some(note)), intended);
    }
    Entry::dead(
        written,
        place,
        "browsers send an origin in lower case, without a path and without the scheme's default port",
    )
}

pub(super) fn findings(options: &Options) -> Vec<Finding> {
    let mut found = Vec::new();
    for (written, place) in options.lists.origins.iter().filter(|(origin, _)| !is_documented(origin)) {
        let message = format!("what {} matches is not documented, so you cannot rely on it", shown(written));
        found.push(Finding::warning(Code::Uncertain, place, message).suggest("list the origins"));
    }
    let message = "CloudFront responds to no preflight: your origin must respond to OPTIONS with a status from 200 to 299, and the behaviour \
        must allow OPTIONS";
    let suggestion = "allow OPTIONS in the cache behaviour, and let the origin respond to it";
    if options.lists.methods.iter().any(|(method, _)| !matches!(method.as_str(), "GET" | "HEAD" | "POST"))
        || !options.lists.headers.is_empty()
    {
        found.push(Finding::warning(Code::PreflightUnanswered, &options.lists.place, message).suggest(suggestion));
    }
    found
}
