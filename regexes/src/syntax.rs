//! Lets only syntax through that the parser reads in the same way as the language of the
//! expression. Syntax that they read differently would make a proof worthless.

use crate::reading::Language;
use crate::refusal::Refusal;

/// Longest expression, in bytes. People write a few dozen; a list of hosts has a few thousand.
const EXPRESSION_MAX: usize = 16 * 1024;

/// Returns the expression as the parser reads it.
pub(crate) fn parseable(expression: &str, language: Language) -> Result<String, Refusal> {
    if expression.len() > EXPRESSION_MAX {
        return Err(Refusal::TooLong);
    }
    if expression.bytes().any(|b| !(0x20..=0x7E).contains(&b)) {
        return unreadable("a character outside printable ASCII, which no origin has");
    }
    let mut scan = Scan { rest: expression.as_bytes(), language, done: String::with_capacity(expression.len()) };
    while let Some(byte) = scan.next() {
        match byte {
            b'\\' => scan.escape(false)?,
            b'[' => scan.class()?,
            b'{' => scan.repetition()?,
            b'(' => scan.group()?,
            _ => {}
        }
    }
    Ok(scan.done)
}

pub(crate) fn unreadable<T>(why: &str) -> Result<T, Refusal> {
    Err(Refusal::Unreadable(why.to_owned()))
}

struct Scan<'e> {
    rest: &'e [u8],
    language: Language,
    done: String,
}

impl Scan<'_> {
    fn next(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        self.done.push(char::from(byte));
        Some(byte)
    }

    /// Checks what follows a backslash.
    fn escape(&mut self, is_in_class: bool) -> Result<(), Refusal> {
        let is_python = self.language == Language::Python;
        match self.next() {
            Some(b'd' | b'D' | b'w' | b'W' | b's' | b'S' | b'n' | b'r' | b't' | b'f' | b'v') => Ok(()),
            Some(b'b' | b'B' | b'A' | b'z') if !is_in_class && (is_python || self.done.ends_with(['b', 'B'])) => Ok(()),
            // The parser spells the end of the text `\z`.
            Some(b'Z') if !is_in_class && is_python => {
                self.done.pop();
                self.done.push('z');
                Ok(())
            }
            // Only exactly two digits. In JavaScript, `\x{41}` is an `x` 41 times.
            Some(b'x') if self.rest.iter().take(2).filter(|digit| digit.is_ascii_hexdigit()).count() == 2 => Ok(()),
            // For the parser, these two are the edges of a word.
            Some(b'<' | b'>') => unreadable("`\\<` or `\\>`, which needs no backslash"),
            Some(byte) if byte.is_ascii_punctuation() => Ok(()),
            Some(byte) if byte.is_ascii_digit() => unreadable("a back-reference"),
            Some(byte) => unreadable(&format!("`\\{}`, which languages read differently", char::from(byte))),
            None => unreadable("a backslash at the end"),
        }
    }

    /// Checks what follows `[`. The parser knows sets in sets, which neither language has.
    fn class(&mut self) -> Result<(), Refusal> {
        if self.rest.first() == Some(&b'^') {
            self.next();
        }
        if self.rest.first() == Some(&b']') {
            if self.language == Language::JavaScript {
                return unreadable("an empty character class");
            }
            self.next();
        }
        let mut last = b' ';
        while let Some(byte) = self.next() {
            match byte {
                b']' => return Ok(()),
                b'\\' => self.escape(true)?,
                b'[' => return unreadable("`[` in a character class: write `\\[`"),
                b'&' | b'-' | b'~' | b'|' if byte == last => {
                    return unreadable(&format!("`{0}{0}` in a character class", char::from(byte)));
                }
                _ => {}
            }
            last = if byte == b'\\' { b' ' } else { byte };
        }
        unreadable("a character class without `]`")
    }

    /// Checks what follows `{`, which both languages read as a literal unless a number follows.
    fn repetition(&self) -> Result<(), Refusal> {
        let end = self.rest.iter().position(|&b| b == b'}').unwrap_or(self.rest.len());
        let (first, second) = match self.rest[..end].split(|&b| b == b',').collect::<Vec<_>>()[..] {
            [number] => (number, number),
            [first, second] => (first, if second.is_empty() { first } else { second }),
            _ => (&b""[..], &b""[..]),
        };
        let is_number = |text: &[u8]| !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if is_number(first) && is_number(second) { Ok(()) } else { unreadable("`{` without a number: write `\\{`") }
    }

    /// Checks what follows `(`.
    fn group(&self) -> Result<(), Refusal> {
        let Some(rest) = self.rest.strip_prefix(b"?") else { return Ok(()) };
        match rest {
            [b'=' | b'!', ..] | [b'<', b'=' | b'!', ..] => unreadable("a look-around"),
            [b'P', b'='] | [b'P', b'=' | b'>', ..] => unreadable("a back-reference"),
            [b':' | b'<', ..] | [b'P', b'<', ..] => Ok(()),
            // Only the flag `i` is read: each language has its own rules for what `x` skips.
            _ => {
                let flags = rest.iter().take_while(|b| matches!(b, b'i' | b'm' | b's' | b'-')).count();
                let is_read = matches!(rest.get(flags), Some(b':' | b')')) && flags > 0;
                if is_read { Ok(()) } else { unreadable("a group that is neither `(…)`, `(?:…)` nor `(?i)`") }
            }
        }
    }
}
