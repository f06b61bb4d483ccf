//! The grammar of TOML, token by token and without recursion: what it reads goes into the store, and the first fault ends it.

use heapless::Vec;

use crate::spec::limits::TABLES_MAX;
use crate::toml::finding::{About, TextFinding};
use crate::toml::layout::{self, Clash, Way};
use crate::toml::lexer::{Kind, Lexer, Token};
use crate::toml::option_name::policy_option;
use crate::toml::reporter::Reporter;
use crate::toml::scalar::{self, Scalar};
use crate::toml::slot::{Bytes, Children, Entry, NONE, ROOT, Style, Value, ValueKind};
use crate::toml::store::{Full, Store};
use crate::toml::text::{self, Flaw, Text};

/// How deep arrays and inline tables may be inside of each other, and how many names a key may have. The `toml` crate has the same limits.
const DEPTH_MAX: usize = 80;

/// Why reading ended before the end of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// A fault, which was reported.
    Fault,
    /// The scratch memory is full.
    Full,
    /// More tables than a set may have, which was reported.
    TooManyTables,
}

impl From<Full> for Stop {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

/// Where a value goes.
#[derive(Clone, Copy, Debug)]
enum Goal {
    Node(u32),
    /// An entry that is already there, to learn where it ends.
    Entry(u32),
    Nowhere,
}

/// An array or an inline table that is not closed yet.
#[derive(Clone, Copy, Debug)]
struct Frame {
    /// The node that keys or elements are added to.
    node: u32,
    goal: Goal,
    start: usize,
    content: Content,
    /// Elements so far.
    count: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Pairs,
    /// Elements that become nodes.
    Nodes,
    /// Elements that become entries of a list.
    Entries,
    /// Elements that are of no interest.
    Ignored,
}

pub(crate) struct Document<'d, 's, 'r, 'f, 't> {
    store: &'d mut Store<'s, 't>,
    report: &'r mut Reporter<'f, 't>,
    lexer: Lexer<'t>,
    /// The table of the last header.
    table: u32,
    tables: usize,
    frames: Vec<Frame, DEPTH_MAX>,
}

impl<'d, 's, 'r, 'f, 't> Document<'d, 's, 'r, 'f, 't> {
    pub(crate) fn new(store: &'d mut Store<'s, 't>, report: &'r mut Reporter<'f, 't>) -> Self {
        let lexer = Lexer::new(store.text);
        Self { store, report, lexer, table: ROOT, tables: 0, frames: Vec::new() }
    }

    pub(crate) fn read(mut self) -> Result<(), Stop> {
        loop {
            let token = self.lexer.next();
            match token.kind {
                Kind::Space => {}
                Kind::Newline | Kind::Comment => self.trivia(token)?,
                Kind::End => return Ok(()),
                Kind::OpenBracket => self.header(token)?,
                _ => self.line(token)?,
            }
        }
    }

    /// `[key]` or `[[key]]`.
    fn header(&mut self, open: Token) -> Result<(), Stop> {
        self.count_table(open)?;
        let is_element = self.lexer.peek() == Kind::OpenBracket;
        if is_element {
            self.lexer.next();
        }
        let first = self.next_solid();
        let (parent, key, _, close) = self.key(ROOT, first, Way::Header)?;
        let mut end = close.end;
        let mut is_closed = close.kind == Kind::CloseBracket;
        if is_closed && is_element {
            let second = self.lexer.next();
            is_closed = second.kind == Kind::CloseBracket;
            end = second.end;
        }
        if !is_closed {
            return self.fault(
                close.start,
                close.end,
                "a header of a table ends in ] and that of a list of tables in ]]",
            );
        }
        let header = Bytes::new(open.start, end);
        let opened = match is_element {
            true => layout::open_element(self.store, parent, key, header),
            false => layout::open_table(self.store, parent, key, header),
        };
        self.table = opened.or_else(|clash| self.clash(key, clash))?;
        self.end_of_line()
    }

    /// `key = value`.
    fn line(&mut self, first: Token) -> Result<(), Stop> {
        let (table, key, has_dots, equals) = self.key(self.table, first, Way::Line)?;
        if equals.kind != Kind::Equals {
            return self.fault(equals.start, equals.start, "a key is followed by = and a value");
        }
        let node = layout::put(self.store, table, key, Way::Line, has_dots).or_else(|clash| self.clash(key, clash))?;
        let token = self.next_solid();
        self.value(Goal::Node(node), token)?;
        self.end_of_line()
    }

