//! Does the preflight's answer let the request go ([Fetch 4.8](https://fetch.spec.whatwg.org/#cors-preflight-fetch)), and for how long is it kept?

use super::blocked::BlockedCode;
use super::cors_check::{Refusals, check_cors};
use super::message::{ALLOW_HEADERS, ALLOW_METHODS, Evidence, Fields, LOCATION, MAX_AGE, Response};
use super::profile::Profile;
use super::script::Credentials;
use super::step::Step;
use crate::method::is_safelisted;

/// Every refusal, in the order in which this browser comes upon them.
pub(super) fn check_preflight<'a>(profile: Profile, step: &Step<'a>, response: Response<'a>, on: Refusals<'_, 'a>) {
    let fields = Fields::new(response.headers, &[]);
    let is_redirect = response.is_redirect() && fields.values(LOCATION).next().is_some();
    let check_status = |on: Refusals<'_, 'a>| {
        if is_redirect {
            on(BlockedCode::PreflightRedirect, fields.combined(LOCATION).unwrap_or(Evidence::slice(b"")));
        } else if !(200..=299).contains(&response.status) {
            on(BlockedCode::PreflightStatus, Evidence::status(response.status));
        }
    };
    // WebKit looks at the status before the origin, as the other two do with a redirect.
    let status_first = profile == Profile::WebKit || (is_redirect && profile != Profile::Spec);
    if status_first {
        check_status(on);
    }
    check_cors(profile, step, fields, on);
    if !status_first {
        check_status(on);
    }
    let methods_fail = unparsable(fields, ALLOW_METHODS);
    let headers_fail = unparsable(fields, ALLOW_HEADERS);
    if let Some(element) = methods_fail {
        on(BlockedCode::AcamUnparsable, Evidence::slice(element));
    }
    let report_headers = |on: Refusals<'_, 'a>| {
        if let Some(element) = headers_fail {
            on(BlockedCode::AcahUnparsable, Evidence::slice(element));
        }
    };
    // Firefox reads the second list after it has judged the first.
    if profile != Profile::Firefox {
        report_headers(on);
    }
    if methods_fail.is_none() && !allows_method(profile, step, fields) {
        on(BlockedCode::MethodNotAllowed, Evidence::slice(step.method()));
    }
    if profile == Profile::Firefox {
        report_headers(on);
    }
    if headers_fail.is_none() {
        for name in step.requested_headers(profile).names().filter(|name| !allows_header(profile, step, fields, name)) {
            on(BlockedCode::HeaderNotAllowed, Evidence::lower_case(name));
        }
    }
}

/// The first element that makes a list unreadable.
fn unparsable<'a>(fields: Fields<'a>, list: &'static str) -> Option<&'a [u8]> {
    fields.elements(list).find_map(Result::err)
}

fn allows_method(profile: Profile, step: &Step<'_>, fields: Fields<'_>) -> bool {
    let wildcard = step.request().credentials != Credentials::Include;
    // The standard takes the method of a request that always asks for listed where there is no list.
    let is_unlisted = fields.values(ALLOW_METHODS).next().is_none();
    is_safelisted(step.method())
        || (profile == Profile::Spec && step.always_asks() && is_unlisted)
        || fields
            .elements(ALLOW_METHODS)
            .flatten()
            .any(|listed| listed == step.method() || (wildcard && listed == b"*"))
}

fn allows_header(profile: Profile, step: &Step<'_>, fields: Fields<'_>, name: &[u8]) -> bool {
    let covers = step.request().credentials != Credentials::Include && covers_by_wildcard(profile, name);
    fields
        .elements(ALLOW_HEADERS)
        .flatten()
        .any(|listed| listed.eq_ignore_ascii_case(name) || (covers && listed == b"*"))
}

/// Does `*` stand for this name? For `Authorization` it does in every browser and does not in the standard
/// ([whatwg/fetch 1278](https://github.com/whatwg/fetch/issues/1278)).
fn covers_by_wildcard(profile: Profile, name: &[u8]) -> bool {
    profile != Profile::Spec || !name.eq_ignore_ascii_case(b"authorization")
}

/// Without `Access-Control-Max-Age`, in seconds.
const MAX_AGE_DEFAULT: u32 = 5;

/// For how many seconds the answer may be kept.
pub(super) fn max_age(profile: Profile, fields: Fields<'_>) -> u32 {
    let mut values = fields.values(MAX_AGE);
    let Some(first) = values.next() else { return MAX_AGE_DEFAULT };
    let is_one = values.next().is_none();
    let seconds = |digits: &[u8]| {
        let is_number = !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
        let add = |sum: u32, b: &u8| sum.saturating_mul(10).saturating_add(u32::from(b & 15));
        is_number.then(|| digits.iter().fold(0_u32, add).min(1 << 31))
    };
    let signed = |text: &[u8]| match text.split_first() {
        Some((b'-', digits)) => seconds(digits).map(|_| 0),
        Some((b'+', digits)) => seconds(digits),
        _ => seconds(text),
    };
    match profile {
        Profile::Spec if is_one => seconds(first).unwrap_or(MAX_AGE_DEFAULT),
        Profile::Chromium if is_one => signed(first).unwrap_or(MAX_AGE_DEFAULT).min(7_200),
        Profile::WebKit if is_one => signed(first).unwrap_or(MAX_AGE_DEFAULT).min(600),
        Profile::Firefox if is_one && first.is_empty() => MAX_AGE_DEFAULT,
        Profile::Firefox => {
            if is_one {
                seconds(first).unwrap_or(0).min(86_400)
            } else {
                0
            }
        }
        Profile::Spec | Profile::Chromium | Profile::WebKit => MAX_AGE_DEFAULT,
    }
}
