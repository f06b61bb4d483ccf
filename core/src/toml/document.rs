//! The grammar of TOML, token by token and without recursion. What it reads goes into the store,
//! and it stops at the first fault.

mod value;

use heapless::Vec;

use crate::spec::limits::TABLES_MAX;
use crate::toml::finding::{About, TextFinding};
use crate::toml::frame::{Frame, Goal};
use crate::toml::layout::{self, Clash, Way};
use crate::toml::lexer::{Kind, Lexer, Token};
use crate::toml::reporter::Reporter;
use crate::toml::slot::{Bytes, ROOT};
use crate::toml::store::{Full, Store};
use crate::toml::text::{self, Flaw, Text};

/// How deep arrays and inline tables may be nested, and how many names a key may have. The `toml`
/// crate has the same limits.
const DEPTH_MAX: usize = 80;

/// Why reading ended before the end of the text.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Stop {
    /// A fault, which is reported.
    Fault,
    /// The scratch memory is full.
    Full,
    /// More tables than a set can have, which is reported.
    TooManyTables,
}

impl From<Full> for Stop {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

/// Reads a text into a store.
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

    /// Reads a key that begins with this token. Returns the table that holds its last name, that
    /// name, whether the key has dots, and the token after it.
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
        // The whole character after the backslash.
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
