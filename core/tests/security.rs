//! Tests `SECURITY.md`: every file, test and case that it names must exist, and every number in its
//! tables must be the one in the source.
//!
//! In its tables, `FILE: NAME` is a test of a source file, or a case of a file in `vectors/`.
//! `CONSTANT` or `FILE: CONSTANT` after a number is the constant with that number. A number without
//! one must be in a test or a case of its row.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, iter};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The texts between backquotes, each with the text before it.
fn spans(text: &str) -> Vec<(&str, &str)> {
    let mut parts = text.split('`');
    iter::from_fn(|| Some((parts.next()?, parts.next()?))).collect()
}

fn cells(line: &str) -> Vec<&str> {
    line.trim().trim_matches('|').split('|').map(str::trim).collect()
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the sources").map(|entry| entry.expect("readable").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|extension| extension == "rs") {
            found.push(entry);
        }
    }
}

/// Computes a product, a shift, or seconds.
fn value(text: &str, constants: &BTreeMap<String, Vec<u64>>) -> Option<u64> {
    let text = text.trim();
    if let Some(inner) = text.strip_prefix("Duration::from_secs(").and_then(|text| text.strip_suffix(')')) {
        return value(inner, constants);
    }
    if let Some((left, right)) = text.split_once("<<") {
        return value(left, constants)?.checked_shl(u32::try_from(value(right, constants)?).ok()?);
    }
    if let Some((left, right)) = text.split_once('*') {
        return value(left, constants)?.checked_mul(value(right, constants)?);
    }
    let known = || constants.get(text).filter(|values| values.len() == 1).map(|values| values[0]);
    text.replace('_', "").parse().ok().or_else(known)
}

/// The numeric constants of a source file.
fn constants_of(source: &str) -> BTreeMap<String, Vec<u64>> {
    let mut constants = BTreeMap::<String, Vec<u64>>::new();
    for line in source.lines() {
        let Some((_, definition)) = line.split_once("const ") else { continue };
        let Some((name, rest)) = definition.split_once(':') else { continue };
        let Some((_, expression)) = rest.split_once(" = ") else { continue };
        if let Some(number) = expression.strip_suffix(';').and_then(|expression| value(expression, &constants)) {
            constants.entry(name.to_owned()).or_default().push(number);
        }
    }
    constants
}

/// The value of `FILE: CONSTANT`, or of `CONSTANT` if only one constant has that name.
fn constant(named: &str) -> Result<u64, String> {
    let (files, name) = match named.split_once(": ") {
        Some((file, name)) => (vec![root().join(file)], name),
        None => {
            let mut files = Vec::new();
            ["core/src", "cli/src", "diagnose/src"].iter().for_each(|folder| sources(&root().join(folder), &mut files));
            (files, named)
        }
    };
    let read = |file: &PathBuf| fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()));
    let mut values = Vec::new();
    for file in &files {
        values.extend(constants_of(&read(file)?).remove(name).unwrap_or_default());
    }
    match values[..] {
        [value] => Ok(value),
        [] => Err(format!("{named}: there is no such constant")),
        _ => Err(format!("{named}: several constants have this name; write `FILE: {name}`")),
    }
}

/// The text of a test or a case. `FILE` alone means the whole file.
fn shown_by(reference: &str) -> Result<String, String> {
    let (file, name) = reference.split_once(": ").map_or((reference, None), |(file, name)| (file, Some(name)));
    let path = if file.contains('/') { root().join(file) } else { root().join("vectors").join(file) };
    let text = fs::read_to_string(&path).map_err(|error| format!("{reference}: {error}"))?;
    let Some(name) = name else { return Ok(text) };
    if !file.ends_with(".rs") {
        let case = format!("\"says\":\"{name}\"");
        let found = text.lines().find(|line| line.replace("\": \"", "\":\"").contains(&case));
        return found.map(str::to_owned).ok_or_else(|| format!("{file} has no case \"{name}\""));
    }
    let (before, body) = text.split_once(&format!("fn {name}(")).ok_or_else(|| format!("{file} has no test {name}"))?;
    let indent = before.rsplit('\n').next().unwrap_or_default();
    Ok(body.lines().take_while(|line| *line != format!("{indent}}}")).collect::<Vec<_>>().join("\n"))
}

fn is_constant(span: &str) -> bool {
    let name = span.rsplit(": ").next().unwrap_or(span);
    name.len() > 2 && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

/// The numbers in a text, converted to bytes if they have such a unit.
fn numbers(text: &str) -> Vec<u64> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let unit = |word: Option<&&str>| match word.map(|word| word.trim_matches(',')) {
        Some("KiB") => 1 << 10,
        Some("MiB") => 1 << 20,
        Some("GiB") => 1 << 30,
        _ => 1,
    };
    let number =
        |(at, word): (usize, &&str)| Some(word.trim_matches(',').parse::<u64>().ok()? * unit(words.get(at + 1)));
    words.iter().enumerate().filter_map(number).collect()
}

