//! Untrusted bytes made safe to print: the one escape that logs, terminals and messages share.

use core::fmt::{self, Write};

/// Bytes that somebody else wrote, printable: 0x20..=0x7E stay, but `\`, `"` and `<`, and every other byte is `\xNN`.
///
/// `<` would begin markup, and in a body of plain text what a proxy includes (`<!--#include`, `<esi:include`).
///
/// ```
/// assert_eq!(corsac::Escaped(b"https://a.example\r\n").to_string(), r"https://a.example\x0D\x0A");
/// assert_eq!(corsac::Escaped(b"<!--#echo").to_string(), r"\x3C!--#echo");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

fn hex_digit(nibble: u8) -> char {
    char::from(if nibble < 10 { b'0' + nibble } else { b'A' + (nibble - 10) })
}
