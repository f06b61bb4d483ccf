//! Request headers: those that a script cannot set, and those that need the server's permission
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).

use core::fmt::{self, Write};

use heapless::Vec;

use super::message::trimmed;
use super::profile::Profile;
use crate::syntax::byte::is_white_space;
use crate::syntax::header_name::{is_forbidden_request_header, is_method_override};
use crate::syntax::method::is_forbidden;

/// One request header that a script sets. A value of `None` is unknown, and counts as one that
/// needs permission.
pub type RequestHeader<'a> = (&'a [u8], Option<&'a [u8]>);

/// Bytes of the longest value of a safelisted header, and of all of them together
/// ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)).
const VALUE_MAX: usize = 128;
const VALUES_MAX: usize = 1024;

/// Whether a script cannot set this header: the browser then drops it.
///
/// ```
/// use corsac::browser::is_forbidden_header;
/// assert!(is_forbidden_header((b"Cookie", None)) && is_forbidden_header((b"Sec-Fetch-Mode", None)));
/// assert!(is_forbidden_header((b"X-HTTP-Method-Override", Some(b"TRACE"))));
/// ```
#[must_use]
pub fn is_forbidden_header((name, value): RequestHeader<'_>) -> bool {
    let overrides = || value.is_some_and(|value| items(value).any(|method| is_forbidden(method.trim_ascii())));
    is_forbidden_request_header(name) || (is_method_override(name) && overrides())
}

/// The elements of a value: split at commas, but not inside a quoted string.
fn items(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut quoted = false;
    let mut escaped = false;
    value.split(move |&b| {
        match b {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ => {}
        }
        b == b',' && !quoted
    })
}

/// Which of these headers need the server's permission: the CORS-unsafe request-header names, as
/// written. `combines` is for `XMLHttpRequest`, which makes one value of all entries of a name.
/// Chromium and WebKit always check that value, the standard and Firefox check each entry.
pub(super) fn unsafe_names<'a>(
    profile: Profile,
    combines: bool,
    headers: impl Iterator<Item = RequestHeader<'a>> + Clone,
) -> impl Iterator<Item = &'a [u8]> + Clone {
    let all = headers.clone();
    let is_safe = move |header: RequestHeader<'a>| {
        is_candidate(profile, header.0)
            && if combines || matches!(profile, Profile::Chromium | Profile::WebKit) {
                combined(all.clone(), header.0)
                    .is_some_and(|value| is_safelisted_header(profile, (header.0, Some(&value))))
            } else {
                is_safelisted_header(profile, header)
            }
    };
    let sizes = headers.clone().filter(|header| is_safe(*header)).map(|(_, value)| value.map_or(0, <[u8]>::len));
    let is_too_much = profile != Profile::Firefox && sizes.fold(0_usize, usize::saturating_add) > VALUES_MAX;
    // Chromium sends its own User-Agent, whatever the script sets, and asks for no permission.
    let is_sent = move |name: &[u8]| profile != Profile::Chromium || !name.eq_ignore_ascii_case(b"user-agent");
    headers.filter(move |header| is_sent(header.0) && (is_too_much || !is_safe(*header))).map(|(name, _)| name)
}

/// All values of a name as one. `None` if one is unknown, or if they are longer than any safelisted
/// value.
fn combined<'a>(headers: impl Iterator<Item = RequestHeader<'a>>, name: &[u8]) -> Option<Vec<u8, VALUE_MAX>> {
    let mut value = Vec::new();
    let entries = headers.filter(|(other, _)| other.eq_ignore_ascii_case(name));
    for (place, (_, entry)) in entries.enumerate() {
        value.extend_from_slice(if place == 0 { b"" } else { b", " }).ok()?;
        value.extend_from_slice(entry?).ok()?;
    }
    Some(value)
}

/// Whether this is a no-CORS-safelisted request-header, with the value of all entries together.
pub(super) fn is_no_cors_safelisted<'a>(headers: impl Iterator<Item = RequestHeader<'a>>, name: &[u8]) -> bool {
    let is_listed = ["accept", "accept-language", "content-language", "content-type"];
    is_listed.iter().any(|listed| listed.as_bytes().eq_ignore_ascii_case(name))
        && combined(headers, name).is_some_and(|value| is_safelisted_header(Profile::Spec, (name, Some(&value))))
}

