//! Every code of a finding has an entry for `corsac explain CODE`, and every entry a code.

use std::collections::BTreeSet;

use corsac_diagnose::codes::Entry;
use corsac_dialects::{Code, code_entries};

fn named(entries: &[Entry]) -> BTreeSet<&str> {
    entries.iter().map(|entry| entry.code).collect()
}

#[test]
fn each_code_has_one_entry() {
    let entries = code_entries();
    let codes: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(codes.len(), Code::ALL.len());
    assert_eq!(named(&entries), codes);
    assert_eq!(entries.len(), codes.len());
}

#[test]
fn each_entry_says_what_it_means_and_what_to_do() {
    for entry in code_entries() {
        assert!(!entry.means.is_empty() && !entry.fix.is_empty(), "{}", entry.code);
        let long = [entry.means, entry.fix].join("\n");
        assert!(long.lines().all(|line| line.chars().count() <= 78), "{}", entry.code);
    }
}
