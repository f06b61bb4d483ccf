//! The report of an exchange that was sent just now.

use corsac::browser::{Exchange, PreflightOutcome, Profile, Verdict};

use super::captured::worst_of;
use super::delivery::Deliveries;
use super::diagnosis::Diagnosis;
use super::report::{self, Shown};

/// Writes the report, and returns the worst verdict of any browser. With `no_request`, the request itself was not sent, and nothing
/// is missing if its preflight passes.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest, Verdict};
/// use corsac_diagnose::exchange;
/// use corsac_diagnose::{Deliveries, Diagnosis, Shown, probed};
/// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let deliveries = Deliveries::of(&exchange::Exchange::default());
/// let mut text = String::new();
/// let worst = probed(&mut text, &Diagnosis::of(exchange), &deliveries, &exchange, Shown::default(), false);
/// assert_eq!(worst, Verdict::Blocked);
/// assert!(text.contains("no-cors-headers"));
/// ```
pub fn probed(
    text: &mut String,
    diagnosis: &Diagnosis<'_>,
    deliveries: &Deliveries,
    exchange: &Exchange<'_>,
    shown: Shown<'_>,
    no_request: bool,
) -> Verdict {
    report::push(text, diagnosis, deliveries, exchange, shown);
    let passes = Profile::ALL.into_iter().all(|profile| {
        let outcome = diagnosis.judgements.get(profile).preflight;
        matches!(outcome, PreflightOutcome::Passed | PreflightOutcome::NotNeeded)
    });
    let verdict = match worst_of(diagnosis) {
        // Everything that was asked for is known.
        Verdict::Incomplete if no_request && passes => Verdict::Allowed,
        verdict => verdict,
    };
    if no_request && verdict == Verdict::Allowed {
        let asks = exchange.hops.iter().any(|hop| hop.preflight.is_some());
        text.push_str(if asks { "\nThe preflight passes" } else { "\nNo browser needs a preflight here" });
        text.push_str("; the request itself was not sent (--no-request).\n");
    }
    verdict
}
