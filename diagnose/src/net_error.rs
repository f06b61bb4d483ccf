//! The network errors of Chromium, each with what it is next to CORS.

/// Networks of browsers: the start of a name behind `net::ERR_` (Chromium), and its code. The first that fits counts.
const NET_ERRORS: &[(&str, &str)] = &[
    ("BLOCKED_BY_CLIENT", "blocked-by-client"),
    ("BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginBy", "coep"),
    ("BLOCKED_BY_RESPONSE.Coep", "coep"),
    ("BLOCKED_BY_RESPONSE.SRI", "sri-mismatch"),
    ("BLOCKED_BY_RESPONSE", "corp"),
    ("BLOCKED_BY_ORB", "orb"),
    ("BLOCKED_BY_CSP", "csp-other"),
    ("BLOCKED_BY_ADMINISTRATOR", "blocked-by-administrator"),
    ("NETWORK_ACCESS_DENIED", "blocked-by-administrator"),
    ("BLOCKED_BY_FINGERPRINTING_PROTECTION", "tracking-protection"),
    ("NAME_NOT_RESOLVED", "name-not-resolved"),
    ("NAME_RESOLUTION_FAILED", "name-not-resolved"),
    ("DNS_", "name-not-resolved"),
    ("ICANN_NAME_COLLISION", "name-not-resolved"),
    ("PROXY_", "proxy-failed"),
    ("TUNNEL_CONNECTION_FAILED", "proxy-failed"),
    ("SOCKS_", "proxy-failed"),
    ("NO_SUPPORTED_PROXIES", "proxy-failed"),
    ("MANDATORY_PROXY_CONFIGURATION_FAILED", "proxy-failed"),
    ("FILE_NOT_FOUND", "file-page"),
    ("INVALID_URL", "request-not-valid"),
    ("UNKNOWN_URL_SCHEME", "unknown-scheme"),
    ("DISALLOWED_URL_SCHEME", "unknown-scheme"),
    ("UNSAFE_REDIRECT", "unknown-scheme"),
    ("INSUFFICIENT_RESOURCES", "out-of-resources"),
    ("OUT_OF_MEMORY", "out-of-resources"),
    ("CONTENT_DECODING_FAILED", "content-encoding"),
    ("RESPONSE_HEADERS_", "response-not-http"),
    ("INVALID_CHUNKED_ENCODING", "connection-lost"),
    ("ADDRESS_UNREACHABLE", "connection-refused"),
    ("CONNECTION_REFUSED", "connection-refused"),
    ("CONNECTION_TIMED_OUT", "timed-out"),
    ("TIMED_OUT", "timed-out"),
    ("CERT_", "certificate"),
    ("SSL_", "certificate"),
    ("BAD_SSL", "certificate"),
    ("HTTP2_", "protocol-error"),
    ("SPDY_", "protocol-error"),
    ("QUIC_", "protocol-error"),
    ("INVALID_HTTP_RESPONSE", "response-not-http"),
    ("CONNECTION_", "connection-lost"),
    ("EMPTY_RESPONSE", "connection-lost"),
    ("INCOMPLETE_CHUNKED_ENCODING", "connection-lost"),
    ("CONTENT_LENGTH_MISMATCH", "connection-lost"),
    ("SOCKET_NOT_CONNECTED", "connection-lost"),
    ("INTERNET_DISCONNECTED", "offline"),
    ("NETWORK_", "offline"),
    ("ABORTED", "aborted"),
    ("TOO_MANY_REDIRECTS", "too-many-redirects"),
    ("UNSAFE_PORT", "unsafe-port"),
    ("CLEARTEXT_NOT_PERMITTED", "app-transport"),
];

/// What follows `net::ERR_`. People write it down in any case, and without `net::`.
pub(crate) fn net_error_name(text: &str) -> Option<&str> {
    let text = text.trim();
    without(without(text, "net::").unwrap_or(text), "ERR_")
}

/// The text behind `start`, which is in any case.
fn without<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (begin, rest) = text.split_at_checked(start.len())?;
    begin.eq_ignore_ascii_case(start).then_some(rest)
}

/// The neighbour of CORS that a network error of a browser names, such as `net::ERR_BLOCKED_BY_CLIENT`.
pub(crate) fn net_error(text: &str) -> Option<&'static str> {
    let name = net_error_name(text)?;
    NET_ERRORS.iter().find(|(start, _)| without(name, start).is_some()).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::net_error;

    #[test]
    fn name_is_known_in_any_case_and_without_beginning() {
        for (text, code) in [
            ("net::ERR_BLOCKED_BY_CLIENT", Some("blocked-by-client")),
            ("err_blocked_by_response.notsameorigin", Some("corp")),
            ("ERR_CERT_DATE_INVALID", Some("certificate")),
            ("net::ERR_FAILED", None),
            ("ERR_NETWORK", None),
            ("err", None),
            ("nét::err_x", None),
        ] {
            assert_eq!(net_error(text), code, "{text}");
        }
    }
}
