//! Reads a text of curl or DevTools line by line, and finds where heads, commands and panes begin and end.

use std::io::{self, BufRead};

use corsac::Escaped;
use corsac::browser::HttpVersion;

use super::chain::CapturedExchange;
use super::code;
use super::command;
use super::conversation::{Conversation, End};
use super::head::{self, StatusLine, glued_status_line, header_line, request_line, spaced_header_line, status_line};
use super::line::{Line, Marked, Numbered, marked, without_colours};
use super::open_head::{Head, HeadKind, ends_head, first_line, response, split_at};
use super::pair::Pairing;
use super::pane::{self, Pane, Took};
use super::parsed::Parsed;
use super::place::{Notes, Place};
use super::written::{bare_status, printed, undecorated, without_space};
use crate::codes::neighbour;
use crate::console::server_words;
use crate::secret::is_secret;

/// A head has at most this many lines and bytes.
const HEAD_LINES: usize = 1000;
const HEAD_BYTES: usize = 1 << 20;

/// A command has at most this many bytes and lines.
const COMMAND_BYTES: usize = 64 << 10;
const COMMAND_LINES: u64 = 200;

/// What servers write into the body of a response to a page whose origin they do not allow, in lower case.
const REFUSALS: [&[u8]; 5] = [
    b"not allowed by cors",
    b"invalid cors request",
    b"disallowed cors origin",
    b"cors policy execution failed",
    b"this cors request is not allowed",
];

/// What curl writes when it gives up.
const FAILURE: &[u8] = b"curl: (";

/// Reads a text. The error says what it has instead of a head.
pub(super) fn read(
    file: &Place,
    from: impl BufRead,
    pairing: &mut Pairing,
    notes: &mut Notes,
    on: &mut dyn FnMut(CapturedExchange),
) -> io::Result<Result<(), String>> {
    let mut lines = Numbered::new(from);
    let talk = Conversation::new(file, pairing, notes, on);
    let mut text = Text { state: State::Outside, talk };
    let mut first = None;
    while let Some(line) = lines.next()? {
        if first.is_none() && !line.bytes.trim_ascii().is_empty() {
            first = Some(found(line));
        }
        text.line(line);
    }
    text.end_state();
    Ok(match text.talk.end() {
        End { steps: 0, failure: Some((line, message)), .. } => {
            Err(format!("on line {line} \"{}\"", shown(message.as_bytes())))
        }
        End { steps: 0, command: Some(line), .. } => Err(format!(
            "on line {line} a command without its output: run it so that it prints the headers (curl -i, http --headers)"
        )),
        End { steps: 0, .. } => Err(first.unwrap_or_else(|| "no text".to_owned())),
        _ => Ok(()),
    })
}

/// What a text that is not a capture begins with.
fn found(line: Line<'_>) -> String {
    let has = |part: &str| line.bytes.windows(part.len()).any(|window| window == part.as_bytes());
    if has("blocked by CORS policy") || has("Cross-Origin Request Blocked") || has("Access-Control-Allow-Origin.") {
        return format!("on line {} a console message: give it to --console", line.number);
    }
    format!("on line {} \"{}\"", line.number, shown(line.bytes))
}

#[derive(Debug)]
enum State {
    /// Nothing has begun. Headers without a first line may follow.
    Outside,
    /// In a head, with the marks of `curl -v`.
    Marked(Head),
    /// In a head without marks.
    Plain(Head),
    /// After a head. Anything may follow.
    Body,
    Command(Vec<u8>, u64),
    Pane(Pane),
}

struct Text<'t> {
    state: State,
    talk: Conversation<'t>,
}

