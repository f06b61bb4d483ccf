//! `corsac probe URL`: sends what the browser model of core says, step by step, follows redirects as it says, and explains the responses.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use corsac::Escaped;
use corsac::browser::{Credentials, Verdict};
use url::Url;

use super::again;
use super::client::{Client, Options, Received, Step};
use super::target;
use crate::args::{NetworkOptions, Probe};
use crate::failure::{Failure, Outcome, print_out};
use crate::script_options::script_request;
use corsac_diagnose::exchange::{Exchange, Hop};
use corsac_diagnose::{
    Diagnosis, Mixed, PublicSuffixList, Shown, UrlCrate, is_same_origin, next_step, probed, resolve, sendable, with,
};

const WARN: Style = AnsiColor::Yellow.on_default().bold();

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
            diagnosis.leave_out_possible_mixing();
        }
        let shown = Shown { stacks: &probe.stacks, secrets: probe.show_secrets, suffixes: Some(&PublicSuffixList) };
        probed(&mut text, &diagnosis, &deliveries, &exchange, shown, probe.no_request)
    });
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
        let Some(next) = next_step(exchange, no_request) else { return Ok(End::CapturedResponse) };
        let Some(url) = str::from_utf8(&next.url).ok().and_then(|url| Url::parse(url).ok()) else {
            return Ok(End::CapturedResponse);
        };
        let headers = sendable(next.headers);
        let step = if next.is_preflight {
            Step::Preflight(&headers)
        } else {
            Step::Request { method: &next.method, headers: &headers }
        };
        match take(&url, step) {
            Ok(received) => keep(exchange, next.hop, next.is_preflight, received),
            Err(trouble) => return Ok(End::NoResponse(trouble)),
        }
    }
}

fn keep(exchange: &mut Exchange, number: usize, is_preflight: bool, received: Received) {
    let Received { response, peer, http_version } = received;
    exchange.request.http_version = http_version;
    if let Some(hop) = exchange.hops.get_mut(number) {
        hop.address = peer.map(|address| address.to_string().into_bytes()).or(hop.address.take());
        if is_preflight {
            hop.preflight = Some(response);
        } else {
            hop.response = Some(response);
        }
    }
}
