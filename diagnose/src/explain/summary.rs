//! A diagnosis in words of our own, as JSON, for readers who must not take a server's words for instructions. Nothing that a server sent
//! is in it: codes, sentences of this crate, and what the script's request itself says.

use corsac::browser::Profile;
use serde::Serialize;
use serde_json::{Value, json};

use super::delivery::Deliveries;
use super::diagnosis::{Diagnosis, PerProfile};
use super::json_out::{LineGuess, LineWarning};
use super::{remedy, report};
use crate::codes::neighbour;
use crate::neighbours::Neighbour;
use crate::stack::Stack;
use crate::{Failure, without_styles};

#[derive(Serialize)]
struct SummaryFailure {
    code: &'static str,
    cause: &'static str,
    at: &'static str,
    hop: usize,
    browsers: Vec<&'static str>,
    see: String,
}

impl SummaryFailure {
    fn of(failure: &Failure<'_>) -> Self {
        Self {
            code: failure.blocked.code().as_str(),
            cause: failure.cause.as_str(),
            at: failure.blocked.part().as_str(),
            hop: failure.blocked.hop(),
            browsers: failure.profiles.iter().map(|profile| profile.name()).collect(),
            see: format!("docs/errors.md#{}", failure.blocked.code().as_str()),
        }
    }
}

/// What a diagnosis says, as an object. `stacks`: the servers for which the configuration is written.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// use corsac_diagnose::exchange;
/// use corsac_diagnose::{Deliveries, Diagnosis, summary};
/// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let deliveries = Deliveries::of(&exchange::Exchange::default());
/// let object = summary(&Diagnosis::of(exchange), &deliveries, &[]);
/// assert_eq!(object["verdict"]["chromium"], "blocked");
/// ```
#[must_use]
pub fn summary(diagnosis: &Diagnosis<'_>, deliveries: &Deliveries, stacks: &[Stack]) -> Value {
    let judged = |profile: Profile| diagnosis.judgements.get(profile);
    let mut object = json!({
        "verdict": PerProfile::new(|profile| judged(profile).verdict.as_str()),
        "preflight": PerProfile::new(|profile| judged(profile).preflight.as_str()),
        "delivery": deliveries.as_json().verdicts(),
    });
    let Some(members) = object.as_object_mut() else { return object };
    let mut add = |name: &str, value: Value| {
        if !(value.is_null() || value.as_array().is_some_and(Vec::is_empty)) {
            members.insert(name.to_owned(), value);
        }
    };
    add("delivery_by", json!(deliveries.as_json().reasons()));
    add("blocked_by", diagnosis.failures.iter().map(|failure| json!(SummaryFailure::of(failure))).collect());
    add("obstacle", json!(diagnosis.obstacle));
    if let Some(chief) = diagnosis.chief() {
        match diagnosis.obstacle.and_then(neighbour) {
            Some(entry) => {
                add("cause", json!(entry.means));
                add("fix", json!(entry.fix));
                add("avoid", json!(entry.avoid));
            }
            None => {
                add("cause", json!(chief.cause.sentence()));
                add("fix", json!(remedy::sentence(diagnosis, chief)));
            }
        }
        let mut configuration = String::new();
        report::push_stack(&mut configuration, diagnosis, chief, stacks);
        add("configuration", json!((!configuration.is_empty()).then(|| without_styles(&configuration))));
    } else if let Some(entry) =
        diagnosis.obstacle.or(deliveries.first_reported().map(|(_, code)| code.as_str())).and_then(neighbour)
    {
        // A response is missing, or CORS passes and the browser may still not send the request.
        add("cause", json!(entry.means));
        add("fix", json!(entry.fix));
        add("avoid", json!(entry.avoid));
    }
    add("looks_like", diagnosis.looks_like.iter().map(|guess| json!(LineGuess::of(guess))).collect());
    add("warnings", diagnosis.warnings.iter().map(|warning| json!(LineWarning::of(warning))).collect());
    object
}

/// What stopped a request that CORS did not stop, as an object.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// use corsac_diagnose::summary_of_stopped;
/// let mut found = vec![];
/// let mut captures = Captures::default();
/// let har = r#"{"log": {"entries": [{
///     "request": {"method": "GET", "url": "https://api.example/x", "headers": [{"name": "Origin", "value": "https://app.example"}]},
///     "response": {"status": 0, "headers": [], "_error": "net::ERR_BLOCKED_BY_CLIENT"}
/// }]}}"#;
/// captures.read("trace.har", har.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// let stopped = found[0].stopped.as_ref().expect("an extension blocks it");
/// assert_eq!(summary_of_stopped(stopped)["stopped_by"], stopped.code);
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn summary_of_stopped(stopped: &Neighbour) -> Value {
    let entry = neighbour(stopped.code);
    json!({
        "stopped_by": stopped.code,
        "certainty": stopped.certainty,
        "is_decided": stopped.is_decided(),
        "cause": entry.as_ref().map(|entry| entry.means),
        "fix": entry.as_ref().map(|entry| entry.fix),
        "avoid": entry.as_ref().and_then(|entry| entry.avoid),
        "see": format!("docs/errors.md#{}", stopped.code),
    })
}
