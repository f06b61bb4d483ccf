//! One entry of `origins`: a text that is compared, or a regular expression.

use fancy_regex::Regex;

use super::url::Normal;

/// An entry as Kong compares it.
#[derive(Debug)]
pub(super) enum Entry {
    /// `*`: any origin.
    Any,
    /// A text of letters, digits and `.:/-`.
    Text(Normal),
    /// Everything else.
    Expression(Expression),
}

/// A regular expression.
#[derive(Debug)]
pub(super) struct Expression {
    /// Without an anchor at its start, and with one at its end. Where it has alternatives, only the last has that anchor.
    pub(super) text: String,
    /// Whether it is compared with the host alone: any scheme, any port.
    pub(super) is_for_host: bool,
    /// `None`: it is not an expression, and Kong refuses it.
    regex: Option<Regex>,
}

impl Entry {
    pub(super) fn of(written: &str) -> Self {
        if written == "*" {
            return Self::Any;
        }
        if is_plain(written) {
            return Self::Text(Normal::of(written));
        }
        let unanchored = written.strip_prefix('^').unwrap_or(written);
        let text = if unanchored.ends_with('$') { unanchored.to_owned() } else { format!("{unanchored}$") };
        let is_for_host = !written.contains(':');
        // PCRE refuses a quantifier at the start of an expression, behind an anchor too.
        let is_valid = !unanchored.starts_with(['*', '+', '?']);
        let regex = is_valid.then(|| Regex::new(&format!(r"\A(?:{text})")).ok()).flatten();
        Self::Expression(Expression { text, is_for_host, regex })
    }

    /// Whether an origin matches.
    pub(super) fn matches(&self, origin: &Normal) -> bool {
        match self {
            Self::Any => true,
            Self::Text(text) => text.whole == origin.whole,
            Self::Expression(expression) => {
                let subject = if expression.is_for_host { &origin.host } else { &origin.whole };
                // PCRE gives up on an expression that backtracks too often, as this engine does. Kong then goes on with the next entry.
                expression.regex.as_ref().is_some_and(|regex| regex.is_match(subject.as_str()).unwrap_or(false))
            }
        }
    }

    pub(super) const fn is_refused(&self) -> bool {
        matches!(self, Self::Expression(Expression { regex: None, .. }))
    }
}

/// Whether an entry is compared as text.
pub(super) fn is_plain(written: &str) -> bool {
    !written.is_empty() && written.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b':' | b'/' | b'-'))
}
