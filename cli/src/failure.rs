//! How a command ends: an outcome (exit code 0 or 1), or a failure to reach one (2).

use std::fmt::Display;
use std::io::{self, Write};

use annotate_snippets::renderer::DEFAULT_ERROR_STYLE as ERROR;

/// What a command found out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Fine,
    /// Errors among the findings, or a request that is denied or blocked.
    Problem,
}

/// Why a command could not run, or not to its end.
#[derive(Debug)]
pub(crate) enum Failure {
    /// One line, which is not shown yet.
    Message(String),
    AlreadyShown,
}

impl Failure {
    /// `what` could not be done because of `why`.
    pub(crate) fn because(what: impl Display, why: impl Display) -> Self {
        Self::Message(format!("{what}: {why}"))
    }

    /// Writes the line to standard error. If that fails, there is nowhere to report it.
    pub(crate) fn show(&self) {
        if let Self::Message(message) = self {
            let _ = writeln!(anstream::stderr(), "{ERROR}error:{ERROR:#} {message}");
        }
    }
}

/// The result of a write to standard output. A reader that has closed the pipe, such as `head`, is not a failure.
pub(crate) fn written(result: io::Result<()>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::because("cannot write to standard output", error))
        }
        _ => Ok(()),
    }
}

/// Writes bytes to standard output.
pub(crate) fn write_out(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    written(out.write_all(bytes).and_then(|()| out.flush()))
}

/// Writes styled text to standard error. If that fails, there is nowhere to report it.
pub(crate) fn print_err(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}

/// Writes styled text to standard output. The styles are kept only on a terminal, and never with `NO_COLOR`.
pub(crate) fn print_out(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout();
    written(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
}
