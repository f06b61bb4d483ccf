//! Passes findings on to the caller with their lines and columns, and counts the errors among them.

use crate::spec::finding::Severity;
use crate::toml::finding::TextFinding;
use crate::toml::lexer::BYTE_ORDER_MARK;

/// Passes findings on to the caller with their lines and columns, and counts the errors among them.
pub(crate) struct Reporter<'f, 't> {
    sink: &'f mut dyn FnMut(&TextFinding<'_>),
    text: &'t [u8],
    errors: usize,
    /// The place of the finding before this one. Most findings come in the order of the text, so that all places together cost one pass.
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
            (self.at, self.line, self.column) = (0, 1, 1);
        }
        let mark = if self.text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        self.at = self.at.max(mark);
        for &b in self.text.get(self.at..offset).unwrap_or_default() {
            if b == b'\n' {
                (self.line, self.column) = (self.line + 1, 1);
            } else if b & 0xC0 != 0x80 {
                // The other bytes of a character are not counted.
                self.column += 1;
            }
        }
        self.at = self.at.max(offset);
    }
}
