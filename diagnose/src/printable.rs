//! Makes untrusted text safe for a terminal, and keeps the letters of every script readable.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character moves the cursor, reorders the line or shows nothing. It is written `\u{..}` instead.
///
/// ```
/// use corsac_diagnose::is_hidden;
/// assert!(is_hidden('\u{1b}') && is_hidden('\u{202e}'));
/// assert!(!is_hidden('ß') && !is_hidden(' '));
/// ```
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
            | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Appends `text` with hidden characters escaped and tabs as four blanks.
///
/// ```
/// let mut shown = String::from("name: ");
/// corsac_diagnose::push_printable(&mut shown, "a\tb\u{1b}[2J");
/// assert_eq!(shown, r"name: a    b\u{1b}[2J");
/// ```
pub fn push_printable(into: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\t' => into.push_str("    "),
            c if is_hidden(c) => {
                let _ = write!(into, "{}", c.escape_unicode());
            }
            c => into.push(c),
        }
    }
}

/// `text` with hidden characters escaped.
///
/// ```
/// use corsac_diagnose::printable;
/// assert_eq!(printable("größe"), "größe");
/// assert_eq!(printable("a\u{7}"), r"a\u{7}");
/// ```
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    push_printable(&mut shown, text);
    Cow::Owned(shown)
}

/// A text of this crate without its styles.
///
/// ```
/// assert_eq!(corsac_diagnose::without_styles("\u{1b}[1mFix\u{1b}[0m it"), "Fix it");
/// ```
#[must_use]
pub fn without_styles(text: &str) -> String {
    let mut parts = text.split('\u{1b}');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn letters_of_every_script_stay_and_control_characters_are_escaped() {
        assert_eq!(printable("naïve 中文"), "naïve 中文");
        assert_eq!(printable("a\u{1b}[31m\u{9b}m\u{202e}"), r"a\u{1b}[31m\u{9b}m\u{202e}");
    }
}
