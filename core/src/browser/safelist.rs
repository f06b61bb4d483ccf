//! Request headers: those that a script cannot set, and those that need the server's permission
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).

use heapless::Vec;

use super::message::{trimmed, trimmed_of};
use super::profile::Profile;
use crate::syntax::byte::is_white_space;
use crate::syntax::header_name::{is_forbidden_request_header, is_method_override};
use crate::syntax::method::is_forbidden;

/// One request header that a script sets. A value of `None` is unknown, and counts as one that
/// needs permission.
///
/// ```
/// use corsac::browser::{Profile, RequestHeader, is_safelisted_header};
/// let json: RequestHeader = (b"Content-Type", Some(b"application/json"));
/// let text: RequestHeader = (b"Content-Type", Some(b"text/plain"));
/// assert!(is_safelisted_header(Profile::Spec, text) && !is_safelisted_header(Profile::Spec, json));
/// ```
pub type RequestHeader<'a> = (&'a [u8], Option<&'a [u8]>);

/// Bytes of the longest value of a safelisted header, and of all of them together
/// ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)).
const VALUE_MAX: usize = 128;
pub(super) const VALUES_MAX: usize = 1024;

/// Whether a script cannot set this header: the browser then drops it.
///
/// ```
/// use corsac::browser::is_forbidden_header;
/// assert!(is_forbidden_header((b"Cookie", None)) && is_forbidden_header((b"Sec-Fetch-Mode", None)));
/// assert!(is_forbidden_header((b"X-HTTP-Method-Override", Some(b"TRACE"))));
/// ```
#[must_use]
pub fn is_forbidden_header((name, value): RequestHeader<'_>) -> bool {
    is_forbidden_request_header(name)
        || (is_method_override(name) && value.is_some_and(|value| items(value).map(trimmed).any(is_forbidden)))
}

/// The same in this browser: Firefox and WebKit split the value at every comma, quoted or not, and
/// WebKit takes off more than spaces and tabs.
pub(super) fn is_forbidden_to(profile: Profile, (name, value): RequestHeader<'_>) -> bool {
    let is_blank = match profile {
        Profile::Firefox if is_method_override(name) => is_white_space,
        Profile::WebKit if is_method_override(name) => |b: u8| b.is_ascii_whitespace() || b == VERTICAL_TAB,
        _ => return is_forbidden_header((name, value)),
    };
    value.is_some_and(|value| value.split(|&b| b == b',').any(|method| is_forbidden(trimmed_of(method, is_blank))))
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

/// All values of a name as one. `None` if there is none, if one is unknown, or if they are longer
/// than any safelisted value.
fn combined<'a>(headers: impl Iterator<Item = RequestHeader<'a>>, name: &[u8]) -> Option<Vec<u8, VALUE_MAX>> {
    let mut together = None;
    for (_, entry) in headers.filter(|(other, _)| other.eq_ignore_ascii_case(name)) {
        appended(&mut together, entry?)?;
    }
    together
}

/// The headers of a request in mode `no-cors` so far: each name has one value, of all its entries
/// ([Fetch 5.1](https://fetch.spec.whatwg.org/#concept-headers-append)).
#[derive(Clone, Default)]
pub(super) struct NoCorsHeaders([Option<Vec<u8, VALUE_MAX>>; 4]);

impl NoCorsHeaders {
    /// Adds a header if it is a no-CORS-safelisted one, together with the entries before it.
    pub(super) fn add(&mut self, (name, value): RequestHeader<'_>) -> bool {
        let place = candidate(Profile::Spec, name);
        let Some(so_far) = place.and_then(|place| self.0.get_mut(place)) else { return false };
        let mut together = so_far.clone();
        let Some(value) = value.and_then(|value| appended(&mut together, value)) else { return false };
        let is_safe = is_safelisted_header(Profile::Spec, (name, Some(value)));
        if is_safe {
            *so_far = together;
        }
        is_safe
    }
}

/// One value of two entries. `None` if it is longer than any safelisted value.
fn appended<'v>(together: &'v mut Option<Vec<u8, VALUE_MAX>>, entry: &[u8]) -> Option<&'v [u8]> {
    let separator: &[u8] = if together.is_some() { b", " } else { b"" };
    let value = together.get_or_insert_default();
    value.extend_from_slice(separator).ok()?;
    value.extend_from_slice(entry).ok()?;
    Some(value)
}

/// Which values are safe.
#[derive(Clone, Copy)]
enum Values {
    Accept,
    Language,
    FormType,
    SimpleRange,
    Decimal,
    Digits,
    ConnectionType,
    On,
    All,
}

/// Who takes a name for one whose value can be safe.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    ToAll,
    /// Chromium alone, as a client hint.
    AsHint,
    ToChromium,
}

