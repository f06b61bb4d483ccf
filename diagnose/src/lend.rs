//! An owned exchange lent to core's browser model.

use corsac::browser::{self, Credentials};

use crate::exchange::{Exchange, Headers, Hop, Response, ScriptRequest};

/// Lends a resolved exchange to core. If its credentials are unknown, they are taken to be `credentials`.
///
/// ```
/// use corsac::browser::{Credentials, Profile, Verdict};
/// use corsac_diagnose::{UrlCrate, read_resolved, with};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x"},"response":{"status":200}}"#;
/// let exchange = read_resolved(line, &UrlCrate)?.exchange;
/// let judgement = with(&exchange, Credentials::SameOrigin, |exchange| exchange.judge(Profile::Spec, |_| ()));
/// assert_eq!(judgement.verdict, Verdict::Blocked);
/// # Ok::<(), String>(())
/// ```
pub fn with<R>(exchange: &Exchange, credentials: Credentials, judge: impl FnOnce(browser::Exchange<'_>) -> R) -> R {
    let parts: Vec<Parts<'_>> = exchange.hops.iter().map(Parts::new).collect();
    let hops: Vec<browser::Hop<'_>> = exchange.hops.iter().zip(&parts).map(|(hop, parts)| parts.hop(hop)).collect();
    with_request(&exchange.request, credentials, |request| judge(browser::Exchange { request, hops: &hops }))
}

/// Lends a request to core.
///
/// ```
/// use corsac::browser::Credentials;
/// use corsac_diagnose::{script_request, with_request};
/// let request = script_request(Some(b"https://app.example"), Some(b"put"), &[], false)?;
/// let method = with_request(&request, Credentials::SameOrigin, |request| request.normal_method().to_vec());
/// assert_eq!(method, b"PUT");
/// # Ok::<(), String>(())
/// ```
pub fn with_request<R>(
    request: &ScriptRequest,
    credentials: Credentials,
    judge: impl FnOnce(browser::ScriptRequest<'_>) -> R,
) -> R {
    let headers: Vec<browser::RequestHeader<'_>> =
        request.headers.iter().map(|(name, value)| (name.as_slice(), value.as_deref())).collect();
    judge(browser::ScriptRequest {
        origin: request.origin.as_deref().unwrap_or(b"null"),
        url: request.url.as_deref().unwrap_or_default(),
        method: request.method.as_deref().unwrap_or(b"GET"),
        headers: &headers,
        credentials: request.credentials.unwrap_or(credentials),
        mode: request.mode,
        referrer_policy: request.referrer_policy,
        api: request.api,
        http_version: request.http_version,
        upload_listener: request.upload_listener,
        stream_body: request.stream_body,
    })
}

/// The borrowed header lines of a hop.
struct Parts<'a> {
    preflight: Vec<browser::Line<'a>>,
    response: Vec<browser::Line<'a>>,
    revalidated: Vec<browser::Line<'a>>,
}

impl<'a> Parts<'a> {
    fn new(hop: &'a Hop) -> Self {
        let of = |response: &'a Option<Response>| {
            response.as_ref().map_or_else(Vec::new, |response| borrowed(&response.headers))
        };
        Self {
            preflight: of(&hop.preflight),
            response: of(&hop.response),
            revalidated: hop.revalidated.as_ref().map_or_else(Vec::new, borrowed),
        }
    }

    fn hop(&'a self, hop: &'a Hop) -> browser::Hop<'a> {
        let status = |response: &Option<Response>| response.as_ref().map(|response| response.status);
        browser::Hop {
            url: hop.url.as_deref().unwrap_or_default(),
            preflight: status(&hop.preflight).map(|status| browser::Response { status, headers: &self.preflight }),
            response: status(&hop.response).map(|status| browser::Response { status, headers: &self.response }),
            revalidated: &self.revalidated,
        }
    }
}

fn borrowed(lines: &Headers) -> Vec<browser::Line<'_>> {
    lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}
