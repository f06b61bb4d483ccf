//! What is wrong with a text: its stable code, its place, and what to write instead.

use core::fmt;
use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;
use crate::spec::option_name::{OptionAdvice, UnknownOption};
use crate::toml::slot::ValueKind;

/// One thing that is wrong (an error) or doubtful (a warning) in the text of a policy or of a
/// policy set, with its place.
///
/// `Display` writes one line: what is wrong, with at most 128 bytes of the text, escaped. What to
/// write instead is in [`advice`](Self::advice).
///
/// ```
/// use corsac::{FindingCode, PolicyText, Severity, TextSlot};
/// let text = b"allow_origins = [\n  'https://app.example.com/',\n]";
/// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
/// let read = PolicyText::read(text, &mut scratch, |_| ())?;
/// let refused = read.compile([0; 512], |finding| {
///     assert_eq!((finding.severity, finding.code()), (Severity::Error, "trailing-slash"));
///     // The place of the slash:
///     assert_eq!((finding.line, finding.column), (2, 27));
///     assert_eq!(finding.item, Some(b"https://app.example.com/".as_slice()));
///     // The same finding without its place:
///     assert_eq!(finding.finding().map(|finding| finding.code), Some(FindingCode::TrailingSlash));
///     let advice = finding.advice().expect("there is advice");
///     assert_eq!(advice.to_string(), r#"write "https://app.example.com""#);
/// });
/// assert!(refused.is_err());
/// # Ok::<(), corsac::TextError>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TextFinding<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// The number of the `[[policy]]` table, from 0; `None`: the text as a whole, or a policy that
    /// is not in a set.
    pub table: Option<usize>,
    /// The option, or the key that is not one. Empty if the finding is about neither.
    pub field: &'a [u8],
    /// Which entry of a list as it is written, from 0; `None`: the option as a whole.
    pub index: Option<usize>,
    /// The entry: a string without its quotes, or another value as it is written.
    pub item: Option<&'a [u8]>,
    /// Which bytes of the text. `None`: it is about something that is not written.
    pub span: Option<Range<usize>>,
    /// The line of the span's start, from 1; 0 without a span.
    pub line: usize,
    /// The column of the span's start in characters, from 1; 0 without a span. A byte order mark
    /// does not count.
    pub column: usize,
    pub(crate) about: About<'a>,
}

