//! What a browser makes of the responses of a product: the model of browsers in core judges them.

use corsac::browser::{self, BlockedCode, Credentials, Profile, Verdict};
use corsac_diagnose::exchange::{Exchange, Headers, Hop, Response, ScriptRequest};
use corsac_diagnose::{preflight_headers, request_headers, with};

use crate::message::{Received, Sent, Upstream};

/// Something that responds to requests: a configuration of a product, or a policy of Corsac.
///
/// ```
/// use corsac_dialects::{Ask, Received, Responder, Sent, Upstream, browse};
///
/// /// A server that lets in every origin that asks.
/// struct Reflector;
///
/// impl Responder for Reflector {
///     fn respond(&self, request: &Received, upstream: &Upstream) -> Sent {
///         let mut sent = Sent::by_upstream(upstream);
///         if let Some(origin) = request.first("origin") {
///             sent.set("Access-Control-Allow-Origin", origin);
///         }
///         sent
///     }
/// }
/// assert!(browse(&Reflector, &Ask::get("https://evil.example", false), &Upstream::default()).is_read());
/// ```
pub trait Responder {
    /// The response to a request. `upstream` is what the application sends if the request reaches it.
    fn respond(&self, request: &Received, upstream: &Upstream) -> Sent;
}

/// A script's request to a cross-origin URL.
///
/// ```
/// use corsac_dialects::Ask;
/// let ask = Ask { headers: vec!["x-trace".to_owned()], ..Ask::get("https://app.example", true) };
/// assert_eq!((ask.method.as_str(), ask.credentials), ("GET", true));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Ask {
    /// The origin of the page.
    pub origin: String,
    /// The method.
    pub method: String,
    /// The names of the headers that the script sets. Each needs a preflight.
    pub headers: Vec<String>,
    /// Whether the request carries cookies.
    pub credentials: bool,
}

impl Ask {
    /// A `GET` without headers.
    #[must_use]
    pub fn get(origin: impl Into<String>, credentials: bool) -> Self {
        Self { origin: origin.into(), method: "GET".to_owned(), headers: Vec::new(), credentials }
    }
}

/// What browsers make of the responses to a script's request.
///
/// ```
/// use corsac_dialects::{Ask, Seen, Upstream, browse, dialect, document};
/// let documents = document::read("config: {origins: ['https://app.example']}")?;
/// let how = corsac_dialects::Reading { is_named: true, ..Default::default() };
/// let kong = dialect("kong").expect("it is a dialect").read(&documents[0], &how);
/// let ask = Ask { method: "DELETE".to_owned(), ..Ask::get("https://app.example", false) };
/// let seen: Seen = browse(&*kong[0], &ask, &Upstream::default());
/// assert!(seen.is_read() && seen.browsers().is_empty() && seen.unknown().is_empty());
/// assert!(seen.preflight.is_some_and(|preflight| !preflight.reaches_upstream));
/// # Ok::<(), document::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The browsers in which the script reads the response.
    pub reads_in: Vec<Profile>,
    /// The first reason why the standard blocks it.
    pub blocked_by: Option<BlockedCode>,
    /// For how many seconds a browser may keep the preflight, by the standard. `None`: no preflight passed.
    pub cache_seconds: Option<u32>,
    /// The response to the preflight. `None`: browsers send none.
    pub preflight: Option<Sent>,
    /// The response to the request itself.
    pub response: Sent,
}

