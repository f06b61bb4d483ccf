//! One reading as text.

use std::fmt::Write;

use anstyle::Style;
use corsac::browser::{AddressSpace, Cause};

use super::reading::{Known, Reading};
use crate::Stack;
use crate::certainty::Certainty;
use crate::printable::printable;
use crate::stack::{Needed, Trouble, push as push_stacks};

const HEAD: Style = Style::new().bold();

pub(super) fn push(out: &mut String, reading: &Reading, known: Known<'_>) {
    let mut row = |head: &str, value: &str| {
        let _ = writeln!(out, "{HEAD}{head:<9}{HEAD:#} {}", printable(value));
    };
    let browsers: Vec<&str> = reading.browsers.iter().map(|name| browser(name)).collect();
    if !browsers.is_empty() {
        row("Browser:", &browsers.join(", "));
    }
    row("Code:", reading.code.unwrap_or("not known"));
    let part = match reading.part {
        Some("preflight") => Some("the response to the preflight (OPTIONS)"),
        Some(_) => Some("the response to the request itself"),
        None => None,
    };
    let status = reading.status.map(|status| status.to_string());
    let is_space = reading.value.as_deref().is_some_and(|value| AddressSpace::parse(value).is_some());
    for (head, value) in [
        ("Page:", reading.page.as_deref()),
        ("URL:", reading.url.as_deref()),
        ("Was:", reading.redirected_from.as_deref()),
        ("In:", part),
        (if is_space { "Space:" } else { "Value:" }, reading.value.as_deref()),
        ("Status:", status.as_deref()),
    ] {
        if let Some(value) = value {
            row(head, value);
        }
    }
    let how = match reading.certainty {
        Certainty::Likely => "Likely: ",
        _ => "",
    };
    let cause = reading.cause.map_or_else(String::new, |cause| format!(" [{cause}]"));
    row("Cause:", &format!("{how}{}{cause}", reading.means));
    if !reading.is_blocked {
        row("Blocked:", "The message does not say so. If the request failed, look for another message.");
    }
    if !reading.fix.is_empty() {
        row("Fix:", &reading.fix);
    }
    for line in &reading.headers {
        let _ = writeln!(out, "          {}", printable(line));
    }
    push_stack(out, reading, known.stacks);
    let mut row = |head: &str, value: &str| {
        let _ = writeln!(out, "{HEAD}{head:<9}{HEAD:#} {}", printable(value));
    };
    if let Some(avoid) = &reading.avoid {
        row("Avoid:", avoid);
    }
    for hint in &reading.hints {
        row("Hint:", hint);
    }
    if let Some(code) = reading.code {
        row("More:", &format!("corsac explain {code}"));
    }
    if let Some(next) = &reading.next {
        row("Next:", next);
    }
}

fn browser(name: &str) -> &'static str {
    match name {
        "chromium" => "Chromium (Chrome, Edge, Opera)",
        "firefox" => "Firefox",
        _ => "WebKit (Safari)",
    }
}

fn push_stack(out: &mut String, reading: &Reading, stacks: &[Stack]) {
    const INDENT: &str = "          ";
    if stacks.is_empty() {
        return;
    }
    let code = reading.code.unwrap_or_default();
    let is_preflight = reading.part == Some("preflight");
    let trouble = Trouble::of(code, is_preflight, reading.status);
    if !reading.is_fixed_by_headers && trouble.is_none() {
        let _ = writeln!(out, "{INDENT}No setting of the server's CORS middleware fixes this.");
        return;
    }
    let is_other = reading.cause == Some(Cause::OtherOrigin.as_str());
    let trouble = trouble.filter(|trouble| *trouble != Trouble::OtherOrigin || is_other);
    let value = |wanted: &str| reading.value.as_deref().filter(|_| code == wanted);
    let page = reading.page.as_deref().filter(|page| crate::place::Place::of(page).is_some());
    let needed = page.filter(|_| reading.is_fixed_by_headers).map(|page| Needed {
        origin: page.as_bytes().to_vec(),
        method: value("method-not-allowed").or(reading.method.as_deref()).unwrap_or("GET").as_bytes().to_vec(),
        headers: value("header-not-allowed").map(|name| name.to_ascii_lowercase().into_bytes()).into_iter().collect(),
        credentials: matches!(code, "acac-not-true" | "acao-wildcard-with-credentials"),
        exposed: Vec::new(),
        preflight: is_preflight,
    });
    push_stacks(out, stacks, trouble, needed.as_ref(), INDENT);
}
