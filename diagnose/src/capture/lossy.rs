//! Reads bytes as UTF-8: a byte that is not costs one character, not the rest of the file.

use std::io::{self, BufRead, Read};

/// A reader whose bytes are always UTF-8. What is not becomes U+FFFD.
#[derive(Debug)]
pub(super) struct Lossy<R> {
    from: R,
    /// The start of a character whose rest is not read yet.
    kept: Vec<u8>,
    ready: Vec<u8>,
    at: usize,
}

impl<R: BufRead> Lossy<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, kept: Vec::new(), ready: Vec::new(), at: 0 }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        while self.ready.is_empty() {
            let chunk = self.from.fill_buf()?;
            let taken = chunk.len();
            self.kept.extend_from_slice(chunk);
            self.from.consume(taken);
            let end = if taken == 0 { self.kept.len() } else { complete(&self.kept) };
            for piece in self.kept.get(..end).unwrap_or_default().utf8_chunks() {
                self.ready.extend_from_slice(piece.valid().as_bytes());
                if !piece.invalid().is_empty() {
                    self.ready.extend_from_slice("\u{FFFD}".as_bytes());
                }
            }
            self.kept.drain(..end);
            if taken == 0 {
                break;
            }
        }
        Ok(())
    }
}

/// How many of these bytes do not end in the middle of a character.
fn complete(bytes: &[u8]) -> usize {
    let last = bytes.iter().rev().take(3).position(|byte| byte & 0xC0 != 0x80);
    let (Some(back), len) = (last, bytes.len()) else { return bytes.len() };
    let start = len.saturating_sub(back + 1);
    let needs = match bytes.get(start) {
        Some(0xC0..=0xDF) => 2,
        Some(0xE0..=0xEF) => 3,
        Some(0xF0..) => 4,
        _ => 1,
    };
    if back + 1 < needs { start } else { len }
}

impl<R: BufRead> Read for Lossy<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.at >= self.ready.len() {
            self.refill()?;
        }
        let read = self.ready.get(self.at..).unwrap_or_default().read(into)?;
        self.at += read;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::Lossy;
    use std::io::{BufReader, Read};

    #[test]
    fn reads_the_same_however_small_its_chunks_are() {
        for bytes in
            ["naïve 中文 😀".as_bytes(), b"a\xFFb\xC3", b"\xE4\xB8", b"\xF0\x9F\x98", b"\x80\x80\x80\x80x", b""]
        {
            let expected = String::from_utf8_lossy(bytes);
            for size in 1..8 {
                let mut read = String::new();
                Lossy::new(BufReader::with_capacity(size, bytes)).read_to_string(&mut read).unwrap();
                assert_eq!(read, expected, "{bytes:?} by {size}");
            }
        }
    }
}