/// The value of `Access-Control-Request-Headers`: `Display` writes the names in lower case, sorted,
/// each once, joined by `,`.
///
/// Its cost grows with the square of the number of headers.
///
/// ```
/// use corsac::browser::{Exchange, Profile, ScriptRequest};
/// let request = ScriptRequest {
///     headers: &[(b"X-Trace", Some(b"1")), (b"Accept", Some(b"*/*")), (b"Authorization", None)],
///     ..ScriptRequest::new(b"https://app.example", b"https://api.example/x")
/// };
/// let step = Exchange { request, hops: &[] }.steps().next().unwrap();
/// assert_eq!(step.requested_headers(Profile::Spec).to_string(), "authorization,x-trace");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestedHeaders<I> {
    pub(super) names: I,
    /// Firefox names a header as often as a script with `fetch()` sets it.
    pub(super) repeats: bool,
}

impl<'a, I: Iterator<Item = &'a [u8]> + Clone> RequestedHeaders<I> {
    /// Whether no header needs permission. The preflight then has no
    /// `Access-Control-Request-Headers`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.clone().next().is_none()
    }

    /// The names as the script wrote them, sorted, each once.
    pub fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        let names = self.names.clone();
        let mut last: Option<&[u8]> = None;
        core::iter::from_fn(move || {
            let next = names
                .clone()
                .filter(|name| last.is_none_or(|last| lower(name).gt(lower(last))))
                .min_by(|a, b| lower(a).cmp(lower(b)))?;
            last = Some(next);
            Some(next)
        })
    }
}

impl<'a, I: Iterator<Item = &'a [u8]> + Clone> fmt::Display for RequestedHeaders<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        for name in self.names() {
            let times = self.names.clone().filter(|other| other.eq_ignore_ascii_case(name)).count();
            for _ in 0..if self.repeats { times } else { 1 } {
                f.write_str(separator)?;
                lower(name).try_for_each(|b| f.write_char(char::from(b)))?;
                separator = ",";
            }
        }
        Ok(())
    }
}

fn lower(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().map(u8::to_ascii_lowercase)
}

const CLIENT_HINTS: &[&str] = &["device-memory", "downlink", "dpr", "ect", "rtt", "viewport-width", "width"];

/// Whether this is a client hint, which only Chromium knows.
pub(super) fn is_client_hint(name: &[u8]) -> bool {
    CLIENT_HINTS.iter().any(|hint| hint.as_bytes().eq_ignore_ascii_case(name))
}

/// Whether some value makes this name safe.
fn is_candidate(profile: Profile, name: &[u8]) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(name));
    is_one_of(&["accept", "accept-language", "content-language", "content-type", "range"])
        || (profile == Profile::Chromium && (is_client_hint(name) || is_one_of(&["intervention", "save-data"])))
}

/// Whether this is a CORS-safelisted request-header: a name and a value that need no permission.
///
/// ```
/// use corsac::browser::{Profile, is_safelisted_header};
/// assert!(is_safelisted_header(Profile::Spec, (b"Content-Type", Some(b"text/plain"))));
/// assert!(!is_safelisted_header(Profile::Spec, (b"Content-Type", Some(b"application/json"))));
/// ```
#[must_use]
pub fn is_safelisted_header(profile: Profile, (name, value): RequestHeader<'_>) -> bool {
    let is = |text: &str| text.as_bytes().eq_ignore_ascii_case(name);
    let Some(value) = value.filter(|value| value.len() <= VALUE_MAX) else { return false };
    // Firefox takes every byte above 0x7F for a control byte.
    let is_unsafe = |b: &u8| is_unsafe_byte(*b) || (profile == Profile::Firefox && !b.is_ascii());
    if is("accept") {
        !value.iter().any(is_unsafe)
    } else if is("accept-language") || is("content-language") {
        value.iter().all(|&b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'='))
    } else if is("content-type") {
        let is_form = if profile == Profile::Firefox { is_form_type_to_firefox } else { is_form_type };
        !value.iter().any(is_unsafe) && is_form(value)
    } else if is("range") {
        is_simple_range(profile, value)
    } else {
        profile == Profile::Chromium && is_safe_hint(name, value)
    }
}

/// Whether Chromium accepts this as the value of a client hint.
fn is_safe_hint(name: &[u8], value: &[u8]) -> bool {
    let is_one_of = |names: &[&str]| names.iter().any(|one| one.as_bytes().eq_ignore_ascii_case(name));
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    if is_one_of(&["device-memory", "downlink", "dpr"]) {
        value.splitn(2, |&b| b == b'.').all(is_number)
    } else if is_one_of(&["rtt", "viewport-width", "width"]) {
        is_number(value)
    } else if is_one_of(&["ect"]) {
        matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g")
    } else if is_one_of(&["save-data"]) {
        value.eq_ignore_ascii_case(b"on")
    } else {
        is_one_of(&["intervention"])
    }
}

