//! `corsac explain --console`: what a message of a browser's console means, and what to do next.

use std::io;

use corsac_diagnose::capture::is_capture;
use corsac_diagnose::{PublicSuffixList, console};

use super::captured;
use crate::args::{Explain, Format};
use crate::failure::{Failure, Outcome, print_out};
use crate::input::{MESSAGE_LIMIT, read_limited};

/// The options say what the message does not.
pub(crate) fn run(text: &str, explain: &Explain) -> Result<Outcome, Failure> {
    let pasted;
    let text = if text == "-" {
        let bytes = read_limited(io::stdin().lock(), MESSAGE_LIMIT)
            .map_err(|error| Failure::because("cannot read the message from standard input", error))?;
        pasted = String::from_utf8_lossy(&bytes).into_owned();
        pasted.as_str()
    } else {
        text
    };
    match console::explain(text, known(explain)) {
        // Who copies from the network panel or a terminal does not know that this is another kind of text.
        Err(_) if is_capture(text) => captured::run(explain, Some(text), run_if_message),
        explained => show(&explained.map_err(Failure::Message)?, explain),
    }
}

/// The same for a text that was given as a capture and is not one. `None`: it has no message, or the options are those of a capture.
pub(super) fn run_if_message(text: &str, explain: &Explain) -> Option<Result<Outcome, Failure>> {
    let is_of_capture =
        explain.method.is_some() || !explain.headers.is_empty() || explain.credentials || explain.entry.is_some();
    let explained = console::explain(text, known(explain)).ok().filter(|_| !is_of_capture)?;
    Some(show(&explained, explain))
}

fn known(explain: &Explain) -> console::Known<'_> {
    console::Known {
        url: explain.url.as_deref(),
        origin: explain.origin.as_ref().and_then(|origin| origin.to_str()),
        stacks: &explain.stacks,
        suffixes: Some(&PublicSuffixList),
    }
}

fn show(explained: &console::Explained, explain: &Explain) -> Result<Outcome, Failure> {
    match explain.format {
        Format::Json => print_out(&console::as_json(&explained.readings))?,
        Format::Text => print_out(&explained.text)?,
    }
    let is_blocked = explained.readings.iter().any(|reading| reading.is_blocked);
    Ok(if is_blocked { Outcome::Problem } else { Outcome::Fine })
}
