//! The servers and frameworks for which a fix can be written.

use corsac_diagnose::Stack;
use serde::Serialize;

use crate::boundary::respond;

#[derive(Serialize)]
struct Stacks {
    /// The name of each, and what it is.
    stacks: Vec<(&'static str, &'static str)>,
}

/// All stacks.
#[unsafe(no_mangle)]
extern "C" fn stack_names(options_len: usize) -> usize {
    respond(options_len, |_, _| {
        Ok(Stacks { stacks: Stack::ALL.iter().map(|stack| (stack.name(), stack.about())).collect() })
    })
}
