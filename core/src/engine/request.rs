//! The header lines of a request that the engine reads, and the class of the request
//! ([Fetch, CORS request](https://fetch.spec.whatwg.org/#http-requests)).

use core::fmt;

use crate::engine::read_header::ReadHeader;
use crate::engine::response::elements;
use crate::syntax::escape::Excerpt;
use crate::syntax::names::names;

names! {
    /// What a request is to the CORS protocol. The names and numbers are stable.
    ///
    /// ```
    /// use corsac::{Class, Request};
    /// assert_eq!(Request::new("GET").class(), Class::Plain);
    /// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
    /// assert_eq!(request.class(), Class::Actual);
    /// assert_eq!(request.class().as_str(), "actual");
    /// ```
    Class:
    /// A request without `Origin`. It goes on to the application, and its response gets headers.
    Plain = 0 => "plain",
    /// Any other request with an `Origin`. It goes on to the application, and its response gets
    /// headers.
    Actual = 1 => "actual",
    /// A browser asks before it sends a request: `OPTIONS` with `Origin` and
    /// `Access-Control-Request-Method`. The server responds at once.
    Preflight = 2 => "preflight",
}

/// How many `Access-Control-Request-Headers` lines a [`Request`] keeps by default: 256 listed names
/// in lines of their own, 16 empty lines, and one more. An allowed preflight can have no more than
/// that. On a device that lists few names, you can use a smaller number.
///
/// ```
/// use corsac::{REQUEST_HEADERS_LINES, Request};
/// assert!(size_of::<Request<8>>() < 300);
/// assert!(size_of::<Request<REQUEST_HEADERS_LINES>>() > 4000);
/// ```
pub const REQUEST_HEADERS_LINES: usize = 273;

/// A request as the engine sees it: the method and the header lines that CORS is about.
///
/// Pass **every** header line that the server has, in order, with values as HTTP gives them
/// (without the white space around them). Names can be in any case: the engine picks the lines that
/// it needs and counts them. `LINES` is how many `Access-Control-Request-Headers` lines are kept; a
/// preflight with more is denied.
///
/// ```
/// use corsac::{Class, Request};
/// let mut request = Request::new("OPTIONS");
/// request.header("Origin", "https://a.example").header("access-control-request-method", "PUT");
/// assert_eq!(request.class(), Class::Preflight);
/// ```
#[derive(Clone)]
// The order matters: the engine always reads the first part, and hardly ever the 4 kB after it.
#[repr(C)]
pub struct Request<'a, const LINES: usize = REQUEST_HEADERS_LINES> {
    lines: Lines<'a>,
    /// Made when a second line of requested headers comes. Most requests never have one, so this
    /// room stays unwritten.
    further: Option<Further<'a, LINES>>,
}

/// The lines that an ordinary request has. Their type does not depend on how many lines the request
/// can keep, so the engine is compiled only once.
#[derive(Clone)]
pub(crate) struct Lines<'a> {
    method: &'a [u8],
    origin: Option<&'a [u8]>,
    requested_method: Option<&'a [u8]>,
    requested_headers: Option<&'a [u8]>,
    /// Whether there is only one line about the private network, and it is `true`. `None`: there is
    /// no line.
    private_network: Option<bool>,
}

/// Lines that browsers do not send: the second line of a header that has only one, and the first
/// line of requested headers for which there was no room.
#[derive(Clone, Default)]
pub(crate) struct Surplus<'a> {
    origin: Option<&'a [u8]>,
    requested_method: Option<&'a [u8]>,
    pub(crate) requested_headers: Option<&'a [u8]>,
}

/// Surplus lines, and all lines of requested headers once there are two.
#[derive(Clone)]
struct Further<'a, const LINES: usize> {
    surplus: Surplus<'a>,
    requested_headers: heapless::Vec<&'a [u8], LINES>,
}

/// A header that browsers send in exactly one line. Without a line, `first` is empty.
#[derive(Clone, Copy)]
pub(crate) struct OneLine<'d> {
    pub(crate) first: &'d [u8],
    pub(crate) second: Option<&'d [u8]>,
}

/// A request without its capacity, as the engine passes it on.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'d> {
    pub(crate) lines: &'d Lines<'d>,
    further: Option<FurtherParts<'d>>,
}

/// The parts that an ordinary request does not have.
#[derive(Clone, Copy)]
struct FurtherParts<'d> {
    surplus: &'d Surplus<'d>,
    requested_headers: &'d [&'d [u8]],
}

impl<'d> Parts<'d> {
    #[inline]
    pub(crate) fn class(&self) -> Class {
        self.lines.class()
    }

