//! The tool `explain`: a code, captured traffic or a console message, whichever the text is.

use std::ffi::OsString;

use corsac::browser::{Credentials, Verdict};
use corsac_diagnose::capture::{CapturedExchange, Captures, Note};
use corsac_diagnose::console::{self, Known, Reading};
use corsac_diagnose::{
    Diagnosis, PublicSuffixList, Shown, Stack, UrlCrate, codes, ready, show_each, summary, summary_of_stopped, with,
    without_styles, worst_of,
};
use serde_json::{Map, Value, json};

use super::arguments::{Explain, network, os, stacks};
use super::output::{Done, UNTRUSTED};
use crate::args::NetworkOptions;
use crate::explain::code;
use crate::script_options::{check_origin, script_request};

/// How many exchanges of a capture are in a result, the worst first.
const EXCHANGES: usize = 3;

/// How many failures of a paste are in a result.
const READINGS: usize = 5;

const NO_PAGE: &str = "nothing in this capture can be judged without the page: pass origin, such as https://app.example.com, and url if the \
    capture has none";

const NO_HAR: &str = "this JSON is not a HAR with a request that can be explained: pass the whole file as the browser saved it, or the heads of one \
    request, its preflight and their responses as text";

pub(super) fn run(asked: &Explain) -> Done {
    let stacks = stacks(&asked.stacks)?;
    if let Some(entries) = code::entries_in(&asked.text) {
        return of_codes(&entries, &stacks);
    }
    if let Some(origin) = &asked.origin {
        check_origin(origin.as_bytes())?;
    }
    let mut captures = Captures::default().with_suffixes(&PublicSuffixList);
    let mut exchanges = Vec::new();
    let read = captures.read("text", asked.text.as_bytes(), &mut |captured| exchanges.push(captured));
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    match read {
        Ok(()) if !exchanges.is_empty() => of_capture(exchanges, notes, asked, &stacks),
        _ if asked.text.trim_start().starts_with('{') => Err(NO_HAR.to_owned()),
        _ => of_console(asked, &stacks),
    }
}

fn kind(name: &str) -> Map<String, Value> {
    Map::from_iter([("kind".to_owned(), json!(name))])
}

/// Without a stack, there is a list of those with a fix of their own.
fn of_codes(entries: &[codes::Entry], stacks: &[Stack]) -> Done {
    let mut values = codes::as_values(entries, stacks).map_err(|error| error.to_string())?;
    for value in values.iter_mut().filter(|_| stacks.is_empty()) {
        let Some(members) = value.as_object_mut() else { continue };
        let fixes = members.remove("fixes");
        let names: Vec<&Value> =
            fixes.iter().filter_map(Value::as_array).flatten().filter_map(|fix| fix.get("for")).collect();
        members.insert("has_fixes_for".to_owned(), json!(names));
    }
    let mut object = kind("code");
    object.insert("entries".to_owned(), Value::Array(values));
    Ok(object)
}

fn of_capture(exchanges: Vec<CapturedExchange>, mut notes: Vec<Note>, asked: &Explain, stacks: &[Stack]) -> Done {
    let origin = asked.origin.as_ref().map(OsString::from);
    let method = asked.method.as_ref().map(OsString::from);
    let options = script_request(origin.as_ref(), method.as_ref(), &os(&asked.headers), asked.credentials)?;
    let mut ready = ready(exchanges, &options, asked.url.as_deref(), &UrlCrate, &mut notes);
    if ready.is_empty() {
        return Err(NO_PAGE.to_owned());
    }
    let all = ready.len();
    ready.sort_by_key(rank);
    ready.truncate(EXCHANGES);
    let network = network(asked.deployed);
    let shown = Shown { stacks, secrets: false, suffixes: Some(&PublicSuffixList) };
    let (text, _) = show_each(&ready, shown, &|exchange| network.deliver(exchange));
    let said: Vec<String> = notes.iter().take(5).map(|note| format!("{}: {}", note.place, note.message)).collect();
    let mut object = kind("capture");
    object
        .insert("exchanges".to_owned(), ready.iter().map(|captured| summary_of(captured, &network, stacks)).collect());
    object.insert("more".to_owned(), json!(all - ready.len()));
    object.insert(UNTRUSTED.to_owned(), Value::String(format!("{}\n{}", without_styles(&text), said.join("\n"))));
    Ok(object)
}

/// A smaller number is worse.
fn rank(captured: &CapturedExchange) -> u8 {
    if captured.stopped.is_some() {
        return 0;
    }
    with(&captured.exchange, Credentials::SameOrigin, |exchange| match worst_of(&Diagnosis::of(exchange)) {
        Verdict::Blocked => 0,
        Verdict::Throws => 1,
        Verdict::Incomplete => 2,
        Verdict::Opaque => 3,
        Verdict::Allowed => 4,
    })
}

fn summary_of(captured: &CapturedExchange, network: &NetworkOptions, stacks: &[Stack]) -> Value {
    let mut value = match &captured.stopped {
        Some(stopped) => summary_of_stopped(stopped),
        None => with(&captured.exchange, Credentials::SameOrigin, |exchange| {
            let diagnosis = Diagnosis::with_suffixes(exchange, Some(&PublicSuffixList));
            summary(&diagnosis, &network.deliver(&captured.exchange), stacks)
        }),
    };
    if let Some(members) = value.as_object_mut() {
        members.insert("place".to_owned(), json!(captured.place.to_string()));
    }
    value
}

fn of_console(asked: &Explain, stacks: &[Stack]) -> Done {
    let known =
        Known { url: asked.url.as_deref(), origin: asked.origin.as_deref(), stacks, suffixes: Some(&PublicSuffixList) };
    let explained = console::explain(&asked.text, known)?;
    let all = explained.readings.len();
    let mut object = kind("console");
    let failures = explained.readings.iter().take(READINGS).map(failure);
    object.insert("failures".to_owned(), failures.collect());
    object.insert("more".to_owned(), json!(all.saturating_sub(READINGS)));
    object.insert(UNTRUSTED.to_owned(), Value::String(without_styles(&explained.text)));
    Ok(object)
}

/// What one failure means, in words of our own. What the message quotes is in the text.
fn failure(reading: &Reading) -> Value {
    let named = reading.cause.or(reading.code);
    let entry = named.and_then(|code| codes::entries(code).into_iter().next());
    json!({
        "code": reading.code,
        "cause": reading.cause,
        "certainty": reading.certainty,
        "browsers": reading.browsers,
        "at": reading.part,
        "status": reading.status,
        "is_blocked": reading.is_blocked,
        "is_fixed_by_headers": reading.is_fixed_by_headers,
        "means": entry.as_ref().map(|entry| entry.means),
        "fix": entry.as_ref().map(|entry| entry.fix),
        "avoid": reading.avoid.as_ref().and(entry.as_ref()).and_then(|entry| entry.avoid),
        "see": reading.see,
    })
}
