//! `corsac eval`: what is answered to a request, from options, a pasted head, or a stream.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};

use corsac::{Policy, Request};

use crate::answer::{push_answer, push_request};
use crate::args::Eval;
use crate::browse::{Lines, sent};
use crate::failure::{Answer, Failure, print_out};
use crate::input::{is_stdin, read_request_head};
use crate::policy_source::load_usable;
use crate::{jsonl, request_head};

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
        None if eval.jsonl => jsonl::run(&policy),
        None => from_head(&policy),
    }
}

fn from_browser(policy: &Policy<Vec<u8>>, origin: &OsString, eval: &Eval) -> Result<Answer, Failure> {
    let method = eval.method.as_ref().map_or(b"GET".as_slice(), |method| method.as_encoded_bytes());
    let headers: Vec<&[u8]> = eval.headers.iter().map(|header| header.as_encoded_bytes()).collect();
    let mut sent = sent(origin.as_encoded_bytes(), method, &headers).map_err(Failure::Untold)?;
    if eval.credentials {
        sent.request.push((b"Cookie".to_vec(), b"...".to_vec()));
    }
    let mut text = String::new();
    if let Some(preflight) = &sent.preflight {
        text.push_str("The browser asks first, with a preflight:\n\n");
        if !answered(&mut text, policy, b"OPTIONS", preflight) {
            text.push_str("\nThe browser does not send the request.\n");
            print_out(&text)?;
            return Ok(Answer::No);
        }
        text.push_str("\nThen it sends the request:\n\n");
    } else {
        text.push_str("The browser sends the request without a preflight:\n\n");
    }
    let mut allowed = answered(&mut text, policy, &sent.method, &sent.request);
    if eval.credentials && allowed && !policy.allows_credentials() {
        text.push_str("\nThe script sends credentials and the policy does not set allow_credentials: the response is not shared.\n");
        allowed = false;
    }
    print_out(&text)?;
    Ok(if allowed { Answer::Fine } else { Answer::No })
}

fn from_head(policy: &Policy<Vec<u8>>) -> Result<Answer, Failure> {
    if io::stdin().is_terminal() {
        let _ = writeln!(anstream::stderr(), "reading a request head from standard input, up to its end (Ctrl-D)");
    }
    let head = request_head::parse(&read_request_head()?).map_err(Failure::Untold)?;
    let mut text = String::new();
    let allowed = answered(&mut text, policy, &head.method, &head.headers);
    print_out(&text)?;
    Ok(if allowed { Answer::Fine } else { Answer::No })
}

/// Writes a request and its answer; whether it is allowed.
fn answered(text: &mut String, policy: &Policy<Vec<u8>>, method: &[u8], lines: &Lines) -> bool {
    let mut request = Request::new(method);
    for (name, value) in lines {
        request.header(name, value.as_slice());
    }
    let decision = policy.evaluate(&request);
    push_request(text, method, lines);
    text.push('\n');
    push_answer(text, &decision);
    decision.is_allowed()
}
