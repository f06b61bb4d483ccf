//! `corsac eval FILE --from DIALECT --jsonl`: requests in, what the product sends out.

use std::ffi::OsStr;

use corsac_dialects::commands::{Chosen, Given, Simulator, text_of, write_sent};

use crate::failure::{Failure, Outcome};
use crate::input::{read_policy, shown_name};
use crate::jsonl;

pub(crate) fn run(file: &OsStr, chosen: Chosen<'_>) -> Result<Outcome, Failure> {
    let name = shown_name(file);
    let text = text_of(read_policy(file)?, &name).map_err(Failure::Message)?;
    let simulator = Simulator::of(&Given { name: &name, text: &text, chosen }).map_err(Failure::Message)?;
    let mut is_uncertain = false;
    let outcome = jsonl::run(|line, out| {
        let sent = simulator.respond(line)?;
        is_uncertain |= !sent.unknown.is_empty();
        Ok(write_sent(out, &sent))
    })?;
    if is_uncertain { Err(Failure::AlreadyShown) } else { Ok(outcome) }
}
