//! What the browser sends to one URL of the redirect chain: method, `Origin`, cookies, headers, and
//! the preflight before them ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch),
//! [4.4](https://fetch.spec.whatwg.org/#http-redirect-fetch)).

use super::cors_check::Wanted;
use super::message::Names;
use super::profile::Profile;
use super::requested::{Lost, RequestedHeaders};
use super::safelist::RequestHeader;
use super::script::{Credentials, Mode, ReferrerPolicy, ScriptRequest};
use super::url::{Url, are_same_origin};
use crate::syntax::method::is_safelisted;
use crate::syntax::stepwise::Stepwise;

/// What the script may do with the response: the response tainting.
///
/// ```
/// use corsac::browser::{Exchange, ScriptRequest, Tainting};
/// let tainting = |url: &'static [u8]| {
///     let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", url), hops: &[] };
///     exchange.steps().next().map(|step| step.tainting())
/// };
/// assert_eq!(tainting(b"https://app.example/x"), Some(Tainting::Basic));
/// assert_eq!(tainting(b"https://api.example/x"), Some(Tainting::Cors));
/// assert_eq!(tainting(b"ftp://api.example/x"), Some(Tainting::Refused));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tainting {
    /// Of the page's own origin: everything is readable.
    Basic,
    /// Shared when the CORS check passes.
    Cors,
    /// Never readable.
    Opaque,
    /// Nothing is sent: the mode or the URL's scheme does not permit it.
    Refused,
}

/// One URL of the redirect chain, and what the browser sends there.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest, Step, Tainting};
///
/// let redirect = Response { status: 307, headers: &[(b"Location", b"https://other.example/y")] };
/// let exchange = Exchange {
///     request: ScriptRequest {
///         method: b"put",
///         headers: &[(b"X-Trace", Some(b"1"))],
///         ..ScriptRequest::new(b"https://app.example", b"https://api.example/x#top")
///     },
///     hops: &[
///         Hop { response: Some(redirect), ..Hop::default() },
///         Hop { url: b"https://other.example/y", ..Hop::default() },
///     ],
/// };
/// let steps: Vec<Step> = exchange.steps().collect();
/// let [first, second] = steps.as_slice() else { panic!("two URLs") };
/// assert_eq!((first.hop(), first.url(), first.method()), (0, b"https://api.example/x".as_slice(), b"PUT".as_slice()));
/// assert_eq!(first.tainting(), Tainting::Cors);
/// assert!(first.needs_preflight(Profile::Spec) && !first.sends_credentials(Profile::Spec));
/// assert_eq!(first.requested_headers(Profile::Spec).to_string(), "x-trace");
/// assert_eq!(first.headers().count(), 1);
/// assert_eq!(first.origin(), Some(b"https://app.example".as_slice()));
///
/// // Another site's redirect turns the origin into `null`, but not in a preflight of Firefox.
/// assert_eq!(second.origin(), Some(b"null".as_slice()));
/// assert_eq!(second.preflight_origin(Profile::Firefox), Some(b"https://app.example".as_slice()));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    request: ScriptRequest<'a>,
    hop: usize,
    url: &'a [u8],
    method: &'a [u8],
    tainting: Tainting,
    /// A redirect came from elsewhere: the origin is serialised as `null`.
    redirect_tainted: bool,
    /// What any redirect has removed.
    lost: Lost,
    /// What the last redirect has removed.
    just_lost: Lost,
    /// A redirect led to another origin than the page's.
    left_page: bool,
    /// Before an earlier URL this browser sent a preflight.
    asked_in_firefox: bool,
    asked_in_webkit: bool,
}

impl<'a> Step<'a> {
    pub(super) fn first(request: ScriptRequest<'a>) -> Self {
        let mut step = Self {
            request,
            hop: 0,
            url: request.url,
            method: request.normal_method(),
            tainting: Tainting::Basic,
            redirect_tainted: false,
            lost: Lost::default(),
            just_lost: Lost::default(),
            left_page: false,
            asked_in_firefox: false,
            asked_in_webkit: false,
        };
        step.tainting = step.taint();
        step
    }

