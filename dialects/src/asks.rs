//! The requests with which configurations are tried: listed origins and their near misses, methods, headers, with and without cookies.

use std::collections::BTreeSet;

use crate::browse::Ask;
use crate::draft::{Draft, Means};
use crate::origin::{examples, is_sendable, near_misses};
use crate::promise::Promise;

/// Origins that no configuration means.
pub(crate) const STRANGERS: [&str; 3] = ["https://evil.test", "http://evil.test", "null"];

/// How many requests are tried at most. Each costs some microseconds.
const ASKS_MAX: usize = 50_000;

/// How many origins are also tried with every method and header.
const DEEP_MAX: usize = 24;

/// What a configuration mentions.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mentioned {
    /// Origins that it may allow, in its order.
    pub(crate) origins: Vec<String>,
    pub(crate) methods: BTreeSet<String>,
    pub(crate) headers: BTreeSet<String>,
}

impl Mentioned {
    pub(crate) fn by_draft(draft: &Draft) -> Self {
        let mut origins = Vec::new();
        for entry in &draft.origins {
            origins.extend(entry.intended.iter().flat_map(|pattern| examples(pattern)));
            if let Means::Patterns(patterns, _) = &entry.means {
                origins.extend(patterns.iter().flat_map(|pattern| examples(pattern)));
            }
            origins.push(entry.written.clone());
            origins.extend(entry.samples.iter().cloned());
        }
        let (methods, headers) = (draft.methods.listed(), draft.headers.listed());
        Self::of(origins, methods, headers)
    }

    pub(crate) fn by_promise(promise: &Promise) -> Self {
        let origins = promise.origins.iter().flat_map(|pattern| examples(pattern)).collect();
        Self::of(origins, &promise.methods, &promise.headers)
    }

    fn of(mut origins: Vec<String>, methods: &[String], headers: &[String]) -> Self {
        origins.retain(|origin| is_sendable(origin));
        let mut known = BTreeSet::new();
        origins.retain(|origin| known.insert(origin.clone()));
        let name = |text: &String| Some(text.clone()).filter(|text| corsac::is_token(text.as_bytes()) && text != "*");
        let headers = headers.iter().filter_map(name).map(|name| match name.strip_suffix("-*") {
            Some(prefix) => format!("{prefix}-z"),
            None => name.to_ascii_lowercase(),
        });
        Self { origins, methods: methods.iter().filter_map(name).collect(), headers: headers.collect() }
    }

    /// What both mention.
    pub(crate) fn with(mut self, other: Self) -> Self {
        for origin in other.origins {
            if !self.origins.contains(&origin) {
                self.origins.push(origin);
            }
        }
        self.methods.extend(other.methods);
        self.headers.extend(other.headers);
        self
    }
}

/// Every request that is tried, in a fixed order: simple ones first.
pub(crate) fn asks(mentioned: &Mentioned) -> Vec<Ask> {
    let mut origins: Vec<String> = mentioned.origins.clone();
    origins.extend(mentioned.origins.iter().flat_map(|origin| near_misses(origin)));
    origins.extend(STRANGERS.map(str::to_owned));
    let mut known = BTreeSet::new();
    origins.retain(|origin| known.insert(origin.clone()));
    let mut methods: BTreeSet<&str> = mentioned.methods.iter().map(String::as_str).collect();
    methods.extend(["POST", "PUT", "PATCH", "DELETE", "QUERY", "patch"]);
    let mut headers: Vec<Vec<String>> = mentioned.headers.iter().map(|name| vec![name.clone()]).collect();
    headers.extend([vec!["authorization".to_owned()], vec!["x-not-listed".to_owned()]]);
    if mentioned.headers.len() > 1 {
        headers.push(mentioned.headers.iter().cloned().collect());
    }
    let mut all = Vec::new();
    for origin in &origins {
        all.extend([false, true].map(|credentials| Ask::get(origin.clone(), credentials)));
    }
    let deep = mentioned.origins.iter().take(DEEP_MAX).map(String::as_str).chain(STRANGERS);
    for origin in deep.collect::<BTreeSet<&str>>() {
        for credentials in [false, true] {
            let ask = || Ask::get(origin, credentials);
            all.extend(methods.iter().map(|&method| Ask { method: method.to_owned(), ..ask() }));
            all.extend(headers.iter().map(|headers| Ask { headers: headers.clone(), ..ask() }));
        }
    }
    all.truncate(ASKS_MAX);
    all
}
