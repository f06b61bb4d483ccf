//! The decision about a request: a few words that point into the image and the request.

use core::fmt;

use crate::engine::denial::Denial;
use crate::engine::header::HeaderList;
use crate::engine::headers::Headers;
use crate::engine::request::{Class, Lines, Parts};
use crate::engine::response::ReplacedHeaders;
use crate::image::layout::{Image, flag};
use crate::image::shape;

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

#[cfg(test)]
mod tests {
    use crate::{PolicySpec, Request};

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
}
