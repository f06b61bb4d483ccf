//! One thing that is wrong or doubtful in a spec: its stable code, its place, and what to write instead.

use core::fmt;
use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::suggestion::Suggestion;
use crate::syntax::escape::Escaped;
use crate::syntax::names::names;

names! {
    /// How bad a [`Finding`] is.
    Severity:
    /// The spec does not compile.
    Error = 1 => "error",
    /// The spec compiles, but probably does not say what was meant.
    Warning = 2 => "warning",
}

/// One thing that is wrong (an error) or doubtful (a warning) in a spec.
///
/// `Display` writes one line, with the entry escaped and cut to 128 bytes; what to write instead is in `suggestion`.
///
/// ```
/// let spec = corsac::PolicySpec::new(&["https://a.example/"]);
/// let mut shown = String::new();
/// let refused = spec.compile([0; 512], |finding| {
///     assert_eq!(finding.code.as_str(), "trailing-slash");
///     assert_eq!(finding.suggestion.replacement(), Some("https://a.example"));
///     shown = finding.to_string();
/// });
/// assert!(refused.is_err());
/// assert_eq!(shown, r#"an origin ends before the slash: "https://a.example/""#);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// What it is about.
    pub code: FindingCode,
    /// Which table of a policy set, from 0; `None`: the set as a whole, or a policy that is not one of a set.
    pub table: Option<usize>,
    /// The option.
    pub field: Field,
    /// Which entry of a list, from 0; `None`: the option as a whole.
    pub index: Option<usize>,
    /// The entry as it was written; empty where the option is no list.
    pub text: &'a [u8],
    /// Which bytes of `text`.
    pub at: Range<usize>,
    /// The entry that makes this one superfluous.
    pub related: Option<&'a [u8]>,
    /// What to write instead.
    pub suggestion: Suggestion,
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.what())?;
        if self.index.is_some() {
            let shown = self.text.get(..128).unwrap_or(self.text);
            let more = if shown.len() < self.text.len() { "..." } else { "" };
            write!(f, ": \"{}{more}\"", Escaped(shown))?;
        }
        if let Some(related) = self.related {
            write!(f, " (by \"{}\")", Escaped(related))?;
        }
        Ok(())
    }
}
