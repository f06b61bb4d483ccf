//! The adapter: turns the head of a request into a whole response. It responds to preflights itself
//! and passes everything else to the application. Every response gets the decision's headers.

use corsac::{Policy, Request};

use crate::thermostat;

/// A whole response. Those of this device have less than 300 bytes. One that does not fit is not
/// sent.
pub type Response = heapless::Vec<u8, 1024>;

/// The response was longer than [`Response`].
#[derive(Debug)]
pub struct Full;

/// Room for the header lines of a request. Browsers send about 20. A request with more gets the same
/// response as one that is not HTTP.
pub type Lines<'head> = [httparse::Header<'head>; 32];

/// No header lines yet.
pub const EMPTY_LINES: Lines<'static> = [httparse::EMPTY_HEADER; 32];

/// The most `Access-Control-Request-Headers` lines. Browsers send one, and a proxy may split it. A
/// preflight with more is denied.
const REQUESTED_HEADERS_LINES: usize = 4;

/// What the first bytes of a connection are.
pub enum Head<'lines, 'head> {
    /// A request, and the number of bytes that its head takes.
    Whole(httparse::Request<'lines, 'head>, usize),
    /// The beginning of a head.
    Partial,
    /// Not HTTP, or more lines than there is room for.
    Malformed,
}

/// What happens to the connection after the response.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// It stays open for the next request.
    Keep,
    /// The device closes it, and the response says so.
    Close,
}

/// Reads the head of a request.
#[inline]
pub fn parse<'lines, 'head>(bytes: &'head [u8], lines: &'lines mut Lines<'head>) -> Head<'lines, 'head> {
    let mut request = httparse::Request::new(lines);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(length)) => Head::Whole(request, length),
        Ok(httparse::Status::Partial) => Head::Partial,
        Err(_) => Head::Malformed,
    }
}

/// Writes the response to this request, or to bytes that are none.
#[inline]
pub fn respond(
    policy: &Policy<&[u8]>,
    parsed: Option<&httparse::Request<'_, '_>>,
    after: After,
    response: &mut Response,
) -> Result<(), Full> {
    let method = parsed.and_then(|parsed| parsed.method);

    // Pass every header line: the engine picks those it reads and counts them. Bytes that are not
    // HTTP have none, so they count as a plain request.
    let mut request = Request::<REQUESTED_HEADERS_LINES>::with_lines(method.unwrap_or_default());
    for line in parsed.map_or(&[][..], |parsed| &*parsed.headers) {
        request.header(line.name, line.value);
    }
    let decision = policy.evaluate(&request);

    let (status, length, body) = match (decision.status(), method) {
        (Some(status), _) => (status, 0, ""),
        // Allowed or not: a denied request is never refused. Only its response is not shared with
        // the page.
        (None, Some(method)) => thermostat::respond(method),
        (None, None) => (400, 0, ""),
    };
    response.clear();
    let mut number = itoa::Buffer::new();
    // The reason phrase is optional, but the space before it is not.
    write(response, &[b"HTTP/1.1 ", number.format(status).as_bytes(), b" \r\n"])?;
    for header in decision.headers() {
        write(response, &[header.name.as_bytes(), b": ", header.value, b"\r\n"])?;
    }
    if length > 0 {
        write(response, &[b"Content-Type: application/json\r\n"])?;
    }
    // A 204 never has content.
    if status != 204 {
        write(response, &[b"Content-Length: ", number.format(length).as_bytes(), b"\r\n"])?;
    }
    if after == After::Close {
        write(response, &[b"Connection: close\r\n"])?;
    }
    write(response, &[b"\r\n", body.as_bytes()])
}

fn write(response: &mut Response, parts: &[&[u8]]) -> Result<(), Full> {
    parts.iter().try_for_each(|part| response.extend_from_slice(part).map_err(|_| Full))
}
