//! The network errors of Chromium, each with what it is next to CORS.

/// Networks of browsers: the start of a name behind `net::ERR_` (Chromium), and its code. The first that fits counts.
const NET_ERRORS: &[(&str, &str)] = &[
    ("BLOCKED_BY_CLIENT", "blocked-by-client"),
    ("BLOCKED_BY_RESPONSE.NotSameOriginAfterDefaultedToSameOriginBy", "coep"),
    ("BLOCKED_BY_RESPONSE.Coep", "coep"),
    ("BLOCKED_BY_RESPONSE", "corp"),
    ("BLOCKED_BY_ORB", "orb"),
    ("BLOCKED_BY_CSP", "csp-other"),
    ("BLOCKED_BY_ADMINISTRATOR", "blocked-by-administrator"),
    ("NAME_NOT_RESOLVED", "name-not-resolved"),
    ("NAME_RESOLUTION_FAILED", "name-not-resolved"),
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
    ("INVALID_HTTP_RESPONSE", "connection-lost"),
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

/// The neighbour of CORS that a network error of a browser names, such as `net::ERR_BLOCKED_BY_CLIENT`.
pub(crate) fn net_error(text: &str) -> Option<&'static str> {
    let name = text.trim().strip_prefix("net::ERR_")?;
    NET_ERRORS.iter().find(|(start, _)| name.starts_with(start)).map(|(_, code)| *code)
}
