//! An alternative of an expression, as literal and variable pieces.

/// The bytes that a host can have: what the engine lets wildcards match.
pub(crate) const LABEL: Bytes = Bytes::of(b"abcdefghijklmnopqrstuvwxyz0123456789-_");
pub(crate) const DIGITS: Bytes = Bytes::of(b"0123456789");
pub(crate) const DOT: Bytes = Bytes::of(b".");

/// A set of ASCII bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes(u128);

impl Bytes {
    pub(crate) const fn of(text: &[u8]) -> Self {
        let (mut set, mut at) = (0, 0);
        while at < text.len() {
            set |= 1 << text[at];
            at += 1;
        }
        Self(set)
    }

    pub(crate) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    pub(crate) fn add(&mut self, byte: u8) {
        if byte < 128 {
            self.0 |= 1 << byte;
        }
    }
}

/// Text that the expression does not fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Variable {
    /// The bytes that it can hold.
    pub(crate) bytes: Bytes,
    /// The fewest and the most of them.
    pub(crate) least: u32,
    pub(crate) most: Option<u32>,
    /// Whether any text of these bytes and of this length is matched, and not only some.
    pub(crate) is_exact: bool,
}

impl Variable {
    /// Whether any text over these bytes is matched, except perhaps the empty one.
    pub(crate) fn covers(&self, bytes: Bytes) -> bool {
        self.is_exact && self.least <= 1 && self.most.is_none() && self.bytes.holds(bytes)
    }

    /// Whether this is a single unescaped `.`.
    pub(crate) fn is_single_dot(&self) -> bool {
        self.least == 1 && self.most == Some(1) && self.bytes.holds(LABEL.and(DOT))
    }

    /// Joins both, one after the other.
    pub(crate) fn then(self, other: Self) -> Self {
        let most = self.most.zip(other.most).map(|(one, other)| one.saturating_add(other));
        Self {
            bytes: self.bytes.and(other.bytes),
            least: self.least.saturating_add(other.least),
            most,
            is_exact: self.is_exact && other.is_exact && self.bytes == other.bytes,
        }
    }
}

/// A part of an alternative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// This text, in lower case: browsers send no other.
    Literal(String),
    Variable(Variable),
    /// `^`.
    Start,
    /// `$`.
    End,
}

/// One way to match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Alternative {
    pub(crate) pieces: Vec<Piece>,
    /// Whether a letter matches only in upper case, so that no origin from a browser matches.
    pub(crate) has_upper_case: bool,
}

impl Alternative {
    pub(crate) fn of(piece: Piece) -> Self {
        Self { pieces: vec![piece], has_upper_case: false }
    }

    pub(crate) fn literal(text: &str) -> Self {
        let has_upper_case = text.bytes().any(|b| b.is_ascii_uppercase());
        Self { has_upper_case, ..Self::of(Piece::Literal(text.to_ascii_lowercase())) }
    }

    /// How much it costs to copy it.
    pub(crate) fn size(&self) -> usize {
        let text = |piece: &Piece| if let Piece::Literal(text) = piece { text.len() } else { 0 };
        self.pieces.iter().map(|piece| 32 + text(piece)).sum::<usize>() + 32
    }

    /// Appends another one. Literals that touch become one.
    pub(crate) fn append(&mut self, next: &Self) {
        self.has_upper_case |= next.has_upper_case;
        let mut more = next.pieces.as_slice();
        if let (Some(Piece::Literal(text)), [Piece::Literal(first), rest @ ..]) = (self.pieces.last_mut(), more) {
            text.push_str(first);
            more = rest;
        }
        self.pieces.extend_from_slice(more);
    }
}
