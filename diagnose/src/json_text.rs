//! Writes JSON strings as the contracts say: one byte per code point, 0 to 255, in plain ASCII.

use std::io::{self, Write};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Writes bytes as a JSON string, each byte as the code point of its number.
///
/// # Errors
/// Those of `out`.
///
/// ```
/// let mut out = vec![];
/// corsac_diagnose::json_text::write_bytes(&mut out, b"a\"\xFF\n")?;
/// assert_eq!(out, br#""a\"\u00ff\u000a""#);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_bytes(out: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    out.write_all(b"\"")?;
    let mut rest = bytes;
    loop {
        let plain = rest.iter().position(|&b| !is_plain(b)).unwrap_or(rest.len());
        let (run, more) = rest.split_at_checked(plain).unwrap_or((rest, &[]));
        out.write_all(run)?;
        let Some((&byte, after)) = more.split_first() else { break };
        if byte == b'"' || byte == b'\\' {
            out.write_all(&[b'\\', byte])?;
        } else {
            write_unit(out, u16::from(byte))?;
        }
        rest = after;
    }
    out.write_all(b"\"")
}

/// Writes text as a JSON string.
///
/// # Errors
/// Those of `out`.
///
/// ```
/// let mut out = vec![];
/// corsac_diagnose::json_text::write_text(&mut out, "a “b”")?;
/// assert_eq!(out, br#""a \u201cb\u201d""#);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_text(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(b"\"")?;
    for c in text.chars() {
        match u8::try_from(c) {
            Ok(byte) if is_plain(byte) => out.write_all(&[byte])?,
            Ok(byte @ (b'"' | b'\\')) => out.write_all(&[b'\\', byte])?,
            _ => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write_unit(out, *unit)?;
                }
            }
        }
    }
    out.write_all(b"\"")
}

fn is_plain(byte: u8) -> bool {
    matches!(byte, 0x20..=0x7E) && byte != b'"' && byte != b'\\'
}

fn write_unit(out: &mut impl Write, unit: u16) -> io::Result<()> {
    let digit = |shift: u16| HEX[usize::from((unit >> shift) & 15)];
    out.write_all(&[b'\\', b'u', digit(12), digit(8), digit(4), digit(0)])
}

#[cfg(test)]
mod tests {
    use super::{write_bytes, write_text};

    fn shown(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_byte_comes_back_as_its_code_point() {
        let all: Vec<u8> = (0..=255).collect();
        let text: String = serde_json::from_str(&shown(|out| write_bytes(out, &all))).unwrap();
        assert_eq!(text.chars().map(|c| u8::try_from(c).unwrap()).collect::<Vec<_>>(), all);
    }

    #[test]
    fn text_comes_back_as_it_was() {
        let text = "a\"\\\u{1b}é中🦊";
        let json = shown(|out| write_text(out, text));
        assert!(json.is_ascii());
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
