//! Heads as people write them down: in lists, tables, comments and columns, and without the version of HTTP.

use super::head::{header_line, may_begin_head, request_line, status_line};
use super::options::has_scheme;
use crate::exchange::Headers;

/// The methods that people write in front of a URL.
pub(super) const METHODS: [&[u8]; 7] = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"];

/// Longest first line of a response, in bytes. A longer one is a sentence.
const STATUS_LINE: usize = 60;

/// The line as it would be in a head. `None`: it is that already, or something else. `within`: a head has begun, so a header may have any
/// name.
pub(super) fn undecorated(line: &[u8], within: bool) -> Option<Vec<u8>> {
    let text = line.trim_ascii();
    let code = text.strip_prefix(b"`").and_then(|rest| rest.strip_suffix(b"`")).filter(|code| !code.contains(&b'`'));
    let text = code.unwrap_or(text);
    arrow(text)
        .or_else(|| directed(text))
        .or_else(|| row(text))
        .or_else(|| item(text, within))
        .or_else(|| member(text))
        .or_else(|| column(line))
        .or_else(|| code.filter(|code| !code.is_empty()).map(<[u8]>::to_vec))
}

/// `→ OPTIONS https://b.example/x` and `← 204`, and mitmproxy's `<< HTTP/2.0 401`. People draw the arrows in either direction.
fn directed(text: &[u8]) -> Option<Vec<u8>> {
    const MARKS: [&str; 10] = ["→ ", "-> ", "=> ", ">> ", "--> ", "← ", "<- ", "<= ", "<< ", "<-- "];
    let Some(rest) = MARKS.iter().find_map(|mark| text.strip_prefix(mark.as_bytes())) else {
        // mitmproxy names the client first: `192.0.2.1:50122: GET https://b.example/x HTTP/2.0`.
        let space = text.iter().position(|&b| b == b' ')?;
        let (client, rest) = (text.get(..space)?, text.get(space + 1..)?);
        let is_client = client.ends_with(b":") && client.iter().filter(|b| b.is_ascii_digit()).count() > 4;
        return (is_client && request_line(rest).is_some()).then(|| rest.to_vec());
    };
    let rest = rest.trim_ascii();
    if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit) {
        return Some([b"Status: ", rest].concat());
    }
    let is_first = bare_request(rest).is_some()
        || request_line(rest).is_some()
        || bare_status(rest).is_some()
        || status_line(rest).is_some();
    is_first.then(|| rest.to_vec())
}

/// `Vary →Origin`, as Postman writes it.
fn arrow(text: &[u8]) -> Option<Vec<u8>> {
    const ARROW: &[u8] = "→".as_bytes();
    let at = text.windows(ARROW.len()).position(|part| part == ARROW)?;
    header(text.get(..at)?, text.get(at + ARROW.len()..)?)
}

/// `| Vary | Origin |`, a row of a table in Markdown.
fn row(text: &[u8]) -> Option<Vec<u8>> {
    let inner = text.strip_prefix(b"|")?;
    let mut cells = inner.strip_suffix(b"|").unwrap_or(inner).split(|&b| b == b'|').map(without_marks);
    let (name, value) = (cells.next()?, cells.next()?);
    let is_rule = name.iter().all(|b| matches!(b, b'-' | b':'));
    (cells.next().is_none() && !is_rule).then(|| header(&name, &value))?
}

/// `- Vary: Origin`, `# Vary: Origin`, `**Vary:** Origin`: an item of a list, a comment, bold text.
fn item(text: &[u8], within: bool) -> Option<Vec<u8>> {
    let marks = [b"- ".as_slice(), b"* ", b"+ ", b"# ", b"// ", "• ".as_bytes(), "· ".as_bytes()];
    let rest = marks.into_iter().find_map(|mark| text.strip_prefix(mark)).unwrap_or(text);
    let plain = without_marks(rest);
    let is_one = is_of_head(&plain) || (within && header_line(&plain).is_some());
    (plain != text && is_one).then_some(plain)
}

/// `"Vary": "Origin",`, as an object of headers is printed.
fn member(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b",").unwrap_or(text);
    let mark = *text.first().filter(|mark| matches!(mark, b'"' | b'\''))?;
    let (name, rest) = split_once(text.get(1..)?, mark)?;
    let value = rest.trim_ascii_start().strip_prefix(b":")?.trim_ascii_start();
    let (value, end) = split_once(value.get(1..).filter(|_| value.first() == Some(&mark))?, mark)?;
    (end.is_empty() && may_begin_head(name)).then(|| header(name, value))?
}

/// `Vary<TAB>Origin`, as tables of debugging proxies are copied.
fn column(line: &[u8]) -> Option<Vec<u8>> {
    let (name, value) = split_once(line, b'\t')?;
    (!value.contains(&b'\t') && !METHODS.contains(&name)).then(|| header(name, value))?
}

