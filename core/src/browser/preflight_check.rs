//! Whether the response to a preflight allows the request
//! ([Fetch 4.8](https://fetch.spec.whatwg.org/#cors-preflight-fetch)), and how long it is cached.

use super::blocked::BlockedCode;
use super::cors_check::{Refusals, check_cors};
use super::message::{ALLOW_HEADERS, ALLOW_METHODS, Evidence, Fields, LOCATION, MAX_AGE, Response, trimmed_of};
use super::name_order::{GROUP, Marks, Place};
use super::profile::Profile;
use super::safelist::VERTICAL_TAB;
use super::scheme_words::is_refused_unread;
use super::script::{Credentials, ScriptRequest};
use super::step::Step;
use super::url_text::Target;
use super::webkit_name::known_to_webkit;
use crate::syntax::method::is_safelisted;

/// Every failed check, in the order in which this browser finds them.
pub(super) fn check_preflight<'a>(profile: Profile, step: &Step<'a>, response: Response<'a>, on: Refusals<'_, 'a>) {
    let fields = Fields::new(step.names(profile), response.headers, &[]);
    let is_redirect = response.is_redirect() && fields.values(LOCATION).next().is_some();
    let check_status = |on: Refusals<'_, 'a>| {
        if is_redirect {
            on(BlockedCode::PreflightRedirect, fields.combined(LOCATION).unwrap_or(Evidence::slice(b"")));
        } else if !(200..=299).contains(&response.status) {
            on(BlockedCode::PreflightStatus, Evidence::status(response.status));
        }
    };
    // WebKit checks the status before the origin. Chromium does so only for a redirect, and Firefox
    // only for one that it refuses to read.
    let leads_nowhere = || {
        let target = fields.values(LOCATION).next().unwrap_or(b"");
        Target::of(target) == Target::Invalid || is_refused_unread(profile, target)
    };
    let status_first = match profile {
        Profile::Spec => false,
        Profile::Chromium => is_redirect,
        Profile::Firefox => is_redirect && leads_nowhere(),
        Profile::WebKit => true,
    };
    if status_first {
        check_status(on);
    }
    let credentials = step.request().credentials == Credentials::Include;
    if let Some(origin) = step.preflight_origin(profile) {
        check_cors(profile, step.wanted(origin, credentials), fields, on);
    }
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
    // Firefox reads the second list after it has checked the method.
    if profile != Profile::Firefox {
        report_headers(on);
    }
    if methods_fail.is_none() && !allows_method(profile, step, fields) {
        on(BlockedCode::MethodNotAllowed, Evidence::slice(step.method()));
    }
    if profile == Profile::Firefox {
        report_headers(on);
    }
    if headers_fail.is_some() {
        return;
    }
    let requested = step.requested_headers(profile);
    let wildcard = match (step.request().credentials, profile) {
        (Credentials::Include, _) => Wildcard::Nothing,
        (_, Profile::Spec) => Wildcard::AllButAuthorization,
        _ => Wildcard::All,
    };
    let allowed = AllowedHeaders::new(step.request(), fields, wildcard);
    let mut report = |name| on(BlockedCode::HeaderNotAllowed, Evidence::lower_case(name));
    if profile == Profile::WebKit {
        // WebKit checks in the order of the script, and first the names that it knows itself.
        for is_known in [true, false] {
            let refused = requested.places().filter_map(|place| Some((place, requested.at(place)?)));
            refused
                .filter(|(place, name)| known_to_webkit(name).is_some() == is_known && !allowed.includes(*place, name))
                .for_each(|(_, name)| report(name));
        }
    } else {
        let names =
            requested.sorted().filter(|(place, name, is_repeated)| !is_repeated && !allowed.includes(*place, name));
        names.for_each(|(_, name, _)| report(name));
    }
}

/// Which names `*` covers in `Access-Control-Allow-Headers`. In the standard, it never covers
/// `Authorization`; in every browser it does
/// ([whatwg/fetch 1278](https://github.com/whatwg/fetch/issues/1278)).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcard {
    Nothing,
    AllButAuthorization,
    All,
}

/// Which of a script's headers a response allows.
pub(super) struct AllowedHeaders<'a> {
    fields: Fields<'a>,
    listed: Marks,
    wildcard: Wildcard,
}

