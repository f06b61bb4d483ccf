//! The CORS check ([Fetch 4.9](https://fetch.spec.whatwg.org/#cors-check)):
//! `Access-Control-Allow-Origin` and, with credentials, `Access-Control-Allow-Credentials`. A
//! mismatch gets the code that Chromium's message would have, because Chromium distinguishes most
//! cases.

use super::blocked::BlockedCode;
use super::message::{ALLOW_CREDENTIALS, ALLOW_ORIGIN, Evidence, Fields};
use super::profile::Profile;
use crate::syntax::number::decimal;

/// Called with each failed check.
pub(super) type Refusals<'f, 'a> = &'f mut dyn FnMut(BlockedCode, Evidence<'a>);

/// Which origin a response must name, and whether it must allow credentials.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) origin: &'a [u8],
    pub(super) credentials: bool,
}

pub(super) fn check_cors<'a>(profile: Profile, wanted: Wanted<'a>, fields: Fields<'a>, on: Refusals<'_, 'a>) {
    match fields.combined(ALLOW_ORIGIN) {
        None => on(BlockedCode::AcaoMissing, Evidence::slice(b"")),
        Some(value) if value.is(b"*") => {
            if wanted.credentials {
                on(BlockedCode::AcaoWildcardWithCredentials, value);
            }
        }
        Some(value) if value.is(wanted.origin) => {}
        Some(value) => on(mismatch(value), value),
    }
    if wanted.credentials && !permits_credentials(profile, fields) {
        on(BlockedCode::AcacNotTrue, fields.combined(ALLOW_CREDENTIALS).unwrap_or(Evidence::slice(b"")));
    }
}

fn permits_credentials(profile: Profile, fields: Fields<'_>) -> bool {
    // Firefox ignores an empty line if there are others.
    let mut values = fields.values(ALLOW_CREDENTIALS).filter(|value| profile != Profile::Firefox || !value.is_empty());
    values.next() == Some(b"true") && values.next().is_none()
}

/// How a value differs from the origin.
fn mismatch(value: Evidence<'_>) -> BlockedCode {
    if value.holds(|b| matches!(b, b' ' | b',')) {
        BlockedCode::AcaoMultiple
    } else if value.as_slice().is_some_and(|value| value == b"null" || is_url(value)) {
        BlockedCode::AcaoMismatch
    } else {
        BlockedCode::AcaoInvalid
    }
}

/// Whether a browser's URL parser could read this as a URL. Near enough to separate
/// `https://a.example/` from `a.example`.
fn is_url(text: &[u8]) -> bool {
    let is_trimmed = |b: &u8| *b <= b' ';
    let start = text.iter().position(|b| !is_trimmed(b)).unwrap_or(text.len());
    let end = text.iter().rposition(|b| !is_trimmed(b)).map_or(start, |at| at.saturating_add(1));
    let text = text.get(start..end).unwrap_or(b"");
    let Some(colon) = text.iter().position(|&b| b == b':') else { return false };
    let (Some(scheme), Some(rest)) = (text.get(..colon), text.get(colon.saturating_add(1)..)) else { return false };
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let special: [&[u8]; 5] = [b"http", b"https", b"ws", b"wss", b"ftp"];
    if !is_scheme || !special.iter().any(|special| special.eq_ignore_ascii_case(scheme)) {
        return is_scheme;
    }
    let slashes = rest.iter().take_while(|b| matches!(b, b'/' | b'\\')).count();
    let rest = rest.get(slashes..).unwrap_or(b"");
    let authority = rest.split(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')).next().unwrap_or(b"");
    let host_and_port = authority.rsplit(|&b| b == b'@').next().unwrap_or(b"");
    let (host, port) = match host_and_port.iter().rposition(|&b| b == b':') {
        Some(colon) if !host_and_port.ends_with(b"]") => {
            (host_and_port.get(..colon).unwrap_or(b""), host_and_port.get(colon.saturating_add(1)..).unwrap_or(b""))
        }
        _ => (host_and_port, b"".as_slice()),
    };
    let is_port = port.is_empty() || decimal(port, 65535).is_some();
    let is_name = || host.iter().all(|b| !b.is_ascii_control() && !b"<>^|%:[]\"".contains(b));
    let is_address = || host.starts_with(b"[") && host.ends_with(b"]") && host.contains(&b':');
    !host.is_empty() && is_port && (is_name() || is_address())
}
