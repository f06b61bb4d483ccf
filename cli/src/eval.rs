//! `corsac eval`: what is answered to a request, from options, a pasted head, or a stream.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use corsac::browser::{Credentials, Profile, Step, Verdict};
use corsac::{Escaped, Policy, Request};

use crate::answer::{push_answer, push_request};
use crate::args::Eval;
use crate::explain::{Diagnosis, preflight_lines, push_verdicts, request_lines};
use crate::failure::{Answer, Failure, print_out};
use crate::input::{is_stdin, read_request_head};
use crate::policy_source::load_usable;
use crate::script_options::script_request;
use crate::{eval_jsonl, request_head};
use corsac_hosted::exchange::{Exchange, Hop, Lines, Response};
use corsac_hosted::{with, with_request};

pub(crate) fn run(eval: &Eval) -> Result<Answer, Failure> {
    if eval.origin.is_none() && is_stdin(&eval.policy) {
        let message =
            "the policy and the request cannot both come from standard input: name a policy file, or use --origin";
        return Err(Failure::Untold(message.to_owned()));
    }
    let Some(policy) = load_usable(&eval.policy)? else {
        return Ok(Answer::No);
    };
    match &eval.origin {
        Some(origin) => from_browser(&policy, origin, eval),
        None if eval.jsonl => eval_jsonl::run(&policy),
        None => from_head(&policy),
    }
}

/// Where the request goes does not matter to a policy; no page is of this origin.
const SOMEWHERE: &[u8] = b"https://server.invalid/";

fn from_browser(policy: &Policy<Vec<u8>>, origin: &OsString, eval: &Eval) -> Result<Answer, Failure> {
    let mut request =
        script_request(Some(origin), eval.method.as_ref(), &eval.headers, eval.credentials).map_err(Failure::Untold)?;
    request.url = Some(SOMEWHERE.to_vec());
    if let Some(thrown) = with_request(&request, Credentials::SameOrigin, |request| request.thrown()) {
        let method = request.method.unwrap_or_default();
        return Err(Failure::Untold(format!("no script can send the method {} ({thrown})", Escaped(&method))));
    }
    let mut text = String::new();
    let hop = with(&Exchange { request: request.clone(), hops: Vec::new() }, Credentials::SameOrigin, |exchange| {
        exchange.steps().next().map_or_else(Hop::default, |step| answered_step(&mut text, policy, &step))
    });
    let exchange = Exchange { request, hops: vec![hop] };
    let allowed = with(&exchange, Credentials::SameOrigin, |exchange| {
        let diagnosis = Diagnosis::of(exchange);
        push_verdicts(&mut text, &diagnosis);
        !Profile::ALL.into_iter().any(|profile| diagnosis.judgements.get(profile).verdict == Verdict::Blocked)
    });
    print_out(&text)?;
    Ok(if allowed { Answer::Fine } else { Answer::No })
}

/// Sends what a browser sends to the policy, and keeps the answers.
fn answered_step(text: &mut String, policy: &Policy<Vec<u8>>, step: &Step<'_>) -> Hop {
    let mut hop = Hop::default();
    if let Some(lines) = preflight_lines(step) {
        text.push_str("The browser asks first, with a preflight:\n\n");
        let (response, allowed) = answered(text, policy, b"OPTIONS", &lines);
        hop.preflight = Some(response);
        if !allowed {
            text.push_str("\nThe browser does not send the request.\n");
            return hop;
        }
        text.push_str("\nThen it sends the request:\n\n");
    } else {
        text.push_str("The browser sends the request without a preflight:\n\n");
    }
    let (response, _) = answered(text, policy, step.method(), &request_lines(step));
    hop.response = Some(response);
    hop
}

fn from_head(policy: &Policy<Vec<u8>>) -> Result<Answer, Failure> {
    if io::stdin().is_terminal() {
        let _ = writeln!(anstream::stderr(), "reading a request head from standard input, up to its end (Ctrl-D)");
    }
    let head = request_head::parse(&read_request_head()?).map_err(Failure::Untold)?;
    let mut text = String::new();
    let (_, allowed) = answered(&mut text, policy, &head.method, &head.headers);
    print_out(&text)?;
    Ok(if allowed { Answer::Fine } else { Answer::No })
}

/// Writes a request and its answer: what a browser gets to see of it, and whether it is allowed.
fn answered(text: &mut String, policy: &Policy<Vec<u8>>, method: &[u8], lines: &Lines) -> (Response, bool) {
    let mut request = Request::new(method);
    for (name, value) in lines {
        request.header(name, value.as_slice());
    }
    let decision = policy.evaluate(&request);
    push_request(text, method, lines);
    text.push('\n');
    push_answer(text, &decision);
    let headers = decision.headers().map(|header| (header.name.as_bytes().to_vec(), header.value.to_vec())).collect();
    (Response { status: decision.status().unwrap_or(200), headers }, decision.is_allowed())
}
