//! All findings of one policy file, the reader's and the compiler's, with their places in the source.

use corsac::{OwnedFinding, Severity, TextFinding};

/// Where a finding begins in the file.
fn start(finding: &OwnedFinding) -> usize {
    finding.span.as_ref().map_or(0, |span| span.start)
}

/// The findings of one file. All are counted, and kept up to a limit, errors before warnings.
#[derive(Clone, Debug)]
pub(crate) struct Findings {
    kept: Vec<OwnedFinding>,
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
        self.add(finding.into());
    }

    fn add(&mut self, record: OwnedFinding) {
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
    pub(crate) fn in_order(mut self) -> (Vec<OwnedFinding>, usize) {
        let all = self.errors + self.warnings;
        self.cut();
        self.kept.sort_by_key(start);
        let more = all - self.kept.len();
        (self.kept, more)
    }

    fn cut(&mut self) {
        if self.kept.len() > self.limit {
            self.kept.sort_by_key(|record| (record.severity != Severity::Error, start(record)));
            self.kept.truncate(self.limit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Findings, start};
    use corsac::{PolicyText, TextSlot};

    #[test]
    fn errors_are_kept_in_the_order_of_the_file() {
        let text = b"max_age = 86401\nallow_methods = ['P T']\nallow_origins = ['https://a.example/', '*', 'https://b.example']";
        let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
        let mut report = Findings::keeping(2);
        let read = PolicyText::read(text, &mut scratch, |finding| report.add_finding(finding)).unwrap();
        read.compile([0; 1024], |finding| report.add_finding(finding)).unwrap_err();
        assert!(report.errors() == 2 && report.warnings() > 1);
        let all = report.errors() + report.warnings();
        let (kept, more) = report.in_order();
        assert_eq!(kept.iter().map(|finding| finding.code).collect::<Vec<_>>(), ["two-entries", "trailing-slash"]);
        assert!(kept.is_sorted_by_key(start));
        assert_eq!(more, all - 2);
    }
}
