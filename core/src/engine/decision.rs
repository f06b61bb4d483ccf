//! The decision about a request: a few words that point into the image and the request. The headers
//! of the response are read from it one by one, in a fixed order.

use core::fmt;
use core::ops::Deref;

use crate::engine::denial::Denial;
use crate::engine::request::{Class, Lines, Parts};
use crate::engine::response::ReplacedHeaders;
use crate::image::layout::{Image, Section, flag};
use crate::image::shape;
use crate::syntax::byte::holds_name;

/// One response header: a name as the Fetch standard writes it, and a value with only bytes of
/// 0x20..=0x7E.
///
/// ```
/// use corsac::{PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// let mut headers = policy.evaluate(&request).headers();
/// let header = headers.next().expect("two headers");
/// assert_eq!((header.name, header.value), ("Access-Control-Allow-Origin", b"https://app.example.com".as_slice()));
/// assert_eq!(headers.next().expect("two headers").to_string(), "Vary: Origin");
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Header<'d> {
    /// The field name.
    pub name: &'static str,
    /// The field value: a slice of the policy's image or of the request.
    pub value: &'d [u8],
}

impl<'d> Header<'d> {
    /// The field value as text. All its bytes are printable ASCII.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
    /// let decision = policy.evaluate(&request);
    /// let values: Vec<&str> = decision.headers().map(|header| header.value_str()).collect();
    /// assert_eq!(values, ["https://app.example.com", "Origin"]);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn value_str(&self) -> &'d str {
        // Nothing but ASCII reaches a value, so there is no error to report.
        core::str::from_utf8(self.value).unwrap_or_default()
    }
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

/// All headers of a decision as a value: a slice of at most 40, because there are at most 32
/// repeated lines and seven other headers.
///
/// ```
/// use corsac::{HeaderList, PolicySpec, Request};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// let list: HeaderList = policy.evaluate(&request).header_list();
/// assert_eq!(list.len(), 2);
/// assert_eq!(list[1].name, "Vary");
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HeaderList<'d>(heapless::Vec<Header<'d>, 40>);

impl<'d> Deref for HeaderList<'d> {
    type Target = [Header<'d>];

    fn deref(&self) -> &[Header<'d>] {
        &self.0
    }
}

/// What to do with a request. It borrows the policy and the request, and is small enough to copy.
///
/// * Respond to a preflight at once, with [`status`](Self::status) and [`headers`](Self::headers).
///   The application never sees it.
/// * Pass any other request on to the application, **allowed or not**. Denied means that the page
///   cannot read the response. It is never a reason to refuse the request. From the response,
///   remove all headers that [`replaces_header`](Self::replaces_header) is true of, add
///   [`headers`](Self::headers), and merge `Vary`.
///
/// ```
/// use corsac::{Class, DenialCode, PolicySpec, Request};
///
/// let spec = PolicySpec { allow_methods: Some(&["GET", "PUT"]), ..PolicySpec::new(&["https://app.example.com"]) };
/// let policy = spec.compile([0; 256], |finding| eprintln!("{finding}"))?;
/// let request = Request::from_lines("OPTIONS", [
///     ("Origin", "https://app.example.com"),
///     ("Access-Control-Request-Method", "DELETE"),
/// ]);
/// let decision = policy.evaluate(&request);
/// assert!(!decision.is_allowed());
/// assert_eq!(decision.denial().map(|denial| denial.code()), Some(DenialCode::MethodNotAllowed));
/// let sentence = r#"preflight denied: method "DELETE" is not allowed; the browser will not send the request"#;
/// assert_eq!(decision.to_string(), sentence);
///
/// // The response lists what is allowed, so that the browser's console names the method.
/// assert_eq!((decision.class(), decision.status()), (Class::Preflight, Some(204)));
/// let headers: Vec<String> = decision.headers().map(|header| header.to_string()).collect();
/// assert_eq!(headers, [
///     "Access-Control-Allow-Origin: https://app.example.com",
///     "Access-Control-Allow-Methods: GET, PUT",
///     "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
/// ]);
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Decision<'d> {
    image: Image<'d>,
    lines: &'d Lines<'d>,
    /// The lines of requested headers that the response repeats. Of the last one of a denied
    /// preflight, it repeats what is in front of the offence.
    echoed: &'d [&'d [u8]],
    denial: Option<Denial<'d>>,
    status: u16,
    /// Which headers the response has: bits of [`shape`].
    pub(crate) shape: u16,
    class: Class,
    /// The decision is about `Timing-Allow-Origin`, too.
    pub(crate) has_timing: bool,
}

