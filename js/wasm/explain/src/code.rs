//! What a code means.

use corsac_diagnose::codes::{as_json, codes, drawn, entries};
use corsac_diagnose::printable;
use serde::Serialize;

use crate::boundary::respond;
use crate::options::Shape;

#[derive(Serialize)]
struct Explained {
    /// What `corsac explain CODE --format json` prints.
    json: String,
    text: String,
}

/// Explains the code that follows the options.
#[unsafe(no_mangle)]
extern "C" fn code(options_len: usize) -> usize {
    respond(options_len, |mut fields, code| {
        let shape = Shape::take(&mut fields)?;
        fields.end()?;
        let code = String::from_utf8_lossy(code);
        let stacks = shape.stacks()?;
        let entries = entries(&code);
        if entries.is_empty() {
            return Err(format!(
                "\"{}\" is not a code: a code is what corsac prints in brackets, such as acao-missing",
                printable(&code)
            ));
        }
        Ok(Explained { json: as_json(&entries, &stacks), text: shape.text(drawn(&entries, &stacks)) })
    })
}

#[derive(Serialize)]
struct Names {
    codes: Vec<&'static str>,
}

/// The names of all codes.
#[unsafe(no_mangle)]
extern "C" fn code_names(options_len: usize) -> usize {
    respond(options_len, |_, _| Ok(Names { codes: codes() }))
}
