//! The check of an application against a policy, for JavaScript, which sends: what to send, and what was found in the end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use corsac::PolicySet;
use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::Response;
use corsac_diagnose::live::{Check, CheckOptions, LiveSeverity, Run};
use serde::{Deserialize, Serialize};

use crate::boundary::{bytes, respond, text};
use crate::options::Shape;
use crate::urls::RuntimeUrls;

/// More questions than a test suite asks.
const LIMIT: usize = 100_000;

thread_local! {
    /// The checks that go on, by the numbers that JavaScript gave them.
    static CHECKS: RefCell<BTreeMap<u32, Check>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Begin {
    id: u32,
    /// What the application is asked for. It is serialised.
    url: String,
    /// A number that no run had before.
    random: u64,
    send_unsafe: bool,
    /// The names of headers that JavaScript adds to requests that are not preflights.
    secrets: Vec<String>,
    shape: Shape,
}

#[derive(Serialize)]
struct Begun {}

/// Begins a check. The image of the policy follows the options.
#[unsafe(no_mangle)]
extern "C" fn live_begin(options_len: usize) -> usize {
    respond(options_len, |options: Begin, image| {
        let policies = PolicySet::open(image.to_vec()).map_err(|error| error.to_string())?;
        let Begin { id, url, random, send_unsafe, secrets, shape } = options;
        let options = CheckOptions { random, limit: LIMIT, send_unsafe, stacks: shape.stacks()?, secrets };
        let check = Check::new(Arc::new(policies), &url, &RuntimeUrls, options)?;
        CHECKS.with_borrow_mut(|checks| checks.insert(id, check));
        Ok(Begun {})
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NextOptions {
    id: u32,
    /// The response to the last request. Texts have one character for each byte.
    taken: Option<Taken>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Taken {
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Next {
    next: Option<ToSend>,
}

#[derive(Serialize)]
struct ToSend {
    url: String,
    is_preflight: bool,
    method: String,
    headers: Vec<(String, String)>,
}

/// What to send next. null: everything was asked.
#[unsafe(no_mangle)]
extern "C" fn live_next(options_len: usize) -> usize {
    respond(options_len, |NextOptions { id, taken }, _| {
        CHECKS.with_borrow_mut(|checks| {
            let check = checks.get_mut(&id).ok_or_else(over)?;
            if let Some(Taken { status, headers }) = taken {
                let headers = headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
                // Over HTTP/2 all names are in lower case, and then it makes no difference.
                check.take(Response { status, headers }, HttpVersion::Http1);
            }
            let next = check.next_ask().map(|ask| ToSend {
                url: ask.url,
                is_preflight: ask.is_preflight,
                method: text(&ask.method),
                headers: ask.headers.iter().map(|(name, value)| (text(name), text(value))).collect(),
            });
            Ok(Next { next })
        })
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EndOptions {
    id: u32,
    shape: Shape,
}

#[derive(Serialize)]
struct Ended {
    /// What `corsac verify --format json` prints.
    json: String,
    text: String,
    is_broken: bool,
}

/// Ends a check, and reports what it found.
#[unsafe(no_mangle)]
extern "C" fn live_end(options_len: usize) -> usize {
    respond(options_len, |EndOptions { id, shape }, _| {
        let check = CHECKS.with_borrow_mut(|checks| checks.remove(&id)).ok_or_else(over)?;
        let mut run = Run::new("verify", None, check.planned(), 1);
        run.sent = check.sent();
        run.layers.push(check.finished());
        run.conclude();
        let is_broken = run.layers.iter().any(|layer| layer.count(LiveSeverity::Broken) > 0);
        Ok(Ended { json: run.json(), text: shape.text(run.text()), is_broken })
    })
}

fn over() -> String {
    "this check is over".to_owned()
}
