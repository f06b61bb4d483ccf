//! `corsac explain`: what a browser makes of captured traffic, and what to do about it. The judging is core's.

mod diagnosis;
mod json_in;
mod json_out;
mod jsonl;
mod judged;
mod remedy;
mod verdict_text;
mod wire;

pub(crate) use diagnosis::Diagnosis;
pub(crate) use judged::{with, with_request};
pub(crate) use verdict_text::push_verdicts;
pub(crate) use wire::{preflight_lines, request_lines};

use crate::args::Explain;
use crate::failure::{Answer, Failure};

pub(crate) fn run(explain: &Explain) -> Result<Answer, Failure> {
    if explain.jsonl {
        return jsonl::run();
    }
    Err(Failure::Untold("name a capture".to_owned()))
}