    /// A key, from its first token on: the table that its last name is in, that name, whether it has dots, and the token after it.
    fn key(&mut self, table: u32, first: Token, way: Way) -> Result<(u32, Bytes, bool, Token), Stop> {
        let (mut table, mut key, mut names) = (table, self.name(first)?, 1);
        loop {
            let token = self.next_solid();
            if token.kind != Kind::Dot {
                return Ok((table, key, names > 1, token));
            }
            if names >= DEPTH_MAX {
                return self.fault(key.range().start, token.end, "a key has at most 79 dots");
            }
            table = layout::descend(self.store, table, key, way).or_else(|clash| self.clash(key, clash))?;
            let next = self.next_solid();
            key = self.name(next)?;
            names += 1;
        }
    }

    /// One name of a key.
    fn name(&mut self, token: Token) -> Result<Bytes, Stop> {
        let span = Bytes::new(token.start, token.end);
        match token.kind {
            Kind::Bare | Kind::Basic | Kind::Literal | Kind::LongBasic | Kind::LongLiteral => {}
            _ => return self.fault(token.start, token.end, "a key was expected here"),
        }
        match text::key(token.kind, self.store.bytes(span)) {
            Ok(Text::Plain(_)) => Ok(span),
            Ok(Text::Escaped(at)) => {
                self.escape(token, at);
                Ok(span)
            }
            Err(flaw) => self.flaw(token, flaw),
        }
    }

    /// A value, from its first token on, with all that is inside of it.
    fn value(&mut self, goal: Goal, token: Token) -> Result<(), Stop> {
        let (mut goal, mut token) = (goal, token);
        loop {
            self.begin_value(goal, token)?;
            // What follows: the next value, or the end of all that is open.
            match self.next_value()? {
                Some((next_goal, next_token)) => (goal, token) = (next_goal, next_token),
                None => return Ok(()),
            }
        }
    }

    /// A scalar as a whole, or what opens an array or an inline table.
    fn begin_value(&mut self, goal: Goal, token: Token) -> Result<(), Stop> {
        let span = Bytes::new(token.start, token.end);
        match token.kind {
            Kind::OpenBracket => {
                let (content, value) = self.content(goal);
                self.set(goal, span, value);
                let node = if let Goal::Node(node) = goal { node } else { NONE };
                self.push(Frame { node, goal, start: token.start, content, count: 0 })
            }
            Kind::OpenBrace => {
                self.count_table(token)?;
                let value = Value::Table(Style::Inline, Children::EMPTY);
                let node = match goal {
                    Goal::Node(node) => node,
                    // Its keys need a table, so that none is there twice.
                    Goal::Entry(_) | Goal::Nowhere => self.store.add(NONE, Bytes::default(), span, value)?,
                };
                self.set(goal, span, value);
                self.push(Frame { node, goal, start: token.start, content: Content::Pairs, count: 0 })
            }
            Kind::Basic | Kind::Literal | Kind::LongBasic | Kind::LongLiteral => {
                let value = match text::string(token.kind, self.store.bytes(span)) {
                    Ok(Text::Plain(text)) => Value::String(text),
                    Ok(Text::Escaped(at)) => {
                        self.escape(token, at);
                        Value::Escaped
                    }
                    Err(flaw) => return self.flaw(token, flaw),
                };
                self.set(goal, span, value);
                Ok(())
            }
            Kind::Bare | Kind::Dot => {
                let span = Bytes::new(token.start, self.end_of_scalar(token.end));
                let value = match scalar::read(self.store.bytes(span)) {
                    Some(Scalar::Switch(on)) => Value::Switch(on),
                    Some(Scalar::Whole(number)) => Value::Whole(number),
                    Some(Scalar::Fraction) => Value::Fraction,
                    Some(Scalar::DateTime) => Value::DateTime,
                    None => {
                        let what = "a value is a string in quotes, a number, a date, true, false, a list or a table";
                        return self.fault(token.start, span.range().end, what);
                    }
                };
                self.set(goal, span, value);
                Ok(())
            }
            _ => self.fault(token.start, token.start, "a value was expected here"),
        }
    }

