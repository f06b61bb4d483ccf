//! The parts of a serialised URL, as far as origins need them
//! ([URL 4.5](https://url.spec.whatwg.org/#url-serializing)).

use crate::syntax::number::decimal;
use crate::syntax::scheme::default_port;

/// Whether two URLs or origins have the same scheme, host and port. An opaque origin is the same
/// as none.
#[inline(never)]
pub(super) fn are_same_origin(a: &[u8], b: &[u8]) -> bool {
    matches!((Url::parse(a), Url::parse(b)), (Some(a), Some(b)) if a.is_same_origin(b))
}

/// A serialised URL, or a serialised origin.
#[derive(Clone, Copy)]
pub(super) struct Url<'a> {
    pub(super) scheme: &'a [u8],
    /// The text before `@`: `user:password`.
    pub(super) user_info: &'a [u8],
    pub(super) host: &'a [u8],
    /// Digits, or empty for the scheme's default port.
    pub(super) port: &'a [u8],
    /// Everything after the authority.
    pub(super) path: &'a [u8],
}

impl<'a> Url<'a> {
    /// `None` for a text without a scheme: an opaque origin, or not a URL.
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        let colon = text.iter().position(|&b| b == b':')?;
        let (scheme, rest) = text.split_at_checked(colon)?;
        let Some(rest) = rest.strip_prefix(b"://") else {
            return Some(Self { scheme, user_info: b"", host: b"", port: b"", path: rest.get(1..)? });
        };
        let end = rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#' | b'\\')).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end)?;
        let (user_info, host_and_port) = match authority.iter().rposition(|&b| b == b'@') {
            Some(at) => (authority.get(..at)?, authority.get(at.checked_add(1)?..)?),
            None => (b"".as_slice(), authority),
        };
        let digits = host_and_port.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let digits_at = host_and_port.len().checked_sub(digits)?;
        let (host, port) = match digits_at.checked_sub(1) {
            Some(colon) if host_and_port.get(colon) == Some(&b':') => {
                (host_and_port.get(..colon)?, host_and_port.get(digits_at..)?)
            }
            _ => (host_and_port, b"".as_slice()),
        };
        let is_default = default_port(scheme).is_some_and(|default| decimal(port, 65535) == Some(default));
        Some(Self { scheme, user_info, host, port: if is_default { b"" } else { port }, path })
    }

    pub(super) fn is_http(self) -> bool {
        matches!(self.scheme, b"http" | b"https")
    }

    /// Whether both have the same scheme, host and port.
    pub(super) fn is_same_origin(self, other: Self) -> bool {
        self.scheme == other.scheme && self.host == other.host && self.port == other.port
    }

    /// Whether there is a user name or a password. A bare `@` or `:@` has none.
    pub(super) fn has_user_info(self) -> bool {
        self.user_info.iter().any(|&b| b != b':')
    }
}

#[cfg(test)]
mod tests {
    use super::Url;

    #[test]
    fn takes_urls_and_origins_apart() {
        let url = Url::parse(b"https://user:pass@b.example:8443/x?y").unwrap();
        assert_eq!((url.scheme, url.host, url.port), (&b"https"[..], &b"b.example"[..], &b"8443"[..]));
        assert!(url.has_user_info() && url.is_http());
        let same = |a: &'static [u8], b: &'static [u8]| Url::parse(a).unwrap().is_same_origin(Url::parse(b).unwrap());
        assert!(same(b"https://b.example:443/", b"https://b.example"));
        assert!(same(b"http://[::1]:8080/", b"http://[::1]:8080"));
        assert!(!same(b"http://b.example:443/", b"https://b.example"));
        assert!(!same(b"http://b.example", b"http://b.example:8080"));
        assert!(!Url::parse(b"http://:@b.example/").unwrap().has_user_info());
        assert!(Url::parse(b"null").is_none() && Url::parse(b"data:text/plain,x").is_some());
    }
}
