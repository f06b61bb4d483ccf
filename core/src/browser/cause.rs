//! The likely mistake behind a failure, told from what the answers hold, and what to do about it.

use core::fmt;

use super::blocked::{Blocked, BlockedCode, Part};
use super::decode::ConsoleMessage;
use super::exchange::Exchange;
use super::message::{ALLOW_METHODS, Evidence, Fields};
use super::profile::Profile;
use super::script::Credentials;
use super::step::Step;
use super::url::Url;
use crate::finding::names;

names! {
    /// The likely mistake behind a failure. The names are stable.
    Cause:
    /// The server sends no CORS header at all.
    NoCorsHeaders = "no-cors-headers",
    /// The answer to the preflight has the headers, the answer to the request has not.
    OnlyOnPreflight = "only-on-preflight",
    /// The preflight is answered by authentication: 401, 403 or 407.
    AuthenticationFirst = "authentication-first",
    /// `OPTIONS` is no route or no method of this server: 404, 405 or 501.
    OptionsNotRouted = "options-not-routed",
    /// An error of the server, and its error page has no CORS headers.
    ErrorPage = "error-page",
    /// The preflight fails in the server or in front of it.
    PreflightFails = "preflight-fails",
    /// The value ends with a slash that no origin has.
    TrailingSlash = "trailing-slash",
    /// The value has a path.
    Path = "path",
    /// The value differs in case only.
    Case = "case",
    /// The value's port is another one, or missing.
    Port = "port",
    /// The value is `http:` where the page is `https:`, or the other way round.
    Scheme = "scheme",
    /// The value has `www.` and the page has not, or the other way round.
    Www = "www",
    /// The value has no scheme.
    NoScheme = "no-scheme",
    /// The value is a pattern; a browser compares bytes.
    Pattern = "pattern",
    /// The value is empty.
    EmptyValue = "empty-value",
    /// The value is `null`.
    NullValue = "null-value",
    /// The page has no origin of its own: a sandboxed frame, a `data:` URL, a file.
    OpaqueOrigin = "opaque-origin",
    /// A redirect over another origin made the request's origin `null`.
    RedirectToNull = "redirect-to-null",
    /// The value is some other site's origin: a fixed one, or one that a cache kept for another page.
    OtherOrigin = "other-origin",
    /// The value has bytes that no origin has.
    Garbled = "garbled",
    /// Two parts of the server add the header: an application and a gateway, or a middleware twice.
    DuplicateMiddleware = "duplicate-middleware",
    /// A list stands where one origin belongs.
    OriginList = "origin-list",
    /// `*` does not stand for anything when the request carries credentials.
    WildcardWithCredentials = "wildcard-with-credentials",
    /// The header that permits credentials is missing.
    CredentialsNotPermitted = "credentials-not-permitted",
    /// `true` in another case, or in quotes.
    CredentialsValue = "credentials-value",
    /// The list has the method in another case: methods are case-sensitive.
    MethodCase = "method-case",
    /// The list has not got the method.
    MethodNotListed = "method-not-listed",
    /// There is no list of methods.
    NoMethodList = "no-method-list",
    /// `*` does not stand for `Authorization`.
    AuthorizationNotCovered = "authorization-not-covered",
    /// The list has not got the header.
    HeaderNotListed = "header-not-listed",
    /// The list holds what is no name: separators other than a comma, quotes, a value beside the name.
    ListSyntax = "list-syntax",
    /// `http:` is sent on to `https:`.
    RedirectToHttps = "redirect-to-https",
    /// A slash at the end is added or taken away.
    RedirectSlash = "redirect-slash",
    /// The redirect leads to another origin, such as a page to log in.
    RedirectElsewhere = "redirect-elsewhere",
    /// The redirect leads elsewhere on the same origin.
    RedirectPath = "redirect-path",
    /// The redirect's URL has a user or a password in it.
    RedirectUserinfo = "redirect-userinfo",
    /// The redirect's URL is not `http:` or `https:`, or no URL.
    RedirectTarget = "redirect-target",
    /// More redirects than any browser follows.
    RedirectLoop = "redirect-loop",
    /// A streamed body cannot be sent twice.
    StreamedBody = "streamed-body",
    /// The page's own script asks for what no server can permit.
    ScriptMistake = "script-mistake",
    /// The answer is no HTTP.
    NotHttp = "not-http",
    /// No answer came.
    NoAnswer = "no-answer",
    /// The browser guards the local network.
    LocalNetwork = "local-network",
}

