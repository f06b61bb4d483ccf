//! Finds the line of a file that a finding is about, cuts it around the mark, and makes it printable.

use std::ops::Range;

use corsac_diagnose::push_printable;

/// How many bytes of a line are shown before and after a mark. A longer line is cut.
const AROUND: usize = 60;

/// How many bytes of a mark are shown.
const MARKED: usize = 80;

/// The line in which `span` starts, and where the span is in it.
pub(super) fn excerpt(source: &str, span: &Range<usize>) -> (String, Range<usize>) {
    let line_start = source.get(..span.start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let from = floor(source, span.start.saturating_sub(AROUND)).max(line_start);
    let limit = floor(source, span.end.min(span.start.saturating_add(MARKED)).saturating_add(AROUND));
    let rest = source.get(span.start..limit).unwrap_or_default();
    let line_end = rest.find('\n').map_or(limit, |len| span.start + len);
    let to = if source.get(..line_end).is_some_and(|line| line.ends_with('\r')) { line_end - 1 } else { line_end };
    let marked_to = floor(source, span.end.min(span.start.saturating_add(MARKED))).min(to);

    let mut text = String::new();
    if from > line_start {
        text.push_str("...");
    }
    push_printable(&mut text, source.get(from..span.start).unwrap_or_default());
    let start = text.len();
    push_printable(&mut text, source.get(span.start..marked_to).unwrap_or_default());
    let end = text.len();
    push_printable(&mut text, source.get(marked_to..to).unwrap_or_default());
    if line_end == limit && !source.get(limit..).is_none_or(|rest| rest.is_empty() || rest.starts_with(['\n', '\r'])) {
        text.push_str("...");
    }
    (text, start..end)
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
    use super::excerpt;

    #[test]
    fn excerpt_is_one_line_with_mark_and_without_control_bytes() {
        let source = "x\nkey = \"a\u{9b}b\"\r\nnext";
        let (text, mark) = excerpt(source, &(8..14));
        assert_eq!(text, "key = \"a\\u{9b}b\"");
        assert_eq!(&text[mark], "\"a\\u{9b}b\"");
    }

    #[test]
    fn cuts_a_line_of_a_megabyte_round_the_mark() {
        let source = format!("[{}\"bad\"{}]", "é,".repeat(300_000), ",é".repeat(300_000));
        let start = source.find('"').unwrap();
        let (text, mark) = excerpt(&source, &(start..start + 5));
        assert!(text.len() < 200 && text.starts_with("...") && text.ends_with("..."));
        assert_eq!(&text[mark], "\"bad\"");
    }
}