impl Text<'_> {
    fn line(&mut self, line: Line<'_>) {
        let coloured = line.bytes.contains(&0x1B).then(|| without_colours(line.bytes));
        let bytes = coloured.as_deref().unwrap_or(line.bytes);
        // What a command continues with is the shell's or a script's.
        let within = matches!(self.state, State::Plain(_));
        let plain = undecorated(bytes, within).filter(|_| !matches!(self.state, State::Command(..)));
        let bytes = plain.as_deref().unwrap_or(bytes);
        let is_raw = matches!(&self.state, State::Plain(head) | State::Marked(head) if head.is_raw() && !head.glued);
        let plain = without_space(bytes).filter(|_| !is_raw);
        let bytes = plain.as_deref().unwrap_or(bytes);
        match marked(bytes) {
            Marked::Noise => {}
            Marked::Note(note) => {
                if !self.continues_command(bytes, line.number) {
                    self.talk.spoken.credentials(&String::from_utf8_lossy(note));
                    self.talk.connection.note(note, line.number);
                }
            }
            Marked::Sent(text) => {
                let begins = request_line(text).is_some();
                // A mail's or Markdown's mark of a quotation.
                if !begins && (matches!(self.state, State::Pane(_)) || pane::is_start(text)) {
                    return self.plain_line(text, line);
                }
                self.marked_line(text, line, begins, |kind| !matches!(kind, HeadKind::Response { .. }));
            }
            Marked::Received(text) => {
                let begins = status_line(text).is_some();
                self.marked_line(text, line, begins, |kind| !matches!(kind, HeadKind::Request { .. }));
            }
            Marked::Plain(text) => self.plain_line(text, line),
        }
    }

    /// A line after `> ` or `< `. `belongs`: to a head of this kind.
    fn marked_line(&mut self, text: &[u8], line: Line<'_>, begins: bool, belongs: impl Fn(&HeadKind) -> bool) {
        if begins {
            self.end_state();
            if let Some(head) = first_line(text, line.number) {
                self.state = State::Marked(head);
            }
            return;
        }
        // The first line lost its mark.
        if matches!(&self.state, State::Plain(head) if matches!(head.kind, HeadKind::Unknown))
            && let State::Plain(head) = std::mem::replace(&mut self.state, State::Outside)
        {
            self.state = State::Marked(head);
        }
        let has_head = matches!(&self.state, State::Marked(head) if belongs(&head.kind));
        if has_head && text.trim_ascii().is_empty() {
            self.end_state();
        } else if has_head {
            self.head_line(text, line);
        } else if matches!(self.state, State::Outside) && header_line(text).is_some() {
            // The first lines were not copied.
            let unknown = Head::new(HeadKind::Unknown, line.number);
            self.state = State::Marked(unknown);
            self.head_line(text, line);
        }
    }

    fn plain_line(&mut self, text: &[u8], line: Line<'_>) {
        if self.continues_command(text, line.number) {
            return;
        }
        let blank = text.trim_ascii().is_empty();
        match &mut self.state {
            State::Pane(pane) => {
                self.talk.spoken.credentials(&String::from_utf8_lossy(text));
                let at_prompt = command::start(text).is_some();
                let took = if at_prompt { Took::Next } else { pane.take(text, line.number) };
                if took == Took::Next {
                    self.end_state();
                    self.begin(text, line);
                }
            }
            // `curl -iv` writes each line of a head twice, once with its mark.
            State::Marked(_) => {
                if command::start(text).is_some() || text.starts_with(FAILURE) {
                    self.end_state();
                    self.begin(text, line);
                }
            }
            // Below the number, Python's prompt asks for the headers.
            State::Plain(head) if head.glued && head.headers.is_empty() && text.starts_with(b">>>") => {}
            State::Plain(head) if head.glued && head.headers.is_empty() && printed(text).is_some() => {
                head.headers = printed(text).unwrap_or_default();
                self.end_state();
            }
            State::Plain(head)
                if head.glued && head.headers.is_empty() && header_line(text.trim_ascii_start()).is_none() =>
            {
                self.state = if head.is_first { State::Outside } else { State::Body };
                self.begin(text, line);
            }
            State::Plain(head) if blank && head.is_list() => head.has_gap = true,
            State::Plain(head) if head.has_gap && !head.goes_on_with(text) => {
                self.end_state();
                self.begin(text, line);
            }
            State::Plain(_) if blank || text.starts_with(b"```") => self.end_state(),
            State::Plain(head) => {
                // mitmproxy indents the headers, and not their first line.
                let blanks = text.len() - text.trim_ascii_start().len();
                if head.headers.is_empty() && blanks > head.indent && header_line(text.trim_ascii_start()).is_some() {
                    head.indent = blanks;
                }
                let inner = text.get(head.indent..).unwrap_or_default();
                let is_indented = text.iter().take(head.indent).all(|b| *b == b' ') && !inner.is_empty();
                if !is_indented || ends_head(text) {
                    self.end_state();
                    self.begin(text, line);
                } else {
                    self.head_line(inner, line);
                }
            }
            State::Body => {
                self.body_line(text, line.number);
                self.words_of_server(text, line.number);
                self.talk.spoken.title(text);
                self.begin(text, line);
            }
            _ => {
                self.talk.spoken.line(text);
                self.begin(text, line);
            }
        }
    }

    /// A line of a body, or any other text. The words of some servers name their reason.
    fn body_line(&mut self, text: &[u8], number: u64) {
        let lower = text.to_ascii_lowercase();
        let has = |words: &&[u8]| lower.windows(words.len()).any(|window| window == *words);
        if REFUSALS.iter().any(has) {
            self.talk.note(
                number,
                "the body says that the server does not allow the page's origin: add the origin to those that the server allows",
            );
        }
    }

    /// The words of a server that name its reason.
    fn words_of_server(&mut self, text: &[u8], number: u64) {
        let Some(entry) = str::from_utf8(text).ok().and_then(server_words).and_then(neighbour) else { return };
        let plain = |text: &str| text.replace('\n', " ").replace('`', "");
        self.talk.note(
            number,
            format!(
                "the body says more than the headers: {} {} [{}]",
                plain(entry.means),
                plain(entry.fix),
                entry.code
            ),
        );
    }

    /// Looks for the beginning of a head, a command or a pane.
    fn begin(&mut self, text: &[u8], line: Line<'_>) {
        let trimmed = text.trim_ascii_start();
        if let Some(mut head) = first_line(trimmed, line.number) {
            head.indent = text.len() - trimmed.len();
            self.state = State::Plain(head);
        } else if let Some(at) = command::start(text) {
            self.state = State::Command(text.get(at..).unwrap_or_default().to_vec(), line.number);
            self.try_command();
        } else if let Some(at) = code::start(text).filter(|_| matches!(self.state, State::Outside)) {
            self.state = State::Command(text.get(at..).unwrap_or_default().to_vec(), line.number);
            self.try_command();
        } else if let Some(headers) = printed(text).filter(|_| matches!(self.state, State::Outside)) {
            self.talk.headers_alone(line.number, headers);
        } else if let Some(found) = glued_status_line(text) {
            let kind = response(found);
            self.state = State::Plain(Head { glued: true, ..Head::new(kind, line.number) });
        } else if let Some(status) = bare_status(trimmed).or_else(|| self.number(trimmed)) {
            let kind = HeadKind::Response { http_version: HttpVersion::Http1, status, reason: Vec::new() };
            let is_first = matches!(self.state, State::Outside);
            let indent = text.len() - trimmed.len();
            self.state = State::Plain(Head { glued: true, is_first, indent, ..Head::new(kind, line.number) });
        } else if text.starts_with(FAILURE) {
            self.talk.failed(text, line.number);
        } else if pane::is_start(text) {
            let mut pane = Pane::new(line.number);
            pane.take(text, line.number);
            self.state = State::Pane(pane);
        } else if text.starts_with(b"--")
            && let Some((_, url)) = trimmed.strip_prefix(b"--").and_then(|rest| split_at(rest, b"--  "))
        {
            // wget: `--2025-01-31 12:00:00--  https://b.example/x`
            let url = Some(url.trim_ascii().to_vec());
            self.talk.asks_by_wget(url, line.number);
        } else if matches!(self.state, State::Outside)
            && line.whole
            && header_line(text).is_some_and(|(name, _)| head::may_begin_head(name))
        {
            let unknown = Head::new(HeadKind::Unknown, line.number);
            self.state = State::Plain(unknown);
            self.head_line(text, line);
        }
    }

    /// A status that is alone on its line, below a call in Python.
    fn number(&self, text: &[u8]) -> Option<u16> {
        let status = str::from_utf8(text).ok().filter(|text| text.len() == 3)?.parse().ok();
        status.filter(|status| (200..600).contains(status) && matches!(self.state, State::Outside))
    }

    /// A line of the current head.
    fn head_line(&mut self, text: &[u8], line: Line<'_>) {
        let (State::Marked(head) | State::Plain(head)) = &mut self.state else { return };
        head.cut = !line.ended;
        head.has_gap = false;
        head.size = head.size.saturating_add(text.len());
        if !line.whole {
            self.talk.note(line.number, "a header that is longer than browsers accept is left out");
        } else if head.headers.len() >= HEAD_LINES || head.size > HEAD_BYTES {
            if head.size != usize::MAX {
                head.size = usize::MAX;
                self.talk.note(line.number, "this head is longer than browsers accept: the rest of it is left out");
            }
        } else if let Some((name, value)) = header_line(text) {
            head.headers.push((name.to_vec(), value.to_vec()));
        } else if let (true, Some((name, value))) = (head.is_raw(), spaced_header_line(text)) {
            head.headers.push((name.to_vec(), value.to_vec()));
        } else if let (Some(b' ' | b'\t'), Some((_, value))) = (text.first(), head.headers.last_mut()) {
            // A folded line (RFC 9112, 5.2) goes on with the value before it.
            value.push(b' ');
            value.extend_from_slice(text.trim_ascii());
        } else {
            let end = if line.ended { "" } else { "; the text is cut off here" };
            // In the head of a request it may be the rest of a secret, or a cookie without its colon.
            let is_response = matches!(head.kind, HeadKind::Response { .. });
            let is_harmless = is_response && !head.headers.last().is_some_and(|(name, _)| is_secret(name));
            let what = if is_harmless { format!(": \"{}\"", shown(text)) } else { String::new() };
            self.talk.note(line.number, format!("not a header (NAME: VALUE) in a head{what}{end}"));
        }
    }

    /// Whether the line is part of a command over several lines.
    fn continues_command(&mut self, text: &[u8], number: u64) -> bool {
        let State::Command(command, start) = &mut self.state else { return false };
        let too_long = command.len() + text.len() > COMMAND_BYTES || number > *start + COMMAND_LINES;
        if too_long || first_line(text, number).is_some() {
            let message = "this command does not end: a quote in it is still open";
            self.talk.note(*start, message);
            self.state = State::Body;
            return false;
        }
        command.push(b'\n');
        command.extend_from_slice(text);
        self.try_command();
        true
    }

    fn try_command(&mut self) {
        let State::Command(text, line) = &self.state else { return };
        if let Parsed::Whole(command) = command::parse(text) {
            // What code asks for may be computed.
            if command.url.is_some() || !code::is_call(text) {
                self.talk.command(command, *line);
            }
            self.state = State::Outside;
        }
    }

    /// Ends whatever has begun.
    fn end_state(&mut self) {
        match std::mem::replace(&mut self.state, State::Body) {
            State::Marked(head) => self.end_head(head, true),
            State::Plain(head) => self.end_head(head, false),
            State::Pane(pane) => {
                if pane.has_facts() {
                    self.talk.pane(pane);
                }
                self.state = State::Outside;
            }
            State::Command(_, line) => {
                let message = "this command does not end: a quote in it is still open";
                self.talk.note(line, message);
            }
            State::Outside => self.state = State::Outside,
            State::Body => {}
        }
    }

    fn end_head(&mut self, head: Head, marked: bool) {
        if head.cut {
            self.talk.note(head.line, "the text ends within this head: its last line may be cut off");
        }
        match head.kind {
            HeadKind::Request { method, target } => {
                self.state = State::Outside;
                self.talk.request(head.line, method, &target, head.headers);
            }
            HeadKind::Response { http_version, status, reason } => {
                let found = StatusLine { http_version, status, reason: &reason };
                self.talk.response(head.line, found, head.headers, marked);
            }
            HeadKind::Unknown => {
                self.state = State::Outside;
                self.talk.headers_alone(head.line, head.headers);
            }
        }
    }
}

