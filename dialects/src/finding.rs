//! What is wrong or doubtful in a configuration, and who can show it.

use std::fmt;

use corsac::Severity;

use crate::browse::Ask;
use crate::document::Place;
use crate::shown::shown;

/// The stable name of a finding.
///
/// ```
/// use corsac_dialects::Code;
/// assert!(Code::ALL.contains(&Code::StrangerAllowed));
/// assert_eq!(Code::StrangerAllowed.as_str(), "stranger-allowed");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Code {
    /// Pages of every origin read responses as the user.
    AnyOriginWithCredentials,
    /// An entry lets origins in that its author did not mean.
    StrangerAllowed,
    /// `null` is let in with credentials: every sandboxed frame is `null`.
    NullWithCredentials,
    /// No browser sends an origin that this entry matches.
    DeadEntry,
    /// One origin is sent to everyone, so no other can be added.
    ConstantOrigin,
    /// `*` with credentials: browsers refuse responses to requests with cookies.
    WildcardWithCredentials,
    /// `*` in a list with credentials is a name, not a wildcard.
    LiteralWildcard,
    /// Responses differ by origin, and `Vary` does not say so.
    VaryMissing,
    /// The application's own header is sent as well, so browsers see two.
    DoubledOrigin,
    /// A preflight that is not allowed reaches the application.
    PreflightForwarded,
    /// No preflight reaches a place that responds to it.
    PreflightUnanswered,
    /// Errors of the product are sent without CORS headers.
    ErrorsUncovered,
    /// A value is only known to another program.
    ValueUnknown,
    /// The product refuses the configuration.
    Refused,
    /// A member that the product does not know, or a value of the wrong kind.
    UnknownMember,
    /// A number of seconds that browsers cut.
    MaxAgeCut,
    /// What the product does here is not known for certain.
    Uncertain,
}

impl Code {
    /// Every code.
    pub const ALL: [Self; 17] = [
        Self::AnyOriginWithCredentials,
        Self::StrangerAllowed,
        Self::NullWithCredentials,
        Self::DeadEntry,
        Self::ConstantOrigin,
        Self::WildcardWithCredentials,
        Self::LiteralWildcard,
        Self::VaryMissing,
        Self::DoubledOrigin,
        Self::PreflightForwarded,
        Self::PreflightUnanswered,
        Self::ErrorsUncovered,
        Self::ValueUnknown,
        Self::Refused,
        Self::UnknownMember,
        Self::MaxAgeCut,
        Self::Uncertain,
    ];

    /// The code as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AnyOriginWithCredentials => "any-origin-with-credentials",
            Self::StrangerAllowed => "stranger-allowed",
            Self::NullWithCredentials => "null-with-credentials",
            Self::DeadEntry => "dead-entry",
            Self::ConstantOrigin => "constant-origin",
            Self::WildcardWithCredentials => "wildcard-with-credentials",
            Self::LiteralWildcard => "literal-wildcard",
            Self::VaryMissing => "vary-missing",
            Self::DoubledOrigin => "doubled-origin",
            Self::PreflightForwarded => "preflight-forwarded",
            Self::PreflightUnanswered => "preflight-unanswered",
            Self::ErrorsUncovered => "errors-uncovered",
            Self::ValueUnknown => "value-unknown",
            Self::Refused => "refused-by-product",
            Self::UnknownMember => "unknown-member",
            Self::MaxAgeCut => "max-age-cut",
            Self::Uncertain => "uncertain",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One thing that is wrong or doubtful.
///
/// ```
/// use corsac_dialects::document::Place;
/// use corsac_dialects::{Ask, Code, Finding, Witness};
///
/// let place = Place { line: 4, column: 9, ..Place::default() };
/// let ask = Ask::get("https://zexample.com", true);
/// let finding = Finding::error(Code::StrangerAllowed, &place, "this entry also lets others in")
///     .shown_by(Witness { ask, reads: true, browsers: vec![] })
///     .suggest("write https://example.com");
/// assert_eq!(
///     finding.to_string(),
///     "4:9: error[stranger-allowed]: this entry also lets others in (https://zexample.com reads the response to GET, \
///      with cookies, in every browser): write https://example.com"
/// );
/// assert_eq!(Finding::warning(Code::DeadEntry, &place, "no browser sends this").suggestion, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Error or warning.
    pub severity: Severity,
    /// Its stable name.
    pub code: Code,
    /// Where it is.
    pub place: Place,
    /// What is wrong, in one sentence without its end.
    pub message: String,
    /// What to write instead.
    pub suggestion: Option<String>,
    /// A request that shows it.
    pub witness: Option<Witness>,
}

impl Finding {
    /// An error.
    #[must_use]
    pub fn error(code: Code, place: &Place, message: impl Into<String>) -> Self {
        let (place, message) = (place.clone(), message.into());
        Self { severity: Severity::Error, code, place, message, suggestion: None, witness: None }
    }

    /// A warning.
    #[must_use]
    pub fn warning(code: Code, place: &Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    /// The same finding, with what to write instead.
    #[must_use]
    pub fn suggest(self, suggestion: impl Into<String>) -> Self {
        Self { suggestion: Some(suggestion.into()), ..self }
    }

    /// The same finding, with a request that shows it.
    #[must_use]
    pub fn shown_by(self, witness: Witness) -> Self {
        Self { witness: Some(witness), ..self }
    }
}

/// A script's request, and what browsers make of the responses to it.
///
/// ```
/// use corsac_dialects::{Ask, Witness};
/// let witness = Witness { ask: Ask::get("https://a.example", false), reads: false, browsers: vec!["firefox"] };
/// assert_eq!(witness.to_string(), "https://a.example cannot read the response to GET, without cookies, in firefox");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// The request.
    pub ask: Ask,
    /// Whether the script reads the response.
    pub reads: bool,
    /// The browsers that this is about, by name. Empty: every browser.
    pub browsers: Vec<&'static str>,
}

/// `https://zexample.com reads GET responses, with cookies, in every browser`
impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Ask { origin, method, headers, credentials } = &self.ask;
        let verb = if self.reads { "reads" } else { "cannot read" };
        write!(f, "{} {verb} the response to {}", shown(origin), shown(method))?;
        if !headers.is_empty() {
            write!(f, " with the header {}", shown(&headers.join(", ")))?;
        }
        f.write_str(if *credentials { ", with cookies" } else { ", without cookies" })?;
        match self.browsers.as_slice() {
            [] => f.write_str(", in every browser"),
            some => write!(f, ", in {}", some.join(", ")),
        }
    }
}

/// One line: the place, the severity, the code, what is wrong, who shows it, and what to write instead.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, code, place, message, suggestion, witness } = self;
        write!(f, "{}:{}: {severity}[{code}]: {message}", place.line, place.column)?;
        if let Some(witness) = witness {
            write!(f, " ({witness})")?;
        }
        if let Some(suggestion) = suggestion {
            write!(f, ": {suggestion}")?;
        }
        Ok(())
    }
}

/// What each code means, why, and how to fix it: for `corsac explain CODE`.
///
/// ```
/// use corsac_dialects::code_entries;
/// assert!(code_entries().iter().any(|entry| entry.code == "stranger-allowed" && !entry.fix.is_empty()));
/// ```
#[must_use]
pub fn code_entries() -> Vec<corsac_diagnose::codes::Entry> {
    corsac_diagnose::codes::entries_of(corsac_diagnose::codes::Kind::Dialect, include_str!("codes.md"))
}
