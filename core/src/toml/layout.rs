//! Which tables a text has, and where its keys go: headers, keys with dots, and every way to define
//! something twice.

use crate::toml::slot::{Bytes, Children, NONE, ROOT, Style, Value};
use crate::toml::store::{Full, Store};

/// Why a key cannot be where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clash {
    /// The table already has this key, or it was finished before.
    Duplicate,
    /// The key leads through a value that is not a table.
    NotATable,
    /// A table in braces is complete.
    Inline,
    /// The scratch memory is full.
    Full,
}

impl From<Full> for Clash {
    fn from(_: Full) -> Self {
        Self::Full
    }
}

/// Which kind of line or pair a key with dots belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Header,
    Line,
    Braces,
}

/// Finds the table that a name before a dot leads to, or makes it.
pub(crate) fn descend(store: &mut Store<'_, '_>, table: u32, key: Bytes, way: Way) -> Result<u32, Clash> {
    let style = match way {
        Way::Header => Style::Implied,
        Way::Line => Style::Dotted,
        Way::Braces => Style::InlineDotted,
    };
    let Some(id) = store.find(table, key) else {
        return Ok(store.add(table, key, key, Value::Table(style, Children::EMPTY))?);
    };
    let Some(node) = store.node_mut(id) else { return Err(Clash::NotATable) };
    match &mut node.value {
        Value::Tables(children) => Ok(children.last),
        Value::Table(style, _) => match (way, &style) {
            (Way::Header | Way::Line, Style::Inline | Style::InlineDotted) => Err(Clash::Inline),
            (Way::Header, _) => Ok(id),
            (Way::Line, Style::Implied) => {
                *style = Style::Dotted;
                Ok(id)
            }
            (Way::Line, Style::Dotted) | (Way::Braces, Style::InlineDotted) => Ok(id),
            (Way::Line | Way::Braces, _) => Err(Clash::Duplicate),
        },
        _ => Err(Clash::NotATable),
    }
}

/// Adds the last key of a line or of a pair in braces, which has no value yet.
pub(crate) fn put(store: &mut Store<'_, '_>, table: u32, key: Bytes, way: Way, has_dots: bool) -> Result<u32, Clash> {
    // A key with dots may only add to a table that such keys define.
    let style = store.node(table).map(|node| node.value);
    let is_open = matches!(style, Some(Value::Table(Style::Dotted | Style::Implied | Style::InlineDotted, _)));
    if way == Way::Line && has_dots && !is_open || store.find(table, key).is_some() {
        return Err(Clash::Duplicate);
    }
    Ok(store.add(table, key, Bytes::default(), Value::Array)?)
}

/// Finds or makes the table of a header `[...]` whose last name this is.
pub(crate) fn open_table(store: &mut Store<'_, '_>, parent: u32, key: Bytes, header: Bytes) -> Result<u32, Clash> {
    let Some(id) = store.find(parent, key) else {
        return Ok(store.add(parent, key, header, Value::Table(Style::Header, Children::EMPTY))?);
    };
    match store.node_mut(id) {
        Some(node) => match &mut node.value {
            Value::Table(style @ Style::Implied, _) => {
                *style = Style::Header;
                node.key = key;
                node.span = header;
                Ok(id)
            }
            _ => Err(Clash::Duplicate),
        },
        None => Err(Clash::Duplicate),
    }
}

/// Makes a new element for the header `[[...]]` whose last name this is.
pub(crate) fn open_element(store: &mut Store<'_, '_>, parent: u32, key: Bytes, header: Bytes) -> Result<u32, Clash> {
    let array = match store.find(parent, key) {
        None => store.add(parent, key, header, Value::Tables(Children::EMPTY))?,
        Some(id) => match store.node(id).map(|node| node.value) {
            Some(Value::Tables(_)) => id,
            _ => return Err(Clash::Duplicate),
        },
    };
    Ok(store.add(array, Bytes::default(), header, Value::Table(Style::Header, Children::EMPTY))?)
}

/// Whether the value of this key may be meant as the tables of a set: an array at the top of the
/// text.
pub(crate) fn is_at_top(store: &Store<'_, '_>, id: u32) -> bool {
    id != NONE && store.node(id).is_some_and(|node| node.parent == ROOT)
}
