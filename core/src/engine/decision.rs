//! What to answer: a few words that point into the image and the request; headers come out one by one, in a fixed order.

use core::fmt;
use core::ops::Deref;

use crate::engine::denial::Denial;
use crate::engine::request::{Class, Parts};
use crate::engine::response::ReplacedHeaders;
use crate::image::layout::{Image, Section, flag};
use crate::image::shape;
use crate::syntax::byte::holds_name;

/// One response header: a name as the Fetch standard writes it, and its value, all bytes of which are in 0x20..=0x7E.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Header<'d> {
    /// The field name.
    pub name: &'static str,
    /// The field value: a slice of the policy's image or of the request.
    pub value: &'d [u8],
}

impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, crate::Escaped(self.value))
    }
}

impl fmt::Debug for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// All headers of a decision as a value: a slice of at most 40.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderList<'d>(heapless::Vec<Header<'d>, 40>);

impl<'d> Deref for HeaderList<'d> {
    type Target = [Header<'d>];

    fn deref(&self) -> &[Header<'d>] {
        &self.0
    }
}

/// What to answer to a request. It borrows the policy and the request, and is small enough to copy.
///
/// * A preflight is answered at once, with [`status`](Self::status) and [`headers`](Self::headers), and goes no further.
/// * Any other request goes on, **allowed or not**: denied means that its response is not shared with the page, never that the
///   request is refused. Its response gets the headers, after all lines of the same CORS names were removed and `Vary` merged.
#[derive(Clone, Copy)]
pub struct Decision<'d> {
    image: Image<'d>,
    request: Parts<'d>,
    denial: Option<Denial<'d>>,
    status: u16,
    /// Which headers the response has: bits of [`shape`].
    pub(crate) shape: u16,
    class: Class,
    /// The decision is about `Timing-Allow-Origin`, too.
    pub(crate) has_timing: bool,
}

impl<'d> Decision<'d> {
    /// Allowed, with this status (of a preflight) and these headers.
    #[inline]
    pub(crate) fn new(image: Image<'d>, request: Parts<'d>, status: u16, shape: u16) -> Self {
        Self {
            image,
            request,
            denial: None,
            status,
            shape,
            class: request.class(),
            has_timing: image.has(flag::TIMING),
        }
    }

    /// The same, denied.
    #[inline]
    pub(crate) fn denied(self, denial: Denial<'d>) -> Self {
        Self { denial: Some(denial), ..self }
    }
}

impl<'d> Decision<'d> {
    /// Preflight, actual or plain.
    #[inline]
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Nothing was denied. A plain request is always allowed: there is nobody to deny.
    #[inline]
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.denial.is_none()
    }

    /// Why not.
    #[inline]
    #[must_use]
    pub const fn denial(&self) -> Option<Denial<'d>> {
        self.denial
    }

    /// The status of the answer to a preflight; `None` for every other request: the application has its own.
    #[inline]
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        (self.class == Class::Preflight).then_some(self.status)
    }

    /// The response headers, in this order: `Access-Control-` `Allow-Origin`, `Allow-Credentials`, `Allow-Methods`, `Allow-Headers`,
    /// `Max-Age`, `Expose-Headers`, `Allow-Private-Network`, then `Vary`.
    #[inline]
    #[must_use]
    pub fn headers(&self) -> Headers<'d> {
        let names = if self.shape & shape::HEADER_LINES == 0 {
            0
        } else {
            self.request.requested_headers.iter().filter(|line| holds_name(line)).count()
        };
        let left = self.shape & !shape::HEADER_LINES;
        Headers { image: self.image, request: self.request, headers: self.request.requested_headers, names, left }
    }

    /// Whether an adapter removes a header of this name, in any case, from the response before it writes these headers: the CORS response
    /// headers, on every response that a policy governs, denied and plain ones too; and `Timing-Allow-Origin` where a policy of the path has
    /// `allow_timing` on. `Vary` is merged instead, with [`VaryMerge`](crate::VaryMerge).
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
    /// let request = Request::new("GET");
    /// let decision = policy.evaluate(&request);
    /// assert!(decision.replaces_header(b"access-control-allow-origin"));
    /// assert!(!decision.replaces_header(b"Vary") && !decision.replaces_header(b"Timing-Allow-Origin"));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn replaces_header(&self, name: &[u8]) -> bool {
        self.replaced_headers().contains(name)
    }

    /// The headers that [`replaces_header`](Self::replaces_header) is true of, as a value that borrows neither policy nor request.
    #[must_use]
    pub const fn replaced_headers(&self) -> ReplacedHeaders {
        ReplacedHeaders { has_timing: self.has_timing }
    }

    /// The same headers, collected.
    #[must_use]
    pub fn header_list(&self) -> HeaderList<'d> {
        let mut list = HeaderList::default();
        for header in self.headers() {
            // At most 32 echoed lines and six other headers: they fit.
            let _ = list.0.push(header);
        }
        list
    }
}

