//! Checks that this reader and the crate `toml` agree on what is TOML, and on every value that is
//! kept.

extern crate std;

use std::string::{String, ToString};
use std::vec;
use std::vec::Vec;

use ::toml::Spanned;
use ::toml::de::{DeTable, DeValue};
use proptest::prelude::*;

use crate::toml::document::Document;
use crate::toml::reporter::Reporter;
use crate::toml::slot::{Held, Node, ROOT, TextSlot, Value, ValueKind};
use crate::toml::store::Store;

/// Compares the results for a text. `None`: it has escapes, which only the crate reads.
fn agree(text: &str) -> Option<bool> {
    let mut slots = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
    let mut store = Store::new(text.as_bytes(), &mut slots).expect("there is room for the root");
    let mut findings = Vec::new();
    let mut sink = |finding: &crate::TextFinding<'_>| findings.push((finding.code(), finding.to_string()));
    let mut report = Reporter::new(text.as_bytes(), &mut sink);
    let read = Document::new(&mut store, &mut report).read();
    let theirs = DeTable::parse(text).ok().filter(|table| table.get_ref().values().all(is_sound));
    let is_fault = findings.iter().any(|(code, _)| *code == "not-toml");
    assert_eq!(read.is_err(), is_fault, "{text:?} {read:?}: {findings:?}");
    if findings.iter().any(|(code, _)| *code == "escaped-character") {
        return None;
    }
    assert_eq!(read.is_ok(), theirs.is_some(), "{text:?}: {findings:?} {:?}", DeTable::parse(text).err());
    let theirs = theirs?;
    compare_tables(&store, ROOT, theirs.get_ref(), text);
    Some(true)
}

/// Whether the value is what TOML allows: the crate also takes `0x` and `1_0z` for whole numbers.
fn is_sound(value: &Spanned<DeValue<'_>>) -> bool {
    match value.get_ref() {
        DeValue::Integer(number) => {
            let digits = number.as_str().trim_start_matches(['+', '-']);
            !digits.is_empty() && digits.chars().all(|c| c.is_digit(number.radix()))
        }
        DeValue::Array(elements) => elements.iter().all(is_sound),
        DeValue::Table(table) => table.values().all(is_sound),
        _ => true,
    }
}

