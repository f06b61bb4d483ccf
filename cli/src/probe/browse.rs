//! `corsac probe URL`: sends what the browser model of core says, step by step, follows redirects as it says, and explains the responses.

use std::fmt::Write as _;
use std::io::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use corsac::Escaped;
use corsac::browser::{Credentials, PreflightOutcome, Profile, Tainting, Verdict};
use url::Url;

use super::again;
use super::client::{Client, Options, Received, Step};
use super::outgoing::sendable;
use super::target;
use crate::args::{NetworkOptions, Probe};
use crate::failure::{Failure, Outcome, print_out};
use crate::script_options::script_request;
use crate::sites::PublicSuffixList;
use corsac_diagnose::exchange::{Exchange, Headers, Hop, Response};
use corsac_diagnose::{
    Diagnosis, Mixed, Shown, UrlCrate, is_same_origin, preflight_headers, push_report, request_headers, resolve, with,
    worst_of,
};

const WARN: Style = AnsiColor::Yellow.on_default().bold();

/// What to send next.
enum Next {
    Preflight(Headers),
    Request {
        method: Vec<u8>,
        headers: Headers,
    },
    /// Nothing: the exchange is complete, or it cannot go on.
    Done,
}

/// How sending ended.
pub(crate) enum End<T> {
    CapturedResponse,
    /// One step has no response, for this reason.
    NoResponse(T),
}

pub(crate) fn run(probe: &Probe) -> Result<Outcome, Failure> {
    let url = target::parse(&probe.url).map_err(Failure::Message)?;
    let mut request = script_request(Some(&probe.origin), probe.method.as_ref(), &probe.headers, probe.credentials)
        .map_err(Failure::Message)?;
    request.url = Some(url.as_str().as_bytes().to_vec());
    request.credentials = Some(if probe.credentials { Credentials::Include } else { Credentials::SameOrigin });
    probe.network.check().map_err(Failure::Message)?;
    if !(0.001..=86_400.0).contains(&probe.timeout) {
        return Err(Failure::Message(format!(
            "--timeout is {} seconds: write a number from 0.001 to 86400",
            probe.timeout
        )));
    }
    if probe.twice {
        again::check(&request)?;
    }
    let client = Client::new(Options {
        timeout: Duration::from_secs_f64(probe.timeout),
        insecure: probe.insecure,
        ..Options::default()
    });
    let mut exchange = Exchange { request, hops: vec![Hop::default()] };
    warn(&exchange, &url, &probe.network);
    let end =
        browse(&mut |url, step| client.take(url, step), &mut exchange, probe.no_request).map_err(Failure::Message)?;
    let mut text = String::new();
    if let End::NoResponse(why) = &end {
        let has_any = exchange.hops.iter().any(|hop| hop.preflight.is_some() || hop.response.is_some());
        if !has_any {
            return Err(Failure::Message(format!("no response: {why}")));
        }
        let _ = writeln!(text, "{WARN}No response:{WARN:#} {why}\n");
    }
    let deliveries = probe.network.deliver(&exchange);
    let is_refused = deliveries.are_refused(probe.network.deployed);
    let verdict = with(&exchange, Credentials::SameOrigin, |exchange| {
        let mut diagnosis = Diagnosis::with_suffixes(exchange, Some(&PublicSuffixList));
        if probe.twice {
            // What is possible here is known below.
            diagnosis.warnings.retain(|warning| !matches!(warning.code, "vary-origin-missing" | "cached-response"));
        }
        let shown = Shown { stacks: &probe.stacks, secrets: probe.show_secrets, suffixes: Some(&PublicSuffixList) };
        push_report(&mut text, &diagnosis, &deliveries, &exchange, shown);
        let passes = Profile::ALL.into_iter().all(|profile| {
            let outcome = diagnosis.judgements.get(profile).preflight;
            matches!(outcome, PreflightOutcome::Passed | PreflightOutcome::NotNeeded)
        });
        match worst_of(&diagnosis) {
            // Everything that was asked for is known.
            Verdict::Incomplete if probe.no_request && passes => Verdict::Allowed,
            verdict => verdict,
        }
    });
    if probe.no_request && verdict == Verdict::Allowed {
        let asks = exchange.hops.iter().any(|hop| hop.preflight.is_some());
        text.push_str(if asks { "\nThe preflight passes" } else { "\nNo browser needs a preflight here" });
        text.push_str("; the request itself was not sent (--no-request).\n");
    }
    let mixed = match probe.twice {
        true => Some(again::ask(&client, &exchange, &mut text)),
        false => None,
    };
    print_out(&text)?;
    match (end, verdict) {
        _ if mixed == Some(Mixed::Yes) => Ok(Outcome::Problem),
        (_, Verdict::Blocked | Verdict::Throws) => Ok(Outcome::Problem),
        _ if is_refused => Ok(Outcome::Problem),
        (End::CapturedResponse, Verdict::Allowed | Verdict::Opaque) => Ok(Outcome::Fine),
        _ => Err(Failure::AlreadyShown),
    }
}

