//! The application's own response, judged as the browser does that sent the request: what a
//! report-only mode says about it.

use heapless::Vec;

use super::blocked::{Blocked, BlockedCode};
use super::exchange::{Exchange, Hop};
use super::message::Response;
use super::profile::Profile;
use super::safelist::RequestHeader;
use super::script::{Credentials, ScriptRequest};

/// The URL only has to be of another origin than the page, and no page has this one.
const URL: &[u8] = b"https://own-response.invalid/";

/// The names of so many headers are judged at once: 4 kB of the stack, and more than a script
/// sends.
const NAMES_AT_ONCE: usize = 128;

/// A response of the application, and what a server sees of the request: a report-only mode asks
/// whether a browser would share it, because nothing that the policy decides reaches the browser.
///
/// A browser did send this request, so for a preflight only the preflight is judged, and for any
/// other request only the response: not whether the request needed a preflight that passed.
///
/// ```
/// use corsac::Request;
/// use corsac::browser::{BlockedCode, OwnResponse, OwnVerdict, Response};
///
/// let lines = [
///     ("Origin", "https://app.example"),
///     ("Access-Control-Request-Method", "PUT"),
///     ("Access-Control-Request-Headers", "x-a,x-b"),
/// ];
/// let request = Request::from_lines("OPTIONS", lines);
/// let headers: &[(&[u8], &[u8])] = &[
///     (b"Access-Control-Allow-Origin", b"*"),
///     (b"Access-Control-Allow-Methods", b"PUT"),
///     (b"Access-Control-Allow-Headers", b"x-a"),
/// ];
/// let own = OwnResponse {
///     origin: request.origin().unwrap_or_default(),
///     requested_method: request.requested_method(),
///     has_credentials: false,
///     response: Response { status: 204, headers },
/// };
/// let verdict = own.judge(request.requested_header_names(), |blocked| blocked.code());
/// assert_eq!(verdict, OwnVerdict::Blocked(BlockedCode::HeaderNotAllowed));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct OwnResponse<'a> {
    /// The value of `Origin`.
    pub origin: &'a [u8],
    /// The value of `Access-Control-Request-Method` if the request is a preflight, and `None` for
    /// any other request.
    pub requested_method: Option<&'a [u8]>,
    /// Whether the request has a `Cookie` or an `Authorization`. A preflight of a browser has
    /// neither, so this does not count for one.
    pub has_credentials: bool,
    /// What the application responds.
    pub response: Response<'a>,
}

/// What a browser makes of the application's own response.
///
/// ```
/// use corsac::browser::{BlockedCode, OwnResponse, OwnVerdict, Response};
/// let own = OwnResponse {
///     origin: b"https://app.example",
///     requested_method: None,
///     has_credentials: true,
///     response: Response { status: 200, headers: &[(b"Access-Control-Allow-Origin", b"https://app.example")] },
/// };
/// let verdict = own.judge([], |blocked| blocked.code());
/// assert_eq!(verdict, OwnVerdict::Blocked(BlockedCode::AcacNotTrue));
/// assert_eq!(OwnResponse { has_credentials: false, ..own }.judge([], |blocked| blocked.code()), OwnVerdict::Passes);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnVerdict<T> {
    /// The response passes.
    Passes,
    /// The browser blocks it. This is what the caller made of the first reason.
    Blocked(T),
    /// No script can make a browser send this request: its method or a name in it is not valid, or
    /// is forbidden.
    NeverSent(BlockedCode),
}

impl<'a> OwnResponse<'a> {
    /// Judges the response by the Fetch standard. `names` are those of
    /// `Access-Control-Request-Headers`, as [`requested_header_names`] gives them. Only a
    /// preflight counts them. `on_blocked` gets the first reason, if there is one.
    ///
    /// The cost grows with the number of header lines, and each further 128 names cost another pass
    /// over them.
    ///
    /// [`requested_header_names`]: crate::Request::requested_header_names
    pub fn judge<T>(
        &self,
        names: impl IntoIterator<Item = &'a [u8]>,
        on_blocked: impl FnOnce(Blocked<'_>) -> T,
    ) -> OwnVerdict<T> {
        let mut on_blocked = Some(on_blocked);
        let mut names = self.requested_method.map(|_| names.into_iter()).into_iter().flatten();
        loop {
            let mut headers = Vec::<RequestHeader<'a>, NAMES_AT_ONCE>::new();
            // A name without a value needs the server's permission, as the browser said.
            while !headers.is_full() {
                match names.next() {
                    // There is room for it.
                    Some(name) => _ = headers.push((name, None)),
                    None => break,
                }
            }
            let mut verdict = OwnVerdict::Passes;
            let thrown = self.judge_some(&headers, &mut |blocked| {
                if let Some(on_blocked) = on_blocked.take() {
                    verdict = OwnVerdict::Blocked(on_blocked(blocked));
                }
            });
            if let Some(code) = thrown {
                return OwnVerdict::NeverSent(code);
            }
            if !headers.is_full() || matches!(verdict, OwnVerdict::Blocked(_)) {
                return verdict;
            }
        }
    }

    /// One copy of the code for all callers.
    fn judge_some(
        &self,
        headers: &[RequestHeader<'_>],
        on_blocked: &mut dyn FnMut(Blocked<'_>),
    ) -> Option<BlockedCode> {
        let is_preflight = self.requested_method.is_some();
        let request = ScriptRequest {
            // The check of a response does not depend on the method of its request, and a GET needs
            // no preflight that would have to pass.
            method: self.requested_method.unwrap_or(b"GET"),
            headers,
            credentials: if self.has_credentials && !is_preflight {
                Credentials::Include
            } else {
                Credentials::SameOrigin
            },
            // The browser did send a preflight, so the request needs one, even if it is a GET.
            upload_listener: is_preflight,
            ..ScriptRequest::new(self.origin, URL)
        };
        let response = Some(self.response);
        let (preflight, response) = if is_preflight { (response, None) } else { (None, response) };
        let thrown = request.thrown();
        if thrown.is_none() {
            // Only the response that there is can be blocked.
            let hops = [Hop { preflight, response, ..Hop::default() }];
            Exchange { request, hops: &hops }.judge(Profile::Spec, on_blocked);
        }
        thrown
    }
}
