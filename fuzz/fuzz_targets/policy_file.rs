//! Any policy file is read without a panic, and it is TOML exactly if the crate `toml` says so.
//! Every finding is inside the source and is written as printable text and as JSON.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the modules belong to another crate, which uses all of them")]

#[path = "../../cli/src/finding_json.rs"]
mod finding_json;
#[path = "../../cli/src/finding_text.rs"]
mod finding_text;
#[path = "../../cli/src/findings.rs"]
mod findings;

use corsac::{PolicySet, PolicyText, TextError, TextFinding, TextSlot};
use findings::Findings;
use libfuzzer_sys::fuzz_target;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

fuzz_target!(|source: &str| {
    let text = source.as_bytes();
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    let mut report = Findings::keeping(usize::MAX);
    let (mut is_escaped, mut is_too_many) = (false, false);
    let mut add = |finding: &TextFinding<'_>| {
        is_escaped |= finding.code() == "escaped-character";
        is_too_many |= finding.code() == "too-many";
        let is_inside = finding.span.as_ref().is_none_or(|span| source.get(span.clone()).is_some());
        assert!(is_inside, "{finding:?}");
        report.add_finding(finding);
    };
    let is_toml = match PolicyText::read(text, &mut scratch, &mut add) {
        Ok(read) => {
            let compiled = read.compile(vec![0; read.image_len()], &mut add);
            let opened = compiled.map(|set| PolicySet::open(set.image().to_vec()).expect("what compiles opens"));
            assert_eq!(opened.is_ok(), report.errors() == 0);
            true
        }
        Err(TextError::NotToml) => false,
        Err(error) => panic!("{error}"),
    };
    // Strings with escapes are not read, nor is anything after too many tables.
    if !is_escaped && !is_too_many {
        let theirs = DeTable::parse(source).ok().filter(|table| table.get_ref().values().all(is_sound));
        assert_eq!(is_toml, theirs.is_some());
    }
    let drawn = anstream::adapter::strip_str(&finding_text::draw("x", source, report.clone())).to_string();
    assert!(!drawn.contains(|c| c != '\n' && corsac_diagnose::is_hidden(c)), "{drawn:?}");
    let mut json = vec![];
    finding_json::write(&mut json, b"x", report).expect("a vector takes all");
    json.push(b'}');
    assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
});

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
