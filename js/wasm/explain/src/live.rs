//! The check of an application against a policy, for JavaScript, which sends: what to send, and what was found in the end.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use corsac::PolicySet;
use corsac::browser::HttpVersion;
use corsac_diagnose::exchange::Response;
use corsac_diagnose::live::{Check, CheckOptions, LiveSeverity, Run};
use serde::Serialize;

use crate::boundary::{respond, text};
use crate::fields::Fields;
use crate::options::Shape;
use crate::urls::RuntimeUrls;

/// More questions than a test suite asks.
const LIMIT: usize = 100_000;

thread_local! {
    /// The checks that go on, by the numbers that JavaScript gave them.
    static CHECKS: RefCell<BTreeMap<u32, Check>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Serialize)]
struct Begun {}

/// The number of a check.
fn id(fields: &mut Fields) -> Result<u32, String> {
    fields.number("id")?.and_then(|id| u32::try_from(id).ok()).ok_or_else(|| "a check has no number".to_owned())
}

/// Begins a check of a serialised `url`. `random` is a number that no run had before, and `secrets` are the names of
/// headers that JavaScript adds to requests that are not preflights. The image of the policy follows the options.
#[unsafe(no_mangle)]
extern "C" fn live_begin(options_len: usize) -> usize {
    respond(options_len, |mut fields, image| {
        let policies = PolicySet::open(image.to_vec()).map_err(|error| error.to_string())?;
        let (id, url) = (id(&mut fields)?, fields.text("url")?.unwrap_or_default());
        let options = CheckOptions {
            random: fields.number("random")?.unwrap_or_default(),
            limit: LIMIT,
            send_unsafe: fields.flag("send_unsafe")?,
            stacks: Shape::take(&mut fields)?.stacks()?,
            secrets: fields.texts("secrets")?,
        };
        fields.end()?;
        let check = Check::new(Arc::new(policies), &url, &RuntimeUrls, options)?;
        CHECKS.with_borrow_mut(|checks| checks.insert(id, check));
        Ok(Begun {})
    })
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

/// What to send next, after the response `taken` to the last request. null: everything was asked.
#[unsafe(no_mangle)]
extern "C" fn live_next(options_len: usize) -> usize {
    respond(options_len, |mut fields, _| {
        let (id, mut taken) = (id(&mut fields)?, fields.object("taken")?);
        fields.end()?;
        CHECKS.with_borrow_mut(|checks| {
            let check = checks.get_mut(&id).ok_or_else(over)?;
            if !taken.is_empty() {
                let response = Response { status: taken.status()?, headers: taken.lines("headers")? };
                // Over HTTP/2 all names are in lower case, and then it makes no difference.
                check.take(response, HttpVersion::Http1);
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
    respond(options_len, |mut fields, _| {
        let (id, shape) = (id(&mut fields)?, Shape::take(&mut fields)?);
        fields.end()?;
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
