//! The scheme of an origin: its form, its default port, and where it ends.

/// The port that a browser leaves out. Only the schemes of web pages have one here.
pub(crate) fn default_port(scheme: &[u8]) -> Option<u32> {
    match scheme {
        b"http" => Some(80),
        b"https" => Some(443),
        _ => None,
    }
}

/// Whether this is `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` in lower case ([RFC 3986 section
/// 3.1](https://www.rfc-editor.org/rfc/rfc3986#section-3.1)).
pub(crate) fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_lowercase)
        && scheme.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'))
}

/// Finds `://`.
pub(crate) fn find_authority(text: &[u8]) -> Option<usize> {
    text.windows(3).position(|three| three == b"://")
}
