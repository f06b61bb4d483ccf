//! The simulator of a product: it is opened once, and responds to many lines.

use std::cell::RefCell;

use corsac_dialects::commands::{Simulator, write_sent};
use serde::Serialize;

use crate::boundary::respond;
use crate::file::File;

thread_local! {
    static OPENED: RefCell<Option<Simulator>> = const { RefCell::new(None) };
}

#[derive(Serialize)]
struct Line {
    /// What is printed.
    line: String,
    /// Whether it rests on an uncertain fact.
    is_uncertain: bool,
}

/// Opens the simulator of the file that follows the options.
#[unsafe(no_mangle)]
extern "C" fn open(options_len: usize) -> usize {
    respond(options_len, |fields, body| {
        let simulator = Simulator::of(&File::read(fields, body)?.given())?;
        OPENED.set(Some(simulator));
        Ok(())
    })
}

/// Responds to the line of JSON that follows the options.
#[unsafe(no_mangle)]
extern "C" fn line(options_len: usize) -> usize {
    respond(options_len, |fields, body| {
        fields.end()?;
        OPENED.with_borrow(|opened| {
            let simulator = opened.as_ref().ok_or("no simulator is open")?;
            let sent = simulator.respond(body)?;
            let mut line = Vec::new();
            write_sent(&mut line, &sent).map_err(|error| error.to_string())?;
            // JSON is in plain ASCII here.
            let line = String::from_utf8(line).map_err(|error| error.to_string())?;
            Ok(Line { line, is_uncertain: !sent.unknown.is_empty() })
        })
    })
}
