//! A script's request as a person describes it: with the texts of `--method`, `--header` and `--credentials`, or of the same options elsewhere.

use corsac::browser::{Credentials, Mode, RequestHeader, is_forbidden_header};
use corsac::{Escaped, is_token, normalize_method};

use crate::exchange::ScriptRequest;

/// What the options name. The origin is taken as it is; each header is `NAME` or `NAME: VALUE`.
///
/// # Errors
///
/// One sentence, safe for a terminal: no script can send this.
///
/// ```
/// use corsac_diagnose::script_request;
/// let request = script_request(Some(b"https://app.example"), Some(b"put"), &[b"X-Trace: 1", b"X-Other"], true)?;
/// assert_eq!(request.method.as_deref(), Some(b"PUT".as_slice()));
/// assert_eq!(request.headers[1], (b"X-Other".to_vec(), None));
/// let error = script_request(None, None, &[b"Cookie: a=b"], false).unwrap_err();
/// assert_eq!(error, "scripts cannot set the header Cookie");
/// # Ok::<(), String>(())
/// ```
pub fn script_request(
    origin: Option<&[u8]>,
    method: Option<&[u8]>,
    headers: &[&[u8]],
    credentials: bool,
) -> Result<ScriptRequest, String> {
    let method = method.map(normalize_method);
    if let Some(method) = method.filter(|method| !is_token(method)) {
        return Err(format!("\"{}\" is not a valid method", Escaped(method)));
    }
    let own = |(name, value): RequestHeader<'_>| (name.to_vec(), value.map(<[u8]>::to_vec));
    let headers = headers.iter().map(|line| header(line).map(own)).collect::<Result<_, _>>()?;
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
        return Err(format!("\"{}\" is not a valid header name: write NAME or NAME: VALUE", Escaped(name)));
    }
    if value.is_some_and(|value| value.iter().any(|byte| matches!(byte, 0 | b'\r' | b'\n'))) {
        return Err(format!("the value of {} contains a byte that no header can have", Escaped(name)));
    }
    if is_forbidden_header((name, value)) {
        return Err(format!("scripts cannot set the header {}", Escaped(name)));
    }
    Ok((name, value))
}
