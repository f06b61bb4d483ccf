//! A request as a script makes it, before anything is sent
//! ([Fetch 2.2.5](https://fetch.spec.whatwg.org/#requests)).

use super::blocked::BlockedCode;
use super::http_version::HttpVersion;
use super::message::trimmed_of;
use super::profile::Profile;
use super::safelist::{NoCorsHeaders, RequestHeader, is_forbidden_header, is_forbidden_to};
use super::url::Url;
use crate::syntax::byte::{is_token, is_white_space};
use crate::syntax::method::{is_forbidden, is_safelisted, normalize_method};
use crate::syntax::stepwise::Stepwise;

/// The credentials mode: when a request carries cookies, client certificates and HTTP
/// authentication.
///
/// ```
/// use corsac::browser::{Credentials, Exchange, Profile, ScriptRequest};
/// let request = ScriptRequest::new(b"https://app.example", b"https://api.example/x");
/// let sends = |credentials| {
///     let request = ScriptRequest { credentials, ..request };
///     Exchange { request, hops: &[] }.steps().next().is_some_and(|step| step.sends_credentials(Profile::Spec))
/// };
/// assert!(sends(Credentials::Include) && !sends(Credentials::SameOrigin) && !sends(Credentials::Omit));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Credentials {
    /// Never.
    Omit,
    /// To the page's own origin only: the default of `fetch()` and of `XMLHttpRequest`.
    #[default]
    SameOrigin,
    /// Always: `credentials: "include"`, `withCredentials`.
    Include,
}

/// The interface with which a script makes a request.
///
/// ```
/// use corsac::browser::{Api, BlockedCode, ScriptRequest};
/// let fetch = ScriptRequest::new(b"https://app.example", b"https://user@api.example/x");
/// assert_eq!(fetch.thrown(), Some(BlockedCode::UrlUserinfo));
/// assert_eq!(ScriptRequest { api: Api::Xhr, ..fetch }.thrown(), None);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Api {
    /// `fetch()`.
    #[default]
    Fetch,
    /// `XMLHttpRequest`.
    Xhr,
}

/// The request's mode.
///
/// ```
/// use corsac::browser::{Exchange, Mode, ScriptRequest, Tainting};
/// let request = ScriptRequest { mode: Mode::NoCors, ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// let step = Exchange { request, hops: &[] }.steps().next().expect("the first URL");
/// assert_eq!(step.tainting(), Tainting::Opaque);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// A cross-origin response is shared when the server says so: the default of `fetch()` and of
    /// `XMLHttpRequest`.
    #[default]
    Cors,
    /// A cross-origin response stays opaque.
    NoCors,
    /// A cross-origin request is an error.
    SameOrigin,
}

/// The referrer policy, as far as it decides about the `Origin` header of requests that are not
/// CORS requests.
///
/// ```
/// use corsac::browser::{Exchange, Mode, ReferrerPolicy, ScriptRequest};
/// let request = ScriptRequest {
///     method: b"POST",
///     mode: Mode::NoCors,
///     ..ScriptRequest::new(b"https://app.example", b"https://api.example/x")
/// };
/// let origin = |referrer_policy| {
///     let exchange = Exchange { request: ScriptRequest { referrer_policy, ..request }, hops: &[] };
///     exchange.steps().next().and_then(|step| step.origin())
/// };
/// assert_eq!(origin(ReferrerPolicy::NoReferrer), Some(b"null".as_slice()));
/// assert_eq!(origin(ReferrerPolicy::Always), Some(b"https://app.example".as_slice()));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ReferrerPolicy {
    /// `no-referrer`: `Origin: null`.
    NoReferrer,
    /// `same-origin`: `Origin: null` to another origin.
    SameOrigin,
    /// The default, `strict-origin`, `strict-origin-when-cross-origin` and
    /// `no-referrer-when-downgrade`: `Origin: null` from `https:` to anything else.
    #[default]
    NoDowngrade,
    /// `origin`, `origin-when-cross-origin` and `unsafe-url`: always the origin.
    Always,
}

impl ReferrerPolicy {
    /// Reads the name of a policy. The empty name is the default.
    ///
    /// ```
    /// use corsac::browser::ReferrerPolicy;
    /// assert_eq!(ReferrerPolicy::parse(""), Some(ReferrerPolicy::NoDowngrade));
    /// assert_eq!(ReferrerPolicy::parse("never"), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "no-referrer" => Self::NoReferrer,
            "same-origin" => Self::SameOrigin,
            "" | "strict-origin" | "strict-origin-when-cross-origin" | "no-referrer-when-downgrade" => {
                Self::NoDowngrade
            }
            "origin" | "origin-when-cross-origin" | "unsafe-url" => Self::Always,
            _ => return None,
        })
    }
}

/// A request as a script makes it.
///
/// ```
/// use corsac::browser::{Api, Exchange, Profile, ScriptRequest};
/// let request = ScriptRequest { method: b"put", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
/// assert_eq!(request.normal_method(), b"PUT");
///
/// // A streamed body, or a listener on the upload, needs a preflight whatever the method is.
/// let streamed = ScriptRequest { method: b"POST", stream_body: true, ..request };
/// let watched = ScriptRequest { method: b"POST", api: Api::Xhr, upload_listener: true, ..request };
/// let asks = |request| Exchange { request, hops: &[] }.steps().next().map(|step| step.needs_preflight(Profile::Spec));
/// assert_eq!([asks(streamed), asks(watched)], [Some(true); 2]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct ScriptRequest<'a> {
    /// The page's serialised origin. `null` is opaque.
    pub origin: &'a [u8],
    /// The serialised URL, as `new URL(...).href` gives it.
    pub url: &'a [u8],
    /// The method as the script writes it.
    pub method: &'a [u8],
    /// The headers that the script sets, in order.
    pub headers: &'a [RequestHeader<'a>],
    /// The credentials mode.
    pub credentials: Credentials,
    /// The mode.
    pub mode: Mode,
    /// The referrer policy.
    pub referrer_policy: ReferrerPolicy,
    /// How the script makes the request.
    pub api: Api,
    /// The version of HTTP in which the server responds.
    pub http_version: HttpVersion,
    /// There are listeners on `XMLHttpRequest.upload`, so the browser always sends a preflight.
    /// Only [`Api::Xhr`] has them: with `true`, `api` does not count.
    pub upload_listener: bool,
    /// The body is a `ReadableStream`, so the browser always sends a preflight, and it cannot send
    /// the body twice.
    pub stream_body: bool,
}