    /// Numbers with a fraction are several tokens, and so are dates with a time behind a space.
    fn end_of_scalar(&mut self, mut end: usize) -> usize {
        loop {
            let before = self.lexer.clone();
            let mut token = self.lexer.next();
            if token.kind == Kind::Space {
                token = self.lexer.next();
                if token.kind == Kind::Dot {
                    token.kind = Kind::Space;
                }
            }
            if !matches!(token.kind, Kind::Bare | Kind::Dot) {
                self.lexer = before;
                return end;
            }
            end = token.end;
        }
    }

    /// What becomes of the elements of an array that goes there, and the value that it is.
    fn content(&self, goal: Goal) -> (Content, Value<'t>) {
        let Goal::Node(id) = goal else { return (Content::Ignored, Value::Array) };
        let name = self.store.node(id).map_or(&b""[..], |node| self.store.name(node.key));
        if layout::is_at_top(self.store, id) && policy_option(name).is_none() {
            return (Content::Nodes, Value::Elements(Children::EMPTY));
        }
        if self.frames.iter().any(|frame| frame.content == Content::Entries) {
            return (Content::Ignored, Value::Array);
        }
        (Content::Entries, Value::List { from: self.store.entries(), count: 0 })
    }

    /// The next value inside of what is open; `None`: nothing is open any more.
    fn next_value(&mut self) -> Result<Option<(Goal, Token)>, Stop> {
        // A value has just ended, or something has just been opened.
        let mut is_separated = matches!(self.frames.last(), Some(frame) if frame.count == 0);
        loop {
            let Some(frame) = self.frames.last().copied() else { return Ok(None) };
            let token = self.next_past_lines()?;
            let is_pairs = frame.content == Content::Pairs;
            let close = if is_pairs { Kind::CloseBrace } else { Kind::CloseBracket };
            if token.kind == close {
                self.close(frame, token);
                is_separated = false;
                continue;
            }
            if !is_separated {
                if token.kind != Kind::Comma {
                    let what = match is_pairs {
                        true => "a comma or } was expected here",
                        false => "a comma or ] was expected here",
                    };
                    return self.fault(token.start, token.start, what);
                }
                is_separated = true;
                continue;
            }
            if let Some(frame) = self.frames.last_mut() {
                frame.count += 1;
            }
            return if is_pairs { self.pair(frame.node, token) } else { self.element(frame, token) }.map(Some);
        }
    }

    /// The key of a pair in braces: where its value goes, and the first token of that.
    fn pair(&mut self, table: u32, first: Token) -> Result<(Goal, Token), Stop> {
        let (table, key, has_dots, mut equals) = self.key(table, first, Way::Braces)?;
        if matches!(equals.kind, Kind::Newline | Kind::Comment) {
            self.trivia(equals)?;
            equals = self.next_past_lines()?;
        }
        if equals.kind != Kind::Equals {
            return self.fault(equals.start, equals.start, "a key is followed by = and a value");
        }
        let put = layout::put(self.store, table, key, Way::Braces, has_dots);
        let node = put.or_else(|clash| self.clash(key, clash))?;
        Ok((Goal::Node(node), self.next_past_lines()?))
    }

    /// An element of an array: where it goes.
    fn element(&mut self, frame: Frame, token: Token) -> Result<(Goal, Token), Stop> {
        let goal = match frame.content {
            Content::Nodes => {
                Goal::Node(self.store.add(frame.node, Bytes::default(), Bytes::default(), Value::Array)?)
            }
            Content::Entries => {
                let (span, kind) = (Bytes::default(), ValueKind::Array);
                Goal::Entry(self.store.add_entry(Entry { text: b"", span, index: frame.count, kind })?)
            }
            Content::Pairs | Content::Ignored => Goal::Nowhere,
        };
        Ok((goal, token))
    }