/// For people: the class, and allowed or why not.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.class, self.denial) {
            (Class::Preflight, None) => f.write_str("preflight allowed: the browser may send the request"),
            (Class::Preflight, Some(denial)) => {
                write!(f, "preflight denied: {denial}; the browser will not send the request")
            }
            (Class::Actual, None) => f.write_str("request allowed: the page may read the response"),
            (Class::Actual, Some(denial)) => {
                write!(f, "response not shared: {denial}; the request itself goes on to the application")
            }
            (Class::Plain, _) => f.write_str("plain request: no Origin, nothing to allow or deny"),
        }
    }
}

/// Class, denial, status and headers: what a person needs, and never the image.
impl fmt::Debug for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut decision = f.debug_struct("Decision");
        decision.field("class", &self.class).field("denial", &self.denial());
        decision.field("status", &self.status()).field("headers", &self.headers()).finish()
    }
}

/// The response headers of a [`Decision`], in their fixed order.
#[derive(Clone)]
pub struct Headers<'d> {
    image: Image<'d>,
    request: Parts<'d>,
    /// The requested headers to come.
    headers: &'d [&'d [u8]],
    /// How many of them are echoed.
    names: usize,
    /// Bits of the headers to come, the echoed lines aside.
    left: u16,
}

impl<'d> Headers<'d> {
    #[inline]
    fn header(&self, bit: u16) -> Header<'d> {
        let (name, value): (_, &[u8]) = match bit {
            shape::ANY => ("Access-Control-Allow-Origin", b"*"),
            shape::ORIGIN => ("Access-Control-Allow-Origin", self.request.origin().first),
            shape::CREDENTIALS => ("Access-Control-Allow-Credentials", b"true"),
            shape::METHOD_LIST => ("Access-Control-Allow-Methods", self.image.section(Section::Methods)),
            shape::METHOD => ("Access-Control-Allow-Methods", self.request.requested_method().first),
            shape::HEADER_LIST => ("Access-Control-Allow-Headers", self.image.section(Section::RequestHeaders)),
            shape::MAX_AGE => ("Access-Control-Max-Age", self.image.section(Section::MaxAge)),
            shape::EXPOSED => ("Access-Control-Expose-Headers", self.image.section(Section::ExposedHeaders)),
            shape::TIMING_ANY => ("Timing-Allow-Origin", b"*"),
            shape::TIMING_ORIGIN => ("Timing-Allow-Origin", self.request.origin().first),
            shape::PRIVATE_NETWORK => ("Access-Control-Allow-Private-Network", b"true"),
            shape::VARY_ORIGIN => ("Vary", b"Origin"),
            shape::VARY_PREFLIGHT => {
                ("Vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
            }
            _ => (
                "Vary",
                b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
            ),
        };
        Header { name, value }
    }
}