    /// The step to `url` after a response with this status. `None` is unknown, and keeps the
    /// method.
    pub(super) fn redirected(self, status: Option<u16>, url: &'a [u8]) -> Self {
        let is_same = are_same_origin(self.url, url);
        let becomes_get = self.becomes_get(status);
        let mut step = Self {
            hop: self.hop.saturating_add(1),
            url,
            method: if becomes_get { b"GET" } else { self.method },
            redirect_tainted: self.redirect_tainted || (!is_same && !are_same_origin(self.request.origin, self.url)),
            lost: Lost {
                body: self.lost.body || becomes_get,
                authorization: self.lost.authorization || !is_same,
                hints: false,
            },
            just_lost: Lost { body: becomes_get, authorization: !is_same, hints: false },
            left_page: self.left_page || !are_same_origin(self.request.origin, url),
            asked_in_firefox: self.asked_in_firefox || self.needs_preflight(Profile::Firefox),
            asked_in_webkit: self.asked_in_webkit || self.needs_preflight(Profile::WebKit),
            ..self
        };
        step.tainting = step.taint();
        step
    }

    /// Whether a redirect with this status makes it a `GET` without a body.
    pub(super) fn becomes_get(&self, status: Option<u16>) -> bool {
        match status {
            Some(301 | 302) => self.method == b"POST",
            Some(303) => !matches!(self.method, b"GET" | b"HEAD"),
            _ => false,
        }
    }

    /// The response tainting that main fetch sets for the current URL. Once the chain has left the
    /// page's origin, it stays tainted.
    fn taint(&self) -> Tainting {
        let url = Url::parse(self.url);
        let is_own = are_same_origin(self.request.origin, self.url);
        match self.request.mode {
            _ if self.tainting == Tainting::Basic && (is_own || url.is_some_and(|url| url.scheme == b"data")) => {
                Tainting::Basic
            }
            // Its path alone counts (Fetch 4.2, scheme fetch).
            Mode::NoCors if self.url().split(|&b| b == b'?').next() == Some(b"about:blank") => Tainting::Opaque,
            Mode::SameOrigin => Tainting::Refused,
            _ if !url.is_some_and(Url::is_http) => Tainting::Refused,
            Mode::NoCors => Tainting::Opaque,
            Mode::Cors => Tainting::Cors,
        }
    }

