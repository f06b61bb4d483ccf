//! Reads the head of a response as leniently as browsers do: folded lines and lines that are not a header pass. hyper reads the head. What
//! it drops and a browser reads is added: headers with a control byte in the value, and those with white space before the colon. Names are
//! as the server spells them, because Firefox counts the lines of a name by its spelling.

use std::collections::{HashMap, VecDeque};
use std::error::Error;
use std::io;
use std::pin::pin;

use corsac::is_token;
use hyper::client::conn::http1;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::connection::Place;
use super::recorded::{Record, Recorded};
use super::tls;
use super::trouble::Trouble;
use corsac_diagnose::capture::is_token_with_space;
use corsac_diagnose::exchange::{Headers, Response};

/// How many headers a response can have. Browsers only limit the bytes, but hyper needs room for every header in advance.
const LINES_LIMIT: usize = 4096;

/// Sends `request` and waits for the head of its response, of at most `limit` bytes. Interim responses (100, 103) are skipped, and a body is not read.
pub(super) async fn receive<S>(
    stream: Recorded<S>,
    request: Request<String>,
    place: &Place,
    secure: bool,
    limit: usize,
) -> Result<Response, Trouble>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let record = stream.record();
    let failed = |error: hyper::Error| trouble(&error, place, &record, secure, limit);
    let (mut sender, connection) = builder(limit).handshake(TokioIo::new(stream)).await.map_err(failed)?;
    let mut connection = pin!(connection);
    let mut sent = pin!(sender.send_request(request));
    let response = tokio::select! {
        biased;
        response = &mut sent => response,
        ended = &mut connection => match (sent.await, ended) {
            // The connection knows why the request failed.
            (Err(error), Err(why)) if error.is_canceled() => Err(why),
            (response, _) => response,
        },
    }
    .map_err(failed)?;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Trouble::Switched { place: place.to_string() });
    }
    Ok(as_sent(&response, &record))
}

/// How a head is read.
pub(super) fn builder(limit: usize) -> http1::Builder {
    let mut builder = http1::Builder::new();
    builder
        .title_case_headers(true)
        .allow_obsolete_multiline_headers_in_responses(true)
        .ignore_invalid_headers_in_responses(true)
        .max_headers(LINES_LIMIT)
        .max_header_size(limit)
        .max_buf_size(limit);
    builder
}

/// Status and headers as a server of HTTP/1 sent them: hyper writes names in lower case, and drops lines.
pub(super) fn as_sent<B>(response: &hyper::Response<B>, record: &Record) -> Response {
    let mut response = plain(response);
    let Lines { spellings, dropped } = record.look(Lines::of);
    let mut in_order: HashMap<Vec<u8>, VecDeque<Vec<u8>>> = HashMap::new();
    for spelled in spellings {
        in_order.entry(spelled.to_ascii_lowercase()).or_default().push_back(spelled);
    }
    for (name, _) in &mut response.headers {
        if let Some(spelled) = in_order.get_mut(name).and_then(VecDeque::pop_front) {
            *name = spelled;
        }
    }
    response.headers.extend(dropped);
    response
}

/// Status and headers.
pub(super) fn plain<B>(response: &hyper::Response<B>) -> Response {
    let line = |(name, value): (&hyper::header::HeaderName, &hyper::header::HeaderValue)| {
        (name.as_str().as_bytes().to_vec(), value.as_bytes().to_vec())
    };
    Response { status: response.status().as_u16(), headers: response.headers().iter().map(line).collect() }
}

/// What hyper leaves out of the last head that was read.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lines {
    /// The names of the lines that hyper keeps, in their order.
    spellings: Vec<Vec<u8>>,
    /// What it drops: headers with a control byte in the value, and those with white space before the colon. The white space stays with
    /// the name, because Chromium takes it off, and other browsers ignore such a header.
    dropped: Headers,
}

impl Lines {
    fn of(bytes: &[u8]) -> Self {
        let mut found = Self::default();
        let mut status = None;
        for line in bytes.split(|&byte| byte == b'\n') {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            match status {
                None if line.is_empty() => {}
                None => status = Some(line),
                // An interim response is followed by another response.
                Some(head) if line.is_empty() => {
                    if head.split(|&byte| byte == b' ').nth(1).is_none_or(|code| !code.starts_with(b"1")) {
                        break;
                    }
                    found = Self::default();
                    status = None;
                }
                Some(_) => {
                    let mut parts = line.splitn(2, |&byte| byte == b':');
                    if let (Some(name), Some(value)) = (parts.next(), parts.next()) {
                        let has_controls = value.iter().any(|&byte| byte != b'\t' && byte.is_ascii_control());
                        if is_token_with_space(name) || (has_controls && is_token(name)) {
                            found.dropped.push((name.to_vec(), without_blanks(value).to_vec()));
                        } else if is_token(name) {
                            found.spellings.push(name.to_vec());
                        }
                    }
                }
            }
        }
        found
    }
}

/// Removes blanks and tabs from the ends of a value, as HTTP does, and nothing else.
fn without_blanks(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Why there is no response, from the connection's error and what had been received by then.
pub(super) fn trouble(error: &hyper::Error, place: &Place, record: &Record, secure: bool, limit: usize) -> Trouble {
    let of_connection = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>());
    if let Some(error) = of_connection.and_then(tls::of_rustls) {
        return tls::said(error, place);
    }
    let start = record.start();
    let place = place.to_string();
    // The beginning of `HTTP` counts as HTTP.
    if !start.starts_with(b"HTTP/") && !b"HTTP/".starts_with(&start) {
        return Trouble::NotHttp { place, start };
    }
    if record.look(|bytes| bytes.len() >= limit || bytes.split(|&byte| byte == b'\n').count() > LINES_LIMIT) {
        return Trouble::HeadTooLarge { place, limit };
    }
    if error.is_incomplete_message() || error.is_canceled() {
        return Trouble::Closed { place, bytes: record.len(), secure };
    }
    match of_connection.map(|error| (error.kind(), error)) {
        Some((io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof, _)) => {
            Trouble::Closed { place, bytes: record.len(), secure }
        }
        Some((_, error)) => Trouble::Lost { place, why: error.to_string() },
        None => Trouble::Unparsable { place, why: error.to_string() },
    }
}

fn causes(error: &hyper::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

#[cfg(test)]
mod tests {
    use super::Lines;

    #[test]
    fn finds_dropped_lines_of_the_last_head_only() {
        let bytes = b"HTTP/1.1 103 Early\r\nA: \x01\r\nA : b\r\n\r\nHTTP/1.1 200 OK\r\nB: b\r\nACAO : \x01c \r\nno colon \x01\r\nD:\td\x7f\nE \t: e\r\n folded : f\r\n\r\nF: \x02\r\n";
        let pair = |name: &[u8], value: &[u8]| (name.to_vec(), value.to_vec());
        let Lines { spellings, dropped } = Lines::of(bytes);
        assert_eq!(dropped, [pair(b"ACAO ", b"\x01c"), pair(b"D", b"d\x7f"), pair(b"E \t", b"e")]);
        assert_eq!(spellings, [b"B"]);
        assert_eq!(Lines::of(b""), Lines::default());
        assert!(Lines::of(b"HTTP/1.1 200 OK\r\nA: b\tc\r\n\r\n").dropped.is_empty());
    }
}
