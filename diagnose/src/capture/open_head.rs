//! A head whose lines are still coming: what begins it, what goes on with it, and what ends it.

use corsac::browser::HttpVersion;

use super::command;
use super::head::{self, StatusLine, header_line, request_line, status_line};
use super::pane;
use crate::exchange::Headers;

/// A head whose lines are still coming.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) kind: HeadKind,
    pub(super) line: u64,
    /// Blanks before each of its lines, which `wget -S` writes.
    pub(super) indent: usize,
    pub(super) headers: Headers,
    pub(super) size: usize,
    /// Its last line may be cut off.
    pub(super) cut: bool,
    /// It is behind other text on its line, or has no version of HTTP, so it counts only if a header follows.
    pub(super) glued: bool,
    /// What the text goes on with if it does not count.
    pub(super) is_first: bool,
    /// An empty line came last. A list of headers may go on.
    pub(super) has_gap: bool,
}

impl Head {
    pub(super) fn new(kind: HeadKind, line: u64) -> Self {
        Self {
            kind,
            line,
            indent: 0,
            headers: Headers::new(),
            size: 0,
            cut: false,
            glued: false,
            is_first: false,
            has_gap: false,
        }
    }

    /// Whether these are headers of a response without a first line, as people list them.
    pub(super) fn is_list(&self) -> bool {
        matches!(self.kind, HeadKind::Unknown) && head::whose(&self.headers) == Some(head::Whose::Response)
    }

    /// Whether the list of headers has this one too. Another response repeats what a response has once.
    pub(super) fn goes_on_with(&self, text: &[u8]) -> bool {
        let is_repeated = |name: &[u8]| self.headers.iter().any(|(have, _)| have.eq_ignore_ascii_case(name));
        let may_be_twice = |name: &[u8]| name.eq_ignore_ascii_case(b"access-control-allow-origin");
        header_line(text).is_some_and(|(name, _)| {
            head::whose_name(name) == Some(head::Whose::Response) && (!is_repeated(name) || may_be_twice(name))
        })
    }

    /// Whether white space before a colon counts: in a response as it came over HTTP/1. Elsewhere it may be only how somebody writes headers.
    pub(super) fn is_raw(&self) -> bool {
        matches!(self.kind, HeadKind::Response { http_version: HttpVersion::Http1, .. })
    }
}

#[derive(Debug)]
pub(super) enum HeadKind {
    Request {
        method: Vec<u8>,
        target: Vec<u8>,
    },
    Response {
        http_version: HttpVersion,
        status: u16,
        reason: Vec<u8>,
    },
    /// Header lines without a first line.
    Unknown,
}

/// Whether a head without an empty line ends before this line. A prompt may look like a header.
pub(super) fn ends_head(text: &[u8]) -> bool {
    let is_prompt = |at| text.get(..at).is_some_and(|before| split_at(before, b": ").is_none());
    status_line(text).is_some()
        || pane::is_start(text)
        || pane::title(text, true).is_some()
        || command::start(text).is_some_and(is_prompt)
}

/// The head that begins with this line.
pub(super) fn first_line(text: &[u8], line: u64) -> Option<Head> {
    let kind = if let Some(found) = status_line(text) {
        response(found)
    } else {
        let found = request_line(text)?;
        HeadKind::Request { method: found.method.to_vec(), target: found.target.to_vec() }
    };
    Some(Head::new(kind, line))
}

pub(super) fn response(found: StatusLine<'_>) -> HeadKind {
    let StatusLine { http_version, status, reason } = found;
    HeadKind::Response { http_version, status, reason: reason.to_vec() }
}

pub(super) fn split_at<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|part| part == by)?;
    Some((bytes.get(..at)?, bytes.get(at + by.len()..)?))
}
