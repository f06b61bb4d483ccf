//! Splits TOML into tokens. It only finds where each begins and ends; other modules check what is
//! in it.
//!
//! Tokens leave no gap, so `[[` is two brackets with nothing between them.

/// A byte order mark: editors that write one do not show it.
pub(crate) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Dot,
    Equals,
    Comma,
    OpenBracket,
    CloseBracket,
    OpenBrace,
    CloseBrace,
    /// Spaces and tabs.
    Space,
    /// From `#` to the end of the line.
    Comment,
    /// The end of a line. A carriage return alone is one, and an error.
    Newline,
    /// `'...'`
    Literal,
    /// `"..."`
    Basic,
    /// `'''...'''`
    LongLiteral,
    /// `"""..."""`
    LongBasic,
    /// Everything else: a key without quotes, or a part of a number, of a date, of `true`.
    Bare,
    /// The end of the text.
    End,
}

/// A token, and the bytes of the text that it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// Splits a text into tokens. After its end, every token is [`Kind::End`].
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Lexer<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
        Self { text, at }
    }

    /// The next token.
    pub(crate) fn next(&mut self) -> Token {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        let (kind, len) = measure(rest);
        self.at = start + len;
        Token { kind, start, end: self.at }
    }

    /// The kind of the token after this one.
    pub(crate) fn peek(&self) -> Kind {
        self.clone().next().kind
    }
}

/// The kind and the length of the token that the text begins with.
fn measure(text: &[u8]) -> (Kind, usize) {
    let Some(&first) = text.first() else { return (Kind::End, 0) };
    match first {
        b'.' => (Kind::Dot, 1),
        b'=' => (Kind::Equals, 1),
        b',' => (Kind::Comma, 1),
        b'[' => (Kind::OpenBracket, 1),
        b']' => (Kind::CloseBracket, 1),
        b'{' => (Kind::OpenBrace, 1),
        b'}' => (Kind::CloseBrace, 1),
        b' ' | b'\t' => (Kind::Space, length_until(text, |b| !matches!(b, b' ' | b'\t'))),
        b'#' => (Kind::Comment, length_until(text, |b| matches!(b, b'\r' | b'\n'))),
        b'\n' => (Kind::Newline, 1),
        b'\r' => (Kind::Newline, if text.starts_with(b"\r\n") { 2 } else { 1 }),
        b'\'' if text.starts_with(b"'''") => (Kind::LongLiteral, long_length(text, b'\'')),
        b'"' if text.starts_with(b"\"\"\"") => (Kind::LongBasic, long_length(text, b'"')),
        b'\'' | b'"' => (if first == b'"' { Kind::Basic } else { Kind::Literal }, short_length(text, first)),
        _ => (Kind::Bare, length_until(text, |b| b".=,[]{} \t#\r\n".contains(&b))),
    }
}

fn length_until(text: &[u8], is_end: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&b| is_end(b)).unwrap_or(text.len())
}

/// The length of a string of one line, with its closing quote if it has one.
fn short_length(text: &[u8], quote: u8) -> usize {
    let mut is_escaped = false;
    for (at, &b) in text.iter().enumerate().skip(1) {
        // An escaped quote is not the end.
        if core::mem::take(&mut is_escaped) && matches!(b, b'"' | b'\\') {
            continue;
        }
        if b == quote {
            return at + 1;
        }
        if b == b'\n' {
            return at;
        }
        is_escaped = b == b'\\' && quote == b'"';
    }
    text.len()
}

/// The length of a string in three quotes, with its closing quotes if it has them. Up to two more
/// quotes before those are part of the string.
fn long_length(text: &[u8], quote: u8) -> usize {
    let (mut run, mut is_escaped) = (0_usize, false);
    for (at, &b) in text.iter().enumerate().skip(3) {
        if b == quote && !is_escaped {
            run += 1;
            if run == 5 {
                return at + 1;
            }
            continue;
        }
        if run >= 3 {
            return at;
        }
        run = 0;
        is_escaped = b == b'\\' && quote == b'"' && !is_escaped;
    }
    text.len()
}
