//! What a policy promises about one question: the responses that Corsac itself would send, for the browser model to judge.

use corsac::browser::{Credentials, PreflightOutcome, Profile, Verdict};
use corsac::{PathPolicies, Request};

use crate::exchange::{Exchange, Hop, Response, ScriptRequest};
use crate::{next_step, with};

/// The exchange with Corsac. The application responds with 200.
pub(super) fn promised(policies: PathPolicies<'_>, request: &ScriptRequest, no_request: bool) -> Exchange {
    let mut exchange = Exchange { request: request.clone(), hops: vec![Hop::default()] };
    while let Some(step) = next_step(&exchange, no_request) {
        let asked = Request::from_lines(&step.method, step.headers.iter().map(|(name, value)| (name, value)));
        let decision = policies.evaluate(&asked);
        let headers =
            decision.headers().map(|header| (header.name.as_bytes().to_vec(), header.value.to_vec())).collect();
        let response = Response { status: decision.status().unwrap_or(200), headers };
        let Some(hop) = exchange.hops.first_mut() else { break };
        if step.is_preflight {
            hop.preflight = Some(response);
        } else {
            hop.response = Some(response);
        }
    }
    exchange
}

/// What one browser does with an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The script reads the response or, where only the preflight is asked, the request is sent.
    Shared,
    Refused,
    /// A response is missing.
    Unknown,
}

impl Outcome {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Refused => "refused",
            Self::Unknown => "unknown",
        }
    }
}

/// The outcome of an exchange in each profile, in the order of [`Profile::ALL`].
pub(super) fn outcomes(exchange: &Exchange, credentials: Credentials, is_preflight: bool) -> [Outcome; 4] {
    with(exchange, credentials, |exchange| {
        Profile::ALL.map(|profile| {
            let judgement = exchange.judge(profile, |_| ());
            match (judgement.verdict, judgement.preflight) {
                (Verdict::Blocked, _) => Outcome::Refused,
                (Verdict::Incomplete, PreflightOutcome::Passed) if is_preflight => Outcome::Shared,
                (Verdict::Allowed, _) => Outcome::Shared,
                _ => Outcome::Unknown,
            }
        })
    })
}
