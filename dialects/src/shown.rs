//! Texts of a file as messages show them.

/// How much of a text a message shows, in bytes.
const SHOWN_MAX: usize = 128;

/// A text without control characters, and cut where it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut end = text.len().min(SHOWN_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut shown = corsac_diagnose::printable(text.get(..end).unwrap_or_default()).into_owned();
    if end < text.len() {
        shown.push_str("...");
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::shown;

    #[test]
    fn nothing_reaches_a_terminal_and_long_texts_are_cut() {
        assert_eq!(shown(r"https://a\.example"), r"https://a\.example");
        assert!(!shown("a\u{1b}[31m\nb").contains(['\u{1b}', '\n']));
        assert_eq!(shown(&"é".repeat(100)).len(), 128 + 3);
    }
}
