//! From a failure to its likely cause, by what the responses contain or what a console message
//! says.

use super::blocked::{Blocked, BlockedCode, Part};
use super::cause::Cause;
use super::decode::ConsoleMessage;
use super::exchange::Exchange;
use super::message::{ALLOW_HEADERS, ALLOW_METHODS, ALLOW_ORIGIN, Evidence, Fields, LOCATION, Names, VARY, trimmed};
use super::profile::Profile;
use super::script::Credentials;
use super::step::Step;
use super::url::Url;

/// A failure does not say which browser reported it, so a cause reads names as most browsers do.
const NAMES: Names = Names::Whole;

impl<'a> Exchange<'a> {
    /// The likely mistake behind a failure that [`judge`](Self::judge) reported.
    ///
    /// ```
    /// use corsac::browser::{Cause, Exchange, Hop, Profile, Response, ScriptRequest};
    /// let headers: [(&[u8], &[u8]); 1] = [(b"Access-Control-Allow-Origin", b"https://app.example/")];
    /// let hops = [Hop { response: Some(Response { status: 200, headers: &headers }), ..Hop::default() }];
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/"), hops: &hops };
    /// exchange.judge(Profile::Spec, |blocked| assert_eq!(exchange.cause(&blocked), Cause::TrailingSlash));
    /// ```
    #[must_use]
    pub fn cause(&self, blocked: &Blocked<'a>) -> Cause {
        let Some(step) = self.steps().find(|step| step.hop() == blocked.hop()) else { return Cause::NoResponse };
        let is_included = self.request.credentials == Credentials::Include;
        let cause = self.cause_at(blocked, &step);
        // With credentials a response must name the origin, and no server should name this one.
        if is_included && step.serialized_origin() == b"null" && cause.is_fixed_by_headers() {
            return of_null(self.request.origin);
        }
        cause
    }

    fn cause_at(&self, blocked: &Blocked<'a>, step: &Step<'a>) -> Cause {
        let preflight = self.hop(blocked.hop()).preflight_fields(NAMES);
        if self.has_spaced_name(blocked) {
            return Cause::SpaceAfterName;
        }
        match blocked.code() {
            BlockedCode::AcaoMissing => self.missing(blocked, step),
            BlockedCode::AcaoMultiple => multiple(blocked.evidence()),
            BlockedCode::AcaoInvalid | BlockedCode::AcaoMismatch => match blocked.evidence().as_slice() {
                Some(value) => mismatch(value, step.serialized_origin(), step.request().origin),
                None => Cause::DuplicateMiddleware,
            },
            BlockedCode::AcacNotTrue if blocked.evidence().is_empty() => Cause::CredentialsNotPermitted,
            BlockedCode::AcacNotTrue if blocked.evidence().is(b"true, true") => Cause::DuplicateMiddleware,
            BlockedCode::PreflightStatus => turned_away(blocked.status(), preflight).unwrap_or(Cause::PreflightFails),
            BlockedCode::PreflightRedirect => redirect(step.url(), blocked.evidence()),
            BlockedCode::MethodNotAllowed => method(step, preflight),
            BlockedCode::HeaderNotAllowed => header(blocked.evidence(), step, preflight),
            code => Cause::of_code(code),
        }
    }

    /// Whether the header that is missing is there, with white space between its name and the colon.
    fn has_spaced_name(&self, blocked: &Blocked<'_>) -> bool {
        use BlockedCode::{AcacNotTrue, AcaoMissing, HeaderNotAllowed, MethodNotAllowed};
        let may_miss = matches!(blocked.code(), AcaoMissing | AcacNotTrue | MethodNotAllowed | HeaderNotAllowed);
        let Some(name) = blocked.code().header().filter(|_| may_miss) else { return false };
        let hop = self.hop(blocked.hop());
        let fields = match blocked.part() {
            Part::Preflight => hop.preflight_fields(NAMES),
            Part::Response => hop.fields(NAMES),
        };
        let mut is_spaced = false;
        for (other, _) in fields.both().into_iter().flatten() {
            let read = Names::Trimmed.read(other);
            if read.eq_ignore_ascii_case(name.as_bytes()) {
                if read.len() == other.len() {
                    return false;
                }
                is_spaced = true;
            }
        }
        is_spaced
    }

