//! What a capture lacks, and the command that shows it.

use corsac::browser::Credentials;

use super::shell::shell_word;
use super::wire::{preflight_headers, request_headers};
use crate::capture::CapturedExchange;
use crate::exchange::Headers;
use crate::printable::printable;
use crate::secret::is_secret;
use crate::with;

/// Writes the command that shows the first unknown response. Secrets are replaced with `...`, unless `secrets` is set.
pub(super) fn push(text: &mut String, captured: &CapturedExchange, secrets: bool) {
    if let Some(failed) = &captured.failed {
        text.push_str(&format!("The browser reports: {}\n", printable(failed)));
    }
    let command = with(&captured.exchange, Credentials::SameOrigin, |exchange| {
        exchange.steps().find_map(|step| {
            let hop = exchange.hop(step.hop());
            match preflight_headers(&step) {
                Some(lines) if hop.preflight.is_none() => Some(curl(b"OPTIONS", &lines, step.url())),
                _ if hop.response.is_none() => {
                    let mut lines = request_headers(&step);
                    let hidden = lines.iter_mut().filter(|(name, _)| !secrets && is_secret(name));
                    hidden.for_each(|(_, value)| *value = b"...".to_vec());
                    Some(curl(step.method(), &lines, step.url()))
                }
                _ => None,
            }
        })
    });
    if let Some(command) = command {
        let gap = if text.ends_with("\n\n") { "" } else { "\n" };
        text.push_str(&format!("{gap}Run this to see the missing response, and give its output to corsac explain together with this capture:\n  {command}\n"));
        if command.contains(": ...'") {
            text.push_str("Replace the dots with the values.\n");
        }
    }
}

/// With `-v`, so that its output can be given to `corsac explain`.
fn curl(method: &[u8], lines: &Headers, url: &[u8]) -> String {
    let word = |bytes: &[u8]| shell_word(&String::from_utf8_lossy(bytes));
    // With -X HEAD, curl would wait for a body.
    let asks = if method == b"HEAD" { "-I".to_owned() } else { format!("-X {}", word(method)) };
    let mut command = format!("curl -sv -o /dev/null {asks}");
    for (name, value) in lines {
        command.push_str(&format!(" -H {}", word(&[name.as_slice(), b": ", value.as_slice()].concat())));
    }
    command.push_str(&format!(" {} 2>&1", word(url)));
    command
}