fn shown(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes.get(..80).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::{HEAD_BYTES, HEAD_LINES};
    use crate::capture::Captures;
    use crate::exchange::Headers;

    /// The header lines of each response, and the notes.
    fn read(text: &str) -> (Vec<Headers>, Vec<String>) {
        let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
        captures.read("x", text.as_bytes(), &mut |captured| exchanges.push(captured)).unwrap();
        let notes = captures.finish(&mut |captured| exchanges.push(captured));
        let hops = exchanges.into_iter().flat_map(|captured| captured.exchange.hops);
        let responses = hops.flat_map(|hop| [hop.preflight, hop.response]).flatten();
        let notes = notes.into_iter().map(|note| format!("{} {}", note.place, note.message));
        (responses.map(|response| response.headers).collect(), notes.collect())
    }

    #[test]
    fn head_without_end_is_cut_and_next_is_read() {
        for line in ["a: b\n", " folded\n"] {
            let text =
                format!("HTTP/1.1 200 OK\nx: y\n{}\nHTTP/1.1 404 No\n\n", line.repeat(HEAD_LINES + HEAD_BYTES / 6));
            let (responses, notes) = read(&text);
            assert_eq!((responses.len(), notes.len()), (2, 1), "{notes:?}");
            assert!(notes[0].contains("longer than browsers accept"), "{notes:?}");
            let kept: usize = responses[0].iter().map(|(name, value)| name.len() + value.len()).sum();
            assert!(responses[0].len() <= HEAD_LINES && kept <= 2 * HEAD_BYTES);
        }
        let (responses, notes) = read(&format!("HTTP/1.1 200 OK\nx: {}\na: b\n\n", "y".repeat(HEAD_BYTES)));
        assert_eq!(responses[0], [(b"a".to_vec(), b"b".to_vec())]);
        assert!(notes[0].starts_with("x:2 a header that is longer"), "{notes:?}");
    }

    #[test]
    fn head_ends_at_a_prompt_and_at_next_head() {
        let text =
            "HTTP/2 200\na: b\nme@host:~$ curl -i http://b.test/\nHTTP/2 201\na: curl -i http://c.test\nHTTP/2 202\n\n";
        let (responses, notes) = read(text);
        assert_eq!(responses.iter().map(Vec::len).collect::<Vec<_>>(), [1, 1, 0]);
        assert_eq!(notes, [""; 0]);
    }

    #[test]
    fn a_body_that_speaks_of_heads_has_none() {
        let text = "HTTP/2 200\n\nSend GET / HTTP/1.1\nand read: HTTP/1.1 200 OK\nor so\n> quoted\n* listed\n<html>\nOrigin: x\n";
        assert_eq!(read(text).0.len(), 1);
    }
}
