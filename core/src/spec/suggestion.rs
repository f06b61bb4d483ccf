//! What to write instead of an entry: a text that replaces it, or advice.

use core::fmt;

/// What to write instead of an entry.
///
/// ```
/// use corsac::{PolicySpec, Suggestion};
/// let mut suggestions = vec![];
/// let spec = PolicySpec::new(&["https://a.example/", "https://b.example", "https://c.example:443"]);
/// assert!(spec.compile([0; 512], |finding| suggestions.push(finding.suggestion.clone())).is_err());
/// assert!(suggestions.iter().all(|suggestion| !suggestion.is_none()));
/// let Suggestion::Write(text) = &suggestions[0] else { panic!("the slash is left out") };
/// assert_eq!(text.as_str(), "https://a.example");
/// assert_eq!(suggestions[1].replacement(), Some("https://c.example"));
/// assert_eq!(suggestions[1].to_string(), r#"write "https://c.example""#);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "made on the cold path only, and nothing here allocates")]
pub enum Suggestion {
    /// There is no suggestion.
    #[default]
    None,
    /// Replace the entry with this text. The same spec accepts it as it is.
    Write(Replacement),
    /// What to do, in words.
    Advice(&'static str),
}

/// The text that replaces an entry: at most 344 bytes of printable ASCII.
///
/// ```
/// use corsac::{PolicySpec, Suggestion};
/// let mut fixed = String::new();
/// let refused = PolicySpec::new(&["HTTPS://App.example.com"]).compile([0; 256], |finding| {
///     if let Suggestion::Write(replacement) = &finding.suggestion {
///         fixed = replacement.as_str().to_owned();
///     }
/// });
/// assert!(refused.is_err());
/// // The same spec accepts it.
/// assert!(PolicySpec::new(&[fixed]).compile([0; 256], |_| ()).is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement(heapless::String<344>);

impl Replacement {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// Joins these pieces. `None`: they are too long, or hold something other than visible ASCII.
    pub(crate) fn of(pieces: &[&[u8]]) -> Option<Self> {
        let mut text = heapless::String::new();
        for &b in pieces.iter().copied().flatten() {
            text.push(char::from(b)).ok().filter(|()| b.is_ascii_graphic())?;
        }
        Some(Self(text))
    }

    /// Changes every letter.
    pub(crate) fn map(&self, change: fn(char) -> char) -> Self {
        let mut text = heapless::String::new();
        for c in self.0.chars() {
            // The text is as long as before, so that nothing is cut.
            let _ = text.push(change(c));
        }
        Self(text)
    }
}

impl Suggestion {
    /// Whether there is no suggestion.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text that replaces the entry, where there is one.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        match self {
            Self::Write(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// The replacement, or else advice.
    pub(crate) fn or_advice(replacement: Option<Replacement>, advice: &'static str) -> Self {
        replacement.map_or(Self::Advice(advice), Self::Write)
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Write(text) => write!(f, "write \"{}\"", text.as_str()),
            Self::Advice(advice) => f.write_str(advice),
        }
    }
}