/// What is wrong with one row of the table of limits. Its cells are the limit, its number, what
/// happens beyond it, and the tests.
fn wrong_in_limit(row: &str) -> Vec<String> {
    let cells = cells(row);
    let [_, most, beyond, tests] = cells[..] else { return vec!["a limit has four cells".to_owned()] };
    let mut wrong = Vec::new();
    if beyond.is_empty() || spans(tests).is_empty() {
        wrong.push("nothing is said of what is beyond, or nothing shows it".to_owned());
    }
    let texts: Vec<String> = spans(tests).iter().filter_map(|(_, reference)| shown_by(reference).ok()).collect();
    let mut rest = most;
    for (before, span) in spans(most).into_iter().filter(|(_, span)| is_constant(span)) {
        rest = rest.split_once(&format!("`{span}`")).map_or("", |(_, rest)| rest);
        let all = numbers(before);
        let Some((last, free)) = all.split_last() else {
            wrong.push(format!("{span} stands behind no number"));
            continue;
        };
        match constant(span) {
            Ok(value) if value == *last => {}
            Ok(value) => wrong.push(format!("{span} is {value}, not {last}")),
            Err(error) => wrong.push(error),
        }
        wrong
            .extend(free.iter().filter(|number| !is_in(**number, &texts)).map(|number| format!("{number} is nowhere")));
    }
    let free = numbers(rest);
    wrong
        .extend(free.into_iter().filter(|number| !is_in(*number, &texts)).map(|number| format!("{number} is nowhere")));
    wrong
}

fn is_in(number: u64, texts: &[String]) -> bool {
    let is_number = |text: &String| {
        text.replace('_', "").split(|c: char| !c.is_ascii_digit()).any(|digits| digits.parse() == Ok(number))
    };
    texts.iter().any(is_number)
}

/// What is wrong with the page.
fn wrong(page: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let (mut table, mut limits, mut promises) = ("", 0, 0);
    for (number, line) in (1..).zip(page.lines()) {
        let mut say = |what: String| wrong.push(format!("SECURITY.md:{number}: {what}"));
        if !line.starts_with('|') {
            table = "";
        } else if table.is_empty() {
            table = line;
        } else if !line.starts_with("|-") {
            // The last cell names the tests.
            let tests = cells(line).last().copied().unwrap_or_default();
            if spans(tests).is_empty() {
                say("nothing shows this".to_owned());
            }
            spans(tests).iter().filter_map(|(_, reference)| shown_by(reference).err()).for_each(&mut say);
            if cells(table).len() == 4 {
                limits += 1;
                wrong_in_limit(line).into_iter().for_each(say);
            } else {
                promises += 1;
            }
        }
    }
    if limits < 30 || promises < 12 {
        wrong.push(format!("only {limits} limits and {promises} promises were found"));
    }
    wrong
}

#[test]
fn every_name_and_every_number_is_right() {
    let page = fs::read_to_string(root().join("SECURITY.md")).expect("the page is there");
    let wrong = wrong(&page);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(page.lines().count() <= 130, "the page is longer than people read");
}

/// The check must notice a wrong number, unit, constant, test, case or file, and a missing one.
#[test]
fn a_wrong_name_or_number_is_noticed() {
    let good = "| Origin | 328 bytes `ORIGIN_MAX` | `too-large` | `origins.json: an Origin of 329 bytes` |";
    let check = |row: &str| {
        let mut found = wrong(&format!("| limit | most | beyond | shown by |\n|---|---|---|---|\n{row}\n"));
        // The last complaint is that there is only one row.
        found.pop();
        found
    };
    assert_eq!(check(good), [""; 0]);
    for (from, to) in [
        ("328", "329"),
        ("328", "about"),
        ("bytes `", "KiB `"),
        ("ORIGIN_MAX", "ORIGIN_MIN"),
        ("ORIGIN_MAX", "core/src/host.rs: ORIGIN_MAX"),
        ("ORIGIN_MAX", "HEAD_LIMIT"),
        ("`ORIGIN_MAX`", ""),
        ("an Origin of 329", "an Origin of 330"),
        ("origins.json: an Origin of 329 bytes", "core/tests/limits.rs: no_such_test"),
        ("origins.json: an Origin of 329 bytes", "core/tests/no_such_file.rs"),
        ("`origins.json: an Origin of 329 bytes`", ""),
        ("| `too-large`", "| "),
        ("| `too-large`", ""),
    ] {
        let bad = good.replacen(from, to, 1);
        assert!(bad != good && !check(&bad).is_empty(), "{bad}");
    }
}
