//! A slot of the caller's scratch memory, and what it can hold: an entry of a list, or a key with
//! its value.

use crate::spec::field::Field;

/// A slot of the scratch memory that [`PolicyText::read`](crate::PolicyText::read) works in. It
/// holds one entry of a list, or one key.
///
/// Its bytes ([`AsRef`]) are those of an entry of a list. Other slots have none.
///
/// ```
/// use corsac::{PolicyText, TextSlot};
/// let text = b"allow_origins = ['https://a.example', 'https://b.example']";
/// let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
/// let read = PolicyText::read(text, &mut scratch, |_| ())?;
/// let spec = read.spec().expect("not a set");
/// assert_eq!(spec.allow_origins[1].as_ref(), b"https://b.example");
/// # Ok::<(), corsac::TextError>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct TextSlot<'t> {
    /// 1 plus the number of the last key in this bucket; 0: the bucket is empty. Buckets find keys.
    /// They have nothing to do with what the slot holds.
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

/// What a slot holds.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) enum Held<'t> {
    #[default]
    Nothing,
    Entry(Entry<'t>),
    Node(Node<'t>),
    /// A table of a set: its node, and its number among the elements of `policy`.
    Table {
        node: u32,
        number: u32,
    },
}

/// A range of bytes in the text. Texts are shorter than 4 GiB.
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
    /// Its text. Empty if it is not a string, or is a string with an escape.
    pub(crate) text: &'t [u8],
    pub(crate) span: Bytes,
    /// Its number in the file. Entries that cannot be used are not in the list.
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
    /// The next node in the same table or array.
    pub(crate) sibling: u32,
    /// The next node in the same bucket.
    pub(crate) next: u32,
    /// The key, with its quotes. Empty for an element.
    pub(crate) key: Bytes,
    /// The value, or the header of a table.
    pub(crate) span: Bytes,
    pub(crate) value: Value<'t>,
    /// Which option it is, if it is one.
    pub(crate) field: Option<Field>,
    /// Whether the value cannot be used. For the table of a policy: whether the name of its
    /// `allow_origins` is misspelt. That is already reported.
    pub(crate) is_broken: bool,
}

/// What a table or an array holds, in order.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Children {
    pub(crate) first: u32,
    pub(crate) last: u32,
}

impl Children {
    pub(crate) const EMPTY: Self = Self { first: NONE, last: NONE };
}

/// How a table was defined. That decides what may be added to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// By a header of its own, or it is the whole text.
    Header,
    /// Only by the header of a table below it.
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
    /// An array at the top of the text that is not an option. Its elements are nodes, because it
    /// may be meant as `[[policy]]`.
    Elements(Children),
    /// An array whose entries are in the scratch memory: the number of the first, and how many.
    List {
        from: u32,
        count: u32,
    },
    /// An array in another one, which no option has.
    Array,
    String(&'t [u8]),
    /// A string with an escape. That is already reported.
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
    /// A string with an escape. That is already reported.
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
