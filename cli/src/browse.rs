//! What a browser sends for a script's request: the preflight, if it needs one, and the request. The rules are core's.

use corsac::browser::{RequestHeader, RequestedHeaders, is_forbidden_header, is_forbidden_method, needs_preflight};
use corsac::{Escaped, is_token, normalize_method};

/// Header lines, as they go over the wire.
pub(crate) type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// What a browser sends.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) preflight: Option<Lines>,
    pub(crate) method: Vec<u8>,
    pub(crate) request: Lines,
}

/// What a page of `origin` makes its browser send. The error is a sentence: no browser sends this.
pub(crate) fn sent(origin: &[u8], method: &[u8], headers: &[&[u8]]) -> Result<Sent, String> {
    let method = normalize_method(method);
    if !is_token(method) {
        return Err(format!("\"{}\" is no method", Escaped(method)));
    }
    if is_forbidden_method(method) {
        return Err(format!("no script can send the method {}", Escaped(method)));
    }
    if origin.is_empty() || origin.iter().any(|byte| !matches!(byte, 0x21..=0x7E)) {
        return Err(format!("no browser sends the origin \"{}\"", Escaped(origin)));
    }
    let headers = headers.iter().map(|line| header(line)).collect::<Result<Vec<_>, _>>()?;
    let own = |name: &str, value: &[u8]| (name.as_bytes().to_vec(), value.to_vec());
    let preflight = needs_preflight(method, &headers).then(|| {
        let mut lines = vec![own("Origin", origin), own("Access-Control-Request-Method", method)];
        let names = RequestedHeaders(&headers);
        if !names.is_empty() {
            lines.push(own("Access-Control-Request-Headers", names.to_string().as_bytes()));
        }
        lines
    });
    let mut request = vec![own("Origin", origin)];
    request.extend(headers.iter().map(|(name, value)| (name.to_vec(), value.unwrap_or(b"...").to_vec())));
    Ok(Sent { preflight, method: method.to_vec(), request })
}

/// `NAME` or `NAME: VALUE`.
fn header(line: &[u8]) -> Result<RequestHeader<'_>, String> {
    let mut parts = line.splitn(2, |&byte| byte == b':');
    let name = parts.next().unwrap_or_default().trim_ascii();
    let value = parts.next().map(<[u8]>::trim_ascii);
    if !is_token(name) {
        return Err(format!("\"{}\" is no header name: write NAME or NAME: VALUE", Escaped(name)));
    }
    if value.is_some_and(|value| value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n'))) {
        return Err(format!("the value of {} holds a byte that no header can hold", Escaped(name)));
    }
    if is_forbidden_header((name, value)) {
        return Err(format!("no script can set the header {}", Escaped(name)));
    }
    Ok((name, value))
}