    /// Why there is no `Access-Control-Allow-Origin`.
    fn missing(&self, blocked: &Blocked<'a>, step: &Step<'a>) -> Cause {
        let hop = self.hop(blocked.hop());
        if blocked.part() == Part::Preflight {
            let is_redirect = hop.preflight.is_some_and(|response| response.is_redirect());
            let fields = hop.preflight_fields(NAMES);
            return match (turned_away(blocked.status(), fields), fields.combined(LOCATION).filter(|_| is_redirect)) {
                (_, Some(location)) => redirect(step.url(), location),
                (Some(cause), _) => cause,
                _ => Cause::NoCorsHeaders,
            };
        }
        let passes =
            step.needs_preflight(Profile::Spec) && hop.preflight_fields(NAMES).combined(ALLOW_ORIGIN).is_some();
        match blocked.status() {
            Some(500..=599) => Cause::ErrorPage,
            // The server does send CORS headers, only not with its errors.
            Some(400..=499) if passes => Cause::ErrorPage,
            _ if hop.response.is_some_and(|response| response.is_redirect()) => {
                let next = self.hops.get(blocked.hop().saturating_add(1));
                next.map_or(Cause::NoCorsHeaders, |next| redirect(step.url(), Evidence::slice(next.url)))
            }
            _ if passes => Cause::OnlyOnPreflight,
            _ if is_unlisted(hop.fields(NAMES)) => Cause::OriginNotListed,
            _ => Cause::NoCorsHeaders,
        }
    }
}

impl ConsoleMessage<'_> {
    /// The likely mistake, as far as the message shows it. The traffic itself would show more.
    ///
    /// ```
    /// use corsac::browser::{Cause, decode_console};
    /// let text = "Access to fetch at 'https://api.example/' from origin 'https://app.example' has been blocked by CORS policy: \
    ///     Method patch is not allowed by Access-Control-Allow-Methods in preflight response.";
    /// assert_eq!(decode_console(text).unwrap().cause(), Some(Cause::MethodCase));
    /// ```
    #[must_use]
    pub fn cause(&self) -> Option<Cause> {
        let value = self.value.map(str::as_bytes);
        let origin = self.origin.map(str::as_bytes);
        Some(match self.code? {
            // Only a request with credentials fails like this.
            BlockedCode::AcacNotTrue | BlockedCode::AcaoWildcardWithCredentials if origin == Some(b"null") => {
                Cause::OpaqueOrigin
            }
            BlockedCode::AcaoMissing => {
                let status_of_preflight = self.status.filter(|_| self.part == Some(Part::Preflight));
                status_of_preflight.and_then(|code| status(Some(code))).unwrap_or(Cause::NoCorsHeaders)
            }
            BlockedCode::AcaoMultiple => {
                value.map_or(Cause::DuplicateMiddleware, |value| multiple(Evidence::slice(value)))
            }
            BlockedCode::AcaoInvalid | BlockedCode::AcaoMismatch => match (value, origin) {
                (Some(value), Some(origin)) => mismatch(value, origin, origin),
                _ => Cause::OtherOrigin,
            },
            BlockedCode::AcacNotTrue if value.is_none_or(<[u8]>::is_empty) => Cause::CredentialsNotPermitted,
            BlockedCode::PreflightStatus => status(self.status).unwrap_or(Cause::PreflightFails),
            // The usual method in the wrong case: the server lists PATCH.
            BlockedCode::MethodNotAllowed
                if value.is_some_and(|method| method != b"PATCH" && method.eq_ignore_ascii_case(b"PATCH")) =>
            {
                Cause::MethodCase
            }
            code => Cause::of_code(code),
        })
    }
}

/// Whether a server decides by origin, as its `Vary` says, and does not allow this one.
fn is_unlisted(response: Fields<'_>) -> bool {
    response.combined(ALLOW_ORIGIN).is_none() && response.lists(VARY, b"origin")
}

/// The cause that a failed response to a preflight shows. A server that decides by origin rejects
/// the others with success, 400 or 403.
fn turned_away(code: Option<u16>, response: Fields<'_>) -> Option<Cause> {
    let is_policy = matches!(code, None | Some(200..=299 | 400 | 403));
    if is_policy && is_unlisted(response) { Some(Cause::OriginNotListed) } else { status(code) }
}

/// The cause that the status of a response to a preflight shows.
fn status(status: Option<u16>) -> Option<Cause> {
    match status? {
        401 | 403 | 407 => Some(Cause::AuthenticationFirst),
        404 | 405 | 501 => Some(Cause::OptionsNotRouted),
        400..=599 => Some(Cause::PreflightFails),
        _ => None,
    }
}

/// Several values: either added twice, or written as a list.
fn multiple(value: Evidence<'_>) -> Cause {
    let mut values = value.parts().flat_map(|line| line.split(|&b| b == b',')).map(trimmed);
    let first = values.clone().next();
    let has_wildcard = values.clone().any(|value| value == b"*");
    let repeats = values.clone().skip(1).any(|value| Some(value) == first);
    let is_pattern = value.line_count() == 1 && values.all(|value| value.contains(&b'*') && value != b"*");
    match () {
        () if value.line_count() > 1 || repeats || has_wildcard => Cause::DuplicateMiddleware,
        () if is_pattern => Cause::Pattern,
        () => Cause::OriginList,
    }
}

