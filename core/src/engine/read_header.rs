//! Which headers of a request the engine reads.

use crate::syntax::byte::is_field_name;

/// The header lines that a [`Request`](crate::Request) reads.
pub(crate) enum ReadHeader {
    Origin,
    RequestedMethod,
    RequestedHeaders,
    PrivateNetwork,
}

impl ReadHeader {
    #[inline]
    pub(crate) fn of(name: &[u8]) -> Option<Self> {
        // Four lengths rule out most names before a byte is read.
        match name.len() {
            6 if is_field_name(name, b"origin") => Some(Self::Origin),
            29 if is_field_name(name, b"access-control-request-method") => Some(Self::RequestedMethod),
            30 if is_field_name(name, b"access-control-request-headers") => Some(Self::RequestedHeaders),
            38 if is_field_name(name, b"access-control-request-private-network") => Some(Self::PrivateNetwork),
            _ => None,
        }
    }
}

/// The names of the header lines that a [`Request`](crate::Request) reads.
///
/// You can leave out all other lines, for example if each call costs you something. If a request
/// has none of these headers, its decision depends on the policy alone, not even on its method.
///
/// ```
/// assert!(corsac::READ_HEADERS.contains(&"Origin"));
/// ```
pub const READ_HEADERS: [&str; 4] = [
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Private-Network",
];

/// Whether a [`Request`](crate::Request) reads header lines of this name, in any case. You can leave out all
/// others.
///
/// ```
/// assert!(corsac::is_read_header(b"Origin"));
/// assert!(!corsac::is_read_header(b"Cookie"));
/// ```
#[inline]
#[must_use]
pub fn is_read_header(name: &[u8]) -> bool {
    ReadHeader::of(name).is_some()
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{READ_HEADERS, is_read_header};

    #[test]
    fn only_read_headers_are_recognised_in_any_case() {
        assert!(READ_HEADERS.iter().all(|name| is_read_header(name.as_bytes())));
        assert!(READ_HEADERS.iter().all(|name| is_read_header(name.to_ascii_uppercase().as_bytes())));
        // `Cookie` is as long as `Origin`.
        for name in ["", "Cookie", "Access-Control-Allow-Origin", "Access-Control-Request-Methods"] {
            assert!(!is_read_header(name.as_bytes()), "{name}");
        }
    }
}
