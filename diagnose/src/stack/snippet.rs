//! Builds a snippet from whole lines and lists of values.

use std::fmt::{Display, Write};

#[derive(Debug, Default)]
pub(super) struct Snippet(String);

impl Snippet {
    pub(super) fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{text}");
    }

    pub(super) fn line_if(&mut self, on: bool, text: impl Display) {
        if on {
            self.line(text);
        }
    }

    pub(super) fn into_text(self) -> String {
        self.0
    }
}

/// The values as literals, with commas between.
pub(super) fn literals(values: &[String], quote: fn(&str) -> String) -> String {
    values.iter().map(|value| quote(value)).collect::<Vec<_>>().join(", ")
}
