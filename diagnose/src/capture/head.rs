//! The lines of a message head, one by one ([RFC 9112](https://www.rfc-editor.org/rfc/rfc9112.html#name-message-format)).

use corsac::browser::HttpVersion;
use corsac::is_token;

use crate::exchange::Headers;

/// The first line of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatusLine<'a> {
    pub(super) http_version: HttpVersion,
    pub(super) status: u16,
    pub(super) reason: &'a [u8],
}

/// The first line of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RequestLine<'a> {
    pub(super) method: &'a [u8],
    pub(super) target: &'a [u8],
}

/// `HTTP/1.1 200 OK`, `HTTP/2 200`.
pub(super) fn status_line(line: &[u8]) -> Option<StatusLine<'_>> {
    let (http_version, rest) = version(line)?;
    let rest = rest.strip_prefix(b" ")?;
    let (digits, reason) = rest.split_at_checked(3)?;
    let status = str::from_utf8(digits).ok()?.parse().ok().filter(|status| (100..=999).contains(status))?;
    let ends = matches!(reason.first(), None | Some(b' ')) && digits.iter().all(u8::is_ascii_digit);
    ends.then_some(StatusLine { http_version, status, reason: reason.trim_ascii() })
}

/// `OPTIONS /path HTTP/1.1`.
pub(super) fn request_line(line: &[u8]) -> Option<RequestLine<'_>> {
    let mut words = line.trim_ascii_end().split(|&b| b == b' ');
    let (method, target, version) = (words.next()?, words.next()?, words.next()?);
    let is_one = words.next().is_none() && !target.is_empty() && is_token(method);
    (is_one && self::version(version)?.1.is_empty()).then_some(RequestLine { method, target })
}

/// `HTTP/1.1`, `HTTP/2` and so on, and what follows.
fn version(line: &[u8]) -> Option<(HttpVersion, &[u8])> {
    const VERSIONS: [(&[u8], HttpVersion); 6] = [
        (b"1.1", HttpVersion::Http1),
        (b"1.0", HttpVersion::Http1),
        (b"2.0", HttpVersion::Http2),
        (b"3.0", HttpVersion::Http2),
        (b"2", HttpVersion::Http2),
        (b"3", HttpVersion::Http2),
    ];
    let rest = line.strip_prefix(b"HTTP/")?;
    VERSIONS.into_iter().find_map(|(name, version)| Some((version, rest.strip_prefix(name)?)))
}

/// A status line at the end of a line, behind a body without a line end.
pub(super) fn glued_status_line(line: &[u8]) -> Option<StatusLine<'_>> {
    let at = line.windows(5).rposition(|part| part == b"HTTP/")?;
    let found = status_line(line.get(at..)?)?;
    let is_phrase = found.reason.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'\''));
    is_phrase.then_some(found)
}

/// `Name: value`, without white space around the value. The name may be a pseudo header's, such as `:method`.
pub(super) fn header_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let pseudo = usize::from(line.first() == Some(&b':'));
    let colon = pseudo + line.get(pseudo..)?.iter().position(|&b| b == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    is_token(name.get(pseudo..)?).then(|| (name, trimmed(value)))
}

/// The same with white space between the name and the colon, which stays with the name: Chromium takes it off, other browsers ignore the line.
pub(super) fn spaced_header_line(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = line.iter().position(|&b| b == b':')?;
    let (name, value) = (line.get(..colon)?, line.get(colon + 1..)?);
    is_token_with_space(name).then(|| (name, trimmed(value)))
}

/// Whether a name is a token with white space behind it.
///
/// ```
/// use corsac_diagnose::capture::is_token_with_space;
/// assert!(is_token_with_space(b"Access-Control-Allow-Origin "));
/// assert!(!is_token_with_space(b"Access Control") && !is_token_with_space(b"Vary"));
/// ```
pub fn is_token_with_space(name: &[u8]) -> bool {
    let end = name.iter().rposition(|b| !is_blank(b)).map_or(0, |at| at + 1);
    end < name.len() && name.get(..end).is_some_and(is_token)
}

