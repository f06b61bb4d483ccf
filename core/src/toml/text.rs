//! Checks strings, keys and comments: which bytes may be in them, and which of them are the text.

use crate::toml::lexer::Kind;

/// What is wrong with some bytes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flaw {
    /// Where, counted from the start of the token.
    pub(crate) at: usize,
    pub(crate) what: &'static str,
}

/// The text of a string or of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text<'t> {
    /// These bytes, as they are written.
    Plain(&'t [u8]),
    /// There is an escape at this place, counted from the start of the token. So the text is not
    /// what is written.
    Escaped(usize),
}

const UNCLOSED: &str = "this string has no closing quote";
const CONTROL: &str = "a control character cannot be in a string";
const RETURN: &str = "a carriage return must be followed by a line feed";

/// The text of a string with its quotes.
pub(crate) fn string(kind: Kind, raw: &[u8]) -> Result<Text<'_>, Flaw> {
    let (quotes, is_basic): (&[u8], bool) = match kind {
        Kind::Basic => (b"\"", true),
        Kind::LongBasic => (b"\"\"\"", true),
        Kind::LongLiteral => (b"'''", false),
        _ => (b"'", false),
    };
    let is_long = quotes.len() == 3;
    let inside = raw.strip_prefix(quotes).and_then(|rest| rest.strip_suffix(quotes));
    let Some(mut text) = inside else { return Err(Flaw { at: raw.len(), what: UNCLOSED }) };
    if is_long {
        // A line end directly after the opening quotes is not part of the text.
        text = text.strip_prefix(b"\n").or_else(|| text.strip_prefix(b"\r\n")).unwrap_or(text);
    }
    let start = raw.len() - quotes.len() - text.len();
    for (at, &b) in text.iter().enumerate() {
        let flaw = |what| Err(Flaw { at: start + at, what });
        match b {
            b'\\' if is_basic => return Ok(Text::Escaped(start + at)),
            // A string in single quotes ends where its line does.
            b'\n' => {}
            b'\r' if is_long => {
                if text.get(at + 1) != Some(&b'\n') {
                    return flaw(RETURN);
                }
            }
            b'\t' | 0x20..=0x7E | 0x80.. => {}
            _ => return flaw(CONTROL),
        }
    }
    Ok(Text::Plain(text))
}

/// The text of a key, which may be in quotes.
pub(crate) fn key(kind: Kind, raw: &[u8]) -> Result<Text<'_>, Flaw> {
    match kind {
        Kind::Basic | Kind::Literal => string(kind, raw),
        Kind::Bare => match raw.iter().position(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))) {
            Some(at) => Err(Flaw { at, what: "a key without quotes has only letters, digits, - and _" }),
            None => Ok(Text::Plain(raw)),
        },
        _ => Err(Flaw { at: 0, what: "a key cannot be a string of several lines" }),
    }
}

/// Whether a comment may hold these bytes.
pub(crate) fn comment(raw: &[u8]) -> Result<(), Flaw> {
    match raw.iter().position(|&b| !matches!(b, b'\t' | 0x20..=0x7E | 0x80..)) {
        Some(at) => Err(Flaw { at, what: "a control character cannot be in a comment" }),
        None => Ok(()),
    }
}

/// Whether the end of a line is valid.
pub(crate) fn newline(raw: &[u8]) -> Result<(), Flaw> {
    if raw == b"\r" { Err(Flaw { at: 0, what: RETURN }) } else { Ok(()) }
}
