//! Finds out what the keys of a text mean: the options of one policy, or the tables of a set. It
//! reports everything else.

use crate::spec::field::Field;
use crate::spec::option_name::{OptionAdvice, UnknownOption, policy_option, table_option};
use crate::toml::finding::{About, Instead, TextFinding};
use crate::toml::options::{self, OptionReader};
use crate::toml::reporter::Reporter;
use crate::toml::slot::{Bytes, NONE, ROOT, Value, ValueKind};
use crate::toml::store::Store;

/// What a text holds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Policy,
    /// The key that holds the tables, their places in the store, and whether a table, or all of
    /// them, is something else.
    Set {
        key: Bytes,
        from: u32,
        count: u32,
        is_broken: bool,
    },
    /// More tables than a set can have.
    TooMany,
}

/// Whether the table has `cors = false`.
pub(crate) fn is_untouched(store: &Store<'_, '_>, table: u32) -> bool {
    let cors = options::written(store, table, Field::Cors).and_then(|id| store.node(id));
    cors.is_some_and(|node| matches!(node.value, Value::Switch(false)))
}

/// Reads a policy or a set from the document. `None`: the scratch memory is full.
pub(crate) struct Reader<'r, 's, 'f, 't> {
    pub(crate) store: &'r mut Store<'s, 't>,
    pub(crate) report: &'r mut Reporter<'f, 't>,
}

impl Reader<'_, '_, '_, '_> {
    pub(crate) fn read(&mut self) -> Option<What> {
        let tables = self.tables();
        let mut next = self.store.children(ROOT).next().map_or(NONE, |(id, _)| id);
        while let Some(&node) = self.store.node(next) {
            let (id, name) = (next, self.store.name(node.key));
            next = node.sibling;
            match policy_option(name) {
                _ if tables == Some(id) => {}
                Some(field) if tables.is_some() => self.key(name, node.key, None, About::OutsideOfTables(field)),
                Some(field) => self.option(id, field, None),
                None => {
                    let is_table = node.value.kind() == ValueKind::Table || self.holds_tables(id);
                    let unknown = UnknownOption::of_policy(name, is_table);
                    self.note_misspelt_origins(ROOT, unknown);
                    self.key(name, node.key, None, About::UnknownOption(unknown));
                }
            }
        }
        match tables.and_then(|id| Some((id, *self.store.node(id)?))) {
            Some((id, node)) => {
                let name = self.store.name(node.key);
                if name != Field::Policy.as_str().as_bytes() {
                    self.key(name, node.key, None, About::UnknownOption(UnknownOption::of_tables(name)));
                }
                self.set(id, node.key, node.span, node.value)
            }
            None => {
                self.store.keep_options(ROOT);
                Some(What::Policy)
            }
        }
    }

    /// The key that holds the tables of a set, if there is one: `policy`, or a list of tables under
    /// another name, which is a mistake.
    fn tables(&self) -> Option<u32> {
        let policy = Field::Policy.as_str().as_bytes();
        let name = |id| self.store.node(id).map_or(&b""[..], |node| self.store.name(node.key));
        let ids = || self.store.children(ROOT).map(|(id, _)| id);
        let slips = ids().filter(|&id| policy_option(name(id)).is_none() && self.holds_tables(id));
        ids().find(|&id| name(id) == policy).or_else(|| slips.min_by_key(|&id| name(id)))
    }

    /// Whether this is a list whose first element is a table, as below `[[...]]`.
    fn holds_tables(&self, id: u32) -> bool {
        self.store.children(id).next().is_some_and(|(_, first)| first.value.kind() == ValueKind::Table)
            && self.store.node(id).is_some_and(|node| node.value.kind() == ValueKind::Array)
    }

    fn set(&mut self, id: u32, key: Bytes, span: Bytes, value: Value<'_>) -> Option<What> {
        let (from, mut count, mut is_broken) = (self.store.entries(), 0, false);
        if value.kind() != ValueKind::Array {
            let field = Field::Policy.as_str().as_bytes();
            let about = About::NotTables(value.kind());
            self.report.add(TextFinding { field, span: Some(span.range()), ..TextFinding::error(about) });
            return Some(What::Set { key, from, count, is_broken: true });
        }
        let mut next = self.store.children(id).next().map_or(NONE, |(id, _)| id);
        let mut number = 0;
        while let Some(&node) = self.store.node(next) {
            if node.value.kind() == ValueKind::Table {
                self.store.add_table(next, number).ok()?;
                self.table(next, number as usize);
                count += 1;
            } else {
                is_broken = true;
                let table = Some(number as usize);
                let (store, report) = (&mut *self.store, &mut *self.report);
                let mut reader = OptionReader { store, report, field: Field::Policy, table };
                reader.wrong(table, "a table", node.value.kind(), node.span, Instead::Table);
            }
            next = node.sibling;
            number += 1;
        }
        Some(What::Set { key, from, count, is_broken })
    }

    /// One table of a set.
    fn table(&mut self, table: u32, number: usize) {
        let mut next = self.store.children(table).next().map_or(NONE, |(id, _)| id);
        while let Some(&node) = self.store.node(next) {
            let (id, name) = (next, self.store.name(node.key));
            next = node.sibling;
            match table_option(name) {
                Some(field) => self.option(id, field, Some(number)),
                None => {
                    let unknown = UnknownOption::of_table(name);
                    self.note_misspelt_origins(table, unknown);
                    self.key(name, node.key, Some(number), About::UnknownOption(unknown));
                }
            }
        }
        self.store.keep_options(table);
        if !is_untouched(self.store, table) {
            return;
        }
        let mut next = self.store.children(table).next().map_or(NONE, |(id, _)| id);
        while let Some(&node) = self.store.node(next) {
            next = node.sibling;
            if let Some(field) = node.field.filter(|field| !matches!(field, Field::Path | Field::Cors)) {
                self.key(self.store.name(node.key), node.key, Some(number), About::WithoutCors(field));
            }
        }
    }

    /// Marks a policy whose origins have a misspelt name: that they are missing is not another
    /// mistake.
    fn note_misspelt_origins(&mut self, table: u32, unknown: UnknownOption<'_>) {
        let meant = unknown.advice().and_then(OptionAdvice::option);
        if let Some(node) = self.store.node_mut(table).filter(|_| meant == Some(Field::AllowOrigins)) {
            node.is_broken = true;
        }
    }

    fn option(&mut self, id: u32, field: Field, table: Option<usize>) {
        OptionReader { store: self.store, report: self.report, field, table }.read(id);
    }

    fn key(&mut self, field: &[u8], key: Bytes, table: Option<usize>, about: About<'_>) {
        self.report.add(TextFinding { table, field, span: Some(key.range()), ..TextFinding::error(about) });
    }
}