/// Why the request's origin is `null`.
fn of_null(page: &[u8]) -> Cause {
    if page == b"null" { Cause::OpaqueOrigin } else { Cause::RedirectToNull }
}

/// How a value differs from the request's origin, which is the page's or `null`.
fn mismatch(text: &[u8], origin: &[u8], page: &[u8]) -> Cause {
    if text.is_empty() {
        return Cause::EmptyValue;
    }
    if origin == b"null" {
        return of_null(page);
    }
    if text.eq_ignore_ascii_case(b"null") {
        return Cause::NullValue;
    }
    if text.contains(&b'*') {
        return Cause::Pattern;
    }
    if text.eq_ignore_ascii_case(origin) {
        return Cause::Case;
    }
    let is_plain = text.iter().all(|&b| matches!(b, 0x21..=0x7E) && !matches!(b, b'"' | b'\''));
    let (Some(named), Some(page)) = (Url::parse(text).filter(|url| !url.host.is_empty()), Url::parse(page)) else {
        // `localhost:3000` reads as a scheme and a path.
        let is_host =
            text.contains(&b'.') || text.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"localhost"));
        return if is_plain && is_host { Cause::NoScheme } else { Cause::Garbled };
    };
    let is_host = named.host.eq_ignore_ascii_case(page.host);
    let bare = |host: &'_ [u8]| host.strip_prefix(b"www.").map_or(host.len(), <[u8]>::len);
    let tail = |host: &'_ [u8]| host.len().checked_sub(bare(host)).map_or(0, |skip| skip);
    let is_www = named.host.get(tail(named.host)..) == page.host.get(tail(page.host)..);
    match () {
        () if !is_plain => Cause::Garbled,
        () if is_host && named.scheme == page.scheme && named.port == page.port && named.path == b"/" => {
            Cause::TrailingSlash
        }
        () if is_host && named.scheme == page.scheme && named.port == page.port && !named.path.is_empty() => {
            Cause::Path
        }
        () if is_host && named.scheme == page.scheme => Cause::Port,
        () if is_host && !matches!(named.scheme, b"http" | b"https") => Cause::NoScheme,
        () if is_host => Cause::Scheme,
        () if is_www => Cause::Www,
        () => Cause::OtherOrigin,
    }
}

/// Where a redirect leads.
fn redirect(from: &[u8], to: Evidence<'_>) -> Cause {
    let Some(to) = to.as_slice() else { return Cause::RedirectTarget };
    let Some(from) = Url::parse(from) else { return Cause::RedirectTarget };
    let Some(to) = Url::parse(to).filter(|url| !url.host.is_empty()) else {
        let path = |text: &'_ [u8]| text.strip_suffix(b"/").map_or(text.len(), <[u8]>::len);
        return if from.path.get(..path(from.path)) == to.get(..path(to)) {
            Cause::RedirectSlash
        } else {
            Cause::RedirectPath
        };
    };
    if from.host == to.host && from.scheme == b"http" && to.scheme == b"https" {
        return Cause::RedirectToHttps;
    }
    if !from.is_same_origin(to) {
        return Cause::RedirectElsewhere;
    }
    let differs_by_slash = |longer: &[u8], shorter: &[u8]| longer.strip_suffix(b"/") == Some(shorter);
    if differs_by_slash(to.path, from.path) || differs_by_slash(from.path, to.path) {
        Cause::RedirectSlash
    } else {
        Cause::RedirectPath
    }
}

fn method(step: &Step<'_>, fields: Fields<'_>) -> Cause {
    let mut listed = fields.elements(ALLOW_METHODS).flatten();
    let includes = step.request().credentials == Credentials::Include;
    if fields.elements(ALLOW_METHODS).next().is_none() {
        Cause::NoMethodList
    } else if includes && listed.clone().any(|method| method == b"*") {
        Cause::WildcardWithCredentials
    } else if listed.any(|method| method.eq_ignore_ascii_case(step.method())) {
        Cause::MethodCase
    } else {
        Cause::MethodNotListed
    }
}

fn header(name: Evidence<'_>, step: &Step<'_>, fields: Fields<'_>) -> Cause {
    let has_wildcard = fields.lists(ALLOW_HEADERS, b"*");
    if has_wildcard && step.request().credentials == Credentials::Include {
        Cause::WildcardWithCredentials
    } else if has_wildcard && name.is(b"authorization") {
        Cause::AuthorizationNotCovered
    } else {
        Cause::HeaderNotListed
    }
}
