//! A place in the caller's scratch memory, and what it may hold: an entry of a list, or a key with its value.

use crate::spec::field::Field;

/// A place in the scratch memory that [`PolicyText::read`](crate::PolicyText::read) works in. It holds one entry of a list, or one key.
///
/// Its bytes ([`AsRef`]) are those of the entry of a list, and none otherwise.
#[derive(Clone, Copy, Debug, Default)]
pub struct TextSlot<'t> {
    /// Which key is the last one in this bucket, plus 1; 0: the bucket is empty. Buckets find keys, and belong to the place alone.
    pub(crate) bucket: u32,
    pub(crate) held: Held<'t>,
}

impl AsRef<[u8]> for TextSlot<'_> {
    fn as_ref(&self) -> &[u8] {
        match &self.held {
            Held::Entry(entry) => entry.text,
            _ => &[],
        }
    }
}

/// What a place holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Held<'t> {
    #[default]
    Nothing,
    Entry(Entry<'t>),
    Node(Node<'t>),
    /// A table of a set: the node that it is, and its number among the elements of `policy`.
    Table {
        node: u32,
        number: u32,
    },
}

/// Bytes of the text. Texts are below 4 GiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

impl Bytes {
    pub(crate) fn new(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32 }
    }

    pub(crate) fn range(self) -> core::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// An entry of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry<'t> {
    /// Its text; nothing if it is not a string, or one with an escape.
    pub(crate) text: &'t [u8],
    pub(crate) span: Bytes,
    /// Which entry of the list in the file: the list lacks entries that cannot be used.
    pub(crate) index: u32,
    pub(crate) kind: ValueKind,
}

/// No node.
pub(crate) const NONE: u32 = u32::MAX;

/// The table of the whole text.
pub(crate) const ROOT: u32 = 0;

/// A key with its value, or an element of an array that holds tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'t> {
    /// The table or array that it is in.
    pub(crate) parent: u32,
    /// The next node of the same table or array.
    pub(crate) sibling: u32,
    /// The next node in the same bucket.
    pub(crate) next: u32,
    /// The key, with its quotes; for an element: nothing.
    pub(crate) key: Bytes,
    /// The value; for a table, its header.
    pub(crate) span: Bytes,
    pub(crate) value: Value<'t>,
    /// Which option it is.
    pub(crate) field: Option<Field>,
    /// Its value cannot be used, and a finding has said so.
    pub(crate) is_broken: bool,
}

/// What is in a table or in an array, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Children {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl Children {
    pub(crate) const EMPTY: Self = Self { first: NONE, last: NONE };
}

/// How a table came to be, which decides what may be added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// By a header of its own, or it is the whole text.
    Header,
    /// By the header of a table below it.
    Implied,
    /// By a key with dots.
    Dotted,
    /// In braces.
    Inline,
    /// By a key with dots in braces.
    InlineDotted,
}

/// A value.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'t> {
    Table(Style, Children),
    /// `[[...]]`: each element is a table.
    Tables(Children),
    /// An array at the top of the text that is not an option: it may be meant as `[[policy]]`, so that its elements are nodes.
    Elements(Children),
    /// An array whose entries are in the scratch memory: the first, and how many.
    List {
        from: u32,
        count: u32,
    },
    /// An array inside of another, which no option has.
    Array,
    String(&'t [u8]),
    /// A string with an escape. There is a finding about it.
    Escaped,
    Whole(i64),
    Fraction,
    Switch(bool),
    DateTime,
}

/// What kind of value it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueKind {
    String,
    /// A string with an escape. There is a finding about it.
    Escaped,
    Whole,
    Fraction,
    Switch,
    DateTime,
    Array,
    Table,
}

impl Value<'_> {
    pub(crate) fn kind(&self) -> ValueKind {
        match self {
            Self::Table(..) => ValueKind::Table,
            Self::Tables(_) | Self::Elements(_) | Self::List { .. } | Self::Array => ValueKind::Array,
            Self::String(_) => ValueKind::String,
            Self::Escaped => ValueKind::Escaped,
            Self::Whole(_) => ValueKind::Whole,
            Self::Fraction => ValueKind::Fraction,
            Self::Switch(_) => ValueKind::Switch,
            Self::DateTime => ValueKind::DateTime,
        }
    }
}

impl ValueKind {
    /// What it is, in words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::String | Self::Escaped => "a string",
            Self::Whole => "a whole number",
            Self::Fraction => "a number with a fraction",
            Self::Switch => "true or false",
            Self::DateTime => "a date or time",
            Self::Array => "a list",
            Self::Table => "a table",
        }
    }
}
