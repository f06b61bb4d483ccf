//! Methods: how they are normalised, which are safelisted, and which are forbidden ([Fetch
//! 2.2.1](https://fetch.spec.whatwg.org/#methods)).

/// Normalises a method as the Fetch standard does: `DELETE`, `GET`, `HEAD`, `OPTIONS`, `POST` and
/// `PUT` in any case become upper case; every other method stays as it is (`patch` stays `patch`).
///
/// ```
/// assert_eq!(corsac::normalize_method(b"put"), b"PUT");
/// assert_eq!(corsac::normalize_method(b"patch"), b"patch");
/// ```
#[must_use]
pub fn normalize_method(method: &[u8]) -> &[u8] {
    const NORMAL: [&[u8]; 6] = [b"DELETE", b"GET", b"HEAD", b"OPTIONS", b"POST", b"PUT"];
    NORMAL.into_iter().find(|normal| normal.eq_ignore_ascii_case(method)).unwrap_or(method)
}

/// Whether this is `GET`, `HEAD` or `POST`. Browsers allow these, whatever the server lists.
#[inline]
pub(crate) fn is_safelisted(method: &[u8]) -> bool {
    matches!(method, b"GET" | b"HEAD" | b"POST")
}

/// Whether this is `CONNECT`, `TRACE` or `TRACK`, in any case. Scripts cannot send these.
#[inline]
pub(crate) fn is_forbidden(method: &[u8]) -> bool {
    const FORBIDDEN: [&[u8]; 3] = [b"CONNECT", b"TRACE", b"TRACK"];
    FORBIDDEN.into_iter().any(|forbidden| forbidden.eq_ignore_ascii_case(method))
}