impl<'d> Decision<'d> {
    /// Allowed, with this status (of a preflight) and these headers. `class` is that of the request.
    #[inline]
    pub(crate) fn new(image: Image<'d>, request: &Parts<'d>, class: Class, status: u16, shape: u16) -> Self {
        Self {
            image,
            lines: request.lines,
            echoed: &[],
            denial: None,
            status,
            shape,
            class,
            has_timing: image.has(flag::TIMING),
        }
    }

    /// The same, denied.
    #[inline]
    pub(crate) fn denied(self, denial: Denial<'d>) -> Self {
        Self { denial: Some(denial), ..self }
    }

    /// The same, with these lines of requested headers repeated.
    #[inline]
    pub(crate) fn echoing(self, echoed: &'d [&'d [u8]]) -> Self {
        Self { echoed, ..self }
    }
}

impl<'d> Decision<'d> {
    /// The class of the request: preflight, actual or plain.
    #[inline]
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// Whether nothing was denied.
    #[inline]
    #[must_use]
    pub const fn is_allowed(&self) -> bool {
        self.denial.is_none()
    }

    /// Why the request is denied. `None` if it is allowed.
    #[inline]
    #[must_use]
    pub const fn denial(&self) -> Option<Denial<'d>> {
        self.denial
    }

    /// The status of the response to a preflight. `None` for every other request, because its
    /// response has the status of the application.
    #[inline]
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        (self.class == Class::Preflight).then_some(self.status)
    }

    /// The response headers, in this order: `Access-Control-Allow-Origin`, `-Allow-Credentials`,
    /// `-Allow-Methods`, `-Allow-Headers`, `-Max-Age`, `-Expose-Headers`, then
    /// `Timing-Allow-Origin`, `Access-Control-Allow-Private-Network` and `Vary`.
    ///
    /// `Access-Control-Allow-Headers` can come more than once. Send each as a header of its own:
    /// browsers join them.
    #[inline]
    #[must_use]
    pub fn headers(&self) -> Headers<'d> {
        let cut = self.denial.map_or(0, |denial| denial.offence.len());
        Headers { image: self.image, lines: self.lines, echoed: self.echoed, cut, left: self.shape }
    }

    /// A number for the [`headers`](Self::headers): two decisions of one policy that have the same
    /// number have the same headers, apart from the request's origin in them. `None`: the response
    /// repeats the requested method or header names, too.
    ///
    /// An adapter can therefore make the headers once, and put each origin into a copy. A path of a
    /// set can have several policies, each with its own numbers.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["https://*.example.com"]).compile([0; 256], |_| ())?;
    /// let requests = ["https://a.example.com", "https://b.example.com", "https://other.example"]
    ///     .map(|origin| Request::from_lines("GET", [("Origin", origin)]));
    /// let [one, other, denied] = requests.each_ref().map(|request| policy.evaluate(request).header_shape());
    /// assert!(one.is_some() && one == other && one != denied);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[inline]
    #[must_use]
    pub const fn header_shape(&self) -> Option<u16> {
        if self.echoed.is_empty() && self.shape & shape::METHOD == 0 { Some(self.shape) } else { None }
    }

    /// Whether you must remove a header of this name, in any case, from the application's response
    /// before you add these headers. That is true of the CORS response headers, for every request
    /// that a policy applies to, denied and plain ones too. It is true of `Timing-Allow-Origin` if
    /// a policy of the path has `allow_timing` on. `Vary` is merged instead, with
    /// [`VaryMerge`](crate::VaryMerge).
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

    /// The headers that [`replaces_header`](Self::replaces_header) returns true for, as a value
    /// that borrows neither the policy nor the request.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
    /// let replaced = policy.evaluate(&Request::new("GET")).replaced_headers();
    /// assert!(replaced.contains(b"Access-Control-Allow-Methods") && !replaced.contains(b"Content-Type"));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub const fn replaced_headers(&self) -> ReplacedHeaders {
        ReplacedHeaders { has_timing: self.has_timing }
    }

    /// All [`headers`](Self::headers), collected.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let policy = PolicySpec::new(&["*"]).compile([0; 256], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
    /// let list = policy.evaluate(&request).header_list();
    /// assert_eq!(list.iter().map(|header| header.to_string()).collect::<Vec<_>>(), ["Access-Control-Allow-Origin: *"]);
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn header_list(&self) -> HeaderList<'d> {
        let mut list = HeaderList::default();
        for header in self.headers() {
            // At most 32 repeated lines and seven other headers: they fit.
            let _ = list.0.push(header);
        }
        list
    }
}