/// What a finding is about.
#[derive(Clone, Debug)]
pub(crate) enum About<'a> {
    Spec(&'a Finding<'a>),
    NotText,
    NotToml(&'static str),
    Escape,
    TooManyTables,
    UnknownOption(UnknownOption<'a>),
    OutsideOfTables(Field),
    WithoutCors(Field),
    NotTables(ValueKind),
    WrongType { field: Field, wanted: &'static str, found: ValueKind, instead: Instead<'a> },
}

/// What to write instead of a value of a wrong type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instead<'a> {
    Nothing,
    /// This value in brackets.
    List(&'a [u8]),
    Switch(bool),
    /// The number that a string says.
    Number(u32),
    Words(&'static str),
    Table,
}

/// What to write instead, as a sentence.
///
/// ```
/// use corsac::{PolicyText, TextSlot};
/// let text = b"allow_origins = 'https://app.example.com'";
/// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
/// let mut advice = String::new();
/// PolicyText::read(text, &mut scratch, |finding| {
///     advice = finding.advice().map_or(String::new(), |advice| advice.to_string());
/// })?;
/// assert_eq!(advice, "write ['https://app.example.com']");
/// # Ok::<(), corsac::TextError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TextAdvice<'a>(Advice<'a>);

#[derive(Clone, Copy, Debug)]
enum Advice<'a> {
    Spec(&'a Finding<'a>),
    Words(&'static str),
    Option(OptionAdvice),
    List(&'a [u8]),
    Switch(bool),
    Number(u32),
}

/// How many bytes of a value advice shows. A longer value is not shown, because a line has little
/// room.
const SHOWN_MAX: usize = 128;

impl<'a> TextFinding<'a> {
    /// An error without a place.
    pub(crate) fn error(about: About<'a>) -> Self {
        let (severity, table, index, item, span) = (Severity::Error, None, None, None, None);
        Self { severity, table, field: b"", index, item, span, line: 0, column: 0, about }
    }

    /// The stable name of what it is about: that of a [`FindingCode`], or `not-text`, `not-toml`,
    /// `escaped-character`, `unknown-key`, `misplaced-option`, `wrong-type`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match &self.about {
            About::Spec(finding) => finding.code.as_str(),
            About::NotText => "not-text",
            About::NotToml(_) => "not-toml",
            About::Escape => "escaped-character",
            About::TooManyTables => FindingCode::TooMany.as_str(),
            About::UnknownOption(_) => "unknown-key",
            About::OutsideOfTables(_) | About::WithoutCors(_) => "misplaced-option",
            About::NotTables(_) | About::WrongType { .. } => "wrong-type",
        }
    }

    /// The compiler's finding that this one adds a place to, if there is one.
    #[must_use]
    pub fn finding(&self) -> Option<&'a Finding<'a>> {
        match &self.about {
            About::Spec(finding) => Some(finding),
            _ => None,
        }
    }

    /// What to write instead, if it is known.
    #[must_use]
    pub fn advice(&self) -> Option<TextAdvice<'a>> {
        let words = |words| Some(Advice::Words(words));
        let advice = match &self.about {
            About::Spec(finding) => (!finding.suggestion.is_none()).then_some(Advice::Spec(finding)),
            About::NotText => words("save the file as UTF-8"),
            About::NotToml(_) => None,
            About::Escape => words("write the character itself, or the string in single quotes"),
            About::TooManyTables => words("write at most 4096 tables"),
            About::UnknownOption(unknown) => unknown.advice().map(Advice::Option),
            About::OutsideOfTables(_) => words("move it into each [[policy]] table that needs it"),
            About::WithoutCors(_) => words("remove it, or remove cors = false"),
            About::NotTables(ValueKind::Table) => {
                words("write [[policy]] in double brackets above the options of each policy")
            }
            About::NotTables(_) => words("write [[policy]] above the options of each policy"),
            About::WrongType { instead, .. } => match *instead {
                Instead::Nothing => None,
                Instead::List(written) => Some(Advice::List(written)),
                Instead::Switch(on) => Some(Advice::Switch(on)),
                Instead::Number(number) => Some(Advice::Number(number)),
                Instead::Words(text) => words(text),
                Instead::Table => words("write a [[policy]] table"),
            },
        };
        advice.map(TextAdvice)
    }
}

impl fmt::Display for TextFinding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.about {
            About::Spec(finding) => write!(f, "{finding}"),
            About::NotText => f.write_str("a byte that is not UTF-8"),
            About::NotToml(what) => write!(f, "not TOML: {what}"),
            About::Escape => f.write_str("a policy file has no escapes in strings and keys"),
            About::TooManyTables => f.write_str(FindingCode::TooMany.what()),
            About::UnknownOption(unknown) => write!(f, "{unknown}"),
            About::OutsideOfTables(field) => write!(f, "{field} is outside of the [[policy]] tables"),
            About::WithoutCors(field) => write!(f, "{field} has no effect with cors = false"),
            About::NotTables(found) => write!(f, "policy is a list of tables, not {}", found.words()),
            About::WrongType { field, wanted, found, .. } => {
                let an_entry_of = if self.index.is_some() { "an entry of " } else { "" };
                write!(f, "{an_entry_of}{field} is {wanted}, not {}", found.words())
            }
        }
    }
}

impl fmt::Display for TextAdvice<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Advice::Spec(finding) => write!(f, "{}", finding.suggestion),
            Advice::Words(words) => f.write_str(words),
            Advice::Option(advice) => write!(f, "{advice}"),
            Advice::Switch(on) => write!(f, "write {on}"),
            Advice::Number(number) => write!(f, "write {number}"),
            Advice::List(written) => match core::str::from_utf8(written) {
                // The text is shown unescaped, so that you can copy it. So none of its bytes may
                // need an escape.
                Ok(text) if written.len() <= SHOWN_MAX && written.iter().all(|b| matches!(b, 0x20..=0x7E)) => {
                    write!(f, "write [{text}]")
                }
                _ => f.write_str("write [\"...\"]"),
            },
        }
    }
}
