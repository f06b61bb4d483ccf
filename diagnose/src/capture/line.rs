//! Splits a text into numbered lines of bounded length, and removes what curl and terminals add to them.

use std::io::{self, BufRead, Read};

/// The longest line that is read whole, in bytes. No browser accepts a head of this length.
const LINE_LIMIT: usize = 256 << 10;

/// Bytes that are kept of the end of a longer line, because a head may follow a body without a line end.
const TAIL: usize = 4 << 10;

/// Reads lines.
#[derive(Debug)]
pub(super) struct Numbered<R> {
    from: R,
    bytes: Vec<u8>,
    number: u64,
}

/// One line without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) number: u64,
    pub(super) bytes: &'a [u8],
    /// All of it is here.
    pub(super) whole: bool,
    /// It has a line end, so the text does not end within it.
    pub(super) ended: bool,
}

impl<R: BufRead> Numbered<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, bytes: Vec::new(), number: 0 }
    }

    pub(super) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.bytes.clear();
        let mut whole = true;
        loop {
            let room = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
            let read = self.from.by_ref().take(room).read_until(b'\n', &mut self.bytes)?;
            if read == 0 || self.bytes.last() == Some(&b'\n') {
                break;
            }
            if self.bytes.len() >= LINE_LIMIT {
                whole = false;
                self.bytes.drain(..self.bytes.len().saturating_sub(TAIL));
            }
        }
        if self.bytes.is_empty() && whole {
            return Ok(None);
        }
        self.number += 1;
        let ended = self.bytes.last() == Some(&b'\n');
        let bytes = self.bytes.strip_suffix(b"\n").unwrap_or(&self.bytes);
        let end = bytes.iter().rposition(|&b| b != b'\r').map_or(0, |at| at + 1);
        let bytes = bytes.get(..end).unwrap_or_default();
        Ok(Some(Line { number: self.number, bytes, whole, ended }))
    }
}

