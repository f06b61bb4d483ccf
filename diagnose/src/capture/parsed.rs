//! What a command in a text asks for: a call of curl, or of `fetch()`.

use crate::exchange::Headers;

/// What a command asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Command {
    pub(super) method: Vec<u8>,
    pub(super) url: Option<Vec<u8>>,
    pub(super) headers: Headers,
    /// Only the headers of CORS are shown: `| grep -i access-control`.
    pub(super) greps: bool,
}

/// How a command goes on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Parsed {
    Whole(Command),
    /// A quote is open, or the line ends in a continuation: the next line belongs to it.
    Unfinished,
}
