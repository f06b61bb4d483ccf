//! `corsac eval`: how a policy responds to a request, which comes from options, a pasted head, or a stream.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use corsac::browser::{Credentials, Profile, Step, Verdict};
use corsac::{Escaped, PolicySet, Request, RequestPath};

use crate::args::Eval;
use crate::failure::{Failure, Outcome, print_out};
use crate::http_text::{push_request, push_response, push_untouched};
use crate::input::{checked_path, is_stdin, read_request_head};
use crate::policy_source::load_usable;
use crate::script_options::script_request;
use crate::{eval_dialect, eval_jsonl, request_head};
use corsac_diagnose::exchange::{Exchange, Headers, Hop, Response};
use corsac_diagnose::{
    Diagnosis, preflight_headers, push_delivery, push_verdicts, request_headers, with, with_request,
};

pub(crate) fn run(eval: &Eval) -> Result<Outcome, Failure> {
    if eval.dialect.from.is_some() {
        if !eval.jsonl {
            return Err(Failure::Message("with --from, requests are lines of JSON: add --jsonl".to_owned()));
        }
        if is_stdin(&eval.policy) {
            let message = "standard input cannot hold both the configuration and the requests: name a file";
            return Err(Failure::Message(message.to_owned()));
        }
        return eval_dialect::run(&eval.policy, eval.dialect.chosen());
    }
    if eval.origin.is_none() && is_stdin(&eval.policy) {
        let message =
            "the policy and the request cannot both come from standard input: name a policy file, or use --origin";
        return Err(Failure::Message(message.to_owned()));
    }
    let Some(policies) = load_usable(&eval.policy)? else {
        return Ok(Outcome::Problem);
    };
    match &eval.origin {
        Some(origin) => from_browser(&policies, origin, eval),
        None if eval.jsonl => eval_jsonl::run(&policies),
        None => from_head(&policies),
    }
}

/// Only the path of the URL matters to a policy. No page has this origin, so every request is cross-origin.
const SOMEWHERE: &[u8] = b"https://server.invalid/";

fn from_browser(policies: &PolicySet<Vec<u8>>, origin: &OsString, eval: &Eval) -> Result<Outcome, Failure> {
    let Evaluated { text, exchange } = evaluate(policies, origin, eval).map_err(Failure::Message)?;
    let Some(exchange) = exchange else { return untouched(&text) };
    let deliveries = eval.network.deliver(&exchange);
    let allowed = with(&exchange, Credentials::SameOrigin, |exchange| {
        let diagnosis = Diagnosis::of(exchange);
        !Profile::ALL.into_iter().any(|profile| diagnosis.judgements.get(profile).verdict == Verdict::Blocked)
    });
    print_out(&text)?;
    let is_refused = deliveries.are_refused(eval.network.deployed);
    Ok(if allowed && !is_refused { Outcome::Fine } else { Outcome::Problem })
}

/// What a policy makes of what a browser sends.
pub(crate) struct Evaluated {
    pub(crate) text: String,
    /// `None`: no policy applies to the path.
    pub(crate) exchange: Option<Exchange>,
}

/// Evaluates the request that `eval` names. The error is a sentence.
pub(crate) fn evaluate(policies: &PolicySet<Vec<u8>>, origin: &OsString, eval: &Eval) -> Result<Evaluated, String> {
    let path = match &eval.path {
        Some(path) => checked_path(path)?,
        None => b"/",
    };
    let mut request = script_request(Some(origin), eval.method.as_ref(), &eval.headers, eval.credentials)?;
    eval.network.check()?;
    request.url = Some(SOMEWHERE.to_vec());
    if let Some(thrown) = with_request(&request, Credentials::SameOrigin, |request| request.thrown()) {
        let method = request.method.unwrap_or_default();
        return Err(format!("scripts cannot send the method {} ({thrown})", Escaped(&method)));
    }
    let mut text = String::new();
    let exchange = Exchange { request: request.clone(), hops: Vec::new() };
    let hop = with(&exchange, Credentials::SameOrigin, |exchange| match exchange.steps().next() {
        Some(step) => respond_to_step(&mut text, policies, path, &step),
        None => Some(Hop::default()),
    });
    let Some(hop) = hop else { return Ok(Evaluated { text, exchange: None }) };
    let exchange = Exchange { request, hops: vec![hop] };
    let deliveries = eval.network.deliver(&exchange);
    with(&exchange, Credentials::SameOrigin, |exchange| {
        push_verdicts(&mut text, &Diagnosis::of(exchange));
        push_delivery(&mut text, &deliveries);
    });
    Ok(Evaluated { text, exchange: Some(exchange) })
}

/// Evaluates what a browser sends for one step of a request, and keeps the responses. `None`: no policy applies to the path.
fn respond_to_step(text: &mut String, policies: &PolicySet<Vec<u8>>, path: &[u8], step: &Step<'_>) -> Option<Hop> {
    let mut hop = Hop::default();
    if let Some(lines) = preflight_headers(step) {
        text.push_str("The browser asks first, with a preflight:\n\n");
        let (response, allowed) = respond(text, policies, path, b"OPTIONS", &lines)?;
        hop.preflight = Some(response);
        if !allowed {
            text.push_str("\nThe browser does not send the request.\n");
            return Some(hop);
        }
        text.push_str("\nThen it sends the request:\n\n");
    } else {
        text.push_str("The browser sends the request without a preflight:\n\n");
    }
    let (response, _) = respond(text, policies, path, step.method(), &request_headers(step))?;
    hop.response = Some(response);
    Some(hop)
}

fn from_head(policies: &PolicySet<Vec<u8>>) -> Result<Outcome, Failure> {
    if io::stdin().is_terminal() {
        let _ = writeln!(anstream::stderr(), "reading a request head from standard input, up to its end (Ctrl-D)");
    }
    let head = request_head::parse(&read_request_head()?).map_err(Failure::Message)?;
    let mut text = String::new();
    let Some((_, allowed)) = respond(&mut text, policies, &head.path, &head.method, &head.headers) else {
        return untouched(&text);
    };
    print_out(&text)?;
    Ok(if allowed { Outcome::Fine } else { Outcome::Problem })
}

/// No policy applies, so the application's own headers decide, and the outcome is unknown.
fn untouched(text: &str) -> Result<Outcome, Failure> {
    print_out(text)?;
    Err(Failure::AlreadyShown)
}

/// Writes a request and the response to it. Returns what a browser sees of the response, and whether the request is allowed.
fn respond(
    text: &mut String,
    policies: &PolicySet<Vec<u8>>,
    path: &[u8],
    method: &[u8],
    lines: &Headers,
) -> Option<(Response, bool)> {
    let mut request = Request::new(method);
    for (name, value) in lines {
        request.header(name, value.as_slice());
    }
    push_request(text, method, path, lines);
    text.push('\n');
    let path_of_request = RequestPath::raw(path);
    let Some(decision) = policies.evaluate(&path_of_request, &request) else {
        push_untouched(text, path);
        return None;
    };
    push_response(text, &decision);
    let headers = decision.headers().map(|header| (header.name.as_bytes().to_vec(), header.value.to_vec())).collect();
    Some((Response { status: decision.status().unwrap_or(200), headers }, decision.is_allowed()))
}
