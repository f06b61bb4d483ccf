//! A text of limited length: it is cut at a whole character, and then ends in `...`.

use core::fmt::{self, Write};

use heapless::String;

const ELLIPSIS: &str = "...";

/// At most `N` bytes of UTF-8.
pub(super) struct Cut<const N: usize> {
    text: String<N>,
    is_cut: bool,
}

impl<const N: usize> Cut<N> {
    pub(super) const fn new() -> Self {
        Self { text: String::new(), is_cut: false }
    }

    /// Writes the text and returns it.
    pub(super) fn of(&mut self, text: impl fmt::Display) -> &str {
        // This never fails: text that does not fit is left out.
        let _ = write!(self, "{text}");
        if self.is_cut {
            let _ = self.text.push_str(ELLIPSIS);
        }
        &self.text
    }
}

impl<const N: usize> Write for Cut<N> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.write_char(c))
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        let len = self.text.len().saturating_add(c.len_utf8()).saturating_add(ELLIPSIS.len());
        self.is_cut |= len > N;
        if !self.is_cut {
            let _ = self.text.push(c);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Cut;

    #[test]
    fn cuts_whole_characters_and_says_so() {
        assert_eq!(Cut::<8>::new().of("abcde"), "abcde");
        assert_eq!(Cut::<8>::new().of("abcdef"), "abcde...");
        assert_eq!(Cut::<8>::new().of("abcd‘e"), "abcd...");
        assert_eq!(Cut::<2>::new().of("abc"), "");
    }
}