impl Cause {
    /// One sentence: what is probably wrong.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoCorsHeaders => "the server sends no CORS headers for this URL",
            Self::OnlyOnPreflight => {
                "the preflight is answered rightly, but the answer to the request itself lacks the headers: both need them"
            }
            Self::AuthenticationFirst => {
                "authentication runs before CORS: a preflight never carries credentials, so it is turned away"
            }
            Self::OptionsNotRouted => "nothing on the server handles OPTIONS for this URL: routing runs before CORS",
            Self::ErrorPage => "the server failed, and its error page goes out without CORS headers",
            Self::PreflightFails => "the server does not answer the preflight with a status of success",
            Self::TrailingSlash => "an origin has no slash at its end",
            Self::Path => "an origin has no path: it ends with the host or the port",
            Self::Case => "an origin is compared byte for byte, and it is in lower case",
            Self::Port => "the port belongs to the origin: another port is another origin",
            Self::Scheme => "the scheme belongs to the origin: http: and https: are two origins",
            Self::Www => "www. belongs to the host: with it and without it are two origins",
            Self::NoScheme => "an origin begins with its scheme, such as https://",
            Self::Pattern => "a browser knows no patterns here: the server must compare, and send the one origin back",
            Self::EmptyValue => "the header is there and empty: probably a variable that is not set",
            Self::NullValue => "the header says null, which is the origin of nothing that you want to trust",
            Self::OpaqueOrigin => {
                "the page has no origin of its own (a file, a sandboxed frame, a data: URL): the browser sends null"
            }
            Self::RedirectToNull => "a redirect from one foreign origin to another made the request's origin null",
            Self::OtherOrigin => {
                "the header names another site: a fixed value, or a cached answer for another page (Vary: Origin is missing)"
            }
            Self::Garbled => "the header holds what is no origin",
            Self::DuplicateMiddleware => {
                "two parts of the server add the header: the application and a gateway in front of it, or a middleware twice"
            }
            Self::OriginList => "one answer can name one origin only: the server must pick the one that asks",
            Self::WildcardWithCredentials => "* stands for nothing when the request carries credentials",
            Self::CredentialsNotPermitted => "the request carries credentials, and the server does not permit them",
            Self::CredentialsValue => "the value must be true: in lower case, once, without quotes",
            Self::MethodCase => {
                "methods are case-sensitive: a browser turns get, post, put, delete, head and options into upper case, and no other"
            }
            Self::MethodNotListed => "the list of methods does not hold this one",
            Self::NoMethodList => "the preflight's answer lists no methods, and only GET, HEAD and POST need no leave",
            Self::AuthorizationNotCovered => {
                "by the standard * does not stand for Authorization: name it; today's browsers still let it pass"
            }
            Self::HeaderNotListed => "the list of request headers does not hold this one",
            Self::ListSyntax => "the list is names with commas between them; one that is no name spoils all of it",
            Self::RedirectToHttps => "http: is sent on to https: before CORS has its turn",
            Self::RedirectSlash => "the URL is sent on for a slash at its end before CORS has its turn",
            Self::RedirectElsewhere => {
                "the request is sent on to another origin, as to a page to log in, before CORS has its turn"
            }
            Self::RedirectPath => "the request is sent on to another path before CORS has its turn",
            Self::RedirectUserinfo => {
                "the redirect's URL has a user or a password in it, which no browser follows here"
            }
            Self::RedirectTarget => "the redirect leads to no http: or https: URL",
            Self::RedirectLoop => "the redirects go round in circles",
            Self::StreamedBody => "the body is a stream, and the redirect asks for it a second time",
            Self::ScriptMistake => "the script asks for what no server can permit",
            Self::NotHttp => "the answer is no HTTP that a browser reads",
            Self::NoAnswer => {
                "no answer came: the server is down, its certificate is not trusted, or the request was stopped on its way"
            }
            Self::LocalNetwork => "the browser guards the local network: no header of the server can change that",
        }
    }

    /// One sentence: what to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoCorsHeaders => "add these lines to the answer",
            Self::OnlyOnPreflight => "add these lines to every answer, not only to the preflight's",
            Self::AuthenticationFirst => "answer preflights before authentication, with status 204 and these lines",
            Self::OptionsNotRouted => "answer OPTIONS for this URL before routing, with status 204 and these lines",
            Self::ErrorPage => "mend the error (its own log says what), and let error pages carry these lines too",
            Self::PreflightFails => "answer the preflight with status 204 and these lines",
            Self::TrailingSlash
            | Self::Path
            | Self::Case
            | Self::Port
            | Self::Scheme
            | Self::Www
            | Self::NoScheme
            | Self::EmptyValue
            | Self::NullValue
            | Self::OtherOrigin
            | Self::Garbled => "send the page's origin back, byte for byte",
            Self::Pattern | Self::OriginList => "compare on the server, and send the one origin that asks",
            Self::OpaqueOrigin => {
                "serve the page from a server of its own (http://localhost will do), or share with everybody: *"
            }
            Self::RedirectToNull => "let the script ask the last URL itself, or do not redirect",
            Self::DuplicateMiddleware => "let one part add CORS headers, and take them out of the other",
            Self::WildcardWithCredentials => "name the origin, the methods and the headers, or send no credentials",
            Self::CredentialsNotPermitted | Self::CredentialsValue => {
                "send Access-Control-Allow-Credentials: true on both answers, or send no credentials"
            }
            Self::MethodCase => "write the method in the same case on both sides; PATCH in upper case",
            Self::MethodNotListed => "add the method to the list; for this request alone these lines would do",
            Self::NoMethodList => "list the method",
            Self::AuthorizationNotCovered => "list authorization by its name beside *",
            Self::HeaderNotListed => "add the header to the list; for this request alone these lines would do",
            Self::ListSyntax => "write names with commas between them, and nothing else",
            Self::RedirectToHttps | Self::RedirectSlash | Self::RedirectPath => {
                "let the script ask the last URL itself, or answer this one without a redirect"
            }
            Self::RedirectElsewhere => "answer 401 instead of a redirect, or let the script ask the last URL itself",
            Self::RedirectUserinfo | Self::RedirectTarget | Self::RedirectLoop => "mend the redirect",
            Self::StreamedBody => "let the script ask the last URL itself",
            Self::ScriptMistake => "change the script",
            Self::NotHttp => "mend the answer: a header holds a control byte, or its status is none",
            Self::NoAnswer => "try the URL in curl and in the address bar: the error there says more",
            Self::LocalNetwork => "serve the page over https:, and let the user permit the local network",
        }
    }
}

