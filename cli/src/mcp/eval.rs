//! The tool `eval`: how a policy that the caller wrote responds to a request, and what browsers make of it.

use std::ffi::OsString;

use corsac::browser::Credentials;
use corsac_diagnose::{Diagnosis, summary, with, without_styles};
use serde_json::{Map, Value, json};

use super::arguments::{self, network, os};
use super::check::{NAME, findings};
use super::output::Done;
use crate::args;
use crate::eval::{Evaluated, evaluate};
use crate::policy_source::{Loaded, Unread, read};

pub(super) fn run(asked: &arguments::Eval) -> Done {
    const FINDINGS: usize = 5;
    let (report, policies) = match read(NAME, asked.policy.clone(), FINDINGS) {
        Ok(Loaded::File { report, policies, .. }) => (report, policies),
        Ok(Loaded::Image(policies)) => (crate::findings::Findings::keeping(FINDINGS), Some(policies)),
        Err(Unread::NotToml { report, .. }) => (report, None),
        Err(Unread::Because(message)) => return Err(message),
    };
    // A policy with errors decides nothing.
    let Some(policies) = policies else { return findings(report) };
    let origin = OsString::from(&asked.origin);
    let eval = args::Eval {
        policy: OsString::new(),
        origin: None,
        method: asked.method.as_ref().map(OsString::from),
        headers: os(&asked.headers),
        credentials: asked.credentials,
        path: asked.path.as_ref().map(OsString::from),
        network: network(false),
        jsonl: false,
        dialect: args::DialectOptions::default(),
    };
    let Evaluated { text, exchange } = evaluate(&policies, &origin, &eval)?;
    let mut object = match &exchange {
        None => Map::from_iter([("untouched".to_owned(), json!(true))]),
        Some(exchange) => {
            let deliveries = eval.network.deliver(exchange);
            let value =
                with(exchange, Credentials::SameOrigin, |exchange| summary(&Diagnosis::of(exchange), &deliveries, &[]));
            value.as_object().cloned().unwrap_or_default()
        }
    };
    object.insert("text".to_owned(), Value::String(without_styles(&text)));
    Ok(object)
}
