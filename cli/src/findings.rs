//! All findings of one policy file, the reader's and the compiler's, with their places in the source.

use std::ops::Range;

use corsac::{Severity, TextFinding};

/// How many findings are shown to people. Further ones are counted. Machines get all of them.
pub(crate) const SHOWN: usize = 100;

/// A finding that has a place in a file.
#[derive(Clone, Debug)]
pub(crate) struct PlacedFinding {
    pub(crate) severity: Severity,
    pub(crate) code: &'static str,
    /// The number of the `[[policy]]` table, from 0.
    pub(crate) table: Option<usize>,
    /// The option, or the key that is not one.
    pub(crate) field: String,
    pub(crate) index: Option<usize>,
    /// The entry as it was written.
    pub(crate) item: Option<Vec<u8>>,
    pub(crate) message: String,
    pub(crate) suggestion: Option<String>,
    /// The bytes of the source. `None`: the finding is about something that is not written.
    pub(crate) span: Option<Range<usize>>,
    /// Line and column of the span's start, from 1. The column counts characters.
    pub(crate) place: (usize, usize),
}

impl PlacedFinding {
    fn of(finding: &TextFinding<'_>) -> Self {
        Self {
            severity: finding.severity,
            code: finding.code(),
            table: finding.table,
            field: String::from_utf8_lossy(finding.field).into_owned(),
            index: finding.index,
            item: finding.item.map(<[u8]>::to_vec),
            message: finding.to_string(),
            suggestion: finding.advice().map(|advice| advice.to_string()),
            span: finding.span.clone(),
            place: (finding.line, finding.column),
        }
    }

    fn start(&self) -> usize {
        self.span.as_ref().map_or(0, |span| span.start)
    }
}

/// The findings of one file. All are counted, and kept up to a limit, errors before warnings.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    kept: Vec<PlacedFinding>,
    limit: usize,
    errors: usize,
    warnings: usize,
}

impl Findings {
    /// Keeps `limit` findings. `usize::MAX` keeps all.
    pub(crate) fn keeping(limit: usize) -> Self {
        Self { kept: Vec::new(), limit, errors: 0, warnings: 0 }
    }

    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn warnings(&self) -> usize {
        self.warnings
    }

    /// Counts a finding, and keeps it if it may be shown.
    pub(crate) fn add_finding(&mut self, finding: &TextFinding<'_>) {
        self.add(PlacedFinding::of(finding));
    }

    fn add(&mut self, record: PlacedFinding) {
        if record.severity == Severity::Error {
            self.errors += 1;
        } else {
            self.warnings += 1;
        }
        self.kept.push(record);
        if self.kept.len() >= self.limit.saturating_mul(2) {
            self.cut();
        }
    }

    /// The findings in the order of the file, and how many more there are.
    pub(crate) fn in_order(mut self) -> (Vec<PlacedFinding>, usize) {
        let all = self.errors + self.warnings;
        self.cut();
        self.kept.sort_by_key(PlacedFinding::start);
        let more = all - self.kept.len();
        (self.kept, more)
    }

    fn cut(&mut self) {
        if self.kept.len() > self.limit {
            self.kept.sort_by_key(|record| (record.severity != Severity::Error, record.start()));
            self.kept.truncate(self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, PlacedFinding};
    use corsac::Severity;

    #[test]
    fn keeps_the_errors_and_shows_them_in_the_order_of_the_file() {
        let mut report = Findings::keeping(2);
        for (severity, start) in
            [(Severity::Warning, 1), (Severity::Error, 9), (Severity::Warning, 3), (Severity::Error, 5)]
        {
            report.add(PlacedFinding {
                severity,
                code: "x",
                table: None,
                field: String::new(),
                index: None,
                item: None,
                message: String::new(),
                suggestion: None,
                span: Some(start..start),
                place: (1, start + 1),
            });
        }
        let (kept, more) = report.in_order();
        assert_eq!(kept.iter().map(PlacedFinding::start).collect::<Vec<_>>(), [5, 9]);
        assert_eq!(more, 2);
    }
}
