//! The request as it is sent: the headers of the browser model, and those that a browser's network layer adds to every request.

use corsac::Escaped;
use hyper::header::{
    ACCEPT, ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHORIZATION,
    USER_AGENT,
};
use hyper::{Method, Request, Uri};
use url::{Position, Url};

use super::trouble::Trouble;
use corsac_diagnose::exchange::Headers;

/// Who receives the request first.
#[derive(Clone, Copy, Debug)]
pub(super) enum Route<'a> {
    /// The server. The request target is a path.
    Direct,
    /// A proxy, with the credentials for it. The request target is the whole URL.
    Proxy(Option<&'a HeaderValue>),
}

/// A request that hyper can send. Its body is an empty `String`.
#[derive(Debug)]
pub(super) struct Outgoing {
    pub(super) request: Request<String>,
}

impl Outgoing {
    pub(super) fn new(url: &Url, method: &[u8], lines: &Headers, route: Route<'_>) -> Result<Self, Trouble> {
        let unsendable = |what: String| Trouble::Unsendable { what };
        let target = match route {
            Route::Direct => &url[Position::BeforePath..Position::AfterQuery],
            Route::Proxy(_) => &url[..Position::AfterQuery],
        };
        let target = Uri::try_from(target).map_err(|error| unsendable(format!("the URL ({error})")))?;
        let method =
            Method::from_bytes(method).map_err(|_| unsendable(format!("the method \"{}\"", Escaped(method))))?;
        let mut headers = HeaderMap::new();
        let host = HeaderValue::from_str(&url[Position::BeforeHost..Position::AfterPort])
            .map_err(|_| unsendable("the host of the URL".to_owned()))?;
        headers.insert(HOST, host);
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        for (name, value) in lines {
            let header = HeaderName::from_bytes(name)
                .map_err(|_| unsendable(format!("the header name \"{}\"", Escaped(name))))?;
            let value = HeaderValue::from_bytes(value)
                .map_err(|_| unsendable(format!("the value of the header {}", Escaped(name))))?;
            headers.append(header, value);
        }
        let mut add = |name: HeaderName, value: &'static str| {
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        };
        add(USER_AGENT, concat!("corsac/", env!("CARGO_PKG_VERSION")));
        add(ACCEPT, "*/*");
        add(ACCEPT_ENCODING, "gzip, deflate, br");
        if matches!(method, Method::POST | Method::PUT) {
            add(CONTENT_LENGTH, "0");
        }
        if let Route::Proxy(Some(authorization)) = route {
            headers.insert(PROXY_AUTHORIZATION, authorization.clone());
        }
        let mut request = Request::new(String::new());
        *request.method_mut() = method;
        *request.uri_mut() = target;
        *request.headers_mut() = headers;
        Ok(Self { request })
    }

    /// The bytes of the head, as they are sent.
    pub(super) fn len(&self) -> usize {
        let line = self.request.method().as_str().len() + self.request.uri().to_string().len() + " HTTP/1.1\r\n ".len();
        let lines =
            self.request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
        line + lines.sum::<usize>() + "\r\n".len()
    }
}