impl Cause {
    /// Other header lines on the answer would mend it, as [`Step::passing_lines`] names them.
    #[must_use]
    pub const fn is_mended_by_headers(self) -> bool {
        !matches!(
            self,
            Self::RedirectToNull
                | Self::DuplicateMiddleware
                | Self::MethodCase
                | Self::RedirectToHttps
                | Self::RedirectSlash
                | Self::RedirectPath
                | Self::RedirectElsewhere
                | Self::RedirectUserinfo
                | Self::RedirectTarget
                | Self::RedirectLoop
                | Self::StreamedBody
                | Self::ScriptMistake
                | Self::NotHttp
                | Self::NoAnswer
                | Self::LocalNetwork
        )
    }
}

impl<'a> Exchange<'a> {
    /// The likely mistake behind a failure that [`judge`](Self::judge) told.
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
        let Some(step) = self.steps().find(|step| step.hop() == blocked.hop()) else { return Cause::NoAnswer };
        let hop = self.hop(blocked.hop());
        let preflight = hop.preflight.map_or_else(Fields::default, |answer| Fields::new(answer.headers, &[]));
        let is_preflight = blocked.part() == Part::Preflight;
        match blocked.code() {
            BlockedCode::AcaoMissing => self.missing(blocked, &step),
            BlockedCode::AcaoWildcardWithCredentials => Cause::WildcardWithCredentials,
            BlockedCode::AcaoMultiple => multiple(blocked.evidence()),
            BlockedCode::AcaoInvalid | BlockedCode::AcaoMismatch => match blocked.evidence().as_slice() {
                Some(value) => mismatch(value, step.serialized_origin(), step.request().origin),
                None => Cause::DuplicateMiddleware,
            },
            BlockedCode::AcacNotTrue if blocked.evidence().is_empty() => Cause::CredentialsNotPermitted,
            BlockedCode::AcacNotTrue if blocked.evidence().is(b"true, true") => Cause::DuplicateMiddleware,
            BlockedCode::AcacNotTrue => Cause::CredentialsValue,
            BlockedCode::PreflightStatus => status(blocked.status()).unwrap_or(Cause::PreflightFails),
            BlockedCode::PreflightRedirect => redirect(step.url(), blocked.evidence()),
            BlockedCode::AcamUnparsable | BlockedCode::AcahUnparsable => Cause::ListSyntax,
            BlockedCode::MethodNotAllowed => method(&step, preflight),
            BlockedCode::HeaderNotAllowed => header(blocked.evidence(), &step, preflight),
            BlockedCode::RedirectUserinfo => Cause::RedirectUserinfo,
            BlockedCode::RedirectScheme => Cause::RedirectTarget,
            BlockedCode::RedirectLimit => Cause::RedirectLoop,
            BlockedCode::RedirectStream => Cause::StreamedBody,
            BlockedCode::SchemeNotHttp
            | BlockedCode::ModeSameOrigin
            | BlockedCode::MethodForbidden
            | BlockedCode::MethodInvalid
            | BlockedCode::HeaderInvalid => Cause::ScriptMistake,
            BlockedCode::ResponseUnparsable => Cause::NotHttp,
            BlockedCode::NetworkError if !is_preflight && hop.response.is_some() => Cause::RedirectTarget,
            BlockedCode::NetworkError => Cause::NoAnswer,
            BlockedCode::LocalNetworkDenied
            | BlockedCode::LocalNetworkNotSecure
            | BlockedCode::LocalNetworkSpaceMismatch => Cause::LocalNetwork,
        }
    }

    /// Why there is no `Access-Control-Allow-Origin`.
    fn missing(&self, blocked: &Blocked<'a>, step: &Step<'a>) -> Cause {
        let hop = self.hop(blocked.hop());
        if blocked.part() == Part::Preflight {
            let is_redirect = hop.preflight.is_some_and(|answer| answer.is_redirect());
            let location = hop.preflight.and_then(|answer| Fields::new(answer.headers, &[]).combined("location"));
            return match (status(blocked.status()), location.filter(|_| is_redirect)) {
                (_, Some(location)) => redirect(step.url(), location),
                (Some(cause), _) => cause,
                _ => Cause::NoCorsHeaders,
            };
        }
        let passes = step.needs_preflight(Profile::Spec)
            && hop.preflight.is_some_and(|answer| {
                Fields::new(answer.headers, &[]).combined(super::message::ALLOW_ORIGIN).is_some()
            });
        match blocked.status() {
            Some(500..=599) => Cause::ErrorPage,
            Some(301 | 302 | 303 | 307 | 308) => {
                let next = self.hops.get(blocked.hop().saturating_add(1));
                next.map_or(Cause::NoCorsHeaders, |next| redirect(step.url(), Evidence::slice(next.url)))
            }
            _ if passes => Cause::OnlyOnPreflight,
            _ => Cause::NoCorsHeaders,
        }
    }
}

