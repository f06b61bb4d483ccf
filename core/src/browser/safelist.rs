//! The browser's side, as far as sending goes: what a script may not send, and what needs a preflight
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).

use core::fmt::{self, Write};

use crate::byte::is_white_space;
use crate::field_name::{is_forbidden_request_header, is_method_override};
use crate::method::{is_forbidden, is_safelisted};

/// One request header that a script sets; a value of `None` is not known, and counts as one that needs a preflight.
pub type RequestHeader<'a> = (&'a [u8], Option<&'a [u8]>);

/// `CONNECT`, `TRACE` or `TRACK` in any case: a script that asks for it gets an exception.
///
/// ```
/// assert!(corsac::browser::is_forbidden_method(b"trace"));
/// ```
#[must_use]
pub fn is_forbidden_method(method: &[u8]) -> bool {
    is_forbidden(method)
}

/// A header that a script cannot set: the browser drops it.
///
/// ```
/// use corsac::browser::is_forbidden_header;
/// assert!(is_forbidden_header((b"Cookie", None)) && is_forbidden_header((b"Sec-Fetch-Mode", None)));
/// assert!(is_forbidden_header((b"X-HTTP-Method-Override", Some(b"TRACE"))));
/// ```
#[must_use]
pub fn is_forbidden_header((name, value): RequestHeader<'_>) -> bool {
    let overrides =
        || value.is_some_and(|value| value.split(|&b| b == b',').any(|method| is_forbidden(method.trim_ascii())));
    is_forbidden_request_header(name) || (is_method_override(name) && overrides())
}

/// Does a cross-origin request of this method (normalised) with these headers need a preflight?
///
/// ```
/// use corsac::browser::needs_preflight;
/// assert!(!needs_preflight(b"POST", &[(b"Content-Type", Some(b"text/plain"))]));
/// assert!(needs_preflight(b"POST", &[(b"Content-Type", Some(b"application/json"))]));
/// assert!(needs_preflight(b"PUT", &[]));
/// ```
#[must_use]
pub fn needs_preflight(method: &[u8], headers: &[RequestHeader<'_>]) -> bool {
    !is_safelisted(method) || !RequestedHeaders(headers).is_empty()
}

/// Largest value of a safelisted header, and largest sum of them, in bytes.
const VALUE_MAX: usize = 128;
const VALUES_MAX: usize = 1024;

/// The value of `Access-Control-Request-Headers` for these headers: `Display` writes the names that need leave, in lower case,
/// sorted, without duplicates, joined by `,`.
///
/// ```
/// use corsac::browser::RequestedHeaders;
/// let headers = RequestedHeaders(&[(b"X-Trace", Some(b"1")), (b"Accept", Some(b"*/*")), (b"Authorization", None)]);
/// assert_eq!(headers.to_string(), "authorization,x-trace");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestedHeaders<'a>(pub &'a [RequestHeader<'a>]);

impl<'a> RequestedHeaders<'a> {
    /// Every header is safelisted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names().next().is_none()
    }

    /// The names that need leave, as they stand.
    fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        let safe = self.0.iter().filter(|header| is_safelisted_header(**header));
        let size = safe.fold(0_usize, |size, (_, value)| size.saturating_add(value.map_or(0, <[u8]>::len)));
        self.0.iter().filter(move |header| size > VALUES_MAX || !is_safelisted_header(**header)).map(|(name, _)| *name)
    }
}

impl fmt::Display for RequestedHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut last: Option<&[u8]> = None;
        while let Some(next) = self
            .names()
            .filter(|name| last.is_none_or(|last| lower(name).gt(lower(last))))
            .min_by(|a, b| lower(a).cmp(lower(b)))
        {
            if last.is_some() {
                f.write_char(',')?;
            }
            lower(next).try_for_each(|b| f.write_char(char::from(b)))?;
            last = Some(next);
        }
        Ok(())
    }
}

fn lower(name: &[u8]) -> impl Iterator<Item = u8> {
    name.iter().map(u8::to_ascii_lowercase)
}

/// A header of a name and a value that every form could send too.
#[must_use]
pub fn is_safelisted_header((name, value): RequestHeader<'_>) -> bool {
    let is = |text: &str| text.as_bytes().eq_ignore_ascii_case(name);
    let Some(value) = value.filter(|value| value.len() <= VALUE_MAX) else { return false };
    if is("accept") {
        !value.iter().any(|&b| is_unsafe_byte(b))
    } else if is("accept-language") || is("content-language") {
        value.iter().all(|&b| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'*' | b',' | b'-' | b'.' | b';' | b'='))
    } else if is("content-type") {
        !value.iter().any(|&b| is_unsafe_byte(b)) && is_form_type(value)
    } else {
        is("range") && is_simple_range(value)
    }
}

/// A CORS-unsafe request-header byte.
fn is_unsafe_byte(b: u8) -> bool {
    (b < 0x20 && b != b'\t')
        || matches!(b, b'"' | b'(' | b')' | b':' | b'<' | b'>' | b'?' | b'@' | b'[' | b'\\' | b']' | b'{' | b'}' | 0x7F)
}

/// A MIME type whose essence is one of the three of HTML forms ([MIME Sniffing 4.4](https://mimesniff.spec.whatwg.org/#parsing-a-mime-type)).
fn is_form_type(value: &[u8]) -> bool {
    let is_blank = |b: &u8| is_white_space(*b) || matches!(b, b'\r' | b'\n');
    let start = value.iter().position(|b| !is_blank(b)).unwrap_or(value.len());
    let type_and_subtype = value.get(start..).unwrap_or(b"").split(|&b| b == b';').next().unwrap_or(b"");
    let end = type_and_subtype.iter().rposition(|b| !is_blank(b)).map_or(0, |at| at + 1);
    let essence = type_and_subtype.get(..end).unwrap_or(b"");
    let forms: [&[u8]; 3] = [b"application/x-www-form-urlencoded", b"multipart/form-data", b"text/plain"];
    forms.into_iter().any(|form| form.eq_ignore_ascii_case(essence))
}

/// `bytes=FIRST-` or `bytes=FIRST-LAST`, FIRST no greater than LAST.
fn is_simple_range(value: &[u8]) -> bool {
    let Some(dash) = value.iter().position(|&b| b == b'-') else { return false };
    let first = value.get(..dash).and_then(|start| start.strip_prefix(b"bytes="));
    let (Some(first), Some(last)) = (first, value.get(dash + 1..)) else { return false };
    let is_number = |digits: &[u8]| digits.iter().all(u8::is_ascii_digit);
    let significant = |digits: &'_ [u8]| digits.iter().position(|&b| b != b'0').unwrap_or(digits.len());
    let (a, b) = (first.get(significant(first)..).unwrap_or(b""), last.get(significant(last)..).unwrap_or(b""));
    !first.is_empty() && is_number(first) && is_number(last) && (last.is_empty() || (a.len(), a) <= (b.len(), b))
}
