//! Where something is in a file.

use std::ops::Range;

/// A place in a file: bytes, and the line and column where they begin.
///
/// ```
/// let text = "a: 1\nkey: 'x'";
/// let documents = corsac_dialects::document::read(text)?;
/// let place = &documents[0].root.get("key").expect("a value").place;
/// assert_eq!((place.line, place.column, &text[place.span.clone()]), (2, 6, "'x'"));
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes.
    pub span: Range<usize>,
    /// The line of the first byte, from 1.
    pub line: usize,
    /// The column of the first byte in characters, from 1.
    pub column: usize,
}

/// How many characters lie between two known offsets of [`Offsets`].
const STEP: usize = 64;

/// Turns the character counts of the YAML parser into byte offsets, in constant time.
pub(super) struct Offsets<'t> {
    text: &'t str,
    /// The offset of every 64th character. Empty: the text is ASCII, where both counts are equal.
    known: Vec<usize>,
}

impl<'t> Offsets<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let known =
            if text.is_ascii() { Vec::new() } else { text.char_indices().step_by(STEP).map(|(at, _)| at).collect() };
        Self { text, known }
    }

    pub(super) fn byte(&self, character: usize) -> usize {
        if self.known.is_empty() {
            return character.min(self.text.len());
        }
        let Some(&start) = self.known.get(character / STEP) else { return self.text.len() };
        let rest = self.text.get(start..).unwrap_or_default();
        rest.char_indices().nth(character % STEP).map_or(self.text.len(), |(at, _)| start + at)
    }
}

/// Counts lines and columns for places that are asked for in the order of the text, so it is read once.
pub(super) struct Counter<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'t> Counter<'t> {
    pub(super) const fn of(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, column: 1 }
    }

    pub(super) fn place(&mut self, span: Range<usize>) -> Place {
        for character in self.text.get(self.at..span.start).unwrap_or_default().chars() {
            let is_end = character == '\n';
            self.line += usize::from(is_end);
            self.column = if is_end { 1 } else { self.column + 1 };
        }
        self.at = self.at.max(span.start);
        Place { span, line: self.line, column: self.column }
    }
}

#[cfg(test)]
mod tests {
    use super::Offsets;

    #[test]
    fn counts_bytes_of_characters() {
        let text = "é".repeat(100) + "x";
        let offsets = Offsets::of(&text);
        assert_eq!([0, 1, 64, 100, 101, 500].map(|at| offsets.byte(at)), [0, 2, 128, 200, 201, 201]);
        assert_eq!(Offsets::of("abc").byte(2), 2);
    }
}
