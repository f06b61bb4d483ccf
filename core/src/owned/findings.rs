//! All findings about a spec, kept: the error of everything that compiles with an allocator.

use alloc::borrow::ToOwned;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::ops::{Deref, Range};
use core::str::FromStr;

use crate::policy::compile::CompileError;
use crate::spec::field::Field;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;

/// A [`Finding`], or a finding about the text of a policy file, that owns its texts.
///
/// `Display` writes one line: the place, the severity, the code, what is wrong, and what to write
/// instead. Everything that someone else wrote is escaped.
///
/// ```
/// use corsac::OwnedSpec;
/// let findings = OwnedSpec::new(["https://a.example/"]).compile(|_| ()).unwrap_err();
/// let shown = r#"error[trailing-slash] in allow_origins[0]: an origin has no trailing slash: "https://a.example/": write "https://a.example""#;
/// assert_eq!(findings[0].to_string(), shown);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedFinding {
    /// Error or warning.
    pub severity: Severity,
    /// The stable name of what it is about: that of a [`FindingCode`], or one that only the text of
    /// a file can have.
    pub code: &'static str,
    /// Which table of a policy set, from 0; `None`: the set as a whole, or a policy that is not in
    /// a set.
    pub table: Option<usize>,
    /// The option, or the key of a file that is not one.
    pub field: String,
    /// Which entry of a list, from 0; `None`: the option as a whole.
    pub index: Option<usize>,
    /// The entry as it was written. `None`: the finding is not about an entry.
    pub item: Option<Vec<u8>>,
    /// Which bytes of `item` are wrong.
    pub at: Range<usize>,
    /// The other text that matters: the entry that covers this one, or the public suffix that a
    /// wildcard is over.
    pub related: Option<Vec<u8>>,
    /// The switch that would allow this.
    pub switch: Option<Field>,
    /// What is wrong, with at most 128 bytes of the entry.
    pub message: String,
    /// What to write instead, in words.
    pub suggestion: Option<String>,
    /// The text that replaces the entry, if one does.
    pub replacement: Option<String>,
    /// Which bytes of the file. `None`: there is no file, or the finding is about something that is
    /// not written.
    pub span: Option<Range<usize>>,
    /// The line of the span's start, from 1; 0 without a span.
    pub line: usize,
    /// The column of the span's start in characters, from 1; 0 without a span.
    pub column: usize,
}

impl OwnedFinding {
    /// An error about a policy as a whole.
    pub(crate) fn error(code: FindingCode, message: String) -> Self {
        Self {
            severity: Severity::Error,
            code: code.as_str(),
            table: None,
            field: String::new(),
            index: None,
            item: None,
            at: 0..0,
            related: None,
            switch: None,
            message,
            suggestion: None,
            replacement: None,
            span: None,
            line: 0,
            column: 0,
        }
    }
}

impl From<&Finding<'_>> for OwnedFinding {
    fn from(finding: &Finding<'_>) -> Self {
        let Finding { severity, code, table, field, index, text, at, related, switch, suggestion } = finding;
        Self {
            severity: *severity,
            table: *table,
            field: field.as_str().to_owned(),
            index: *index,
            item: (index.is_some() || !text.is_empty()).then(|| text.to_vec()),
            at: at.clone(),
            related: related.map(<[u8]>::to_vec),
            switch: *switch,
            suggestion: (!suggestion.is_none()).then(|| suggestion.to_string()),
            replacement: suggestion.replacement().map(str::to_owned),
            ..Self::error(*code, finding.to_string())
        }
    }
}

impl fmt::Display for OwnedFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line != 0 {
            write!(f, "{}:{}: ", self.line, self.column)?;
        }
        write!(f, "{}[{}]", self.severity, self.code)?;
        // A key that is not an option is in the message, where it is escaped.
        let is_option = Field::from_str(&self.field).is_ok();
        if is_option || self.table.is_some() {
            f.write_str(" in ")?;
        }
        if let Some(table) = self.table {
            write!(f, "policy[{table}]{}", if is_option { "." } else { "" })?;
        }
        if is_option {
            f.write_str(&self.field)?;
            self.index.map_or(Ok(()), |index| write!(f, "[{index}]"))?;
        }
        write!(f, ": {}", self.message)?;
        self.suggestion.as_ref().map_or(Ok(()), |suggestion| write!(f, ": {suggestion}"))
    }
}

/// Why a spec or the text of a policy file did not compile: every finding, warnings too.
///
/// It is a slice of [`OwnedFinding`]. `Display` writes how many there are, then each in a line of
/// its own. `Debug` writes the same, because that is what Rust prints if `main` returns an error.
///
/// ```
/// use corsac::OwnedSpec;
///
/// let spec = OwnedSpec::new(["https://a.example/", "*"]).allow_methods(["P T"]).allow_credentials(true);
/// let findings = spec.compile(|_| ()).unwrap_err();
/// assert_eq!((findings.errors(), findings.warnings()), (3, 0));
/// let text = findings.to_string();
/// assert!(text.starts_with("3 errors in the policy:\nerror[trailing-slash] in allow_origins[0]: "));
/// assert_eq!(text.lines().count(), 1 + findings.len());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Findings {
    list: Vec<OwnedFinding>,
}

impl Findings {
    /// How many of them are errors.
    #[must_use]
    pub fn errors(&self) -> usize {
        self.list.iter().filter(|finding| finding.severity == Severity::Error).count()
    }

    /// How many of them are warnings.
    #[must_use]
    pub fn warnings(&self) -> usize {
        self.list.len() - self.errors()
    }

    /// Why a policy did not compile, after these findings.
    pub(crate) fn of(mut list: Vec<OwnedFinding>, error: CompileError) -> Self {
        if !matches!(error, CompileError::Findings { .. }) {
            list.push(OwnedFinding::error(FindingCode::TooMany, error.to_string()));
        }
        Self { list }
    }

    pub(crate) const fn from_list(list: Vec<OwnedFinding>) -> Self {
        Self { list }
    }
}

impl Deref for Findings {
    type Target = [OwnedFinding];

    fn deref(&self) -> &[OwnedFinding] {
        &self.list
    }
}

impl IntoIterator for Findings {
    type Item = OwnedFinding;
    type IntoIter = alloc::vec::IntoIter<OwnedFinding>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'f> IntoIterator for &'f Findings {
    type Item = &'f OwnedFinding;
    type IntoIter = core::slice::Iter<'f, OwnedFinding>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counted = |count: usize, what: &str| {
            let more = if count == 1 { "" } else { "s" };
            alloc::format!("{count} {what}{more}")
        };
        f.write_str(&counted(self.errors(), "error"))?;
        if self.warnings() > 0 {
            write!(f, " and {}", counted(self.warnings(), "warning"))?;
        }
        f.write_str(" in the policy:")?;
        self.list.iter().try_for_each(|finding| write!(f, "\n{finding}"))
    }
}

impl fmt::Debug for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl core::error::Error for Findings {}
