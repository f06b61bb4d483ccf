//! Which headers of a response a script cannot read although CORS lets it read the response: those that the server does not expose.

use corsac::browser::{Exchange, Profile, ScriptRequest, Verdict};

/// Headers for browsers and caches. Scripts have no use for them.
const FOR_BROWSERS: [&str; 28] = [
    "accept-ranges",
    "age",
    "alt-svc",
    "connection",
    "content-encoding",
    "content-security-policy",
    "date",
    "expect-ct",
    "keep-alive",
    "nel",
    "origin-agent-cluster",
    "permissions-policy",
    "proxy-connection",
    "referrer-policy",
    "report-to",
    "reporting-endpoints",
    "server",
    "set-cookie",
    "set-cookie2",
    "strict-transport-security",
    "timing-allow-origin",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "vary",
    "via",
    "x-powered-by",
    "x-xss-protection",
];

/// Beginnings of the names of others.
const BEGINNINGS: [&str; 9] = [
    "access-control-",
    "cf-",
    "content-security-",
    "cross-origin-",
    "x-amz-cf-",
    "x-content-type-",
    "x-dns-",
    "x-download-",
    "x-frame-",
];

/// The names of the hidden headers of the last response, in lower case and in its order. None if it does not pass, whatever the response
/// to the preflight is, which may be unknown.
pub(super) fn hidden(exchange: &Exchange<'_>, profile: Profile) -> Vec<Vec<u8>> {
    let request =
        ScriptRequest { method: b"GET", headers: &[], upload_listener: false, stream_body: false, ..exchange.request };
    let without_preflight = Exchange { request, ..*exchange };
    if without_preflight.judge(profile, |_| {}).verdict != Verdict::Allowed {
        return Vec::new();
    }
    let exposed = without_preflight.exposed(profile).map(<[u8]>::to_ascii_lowercase).collect::<Vec<_>>();
    let last = exchange.steps().last().and_then(|step| exchange.hop(step.hop()).response);
    let mut names: Vec<Vec<u8>> = Vec::new();
    for (name, _) in last.map_or(&[][..], |response| response.headers) {
        let name = name.to_ascii_lowercase();
        if !exposed.contains(&name) && !names.contains(&name) && is_for_scripts(&name) {
            names.push(name);
        }
    }
    names
}

fn is_for_scripts(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
        && !FOR_BROWSERS.iter().any(|known| known.as_bytes() == name)
        && !BEGINNINGS.iter().any(|begin| name.starts_with(begin.as_bytes()))
}
