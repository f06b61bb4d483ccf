//! Passes findings on to the caller, and counts the errors among them.

use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;
use crate::spec::suggestion::Suggestion;

/// Passes findings on to the caller, and counts the errors among them.
pub(crate) struct Report<'f> {
    sink: &'f mut dyn FnMut(&Finding<'_>),
    errors: usize,
    /// The table of a policy set that is being reviewed.
    table: Option<usize>,
}

/// An entry of a list, or an option as a whole.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) field: Field,
    pub(crate) index: Option<usize>,
    pub(crate) text: &'a [u8],
}

impl<'a> Place<'a> {
    pub(crate) fn entry(field: Field, index: usize, text: &'a [u8]) -> Self {
        Self { field, index: Some(index), text }
    }

    pub(crate) fn whole(field: Field) -> Self {
        Self { field, index: None, text: b"" }
    }
}

impl<'f> Report<'f> {
    pub(crate) fn new(sink: &'f mut dyn FnMut(&Finding<'_>)) -> Self {
        Self { sink, errors: 0, table: None }
    }

    /// Reports about one table of a policy set. Its errors are counted apart meanwhile, because
    /// they decide what of it can be built.
    pub(crate) fn for_table<T>(&mut self, table: usize, run: impl FnOnce(&mut Report<'_>) -> T) -> T {
        let mut report = Report { sink: &mut *self.sink, errors: 0, table: Some(table) };
        let outcome = run(&mut report);
        self.errors += report.errors;
        outcome
    }

    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn add(
        &mut self,
        severity: Severity,
        code: FindingCode,
        place: Place<'_>,
        at: Range<usize>,
        suggestion: Suggestion,
    ) {
        self.add_related(severity, code, place, at, None, suggestion);
    }

    pub(crate) fn add_related(
        &mut self,
        severity: Severity,
        code: FindingCode,
        Place { field, index, text }: Place<'_>,
        at: Range<usize>,
        related: Option<&[u8]>,
        suggestion: Suggestion,
    ) {
        let table = None;
        self.finding(Finding { severity, code, table, field, index, text, at, related, switch: None, suggestion });
    }

    /// Reports a finding, in the table that is being reviewed.
    pub(crate) fn finding(&mut self, finding: Finding<'_>) {
        self.errors += usize::from(finding.severity == Severity::Error);
        (self.sink)(&Finding { table: self.table, ..finding });
    }

    /// An error about an entry as a whole.
    pub(crate) fn error(&mut self, code: FindingCode, place: Place<'_>, advice: &'static str) {
        self.add(Severity::Error, code, place, 0..place.text.len(), Suggestion::Advice(advice));
    }

    /// A warning about an entry as a whole.
    pub(crate) fn warning(&mut self, code: FindingCode, place: Place<'_>, advice: &'static str) {
        self.add(Severity::Warning, code, place, 0..place.text.len(), Suggestion::Advice(advice));
    }

    /// A warning about an entry without an effect, because of another one.
    pub(crate) fn superfluous(&mut self, code: FindingCode, place: Place<'_>, related: &[u8]) {
        let advice = Suggestion::Advice("remove the entry");
        self.add_related(Severity::Warning, code, place, 0..place.text.len(), Some(related), advice);
    }
}
