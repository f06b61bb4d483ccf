//! What the commands about other products' configurations share: the file of an argument, and how what they print is written.

use std::ffi::OsStr;
use std::path::Path;

use corsac_dialects::commands::{Chosen, Given, Outcome as Ended, Ran, text_of};

use crate::compile::write_file;
use crate::failure::{Failure, Outcome, print_err, print_out, write_out};
use crate::input::{read_policy, shown_name};

/// Calls `run` with the file that an argument names.
pub(crate) fn with_file(
    file: &OsStr,
    chosen: Chosen<'_>,
    run: impl FnOnce(&Given<'_>) -> Result<Ran, String>,
) -> Result<Ran, Failure> {
    let name = shown_name(file);
    let text = text_of(read_policy(file)?, &name).map_err(Failure::Message)?;
    run(&Given { name: &name, text: &text, chosen }).map_err(Failure::Message)
}

/// Writes the file that a command made, unless it made none, and what it says about it.
pub(crate) fn write(ran: &Ran, output: &Path) -> Result<Outcome, Failure> {
    if ran.outcome == Ended::Fine {
        if output == Path::new("-") {
            write_out(ran.out.as_bytes())?;
        } else {
            write_file(output, ran.out.as_bytes())?;
        }
    }
    print_err(&ran.err);
    ended(ran)
}

/// Shows what a command found out.
pub(crate) fn show(ran: &Ran) -> Result<Outcome, Failure> {
    print_out(&ran.out)?;
    ended(ran)
}

fn ended(ran: &Ran) -> Result<Outcome, Failure> {
    match ran.outcome {
        Ended::Fine => Ok(Outcome::Fine),
        Ended::Problem => Ok(Outcome::Problem),
        _ => Err(Failure::AlreadyShown),
    }
}
