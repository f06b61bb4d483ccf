//! The few lines of a request that the engine looks at, and the request's class (DESIGN: preflight, actual, plain).

use crate::syntax::byte::is_field_name;
use crate::syntax::names::names;
use core::fmt;

names! {
    /// What a request is to the CORS protocol.
    Class:
    /// A browser asks before it sends: `OPTIONS` with `Origin` and `Access-Control-Request-Method`. It is answered at once.
    Preflight = "preflight",
    /// Any other request with an `Origin`. It goes on, and its response gets headers.
    Actual = "actual",
    /// A request without `Origin`. It goes on, and its response gets headers.
    Plain = "plain",
}

/// The most `Access-Control-Request-Headers` lines that an allowed preflight can have, and one more: 256 listed names, one a line,
/// and 16 empty lines. A device that lists few names can take a smaller number.
pub const REQUEST_HEADERS_LINES: usize = 273;

/// A request, as the engine sees it: the method and the header lines that CORS is about.
///
/// Hand in **every** line the server has, in their order, values as HTTP gives them (without the white space around them); names in any
/// case. The engine picks and counts. `LINES` is how many `Access-Control-Request-Headers` lines are kept; a request with more is denied.
///
/// ```
/// use corsac::{Class, Request};
/// let mut request = Request::new("OPTIONS");
/// request.header("Origin", "https://a.example").header("access-control-request-method", "PUT");
/// assert_eq!(request.class(), Class::Preflight);
/// ```
#[derive(Clone, Debug)]
// In this order: what is always read stands together, in front of 4 kB that are hardly ever.
#[repr(C)]
pub struct Request<'a, const LINES: usize = REQUEST_HEADERS_LINES> {
    lines: Lines<'a>,
    /// Most requests never make this room.
    further: Option<Further<'a, LINES>>,
}

/// What an ordinary request has at most, without a capacity, so that the engine is compiled once.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'a> {
    method: &'a [u8],
    /// Empty where there is none, as the next two.
    pub(crate) origin: &'a [u8],
    pub(crate) requested_method: &'a [u8],
    requested_headers: &'a [u8],
    /// Which lines there are: bits of `line`.
    present: u8,
}

/// One bit for each line.
mod line {
    pub(super) const ORIGIN: u8 = 1;
    pub(super) const REQUESTED_METHOD: u8 = 2;
    pub(super) const REQUESTED_HEADERS: u8 = 4;
    pub(super) const PRIVATE_NETWORK: u8 = 8;
    /// Asked for in one line, `true`; every other way asks for nothing.
    pub(super) const PRIVATE_NETWORK_ASKED: u8 = 16;
}

/// Which of them has this name; 0: none.
#[inline]
fn line_of(name: &[u8]) -> u8 {
    // Four lengths tell most names apart before a byte is read.
    match name.len() {
        6 if is_field_name(name, b"origin") => line::ORIGIN,
        29 if is_field_name(name, b"access-control-request-method") => line::REQUESTED_METHOD,
        30 if is_field_name(name, b"access-control-request-headers") => line::REQUESTED_HEADERS,
        38 if is_field_name(name, b"access-control-request-private-network") => line::PRIVATE_NETWORK,
        _ => 0,
    }
}

/// What makes a request odd: second lines of what stands once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Odd<'a> {
    pub(crate) origin: Option<&'a [u8]>,
    pub(crate) requested_method: Option<&'a [u8]>,
    /// A line of requested headers that was not kept.
    pub(crate) overflow: Option<&'a [u8]>,
}

/// Second lines, and all lines of requested headers once there are two.
#[derive(Clone, Debug)]
struct Further<'a, const LINES: usize> {
    odd: Odd<'a>,
    requested_headers: heapless::Vec<&'a [u8], LINES>,
}

/// The names of the lines that a [`Request`] looks at.
///
/// A caller to whom a call for each line is dear may leave all others out, by their length for a start. Of a request without any of these
/// nothing else counts, the method neither: a policy decides all of them alike.
///
/// ```
/// assert!(corsac::READ_HEADERS.contains(&"Origin"));
/// ```
pub const READ_HEADERS: [&str; 4] = [
    "Origin",
    "Access-Control-Request-Method",
    "Access-Control-Request-Headers",
    "Access-Control-Request-Private-Network",
];

/// Whether a [`Request`] looks at lines of this name, in any case. A caller to whom a value is dear may leave the others out.
///
/// ```
/// assert!(corsac::is_read_header(b"Origin"));
/// assert!(!corsac::is_read_header(b"Cookie"));
/// ```
#[inline]
#[must_use]
pub fn is_read_header(name: &[u8]) -> bool {
    line_of(name) != 0
}

impl<'a> Request<'a> {
    /// A request of this method, without a header yet.
    #[inline]
    #[must_use]
    pub fn new<M: AsRef<[u8]> + ?Sized>(method: &'a M) -> Self {
        Self::with_lines(method)
    }

    /// A request of this method with these header lines.
    #[inline]
    #[must_use]
    pub fn from_lines<M, N, V>(method: &'a M, lines: impl IntoIterator<Item = (N, &'a V)>) -> Self
    where
        M: AsRef<[u8]> + ?Sized,
        N: AsRef<[u8]>,
        V: AsRef<[u8]> + ?Sized + 'a,
    {
        let (mut picked, mut further) = (Lines::new(method.as_ref()), None);
        for (name, value) in lines {
            picked.add(&mut further, name.as_ref(), value.as_ref());
        }
        // The room for further lines is moved only where it was made: it is 4 kB.
        match further {
            None => Self { lines: picked, further: None },
            further => Self { lines: picked, further },
        }
    }
}

