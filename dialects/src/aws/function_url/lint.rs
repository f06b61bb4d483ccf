//! What only Lambda knows to be wrong.

use super::super::lists::Lists;
use crate::finding::{Code, Finding};
use crate::shown::shown;

/// The methods that a function URL takes.
pub(super) const METHODS: [&str; 7] = ["GET", "PUT", "HEAD", "POST", "PATCH", "DELETE", "*"];

/// The longest time that a function URL takes, in seconds.
const MAX_AGE_MAX: i64 = 86_400;

/// How many entries a list has at most.
pub(super) const ENTRIES_MAX: usize = 100;

/// Why AWS does not create the URL.
pub(super) fn refused(lists: &Lists) -> Option<String> {
    reasons(lists).into_iter().next().map(|found| format!("Lambda refuses it: {}", found.message))
}

fn reasons(lists: &Lists) -> Vec<Finding> {
    let mut found = Vec::new();
    for (method, place) in lists.methods.iter().filter(|(method, _)| !METHODS.contains(&method.as_str())) {
        let message = format!("a function URL does not take the method {}", shown(method));
        found.push(Finding::error(Code::Refused, place, message).suggest(format!("use {}", METHODS.join(", "))));
    }
    let mut check = |is_wrong: bool, what: String| {
        if is_wrong {
            found.push(Finding::error(Code::Refused, &lists.place, what));
        }
    };
    for (name, list) in [("origins", &lists.origins), ("headers", &lists.headers), ("exposed headers", &lists.expose)] {
        check(list.len() > ENTRIES_MAX, format!("a function URL takes at most {ENTRIES_MAX} {name}"));
    }
    let is_out_of_range = lists.max_age.is_some_and(|seconds| !(0..=MAX_AGE_MAX).contains(&seconds));
    check(is_out_of_range, format!("MaxAge must be from 0 to {MAX_AGE_MAX}"));
    found
}

pub(super) fn findings(lists: &Lists) -> Vec<Finding> {
    let mut found = reasons(lists);
    found.extend(lists.undocumented());
    for (origin, place) in lists.origins.iter().filter(|(origin, _)| origin == "https://*" || origin == "http://*") {
        let message = format!("{origin} is documented for HTTP APIs, and not for function URLs");
        found.push(Finding::warning(Code::Uncertain, place, message).suggest("list the origins"));
    }
    found
}
