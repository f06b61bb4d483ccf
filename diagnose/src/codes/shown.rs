//! The entries of codes as text, with styles for a terminal, and as JSON.

use std::fmt::Write;

use anstyle::Style;
use serde::Serialize;

use super::{Entry, Kind, console_texts};
use crate::stack::Stack;

const HEAD: Style = Style::new().bold();

/// The entries, one after the other. Of the fixes for one server, only those for `stacks` are written, or all if it is empty.
///
/// ```
/// use corsac_diagnose::codes::{drawn, entries};
/// use corsac_diagnose::{Stack, without_styles};
/// let nginx = Stack::named("nginx").expect("a stack");
/// let text = without_styles(&drawn(&entries("no-cors-headers"), &[nginx]));
/// assert!(text.contains("Fix: nginx") && !text.contains("Fix: express"));
/// ```
#[must_use]
pub fn drawn(entries: &[Entry], stacks: &[Stack]) -> String {
    let drawn: Vec<String> = entries.iter().map(|entry| draw_one(entry, stacks)).collect();
    drawn.join("\n")
}

/// What kind of code it is, for people.
const fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Finding => "what corsac check finds in a policy",
        Kind::Denial => "why a policy denies a request",
        Kind::Blocked => "why a browser blocks a request",
        Kind::Delivery => "why a browser does not send a request, or asks the user first",
        Kind::Cause => "the likely mistake behind a blocked request",
        Kind::Live => "what corsac verify and corsac audit find at a server",
        Kind::Dialect => "what corsac check finds in another product's configuration",
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

fn draw_one(entry: &Entry, stacks: &[Stack]) -> String {
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
    let consoles = console_texts(entry.code);
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

/// The entries as a list in JSON. Their texts are Markdown.
///
/// ```
/// use corsac_diagnose::codes::{as_json, entries};
/// assert!(as_json(&entries("acao-missing"), &[]).contains(r#""code": "acao-missing""#));
/// ```
#[must_use]
pub fn as_json(entries: &[Entry], stacks: &[Stack]) -> String {
    let list: Vec<JsonEntry<'_>> = entries.iter().map(|entry| JsonEntry::of(entry, stacks)).collect();
    // Texts can always be written.
    serde_json::to_string_pretty(&list).unwrap_or_default() + "\n"
}

/// The entries as values of JSON.
///
/// # Errors
///
/// None: texts can always be written.
///
/// ```
/// use corsac_diagnose::codes::{as_values, entries};
/// let values = as_values(&entries("acao-missing"), &[])?;
/// assert_eq!(values[0]["kind"], "blocked");
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn as_values(entries: &[Entry], stacks: &[Stack]) -> serde_json::Result<Vec<serde_json::Value>> {
    entries.iter().map(|entry| serde_json::to_value(JsonEntry::of(entry, stacks))).collect()
}

impl<'a> JsonEntry<'a> {
    fn of(entry: &'a Entry, stacks: &'a [Stack]) -> Self {
        Self {
            code: entry.code,
            kind: entry.kind.as_str(),
            means: entry.means,
            why: entry.why,
            fix: entry.fix,
            fixes: fixes(entry, stacks).map(|(name, fix)| JsonFix { r#for: name, fix }).collect(),
            avoid: entry.avoid,
            example: entry.example,
            console: console_texts(entry.code)
                .into_iter()
                .filter(|_| entry.kind == Kind::Blocked)
                .map(|text| JsonConsole { browser: text.browser, message: text.message, means: text.means })
                .collect(),
        }
    }
}
