//! The CORS check ([Fetch 4.9](https://fetch.spec.whatwg.org/#cors-check)):
//! `Access-Control-Allow-Origin` and, with credentials, `Access-Control-Allow-Credentials`. A
//! mismatch gets the code that Chromium's message would have, because Chromium distinguishes most
//! cases.

use super::blocked::BlockedCode;
use super::http_version::HttpVersion;
use super::message::{ALLOW_CREDENTIALS, ALLOW_ORIGIN, Evidence, Fields};
use super::profile::Profile;
use super::url_text::is_url;

/// Called with each failed check.
pub(super) type Refusals<'f, 'a> = &'f mut dyn FnMut(BlockedCode, Evidence<'a>);

/// Which origin a response must name, and whether it must allow credentials.
#[derive(Clone, Copy)]
pub(super) struct Wanted<'a> {
    pub(super) origin: &'a [u8],
    pub(super) credentials: bool,
    pub(super) http_version: HttpVersion,
}

pub(super) fn check_cors<'a>(profile: Profile, wanted: Wanted<'a>, fields: Fields<'a>, on: Refusals<'_, 'a>) {
    let value = match profile {
        Profile::Firefox if !is_repeated(fields, wanted.http_version) => fields.merged(ALLOW_ORIGIN),
        _ => fields.combined(ALLOW_ORIGIN),
    };
    match value {
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

/// Whether Firefox finds `Access-Control-Allow-Origin` on several lines: it counts only those with
/// exactly this name, and names are in lower case since HTTP/2.
pub(super) fn is_repeated(fields: Fields<'_>, version: HttpVersion) -> bool {
    version == HttpVersion::Http1 && fields.exact_lines("Access-Control-Allow-Origin") > 1
}

fn permits_credentials(profile: Profile, fields: Fields<'_>) -> bool {
    // Firefox ignores an empty line if there are others.
    let mut values = fields.values(ALLOW_CREDENTIALS).filter(|value| profile != Profile::Firefox || !value.is_empty());
    values.next() == Some(b"true") && values.next().is_none()
}

/// How a value differs from the origin.
pub(super) fn mismatch(value: Evidence<'_>) -> BlockedCode {
    if value.holds(|b| matches!(b, b' ' | b',')) {
        BlockedCode::AcaoMultiple
    } else if value.as_slice().is_some_and(|value| value == b"null" || is_url(value)) {
        BlockedCode::AcaoMismatch
    } else {
        BlockedCode::AcaoInvalid
    }
}