/// For people: the class, and whether the request is allowed or why it is not.
impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&DecisionSentence::new(self.class, self.denial), f)
    }
}

/// The sentence that a [`Decision`] displays, for callers that kept its class and its denial alone.
///
/// ```
/// use corsac::{Class, DecisionSentence};
/// let sentence = DecisionSentence::new(Class::Actual, None).to_string();
/// assert_eq!(sentence, "request allowed: the page may read the response");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct DecisionSentence<'d> {
    class: Class,
    denial: Option<Denial<'d>>,
}

impl<'d> DecisionSentence<'d> {
    /// The sentence for a class of requests. Without a denial, the request is allowed.
    #[must_use]
    pub const fn new(class: Class, denial: Option<Denial<'d>>) -> Self {
        Self { class, denial }
    }
}

impl fmt::Display for DecisionSentence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.class, self.denial) {
            (Class::Preflight, None) => f.write_str("preflight allowed: the browser may send the request"),
            (Class::Preflight, Some(denial)) => {
                write!(f, "preflight denied: {denial}; the browser will not send the request")
            }
            (Class::Actual, None) => f.write_str("request allowed: the page may read the response"),
            (Class::Actual, Some(denial)) => {
                write!(f, "response not shared: {denial}; the application still gets the request")
            }
            (Class::Plain, None) => {
                f.write_str("plain request: it has no Origin, so there is nothing to allow or deny")
            }
            (Class::Plain, Some(denial)) => write!(f, "plain request without CORS headers: {denial}"),
        }
    }
}

/// Class, denial, status and headers: what you need in a log, and never the image, which can have
/// megabytes.
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
    lines: &'d Lines<'d>,
    /// The lines of requested headers that are still to be repeated.
    echoed: &'d [&'d [u8]],
    /// How many bytes at the end of the last line are not repeated: the offence of a denied
    /// preflight.
    cut: usize,
    /// Bits of the other headers that are still to come.
    left: u16,
}