/// A line of `curl -v` by its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marked<'a> {
    /// `* `: what curl does.
    Note(&'a [u8]),
    /// `> `: of the request.
    Sent(&'a [u8]),
    /// `< `: of the response.
    Received(&'a [u8]),
    /// `{ [5 bytes data]`, a progress meter: nothing.
    Noise,
    /// No mark: a line of `curl -i`, of a body, or of anything.
    Plain(&'a [u8]),
}

/// Takes the mark off.
pub(super) fn marked(line: &[u8]) -> Marked<'_> {
    let mut line = without_time(without_meter(line));
    // Text is often indented where it is quoted.
    if let inner @ [b'>' | b'<' | b'*', b' ', ..] = line.trim_ascii_start() {
        line = inner;
    }
    match line {
        [b'*', b' ', rest @ ..] => Marked::Note(rest),
        // A prompt of a shell, and no mark of curl.
        [b'>', b' ', rest @ ..] if rest.starts_with(b"curl ") => Marked::Plain(rest),
        [b'>', b' ', rest @ ..] => Marked::Sent(rest),
        [b'<', b' ', rest @ ..] => Marked::Received(rest),
        [b'>'] => Marked::Sent(b""),
        [b'<'] => Marked::Received(b""),
        [b'{' | b'}', b' ', b'[', rest @ ..] if rest.ends_with(b" data]") => Marked::Noise,
        _ if is_meter(line) => Marked::Noise,
        _ => Marked::Plain(line),
    }
}

/// The meter overwrites its line, and curl's next message is behind it: `... --:--:--     0* Connected to`.
fn without_meter(line: &[u8]) -> &[u8] {
    const UNKNOWN: &[u8] = b"--:--:--";
    let Some(at) = line.windows(UNKNOWN.len()).rposition(|part| part == UNKNOWN) else { return line };
    let rest = line.get(at + UNKNOWN.len()..).unwrap_or_default();
    let speed = |b: &u8| b.is_ascii_digit() || matches!(b, b' ' | b'.' | b'k' | b'M' | b'G' | b'\r');
    let end = rest.iter().position(|b| !speed(b)).unwrap_or(rest.len());
    let before = line.get(..at).unwrap_or_default();
    let is_meter = before.iter().all(|b| speed(b) || matches!(b, b':' | b'-' | b'\t'));
    if is_meter { rest.get(end..).unwrap_or_default() } else { line }
}

fn is_meter(line: &[u8]) -> bool {
    let line = line.trim_ascii_start();
    line.starts_with(b"% Total ") || line.starts_with(b"Dload  Upload")
}

/// `--trace-time` puts `12:34:56.123456 ` before each mark.
fn without_time(line: &[u8]) -> &[u8] {
    let Some((time, rest)) = line.split_at_checked(16) else { return line };
    let is_time = time.iter().enumerate().all(|(at, b)| match at {
        2 | 5 => *b == b':',
        8 => *b == b'.',
        15 => *b == b' ',
        _ => b.is_ascii_digit(),
    });
    if is_time { rest } else { line }
}

/// Removes a terminal's colours, which curl sets for header names and recordings of terminals contain.
pub(super) fn without_colours(line: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some(at) = rest.windows(2).position(|two| two == b"\x1b[") {
        let (before, sequence) = rest.split_at_checked(at).unwrap_or((rest, b""));
        plain.extend_from_slice(before);
        let codes = sequence.get(2..).unwrap_or_default();
        let end = codes.iter().position(|b| !b.is_ascii_digit() && *b != b';').unwrap_or(codes.len());
        if codes.get(end) == Some(&b'm') {
            rest = codes.get(end + 1..).unwrap_or_default();
        } else {
            plain.extend_from_slice(b"\x1b[");
            rest = codes;
        }
    }
    plain.extend_from_slice(rest);
    plain
}

#[cfg(test)]
mod tests {
    use super::{LINE_LIMIT, Marked, Numbered, marked, without_colours};

    #[test]
    fn every_line_end_is_read_and_endless_lines_are_cut() {
        let mut text = b"a\r\n\n".to_vec();
        text.extend(vec![b'x'; LINE_LIMIT * 3]);
        text.extend_from_slice(b"HTTP/1.1 200 OK\nend");
        let mut lines = Numbered::new(&text[..]);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            assert!(line.bytes.len() < LINE_LIMIT);
            let tail = line.bytes.len().saturating_sub(15);
            seen.push((line.number, line.bytes[tail..].to_vec(), line.whole, line.ended));
        }
        let line = |number, bytes: &[u8], whole, ended| (number, bytes.to_vec(), whole, ended);
        let expected = [
            line(1, b"a", true, true),
            line(2, b"", true, true),
            line(3, b"HTTP/1.1 200 OK", false, true),
            line(4, b"end", true, false),
        ];
        assert_eq!(seen, expected);
    }

    #[test]
    fn a_mark_is_found_behind_a_meter_and_a_time() {
        let meter = b"  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0* Connected to a";
        assert_eq!(marked(meter), Marked::Note(b"Connected to a"));
        let done = b"\r100    13  100    13    0     0  1.2k      0  0:00:01  0:00:01 --:--:--    100< HTTP/2 200 ";
        assert_eq!(marked(done), Marked::Received(b"HTTP/2 200 "));
        assert_eq!(marked(b"12:34:56.123456 > Host: a"), Marked::Sent(b"Host: a"));
        assert_eq!(marked(b"    < Vary: a"), Marked::Received(b"Vary: a"));
        assert_eq!(marked(b"{ [5 bytes data]"), Marked::Noise);
        assert_eq!(marked(b"  % Total    % Received % Xferd"), Marked::Noise);
        assert_eq!(marked(b"<html>"), Marked::Plain(b"<html>"));
        assert_eq!(marked(b"<"), Marked::Received(b""));
    }

    #[test]
    fn colours_go_and_other_escapes_stay() {
        assert_eq!(without_colours(b"\x1b[1mVary\x1b[0m: a\x1b[2Jb\x1b["), b"Vary: a\x1b[2Jb\x1b[");
    }
}
