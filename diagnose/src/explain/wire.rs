//! The headers that a step of the browser model sends, to show or to send them.

use corsac::browser::{Profile, Step};

use crate::exchange::Headers;

/// The headers of the preflight, in the first profile that needs one.
///
/// ```
/// use corsac::browser::{Exchange, ScriptRequest};
/// use corsac_diagnose::preflight_headers;
/// let request = ScriptRequest { method: b"PUT", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// let step = Exchange { request, hops: &[] }.steps().next().expect("the first URL");
/// let headers = preflight_headers(&step).expect("PUT needs a preflight");
/// assert_eq!(headers[1], (b"Access-Control-Request-Method".to_vec(), b"PUT".to_vec()));
/// ```
pub fn preflight_headers(step: &Step<'_>) -> Option<Headers> {
    let profile = Profile::ALL.into_iter().find(|profile| step.needs_preflight(*profile))?;
    let mut lines: Headers = origin(step);
    lines.push((b"Access-Control-Request-Method".to_vec(), step.method().to_vec()));
    let names = step.requested_headers(profile);
    if !names.is_empty() {
        lines.push((b"Access-Control-Request-Headers".to_vec(), names.to_string().into_bytes()));
    }
    Some(lines)
}

/// The headers of the request, with `...` for an unknown value.
///
/// ```
/// use corsac::browser::{Exchange, ScriptRequest};
/// use corsac_diagnose::request_headers;
/// let request =
///     ScriptRequest { headers: &[(b"X-Trace", None)], ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// let step = Exchange { request, hops: &[] }.steps().next().expect("the first URL");
/// assert_eq!(request_headers(&step)[1], (b"X-Trace".to_vec(), b"...".to_vec()));
/// ```
pub fn request_headers(step: &Step<'_>) -> Headers {
    let mut lines = origin(step);
    lines.extend(step.headers().map(|(name, value)| (name.to_vec(), value.unwrap_or(b"...").to_vec())));
    if step.sends_credentials(Profile::Spec) {
        lines.push((b"Cookie".to_vec(), b"...".to_vec()));
    }
    lines
}

fn origin(step: &Step<'_>) -> Headers {
    step.origin().map(|origin| (b"Origin".to_vec(), origin.to_vec())).into_iter().collect()
}
