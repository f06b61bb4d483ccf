//! The few lines of a request that the engine looks at, and the request's class (DESIGN: preflight, actual, plain).

use crate::byte::is_field_name;
use crate::finding::names;
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

/// The lines of a name of which one is right: the first, and whether there are more.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Single<'a> {
    pub(crate) first: Option<&'a [u8]>,
    pub(crate) second: Option<&'a [u8]>,
}

impl<'a> Single<'a> {
    #[inline]
    fn push(&mut self, value: &'a [u8]) {
        match self {
            Self { first: None, .. } => self.first = Some(value),
            Self { second: None, .. } => self.second = Some(value),
            _ => {}
        }
    }
}

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
pub struct Request<'a, const LINES: usize = REQUEST_HEADERS_LINES> {
    lines: Lines<'a>,
    /// Most requests never make this room.
    further: Further<'a, LINES>,
}

/// A request without its capacity, so that the engine is compiled once.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'a> {
    method: &'a [u8],
    pub(crate) origin: Single<'a>,
    pub(crate) requested_method: Single<'a>,
    /// Asked for in one line, `true`; or in another way, which asks for nothing.
    pub(crate) private_network: Option<bool>,
    /// The one line that browsers send.
    requested_headers: Option<&'a [u8]>,
    /// A line that was not kept.
    pub(crate) overflow: Option<&'a [u8]>,
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

/// All `Access-Control-Request-Headers` lines, once there are two.
type Further<'a, const LINES: usize> = Option<heapless::Vec<&'a [u8], LINES>>;

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
            Some(lines) => lines,
            None => self.lines.requested_headers.as_slice(),
        }
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
        let single = Single { first: None, second: None };
        Self {
            method,
            origin: single,
            requested_method: single,
            private_network: None,
            requested_headers: None,
            overflow: None,
        }
    }

    #[inline]
    fn add<const LINES: usize>(&mut self, further: &mut Further<'a, LINES>, name: &[u8], value: &'a [u8]) {
        // Four lengths tell most names apart before a byte is read.
        match name.len() {
            6 if is_field_name(name, b"origin") => self.origin.push(value),
            29 if is_field_name(name, b"access-control-request-method") => self.requested_method.push(value),
            30 if is_field_name(name, b"access-control-request-headers") => match (further, self.requested_headers) {
                (Some(lines), _) => {
                    if lines.push(value).is_err() {
                        self.overflow.get_or_insert(value);
                    }
                }
                (None, None) => self.requested_headers = Some(value),
                (further, Some(first)) => {
                    if !make_room(further, first, value) {
                        self.overflow = Some(value);
                    }
                }
            },
            38 if is_field_name(name, b"access-control-request-private-network") => {
                self.private_network = Some(self.private_network.is_none() && value == b"true");
            }
            _ => {}
        }
    }

    #[inline]
    pub(crate) fn class(&self) -> Class {
        if self.origin.first.is_none() {
            Class::Plain
        } else if self.requested_method.first.is_some() && self.method == b"OPTIONS" {
            Class::Preflight
        } else {
            Class::Actual
        }
    }
}

/// Room for further lines, and the first two of them; false: there is none for the second.
#[cold]
#[inline(never)]
fn make_room<'a, const LINES: usize>(further: &mut Further<'a, LINES>, first: &'a [u8], second: &'a [u8]) -> bool {
    let lines = further.insert(heapless::Vec::new());
    // Without room for one line, there is none for two.
    let _ = lines.push(first);
    lines.push(second).is_ok()
}
