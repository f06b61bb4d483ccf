//! What comes in the way before CORS: another server's login page, a challenge page, a gateway's error. The missing headers are then a
//! consequence, and the true cause is named instead.

use corsac::browser::{BlockedCode, Exchange, Part, Response};

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
    if !is_about_headers {
        return None;
    }
    let hop = exchange.hop(blocked.hop());
    let response = if blocked.part() == Part::Preflight { hop.preflight } else { hop.response };
    match blocked.status() {
        _ if response.is_some_and(is_challenge) => Some("challenge-page"),
        _ if is_login(exchange, blocked.hop()) => Some("login-redirect"),
        Some(504 | 524) => Some("gateway-timeout"),
        Some(502 | 503 | 520..=523) => Some("bad-gateway"),
        Some(429) => Some("rate-limited"),
        _ => None,
    }
}

/// Whether a page of `origin` and a serialised URL have the same origin. CORS does not apply then.
#[must_use]
pub fn is_same_origin(origin: &[u8], url: &[u8]) -> bool {
    let place = |text| Place::of(str::from_utf8(text).ok()?);
    matches!((place(origin), place(url)), (Some(page), Some(url)) if page.origin() == url.origin())
}

/// Headers that the browser passes over, and what was meant.
pub(super) fn hints(exchange: &Exchange<'_>) -> Vec<String> {
    let hint = |(name, meant)| {
        format!("{} is not a CORS header, and browsers pass over it: was {meant} meant?", corsac::Escaped(name))
    };
    misspelt(exchange).into_iter().map(hint).collect()
}

/// Whether a protection says that this response is its challenge.
fn is_challenge(response: Response<'_>) -> bool {
    response.headers.iter().any(|(name, value)| {
        (name.eq_ignore_ascii_case(b"cf-mitigated") && value.trim_ascii() == b"challenge")
            || (name.eq_ignore_ascii_case(b"x-amzn-waf-action")
                && matches!(value.trim_ascii(), b"challenge" | b"captcha"))
    })
}

/// Whether the redirects have left the first host for one where people sign in.
fn is_login(exchange: &Exchange<'_>, hop: usize) -> bool {
    let url = |number: usize| {
        let step = exchange.steps().find(|step| step.hop() == number)?;
        str::from_utf8(step.url()).ok()
    };
    let (Some(first), Some(last)) = (url(0), url(hop)) else { return false };
    match (Place::of(first), Place::of(last)) {
        (Some(first), Some(last)) => first.host != last.host && last.is_login() && !first.is_login(),
        _ => false,
    }
}

/// Headers that begin like those of CORS and are none of them: the browser passes over them.
fn misspelt<'a>(exchange: &Exchange<'a>) -> Vec<(&'a [u8], &'static str)> {
    const KNOWN: [&str; 9] = [
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-max-age",
        "access-control-expose-headers",
        "access-control-allow-private-network",
        "access-control-request-method",
        "access-control-request-headers",
    ];
    let mut found: Vec<(&[u8], &str)> = Vec::new();
    for hop in exchange.hops {
        for (name, _) in [hop.preflight, hop.response].into_iter().flatten().flat_map(|response| response.headers) {
            let lower = name.to_ascii_lowercase();
            if !lower.starts_with(b"access-control-") || KNOWN.iter().any(|known| known.as_bytes() == lower) {
                continue;
            }
            // The known name that begins the same is what was meant.
            let alike = |known: &&&str| {
                let same = known.bytes().zip(&lower).take_while(|(a, b)| a == *b).count();
                std::cmp::Reverse(known.len().abs_diff(lower.len()).saturating_add(lower.len().saturating_sub(same)))
            };
            if let Some(meant) = KNOWN.iter().max_by_key(alike)
                && !found.iter().any(|(known, _)| known.eq_ignore_ascii_case(name))
            {
                found.push((name, meant));
            }
        }
    }
    found
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
