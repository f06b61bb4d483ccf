//! Words of a command that a person can copy into a shell.

use crate::printable::printable;

/// One word of a shell's command line, quoted if necessary, and safe for a terminal.
#[must_use]
pub(crate) fn shell_word(text: &str) -> String {
    let shown = printable(text);
    match shlex::try_quote(&shown) {
        Ok(quoted) => quoted.into_owned(),
        Err(_) => "''".to_owned(),
    }
}