impl Seen {
    /// Whether the script reads the response in any browser.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !self.reads_in.is_empty()
    }

    /// The browsers in which the script reads the response. Empty: all of them.
    #[must_use]
    pub fn browsers(&self) -> Vec<&'static str> {
        if self.reads_in.len() == BROWSERS.len() {
            return Vec::new();
        }
        self.reads_in.iter().map(|profile| profile.name()).collect()
    }

    /// What of both responses rests on an uncertain fact.
    #[must_use]
    pub fn unknown(&self) -> Vec<&'static str> {
        let preflight = self.preflight.iter().flat_map(|sent| &sent.unknown);
        let mut all: Vec<&'static str> = preflight.chain(&self.response.unknown).copied().collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether the application sees the preflight, if there is one, and the request. A browser sends the request only if the preflight
    /// passes in it.
    #[must_use]
    pub(crate) fn reaches_application(&self) -> (bool, bool) {
        let preflight = self.preflight.as_ref().is_some_and(|sent| sent.reaches_upstream);
        let sends = self.preflight.is_none() || self.is_read();
        (preflight, sends && self.response.reaches_upstream)
    }
}

/// The profiles of real browsers. The standard itself reads less: it excepts `Authorization` from `*`, which no browser does.
const BROWSERS: [Profile; 3] = [Profile::Chromium, Profile::Firefox, Profile::WebKit];

/// No page has this origin, so every request is cross-origin.
const SOMEWHERE: &[u8] = b"https://server.invalid/";

/// Sends what a browser sends for a request, and judges the responses in every profile. The application responds with `upstream`.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::{Ask, CorsacPolicy, Upstream, browse};
/// let policies = PolicySet::from_toml("allow_origins = ['https://app.example']", |_| ()).expect("it compiles");
/// let policy = CorsacPolicy::at(&policies, b"/");
/// assert!(browse(&policy, &Ask::get("https://app.example", false), &Upstream::default()).is_read());
/// let stranger = browse(&policy, &Ask::get("https://other.example", false), &Upstream::default());
/// assert_eq!(stranger.blocked_by.map(|code| code.as_str()), Some("acao-missing"));
/// ```
pub fn browse(responder: &(impl Responder + ?Sized), ask: &Ask, upstream: &Upstream) -> Seen {
    let request = ScriptRequest {
        origin: Some(ask.origin.clone().into_bytes()),
        url: Some(SOMEWHERE.to_vec()),
        method: Some(ask.method.clone().into_bytes()),
        headers: ask.headers.iter().map(|name| (name.clone().into_bytes(), None)).collect(),
        credentials: Some(if ask.credentials { Credentials::Include } else { Credentials::Omit }),
        ..ScriptRequest::default()
    };
    let mut exchange = Exchange { request, hops: Vec::new() };
    let (preflight, method, headers) = with(&exchange, Credentials::Omit, |exchange: browser::Exchange<'_>| {
        exchange.steps().next().map_or_else(
            || (None, ask.method.clone().into_bytes(), Headers::new()),
            |step| (preflight_headers(&step), step.method().to_vec(), request_headers(&step)),
        )
    });
    let preflight = preflight.map(|headers| {
        let request = Received { method: b"OPTIONS".to_vec(), headers };
        // An application that does not know CORS has no route for OPTIONS, or one without CORS headers. Neither passes.
        responder.respond(&request, upstream)
    });
    let mut request = Received { method, headers };
    if ask.credentials {
        request.headers.push((b"Cookie".to_vec(), b"session=1".to_vec()));
    }
    let response = responder.respond(&request, upstream);
    let known = |sent: &Sent| Response { status: sent.status, headers: sent.headers.clone() };
    exchange.hops.push(Hop {
        preflight: preflight.as_ref().map(known),
        response: Some(known(&response)),
        ..Hop::default()
    });
    with(&exchange, Credentials::Omit, |exchange| {
        let mut blocked_by = None;
        let mut reads_in = Vec::new();
        let mut cache_seconds = None;
        for profile in Profile::ALL {
            let judgement = exchange.judge(profile, |blocked| {
                if blocked_by.is_none() {
                    blocked_by = Some(blocked.code());
                }
            });
            if profile == Profile::Spec {
                cache_seconds = judgement.cache_seconds;
            }
            if judgement.verdict == Verdict::Allowed && BROWSERS.contains(&profile) {
                reads_in.push(profile);
            }
        }
        Seen { reads_in, blocked_by, cache_seconds, preflight, response }
    })
}
