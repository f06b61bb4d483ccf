//! Random policy sets, and paths near to theirs and far from them.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{any_spec, spec};
use crate::reference::{Bytes, Path, Set, Spec, Table};

/// Small pools, so that paths nest, are equal, and begin alike.
fn path() -> impl Strategy<Value = Bytes> {
    let whole = vec![
        "/",
        "/",
        "/a",
        "/a",
        "/ab",
        "/a/b",
        "/a/b/c",
        "/b",
        "/account",
        "/accounts",
        "/account/keys",
        "/...",
        "/a.b",
    ];
    let segment = select(vec!["a", "b", "ab", "...", "aaaaaaa", "aaaaaaaa", "aaaaaaaaa", "\u{7f}", " ", "account"]);
    let made = prop::collection::vec(segment, 1..18).prop_map(|segments| format!("/{}", segments.join("/")));
    let long = (250..260_usize).prop_map(|length| format!("/{}", "a".repeat(length - 1)));
    prop_oneof![12 => select(whole).prop_map(Bytes::from), 3 => made.prop_map(Bytes::from), 1 => long.prop_map(Bytes::from)]
}

fn table(policy: impl Strategy<Value = Spec>) -> impl Strategy<Value = Table> {
    (path(), prop::option::weighted(0.9, policy)).prop_map(|(path, policy)| Table { path, policy })
}

/// Sets with and without errors.
pub fn any_set() -> impl Strategy<Value = Set> {
    let slip = prop::option::weighted(0.3, (any::<Index>(), any::<Index>(), select(b"/.%?*#\\\0a".to_vec())));
    let tables = prop_oneof![
        1 => prop::collection::vec(table(any_spec()), 0..4),
        6 => prop::collection::vec(table(spec()), 0..12),
        1 => prop::collection::vec(table(spec()), 12..40),
    ];
    (tables, slip).prop_map(|(mut tables, slip)| {
        if let Some((table, at, byte)) = slip.filter(|_| !tables.is_empty()) {
            let number = table.index(tables.len());
            let path = &mut tables[number].path;
            path.insert(at.index(path.len() + 1), byte);
        }
        Set { tables }
    })
}

/// Sets that compile.
pub fn set() -> impl Strategy<Value = Set> {
    any_set().prop_map(|set| set.repaired(true))
}

/// How a path is made from that of a table.
#[derive(Clone, Debug)]
pub struct PathSeed {
    table: Index,
    tail: &'static str,
    cut: Option<Index>,
    insert: Option<(Index, &'static str)>,
    escape: Vec<Index>,
    kind: u8,
    query: &'static str,
}

pub fn path_seed() -> impl Strategy<Value = PathSeed> {
    let tails = vec![
        "",
        "",
        "/",
        "/x",
        "/b",
        "/b/c/d",
        "x",
        "s",
        "//",
        "/.",
        "/..",
        "/../a",
        "/./b",
        "/...",
        "\\",
        "/a\\b",
        "%2f",
        "%2Fb",
        "%5cb",
        "/%2e%2e/b",
        "/%2E",
        "/%252e",
        "/%zz",
        "%",
        "/%4",
        "/%41",
        "\0",
        "\u{e9}",
        "?",
        "/aaaaaaaaaaaaaaaa",
    ];
    let pieces = vec!["/", ".", "..", "/../", "/./", "%2f", "%2e", "%", "\\", "a", "//"];
    (
        any::<Index>(),
        select(tails),
        prop::option::weighted(0.2, any::<Index>()),
        prop::option::weighted(0.2, (any::<Index>(), select(pieces))),
        prop::collection::vec(any::<Index>(), 0..3),
        0..5_u8,
        select(vec!["", "", "", "?x=%2f", "#/../", "?"]),
    )
        .prop_map(|(table, tail, cut, insert, escape, kind, query)| PathSeed {
            table,
            tail,
            cut,
            insert,
            escape,
            kind,
            query,
        })
}

impl PathSeed {
    pub fn path(&self, set: &Set) -> Path {
        let mut text = set.tables[self.table.index(set.tables.len())].path.clone();
        if let Some(cut) = self.cut {
            text.truncate(cut.index(text.len() + 1));
        }
        text.extend_from_slice(self.tail.as_bytes());
        if let Some((at, piece)) = self.insert {
            let at = at.index(text.len() + 1);
            text.splice(at..at, piece.bytes()).for_each(drop);
        }
        // The same path as a client may send it: with some bytes escaped, and a query.
        let mut raw = text.clone();
        for at in self.escape.iter().filter(|_| !text.is_empty()) {
            let at = at.index(raw.len());
            let escape = format!("%{:02X}", raw[at]);
            raw.splice(at..=at, escape.bytes()).for_each(drop);
        }
        raw.extend_from_slice(self.query.as_bytes());
        match self.kind {
            0 | 1 => Path::Decoded(text),
            2 | 3 => Path::Raw(raw),
            _ => Path::Both { decoded: text, raw },
        }
    }
}