fn is_blank(b: &u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// Without the white space that HTTP takes off a value.
fn trimmed(value: &[u8]) -> &[u8] {
    let start = value.iter().position(|b| !is_blank(b)).unwrap_or(value.len());
    let end = value.iter().rposition(|b| !is_blank(b)).map_or(start, |at| at + 1);
    value.get(start..end).unwrap_or_default()
}

/// Whose headers they are, if there is no first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    Request,
    Response,
}

/// Decides by names that only one of the two has.
pub(super) fn whose(headers: &Headers) -> Option<Whose> {
    headers.iter().find_map(|(name, _)| whose_name(name))
}

pub(super) fn whose_name(name: &[u8]) -> Option<Whose> {
    const REQUEST: [&str; 11] = [
        "origin",
        "authorization",
        "host",
        ":method",
        ":authority",
        ":path",
        "access-control-request-method",
        "access-control-request-headers",
        "referer",
        "user-agent",
        "cookie",
    ];
    const RESPONSE: [&str; 13] = [
        ":status",
        "access-control-allow-origin",
        "access-control-allow-credentials",
        "access-control-allow-methods",
        "access-control-allow-headers",
        "access-control-expose-headers",
        "access-control-max-age",
        "vary",
        "server",
        "set-cookie",
        "allow",
        "location",
        "etag",
    ];
    let is_in = |names: &[&str]| names.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(name));
    if is_in(&REQUEST) { Some(Whose::Request) } else { is_in(&RESPONSE).then_some(Whose::Response) }
}

/// Whether a head without a first line may begin with this name.
pub(super) fn may_begin_head(name: &[u8]) -> bool {
    const NEUTRAL: [&str; 6] = ["content-type", "content-length", "date", "cache-control", ":scheme", "accept"];
    whose_name(name).is_some() || NEUTRAL.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use corsac::browser::HttpVersion;

    use super::{glued_status_line, header_line, request_line, spaced_header_line, status_line};

    #[test]
    fn reads_the_first_line_of_every_version() {
        for line in ["HTTP/1.1 204 No Content", "HTTP/1.0 204", "HTTP/2 204 ", "HTTP/3 204", "HTTP/2.0 204"] {
            let found = status_line(line.as_bytes()).unwrap();
            let version = if line.starts_with("HTTP/1") { HttpVersion::Http1 } else { HttpVersion::Http2 };
            assert_eq!((found.status, found.http_version), (204, version), "{line}");
        }
        for line in
            ["HTTP/1.1 20", "HTTP/1.1 2000", "HTTP/9 200", "HTTP/1.1  200", "http/1.1 200", "HTTP/1.1 +20", "HTTP/"]
        {
            assert_eq!(status_line(line.as_bytes()), None, "{line}");
        }
        assert_eq!(request_line(b"OPTIONS /x?a=b HTTP/2").unwrap().target, b"/x?a=b");
        assert_eq!(request_line(b"not a request"), None);
    }

    #[test]
    fn finds_a_head_behind_a_body_without_a_line_end() {
        assert_eq!(glued_status_line(b"{\"ok\":true}HTTP/1.1 204 No Content").unwrap().status, 204);
        assert_eq!(glued_status_line(b"<p>HTTP/1.1 200 OK</p>"), None);
        assert_eq!(glued_status_line(b"GET / HTTP/1.1"), None);
    }

    #[test]
    fn a_header_line_has_a_token_and_a_colon() {
        assert_eq!(header_line(b"X-A:\t b \xFF "), Some((&b"X-A"[..], &b"b \xFF"[..])));
        assert_eq!(header_line(b":method: OPTIONS"), Some((&b":method"[..], &b"OPTIONS"[..])));
        for line in ["no colon", "X A: b", ": b", "", ":", "::", "X-A : b"] {
            assert_eq!(header_line(line.as_bytes()), None, "{line}");
        }
        assert_eq!(spaced_header_line(b"X-A \t: b "), Some((&b"X-A \t"[..], &b"b"[..])));
        for line in ["X-A: b", "X A : b", " : b", "X-A ", ""] {
            assert_eq!(spaced_header_line(line.as_bytes()), None, "{line}");
        }
    }
}