impl<'a> ScriptRequest<'a> {
    /// A `GET` of this URL by this page, with the defaults of `fetch()`.
    #[must_use]
    pub const fn new(origin: &'a [u8], url: &'a [u8]) -> Self {
        Self {
            origin,
            url,
            method: b"GET",
            headers: &[],
            credentials: Credentials::SameOrigin,
            mode: Mode::Cors,
            referrer_policy: ReferrerPolicy::NoDowngrade,
            api: Api::Fetch,
            http_version: HttpVersion::Http1,
            upload_listener: false,
            stream_body: false,
        }
    }

    /// The method as the browser sends it.
    #[must_use]
    pub fn normal_method(&self) -> &'a [u8] {
        normalize_method(self.method)
    }

    /// Whether `XMLHttpRequest` makes the request.
    pub(super) fn is_xhr(&self) -> bool {
        self.upload_listener || self.api == Api::Xhr
    }

    /// Why the script gets an exception before anything is sent: `url-userinfo` (from `fetch()`),
    /// `method-invalid`, `header-invalid`, or `method-forbidden` (which a method other than `GET`,
    /// `HEAD` and `POST` is, too, in mode `no-cors`).
    #[must_use]
    pub fn thrown(&self) -> Option<BlockedCode> {
        self.exception().map(|(code, _)| code)
    }

    /// The same, with the bytes at fault.
    pub(super) fn exception(&self) -> Option<(BlockedCode, &'a [u8])> {
        // The constructor of Request reads the URL first.
        if !self.is_xhr() && Url::parse(self.url).is_some_and(Url::has_user_info) {
            return Some((BlockedCode::UrlUserinfo, self.url));
        }
        let method = self.normal_method();
        if !is_token(method) {
            return Some((BlockedCode::MethodInvalid, self.method));
        }
        if is_forbidden(method) || (self.mode == Mode::NoCors && !is_safelisted(method)) {
            return Some((BlockedCode::MethodForbidden, self.method));
        }
        let is_broken = |value: &&[u8]| value.iter().any(|b| matches!(b, 0 | b'\r' | b'\n'));
        let fault =
            |name: &'a [u8], value: Option<&'a [u8]>| if is_token(name) { value.filter(is_broken) } else { Some(name) };
        let fault = self.entries().find_map(|(name, value)| fault(name, value));
        fault.map(|bytes| (BlockedCode::HeaderInvalid, bytes))
    }

    /// The script's headers that the browser keeps.
    ///
    /// ```
    /// use corsac::browser::{BlockedCode, RequestHeader, ScriptRequest};
    /// let headers: &[RequestHeader] = &[(b"X-Trace", Some(b" 1 ")), (b"Cookie", Some(b"a=b"))];
    /// let request = ScriptRequest { headers, ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
    /// assert!(request.kept().eq([(b"X-Trace".as_slice(), Some(b"1".as_slice()))]));
    /// assert!(request.dropped().map(|(name, _)| name).eq([b"Cookie"]));
    /// assert_eq!(request.thrown(), None);
    /// assert_eq!(ScriptRequest { method: b"TRACE", ..request }.thrown(), Some(BlockedCode::MethodForbidden));
    /// ```
    pub fn kept(&self) -> impl Iterator<Item = RequestHeader<'a>> + Clone + use<'a> {
        Stepwise(self.entries().filter(self.keeps()))
    }

    /// The header at this place, if this browser keeps it. In mode `no-cors` that depends on the
    /// headers before it.
    pub(super) fn kept_at(&self, profile: Profile, place: usize) -> Option<RequestHeader<'a>> {
        self.headers.get(place).copied().map(trimmed_header).filter(|header| !is_forbidden_to(profile, *header))
    }

    /// The script's headers that the browser drops silently: forbidden ones, and in mode `no-cors`
    /// all that a form could not send.
    pub fn dropped(&self) -> impl Iterator<Item = RequestHeader<'a>> + Clone + use<'a> {
        let mut keeps = self.keeps();
        Stepwise(self.entries().filter(move |header| !keeps(header)))
    }

    /// The headers with trimmed values.
    fn entries(&self) -> impl Iterator<Item = RequestHeader<'a>> + Clone + use<'a> {
        self.headers.iter().copied().map(trimmed_header)
    }

    /// Which headers the browser keeps: to be asked about all of them, in their order.
    fn keeps(&self) -> impl FnMut(&RequestHeader<'a>) -> bool + Clone + use<'a> {
        let mut before = (self.mode == Mode::NoCors).then(NoCorsHeaders::default);
        move |header| !is_forbidden_header(*header) && before.as_mut().is_none_or(|before| before.add(*header))
    }
}

fn trimmed_header((name, value): RequestHeader<'_>) -> RequestHeader<'_> {
    (name, value.map(normalized))
}

/// A value as it is sent: without HTTP white space around it.
fn normalized(value: &[u8]) -> &[u8] {
    trimmed_of(value, |b| is_white_space(b) || matches!(b, b'\r' | b'\n'))
}
