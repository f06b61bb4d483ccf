//! `corsac explain --console`: what a message of a browser's console means, and what to do next.

use std::io;

use corsac_diagnose::capture::is_capture;
use corsac_diagnose::{PublicSuffixList, console};

use super::captured;
use crate::args::{Explain, Format};
use crate::failure::{Failure, Outcome, print_out};
use crate::input::read_limited;

/// More than any console has.
const LIMIT: u64 = 1 << 20;

/// The options say what the message does not.
pub(crate) fn run(text: &str, explain: &Explain) -> Result<Outcome, Failure> {
    let pasted;
    let text = if text == "-" {
        let bytes = read_limited(io::stdin().lock(), LIMIT)
            .map_err(|error| Failure::because("cannot read the message from standard input", error))?;
        pasted = String::from_utf8_lossy(&bytes).into_owned();
        pasted.as_str()
    } else {
        text
    };
    let known = console::Known {
        url: explain.url.as_deref(),
        origin: explain.origin.as_ref().and_then(|origin| origin.to_str()),
        stacks: &explain.stacks,
        suffixes: Some(&PublicSuffixList),
    };
    let explained = match console::explain(text, known) {
        // Who copies from the network panel or a terminal does not know that this is another kind of text.
        Err(_) if is_capture(text) => return captured::run(explain, Some(text)),
        explained => explained.map_err(Failure::Message)?,
    };
    match explain.format {
        Format::Json => print_out(&console::as_json(&explained.readings))?,
        Format::Text => print_out(&explained.text)?,
    }
    let is_blocked = explained.readings.iter().any(|reading| reading.is_blocked);
    Ok(if is_blocked { Outcome::Problem } else { Outcome::Fine })
}
