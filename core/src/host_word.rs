//! Eight bytes of a host at once: which of them are dots, where it ends, and whether any byte is none of a host's.

use crate::byte::{HIGHS, ONES, places, word_at};

pub(crate) struct HostWord {
    /// 0x80 in every byte that is a dot.
    dots: u64,
    /// 0x80 in every byte that is neither a dot nor a label's.
    others: u64,
    end: usize,
}

impl HostWord {
    /// The bytes from a place on, up to a colon.
    #[inline]
    pub(crate) fn at(bytes: &[u8], at: usize) -> Self {
        let word = word_at(bytes, at);
        // 8 without one.
        let colon = places(word, b':').trailing_zeros() as usize / 8;
        let end = colon.min(bytes.len().saturating_sub(at));
        let before = !u64::MAX.checked_shl(8 * end as u32).unwrap_or(0);
        let dots = places(word, b'.') & before;
        Self { dots, others: HIGHS & before & !(dots | label_bytes(word)), end }
    }

    /// A byte that stands in no host, or only in rarer ones.
    #[inline]
    pub(crate) fn has_other(&self) -> bool {
        self.others != 0
    }

    /// Two dots in a row; `dot_before` is whether the byte before is one.
    #[inline]
    pub(crate) fn has_empty_label(&self, dot_before: bool) -> bool {
        ((self.dots << 8) | (u64::from(dot_before) << 7)) & self.dots != 0
    }

    /// The place behind the last dot.
    #[inline]
    pub(crate) fn behind_last_dot(&self) -> Option<usize> {
        (self.dots != 0).then(|| 8 - self.dots.leading_zeros() as usize / 8)
    }

    /// Where the host ends, if it does.
    #[inline]
    pub(crate) fn end(&self) -> Option<usize> {
        (self.end < 8).then_some(self.end)
    }
}

/// 0x80 in every byte of a word that stands in labels.
#[inline]
fn label_bytes(word: u64) -> u64 {
    // With the high bit aside, what is added carries into it from that byte on, and never into the neighbour.
    let from = |b: u8| (word & !HIGHS) + ONES * (0x80 - u64::from(b));
    let letters = from(b'a') & !from(b'z' + 1);
    let digits = from(b'0') & !from(b'9' + 1);
    (letters | digits | places(word, b'-') | places(word, b'_')) & !word & HIGHS
}

#[cfg(test)]
mod tests {
    use super::HostWord;
    use crate::byte::is_label_byte;

    #[test]
    fn every_byte_is_told_at_every_place() {
        for place in 0..8 {
            for b in 0..=255_u8 {
                let mut bytes = *b"abcdefgh";
                bytes[place] = b;
                let word = HostWord::at(&bytes, 0);
                let is_host_byte = is_label_byte(b) || matches!(b, b'.' | b':');
                assert_eq!(word.has_other(), !is_host_byte, "{b:#x} at {place}");
                assert_eq!(word.end(), (b == b':').then_some(place));
                assert_eq!(word.behind_last_dot(), (b == b'.').then_some(place + 1));
                assert_eq!(word.has_empty_label(true), b == b'.' && place == 0);
                assert!(!word.has_empty_label(false));
            }
        }
    }

    #[test]
    fn what_stands_behind_the_end_does_not_count() {
        let word = HostWord::at(b"a.:\0..", 0);
        assert!(!word.has_other() && !word.has_empty_label(false));
        assert_eq!((word.end(), word.behind_last_dot()), (Some(2), Some(2)));
        let word = HostWord::at(b"abcdefgh.", 8);
        assert_eq!((word.end(), word.behind_last_dot()), (Some(1), Some(1)));
        assert_eq!(HostWord::at(b"abcdefgh", 8).end(), Some(0));
        assert!(HostWord::at(b"a..b", 0).has_empty_label(false));
    }
}
