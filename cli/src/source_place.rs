//! Where in a file something stands: line, column, and the line itself, cut and made printable round the mark.

use std::ops::Range;

use crate::printable::push_printable;

/// How many bytes of a line are shown before and after a mark; a longer line is cut there.
const AROUND: usize = 60;

/// How many bytes of a mark are shown.
const MARKED: usize = 80;

/// A place that people can go to: both count from 1, the column in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Walks a source from its start to ever later offsets, so that all places together cost one pass.
#[derive(Debug)]
pub(crate) struct Walk<'s> {
    source: &'s str,
    offset: usize,
    place: Place,
    line_start: usize,
}

impl<'s> Walk<'s> {
    pub(crate) fn new(source: &'s str) -> Self {
        Self { source, offset: 0, place: Place { line: 1, column: 1 }, line_start: 0 }
    }

    /// The place of `offset`, which is not before the one asked for last.
    pub(crate) fn to(&mut self, offset: usize) -> Place {
        let offset = offset.min(self.source.len());
        let step = self.source.as_bytes().get(self.offset..offset).unwrap_or_default();
        for (at, &byte) in (self.offset..).zip(step) {
            if byte == b'\n' {
                self.place = Place { line: self.place.line + 1, column: 1 };
                self.line_start = at + 1;
            } else if byte & 0xC0 != 0x80 {
                self.place.column += 1;
            }
        }
        self.offset = self.offset.max(offset);
        self.place
    }

    /// The line of the place asked for last, and where `span`, which starts there, stands in it.
    pub(crate) fn excerpt(&self, span: &Range<usize>) -> (String, Range<usize>) {
        let source = self.source;
        let from = floor(source, span.start.saturating_sub(AROUND)).max(self.line_start);
        let limit = floor(source, span.end.min(span.start.saturating_add(MARKED)).saturating_add(AROUND));
        let rest = source.get(span.start..limit).unwrap_or_default();
        let line_end = rest.find('\n').map_or(limit, |len| span.start + len);
        let to = if source.get(..line_end).is_some_and(|line| line.ends_with('\r')) { line_end - 1 } else { line_end };
        let marked_to = floor(source, span.end.min(span.start.saturating_add(MARKED))).min(to);

        let mut text = String::new();
        if from > self.line_start {
            text.push_str("...");
        }
        push_printable(&mut text, source.get(from..span.start).unwrap_or_default());
        let start = text.len();
        push_printable(&mut text, source.get(span.start..marked_to).unwrap_or_default());
        let end = text.len();
        push_printable(&mut text, source.get(marked_to..to).unwrap_or_default());
        if line_end == limit
            && !source.get(limit..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['\n', '\r']))
        {
            text.push_str("...");
        }
        (text, start..end)
    }
}

fn floor(source: &str, offset: usize) -> usize {
    let mut offset = offset.min(source.len());
    while !source.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::{Place, Walk};

    #[test]
    fn counts_lines_and_characters_from_one() {
        let mut walk = Walk::new("é = 1\nab\n");
        assert_eq!(walk.to(3), Place { line: 1, column: 3 });
        assert_eq!(walk.to(8), Place { line: 2, column: 2 });
        assert_eq!(walk.to(99), Place { line: 3, column: 1 });
    }

    #[test]
    fn shows_one_line_with_its_mark_and_without_its_control_bytes() {
        let source = "x\nkey = \"a\u{9b}b\"\r\nnext";
        let mut walk = Walk::new(source);
        walk.to(8);
        let (text, mark) = walk.excerpt(&(8..14));
        assert_eq!(text, "key = \"a\\u{9b}b\"");
        assert_eq!(&text[mark], "\"a\\u{9b}b\"");
    }

    #[test]
    fn cuts_a_line_of_a_megabyte_round_the_mark() {
        let source = format!("[{}\"bad\"{}]", "é,".repeat(300_000), ",é".repeat(300_000));
        let start = source.find('"').unwrap();
        let mut walk = Walk::new(&source);
        walk.to(start);
        let (text, mark) = walk.excerpt(&(start..start + 5));
        assert!(text.len() < 200 && text.starts_with("...") && text.ends_with("..."));
        assert_eq!(&text[mark], "\"bad\"");
    }
}
