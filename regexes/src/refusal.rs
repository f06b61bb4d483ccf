//! Why an expression is refused, in words for its author.

use std::fmt;

/// Why an expression is refused. `Display` continues a sentence whose subject is the expression.
///
/// ```
/// use corsac_regexes::{Reading, Refusal, prove};
/// let refused = |expression| prove(expression, Reading::STARLETTE, &Default::default()).unwrap_err();
/// assert_eq!(refused(r"https?.*://app\.example\.com"), Refusal::VariableScheme);
/// let strangers = refused(r"https://.*");
/// assert_eq!(strangers, Refusal::NoFixedTail);
/// assert!(strangers.to_string().starts_with("can match hosts that strangers own"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// It is longer than 16 384 bytes.
    TooLong,
    /// It has more than 1 024 alternatives, or they are too long together.
    TooMany,
    /// The analyser cannot read it: a look-around, a back-reference, a part that languages read
    /// differently.
    Unreadable(String),
    /// It has a condition other than `^` at its beginning and `$` at its end.
    Condition,
    /// It can match in the middle of an origin.
    OpenStart,
    /// It can match an origin that goes on after the match.
    OpenEnd,
    /// The scheme of an alternative is not literal.
    VariableScheme,
    /// After a scheme other than `http` and `https`, the host is not literal.
    VariableHost,
    /// Strangers can own a host that it matches: no literal `.domain` follows the last variable
    /// part.
    NoFixedTail,
    /// The patterns that cover it are refused under the switches. At most eight findings say why.
    Patterns(Vec<String>),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("is longer than 16384 bytes"),
            Self::TooMany => f.write_str("has more than 1024 alternatives, or they are too long"),
            Self::Unreadable(why) => write!(f, "cannot be analysed ({why})"),
            Self::Condition => f.write_str("has a condition other than `^` at its beginning and `$` at its end"),
            Self::OpenStart => f.write_str("can match in the middle of an origin: begin it with `^`"),
            Self::OpenEnd => f.write_str("can match the beginning of a longer origin: end it with `$`"),
            Self::VariableScheme => {
                f.write_str("does not begin with a literal scheme in each alternative, such as `https://`")
            }
            Self::VariableHost => f.write_str("has a variable host after a scheme other than http and https"),
            Self::NoFixedTail => f.write_str(
                r"can match hosts that strangers own, because no literal domain such as `\.example\.com` follows its last variable part (escape each dot: `.` matches any character)",
            ),
            Self::Patterns(findings) => {
                f.write_str("is covered only by a pattern that is refused: ")?;
                f.write_str(&findings.join("; "))
            }
        }
    }
}

impl std::error::Error for Refusal {}