impl<'d> Headers<'d> {
    /// The next line that is repeated. A line without a name makes no header. It is inlined, because
    /// a call would keep the iterator's state in memory (30 instructions more).
    #[inline]
    fn next_echoed(&mut self) -> Option<Header<'d>> {
        while let Some((line, rest)) = self.echoed.split_first() {
            self.echoed = rest;
            let value = if self.cut != 0 && rest.is_empty() { without_end(line, self.cut) } else { line };
            if holds_name(value) {
                return Some(Header { name: "Access-Control-Allow-Headers", value });
            }
        }
        None
    }

    #[inline]
    fn header(&self, bit: u16) -> Header<'d> {
        let (name, value): (_, &[u8]) = match bit {
            shape::ANY => ("Access-Control-Allow-Origin", b"*"),
            shape::ORIGIN => ("Access-Control-Allow-Origin", self.lines.origin()),
            shape::CREDENTIALS => ("Access-Control-Allow-Credentials", b"true"),
            shape::METHOD_LIST => ("Access-Control-Allow-Methods", self.image.section(Section::Methods)),
            shape::METHOD => ("Access-Control-Allow-Methods", self.lines.requested_method()),
            shape::HEADER_LIST => ("Access-Control-Allow-Headers", self.image.section(Section::RequestHeaders)),
            shape::MAX_AGE => ("Access-Control-Max-Age", self.image.section(Section::MaxAge)),
            shape::EXPOSED => ("Access-Control-Expose-Headers", self.image.section(Section::ExposedHeaders)),
            shape::TIMING_ANY => ("Timing-Allow-Origin", b"*"),
            shape::TIMING_ORIGIN => ("Timing-Allow-Origin", self.lines.origin()),
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

/// Removes this many bytes from the end of a list, and the comma and white space before them.
#[cold]
fn without_end(list: &[u8], cut: usize) -> &[u8] {
    let rest = list.len().checked_sub(cut).and_then(|length| list.get(..length)).unwrap_or_default();
    let end = rest.iter().rposition(|&b| !matches!(b, b' ' | b',')).map_or(0, |last| last + 1);
    rest.get(..end).unwrap_or_default()
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
        // Repeated lines follow the header list. In front of the max age, it has the last bit.
        if !self.echoed.is_empty() && self.left & (shape::MAX_AGE - 1) == 0 {
            if let Some(header) = self.next_echoed() {
                return Some(header);
            }
        }
        let bit = self.left & self.left.wrapping_neg();
        self.left = self.left.checked_sub(1)? & self.left;
        Some(self.header(bit))
    }

    /// One branch for each bit: the processor predicts them well, because the responses of a server
    /// hardly differ in their headers.
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
        // Few policies repeat lines. Without any, they need no registers below.
        if !self.echoed.is_empty() {
            for header in self {
                folded = f(folded, header);
            }
            return folded;
        }
        // A plain request and a denied origin have no other header than `Vary`.
        if self.left & !shape::VARY != 0 {
            each! { ANY ORIGIN CREDENTIALS METHOD_LIST METHOD HEADER_LIST }
            each! { MAX_AGE EXPOSED TIMING_ANY TIMING_ORIGIN PRIVATE_NETWORK }
        }
        each! { VARY_ORIGIN VARY_PREFLIGHT VARY_PRIVATE_NETWORK }
        folded
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let mut rest = self.clone();
        let echoed = core::iter::from_fn(|| rest.next_echoed()).count();
        let count = self.left.count_ones() as usize + echoed;
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
    fn number_of_headers_stands_for_headers_that_repeat_nothing() {
        let shape = |spec: PolicySpec<'_>, names: &str| {
            let policy = spec.compile([0; 512], |_| ()).expect("it compiles");
            let mut request = Request::new("OPTIONS");
            request.header("Origin", "https://a.example").header("Access-Control-Request-Method", "PUT");
            if !names.is_empty() {
                request.header("Access-Control-Request-Headers", names);
            }
            policy.evaluate(&request).header_shape()
        };
        let spec = PolicySpec {
            allow_methods: Some(&["PUT", "GET"]),
            allow_headers: &["x-a"],
            ..PolicySpec::new(&["https://a.example"])
        };
        let listed = shape(spec, "");
        assert!(listed.is_some() && listed == shape(spec, "x-a"));
        // A denied name gets the same list.
        assert_eq!(listed, shape(spec, "x-b"));
        // Any method or name is allowed by a copy of what was asked.
        assert_eq!(shape(PolicySpec { allow_methods: Some(&["*"]), ..spec }, ""), None);
        assert_eq!(shape(PolicySpec { allow_headers: &["*"], ..spec }, "x-b"), None);
    }

    #[test]
    fn headers_are_the_same_one_by_one_and_folded() {
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
