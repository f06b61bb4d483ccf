//! What packages of the command line bring with it: completions of shells, and manual pages.

use clap::CommandFactory;

use crate::args::{Arguments, Manual};
use crate::failure::{self, Failure, Outcome};

/// The completions of a shell, to standard output.
pub(crate) fn completions(shell: clap_complete::Shell) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "corsac", &mut script);
    failure::write_out(&script)?;
    Ok(Outcome::Fine)
}

/// The manual page of the program or of one of its commands, to standard output.
pub(crate) fn manual(manual: &Manual) -> Result<Outcome, Failure> {
    let mut program = Arguments::command();
    // Only then do the pages of commands show the whole line that you type, and global options.
    program.build();
    let page = match &manual.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            // The name at the top, which is also how other pages refer to it: corsac-probe(1).
            Some(command) => command.clone().display_name(format!("corsac-{name}")),
            None => {
                let known: Vec<_> = program.get_subcommands().map(clap::Command::get_name).collect();
                return Err(Failure::Message(format!(
                    "there is no command {name:?}: write one of {}",
                    known.join(", ")
                )));
            }
        },
    };
    let mut roff = Vec::new();
    clap_mangen::Man::new(page)
        .render(&mut roff)
        .map_err(|error| Failure::because("no manual page can be written", error))?;
    failure::write_out(&roff)?;
    Ok(Outcome::Fine)
}
