//! The result for one URL: what was asked, what was found, and what was not tried.

use serde::Serialize;

use super::code::LiveSeverity;
use super::finding::LiveFinding;
use super::question::ROWS;

/// One row of the table.
///
/// ```
/// use corsac_diagnose::live::Asked;
/// let row = Asked { about: "strangers", questions: 9, broken: 1, ..Asked::default() };
/// assert_eq!(row.warnings, 0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// What the questions are about.
    pub about: &'static str,
    /// How many were asked.
    pub questions: usize,
    /// How many show a broken promise.
    pub broken: usize,
    /// How many show something doubtful.
    pub warnings: usize,
}

/// Something that was not tried, and why.
///
/// ```
/// use corsac_diagnose::live::{Checked, NotTried};
/// let left = NotTried { what: "strangers".to_owned(), why: "no response: timed out".to_owned() };
/// let checked = Checked { not_tried: vec![left], ..Checked::default() };
/// assert!(checked.is_clean());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotTried {
    /// What.
    pub what: String,
    /// Why.
    pub why: String,
}

/// The result for one URL.
///
/// ```
/// use corsac_diagnose::live::{Checked, LiveSeverity};
/// let checked = Checked { url: "https://api.example/x".to_owned(), sent: 4, planned: 4, ..Checked::default() };
/// assert_eq!((checked.count(LiveSeverity::Warning), checked.is_clean()), (0, true));
/// ```
#[derive(Clone, Debug, Default, Serialize)]
pub struct Checked {
    /// The URL.
    pub url: String,
    /// The requests that were sent.
    pub sent: usize,
    /// The requests that all questions would take.
    pub planned: usize,
    /// The servers that the responses look like, the nearest to the browser first.
    pub looks_like: Vec<&'static str>,
    /// The table.
    pub asked: Vec<Asked>,
    /// What was found, the worst first.
    pub findings: Vec<LiveFinding>,
    /// What was not tried.
    pub not_tried: Vec<NotTried>,
}

impl Checked {
    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: LiveSeverity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }

    /// Nothing to remember: no finding, and everything was asked.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    pub(super) fn empty_table() -> Vec<Asked> {
        ROWS.iter().map(|about| Asked { about, ..Asked::default() }).collect()
    }
}