fn split_once(text: &[u8], by: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&b| b == by)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// A header, if the name can be one.
fn header(name: &[u8], value: &[u8]) -> Option<Vec<u8>> {
    let name = name.trim_ascii();
    let name = name.strip_suffix(b":").unwrap_or(name);
    let token = name.strip_prefix(b":").unwrap_or(name);
    let value = value.trim_ascii();
    ((corsac::is_token(token) || is_of_request(name)) && !value.is_empty()).then(|| [name, b": ", value].concat())
}

/// What the network panel calls the parts of a request, with a blank.
fn is_of_request(name: &[u8]) -> bool {
    [b"Request URL".as_slice(), b"Request Method", b"Status Code"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Without the marks of bold text and code.
fn without_marks(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text.trim_ascii();
    while let Some((first, more)) = rest.split_first() {
        let is_bold = *first == b'*' && more.first() == Some(&b'*');
        if !is_bold && *first != b'`' {
            plain.push(*first);
        }
        rest = if is_bold { more.get(1..).unwrap_or_default() } else { more };
    }
    plain.trim_ascii().to_vec()
}

/// Whether a line is one of a head, or of a request that somebody describes.
fn is_of_head(line: &[u8]) -> bool {
    let is_header = |(name, value): (&[u8], &[u8])| {
        let names = [b"url".as_slice(), b"method", b"status", b"page"];
        !value.is_empty() && (may_begin_head(name) || names.iter().any(|known| known.eq_ignore_ascii_case(name)))
    };
    status_line(line).is_some()
        || request_line(line).is_some()
        || bare_request(line).is_some()
        || bare_status(line).is_some()
        || header_line(line).is_some_and(is_header)
        || line.iter().position(|&b| b == b':').and_then(|at| line.get(..at)).is_some_and(is_of_request)
}

/// `OPTIONS https://b.example/x`, and nothing else on the line.
pub(super) fn bare_request(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"Request:").or_else(|| line.strip_prefix(b"request:")).unwrap_or(line);
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let (method, url) = (words.next()?, words.next()?);
    // `(with cookies)` may follow.
    let is_one = words.next().is_none_or(|word| word.starts_with(b"(")) && METHODS.contains(&method);
    let is_url = url.starts_with(b"http://") || url.starts_with(b"https://");
    (is_one && is_url && has_scheme(url)).then_some((method, url))
}

/// `204 No Content`, `Status: 204`, `HTTP 403 Forbidden`, and nothing else on the line.
pub(super) fn bare_status(line: &[u8]) -> Option<u16> {
    const REASONS: [&str; 31] = [
        "OK",
        "Created",
        "Accepted",
        "No Content",
        "Moved Permanently",
        "Found",
        "See Other",
        "Not Modified",
        "Temporary Redirect",
        "Permanent Redirect",
        "Bad Request",
        "Unauthorized",
        "Forbidden",
        "Not Found",
        "Method Not Allowed",
        "Not Acceptable",
        "Proxy Authentication Required",
        "Request Timeout",
        "Conflict",
        "Gone",
        "Request Entity",
        "Payload Too",
        "Content Too",
        "Unsupported Media",
        "Unprocessable",
        "Too Many Requests",
        "Internal Server Error",
        "Not Implemented",
        "Bad Gateway",
        "Service Unavailable",
        "Gateway Time",
    ];
    let line = line.trim_ascii();
    let text = str::from_utf8(line).ok().filter(|text| text.len() <= STATUS_LINE)?;
    if let Some(status) = text.strip_prefix("<Response [").and_then(|rest| rest.strip_suffix("]>")) {
        return status.parse().ok();
    }
    // `Response status: 403`, of which each word may be missing.
    let mut rest = text;
    for word in ["preflight", "OPTIONS", "response", "http", "status", "code"] {
        let (start, after) = rest.split_at_checked(word.len()).unwrap_or(("", rest));
        if start.eq_ignore_ascii_case(word) && after.starts_with([' ', ':']) {
            rest = after.trim_start_matches([' ', ':']);
        }
    }
    let is_named = rest.len() < text.len();
    let (digits, reason) = rest.split_at_checked(3)?;
    let status = digits.parse().ok().filter(|status| (100..=599).contains(status))?;
    let reason = reason.trim_start_matches([' ', ':', '-']);
    let is_known =
        REASONS.iter().any(|known| reason.get(..known.len()).is_some_and(|start| start.eq_ignore_ascii_case(known)));
    (is_known || (is_named && reason.is_empty())).then_some(status)
}

/// `{'Vary': 'Origin', 'Server': 'nginx'}`, as Python and Node.js print headers. `None`: no name is one of a head's.
pub(super) fn printed(line: &[u8]) -> Option<Headers> {
    let text = str::from_utf8(line).ok()?.trim();
    let inner = text.get(text.find('{')? + 1..)?;
    if !inner.trim_start().starts_with(['\'', '"']) {
        return None;
    }
    let mut parts = inner.split(['\'', '"']);
    let mut headers = Headers::new();
    parts.next();
    while let (Some(name), Some(colon), Some(value)) = (parts.next(), parts.next(), parts.next()) {
        if colon.trim() != ":" || !corsac::is_token(name.as_bytes()) {
            break;
        }
        headers.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
        if parts.next().is_none_or(|between| between.trim() != ",") {
            break;
        }
    }
    headers.iter().any(|(name, _)| may_begin_head(name)).then_some(headers)
}

/// A header with white space before its colon, which is only how somebody writes it.
pub(super) fn without_space(line: &[u8]) -> Option<Vec<u8>> {
    let (name, value) = split_once(line, b':')?;
    let bare = name.trim_ascii_end();
    (bare.len() < name.len() && may_begin_head(bare)).then(|| header(bare, value))?
}

#[cfg(test)]
mod tests {
    use super::{bare_request, bare_status, printed, undecorated, without_space};

    #[test]
    fn marks_of_markdown_and_postman_go() {
        for (line, expected) in [
            ("Vary →Origin", Some("Vary: Origin")),
            ("`Access-Control-Allow-Origin → *`", Some("Access-Control-Allow-Origin: *")),
            ("`Vary: Origin`", Some("Vary: Origin")),
            ("Vary: Origin", None),
            ("a b → c", None),
            ("```", None),
            ("`a` and `b`", None),
            ("| Vary | `Origin` |", Some("Vary: Origin")),
            ("| **Status Code** | 403 |", Some("Status Code: 403")),
            ("|---|---|", None),
            ("| a | b | c |", None),
            ("- Origin: https://a.test", Some("Origin: https://a.test")),
            ("* **URL:** `https://b.test/`", Some("URL: https://b.test/")),
            ("- `OPTIONS https://b.test/x`", Some("OPTIONS https://b.test/x")),
            ("# HTTP/1.1 403 Forbidden", Some("HTTP/1.1 403 Forbidden")),
            ("- a thing: that", None),
            ("# curl -i https://b.test", None),
            ("\"Vary\": \"Origin\",", Some("Vary: Origin")),
            ("'x': 'y'", None),
            ("Vary\tOrigin", Some("Vary: Origin")),
            ("→ PUT https://b.test/x", Some("PUT https://b.test/x")),
            ("← 204", Some("Status: 204")),
            ("<< HTTP/2.0 401 Unauthorized 27b", Some("HTTP/2.0 401 Unauthorized 27b")),
            ("-> 12 items", None),
            ("-> 200 OK", Some("200 OK")),
            ("192.0.2.1:50122: GET https://b.test/x HTTP/2.0", Some("GET https://b.test/x HTTP/2.0")),
            ("12:03:44: it fails", None),
            ("GET\thttps://b.test/", None),
            ("a\tb\tc", None),
            ("\tfolded", None),
        ] {
            assert_eq!(undecorated(line.as_bytes(), false), expected.map(|text| text.as_bytes().to_vec()), "{line}");
        }
    }

    #[test]
    fn within_a_head_an_item_may_have_any_name() {
        for (within, expected) in [(true, Some(b"X-Trace: 7".to_vec())), (false, None)] {
            assert_eq!(undecorated(b"# X-Trace: 7", within), expected);
        }
    }

    #[test]
    fn printed_headers_are_read() {
        let names = |line: &str| printed(line.as_bytes()).map(|headers| headers.len());
        assert_eq!(names("{'Content-Type': 'text/html', 'Server': 'gunicorn'}"), Some(2));
        assert_eq!(names("Headers {\"vary\": \"Origin\"}"), Some(1));
        for line in ["{'a': 'b'}", "{}", "{'vary'", "{ vary: 'Origin' }", "no"] {
            assert_eq!(names(line), None, "{line}");
        }
        assert_eq!(without_space(b"Vary : Origin"), Some(b"Vary: Origin".to_vec()));
        assert_eq!(without_space(b"Vary: Origin"), None);
    }

    #[test]
    fn first_lines_are_known_without_the_version_of_http() {
        assert_eq!(bare_request(b"PUT  https://b.test/x "), Some((&b"PUT"[..], &b"https://b.test/x"[..])));
        for line in ["GET https://b.test/x 404", "get https://b.test", "GET /x", "see https://b.test"] {
            assert_eq!(bare_request(line.as_bytes()), None, "{line}");
        }
        for line in [
            "204 No Content",
            "Status: 204",
            "status code: 204 no content",
            "HTTP 204",
            "204 OK  12 ms",
            "Response: 204 No Content",
            "Response status: 204",
            "Preflight status: 204",
            "<Response [204]>",
        ] {
            assert_eq!(bare_status(line.as_bytes()), Some(204), "{line}");
        }
        for line in ["204", "204 things", "Status: fine", "http://b.test", "HTTP/1.1 204", "status 7", "2040 OK"] {
            assert_eq!(bare_status(line.as_bytes()), None, "{line}");
        }
    }
}
