//! `corsac explain --jsonl`: exchanges in, diagnoses out.

use corsac::browser::Credentials;

use crate::failure::{Failure, Outcome};
use crate::jsonl;
use crate::sites::PublicSuffixList;
use corsac_diagnose::exchange::{Exchange, ScriptRequest};
use corsac_diagnose::{
    CapturedRequest, Deliveries, Diagnosis, Later, PerProfile, UrlCrate, read_line, resolve, with, with_request,
    write_line,
};

pub(crate) fn run() -> Result<Outcome, Failure> {
    jsonl::run(|line, out| {
        let mut asked = read_line(line)?;
        resolve(&mut asked.exchange, &UrlCrate)?;
        for later in &mut asked.then {
            later.request = resolved(&later.request)?;
        }
        let CapturedRequest { exchange, then, id } = &asked;
        let deliveries = Deliveries::of(exchange);
        Ok(with(exchange, Credentials::SameOrigin, |exchange| {
            let then: Vec<_> = then.iter().map(|later| needs_preflight(&exchange, later)).collect();
            write_line(
                out,
                &Diagnosis::with_suffixes(exchange, Some(&PublicSuffixList)),
                &deliveries,
                &then,
                id.as_ref(),
            )
        }))
    })
}

/// A request with its URL in the serialised form.
fn resolved(request: &ScriptRequest) -> Result<ScriptRequest, String> {
    let mut exchange = Exchange { request: request.clone(), hops: Vec::new() };
    resolve(&mut exchange, &UrlCrate)?;
    Ok(exchange.request)
}

fn needs_preflight(exchange: &corsac::browser::Exchange<'_>, later: &Later) -> PerProfile<bool> {
    with_request(&later.request, Credentials::SameOrigin, |request| {
        PerProfile::new(|profile| exchange.needs_preflight_after(profile, &request, later.after_milliseconds))
    })
}
