//! `corsac explain CODE`: what a code means, why browsers do that, and how to fix it.

use std::ffi::OsString;
use std::path::Path;

use corsac_diagnose::codes::{self, Entry};
use corsac_diagnose::printable;
use corsac_dialects::code_entries;

use crate::args::{Explain, Format};
use crate::failure::{Failure, Outcome, print_out};

/// All codes that have an entry: those of the diagnosis and those of other products' configurations.
fn known_codes() -> Vec<&'static str> {
    let mut known = codes::codes();
    known.extend(code_entries().iter().map(|entry| entry.code).filter(|code| !codes::codes().contains(code)));
    known
}

/// Every entry of a code.
fn entries_of(code: &str) -> Vec<Entry> {
    let mut entries = codes::entries(code);
    entries.extend(code_entries().into_iter().filter(|entry| entry.code == code));
    entries
}

/// The codes that the arguments name, as `acao-missing` or pasted as `[acao-missing: options-not-routed]`. `None` if they name
/// files. A known code wins over a file of the same name.
pub(crate) fn named(arguments: &[OsString]) -> Result<Option<Vec<String>>, Failure> {
    let Some(first) = arguments.first().and_then(|first| first.to_str()) else { return Ok(None) };
    let known = known_codes();
    let is_known = |code: &str| known.contains(&code);
    let is_pasted = first.starts_with('[') || first.starts_with("error[") || first.starts_with("warning[");
    let is_code = words(first).iter().any(|word| is_known(word));
    let looks_like_one = first.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-')) && first != "-";
    let is_unknown_code = looks_like_one && !Path::new(first).exists();
    if !(is_pasted || is_code || is_unknown_code) {
        return Ok(None);
    }
    let mut named: Vec<String> = Vec::new();
    for word in arguments.iter().flat_map(|argument| words(&argument.to_string_lossy())) {
        if !is_known(&word) {
            return Err(unknown(&word, &known));
        }
        if !named.contains(&word) {
            named.push(word);
        }
    }
    Ok(Some(named))
}

/// The words of a code as it is pasted.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| matches!(c, '[' | ']' | ':' | ',') || c.is_whitespace())
        .filter(|word| !matches!(*word, "" | "error" | "warning"))
        .map(str::to_owned)
        .collect()
}

/// The entries of a text that is codes and nothing else, each once. It is never taken for the name of a file.
pub(crate) fn entries_in(text: &str) -> Option<Vec<Entry>> {
    // A paste of many lines is not a list of codes.
    const LONGEST: usize = 200;
    let known = known_codes();
    let mut words = words(text.get(..=LONGEST).map_or(text, |_| ""));
    words.dedup();
    let all = !words.is_empty() && words.iter().all(|word| known.contains(&word.as_str()));
    all.then(|| words.iter().flat_map(|code| entries_of(code)).collect())
}

fn unknown(word: &str, known: &[&str]) -> Failure {
    // A slip of the finger keeps most of a word; below that, a suggestion would be a guess.
    const SIMILAR: f64 = 0.75;
    let similar = known.iter().map(|code| (strsim::jaro_winkler(word, code), *code));
    let best = similar.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(similarity, _)| *similarity >= SIMILAR);
    let advice = match best {
        Some((_, code)) => format!("did you mean {code}?"),
        None => "a code is what corsac prints in brackets, such as acao-missing".to_owned(),
    };
    Failure::Message(format!("\"{}\" is not a code, and not a file: {advice}", printable(word)))
}

/// Shows every entry of every code.
pub(crate) fn run(codes: &[String], explain: &Explain) -> Result<Outcome, Failure> {
    let entries: Vec<Entry> = codes.iter().flat_map(|code| entries_of(code)).collect();
    let stacks = explain.stacks.as_slice();
    let text = match explain.format {
        Format::Json => codes::as_json(&entries, stacks),
        Format::Text => codes::drawn(&entries, stacks),
    };
    print_out(&text)?;
    Ok(Outcome::Fine)
}
