//! A script's request from options (`--origin`, `--method`, `--header`, `--credentials`), as eval, explain and probe take them.

use std::ffi::OsString;

use corsac::{Escaped, PolicySpec, Severity};
use corsac_diagnose::exchange::ScriptRequest;

/// What the options name. The error is a sentence: no browser sends this.
pub(crate) fn script_request(
    origin: Option<&OsString>,
    method: Option<&OsString>,
    headers: &[OsString],
    credentials: bool,
) -> Result<ScriptRequest, String> {
    let origin = origin.map(|origin| origin.as_encoded_bytes());
    origin.map_or(Ok(()), check_origin)?;
    let headers: Vec<&[u8]> = headers.iter().map(|line| line.as_encoded_bytes()).collect();
    corsac_diagnose::script_request(origin, method.map(|method| method.as_encoded_bytes()), &headers, credentials)
}

/// Refuses an origin that no browser sends, with what was probably meant. An origin is what a policy can list as one pattern,
/// so the compiler of policies says what is wrong with it.
pub(crate) fn check_origin(origin: &[u8]) -> Result<(), String> {
    let entries = [origin];
    let spec = PolicySpec { dangerously_allow_null_origin: true, ..PolicySpec::new(&entries) };
    let mut wrong = None;
    let _ = spec.compile(vec![0; spec.image_len()], |finding| {
        if finding.severity == Severity::Error && wrong.is_none() {
            let has_advice = !finding.suggestion.is_none();
            wrong = Some((finding.to_string(), has_advice.then(|| finding.suggestion.to_string())));
        }
    });
    let has_star = origin.contains(&b'*');
    // Of all patterns, only a range of addresses has a slash after its host.
    let is_range = origin.iter().filter(|&&byte| byte == b'/').count() > 2;
    let (what, advice) = match wrong {
        Some((what, advice)) => (what, advice.filter(|_| !has_star && !origin.is_empty())),
        None if has_star || is_range => (format!("\"{}\" is a pattern", Escaped(origin)), None),
        None => return Ok(()),
    };
    let advice = advice.unwrap_or_else(|| "write the origin of one page, such as https://app.example.com".to_owned());
    Err(format!("no browser sends this --origin: {what}; {advice}"))
}
