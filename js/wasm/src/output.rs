//! Text that JavaScript reads: lines for people, and JSON.

use core::fmt::{self, Write};

use crate::memory::Output;

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes()).then_some(()).ok_or(fmt::Error)
    }
}

/// Writes one line for people, and returns its length.
#[cfg(feature = "engine")]
pub(crate) fn line(shown: impl fmt::Display) -> usize {
    let mut output = Output::new();
    let _ = write!(output, "{shown}");
    output.len()
}
