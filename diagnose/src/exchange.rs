//! An exchange from a capture, a probe or a line of JSON: the script's request and the responses to each of its steps. It owns its
//! memory, and core's browser model judges it.

use corsac::browser::{AddressSpace, Api, Credentials, HttpVersion, Mode, Permission, ReferrerPolicy};

/// Headers in their order, as they are sent: names and values. A name can be there several times.
///
/// ```
/// use corsac_diagnose::exchange::{Headers, Response};
/// let headers: Headers = vec![(b"Vary".to_vec(), b"Origin".to_vec())];
/// assert_eq!(Response { status: 200, headers }.headers.len(), 1);
/// ```
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A script's request and the responses to it, one hop per URL of the redirect chain.
///
/// ```
/// use corsac_diagnose::exchange::{Exchange, Hop, Response, ScriptRequest};
/// use corsac_diagnose::{UrlCrate, resolve};
///
/// let request = ScriptRequest {
///     origin: Some(b"https://app.example".to_vec()),
///     url: Some(b"https://api.example/a b".to_vec()),
///     ..ScriptRequest::default()
/// };
/// let response = Response { status: 302, headers: vec![(b"Location".to_vec(), b"/login".to_vec())] };
/// let hop = Hop { response: Some(response), ..Hop::default() };
/// let mut exchange = Exchange { request, hops: vec![hop] };
/// resolve(&mut exchange, &UrlCrate)?;
/// assert_eq!(exchange.request.url.as_deref(), Some(b"https://api.example/a%20b".as_slice()));
/// assert_eq!(exchange.hops[1].url.as_deref(), Some(b"https://api.example/login".as_slice()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What the script asked for.
    pub request: ScriptRequest,
    /// The responses, in the order of the chain.
    pub hops: Vec<Hop>,
}

/// What the script asked for, with `None` for what is unknown.
///
/// ```
/// use corsac::browser::Credentials;
/// use corsac_diagnose::exchange::ScriptRequest;
/// let request = ScriptRequest {
///     origin: Some(b"https://app.example".to_vec()),
///     headers: vec![(b"X-Trace".to_vec(), None)],
///     credentials: Some(Credentials::Include),
///     ..ScriptRequest::default()
/// };
/// assert!(request.method.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptRequest {
    /// The page's origin. `null` is opaque.
    pub origin: Option<Vec<u8>>,
    /// The URL. `None`: that of the first hop.
    pub url: Option<Vec<u8>>,
    /// `None`: `GET`.
    pub method: Option<Vec<u8>>,
    /// The headers that the script set, with `None` for an unknown value.
    pub headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// As in [`browser::ScriptRequest`](corsac::browser::ScriptRequest), like the six that follow.
    pub credentials: Option<Credentials>,
    /// The mode.
    pub mode: Mode,
    /// How much of the page's URL is sent.
    pub referrer_policy: ReferrerPolicy,
    /// How the script makes the request.
    pub api: Api,
    /// The version of HTTP in which the server responds.
    pub http_version: HttpVersion,
    /// A listener for upload progress, which forces a preflight.
    pub upload_listener: bool,
    /// Whether the body is a stream, which cannot be sent twice.
    pub stream_body: bool,
    /// What is known of the networks, which decides whether the request leaves the browser.
    pub network: Network,
}

/// What is known of the networks that the page and the servers are in, as in [`browser::Network`](corsac::browser::Network). The addresses
/// of the servers are in the hops.
///
/// ```
/// use corsac::browser::AddressSpace;
/// use corsac_diagnose::exchange::{Network, ScriptRequest};
/// let network = Network { page_space: Some(AddressSpace::Public), ..Network::default() };
/// assert_eq!(ScriptRequest { network, ..ScriptRequest::default() }.network, network);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Network {
    /// The space of the address that the page was loaded from.
    pub page_space: Option<AddressSpace>,
    /// Whether the page is a secure context.
    pub secure_context: Option<bool>,
    /// The option `targetAddressSpace` of `fetch()`.
    pub target_address_space: Option<AddressSpace>,
    /// The page's permission.
    pub permission: Permission,
}

/// One URL of the chain.
///
/// ```
/// use corsac_diagnose::exchange::{Hop, Response};
/// let hop = Hop { response: Some(Response { status: 204, ..Response::default() }), ..Hop::default() };
/// assert!(hop.preflight.is_none() && hop.address.is_none());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// The URL. `None`: that of the request for the first hop, or the `Location` of the hop before for a later one.
    pub url: Option<Vec<u8>>,
    /// The address that the browser connects to, as text, if it is known.
    pub address: Option<Vec<u8>>,
    /// The response to the preflight, if it is known.
    pub preflight: Option<Response>,
    /// The response to the request, if it is known.
    pub response: Option<Response>,
    /// The headers of a 304 that freshened the stored response.
    pub revalidated: Option<Headers>,
}

/// A server's response.
///
/// ```
/// use corsac_diagnose::exchange::Response;
/// let response = Response { status: 200, headers: vec![(b"Vary".to_vec(), b"Origin".to_vec())] };
/// assert_eq!(response.headers[0].0, b"Vary");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// All headers.
    pub headers: Headers,
}