impl ConsoleMessage<'_> {
    /// The likely mistake, as far as the message tells; the traffic would tell more.
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
            BlockedCode::AcaoMissing => self
                .status
                .filter(|_| self.part == Some(Part::Preflight))
                .map_or(Cause::NoCorsHeaders, |code| status(Some(code)).unwrap_or(Cause::NoCorsHeaders)),
            BlockedCode::AcaoWildcardWithCredentials => Cause::WildcardWithCredentials,
            BlockedCode::AcaoMultiple => {
                value.map_or(Cause::DuplicateMiddleware, |value| multiple(Evidence::slice(value)))
            }
            BlockedCode::AcaoInvalid | BlockedCode::AcaoMismatch => match (value, origin) {
                (Some(value), Some(origin)) => mismatch(value, origin, origin),
                _ => Cause::OtherOrigin,
            },
            BlockedCode::AcacNotTrue if value.is_none_or(<[u8]>::is_empty) => Cause::CredentialsNotPermitted,
            BlockedCode::AcacNotTrue => Cause::CredentialsValue,
            BlockedCode::PreflightStatus => status(self.status).unwrap_or(Cause::PreflightFails),
            BlockedCode::PreflightRedirect => Cause::RedirectPath,
            BlockedCode::AcamUnparsable | BlockedCode::AcahUnparsable => Cause::ListSyntax,
            // The usual method in the wrong case: the server lists PATCH.
            BlockedCode::MethodNotAllowed
                if value.is_some_and(|method| method != b"PATCH" && method.eq_ignore_ascii_case(b"PATCH")) =>
            {
                Cause::MethodCase
            }
            BlockedCode::MethodNotAllowed => Cause::MethodNotListed,
            BlockedCode::HeaderNotAllowed => Cause::HeaderNotListed,
            BlockedCode::RedirectUserinfo => Cause::RedirectUserinfo,
            BlockedCode::RedirectScheme => Cause::RedirectTarget,
            BlockedCode::RedirectLimit => Cause::RedirectLoop,
            BlockedCode::RedirectStream => Cause::StreamedBody,
            BlockedCode::SchemeNotHttp
            | BlockedCode::ModeSameOrigin
            | BlockedCode::MethodForbidden
            | BlockedCode::MethodInvalid
            | BlockedCode::HeaderInvalid => Cause::ScriptMistake,
            BlockedCode::ResponseUnparsable => Cause::NotHttp,
            BlockedCode::NetworkError => Cause::NoAnswer,
            BlockedCode::LocalNetworkDenied
            | BlockedCode::LocalNetworkNotSecure
            | BlockedCode::LocalNetworkSpaceMismatch => Cause::LocalNetwork,
        })
    }
}