/// The names of which some value is safe. The first four are the no-CORS-safelisted ones.
const CANDIDATES: [(&str, Known, Values); 14] = [
    ("accept", Known::ToAll, Values::Accept),
    ("accept-language", Known::ToAll, Values::Language),
    ("content-language", Known::ToAll, Values::Language),
    ("content-type", Known::ToAll, Values::FormType),
    ("range", Known::ToAll, Values::SimpleRange),
    ("device-memory", Known::AsHint, Values::Decimal),
    ("downlink", Known::AsHint, Values::Decimal),
    ("dpr", Known::AsHint, Values::Decimal),
    ("ect", Known::AsHint, Values::ConnectionType),
    ("rtt", Known::AsHint, Values::Digits),
    ("viewport-width", Known::AsHint, Values::Digits),
    ("width", Known::AsHint, Values::Digits),
    ("save-data", Known::ToChromium, Values::On),
    ("intervention", Known::ToChromium, Values::All),
];

/// The place of a name among [`CANDIDATES`], who knows it, and its safe values.
fn found(profile: Profile, name: &[u8]) -> Option<(usize, Known, Values)> {
    let is_it = |(_, (one, ..)): &(usize, &(&str, Known, Values))| one.as_bytes().eq_ignore_ascii_case(name);
    let (place, &(_, known, values)) = CANDIDATES.iter().enumerate().find(is_it)?;
    (known == Known::ToAll || profile == Profile::Chromium).then_some((place, known, values))
}

/// The place of a name among [`CANDIDATES`].
pub(super) fn candidate(profile: Profile, name: &[u8]) -> Option<usize> {
    found(profile, name).map(|(place, ..)| place)
}

/// Which of [`CANDIDATES`] have a safe value, one bit for each: the value of all entries together.
pub(super) fn safe_together<'a>(profile: Profile, headers: impl Iterator<Item = RequestHeader<'a>> + Clone) -> u16 {
    let is_safe = |name: &str| {
        let value = combined(headers.clone(), name.as_bytes());
        value.is_some_and(|value| is_safelisted_header(profile, (name.as_bytes(), Some(&value))))
    };
    CANDIDATES.iter().rev().fold(0, |bits, (name, ..)| bits << 1 | u16::from(is_safe(name)))
}

/// Whether this is a client hint, which only Chromium knows.
pub(super) fn is_client_hint(name: &[u8]) -> bool {
    found(Profile::Chromium, name).is_some_and(|(_, known, _)| known == Known::AsHint)
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
    let Some((.., values)) = found(profile, name) else { return false };
    let Some(value) = value.filter(|value| value.len() <= VALUE_MAX) else { return false };
    // Firefox takes every byte above 0x7F for a control byte.
    let is_unsafe = |b: &u8| is_unsafe_byte(*b) || (profile == Profile::Firefox && !b.is_ascii());
    let is_number = |digits: &[u8]| !digits.is_empty() && digits.iter().all(u8::is_ascii_digit);
    match values {
        Values::Accept => !value.iter().any(is_unsafe),
        Values::Language => value
            .iter()
            .all(|&b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'=')),
        Values::FormType => {
            let is_form = if profile == Profile::Firefox { is_form_type_to_firefox } else { is_form_type };
            !value.iter().any(is_unsafe) && is_form(value)
        }
        Values::SimpleRange => is_simple_range(profile, value),
        Values::Decimal => value.splitn(2, |&b| b == b'.').all(is_number),
        Values::ConnectionType => matches!(value, b"slow-2g" | b"2g" | b"3g" | b"4g"),
        Values::Digits => is_number(value),
        Values::On => value.eq_ignore_ascii_case(b"on"),
        Values::All => true,
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
/// case, and accepts a `+` before a number, and vertical tabs and form feeds around it.
fn is_simple_range(profile: Profile, value: &[u8]) -> bool {
    let Some((unit, range)) = value.split_at_checked(6) else { return false };
    let Some(dash) = range.iter().position(|&b| b == b'-') else { return false };
    let (Some(first), Some(last)) = (range.get(..dash), range.get(dash + 1..)) else { return false };
    let is_webkit = profile == Profile::WebKit;
    let is_unit = unit == b"bytes=" || (is_webkit && unit.eq_ignore_ascii_case(b"bytes="));
    let unsigned = |text| if is_webkit { unsigned(text) } else { text };
    let (Some(a), Some(b)) = (significant(profile, unsigned(first)), significant(profile, unsigned(last))) else {
        return false;
    };
    is_unit && !first.is_empty() && (last.is_empty() || (a.len(), a) <= (b.len(), b))
}

/// A number as WebKit's parser of numbers takes it.
fn unsigned(number: &[u8]) -> &[u8] {
    // Blanks alone are not a number.
    let bare = trimmed_of(number, |b| matches!(b, VERTICAL_TAB | 0x0C));
    let number = if bare.is_empty() { number } else { bare };
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
