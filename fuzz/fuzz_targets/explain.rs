//! Any capture, any pasted message and any line of JSON is read and explained without a panic, and none of its bytes
//! reaches a terminal unescaped.

#![no_main]

use corsac::browser::Credentials;
use corsac_diagnose::capture::{CapturedExchange, Captures};
use corsac_diagnose::exchange::Exchange;
use corsac_diagnose::{
    Deliveries, Diagnosis, Shown, Stack, UrlCrate, console, is_hidden, push_report, read_resolved, write_line,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (mut captures, mut exchanges) = (Captures::default(), vec![]);
    let read = captures.read("x\u{9b}", data, &mut |captured| exchanges.push(captured));
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    if let Err(message) = read {
        assert_shown(&message);
    }
    notes.iter().for_each(|note| assert_shown(&format!("{} {}", note.place, note.message)));
    for CapturedExchange { mut exchange, hops, place, .. } in exchanges {
        assert!(exchange.hops.len() == hops.len() && !hops.is_empty());
        assert_shown(&place.to_string());
        tell(&mut exchange);
    }
    let pasted = String::from_utf8_lossy(data);
    match console::explain(&pasted, console::Known::default()) {
        Ok(explained) => assert_shown(&explained.text),
        Err(error) => assert_shown(&error),
    }
    for line in data.split(|byte| *byte == b'\n') {
        // An error in a line is reported in JSON.
        if let Ok(mut asked) = read_resolved(line, &UrlCrate) {
            tell(&mut asked.exchange);
        }
    }
});

fn tell(exchange: &mut Exchange) {
    if let Err(error) = corsac_diagnose::resolve(exchange, &UrlCrate) {
        return assert_shown(&error);
    }
    let deliveries = Deliveries::of(exchange);
    corsac_diagnose::with(exchange, Credentials::Include, |exchange| {
        let (diagnosis, mut text, mut line) = (Diagnosis::of(exchange), String::new(), vec![]);
        let from = exchange.request.method.len() % Stack::ALL.len();
        let stacks = Stack::ALL.get(from..).unwrap_or_default().get(..exchange.hops.len()).unwrap_or_default();
        push_report(&mut text, &diagnosis, &deliveries, &exchange, Shown { stacks, secrets: true, suffixes: None });
        assert_shown(&text);
        write_line(&mut line, &diagnosis, &deliveries, &[], None).expect("a vector takes all");
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
    let hidden = plain.flat_map(str::chars).find(|c| !matches!(c, '\n' | '\t') && is_hidden(*c));
    assert_eq!(hidden, None, "{text:?}");
}
