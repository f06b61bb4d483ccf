//! Passes findings on to the caller with their lines and columns, and counts the errors among them.

use crate::spec::finding::Severity;
use crate::toml::finding::TextFinding;
use crate::toml::lexer::BYTE_ORDER_MARK;

/// Passes findings on to the caller with their lines and columns, and counts the errors among them.
pub(crate) struct Reporter<'f, 't> {
    sink: &'f mut dyn FnMut(&TextFinding<'_>),
    text: &'t [u8],
    errors: usize,
    /// The place of the previous finding. Most findings come in the order of the text, so all
    /// places together cost about one pass over it.
    at: usize,
    line: usize,
    column: usize,
}

impl<'f, 't> Reporter<'f, 't> {
    pub(crate) fn new(text: &'t [u8], sink: &'f mut dyn FnMut(&TextFinding<'_>)) -> Self {
        Self { sink, text, errors: 0, at: 0, line: 1, column: 1 }
    }

    pub(crate) fn errors(&self) -> usize {
        self.errors
    }

    pub(crate) fn add(&mut self, mut finding: TextFinding<'_>) {
        self.errors += usize::from(finding.severity == Severity::Error);
        if let Some(span) = &finding.span {
            self.go_to(span.start);
            (finding.line, finding.column) = (self.line, self.column);
        }
        (self.sink)(&finding);
    }

    fn go_to(&mut self, offset: usize) {
        if offset < self.at {
            self.go_back_to(offset);
            return;
        }
        let passed = self.text.get(self.at.max(self.start())..offset).unwrap_or_default();
        match last_line(passed) {
            Some(line) => {
                self.line += count_lines(passed);
                self.column = 1 + count_characters(line);
            }
            None => self.column += count_characters(passed),
        }
        self.at = offset;
    }

    /// Where the first line begins: a byte order mark is not part of it.
    fn start(&self) -> usize {
        if self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
    }

    /// Goes back to an earlier line: the compiler reads the options in its own order.
    fn go_back_to(&mut self, offset: usize) {
        let passed = self.text.get(offset..self.at).unwrap_or_default();
        let before = self.text.get(self.start()..offset).unwrap_or_default();
        self.line -= count_lines(passed);
        self.column = 1 + count_characters(last_line(before).unwrap_or(before));
        self.at = offset;
    }
}

/// What follows the last line feed.
fn last_line(text: &[u8]) -> Option<&[u8]> {
    text.iter().rposition(|&b| b == b'\n').and_then(|at| text.get(at + 1..))
}

fn count_lines(text: &[u8]) -> usize {
    text.iter().filter(|&&b| b == b'\n').count()
}

fn count_characters(text: &[u8]) -> usize {
    // Only the first byte of each character counts.
    text.iter().filter(|&&b| b & 0xC0 != 0x80).count()
}

#[cfg(test)]
mod tests {
    use super::Reporter;

    #[test]
    fn places_are_the_same_in_any_order() {
        let text = "\u{feff}é = 1\nab\r\n\nç\u{1F600}x\u{feff}y".as_bytes();
        let places = [
            (3, 1, 1),
            (5, 1, 2),
            (9, 1, 6),
            (10, 2, 1),
            (12, 2, 3),
            (14, 3, 1),
            (15, 4, 1),
            (17, 4, 2),
            (21, 4, 3),
            (22, 4, 4),
            (25, 4, 5),
        ];
        for from in places {
            for to in places {
                let mut sink = |_: &crate::TextFinding<'_>| ();
                let mut report = Reporter::new(text, &mut sink);
                for (offset, line, column) in [from, to] {
                    report.go_to(offset);
                    assert_eq!((report.line, report.column), (line, column), "{from:?} {to:?}");
                }
            }
        }
    }
}
