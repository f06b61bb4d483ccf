//! What comes in the way before CORS: another server's login page, a challenge page, a gateway's error. The missing headers are then a
//! consequence, and the true cause is named instead.

use corsac::browser::{BlockedCode, Exchange, Part};

use super::guard::guard;
use crate::Failure;
use crate::place::Place;

/// The true cause of a failure, if it is not what the headers say: a code of `neighbours.md`.
pub(super) fn obstacle(exchange: &Exchange<'_>, failure: &Failure<'_>) -> Option<&'static str> {
    let blocked = failure.blocked;
    let is_about_headers = matches!(
        blocked.code(),
        BlockedCode::AcaoMissing
            | BlockedCode::AcaoMismatch
            | BlockedCode::AcaoInvalid
            | BlockedCode::AcaoMultiple
            | BlockedCode::AcaoWildcardWithCredentials
            | BlockedCode::PreflightStatus
    );
    if blocked.code() == BlockedCode::HeaderNotAllowed {
        let name: Vec<u8> = blocked.evidence().bytes().collect();
        return is_of_responses(&name).then_some("response-header-sent");
    }
    // Chromium takes this status for that of a proxy, and shows no response.
    if blocked.code() == BlockedCode::ResponseUnparsable || is_about_headers {
        let hop = exchange.hop(blocked.hop());
        let response = if blocked.part() == Part::Preflight { hop.preflight } else { hop.response };
        if response.is_some_and(|response| response.status == 407) {
            return Some("proxy-failed");
        }
    }
    let hop = exchange.hop(blocked.hop());
    let response = if blocked.part() == Part::Preflight { hop.preflight } else { hop.response };
    let is_redirect = blocked.code() == BlockedCode::PreflightRedirect;
    if let Some(code) = response.filter(|_| is_about_headers || is_redirect).and_then(guard) {
        return Some(code);
    }
    if !is_about_headers {
        return None;
    }
    match blocked.status() {
        _ if is_login(exchange, blocked.hop()) => Some("login-redirect"),
        Some(504 | 524) => Some("gateway-timeout"),
        Some(502 | 503 | 520..=523 | 525..=527 | 530) => Some("bad-gateway"),
        Some(429) => Some("rate-limited"),
        _ => None,
    }
}

/// The true cause where the last response is missing: the redirect that led there is enough.
pub(super) fn obstacle_of_missing(exchange: &Exchange<'_>) -> Option<&'static str> {
    let last = exchange.steps().last()?.hop();
    (exchange.hop(last).response.is_none() && is_login(exchange, last)).then_some("login-redirect")
}

/// Whether a header is one that only servers send.
pub(super) fn is_of_responses(name: &[u8]) -> bool {
    name.get(..20).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-allow"))
        || [&b"access-control-expose-headers"[..], b"access-control-max-age"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether a page of `origin` and a serialised URL have the same origin. CORS does not apply then.
///
/// ```
/// use corsac_diagnose::is_same_origin;
/// assert!(is_same_origin(b"https://app.example", b"https://app.example/x"));
/// assert!(!is_same_origin(b"http://app.example", b"https://app.example/x"));
/// ```
#[must_use]
pub fn is_same_origin(origin: &[u8], url: &[u8]) -> bool {
    let place = |text| Place::of(str::from_utf8(text).ok()?);
    matches!((place(origin), place(url)), (Some(page), Some(url)) if page.origin() == url.origin())
}

/// Whether the redirects have left the first host for one where people sign in.
fn is_login(exchange: &Exchange<'_>, hop: usize) -> bool {
    let url = |number: usize| {
        let step = exchange.steps().find(|step| step.hop() == number)?;
        str::from_utf8(step.url()).ok()
    };
    let (Some(first), Some(last)) = (url(0), url(hop)) else { return false };
    match (Place::of(first), Place::of(last)) {
        (Some(first), Some(last)) => {
            let starts_elsewhere = first.path != last.path && last.is_sign_in();
            first.host != last.host && last.is_login() && (!first.is_login() || starts_elsewhere)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same_origin;

    #[test]
    fn same_origin_is_found_however_the_page_is_written() {
        let here = b"https://b.example/x";
        assert!(is_same_origin(b"https://b.example", here));
        assert!(is_same_origin(b"https://B.example:443/", here));
        for other in
            [b"http://b.example".as_slice(), b"https://b.example:8443", b"https://a.b.example", b"null", b"", b"\xff"]
        {
            assert!(!is_same_origin(other, here));
        }
    }
}
