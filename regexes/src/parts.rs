//! Splits an alternative into the parts of an origin: scheme, host, port.

use crate::pieces::{Piece, Variable};

/// A part of a host or a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'p> {
    /// This text, which is not empty.
    Literal(&'p str),
    Variable(Variable),
}

/// The parts of an origin.
pub(crate) struct Parts<'p> {
    pub(crate) scheme: &'p str,
    pub(crate) host: Vec<Part<'p>>,
    /// What follows the colon after the host, if there is a literal colon.
    pub(crate) port: Option<Vec<Part<'p>>>,
}

impl<'p> Parts<'p> {
    /// `None`: the scheme is not literal.
    pub(crate) fn of(pieces: &'p [Piece]) -> Option<Self> {
        let [Piece::Literal(lead), rest @ ..] = pieces else { return None };
        let (scheme, after) = lead.split_once("://")?;
        let mut parts = Self { scheme, host: Vec::new(), port: None };
        parts.add(after);
        for piece in rest {
            match piece {
                Piece::Literal(text) => parts.add(text),
                Piece::Variable(variable) => parts.push(Part::Variable(*variable)),
                Piece::Start | Piece::End => {}
            }
        }
        Some(parts)
    }

    fn push(&mut self, part: Part<'p>) {
        if part != Part::Literal("") {
            self.port.as_mut().unwrap_or(&mut self.host).push(part);
        }
    }

    /// The first colon outside an IPv6 address begins the port.
    fn add(&mut self, text: &'p str) {
        let is_address = self.host.is_empty() && text.starts_with('[');
        let host_end = if is_address { text.find(']').unwrap_or(text.len()) } else { 0 };
        match text[host_end..].find(':') {
            Some(colon) if self.port.is_none() => {
                self.push(Part::Literal(&text[..host_end + colon]));
                self.port = Some(Vec::new());
                self.push(Part::Literal(&text[host_end + colon + 1..]));
            }
            _ => self.push(Part::Literal(text)),
        }
    }

    /// The port of a pattern, with its colon: nothing, the literal port, or `:*`.
    pub(crate) fn port_pattern(&self) -> String {
        match self.port.as_deref() {
            None => String::new(),
            Some([]) => ":".to_owned(),
            Some([Part::Literal(port)]) => format!(":{port}"),
            Some(_) => ":*".to_owned(),
        }
    }
}
