//! Untrusted bytes made safe to print: the one escape that logs, terminals and messages share.

use core::fmt::{self, Write};

/// Bytes from someone else, made printable: 0x20..=0x7E stay, except `\`, `"` and `<`. Every other
/// byte becomes `\xNN`.
///
/// `<` could begin markup, or, in a plain-text body, an instruction that a proxy replaces
/// (`<!--#include`, `<esi:include`).
///
/// ```
/// assert_eq!(corsac::Escaped(b"https://a.example\r\n").to_string(), r"https://a.example\x0D\x0A");
/// assert_eq!(corsac::Escaped(b"<!--#echo").to_string(), r"\x3C!--#echo");
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Escaped<'a>(pub &'a [u8]);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for &b in self.0 {
            if matches!(b, 0x20..=0x7E) && !matches!(b, b'\\' | b'"' | b'<') {
                f.write_char(char::from(b))?;
            } else {
                f.write_str("\\x")?;
                f.write_char(hex_digit(b >> 4))?;
                f.write_char(hex_digit(b & 15))?;
            }
        }
        Ok(())
    }
}

/// The same, in quotes.
impl fmt::Debug for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

/// The beginning of untrusted bytes, escaped and in quotes: at most 128 bytes, so that a stranger
/// cannot fill a log.
#[derive(Clone, Copy)]
pub(crate) struct Excerpt<'a>(pub(crate) &'a [u8]);

/// Bytes of an [`Excerpt`]: longer than any name, and than most origins.
const EXCERPT_MAX: usize = 128;

impl fmt::Display for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.get(..EXCERPT_MAX).unwrap_or(self.0);
        let more = if shown.len() < self.0.len() { "..." } else { "" };
        write!(f, "\"{}{more}\"", Escaped(shown))
    }
}

impl fmt::Debug for Excerpt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn hex_digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) })
}