    /// The end of an array or of an inline table.
    fn close(&mut self, frame: Frame, token: Token) {
        let span = Bytes::new(frame.start, token.end);
        match frame.goal {
            Goal::Node(id) => {
                if let Some(node) = self.store.node_mut(id) {
                    node.span = span;
                    if let Value::List { count, .. } = &mut node.value {
                        *count = frame.count;
                    }
                }
            }
            Goal::Entry(at) => {
                if let Some(entry) = self.store.entry_mut(at) {
                    entry.span = span;
                }
            }
            Goal::Nowhere => {}
        }
        self.frames.pop();
    }

    fn set(&mut self, goal: Goal, span: Bytes, value: Value<'t>) {
        match goal {
            Goal::Node(id) => {
                if let Some(node) = self.store.node_mut(id) {
                    (node.span, node.value) = (span, value);
                }
            }
            Goal::Entry(at) => {
                if let Some(entry) = self.store.entry_mut(at) {
                    (entry.span, entry.kind) = (span, value.kind());
                    if let Value::String(text) = value {
                        entry.text = text;
                    }
                }
            }
            Goal::Nowhere => {}
        }
    }

    fn push(&mut self, frame: Frame) -> Result<(), Stop> {
        match self.frames.push(frame) {
            Ok(()) => Ok(()),
            Err(frame) => self.fault(frame.start, frame.start + 1, "lists and tables are at most 80 deep"),
        }
    }

    /// The next token that is not white space.
    fn next_solid(&mut self) -> Token {
        let token = self.lexer.next();
        if token.kind == Kind::Space { self.lexer.next() } else { token }
    }

    /// The next token that is not white space, the end of a line, or a comment.
    fn next_past_lines(&mut self) -> Result<Token, Stop> {
        loop {
            let token = self.lexer.next();
            match token.kind {
                Kind::Space => {}
                Kind::Newline | Kind::Comment => self.trivia(token)?,
                _ => return Ok(token),
            }
        }
    }

    fn end_of_line(&mut self) -> Result<(), Stop> {
        let mut token = self.next_solid();
        if token.kind == Kind::Comment {
            self.trivia(token)?;
            token = self.lexer.next();
        }
        match token.kind {
            Kind::End => Ok(()),
            Kind::Newline => self.trivia(token),
            _ => self.fault(token.start, token.start, "the end of the line was expected here"),
        }
    }

    /// Checks a comment or the end of a line.
    fn trivia(&mut self, token: Token) -> Result<(), Stop> {
        let raw = self.store.bytes(Bytes::new(token.start, token.end));
        let checked = if token.kind == Kind::Comment { text::comment(raw) } else { text::newline(raw) };
        checked.or_else(|flaw| self.flaw(token, flaw))
    }

    fn count_table(&mut self, token: Token) -> Result<(), Stop> {
        self.tables += 1;
        if self.tables <= TABLES_MAX {
            return Ok(());
        }
        self.report.add(TextFinding {
            table: Some(TABLES_MAX),
            field: b"policy",
            span: Some(token.start..token.end),
            ..TextFinding::error(About::TooManyTables)
        });
        Err(Stop::TooManyTables)
    }

    fn escape(&mut self, token: Token, at: usize) {
        let start = token.start + at;
        let rest = self.store.text.get(start + 1..token.end).unwrap_or_default();
        // The character after the backslash, whole.
        let len = rest.iter().skip(1).position(|b| b & 0xC0 != 0x80).map_or(rest.len(), |at| at + 1);
        let span = Some(start..start + 1 + len);
        self.report.add(TextFinding { span, ..TextFinding::error(About::Escape) });
    }

    fn clash<T>(&mut self, key: Bytes, clash: Clash) -> Result<T, Stop> {
        let what = match clash {
            Clash::Full => return Err(Stop::Full),
            Clash::Duplicate => "this key or table is here for the second time",
            Clash::NotATable => "this key has a value that is not a table, so that nothing can be added below it",
            Clash::Inline => "nothing can be added to a table in braces",
        };
        self.fault(key.range().start, key.range().end, what)
    }

    fn flaw<T>(&mut self, token: Token, flaw: Flaw) -> Result<T, Stop> {
        let at = token.start + flaw.at;
        self.fault(at, at, flaw.what)
    }

    fn fault<T>(&mut self, start: usize, end: usize, what: &'static str) -> Result<T, Stop> {
        self.report.add(TextFinding { span: Some(start..end), ..TextFinding::error(About::NotToml(what)) });
        Err(Stop::Fault)
    }
}
