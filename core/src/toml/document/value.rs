//! Reads values without recursion: scalars, and arrays and inline tables with everything in them.

use crate::spec::option_name::policy_option;
use crate::toml::document::{Document, Stop};
use crate::toml::frame::{Content, Frame, Goal};
use crate::toml::layout::{self, Way};
use crate::toml::lexer::{Kind, Token};
use crate::toml::scalar::{self, Scalar};
use crate::toml::slot::{Bytes, Children, Entry, NONE, Style, Value, ValueKind};
use crate::toml::text::{self, Text};

impl<'t> Document<'_, '_, '_, '_, 't> {
    /// Reads a value that begins with this token, and everything in it.
    pub(super) fn value(&mut self, goal: Goal, token: Token) -> Result<(), Stop> {
        let (mut goal, mut token) = (goal, token);
        loop {
            self.begin_value(goal, token)?;
            // Reads what follows: the next value, or the end of everything that is open.
            match self.next_value()? {
                Some((next_goal, next_token)) => (goal, token) = (next_goal, next_token),
                None => return Ok(()),
            }
        }
    }

    /// Reads a whole scalar, or the bracket or brace that opens an array or an inline table.
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
                    // The keys of the table need a node, so that a duplicate is noticed.
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

    /// Finds the end of a scalar: a number with a fraction has several tokens, and so does a date
    /// with a time after a space.
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

    /// What to do with the elements of an array that goes there, and the array's value.
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

    /// Reads up to the next value in whatever is open. `None`: nothing is open any more.
    fn next_value(&mut self) -> Result<Option<(Goal, Token)>, Stop> {
        // Either a value has just ended, or something has just been opened.
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

    /// Reads the key of a pair in braces. Returns where its value goes, and the value's first
    /// token.
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

    /// Returns where an element of an array goes.
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
}
