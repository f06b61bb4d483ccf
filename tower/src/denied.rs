//! A denied request, as the hook for denials and the log see it.

use std::fmt;
use std::sync::Arc;

use corsac::{Class, Decision, Denial, Escaped};
use http::{Extensions, HeaderMap, Method, Request, Uri};

/// Bytes of a path that the log shows.
const PATH_SHOWN: usize = 128;

/// A request without its body.
#[derive(Clone, Copy)]
pub(crate) struct Head<'r> {
    pub(crate) method: &'r Method,
    pub(crate) uri: &'r Uri,
    pub(crate) headers: &'r HeaderMap,
    pub(crate) extensions: &'r Extensions,
}

impl<'r, B> From<&'r Request<B>> for Head<'r> {
    fn from(request: &'r Request<B>) -> Self {
        Self {
            method: request.method(),
            uri: request.uri(),
            headers: request.headers(),
            extensions: request.extensions(),
        }
    }
}

impl Head<'_> {
    /// Whether the page can read the response without CORS, because it is of the same origin or the
    /// user opened it.
    pub(crate) fn is_of_own_page(&self) -> bool {
        self.headers.get("sec-fetch-site").is_some_and(|site| matches!(site.as_bytes(), b"same-origin" | b"none"))
    }
}

/// Method and path, escaped. The query is left out, because it may hold secrets.
impl fmt::Display for Head<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.uri.path().as_bytes();
        let shown = path.get(..PATH_SHOWN).unwrap_or(path);
        let more = if shown.len() < path.len() { "..." } else { "" };
        write!(f, "{} {}{more}", Escaped(self.method.as_str().as_bytes()), Escaped(shown))
    }
}

/// A request that the policy denies.
///
/// If it is a preflight, the browser does not send the request that it asked for. Any other request
/// still reaches your application, but the page cannot read the response.
///
/// `Display` writes one line with at most 128 bytes of each part of the request, escaped, so you
/// can write it to a log.
///
/// ```
/// use std::convert::Infallible;
///
/// use corsac::DenialCode;
/// use corsac_tower::{CorsLayer, Denied, Policies};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// fn count(denied: &Denied<'_>) {
///     assert_eq!((denied.is_preflight(), denied.policy_path()), (false, Some("/")));
///     assert_eq!(denied.denial().code(), DenialCode::OriginNotAllowed);
///     assert_eq!((denied.method().as_str(), denied.uri().path()), ("GET", "/items"));
///     assert_eq!(denied.headers()["origin"], "https://other.example");
///     assert!(denied.extensions().is_empty());
/// }
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let layer = CorsLayer::new(policy).on_denial(count);
/// let service = layer.layer(service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new(()))));
/// let response = service.oneshot(Request::get("/items").header("origin", "https://other.example").body(())?).await?;
/// // The application has responded, but the page cannot read it.
/// assert!(!response.headers().contains_key("access-control-allow-origin"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy)]
pub struct Denied<'r> {
    pub(crate) class: Class,
    pub(crate) denial: Denial<'r>,
    pub(crate) place: Option<&'r Arc<str>>,
    pub(crate) head: Head<'r>,
}

impl<'r> Denied<'r> {
    pub(crate) fn new(decision: &Decision<'r>, place: Option<&'r Arc<str>>, head: Head<'r>) -> Option<Self> {
        Some(Self { class: decision.class(), denial: decision.denial()?, place, head })
    }

    /// The code, and the bytes of the request that are the reason.
    #[must_use]
    pub const fn denial(&self) -> Denial<'r> {
        self.denial
    }

    /// Whether it is a preflight.
    #[must_use]
    pub fn is_preflight(&self) -> bool {
        self.class == Class::Preflight
    }

    /// The path of the policy in its set. `None`: the path of the request is ambiguous.
    #[must_use]
    pub fn policy_path(&self) -> Option<&'r str> {
        self.place.map(|path| &**path)
    }

    /// The method of the request.
    #[must_use]
    pub const fn method(&self) -> &'r Method {
        self.head.method
    }

    /// The URI of the request. It is untrusted, and its query may hold secrets.
    #[must_use]
    pub const fn uri(&self) -> &'r Uri {
        self.head.uri
    }

    /// The headers of the request. They are untrusted.
    #[must_use]
    pub const fn headers(&self) -> &'r HeaderMap {
        self.head.headers
    }

    /// The extensions of the request, for example axum's `ConnectInfo` with the client's address.
    #[must_use]
    pub const fn extensions(&self) -> &'r Extensions {
        self.head.extensions
    }
}

impl fmt::Display for Denied<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.is_preflight() { "preflight denied" } else { "response not shared" };
        write!(f, "{what}: {}; {}", self.denial, self.head)
    }
}

impl fmt::Debug for Denied<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Denied").field("denial", &self.denial).field("request", &format_args!("{}", self.head)).finish()
    }
}