    /// The number of this URL in the chain, from 0.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// The URL, without its fragment, which is never sent.
    #[must_use]
    pub fn url(&self) -> &'a [u8] {
        let end = self.url.iter().position(|&b| b == b'#');
        end.and_then(|end| self.url.get(..end)).unwrap_or(self.url)
    }

    /// The URL with its fragment, as caches compare it and consoles show it.
    pub(super) const fn whole_url(&self) -> &'a [u8] {
        self.url
    }

    /// The method. A redirect may have changed it to `GET`.
    #[must_use]
    pub const fn method(&self) -> &'a [u8] {
        self.method
    }

    /// What the script may do with the response.
    #[must_use]
    pub const fn tainting(&self) -> Tainting {
        self.tainting
    }

    pub(super) const fn request(&self) -> &ScriptRequest<'a> {
        &self.request
    }

    /// How this browser reads the names of response headers.
    pub(super) fn names(&self, profile: Profile) -> Names {
        Names::of(profile, self.request.http_version)
    }

    /// What a CORS check of a response at this URL looks for.
    pub(super) const fn wanted(&self, origin: &'a [u8], credentials: bool) -> Wanted<'a> {
        Wanted { origin, credentials, http_version: self.request.http_version }
    }

    /// The page's origin as a CORS check compares it: `null` after a redirect that another origin
    /// had a hand in.
    pub(super) const fn serialized_origin(&self) -> &'a [u8] {
        if self.redirect_tainted { b"null" } else { self.request.origin }
    }

    /// The origin that a preflight carries and that its response must name. Firefox sends the
    /// page's origin whatever redirected, and checks no origin where a redirect led back to the
    /// page's own: `None`.
    #[must_use]
    pub fn preflight_origin(&self, profile: Profile) -> Option<&'a [u8]> {
        let is_own = || are_same_origin(self.request.origin, self.url);
        match profile {
            Profile::Firefox => (!is_own()).then_some(self.request.origin),
            _ => Some(self.serialized_origin()),
        }
    }

    /// The `Origin` header, if there is one
    /// ([Fetch 3.2](https://fetch.spec.whatwg.org/#append-a-request-origin-header)).
    #[must_use]
    pub fn origin(&self) -> Option<&'a [u8]> {
        let origin = self.serialized_origin();
        if self.tainting == Tainting::Cors {
            return Some(origin);
        }
        if matches!(self.method, b"GET" | b"HEAD") {
            return None;
        }
        let is_own = self.tainting == Tainting::Basic;
        let is_downgrade = || origin.starts_with(b"https:") && !self.url.starts_with(b"https:");
        let is_hidden = self.request.mode != Mode::Cors
            && match self.request.referrer_policy {
                ReferrerPolicy::NoReferrer => true,
                ReferrerPolicy::SameOrigin => !is_own,
                ReferrerPolicy::NoDowngrade => is_downgrade(),
                ReferrerPolicy::Always => false,
            };
        Some(if is_hidden { b"null" } else { origin })
    }

    /// Whether the request carries the user's cookies. In mode `no-cors`, Chromium and WebKit decide
    /// it at the first URL, and send them wherever a redirect leads.
    #[must_use]
    pub fn sends_credentials(&self, profile: Profile) -> bool {
        let decides_once = matches!(profile, Profile::Chromium | Profile::WebKit) && self.request.mode == Mode::NoCors;
        match self.request.credentials {
            Credentials::Omit => false,
            Credentials::SameOrigin if decides_once => Self::first(self.request).tainting == Tainting::Basic,
            Credentials::SameOrigin => self.tainting == Tainting::Basic,
            Credentials::Include => true,
        }
    }

    /// The script's headers that the browser sends.
    pub fn headers(&self) -> impl Iterator<Item = RequestHeader<'a>> + Clone + use<'a> {
        let lost = self.lost;
        Stepwise(self.request.kept().filter(move |(name, _)| lost.keeps(name)))
    }

    /// Whether there is always a preflight, whatever the method and the headers. Chromium sends one
    /// for upload listeners only if there is a body, and a `GET` or `HEAD` has none.
    pub(super) fn always_asks(&self, profile: Profile) -> bool {
        let has_body = !matches!(self.request.normal_method(), b"GET" | b"HEAD");
        self.request.stream_body || (self.request.upload_listener && (has_body || profile != Profile::Chromium))
    }

    /// Whether this step needs a preflight, with an empty cache.
    #[must_use]
    pub fn needs_preflight(&self, profile: Profile) -> bool {
        let asks_again = || match profile {
            Profile::Spec | Profile::Chromium => false,
            // Firefox also asks for a header that needed permission at the first URL and was
            // dropped since.
            Profile::Firefox => {
                let unchanged = RequestedHeaders::new(self.request, profile, Lost::default());
                self.asked_in_firefox || !unchanged.is_empty()
            }
            Profile::WebKit => self.asked_in_webkit,
        };
        self.tainting == Tainting::Cors
            && (self.always_asks(profile)
                || !is_safelisted(self.method)
                || !self.requested_headers(profile).is_empty()
                || asks_again())
    }

    /// The names that need permission: the value of `Access-Control-Request-Headers`, if it is not
    /// empty.
    #[must_use]
    pub fn requested_headers(&self, profile: Profile) -> RequestedHeaders<'a> {
        let lost = match profile {
            Profile::Spec => self.lost,
            // Chromium drops client hints when it is redirected to another origin.
            Profile::Chromium => Lost { hints: self.left_page, ..self.lost },
            // A header that one redirect drops comes back at the next.
            Profile::Firefox => self.just_lost,
            // WebKit also asks for the headers that it has dropped.
            Profile::WebKit => Lost::default(),
        };
        RequestedHeaders::new(self.request, profile, lost)
    }
}