/// The answer to a line of requested headers, where any may be sent.
#[inline]
fn echo(line: &[u8]) -> Header<'_> {
    Header { name: "Access-Control-Allow-Headers", value: line }
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'d> Iterator for Headers<'d> {
    type Item = Header<'d>;

    #[inline]
    fn next(&mut self) -> Option<Header<'d>> {
        // Echoed lines come where the list would: behind everything with a lower bit.
        if self.names != 0 && self.left & (shape::HEADER_LINES - 1) == 0 {
            while let Some((line, rest)) = self.headers.split_first() {
                self.headers = rest;
                if holds_name(line) {
                    self.names -= 1;
                    return Some(echo(line));
                }
            }
        }
        let bit = self.left & self.left.wrapping_neg();
        self.left = self.left.checked_sub(1)? & self.left;
        Some(self.header(bit))
    }

    /// Bit by bit, each with code of its own: which ones are set hardly changes from one request to the next.
    #[inline]
    fn fold<B, F: FnMut(B, Header<'d>) -> B>(self, init: B, mut f: F) -> B {
        let mut folded = init;
        macro_rules! each {
            ($($bit:ident)+) => {$(
                if self.left & shape::$bit != 0 {
                    folded = f(folded, self.header(shape::$bit));
                }
            )+};
        }
        each! { ANY ORIGIN CREDENTIALS METHOD_LIST METHOD HEADER_LIST }
        if self.names != 0 {
            folded = self.headers.iter().filter(|line| holds_name(line)).map(|line| echo(line)).fold(folded, &mut f);
        }
        each! { MAX_AGE EXPOSED TIMING_ANY TIMING_ORIGIN PRIVATE_NETWORK VARY_ORIGIN VARY_PREFLIGHT VARY_PRIVATE_NETWORK }
        folded
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.left.count_ones() as usize + self.names;
        (count, Some(count))
    }
}

impl ExactSizeIterator for Headers<'_> {}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::Header;
    use crate::{PolicySpec, Request};
    use std::vec::Vec;

    #[test]
    fn headers_say_how_many_are_to_come_and_come_alike_one_by_one_and_all_at_once() {
        let origin = &["https://a.example"];
        let listed = PolicySpec { allow_headers: &["x-a"], expose_headers: &["x-b"], ..PolicySpec::new(origin) };
        let specs = [
            PolicySpec::new(&["*"]),
            PolicySpec { allow_headers: &["*"], allow_methods: Some(&["*"]), ..PolicySpec::new(origin) },
            PolicySpec { allow_headers: &["*"], max_age: Some(5), allow_credentials: true, ..PolicySpec::new(origin) },
            PolicySpec { allow_methods: Some(&["*"]), ..listed },
            PolicySpec { allow_private_network: true, max_age: Some(5), ..listed },
        ];
        for spec in specs {
            let policy = spec.compile([0; 512], |_| ()).expect("it compiles");
            let asked: [(_, &[&str]); 4] =
                [("GET", &[]), ("OPTIONS", &[]), ("OPTIONS", &["x-a"]), ("OPTIONS", &["x-a", "", "x-b", " "])];
            for (method, lines) in asked {
                let mut request = Request::new(method);
                request.header("Origin", "https://a.example").header("Access-Control-Request-Method", "GET");
                request.header("Access-Control-Request-Private-Network", "true");
                for line in lines {
                    request.header("Access-Control-Request-Headers", *line);
                }
                let decision = policy.evaluate(&request);
                let mut headers = decision.headers();
                let mut one_by_one: Vec<Header<'_>> = std::iter::from_fn(|| headers.next()).collect();
                assert!(!one_by_one.is_empty());
                headers = decision.headers();
                while !one_by_one.is_empty() {
                    assert_eq!(headers.size_hint(), (one_by_one.len(), Some(one_by_one.len())), "{lines:?}");
                    let mut at_once = Vec::new();
                    headers.clone().for_each(|header| at_once.push(header));
                    assert_eq!(at_once, one_by_one, "{lines:?}");
                    assert_eq!(headers.next(), Some(one_by_one.remove(0)));
                }
                assert!(headers.next().is_none());
            }
        }
    }
}
