//! A script's request from options (`--origin`, `--method`, `--header`, `--credentials`), as eval, explain and probe take them.

use std::ffi::OsString;

use corsac::browser::{Credentials, Mode, RequestHeader, is_forbidden_header};
use corsac::{Escaped, is_token, normalize_method};

use corsac_hosted::exchange::ScriptRequest;

/// What the options name. The error is a sentence: no browser sends this.
pub(crate) fn script_request(
    origin: Option<&OsString>,
    method: Option<&OsString>,
    headers: &[OsString],
    credentials: bool,
) -> Result<ScriptRequest, String> {
    let origin = origin.map(|origin| origin.as_encoded_bytes());
    if let Some(origin) = origin
        && (origin.is_empty() || origin.iter().any(|byte| !matches!(byte, 0x21..=0x7E)))
    {
        return Err(format!("no browser sends the origin \"{}\"", Escaped(origin)));
    }
    let method = method.map(|method| normalize_method(method.as_encoded_bytes()));
    if let Some(method) = method.filter(|method| !is_token(method)) {
        return Err(format!("\"{}\" is no method", Escaped(method)));
    }
    let own = |(name, value): RequestHeader<'_>| (name.to_vec(), value.map(<[u8]>::to_vec));
    let headers = headers.iter().map(|line| header(line.as_encoded_bytes()).map(own)).collect::<Result<_, _>>()?;
    Ok(ScriptRequest {
        origin: origin.map(<[u8]>::to_vec),
        method: method.map(<[u8]>::to_vec),
        headers,
        credentials: credentials.then_some(Credentials::Include),
        mode: Mode::Cors,
        ..ScriptRequest::default()
    })
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
