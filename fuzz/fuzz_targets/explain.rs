//! Any capture and any line of JSON is read and explained without a panic, and none of its bytes
//! reaches a terminal unescaped.
//!
//! The command line is a binary, so its modules are compiled in here as they are, except those that
//! need arguments.

#![no_main]
#![allow(dead_code, unused_imports, reason = "the modules belong to another crate, which uses all of them")]

#[path = "../../cli/src/capture/mod.rs"]
mod capture;
#[path = "../../cli/src/codes/mod.rs"]
mod codes;
#[path = "../../cli/src/explain"]
mod explain {
    pub(crate) mod delivery;
    pub(crate) mod diagnosis;
    mod diagram;
    mod headline;
    pub(crate) mod json_in;
    pub(crate) mod json_out;
    mod remedy;
    pub(crate) mod report;
    mod sentence;
    mod wire;
}
#[path = "../../cli/src/failure.rs"]
mod failure;
#[path = "../../cli/src/printable.rs"]
mod printable;
#[path = "../../cli/src/secret.rs"]
mod secret;
#[path = "../../cli/src/stack/mod.rs"]
mod stack;

use capture::{CapturedExchange, Captures};
use clap::ValueEnum;
use corsac::browser::Credentials;
use corsac_hosted::exchange::Exchange;
use explain::delivery::Deliveries;
use explain::diagnosis::Diagnosis;
use explain::{json_in, json_out, report};
use failure::Failure;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (mut captures, mut exchanges) = (Captures::default(), vec![]);
    let read = captures.read("x\u{9b}", data, &mut |_| (), &mut |captured| exchanges.push(captured));
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    if let Err(Failure::Message(message)) = read {
        assert_shown(&message);
    }
    notes.iter().for_each(|note| assert_shown(&format!("{} {}", note.place, note.message)));
    for CapturedExchange { mut exchange, hops, place, .. } in exchanges {
        assert!(exchange.hops.len() == hops.len() && !hops.is_empty());
        assert_shown(&place.to_string());
        tell(&mut exchange);
    }
    for line in data.split(|byte| *byte == b'\n') {
        // An error in a line is reported in JSON.
        if let Ok(mut asked) = json_in::read(line) {
            tell(&mut asked.exchange);
        }
    }
});

fn tell(exchange: &mut Exchange) {
    if let Err(error) = corsac_hosted::resolve(exchange) {
        return assert_shown(&error);
    }
    let deliveries = Deliveries::of(exchange);
    corsac_hosted::with(exchange, Credentials::Include, |exchange| {
        let (diagnosis, mut text, mut line) = (Diagnosis::of(exchange), String::new(), vec![]);
        let stack = exchange.hops.len().checked_rem(stack::Stack::value_variants().len());
        let stack = stack.and_then(|place| stack::Stack::value_variants().get(place)).copied();
        report::push(&mut text, &diagnosis, &deliveries, &exchange, report::Shown { stack, secrets: true });
        assert_shown(&text);
        json_out::write(&mut line, &diagnosis, &deliveries, &[], None).expect("a vector takes all");
        assert!(line.is_ascii() && serde_json::from_slice::<serde_json::Value>(&line).is_ok());
    });
}

/// Asserts that a text has only lines, indentation and colours, and nothing else that a terminal
/// obeys.
fn assert_shown(text: &str) {
    let mut parts = text.split('\u{1b}');
    let plain = parts.next().into_iter().chain(parts.map(|part| {
        let colour = part.strip_prefix('[').and_then(|rest| rest.split_once('m')).expect("a colour");
        assert!(colour.0.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{text:?}");
        colour.1
    }));
    let hidden = plain.flat_map(str::chars).find(|c| !matches!(c, '\n' | '\t') && printable::is_hidden(*c));
    assert_eq!(hidden, None, "{text:?}");
}
