//! The scratch memory while a text is read: entries of lists from its start, nodes from its end,
//! and buckets that find the node of a key.

use crate::image::hash;
use crate::toml::slot::{Bytes, Children, Entry, Held, NONE, Node, Style, TextSlot, Value};

/// The scratch memory is full.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Full;

/// What was read so far.
#[derive(Debug)]
pub(crate) struct Store<'s, 't> {
    pub(crate) text: &'t [u8],
    slots: &'s mut [TextSlot<'t>],
    entries: usize,
    nodes: usize,
}

impl<'s, 't> Store<'s, 't> {
    /// A store that holds only the table of the whole text.
    pub(crate) fn new(text: &'t [u8], slots: &'s mut [TextSlot<'t>]) -> Result<Self, Full> {
        slots.fill(TextSlot::default());
        let mut store = Self { text, slots, entries: 0, nodes: 0 };
        let root = Value::Table(Style::Header, Children::EMPTY);
        store.add(NONE, Bytes::default(), Bytes::default(), root)?;
        Ok(store)
    }

    pub(crate) fn bytes(&self, span: Bytes) -> &'t [u8] {
        self.text.get(span.range()).unwrap_or_default()
    }

    /// The name of a key, without its quotes.
    pub(crate) fn name(&self, key: Bytes) -> &'t [u8] {
        match self.bytes(key) {
            [b'"', name @ .., b'"'] | [b'\'', name @ .., b'\''] => name,
            name => name,
        }
    }

    fn slot(&self, id: u32) -> Option<usize> {
        self.slots.len().checked_sub(id as usize + 1)
    }

    pub(crate) fn node(&self, id: u32) -> Option<&Node<'t>> {
        match &self.slots.get(self.slot(id).filter(|_| id != NONE)?)?.held {
            Held::Node(node) => Some(node),
            _ => None,
        }
    }

    pub(crate) fn node_mut(&mut self, id: u32) -> Option<&mut Node<'t>> {
        let slot = self.slot(id).filter(|_| id != NONE)?;
        match &mut self.slots.get_mut(slot)?.held {
            Held::Node(node) => Some(node),
            _ => None,
        }
    }

    /// The nodes of a table or an array, in order.
    pub(crate) fn children(&self, parent: u32) -> impl Iterator<Item = (u32, &Node<'t>)> {
        let first = self.node(parent).map_or(NONE, |node| match node.value {
            Value::Table(_, children) | Value::Tables(children) | Value::Elements(children) => children.first,
            _ => NONE,
        });
        let with_id = |id| Some((id, self.node(id)?));
        core::iter::successors(with_id(first), move |(_, node)| with_id(node.sibling))
    }

    /// Removes everything in a table that is not an option, so that other keys cannot make look-ups
    /// of options slow.
    pub(crate) fn keep_options(&mut self, table: u32) {
        let mut next = self.children(table).next().map_or(NONE, |(id, _)| id);
        let mut kept = Children::EMPTY;
        while let Some(node) = self.node_mut(next) {
            let id = next;
            next = node.sibling;
            if node.field.is_none() {
                continue;
            }
            node.sibling = NONE;
            match self.node_mut(kept.last) {
                Some(last) => last.sibling = id,
                None => kept.first = id,
            }
            kept.last = id;
        }
        if let Some(Value::Table(_, children)) = self.node_mut(table).map(|node| &mut node.value) {
            *children = kept;
        }
    }

    /// Adds an entry of a list.
    pub(crate) fn add_entry(&mut self, entry: Entry<'t>) -> Result<u32, Full> {
        self.push(Held::Entry(entry))
    }

    pub(crate) fn entry_mut(&mut self, at: u32) -> Option<&mut Entry<'t>> {
        match &mut self.slots.get_mut(at as usize)?.held {
            Held::Entry(entry) => Some(entry),
            _ => None,
        }
    }

    /// Adds a table of a set.
    pub(crate) fn add_table(&mut self, node: u32, number: u32) -> Result<u32, Full> {
        self.push(Held::Table { node, number })
    }

    fn push(&mut self, held: Held<'t>) -> Result<u32, Full> {
        if self.entries + self.nodes >= self.slots.len() {
            return Err(Full);
        }
        self.slots.get_mut(self.entries).ok_or(Full)?.held = held;
        self.entries += 1;
        Ok(self.entries as u32 - 1)
    }

    /// How many slots at the start are taken.
    pub(crate) fn entries(&self) -> u32 {
        self.entries as u32
    }

    /// Some of the slots at the start.
    pub(crate) fn list(&self, from: u32, count: u32) -> &[TextSlot<'t>] {
        let from = from as usize;
        self.slots.get(from..from.saturating_add(count as usize)).unwrap_or_default()
    }

    pub(crate) fn list_mut(&mut self, from: u32, count: u32) -> &mut [TextSlot<'t>] {
        let from = from as usize;
        self.slots.get_mut(from..from.saturating_add(count as usize)).unwrap_or_default()
    }

    /// Adds a node after the others of its parent. If it has a key, it can be found by it.
    pub(crate) fn add(&mut self, parent: u32, key: Bytes, span: Bytes, value: Value<'t>) -> Result<u32, Full> {
        let id = self.nodes as u32;
        let slot = self.slot(id).filter(|&slot| slot >= self.entries).ok_or(Full)?;
        let mut next = NONE;
        if key != Bytes::default() {
            let bucket = self.bucket(parent, self.name(key));
            if let Some(place) = self.slots.get_mut(bucket) {
                next = place.bucket.checked_sub(1).unwrap_or(NONE);
                place.bucket = id + 1;
            }
        }
        let node = Node { parent, sibling: NONE, next, key, span, value, field: None, is_broken: false };
        self.slots.get_mut(slot).ok_or(Full)?.held = Held::Node(node);
        self.nodes += 1;
        let before = self.node_mut(parent).and_then(|parent| match &mut parent.value {
            Value::Table(_, children) | Value::Tables(children) | Value::Elements(children) => {
                let before = children.last;
                children.last = id;
                if children.first == NONE {
                    children.first = id;
                }
                Some(before)
            }
            _ => None,
        });
        if let Some(before) = before.and_then(|before| self.node_mut(before)) {
            before.sibling = id;
        }
        Ok(id)
    }

    /// The node of this key in a table.
    pub(crate) fn find(&self, parent: u32, key: Bytes) -> Option<u32> {
        let name = self.name(key);
        let place = self.slots.get(self.bucket(parent, name))?;
        let mut id = place.bucket.checked_sub(1)?;
        while let Some(node) = self.node(id) {
            if node.parent == parent && self.name(node.key) == name {
                return Some(id);
            }
            id = node.next;
        }
        None
    }

    fn bucket(&self, parent: u32, name: &[u8]) -> usize {
        let count = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
        hash::bucket(hash::text(parent, name, false), count) as usize
    }
}