    #[inline]
    pub(crate) fn origin(&self) -> OneLine<'d> {
        OneLine { first: self.lines.origin(), second: self.further.and_then(|further| further.surplus.origin) }
    }

    #[inline]
    pub(crate) fn requested_method(&self) -> OneLine<'d> {
        let second = self.further.and_then(|further| further.surplus.requested_method);
        OneLine { first: self.lines.requested_method(), second }
    }

    /// The lines of requested headers that were kept.
    #[inline]
    pub(crate) fn requested_headers(&self) -> &'d [&'d [u8]] {
        self.lines.requested_headers(self.further.map_or(&[], |further| further.requested_headers))
    }

    /// The first line of requested headers that was not kept.
    #[inline]
    pub(crate) fn overflow(&self) -> Option<&'d [u8]> {
        self.further.and_then(|further| further.surplus.requested_headers)
    }

    /// One line that says `true`; anything else asks for nothing.
    #[inline]
    pub(crate) fn asks_private_network(&self) -> bool {
        self.lines.private_network == Some(true)
    }
}

impl<'a> Request<'a> {
    /// A request with this method and no header yet.
    #[inline]
    #[must_use]
    pub fn new<M: AsRef<[u8]> + ?Sized>(method: &'a M) -> Self {
        Self::with_lines(method)
    }

    /// A request with this method and these header lines: any iterator over pairs of a name and a
    /// reference to a value, such as a `&http::HeaderMap`.
    ///
    /// It keeps [`REQUEST_HEADERS_LINES`] lines of requested headers. For another number, write
    /// [`with_lines_from`](Self::with_lines_from).
    #[inline]
    #[must_use]
    pub fn from_lines<M, N, V>(method: &'a M, lines: impl IntoIterator<Item = (N, &'a V)>) -> Self
    where
        M: AsRef<[u8]> + ?Sized,
        N: AsRef<[u8]>,
        V: AsRef<[u8]> + ?Sized + 'a,
    {
        Self::with_lines_from(method, lines)
    }
}

impl<'a, const LINES: usize> Request<'a, LINES> {
    /// As [`Request::new`], for another number of kept lines.
    ///
    /// ```
    /// let mut request = corsac::Request::<8>::with_lines("GET");
    /// request.header("Origin", "https://a.example");
    /// assert_eq!((request.method(), request.origin()), (b"GET".as_slice(), Some(b"https://a.example".as_slice())));
    /// ```
    #[inline]
    #[must_use]
    pub fn with_lines<M: AsRef<[u8]> + ?Sized>(method: &'a M) -> Self {
        Self { lines: Lines::new(method.as_ref()), further: None }
    }

    /// As [`Request::from_lines`], for another number of kept lines.
    ///
    /// ```
    /// use corsac::Request;
    /// let lines = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")];
    /// let request = Request::<8>::with_lines_from("OPTIONS", lines);
    /// assert_eq!(request.requested_method(), Some(b"PUT".as_slice()));
    /// assert!(size_of_val(&request) < 300);
    /// ```
    #[inline]
    #[must_use]
    pub fn with_lines_from<M, N, V>(method: &'a M, lines: impl IntoIterator<Item = (N, &'a V)>) -> Self
    where
        M: AsRef<[u8]> + ?Sized,
        N: AsRef<[u8]>,
        V: AsRef<[u8]> + ?Sized + 'a,
    {
        let (mut read, mut further) = (Lines::new(method.as_ref()), None);
        // A `for` loop is inlined. `for_each` was not, and took 60 instructions more.
        for (name, value) in lines {
            read.add(&mut further, name.as_ref(), value.as_ref());
        }
        // The fields are collected in local variables and written once, because a load of the whole
        // request would wait for stores of its parts (11 ns instead of 27). Both cases are written
        // out, so that the 4 kB for further lines are copied only if there are any. Collecting the
        // further lines in the request itself copied them always.
        match further {
            None => Self { lines: read, further: None },
            further => Self { lines: read, further },
        }
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

    #[inline]
    pub(crate) fn parts(&self) -> Parts<'_> {
        Parts { lines: &self.lines, further: self.further.as_ref().map(Further::parts) }
    }

    #[inline]
    fn requested_headers(&self) -> &[&'a [u8]] {
        self.lines.requested_headers(self.further.as_ref().map_or(&[], |further| &further.requested_headers))
    }

    /// The first `Origin`, unchanged.
    #[must_use]
    pub fn origin(&self) -> Option<&'a [u8]> {
        self.lines.origin
    }

    /// The first `Access-Control-Request-Method`, unchanged.
    #[must_use]
    pub fn requested_method(&self) -> Option<&'a [u8]> {
        self.lines.requested_method
    }

    /// The elements of all `Access-Control-Request-Headers`, without the white space around them
    /// and without empty ones. Nothing else of them is checked.
    ///
    /// ```
    /// let line = ("Access-Control-Request-Headers", "x-a, ,x-b");
    /// let request = corsac::Request::from_lines("OPTIONS", [line, ("Access-Control-Request-Headers", "x-c")]);
    /// assert!(request.requested_header_names().eq(["x-a", "x-b", "x-c"].map(str::as_bytes)));
    /// ```
    pub fn requested_header_names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.requested_headers().iter().flat_map(|line| elements(line))
    }

    /// The method, unchanged.
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

