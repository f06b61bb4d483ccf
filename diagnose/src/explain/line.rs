//! One line of JSON: read, resolved, and what of it needs a preflight later.

use corsac::browser::{self, Credentials};

use super::diagnosis::PerProfile;
use super::json_in::{CapturedRequest, Later, read};
use crate::exchange::{Exchange, ScriptRequest};
use crate::{Urls, resolve, with_request};

/// Reads a line, and resolves its URLs.
///
/// # Errors
///
/// One sentence that says what is wrong with the line.
///
/// ```
/// use corsac_diagnose::{UrlCrate, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://API.example"}}"#;
/// assert_eq!(read_resolved(line, &UrlCrate)?.exchange.request.url.as_deref(), Some(b"https://api.example/".as_slice()));
/// let error = read_resolved(br#"{"request":{"origin":"https://app.example","mode":"no_cors"}}"#, &UrlCrate).unwrap_err();
/// assert_eq!(error, "\"mode\" is \"no_cors\": write cors, no-cors or same-origin");
/// # Ok::<(), String>(())
/// ```
pub fn read_resolved(line: &[u8], urls: &dyn Urls) -> Result<CapturedRequest, String> {
    let mut asked = read(line)?;
    resolve(&mut asked.exchange, urls)?;
    for later in &mut asked.then {
        later.request = resolved(&later.request, urls)?;
    }
    Ok(asked)
}

/// A request with its URL in the serialised form.
fn resolved(request: &ScriptRequest, urls: &dyn Urls) -> Result<ScriptRequest, String> {
    let mut exchange = Exchange { request: request.clone(), hops: Vec::new() };
    resolve(&mut exchange, urls)?;
    Ok(exchange.request)
}

/// In which browsers each of these later requests needs a preflight.
///
/// ```
/// use corsac::browser::{Credentials, Profile};
/// use corsac_diagnose::{UrlCrate, later_preflights, read_resolved, with};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x","method":"PUT"},
///     "then":[{"request":{"origin":"https://app.example","url":"https://api.example/x","method":"PUT"}}]}"#;
/// let asked = read_resolved(line, &UrlCrate)?;
/// let later = with(&asked.exchange, Credentials::SameOrigin, |exchange| later_preflights(&exchange, &asked.then));
/// assert!(later[0].get(Profile::Spec));
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn later_preflights(exchange: &browser::Exchange<'_>, then: &[Later]) -> Vec<PerProfile<bool>> {
    let needs = |later: &Later| {
        with_request(&later.request, Credentials::SameOrigin, |request| {
            PerProfile::new(|profile| exchange.needs_preflight_after(profile, &request, later.after_milliseconds))
        })
    };
    then.iter().map(needs).collect()
}