/// A CORS-unsafe request-header byte.
fn is_unsafe_byte(b: u8) -> bool {
    (b < 0x20 && b != b'\t')
        || matches!(b, b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}' | 0x7F)
}

/// A MIME type whose essence is one of the three of HTML forms
/// ([MIME Sniffing 4.4](https://mimesniff.spec.whatwg.org/#parsing-a-mime-type)).
fn is_form_type(value: &[u8]) -> bool {
    let is_blank = |b: &u8| is_white_space(*b) || matches!(b, b'\r' | b'\n');
    let start = value.iter().position(|b| !is_blank(b)).unwrap_or(value.len());
    let type_and_subtype = value.get(start..).unwrap_or(b"").split(|&b| b == b';').next().unwrap_or(b"");
    let end = type_and_subtype.iter().rposition(|b| !is_blank(b)).map_or(0, |at| at + 1);
    let essence = type_and_subtype.get(..end).unwrap_or(b"");
    is_form_essence(essence)
}

/// Firefox has its own parser: the type ends at white space, and anything may follow the first `;`,
/// except a `,` or a `;` at the end.
fn is_form_type_to_firefox(value: &[u8]) -> bool {
    let value = trimmed(value);
    let end = value.iter().position(|&b| is_white_space(b) || b == b';').unwrap_or(value.len());
    let (essence, rest) = value.split_at_checked(end).unwrap_or((value, b""));
    let parameters = rest.splitn(2, |&b| b == b';').nth(1);
    is_form_essence(essence)
        && !value.contains(&b',')
        && parameters.map_or(rest.is_empty(), |parameters| !parameters.ends_with(b";"))
}

fn is_form_essence(essence: &[u8]) -> bool {
    let forms: [&[u8]; 3] = [b"application/x-www-form-urlencoded", b"multipart/form-data", b"text/plain"];
    forms.into_iter().any(|form| form.eq_ignore_ascii_case(essence))
}

/// White space to WebKit's parser of numbers alone.
pub(super) const VERTICAL_TAB: u8 = 0x0B;

/// `bytes=FIRST-` or `bytes=FIRST-LAST`, where FIRST is not greater than LAST. WebKit ignores the
/// case, and accepts a `+` or vertical tabs before a number, and vertical tabs or form feeds at the
/// end.
fn is_simple_range(profile: Profile, value: &[u8]) -> bool {
    let Some((unit, range)) = value.split_at_checked(6) else { return false };
    let Some(dash) = range.iter().position(|&b| b == b'-') else { return false };
    let (Some(first), Some(last)) = (range.get(..dash), range.get(dash + 1..)) else { return false };
    let is_webkit = profile == Profile::WebKit;
    let is_unit = unit == b"bytes=" || (is_webkit && unit.eq_ignore_ascii_case(b"bytes="));
    let is_end = |b| matches!(b, VERTICAL_TAB | 0x0C);
    let is_last = |text: &[u8]| is_webkit && text.iter().any(|&b| !is_end(b));
    let last = if is_last(last) { trimmed_end(last, is_end) } else { last };
    let unsigned = |text| if is_webkit { unsigned(text) } else { text };
    let (Some(a), Some(b)) = (significant(profile, unsigned(first)), significant(profile, unsigned(last))) else {
        return false;
    };
    is_unit && !first.is_empty() && (last.is_empty() || (a.len(), a) <= (b.len(), b))
}

fn trimmed_end(text: &[u8], is_blank: fn(u8) -> bool) -> &[u8] {
    let end = text.iter().rposition(|&b| !is_blank(b)).map_or(0, |at| at.saturating_add(1));
    text.get(..end).unwrap_or(b"")
}

fn unsigned(number: &[u8]) -> &[u8] {
    let blanks = number.iter().take_while(|&&b| b == VERTICAL_TAB).count();
    let number = number.get(blanks..).filter(|digits| !digits.is_empty()).unwrap_or(number);
    match number.split_first() {
        Some((b'+', digits)) if !digits.is_empty() => digits,
        _ => number,
    }
}

/// The digits without leading zeros. `None` if they are not digits, or more than the largest number
/// of the engine.
fn significant(profile: Profile, digits: &[u8]) -> Option<&[u8]> {
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    let digits = digits.get(zeros..).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
    let most: &[u8] = match profile {
        Profile::Spec => digits,
        Profile::Chromium => b"9223372036854775806",
        Profile::Firefox | Profile::WebKit => b"18446744073709551615",
    };
    ((digits.len(), digits) <= (most.len(), most)).then_some(digits)
}