/// The class and what the engine reads, each value cut short: values can be long, and come from
/// strangers.
impl<const LINES: usize> fmt::Debug for Request<'_, LINES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut request = f.debug_struct("Request");
        request.field("class", &self.class()).field("method", &Excerpt(self.lines.method));
        request.field("origin", &self.lines.origin.map(Excerpt));
        request.field("requested_method", &self.lines.requested_method.map(Excerpt));
        request.field("requested_headers", &self.lines.requested_headers.map(Excerpt));
        request.field("requested_headers_lines", &self.requested_headers().len()).finish()
    }
}

impl<'a> Lines<'a> {
    #[inline]
    fn new(method: &'a [u8]) -> Self {
        Self { method, origin: None, requested_method: None, requested_headers: None, private_network: None }
    }

    #[inline]
    fn add<const LINES: usize>(&mut self, further: &mut Option<Further<'a, LINES>>, name: &[u8], value: &'a [u8]) {
        match ReadHeader::of(name) {
            Some(ReadHeader::Origin) => match self.origin {
                None => self.origin = Some(value),
                Some(_) => _ = Further::of(further).surplus.origin.get_or_insert(value),
            },
            Some(ReadHeader::RequestedMethod) => match self.requested_method {
                None => self.requested_method = Some(value),
                Some(_) => _ = Further::of(further).surplus.requested_method.get_or_insert(value),
            },
            Some(ReadHeader::RequestedHeaders) => match self.requested_headers {
                None => self.requested_headers = Some(value),
                Some(first) => add_requested(further, first, value),
            },
            Some(ReadHeader::PrivateNetwork) => {
                self.private_network = Some(self.private_network.is_none() && value == b"true");
            }
            None => {}
        }
    }

    /// The first `Origin`; empty where there is none.
    #[inline]
    pub(crate) fn origin(&self) -> &'a [u8] {
        self.origin.unwrap_or_default()
    }

    /// The first requested method; empty where there is none.
    #[inline]
    pub(crate) fn requested_method(&self) -> &'a [u8] {
        self.requested_method.unwrap_or_default()
    }

    /// All lines of requested headers. `further` has all of them once there are two, and is empty
    /// before.
    #[inline]
    fn requested_headers<'r>(&'r self, further: &'r [&'a [u8]]) -> &'r [&'a [u8]] {
        if further.is_empty() { self.requested_headers.as_slice() } else { further }
    }

    #[inline(always)]
    fn class(&self) -> Class {
        if self.origin.is_none() {
            Class::Plain
        } else if self.requested_method.is_some() && self.method == b"OPTIONS".as_slice() {
            Class::Preflight
        } else {
            Class::Actual
        }
    }
}

impl<'a, const LINES: usize> Further<'a, LINES> {
    #[cold]
    #[inline(never)]
    fn of(further: &mut Option<Self>) -> &mut Self {
        further.get_or_insert_with(|| Self { surplus: Surplus::default(), requested_headers: heapless::Vec::new() })
    }

    /// `#[cold]`, so that a request without further lines takes a branch and not a conditional move.
    #[cold]
    fn parts(&self) -> FurtherParts<'_> {
        FurtherParts { surplus: &self.surplus, requested_headers: &self.requested_headers }
    }
}

/// A second or later line of requested headers.
#[cold]
#[inline(never)]
fn add_requested<'a, const LINES: usize>(further: &mut Option<Further<'a, LINES>>, first: &'a [u8], value: &'a [u8]) {
    let Further { surplus, requested_headers } = Further::of(further);
    if requested_headers.is_empty() {
        // With room for no line at all, `value` finds none either.
        let _ = requested_headers.push(first);
    }
    if requested_headers.push(value).is_err() {
        surplus.requested_headers.get_or_insert(value);
    }
}