impl<'a> AllowedHeaders<'a> {
    pub(super) fn new(request: &ScriptRequest<'_>, fields: Fields<'a>, wildcard: Wildcard) -> Self {
        let headers = request.headers;
        let name = |place: Place| headers.get(place as usize).map_or(&b""[..], |(name, _)| name);
        let listed = Marks::of(headers.len(), &name, &mut fields.elements(ALLOW_HEADERS).flatten());
        let has_wildcard = fields.elements(ALLOW_HEADERS).flatten().any(|element| element == b"*");
        Self { fields, listed, wildcard: if has_wildcard { wildcard } else { Wildcard::Nothing } }
    }

    /// Whether the header of this name at this place is allowed.
    pub(super) fn includes(&self, place: Place, name: &[u8]) -> bool {
        let mut elements = self.fields.elements(ALLOW_HEADERS).flatten();
        self.listed.has(place)
            || (place as usize >= GROUP && elements.any(|element| element.eq_ignore_ascii_case(name)))
            || match self.wildcard {
                Wildcard::Nothing => false,
                Wildcard::AllButAuthorization => !name.eq_ignore_ascii_case(b"authorization"),
                Wildcard::All => true,
            }
    }
}

/// The first element that makes a list invalid.
fn unparsable<'a>(fields: Fields<'a>, list: &'static str) -> Option<&'a [u8]> {
    fields.elements(list).find_map(Result::err)
}

fn allows_method(profile: Profile, step: &Step<'_>, fields: Fields<'_>) -> bool {
    let wildcard = step.request().credentials != Credentials::Include;
    // By the standard, if there is no list, the method of a request that always has a preflight
    // counts as listed.
    let is_unlisted = fields.values(ALLOW_METHODS).next().is_none();
    is_safelisted(step.method())
        || (profile == Profile::Spec && step.always_asks(profile) && is_unlisted)
        || fields
            .elements(ALLOW_METHODS)
            .flatten()
            .any(|listed| listed == step.method() || (wildcard && listed == b"*"))
}

/// Seconds without `Access-Control-Max-Age`
/// ([Fetch 4.8](https://fetch.spec.whatwg.org/#cors-preflight-fetch), step 7).
const MAX_AGE_DEFAULT: u32 = 5;

/// For how many seconds the browser may cache the response. Chromium and WebKit read a signed
/// number of 64 bits. Firefox ignores empty lines, and caches nothing if it finds anything but
/// digits.
pub(super) fn max_age(profile: Profile, fields: Fields<'_>) -> u32 {
    let is_empty_line = |value: &&[u8]| profile == Profile::Firefox && value.is_empty();
    let mut values = fields.values(MAX_AGE).filter(|value| !is_empty_line(value));
    let Some(first) = values.next() else { return MAX_AGE_DEFAULT };
    if values.next().is_some() {
        return if profile == Profile::Firefox { 0 } else { MAX_AGE_DEFAULT };
    }
    match profile {
        Profile::Spec => seconds(first, u64::MAX).unwrap_or(MAX_AGE_DEFAULT).min(1 << 31),
        Profile::Chromium => signed_seconds(first).unwrap_or(MAX_AGE_DEFAULT).min(7_200),
        Profile::Firefox => seconds(first, u64::MAX).unwrap_or(0).min(86_400),
        Profile::WebKit => signed_seconds(trimmed_of(first, |b| b.is_ascii_whitespace() || b == VERTICAL_TAB))
            .unwrap_or(MAX_AGE_DEFAULT)
            .min(600),
    }
}

/// Digits as a number: `u32::MAX` if it needs more than 32 bits, `None` if it is over `most`.
fn seconds(digits: &[u8], most: u64) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let add = |sum: u64, b: &u8| sum.saturating_mul(10).saturating_add(u64::from(b & 15));
    let sum = digits.iter().fold(0_u64, add);
    // A sum that is too great for 64 bits saturates.
    (sum <= most).then(|| u32::try_from(sum).unwrap_or(u32::MAX))
}

fn signed_seconds(text: &[u8]) -> Option<u32> {
    let most = i64::MAX.unsigned_abs();
    match text.split_first() {
        Some((b'-', digits)) => seconds(digits, i64::MIN.unsigned_abs()).map(|_| 0),
        Some((b'+', digits)) => seconds(digits, most),
        _ => seconds(text, most),
    }
}
