//! A writer that fails: no message may end early as if it were complete.

use std::fmt::{self, Display, Write};

/// A writer with room for this many bytes.
struct Narrow {
    text: String,
    room: usize,
}

impl Write for Narrow {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.room = self.room.checked_sub(text.len()).ok_or(fmt::Error)?;
        self.text.push_str(text);
        Ok(())
    }
}

/// Returns the message, after a test with a writer that is too short at every length.
pub(crate) fn said(message: impl Display) -> String {
    let whole = message.to_string();
    for room in 0..whole.len() {
        let mut narrow = Narrow { text: String::new(), room };
        assert!(write!(narrow, "{message}").is_err(), "{whole:?} ends after {room} bytes as if it were whole");
        assert!(whole.starts_with(&narrow.text));
    }
    whole
}
