//! The engine's answers in the reference's words, so that the two can be compared as wholes.

use std::ops::Range;

use super::{Ask, Bytes, Spec, Verdict};
use corsac::{Policy, PolicySpec, PublicSuffixes, Request};

/// One finding of the engine: severity, code, field, entry, replacement, the bytes at fault, what makes the entry superfluous.
pub type Found = (String, String, String, Option<usize>, Option<String>, Range<usize>, Option<Bytes>);

/// The image, if the spec compiles, and every finding.
pub fn compile(spec: &Spec) -> (Option<Bytes>, Vec<Found>) {
    let mut wanted = PolicySpec::new(&spec.allow_origins);
    wanted.allow_methods = spec.allow_methods.as_deref();
    wanted.allow_headers = &spec.allow_headers;
    wanted.allow_credentials = spec.allow_credentials;
    wanted.expose_headers = &spec.expose_headers;
    wanted.max_age = spec.max_age;
    wanted.preflight_status = spec.preflight_status;
    wanted.denied_preflight_status = spec.denied_preflight_status;
    wanted.external_origins = spec.external_origins;
    wanted.allow_private_network = spec.allow_private_network;
    wanted.dangerously_allow_null_origin = spec.dangerously_allow_null_origin;
    wanted.dangerously_allow_insecure_origins = spec.dangerously_allow_insecure_origins;
    wanted.dangerously_allow_public_suffixes =
        if spec.dangerously_allow_public_suffixes { PublicSuffixes::Allowed } else { PublicSuffixes::Refused };
    let mut found = vec![];
    let compiled = wanted.compile(vec![0; wanted.image_len()], |finding| {
        assert!(!finding.to_string().is_empty());
        found.push((
            finding.severity.as_str().to_string(),
            finding.code.as_str().to_string(),
            finding.field.as_str().to_string(),
            finding.index,
            finding.suggestion.replacement().map(str::to_string),
            finding.at.clone(),
            finding.related.map(<[u8]>::to_vec),
        ));
    });
    (compiled.ok().map(|policy| policy.image().to_vec()), found)
}

/// The caller's own opinion of an origin.
pub type Judge<'a> = &'a mut dyn FnMut(&[u8]) -> bool;

/// What the policy answers; `judge` is the caller's, if it has one.
pub fn answer<B: AsRef<[u8]>>(policy: &Policy<B>, ask: &Ask, judge: Option<Judge<'_>>) -> Verdict {
    let mut request = Request::new(&ask.method);
    for (name, value) in &ask.lines {
        request.header(name, value);
    }
    let decision = match judge {
        None => policy.evaluate(&request),
        Some(judge) => policy.evaluate_with(&request, judge),
    };
    Verdict {
        class: decision.class().as_str(),
        allowed: decision.is_allowed(),
        denial: decision.denial().map(|denial| (denial.code().as_str(), denial.bytes().to_vec())),
        status: decision.status().map(i64::from),
        headers: decision.headers().map(|header| (header.name, header.value.to_vec())).collect(),
    }
}
