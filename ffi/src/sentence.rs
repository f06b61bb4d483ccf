//! A message of limited length: it is cut at the limit, and never inside an escape.

use core::fmt::{self, Write};

/// The maximum length of a message, of findings and of denials.
pub const CORSAC_MESSAGE_MAX: usize = 1024;

/// One line for people, of at most [`CORSAC_MESSAGE_MAX`] bytes.
#[derive(Debug)]
pub(crate) struct Sentence {
    text: heapless::Vec<u8, CORSAC_MESSAGE_MAX>,
    is_cut: bool,
}

impl Sentence {
    pub(crate) fn of(shown: &impl fmt::Display) -> Self {
        let mut sentence = Self { text: heapless::Vec::new(), is_cut: false };
        let _ = write!(sentence, "{shown}");
        if sentence.is_cut {
            sentence.drop_half_an_escape();
        }
        sentence
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.text
    }

    /// A backslash always begins `\xNN`, because the engine escapes every other one.
    fn drop_half_an_escape(&mut self) {
        let behind = self.text.iter().rev().take(3).position(|&byte| byte == b'\\');
        for _ in 0..behind.map_or(0, |behind| behind + 1) {
            self.text.pop();
        }
    }
}

impl Write for Sentence {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for &byte in text.as_bytes() {
            if self.text.push(byte).is_err() {
                self.is_cut = true;
                return Err(fmt::Error);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{CORSAC_MESSAGE_MAX, Sentence};
    use corsac::Escaped;
    use std::string::String;
    use std::vec;

    #[test]
    fn short_message_is_whole() {
        assert_eq!(Sentence::of(&Escaped(b"a\n")).as_bytes(), br"a\x0A");
        let full = String::from_utf8(vec![b'a'; CORSAC_MESSAGE_MAX]).unwrap();
        assert_eq!(Sentence::of(&full).as_bytes(), full.as_bytes());
    }

    #[test]
    fn long_message_is_cut_between_escapes() {
        for before in 0..4 {
            let mut bytes = vec![b'a'; before];
            bytes.resize(CORSAC_MESSAGE_MAX, b'\n');
            let sentence = Sentence::of(&Escaped(&bytes));
            let escapes = sentence.as_bytes().get(before..).unwrap();
            assert_eq!(escapes.len(), CORSAC_MESSAGE_MAX - before - (CORSAC_MESSAGE_MAX - before) % 4);
            assert!(escapes.chunks(4).all(|escape| escape == br"\x0A"), "{before}");
        }
    }
}
