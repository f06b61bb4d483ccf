//! `corsac explain CODE`: what a code means, why browsers do that, and how to fix it.

use std::ffi::OsString;
use std::fmt::Write;
use std::path::Path;

use anstyle::Style;
use corsac_diagnose::codes::{self, Entry, Kind};
use corsac_diagnose::{Stack, printable};
use serde::Serialize;

use crate::args::{Explain, Format};
use crate::failure::{Failure, Outcome, print_out};

const HEAD: Style = Style::new().bold();

/// The codes that the arguments name, as `acao-missing` or pasted as `[acao-missing: options-not-routed]`. `None` if they name
/// files. A known code wins over a file of the same name.
pub(crate) fn named(arguments: &[OsString]) -> Result<Option<Vec<String>>, Failure> {
    let Some(first) = arguments.first().and_then(|first| first.to_str()) else { return Ok(None) };
    let known = codes::codes();
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
    // A paste of many lines is no list of codes.
    const LONGEST: usize = 200;
    let known = codes::codes();
    let mut words = words(text.get(..=LONGEST).map_or(text, |_| ""));
    words.dedup();
    let all = !words.is_empty() && words.iter().all(|word| known.contains(&word.as_str()));
    all.then(|| words.iter().flat_map(|code| codes::entries(code)).collect())
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
    let entries: Vec<Entry> = codes.iter().flat_map(|code| codes::entries(code)).collect();
    let stacks = explain.stacks.as_slice();
    let text = match explain.format {
        Format::Json => as_json(&entries, stacks)?,
        Format::Text => {
            let drawn: Vec<String> = entries.iter().map(|entry| drawn(entry, stacks)).collect();
            drawn.join("\n")
        }
    };
    print_out(&text)?;
    Ok(Outcome::Fine)
}

/// What kind of code it is, for people.
const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Finding => "what corsac check finds in a policy",
        Kind::Denial => "why a policy denies a request",
        Kind::Blocked => "why a browser blocks a request",
        Kind::Delivery => "why a browser does not send a request, or asks the user first",
        Kind::Cause => "the likely mistake behind a blocked request",
        Kind::Neighbour => "what people call a CORS error, and is not",
    }
}

/// The fixes that are not for every server: those for `stacks`, or all if none is asked for.
fn fixes<'e>(entry: &'e Entry, stacks: &'e [Stack]) -> impl Iterator<Item = &'e (&'static str, &'static str)> {
    entry
        .fixes
        .iter()
        .filter(move |(name, _)| stacks.is_empty() || Stack::named(name).is_none_or(|stack| stacks.contains(&stack)))
}

fn drawn(entry: &Entry, stacks: &[Stack]) -> String {
    let mut text = format!("{HEAD}{}{HEAD:#}: {}\n\n{}\n", entry.code, kind_words(entry.kind), plain(entry.means));
    let mut part = |head: &str, body: &str| {
        let _ = write!(text, "\n{HEAD}{head}{HEAD:#}\n{}\n", plain(body));
    };
    if let Some(why) = entry.why {
        part("Why", why);
    }
    part("Fix", entry.fix);
    for (name, fix) in fixes(entry, stacks) {
        part(&format!("Fix: {name}"), fix);
    }
    if let Some(avoid) = entry.avoid {
        part("Avoid", avoid);
    }
    if let Some(example) = entry.example {
        part("Example", example);
    }
    let consoles = codes::console_texts(entry.code);
    if entry.kind == Kind::Blocked && !consoles.is_empty() {
        let lines: Vec<String> =
            consoles.iter().map(|console| format!("{:<9} {}", console.browser, console.message)).collect();
        part("In the console", &lines.join("\n"));
    }
    text
}

/// Markdown as a terminal shows it: a fenced block is indented, the rest stays.
fn plain(markdown: &str) -> String {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_fenced = !is_fenced;
        } else if is_fenced && !line.is_empty() {
            lines.push(format!("    {line}"));
        } else {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n")
}

#[derive(Serialize)]
struct JsonEntry<'a> {
    code: &'a str,
    kind: &'a str,
    means: &'a str,
    why: Option<&'a str>,
    fix: &'a str,
    fixes: Vec<JsonFix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avoid: Option<&'a str>,
    example: Option<&'a str>,
    console: Vec<JsonConsole>,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    r#for: &'a str,
    fix: &'a str,
}

#[derive(Serialize)]
struct JsonConsole {
    browser: &'static str,
    message: &'static str,
    means: &'static str,
}

/// The entries as a list. Their texts are Markdown.
fn as_json(entries: &[Entry], stacks: &[Stack]) -> Result<String, Failure> {
    let text = as_values(entries, stacks).and_then(|list| serde_json::to_string_pretty(&list));
    text.map(|text| text + "\n").map_err(|error| Failure::because("cannot write the entries as JSON", error))
}

/// The entries as values.
pub(crate) fn as_values(entries: &[Entry], stacks: &[Stack]) -> serde_json::Result<Vec<serde_json::Value>> {
    let of = |entry: &Entry| {
        serde_json::to_value(JsonEntry {
            code: entry.code,
            kind: entry.kind.as_str(),
            means: entry.means,
            why: entry.why,
            fix: entry.fix,
            fixes: fixes(entry, stacks).map(|(name, fix)| JsonFix { r#for: name, fix }).collect(),
            avoid: entry.avoid,
            example: entry.example,
            console: codes::console_texts(entry.code)
                .into_iter()
                .filter(|_| entry.kind == Kind::Blocked)
                .map(|text| JsonConsole { browser: text.browser, message: text.message, means: text.means })
                .collect(),
        })
    };
    entries.iter().map(of).collect()
}
