//! What to write instead of an expression.

use std::collections::BTreeSet;

use crate::expand::alternatives;
use crate::parts::Parts;
use crate::proof::Ends;
use crate::reading::{Matching, Reading};
use crate::suggest::{Meant, meaning};
use crate::switches::{Found, Switches};

/// Patterns to write instead of an expression. A policy with the switches accepts them.
///
/// ```
/// use corsac_regexes::{Advice, Reading, Switches, advise};
/// let advice: Option<Advice> = advise(r"https://\w+\.example\.com", Reading::STARLETTE, &Switches::default());
/// let advice = advice.expect("a pattern comes near it");
/// assert_eq!(advice.patterns, ["https://*.example.com"]);
/// assert!(advice.is_wider && !advice.is_narrower);
/// assert_eq!(advice.difference(), Some("match more than the expression"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advice {
    /// The patterns.
    pub patterns: Vec<String>,
    /// Whether the expression matches origins that the patterns do not.
    pub is_narrower: bool,
    /// Whether the patterns match origins that the expression does not.
    pub is_wider: bool,
}

impl Advice {
    /// How the patterns differ from the expression, as the end of a sentence whose subject is the
    /// patterns. `None`: they match the same origins.
    #[must_use]
    pub const fn difference(&self) -> Option<&'static str> {
        match (self.is_narrower, self.is_wider) {
            (false, false) => None,
            (true, false) => Some("match less than the expression"),
            (false, true) => Some("match more than the expression"),
            (true, true) => {
                Some("match some origins that the expression does not, and do not match others that it does")
            }
        }
    }
}

/// Returns the patterns that the author of an expression probably meant.
///
/// Each is accepted under the switches, without a warning that it has no effect. `None` if no
/// pattern comes near the expression, or none of those is accepted.
///
/// ```
/// use corsac_regexes::{Reading, Switches, advise};
///
/// let switches = Switches { allow_credentials: true, ..Switches::default() };
/// let advice = advise(r"https://.*example\.com", Reading::STARLETTE, &switches).unwrap();
/// assert_eq!(advice.patterns, ["https://*.example.com", "https://example.com"]);
/// assert_eq!(advice.difference(), Some("match less than the expression"));
/// ```
#[must_use]
pub fn advise(expression: &str, reading: Reading, switches: &Switches) -> Option<Advice> {
    let mut advice = draft(expression, reading)?;
    drop_useless(&mut advice, switches);
    (!advice.patterns.is_empty()).then_some(advice)
}

/// Returns what [`advise`] begins with, for callers who compile the patterns elsewhere. A policy may
/// refuse some of them, and some may have no effect.
///
/// ```
/// use corsac_regexes::{Reading, Switches, advise, draft};
/// let (expression, reading) = (r"https://.*\.co\.uk", Reading::STARLETTE);
/// assert_eq!(draft(expression, reading).map(|advice| advice.patterns), Some(vec!["https://*.co.uk".to_owned()]));
/// // A policy with credentials refuses it.
/// let switches = Switches { allow_credentials: true, ..Switches::default() };
/// assert_eq!(advise(expression, reading, &switches), None);
/// ```
#[must_use]
pub fn draft(expression: &str, reading: Reading) -> Option<Advice> {
    let mut advice = Advice { patterns: Vec::new(), is_narrower: false, is_wider: false };
    let mut all = Vec::new();
    for alternative in alternatives(expression, reading).ok()? {
        let Some(ends) = Ends::of(&alternative.pieces) else {
            advice.is_narrower = true;
            continue;
        };
        advice.is_narrower |= (!ends.has_start && reading.matching == Matching::Anywhere)
            || (!ends.has_end && reading.matching != Matching::Whole);
        match Parts::of(ends.inner).and_then(|parts| meaning(&parts)) {
            Some(meant) => all.push(Meant { is_wider: meant.is_wider || alternative.has_upper_case, ..meant }),
            None => advice.is_narrower = true,
        }
    }
    let portless: BTreeSet<&String> = all.iter().filter(|meant| meant.port.is_empty()).flat_map(|m| &m.hosts).collect();
    for meant in &all {
        advice.is_narrower |= meant.is_narrower;
        advice.is_wider |= meant.is_wider;
        advice.is_wider |= meant.needs_portless && !meant.hosts.iter().all(|host| portless.contains(host));
    }
    // `:*` matches an origin without a port, too.
    let any_port: BTreeSet<&String> = all.iter().filter(|meant| meant.port == ":*").flat_map(|m| &m.hosts).collect();
    for meant in &all {
        for host in meant.hosts.iter().filter(|host| meant.port == ":*" || !any_port.contains(host)) {
            let pattern = format!("{host}{}", meant.port);
            if !advice.patterns.contains(&pattern) {
                advice.patterns.push(pattern);
            }
        }
    }
    Some(advice)
}

/// Drops patterns that are refused under the switches, and then those that another pattern covers.
fn drop_useless(advice: &mut Advice, switches: &Switches) {
    let found = switches.review(&advice.patterns);
    if found.iter().any(|found| found.is_error && found.index.is_none()) {
        advice.patterns.clear();
    }
    advice.is_narrower |= drop_found(&mut advice.patterns, found.iter().filter(|found| found.is_error));
    let found = switches.review(&advice.patterns);
    drop_found(&mut advice.patterns, found.iter().filter(|found| found.is_superfluous));
}

/// Drops the patterns that these findings are about. Returns whether there are any.
fn drop_found<'f>(patterns: &mut Vec<String>, found: impl Iterator<Item = &'f Found>) -> bool {
    let dropped: BTreeSet<usize> = found.filter_map(|found| found.index).collect();
    let mut index = 0..;
    patterns.retain(|_| index.next().is_some_and(|index| !dropped.contains(&index)));
    !dropped.is_empty()
}
