//! What a code means.

use corsac_diagnose::codes::{as_json, codes, drawn, entries};
use corsac_diagnose::{Stack, printable};
use serde::{Deserialize, Serialize};

use crate::boundary::respond;
use crate::options::Shape;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    shape: Shape,
}

#[derive(Serialize)]
struct Explained {
    /// What `corsac explain CODE --format json` prints.
    json: String,
    text: String,
}

/// Explains the code that follows the options.
#[unsafe(no_mangle)]
extern "C" fn code(options_len: usize) -> usize {
    respond(options_len, |options: Options, code| {
        let code = String::from_utf8_lossy(code);
        let stacks = options.shape.stacks()?;
        let entries = entries(&code);
        if entries.is_empty() {
            return Err(format!(
                "\"{}\" is not a code: a code is what corsac prints in brackets, such as acao-missing",
                printable(&code)
            ));
        }
        Ok(Explained { json: as_json(&entries, &stacks), text: options.shape.text(drawn(&entries, &stacks)) })
    })
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Serialize)]
struct Names {
    codes: Vec<&'static str>,
    stacks: Vec<(&'static str, &'static str)>,
}

/// The names of all codes, and of all stacks with what each is.
#[unsafe(no_mangle)]
extern "C" fn names(options_len: usize) -> usize {
    respond(options_len, |Nothing {}, _| {
        Ok(Names { codes: codes(), stacks: Stack::ALL.iter().map(|stack| (stack.name(), stack.about())).collect() })
    })
}
