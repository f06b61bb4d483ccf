//! Messages of a browser's console.

use corsac_diagnose::console::{self, Known};
use serde::Serialize;

use crate::boundary::respond;
use crate::options::Shape;

/// More than any console has, as for the command line.
const LIMIT: usize = 1 << 20;

#[derive(Serialize)]
struct Explained {
    /// What `corsac explain --console TEXT --format json` prints.
    json: String,
    text: String,
    is_blocked: bool,
}

/// Explains a paste.
#[unsafe(no_mangle)]
extern "C" fn console(options_len: usize) -> usize {
    respond(options_len, |mut fields, text| {
        let (url, origin, shape) = (fields.text("url")?, fields.text("origin")?, Shape::take(&mut fields)?);
        fields.end()?;
        if text.len() > LIMIT {
            return Err("the text has more than 1 MiB: pass the messages alone".to_owned());
        }
        let stacks = shape.stacks()?;
        // The list of suffixes would double the module.
        let known = Known { url: url.as_deref(), origin: origin.as_deref(), stacks: &stacks, suffixes: None };
        let explained = console::explain(&String::from_utf8_lossy(text), known)?;
        Ok(Explained {
            json: console::as_json(&explained.readings),
            text: shape.text(explained.text),
            is_blocked: explained.readings.iter().any(|reading| reading.is_blocked),
        })
    })
}