/// What the status of a preflight's answer tells by itself.
fn status(status: Option<u16>) -> Option<Cause> {
    match status? {
        401 | 403 | 407 => Some(Cause::AuthenticationFirst),
        404 | 405 | 501 => Some(Cause::OptionsNotRouted),
        400..=599 => Some(Cause::PreflightFails),
        _ => None,
    }
}

/// Several values: added twice, or a list that somebody wrote.
fn multiple(value: Evidence<'_>) -> Cause {
    let mut values = value.parts().flat_map(|line| line.split(|&b| b == b',')).map(super::message::trimmed);
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

/// How a value misses the request's origin, which is the page's or `null`.
fn mismatch(text: &[u8], origin: &[u8], page: &[u8]) -> Cause {
    if text.is_empty() {
        return Cause::EmptyValue;
    }
    if origin == b"null" {
        return if page == b"null" { Cause::OpaqueOrigin } else { Cause::RedirectToNull };
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
    let has_wildcard = fields.lists(super::message::ALLOW_HEADERS, b"*");
    if has_wildcard && step.request().credentials == Credentials::Include {
        Cause::WildcardWithCredentials
    } else if has_wildcard && name.is(b"authorization") {
        Cause::AuthorizationNotCovered
    } else {
        Cause::HeaderNotListed
    }
}
