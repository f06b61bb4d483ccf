//! `corsac explain`: why browsers block a request, and what to do about it. core decides what browsers do.

mod captured;
pub(crate) mod code;
mod console;
mod jsonl;
mod table;

use crate::args::Explain;
use crate::failure::{Failure, Outcome};
use crate::script_options::check_origin;

pub(crate) fn run(explain: &Explain) -> Result<Outcome, Failure> {
    if let Some(origin) = &explain.origin {
        check_origin(origin.as_encoded_bytes()).map_err(Failure::Message)?;
    }
    match &explain.console {
        _ if explain.jsonl => jsonl::run(),
        Some(text) => console::run(text, explain),
        None => match code::named(&explain.files)? {
            Some(codes) => code::run(&codes, explain),
            None => captured::run(explain, None, console::run_if_message),
        },
    }
}