/// Warns about requests to which CORS does not apply, before anything is sent.
fn warn(exchange: &Exchange, url: &Url, network: &NetworkOptions) {
    let origin = exchange.request.origin.as_deref().unwrap_or_default();
    let mut err = anstream::stderr();
    if is_same_origin(origin, url.as_str().as_bytes()) {
        let _ = writeln!(
            err,
            "{WARN}warning:{WARN:#} the page {} and the URL have the same origin, so CORS does not apply",
            Escaped(origin)
        );
    }
    let deliveries = network.deliver(exchange);
    if let Some(why) = deliveries.refusal_in_every_browser() {
        let _ = writeln!(err, "{WARN}warning:{WARN:#} {why}");
    }
}

/// Sends step by step with `take` until nothing is left to send. The error is a sentence: no browser sends this.
pub(crate) fn browse<T>(
    take: &mut dyn FnMut(&Url, Step<'_>) -> Result<Received, T>,
    exchange: &mut Exchange,
    no_request: bool,
) -> Result<End<T>, String> {
    loop {
        resolve(exchange, &UrlCrate)?;
        let Some(number) = open_hop(exchange) else { return Ok(End::CapturedResponse) };
        let (url, next) = next_step(exchange, number, no_request);
        let Some(url) = url else { return Ok(End::CapturedResponse) };
        let response = match next {
            Next::Done => return Ok(End::CapturedResponse),
            Next::Preflight(lines) => take(&url, Step::Preflight(&lines)).map(|response| (true, response)),
            Next::Request { method, headers } => {
                take(&url, Step::Request { method: &method, headers: &headers }).map(|response| (false, response))
            }
        };
        match response {
            Ok((is_preflight, (response, peer))) => keep(exchange, number, is_preflight, response, peer),
            Err(trouble) => return Ok(End::NoResponse(trouble)),
        }
    }
}

/// `peer`: the address of the server. `None`: a proxy is on the way.
fn keep(exchange: &mut Exchange, number: usize, is_preflight: bool, response: Response, peer: Option<IpAddr>) {
    if let Some(hop) = exchange.hops.get_mut(number) {
        hop.address = peer.map(|address| address.to_string().into_bytes()).or(hop.address.take());
        if is_preflight {
            hop.preflight = Some(response);
        } else {
            hop.response = Some(response);
        }
    }
}

/// The hop that has no response yet.
fn open_hop(exchange: &Exchange) -> Option<usize> {
    exchange.hops.iter().position(|hop| hop.response.is_none())
}

/// What the browser model sends to this hop next.
fn next_step(exchange: &Exchange, number: usize, no_request: bool) -> (Option<Url>, Next) {
    with(exchange, Credentials::SameOrigin, |exchange| {
        let Some(step) = exchange.steps().find(|step| step.hop() == number) else { return (None, Next::Done) };
        let url = str::from_utf8(step.url()).ok().and_then(|url| Url::parse(url).ok());
        let hop = exchange.hop(number);
        // A failure in every browser ends the exchange. If one browser goes on, the probe goes on too.
        let mut goes_on = false;
        for profile in Profile::ALL {
            goes_on |= exchange.judge(profile, |_| {}).verdict != Verdict::Blocked;
        }
        if !goes_on || exchange.request.thrown().is_some() || step.tainting() == Tainting::Refused {
            return (None, Next::Done);
        }
        let next = match preflight_headers(&step) {
            Some(lines) if hop.preflight.is_none() => Next::Preflight(lines),
            _ if no_request => Next::Done,
            _ => Next::Request { method: step.method().to_vec(), headers: sendable(request_headers(&step)) },
        };
        (url, next)
    })
}
