//! JSON without an allocator, for what JavaScript reads seldom: findings, and what a policy holds.

use core::fmt::{self, Write};

/// A JSON writer. Commas are written before every value but the first of its list.
pub(crate) struct Json<'w, W> {
    to: &'w mut W,
    needs_comma: bool,
}

impl<'w, W: Write> Json<'w, W> {
    pub(crate) fn new(to: &'w mut W) -> Self {
        Self { to, needs_comma: false }
    }

    fn comma(&mut self) -> fmt::Result {
        if core::mem::replace(&mut self.needs_comma, true) {
            self.to.write_char(',')?;
        }
        Ok(())
    }

    fn within(&mut self, marks: [char; 2], write: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.comma()?;
        self.to.write_char(marks[0])?;
        self.needs_comma = false;
        write(self)?;
        self.needs_comma = true;
        self.to.write_char(marks[1])
    }

    pub(crate) fn list(&mut self, write: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.within(['[', ']'], write)
    }

    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Self) -> fmt::Result) -> fmt::Result {
        self.within(['{', '}'], write)
    }

    /// The key of an object. Its value follows.
    pub(crate) fn key(&mut self, key: &'static str) -> Result<&mut Self, fmt::Error> {
        self.comma()?;
        write!(self.to, "\"{key}\":")?;
        self.needs_comma = false;
        Ok(self)
    }

    /// A number, `true`, `false`, or null.
    pub(crate) fn plain(&mut self, value: Option<impl fmt::Display>) -> fmt::Result {
        self.comma()?;
        match value {
            Some(value) => write!(self.to, "{value}"),
            None => self.to.write_str("null"),
        }
    }

    /// A text, or null.
    pub(crate) fn text(&mut self, value: Option<impl fmt::Display>) -> fmt::Result {
        self.comma()?;
        let Some(value) = value else { return self.to.write_str("null") };
        self.to.write_char('"')?;
        write!(Quoted(self.to), "{value}")?;
        self.to.write_char('"')
    }

    /// A text of bytes. What is not UTF-8 becomes U+FFFD.
    pub(crate) fn bytes(&mut self, value: &[u8]) -> fmt::Result {
        self.text(Some(Lossy(value)))
    }
}

/// The inside of a JSON string.
struct Quoted<'w, W>(&'w mut W);

impl<W: Write> Write for Quoted<'_, W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '"' | '\\' => write!(self.0, "\\{c}")?,
                '\0'..='\x1F' => write!(self.0, "\\u{:04x}", u32::from(c))?,
                _ => self.0.write_char(c)?,
            }
        }
        Ok(())
    }
}

struct Lossy<'a>(&'a [u8]);

impl fmt::Display for Lossy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.0.utf8_chunks() {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

/// How many UTF-16 units the first bytes of a text are: JavaScript's own measure of a string.
pub(crate) fn utf16_len(text: &[u8], bytes: usize) -> usize {
    let start = text.get(..bytes).unwrap_or(text);
    let units = |text: &str| text.chars().map(char::len_utf16).sum::<usize>();
    start.utf8_chunks().map(|chunk| units(chunk.valid()) + usize::from(!chunk.invalid().is_empty())).sum()
}
