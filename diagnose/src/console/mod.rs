//! What the messages of a paste mean, and what to do next: the consoles of browsers of today and of ten years ago, in any language, and
//! what people take for a message about CORS.

mod clean;
mod errors;
mod gather;
mod languages;
mod merge;
mod message;
mod neighbours;
mod next;
mod prose;
mod reading;
mod script;
mod template;
mod text;
mod trace;
mod traced;
mod translated;
mod verdict;
mod why;
mod words;

use crate::capture::{is_capture, is_har};
pub use crate::certainty::Certainty;
use crate::explain::write_json;
use crate::hints;
use crate::stack::offer_shown;
pub(crate) use errors::OTHER_ERRORS;
pub(crate) use neighbours::server_words;
pub use reading::{Explained, Known, Reading};

/// Every failure of a paste, each once.
///
/// ```
/// let text = "Fetch API cannot load http://localhost:3000/x. Response for preflight is invalid (redirect)";
/// let readings = corsac_diagnose::console::read(text, corsac_diagnose::console::Known::default());
/// assert_eq!(readings[0].code, Some("preflight-redirect"));
/// ```
#[must_use]
pub fn read(text: &str, known: Known<'_>) -> Vec<Reading> {
    if is_har(text) {
        return Vec::new();
    }
    let found = gather::read(text);
    let shown = if known.stacks.is_empty() { offer_shown(text) } else { None };
    let is_extension = script::is_of_extension(text);
    let read = |message: &message::Message| {
        let mut reading = verdict::read(message, known);
        reading.hints.extend(shown.clone().filter(|_| reading.is_fixed_by_headers));
        let is_of_cors = message.code.is_some() && reading.cause != Some("response-header-sent");
        reading.hints.extend(found.sent_header.as_deref().filter(|_| is_of_cors).map(hints::of_sent_header));
        let is_stopped = is_of_cors || message.neighbour == Some("orb");
        reading.hints.extend((is_extension && is_stopped).then(|| script::BACKGROUND.to_owned()));
        Reading { next: next::command(&reading), ..reading }
    };
    found.list.iter().map(read).collect()
}

/// Explains every failure of a paste.
///
/// # Errors
///
/// One sentence: the text has no message of a browser, or none that says why.
///
/// ```
/// use corsac_diagnose::console::{Known, explain};
/// let error = explain("TypeError: Failed to fetch", Known::default()).unwrap_err();
/// assert!(error.contains("only the browser's console has it"));
/// ```
#[inline(never)] // Inlined, it would be compiled for speed in the Python package.
pub fn explain(text: &str, known: Known<'_>) -> Result<Explained, String> {
    let readings = read(text, known);
    if readings.is_empty() {
        return Err(nothing(text));
    }
    let mut out = String::new();
    for (place, reading) in readings.iter().enumerate() {
        if place != 0 {
            out.push('\n');
        }
        text::push(&mut out, reading, known);
    }
    Ok(Explained { readings, text: out })
}

/// The readings as a list in JSON, in plain ASCII: nothing in it controls a terminal.
///
/// ```
/// use corsac_diagnose::console::{Known, as_json, read};
/// let readings = read("Response for preflight is invalid (redirect)", Known::default());
/// assert!(as_json(&readings).contains(r#""code":"preflight-redirect""#));
/// ```
#[must_use]
pub fn as_json(readings: &[Reading]) -> String {
    let mut out = Vec::new();
    match write_json(&mut out, &readings) {
        Ok(()) => String::from_utf8(out).unwrap_or_default(),
        // A vector takes everything.
        Err(_) => String::new(),
    }
}

fn nothing(text: &str) -> String {
    if is_capture(text) {
        return "these are the headers of a request or its response, which are a capture and no message: explain them as one, with corsac explain FILE, \
                explain_capture() in Python or explain() in JavaScript"
            .to_owned();
    }
    let wanted = "paste the whole line of the browser's console, which begins with \"Access to ...\", \"Cross-Origin Request Blocked: ...\" or \
                  \"Origin ... is not allowed ...\"";
    if gather::read(text).is_nothing {
        return format!(
            "this says that a request failed, and not why: scripts never learn the reason, only the browser's console has it: {wanted}. If the \
             console has no such line, open the network panel and reload: no response at all is not CORS, so give the words next to the \
             request (such as net::ERR_...); otherwise give its headers, its preflight's (OPTIONS) too, or save all as a HAR file"
        );
    }
    format!(
        "this text is not known, as a message about CORS or about what is next to it: {wanted}, or send the request again with corsac probe"
    )
}
