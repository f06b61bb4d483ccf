//! What to change, in words and as the headers to send.

use corsac::browser::{Part, Profile};

use super::diagnosis::{Diagnosis, Sent};
use crate::Failure;
use crate::stack::Needed;

/// One sentence: what to do, with the headers to send if headers are missing.
pub(crate) fn sentence(diagnosis: &Diagnosis<'_>, failure: &Failure<'_>) -> String {
    let lines = headers(diagnosis, failure);
    let mut text = failure.cause.advice().to_owned();
    for (place, line) in lines.iter().enumerate() {
        text.push_str(if place == 0 { ": " } else { "; " });
        text.push_str(line);
    }
    text
}

/// The headers with which the response would pass, or none if no header helps.
pub(crate) fn headers(diagnosis: &Diagnosis<'_>, failure: &Failure<'_>) -> Vec<String> {
    if !failure.cause.is_fixed_by_headers() {
        return Vec::new();
    }
    let Some(sent) = diagnosis.step_of(failure) else { return Vec::new() };
    let lines = sent.step.passing_lines(Profile::Spec, failure.blocked.part() == Part::Preflight);
    lines.map(|line| line.to_string()).collect()
}

/// What a server must allow for one step, for a configuration snippet.
pub(crate) fn needed(sent: &Sent<'_>) -> Needed {
    let step = &sent.step;
    let profile = Profile::ALL.into_iter().find(|profile| step.needs_preflight(*profile));
    let headers = profile.map_or_else(Vec::new, |profile| {
        step.requested_headers(profile).names().map(<[u8]>::to_ascii_lowercase).collect()
    });
    Needed {
        origin: step.origin().unwrap_or_default().to_vec(),
        method: step.method().to_vec(),
        headers,
        credentials: step.sends_credentials(Profile::Spec),
        exposed: Vec::new(),
        preflight: profile.is_some(),
    }
}
