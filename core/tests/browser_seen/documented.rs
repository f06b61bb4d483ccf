//! `docs/browsers.md` and these tests: each row names a test, and each test has a row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The names in backquotes of a row's last cell.
fn tests_of(row: &str) -> Vec<&str> {
    let last = row.trim_end_matches('|').rsplit('|').next().unwrap();
    last.split('`').skip(1).step_by(2).collect()
}

/// Rows without a test, tests that do not exist, and tests without a row.
fn differences(text: &str, tests: &BTreeSet<String>) -> Vec<String> {
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.starts_with('|') && !line.starts_with("| rule") && !line.starts_with("|--"))
        .collect();
    let named: BTreeSet<String> = rows.iter().flat_map(|row| tests_of(row)).map(str::to_owned).collect();
    let without = rows.iter().filter(|row| tests_of(row).is_empty()).map(|row| format!("{row} names no test"));
    let unknown = named.difference(tests).map(|name| format!("there is no test {name}"));
    let hidden = tests.difference(&named).map(|name| format!("no row names {name}"));
    without.chain(unknown).chain(hidden).collect()
}

/// The tests of a source file.
fn tests_in(source: &str) -> impl Iterator<Item = String> {
    source.split("#[test]\nfn ").skip(1).map(|rest| rest.split('(').next().unwrap().to_owned())
}

#[test]
fn each_rule_of_the_page_names_its_test() {
    let core = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(core.join("../docs/browsers.md")).unwrap();
    let from = page.find("\n## The preflight and the CORS check").unwrap();
    let to = page.find("\n## What the model takes").unwrap();
    let mut tests = BTreeSet::new();
    for entry in fs::read_dir(core.join("tests/browser_seen")).unwrap() {
        let path = entry.unwrap().path();
        // These two are about the tests themselves.
        if !path.ends_with("documented.rs") && !path.ends_with("vectors.rs") {
            tests.extend(tests_in(&fs::read_to_string(path).unwrap()));
        }
    }
    assert_eq!(differences(&page[from..to], &tests), [""; 0]);
}

#[test]
fn row_without_test_and_test_without_row_are_found() {
    let tests = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
    let table =
        "| rule | standard | browsers | test |\n|---|---|---|---|\n| x | y | z | `a`, `c` |\n| `x` | y | z | |\n";
    let found = differences(table, &tests);
    assert_eq!(found, ["| `x` | y | z | | names no test", "there is no test c", "no row names b"]);
}