fn compare_tables(store: &Store<'_, '_>, id: u32, theirs: &DeTable<'_>, text: &str) {
    let ours: Vec<(u32, &Node<'_>)> = store.children(id).collect();
    assert_eq!(ours.len(), theirs.len(), "{text:?}");
    for (id, node) in ours {
        let name = std::str::from_utf8(store.name(node.key)).expect("a part of a text");
        let (key, value) = theirs.get_key_value(name).unwrap_or_else(|| panic!("{text:?}: {name:?}"));
        assert_eq!(node.key.range(), key.span(), "{text:?}: {name:?}");
        compare(store, id, value, text);
    }
}

fn compare(store: &Store<'_, '_>, id: u32, theirs: &Spanned<DeValue<'_>>, text: &str) {
    let node = store.node(id).expect("a node");
    assert_eq!(node.span.range(), theirs.span(), "{text:?}");
    assert_eq!(node.value.kind(), kind(theirs.get_ref()), "{text:?}");
    match (node.value, theirs.get_ref()) {
        (Value::Table(..), DeValue::Table(table)) => compare_tables(store, id, table, text),
        (Value::Tables(_) | Value::Elements(_), DeValue::Array(elements)) => {
            let ours: Vec<u32> = store.children(id).map(|(id, _)| id).collect();
            assert_eq!(ours.len(), elements.len(), "{text:?}");
            for (id, element) in ours.into_iter().zip(elements) {
                compare(store, id, element, text);
            }
        }
        (Value::List { from, count }, DeValue::Array(elements)) => {
            assert_eq!(count as usize, elements.len(), "{text:?}");
            for ((index, slot), element) in (0..).zip(store.list(from, count)).zip(elements) {
                let Held::Entry(entry) = slot.held else { panic!("{text:?}: {slot:?}") };
                assert_eq!((entry.index, entry.kind), (index, kind(element.get_ref())), "{text:?}");
                assert_eq!(entry.span.range(), element.span(), "{text:?}");
                assert_eq!(entry.text, element.get_ref().as_str().unwrap_or_default().as_bytes(), "{text:?}");
            }
        }
        (Value::String(string), theirs) => assert_eq!(Some(string), theirs.as_str().map(str::as_bytes), "{text:?}"),
        (Value::Switch(on), theirs) => assert_eq!(Some(on), theirs.as_bool(), "{text:?}"),
        (Value::Whole(number), DeValue::Integer(theirs)) => {
            let wide = i128::from_str_radix(theirs.as_str(), theirs.radix());
            let nearest = if theirs.as_str().starts_with('-') { i64::MIN } else { i64::MAX };
            let expected = wide.map_or(nearest, |wide| i64::try_from(wide).unwrap_or(nearest));
            assert_eq!(number, expected, "{text:?}");
        }
        _ => {}
    }
}

fn kind(value: &DeValue<'_>) -> ValueKind {
    match value {
        DeValue::String(_) => ValueKind::String,
        DeValue::Integer(_) => ValueKind::Whole,
        DeValue::Float(_) => ValueKind::Fraction,
        DeValue::Boolean(_) => ValueKind::Switch,
        DeValue::Datetime(_) => ValueKind::DateTime,
        DeValue::Array(_) => ValueKind::Array,
        DeValue::Table(_) => ValueKind::Table,
    }
}

/// Lines that define tables in every way.
const LINES: &[&str] = &[
    "[a]\n",
    "[a.b]\n",
    "[a.b.c]\n",
    "[b]\n",
    "[[a]]\n",
    "[[a.b]]\n",
    "[[a.b.c]]\n",
    "b.c = 1\n",
    "b.c.d = 1\n",
    "b.d = 2\n",
    "a = {}\n",
    "a = {b.c = 1, b.d = 2}\n",
    "b = [{c = 1}]\n",
    "a.b = 3\n",
    "a = 1\n",
];

#[test]
fn layouts_of_tables_are_valid_as_the_toml_crate_says() {
    let mut valid = 0;
    let mut all = vec![String::new()];
    for _ in 0..4 {
        all = all.iter().flat_map(|text| LINES.iter().map(move |line| text.clone() + line)).collect();
        valid += all.iter().filter(|text| agree(text) == Some(true)).count();
    }
    assert!(valid > 1000, "{valid}");
}

/// Parts of documents. Some are whole lines, so that many documents are valid.
const PIECES: &[&str] = &[
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    ".",
    ",",
    " ",
    "\t",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "#",
    "# a comment\n",
    "a",
    "b",
    "-",
    "_",
    "+",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "\\",
    "\\\"",
    "0",
    "1",
    "01",
    "0x1F",
    "0b1_0",
    "1_000",
    "1.5",
    "1e5",
    "2E-1",
    "inf",
    "nan",
    "true",
    "false",
    "1979-05-27",
    "T07:32:00Z",
    " 07:32",
    "07:32:00.5",
    "-08:00",
    "é",
    "\u{0}",
    "\u{7f}",
    "\u{feff}",
    "a = 1\n",
    "b = \"x\"\n",
    "c.d = 'y'\n",
    "[a]\n",
    "[a.b]\n",
    "[[policy]]\n",
    "allow_origins = [\"https://a.example\", 'https://b.example']\n",
    "e = [1, [2, 3], {a = 1, b = [\"x\"]},]\n",
    "f = {a = 1,\n b.c = 2}\n",
    "g = \"\"\"\nx\r\ny\"\"\"\n",
    "h = '''x''''\n",
    "policy = [{allow_origins = [\"*\"]}, 1]\n",
];

fn document() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat())
}

const EXAMPLES: &[&str] = &[
    include_str!("../../tests/pages/api.toml"),
    include_str!("../../tests/pages/device.toml"),
    include_str!("../../tests/pages/public.toml"),
    include_str!("../../tests/pages/sets.toml"),
    "\u{feff}a = 1 # x\r\n\r\n[a-b.\"c d\".'e.f']\r\ng = [\r\n  1, # y\r\n  \"z\",\r\n]\r\n",
    "a = [1979-05-27T07:32:00Z, 1979-05-27 07:32:00.999-07:00, 07:32, -0.0, +1e1_0, 0o7_7, -9223372036854775809]\n",
    "a = {\n  b = 1, # x\n  c.d = [{e = 'f'}, {e = \"g\"}],\n}\n[[h]]\n[h.i]\n[[h]]\n[h.i]\n",
];

