//! What a capture lacks, and the command that would show it.

use corsac::browser::Credentials;

use super::console::shell_word;
use super::judged::with;
use super::wire::{preflight_lines, request_lines};
use crate::capture::CapturedExchange;
use crate::exchange::Lines;
use crate::printable::printable;

/// Writes the command for the first answer that is not known.
pub(crate) fn push(text: &mut String, captured: &CapturedExchange) {
    if let Some(failed) = &captured.failed {
        text.push_str(&format!("\nThe browser says of it: {}\n", printable(failed)));
    }
    let command = with(&captured.exchange, Credentials::SameOrigin, |exchange| {
        exchange.steps().find_map(|step| {
            let hop = exchange.hop(step.hop());
            match preflight_lines(&step) {
                Some(lines) if hop.preflight.is_none() => Some(curl(b"OPTIONS", &lines, step.url())),
                _ if hop.response.is_none() => Some(curl(step.method(), &request_lines(&step), step.url())),
                _ => None,
            }
        })
    });
    if let Some(command) = command {
        text.push_str(&format!("\nWhat is missing, this shows:\n  {command}\n"));
    }
}

fn curl(method: &[u8], lines: &Lines, url: &[u8]) -> String {
    let word = |bytes: &[u8]| shell_word(&String::from_utf8_lossy(bytes));
    let mut command = format!("curl -si -o /dev/null -D - -X {}", word(method));
    for (name, value) in lines.iter().filter(|(_, value)| value != b"...") {
        command.push_str(&format!(" -H {}", word(&[name.as_slice(), b": ", value.as_slice()].concat())));
    }
    command.push_str(&format!(" {}", word(url)));
    command
}
