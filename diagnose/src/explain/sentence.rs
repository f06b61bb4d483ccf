//! Texts of core as sentences.

/// A text of core as a sentence: with a capital letter, and something at its end.
pub(crate) fn sentence(text: &str, end: char) -> String {
    // A header's name stays as it is written, and so does a method.
    let mut letters = text.chars();
    match letters.next() {
        // ASCII, because the tables of all other letters are 12 kB, and these texts are English.
        Some(first) if !first.is_ascii_uppercase() && !text.starts_with("www.") => {
            format!("{}{}{end}", first.to_ascii_uppercase(), letters.as_str())
        }
        _ => format!("{text}{end}"),
    }
}

/// The advice as a sentence, and what leads over to the headers below it.
pub(crate) fn fix(advice: &str, has_lines: bool) -> String {
    match () {
        () if !has_lines => sentence(advice, '.'),
        () if advice.contains("these headers") => sentence(advice, ':'),
        () => format!("{} These headers are enough:", sentence(advice, '.')),
    }
}
