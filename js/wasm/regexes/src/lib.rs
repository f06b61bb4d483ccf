//! What JavaScript calls for a regular expression of origins: patterns that bound it, and patterns to write instead.
//!
//! JavaScript asks for [`room`], writes the expression there, and calls [`analyse`] with its length. Whether a policy may list the patterns,
//! the engine says: JavaScript compiles them, with the public suffix list where it is needed. Memory is only touched through these buffers, so
//! wrong lengths read nothing else.

#![cfg(target_arch = "wasm32")]

use std::cell::RefCell;
use std::fmt::Write;

use corsac_regexes::{Reading, bounds, draft};

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Room for the expression. Views of the memory are detached where it grew.
#[unsafe(no_mangle)]
extern "C" fn room(len: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; len];
        input.as_mut_ptr()
    })
}

/// Where the output of the last call begins.
#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

/// Analyses the expression in the room, and returns the length of the output. Each line of it is a word, a blank and a text:
/// `refused` and the end of a sentence about the expression, or a `bound` for each pattern; then `instead` for each pattern to write, and
/// the `difference` of those.
#[unsafe(no_mangle)]
extern "C" fn analyse(len: usize, ignores_case: u32) -> usize {
    let input = INPUT.take();
    let expression = input.get(..len).and_then(|expression| str::from_utf8(expression).ok());
    let mut said = String::new();
    match expression {
        Some(expression) => {
            let _ = write(&mut said, expression, Reading { ignores_case: ignores_case != 0, ..Reading::JAVASCRIPT });
        }
        None => said.push_str("refused cannot be read, because the room is smaller, or it is not text\n"),
    }
    let len = said.len();
    OUTPUT.set(said);
    len
}

fn write(said: &mut String, expression: &str, reading: Reading) -> std::fmt::Result {
    match bounds(expression, reading) {
        Ok(bounds) => bounds.iter().try_for_each(|bound| writeln!(said, "bound {bound}"))?,
        Err(refusal) => writeln!(said, "refused {refusal}")?,
    }
    let Some(advice) = draft(expression, reading) else { return Ok(()) };
    advice.patterns.iter().try_for_each(|pattern| writeln!(said, "instead {pattern}"))?;
    advice.difference().map_or(Ok(()), |difference| writeln!(said, "difference {difference}"))
}
