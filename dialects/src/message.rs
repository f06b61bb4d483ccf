//! What a product receives and sends.

use corsac_diagnose::exchange::Headers;

/// A request as the product receives it.
///
/// ```
/// use corsac_dialects::Received;
/// let header = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
/// let headers = vec![header("Origin", "https://a.example"), header("Access-Control-Request-Method", "PUT")];
/// let request = Received { method: b"OPTIONS".to_vec(), headers };
/// assert!(request.is_preflight());
/// assert_eq!(request.first("origin"), Some(b"https://a.example".as_slice()));
/// assert_eq!(request.all("cookie").count(), 0);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// The method.
    pub method: Vec<u8>,
    /// The headers, in their order.
    pub headers: Headers,
}

impl Received {
    /// The values of all headers with this name, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        values(&self.headers, name)
    }

    /// The value of the first header with this name.
    #[must_use]
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        self.all(name).next()
    }

    /// Whether it is `OPTIONS` with `Origin` and `Access-Control-Request-Method`, as browsers send preflights.
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.method == b"OPTIONS" && self.first("origin").is_some() && self.first(ACRM).is_some()
    }
}

/// What the application behind the product sends.
///
/// ```
/// use corsac_dialects::{Sent, Upstream};
/// let upstream = Upstream { status: 404, ..Upstream::default() };
/// assert_eq!(Sent::by_upstream(&upstream).status, 404);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The status.
    pub status: u16,
    /// The headers, in their order.
    pub headers: Headers,
}

/// A response of status 200 without headers.
impl Default for Upstream {
    fn default() -> Self {
        Self { status: 200, headers: Headers::new() }
    }
}

/// `Access-Control-Request-Method`.
pub(crate) const ACRM: &str = "Access-Control-Request-Method";
/// `Access-Control-Request-Headers`.
pub(crate) const ACRH: &str = "Access-Control-Request-Headers";
/// `Access-Control-Allow-Origin`.
pub(crate) const ACAO: &str = "Access-Control-Allow-Origin";
/// `Access-Control-Allow-Credentials`.
pub(crate) const ACAC: &str = "Access-Control-Allow-Credentials";
/// `Access-Control-Allow-Methods`.
pub(crate) const ACAM: &str = "Access-Control-Allow-Methods";
/// `Access-Control-Allow-Headers`.
pub(crate) const ACAH: &str = "Access-Control-Allow-Headers";
/// `Access-Control-Max-Age`.
pub(crate) const ACMA: &str = "Access-Control-Max-Age";
/// `Access-Control-Expose-Headers`.
pub(crate) const ACEH: &str = "Access-Control-Expose-Headers";
/// All response headers of CORS.
pub(crate) const CORS_HEADERS: [&str; 7] = [ACAO, ACAC, ACAM, ACAH, ACMA, ACEH, "Access-Control-Allow-Private-Network"];

/// The headers of CORS on responses that are not preflights', and how a doubt names them.
pub(crate) const ACTUAL_HEADERS: [(&str, &str); 3] = [
    (ACAO, "access-control-allow-origin"),
    (ACAC, "access-control-allow-credentials"),
    (ACEH, "access-control-expose-headers"),
];

/// What the product sends back.
///
/// ```
/// use corsac_dialects::{Sent, Upstream};
/// assert!(Sent::by_upstream(&Upstream::default()).reaches_upstream);
///
/// let mut sent = Sent::by_product(204);
/// sent.add("Vary", "Accept");
/// sent.add("Vary", "Origin");
/// assert!(sent.all("vary").eq([b"Accept".as_slice(), b"Origin"]) && !sent.reaches_upstream);
/// sent.set("Access-Control-Max-Age", "600");
/// sent.remove("vary");
/// assert_eq!(sent.all("vary").next(), None);
/// sent.doubt("access-control-max-age");
/// assert_eq!(sent.unknown, ["access-control-max-age"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The status.
    pub status: u16,
    /// The headers that the simulator knows, in their order: those of the upstream, and those of CORS.
    pub headers: Headers,
    /// Whether the application sees the request.
    pub reaches_upstream: bool,
    /// What rests on an uncertain fact: `status`, or the name of a header in lower case. Sorted.
    pub unknown: Vec<&'static str>,
}

impl Sent {
    /// A response of the product itself. The application does not see the request.
    #[must_use]
    pub const fn by_product(status: u16) -> Self {
        Self { status, headers: Headers::new(), reaches_upstream: false, unknown: Vec::new() }
    }

    /// The application's own response.
    #[must_use]
    pub fn by_upstream(upstream: &Upstream) -> Self {
        let (status, headers) = (upstream.status, upstream.headers.clone());
        Self { status, headers, reaches_upstream: true, unknown: Vec::new() }
    }

    /// Adds a header, and keeps those that have the same name.
    pub fn add(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.headers.push((name.as_bytes().to_vec(), value.as_ref().to_vec()));
    }

    /// Adds a header, and removes those that had the same name.
    pub fn set(&mut self, name: &str, value: impl AsRef<[u8]>) {
        self.remove(name);
        self.add(name, value);
    }

    /// Removes all headers with this name.
    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name.as_bytes()));
    }

    /// Marks something as uncertain: `status`, or a header's name in lower case.
    pub fn doubt(&mut self, what: &'static str) {
        if let Err(at) = self.unknown.binary_search(&what) {
            self.unknown.insert(at, what);
        }
    }

    /// The values of all headers with this name, in their order.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &[u8]> {
        values(&self.headers, name)
    }

    /// Whether `Vary` names `Origin`, or is `*`.
    #[must_use]
    pub(crate) fn varies_on_origin(&self) -> bool {
        let mut names = self.all("vary").flat_map(|value| value.split(|&b| b == b','));
        names.any(|name| name.trim_ascii().eq_ignore_ascii_case(b"origin") || name.trim_ascii() == b"*")
    }
}

fn values<'h>(headers: &'h Headers, name: &str) -> impl Iterator<Item = &'h [u8]> {
    headers
        .iter()
        .filter(move |(known, _)| known.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value.as_slice())
}
