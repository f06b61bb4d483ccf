//! Any policy file is read without a panic. Every finding lies inside the source and is written as printable text and as JSON.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the modules belong to another crate, which uses all of them")]

#[path = "../../cli/src/finding_json.rs"]
mod finding_json;
#[path = "../../cli/src/finding_report.rs"]
mod finding_report;
#[path = "../../cli/src/finding_text.rs"]
mod finding_text;
#[path = "../../cli/src/json_text.rs"]
mod json_text;
#[path = "../../cli/src/policy_file/mod.rs"]
mod policy_file;
#[path = "../../cli/src/printable.rs"]
mod printable;
#[path = "../../cli/src/source_place.rs"]
mod source_place;

use corsac::PolicySet;
use finding_report::Report;
use libfuzzer_sys::fuzz_target;
use policy_file::PolicyFile;
use toml::de::DeTable;

fuzz_target!(|source: &str| {
    let Ok(table) = DeTable::parse(source) else { return };
    let mut report = Report::keeping(usize::MAX);
    let file = PolicyFile::read(source, table.into_inner(), &mut report);
    let unreadable = report.errors();
    let compiled = file.compile(source, &mut report);
    assert!(compiled.is_err() || report.errors() == unreadable);
    let opened = compiled.map(|policies| PolicySet::open(policies.image().to_vec()).expect("what compiles opens"));
    assert!(opened.is_ok() || report.errors() > 0);
    for record in report.clone().in_order().0 {
        let is_inside = record.span.as_ref().is_none_or(|span| source.get(span.clone()).is_some());
        assert!(is_inside, "{record:?}");
    }
    let text = anstream::adapter::strip_str(&finding_text::draw("x", source, report.clone())).to_string();
    assert!(!text.contains(|c| c != '\n' && printable::is_hidden(c)), "{text:?}");
    let mut json = vec![];
    finding_json::write(&mut json, b"x", source, report).expect("a vector takes all");
    json.push(b'}');
    assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
});
