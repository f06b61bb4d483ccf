//! Annotations for a review or a workflow on GitHub: one command a line, with escapes of its own.

/// How bad it is.
///
/// ```
/// use corsac_dialects::commands::{Level, annotation};
/// assert!(annotation(Level::Warning, None, "corsac check", "it is doubtful").starts_with("::warning "));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It fails.
    Error,
    /// It is doubtful.
    Warning,
}

/// One annotation. Whatever the texts hold, it stays one line and one command.
///
/// ```
/// use corsac_dialects::commands::{Level, annotation};
/// let line = annotation(Level::Error, Some("cors.toml"), "corsac: check", "100%\nwrong");
/// assert_eq!(line, "::error file=cors.toml,title=corsac%3A check::100%25%0Awrong\n");
/// ```
#[must_use]
pub fn annotation(level: Level, file: Option<&str>, title: &str, message: &str) -> String {
    let level = match level {
        Level::Error => "error",
        Level::Warning => "warning",
    };
    let file = file.map_or_else(String::new, |file| format!("file={},", property(file)));
    format!("::{level} {file}title={}::{}\n", property(title), data(message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// In a property, a colon or a comma would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::{Level, annotation};

    #[test]
    fn no_text_ends_its_line_or_its_property() {
        let text = annotation(Level::Error, Some("a,b:c.toml"), "x::y\r\n::z", "100 %\n::set-output name=a::b");
        assert_eq!(text, "::error file=a%2Cb%3Ac.toml,title=x%3A%3Ay%0D%0A%3A%3Az::100 %25%0A::set-output name=a::b\n");
        assert_eq!(annotation(Level::Warning, None, "t", "m"), "::warning title=t::m\n");
    }
}