/// A valid document in which some text is left out, repeated, or replaced by one of the pieces.
fn mutated() -> impl Strategy<Value = String> {
    let change = (any::<prop::sample::Index>(), 0..6_usize, prop::sample::select(PIECES), 0..4_u8);
    (prop::sample::select(EXAMPLES), prop::collection::vec(change, 0..4)).prop_map(|(example, changes)| {
        let mut text: Vec<char> = example.chars().collect();
        for (at, len, piece, kind) in changes {
            let start = at.index(text.len() + 1);
            let end = text.len().min(start + len);
            let cut: String = text[start..end].iter().collect();
            let new = match kind {
                0 => String::new(),
                1 => cut.repeat(2),
                2 => piece.to_string(),
                _ => cut + piece,
            };
            text.splice(start..end, new.chars());
        }
        text.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]

    #[test]
    fn documents_are_read_as_by_the_toml_crate(text in document()) {
        agree(&text);
    }

    #[test]
    fn mutated_documents_are_read_as_by_the_toml_crate(text in mutated()) {
        agree(&text);
    }
}

#[test]
fn scalars_are_read_as_by_the_toml_crate() {
    let parts = [
        "0", "1", "9", "_", ".", "e", "E", "+", "-", ":", "x", "o", "b", "A", "T", "Z", " ", "inf", "nan", "true",
        "2024", "02",
    ];
    let mut all = vec![String::new()];
    for _ in 0..4 {
        all = all.iter().flat_map(|text| parts.iter().map(move |part| text.clone() + part)).collect();
        for scalar in &all {
            agree(&(String::from("a = ") + scalar));
        }
    }
    for date in [
        "2024-02-29",
        "2023-02-29",
        "1900-02-29",
        "2000-02-29",
        "0000-02-29",
        "2024-04-31",
        "2024-13-01",
        "2024-00-01",
        "2024-01-00",
        "2024-12-31",
    ] {
        for time in [
            "",
            "T00:00",
            "t23:59:60",
            " 24:00",
            "T00:60",
            "T00:00:61",
            "T1:00",
            "T00:00:00.",
            "T00:00:00.123456789012",
            "  00:00",
        ] {
            for offset in ["", "Z", "z", "+00:00", "-23:59", "+24:00", "-00:60", "+0000", "Zx"] {
                agree(&std::format!("a = {date}{time}{offset}\nb = {}{offset}", time.trim_start_matches(['T', 't'])));
            }
        }
    }
}

#[test]
fn strings_are_read_as_by_the_toml_crate() {
    let parts = ["\"", "'", "\"\"\"", "'''", "x", "\n", "\r\n", "\r", "\t", "\u{1}", "é", "#", " "];
    let mut all = vec![String::new()];
    for _ in 0..4 {
        all = all.iter().flat_map(|text| parts.iter().map(move |part| text.clone() + part)).collect();
        for string in &all {
            agree(&(String::from("a = ") + string));
            if string.len() < 6 {
                agree(&(string.clone() + " = 1"));
            }
        }
    }
}

#[test]
fn lines_end_behind_a_key_in_braces() {
    for text in ["a = {b\n = 1}", "a = {b # c\n\n = 1}"] {
        assert_eq!(agree(text), Some(true), "{text:?}");
    }
}

#[test]
fn depth_has_the_limits_of_the_toml_crate() {
    for depth in [78, 79, 80, 81, 82, 200] {
        for (open, close) in [("[", "]"), ("{a = ", "}"), ("[{a = ", "}]")] {
            agree(&(String::from("a = ") + &open.repeat(depth) + "1" + &close.repeat(depth)));
        }
        let key = "a.".repeat(depth) + "a";
        for text in [
            key.clone() + " = 1",
            std::format!("[{key}]"),
            std::format!("[[{key}]]"),
            std::format!("a = {{{key} = 1}}"),
        ] {
            agree(&text);
        }
    }
}