impl<'a, const LINES: usize> Request<'a, LINES> {
    /// As [`Request::new`], for another number of kept lines.
    #[inline]
    #[must_use]
    pub fn with_lines<M: AsRef<[u8]> + ?Sized>(method: &'a M) -> Self {
        Self { lines: Lines::new(method.as_ref()), further: None }
    }

    /// Adds one header line.
    #[inline]
    pub fn header<N, V>(&mut self, name: &N, value: &'a V) -> &mut Self
    where
        N: AsRef<[u8]> + ?Sized,
        V: AsRef<[u8]> + ?Sized,
    {
        self.lines.add(&mut self.further, name.as_ref(), value.as_ref());
        self
    }

    /// The `Access-Control-Request-Headers` lines that are kept.
    #[inline]
    pub(crate) fn requested_headers(&self) -> &[&'a [u8]] {
        match &self.further {
            Some(further) if !further.requested_headers.is_empty() => &further.requested_headers,
            _ if self.lines.has(line::REQUESTED_HEADERS) => core::slice::from_ref(&self.lines.requested_headers),
            _ => &[],
        }
    }

    #[inline]
    pub(crate) fn odd(&self) -> Option<&Odd<'a>> {
        self.further.as_ref().map(|further| &further.odd)
    }

    #[inline]
    pub(crate) fn lines(&self) -> &Lines<'a> {
        &self.lines
    }

    /// The method, as it was given.
    #[must_use]
    pub fn method(&self) -> &'a [u8] {
        self.lines.method
    }

    /// What this request is to the CORS protocol.
    #[inline]
    #[must_use]
    pub fn class(&self) -> Class {
        self.lines.class()
    }
}

impl<'a> Lines<'a> {
    #[inline]
    fn new(method: &'a [u8]) -> Self {
        Self { method, origin: b"", requested_method: b"", requested_headers: b"", present: 0 }
    }

    #[inline]
    fn has(&self, line: u8) -> bool {
        self.present & line != 0
    }

    /// One line, `true`.
    #[inline]
    pub(crate) fn asks_private_network(&self) -> bool {
        self.has(line::PRIVATE_NETWORK_ASKED)
    }

    #[inline]
    fn add<const LINES: usize>(&mut self, further: &mut Option<Further<'a, LINES>>, name: &[u8], value: &'a [u8]) {
        match line_of(name) {
            line::ORIGIN => {
                if self.has(line::ORIGIN) {
                    return add_odd(further, line::ORIGIN, value);
                }
                self.origin = value;
                self.present |= line::ORIGIN;
            }
            line::REQUESTED_METHOD => {
                if self.has(line::REQUESTED_METHOD) {
                    return add_odd(further, line::REQUESTED_METHOD, value);
                }
                self.requested_method = value;
                self.present |= line::REQUESTED_METHOD;
            }
            line::REQUESTED_HEADERS => {
                if self.has(line::REQUESTED_HEADERS) {
                    return add_requested(further, self.requested_headers, value);
                }
                self.requested_headers = value;
                self.present |= line::REQUESTED_HEADERS;
            }
            line::PRIVATE_NETWORK => {
                let asks = !self.has(line::PRIVATE_NETWORK) && value == b"true";
                self.present &= !line::PRIVATE_NETWORK_ASKED;
                self.present |= line::PRIVATE_NETWORK | if asks { line::PRIVATE_NETWORK_ASKED } else { 0 };
            }
            _ => {}
        }
    }

    #[inline]
    pub(crate) fn class(&self) -> Class {
        if !self.has(line::ORIGIN) {
            Class::Plain
        } else if self.has(line::REQUESTED_METHOD) && self.method == b"OPTIONS" {
            Class::Preflight
        } else {
            Class::Actual
        }
    }
}

impl<'a, const LINES: usize> Further<'a, LINES> {
    fn of(further: &mut Option<Self>) -> &mut Self {
        further.get_or_insert_with(|| Self { odd: Odd::default(), requested_headers: heapless::Vec::new() })
    }
}

/// A second line of what stands once.
#[cold]
#[inline(never)]
fn add_odd<'a, const LINES: usize>(further: &mut Option<Further<'a, LINES>>, line: u8, value: &'a [u8]) {
    let odd = &mut Further::of(further).odd;
    let second = if line == line::ORIGIN { &mut odd.origin } else { &mut odd.requested_method };
    second.get_or_insert(value);
}

/// A second or later line of requested headers.
#[cold]
#[inline(never)]
fn add_requested<'a, const LINES: usize>(further: &mut Option<Further<'a, LINES>>, first: &'a [u8], value: &'a [u8]) {
    let Further { odd, requested_headers } = Further::of(further);
    if requested_headers.is_empty() {
        // Without room for one line, there is none for two.
        let _ = requested_headers.push(first);
    }
    if requested_headers.push(value).is_err() {
        odd.overflow.get_or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{READ_HEADERS, is_read_header, line_of};

    #[test]
    fn the_lines_that_are_named_are_read_in_any_case_and_no_other() {
        let lines = READ_HEADERS.map(|name| line_of(name.as_bytes()));
        assert_eq!(lines.iter().sum::<u8>(), 1 + 2 + 4 + 8, "{lines:?}");
        assert!(READ_HEADERS.iter().all(|name| is_read_header(name.to_ascii_uppercase().as_bytes())));
        // As long as `Origin` the second.
        for name in ["", "Cookie", "Access-Control-Allow-Origin", "Access-Control-Request-Methods"] {
            assert!(!is_read_header(name.as_bytes()), "{name}");
        }
    }
}
