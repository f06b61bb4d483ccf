//! The adapter: turns the head of a request into a whole response. It responds to preflights itself
//! and passes everything else to the application. Every response gets the decision's headers.

use corsac::{Policy, Request};

use crate::thermostat;

/// A whole response. Those of this device have less than 300 bytes. One that does not fit is not
/// sent.
pub(crate) type Response = heapless::Vec<u8, 1024>;

/// The response was longer than [`Response`].
#[derive(Debug)]
pub(crate) struct Full;

/// The most header lines that a request can have: browsers send about 20. One with more gets the
/// same response as one that is not HTTP.
const LINES: usize = 32;

/// The most `Access-Control-Request-Headers` lines. Browsers send one, and a proxy may split it. A
/// preflight with more is denied.
const REQUESTED_HEADERS_LINES: usize = 4;

/// Writes the response to the request with this head.
pub(crate) fn respond(policy: &Policy<&[u8]>, head: &[u8], response: &mut Response) -> Result<(), Full> {
    let mut lines = [httparse::EMPTY_HEADER; LINES];
    let mut parsed = httparse::Request::new(&mut lines);
    let is_whole = parsed.parse(head).is_ok_and(|status| status.is_complete());
    let method = parsed.method.filter(|_| is_whole);

    // Pass every header line: the engine picks those it reads and counts them. A head that is not
    // HTTP has none, so it counts as a plain request.
    let mut request = Request::<REQUESTED_HEADERS_LINES>::with_lines(method.unwrap_or_default());
    for line in parsed.headers.iter().filter(|_| is_whole) {
        request.header(line.name, line.value);
    }
    let decision = policy.evaluate(&request);

    let (status, body) = match (decision.status(), method) {
        (Some(status), _) => (status, ""),
        // Allowed or not: a denied request is never refused. Only its response is not shared with
        // the page.
        (None, Some(method)) => thermostat::respond(method),
        (None, None) => (400, ""),
    };
    response.clear();
    let mut number = itoa::Buffer::new();
    // The reason phrase is optional, but the space before it is not.
    write(response, &[b"HTTP/1.1 ", number.format(status).as_bytes(), b" \r\n"])?;
    for header in decision.headers() {
        write(response, &[header.name.as_bytes(), b": ", header.value, b"\r\n"])?;
    }
    if !body.is_empty() {
        write(response, &[b"Content-Type: application/json\r\n"])?;
    }
    // A 204 never has content.
    if status != 204 {
        write(response, &[b"Content-Length: ", number.format(body.len()).as_bytes(), b"\r\n"])?;
    }
    write(response, &[b"\r\n", body.as_bytes()])
}

fn write(response: &mut Response, parts: &[&[u8]]) -> Result<(), Full> {
    parts.iter().try_for_each(|part| response.extend_from_slice(part).map_err(|_| Full))
}
