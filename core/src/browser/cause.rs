//! The likely mistakes behind a failure, and what to do about each.

use core::fmt;

use super::blocked::BlockedCode;
use crate::syntax::names::names;

names! {
    /// The likely mistake behind a failure. The names are stable.
    ///
    /// ```
    /// use corsac::browser::{Cause, Exchange, Hop, Profile, Response, ScriptRequest};
    ///
    /// let response = Response { status: 200, headers: &[(b"Access-Control-Allow-Origin", b"https://app.example/")] };
    /// let exchange = Exchange {
    ///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
    ///     hops: &[Hop { response: Some(response), ..Hop::default() }],
    /// };
    /// let mut cause = None;
    /// exchange.judge(Profile::Firefox, |blocked| cause = Some(exchange.cause(&blocked)));
    /// let cause = cause.expect("it is blocked");
    /// assert_eq!(cause, Cause::TrailingSlash);
    /// assert_eq!(cause.sentence(), "an origin has no trailing slash");
    /// assert_eq!(cause.advice(), "send the page's origin back, byte for byte");
    /// assert!(cause.is_fixed_by_headers() && !Cause::RedirectToHttps.is_fixed_by_headers());
    /// ```
    Cause:
    /// The server sends no CORS headers at all.
    NoCorsHeaders = "no-cors-headers",
    /// The response to the preflight has the headers, but the response to the request does not.
    OnlyOnPreflight = "only-on-preflight",
    /// The server decides by origin, as its `Vary` says, and does not allow this one.
    OriginNotListed = "origin-not-listed",
    /// Authentication rejects the preflight: 401, 403 or 407.
    AuthenticationFirst = "authentication-first",
    /// The server has no route for `OPTIONS`, or does not allow the method: 404, 405 or 501.
    OptionsNotRouted = "options-not-routed",
    /// The response is an error (5xx, or 4xx after a preflight that passed), and error pages have
    /// no CORS headers.
    ErrorPage = "error-page",
    /// The preflight fails in the server or in front of it.
    PreflightFails = "preflight-fails",
    /// The value ends with a slash, and origins do not.
    TrailingSlash = "trailing-slash",
    /// The value has a path.
    Path = "path",
    /// The value differs only in case.
    Case = "case",
    /// The value has another port, or none.
    Port = "port",
    /// The value is `http:` where the page is `https:`, or the other way round.
    Scheme = "scheme",
    /// The value has `www.` and the page does not, or the other way round.
    Www = "www",
    /// The value has no scheme.
    NoScheme = "no-scheme",
    /// The value is a pattern, but browsers compare bytes.
    Pattern = "pattern",
    /// The value is empty.
    EmptyValue = "empty-value",
    /// There is white space between the header's name and its colon, so most browsers ignore it.
    SpaceAfterName = "space-after-name",
    /// The value is `null`.
    NullValue = "null-value",
    /// The page has no origin of its own: a sandboxed frame, a `data:` URL, a file.
    OpaqueOrigin = "opaque-origin",
    /// A redirect between two other origins turned the request's origin into `null`.
    RedirectToNull = "redirect-to-null",
    /// The value is another site's origin: a fixed one, or one that a cache kept for another page.
    OtherOrigin = "other-origin",
    /// The value contains bytes that no origin has.
    Garbled = "garbled",
    /// Two parts of the server add the header: an application and a gateway, or the same middleware
    /// twice.
    DuplicateMiddleware = "duplicate-middleware",
    /// The value is a list, but only one origin is allowed.
    OriginList = "origin-list",
    /// `*` is not a wildcard when the request carries credentials.
    WildcardWithCredentials = "wildcard-with-credentials",
    /// The header that allows credentials is missing.
    CredentialsNotPermitted = "credentials-not-permitted",
    /// The value is `true` in another case, or in quotes.
    CredentialsValue = "credentials-value",
    /// The list has the method in another case, and methods are case-sensitive.
    MethodCase = "method-case",
    /// The list does not include the method.
    MethodNotListed = "method-not-listed",
    /// There is no list of methods.
    NoMethodList = "no-method-list",
    /// `*` does not include `Authorization`.
    AuthorizationNotCovered = "authorization-not-covered",
    /// The list does not include the header.
    HeaderNotListed = "header-not-listed",
    /// The list contains something that is not a name: separators other than a comma, quotes, a
    /// value after the name.
    ListSyntax = "list-syntax",
    /// The server redirects `http:` to `https:`.
    RedirectToHttps = "redirect-to-https",
    /// The redirect adds or removes a trailing slash.
    RedirectSlash = "redirect-slash",
    /// The redirect leads to another origin, such as a login page.
    RedirectElsewhere = "redirect-elsewhere",
    /// The redirect leads to another path of the same origin.
    RedirectPath = "redirect-path",
    /// The redirect's URL contains a user name or a password.
    RedirectUserinfo = "redirect-userinfo",
    /// The redirect's URL is not `http:` or `https:`, or is not a URL.
    RedirectTarget = "redirect-target",
    /// There are more redirects than any browser follows.
    RedirectLoop = "redirect-loop",
    /// A streamed body cannot be sent twice.
    StreamedBody = "streamed-body",
    /// The page's own script asks for something that no server can allow.
    ScriptMistake = "script-mistake",
    /// The response is not HTTP.
    NotHttp = "not-http",
    /// There was no response.
    NoResponse = "no-response",
    /// The browser protects the local network.
    LocalNetwork = "local-network",
}

impl Cause {
    /// One sentence: what is probably wrong.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoCorsHeaders => "the server sends no CORS headers for this URL",
            Self::OnlyOnPreflight => {
                "the response to the preflight is correct, but the response to the request itself lacks the CORS headers: both need them"
            }
            Self::OriginNotListed => {
                "the server decides by origin (its Vary: Origin says so) and does not allow this page's origin"
            }
            Self::AuthenticationFirst => {
                "authentication runs before CORS and rejects the preflight, because a preflight never carries credentials"
            }
            Self::OptionsNotRouted => {
                "no route on the server handles OPTIONS for this URL, because routing runs before CORS"
            }
            Self::ErrorPage => "the response is an error page, and the server sends error pages without CORS headers",
            Self::PreflightFails => "the server does not respond to the preflight with a success status",
            Self::TrailingSlash => "an origin has no trailing slash",
            Self::Path => "an origin has no path: it ends after the host or the port",
            Self::Case => "an origin is compared byte for byte, and browsers send it in lower case",
            Self::Port => {
                "the port is part of the origin: another port is another origin, and browsers leave out :443 and :80"
            }
            Self::Scheme => "the scheme is part of the origin: http: and https: are different origins",
            Self::Www => "www. is part of the host: with it and without it are different origins",
            Self::NoScheme => "an origin begins with a scheme, such as https://",
            Self::Pattern => {
                "browsers know no patterns in this header: the server must compare, and send back the one origin"
            }
            Self::EmptyValue => "the header is present but empty, probably because a variable is not set",
            Self::SpaceAfterName => {
                "the header has white space between its name and the colon: Chromium takes that off, and every other browser ignores the header"
            }
            Self::NullValue => "the header is null, an origin that sandboxed frames of any site can have",
            Self::OpaqueOrigin => {
                "the page has no origin of its own (a file, a sandboxed frame or a data: URL), so the browser sends null"
            }
            Self::RedirectToNull => "a redirect between two other origins turned the request's origin into null",
            Self::OtherOrigin => {
                "the header names another site: a fixed value, or a cached response for another page (Vary: Origin is missing)"
            }
            Self::Garbled => {
                "the header's value is not an origin: it contains quotes or the name of a variable, for example"
            }
            Self::DuplicateMiddleware => {
                "two parts of the server add the header: the application and a gateway in front of it, or the same middleware twice"
            }
            Self::OriginList => {
                "a response can name only one origin: the server must pick the one that made the request"
            }
            Self::WildcardWithCredentials => "* is not a wildcard when the request carries credentials",
            Self::CredentialsNotPermitted => "the request carries credentials, but the server does not allow them",
            Self::CredentialsValue => "the value must be exactly true: in lower case, once, without quotes",
            Self::MethodCase => {
                "methods are case-sensitive: browsers change only get, post, put, delete, head and options to upper case"
            }
            Self::MethodNotListed => "the list of allowed methods does not include this one",
            Self::NoMethodList => {
                "the response to the preflight lists no methods, and without a list only GET, HEAD and POST are allowed"
            }
            Self::AuthorizationNotCovered => {
                "by the standard, * does not include Authorization: list it by name (browsers still let it pass today)"
            }
            Self::HeaderNotListed => "the list of allowed request headers does not include this one",
            Self::ListSyntax => {
                "the list is names separated by commas: one element that is not a name makes all of it invalid"
            }
            Self::RedirectToHttps => "the server redirects http: to https: before it handles CORS",
            Self::RedirectSlash => "the server redirects to add or remove a trailing slash before it handles CORS",
            Self::RedirectElsewhere => {
                "the server redirects to another origin, such as a login page, before it handles CORS"
            }
            Self::RedirectPath => "the server redirects to another path before it handles CORS",
            Self::RedirectUserinfo => {
                "the redirect's URL contains a user name or a password, and browsers do not follow it"
            }
            Self::RedirectTarget => "the redirect does not lead to an http: or https: URL",
            Self::RedirectLoop => "the redirects form a loop",
            Self::StreamedBody => "the body is a stream, and the redirect asks the browser to send it a second time",
            Self::ScriptMistake => "the script asks for something that no server can allow",
            Self::NotHttp => "the response is not HTTP that a browser can read",
            Self::NoResponse => {
                "there was no response: the server is down, its certificate is not trusted, or something stopped the request on its way"
            }
            Self::LocalNetwork => "the browser protects the local network, and no response header can change that",
        }
    }

    /// One sentence: what to do. "These headers" are those that
    /// [`Step::passing_lines`](super::Step::passing_lines) gives.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NoCorsHeaders => "add these headers to the response",
            Self::OnlyOnPreflight => "add these headers to every response, not only to the one to the preflight",
            Self::OriginNotListed => {
                "add the page's origin to those that the server allows; it then sends these headers"
            }
            Self::AuthenticationFirst => {
                "respond to preflights before authentication, with status 204 and these headers"
            }
            Self::OptionsNotRouted => {
                "respond to OPTIONS for this URL before routing, with status 204 and these headers"
            }
            Self::ErrorPage => "add these headers to error pages too, so that the script and you can see the error",
            Self::PreflightFails => "respond to the preflight with status 204 and these headers",
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
            Self::SpaceAfterName => "send these headers without white space before the colon",
            Self::Pattern | Self::OriginList => {
                "compare the origin on the server, and send back the one that made the request"
            }
            Self::OpaqueOrigin => {
                "serve the page from a server (http://localhost will do) or, if you need no credentials, share the response with every site: *"
            }
            Self::RedirectToNull => "let the script request the last URL directly, or do not redirect",
            Self::DuplicateMiddleware => "let one part add the CORS headers, and remove them from the other",
            Self::WildcardWithCredentials => {
                "list the origin, the methods and the headers by name, or send no credentials"
            }
            Self::CredentialsNotPermitted | Self::CredentialsValue => {
                "send Access-Control-Allow-Credentials: true on both responses, or send no credentials"
            }
            Self::MethodCase => "write the method in the same case on both sides, and PATCH in upper case",
            Self::MethodNotListed => "add the method to the list; for this request alone, these headers are enough",
            Self::NoMethodList => "list the method",
            Self::AuthorizationNotCovered => "list authorization by name next to *",
            Self::HeaderNotListed => "add the header to the list; for this request alone, these headers are enough",
            Self::ListSyntax => "write only names, separated by commas",
            Self::RedirectToHttps | Self::RedirectSlash | Self::RedirectPath => {
                "let the script request the last URL directly, or respond at this URL without a redirect"
            }
            Self::RedirectElsewhere => {
                "respond with 401 instead of a redirect, or let the script request the last URL directly"
            }
            Self::RedirectUserinfo | Self::RedirectTarget | Self::RedirectLoop => "fix the redirect",
            Self::StreamedBody => "let the script request the last URL directly",
            Self::ScriptMistake => "change the script",
            Self::NotHttp => "fix the response: a header contains a control byte, or the status is not a valid number",
            Self::NoResponse => "try the URL with curl and in the address bar: the error there says more",
            Self::LocalNetwork => {
                "look at the URL first: a deployed page that requests localhost has a development address in it; if the address is meant, serve the page over https: and let the user allow access to the local network"
            }
        }
    }
}

impl Cause {
    /// The likely mistake if only the code is known.
    pub(super) const fn of_code(code: BlockedCode) -> Self {
        match code {
            BlockedCode::AcaoMissing => Self::NoCorsHeaders,
            BlockedCode::AcaoWildcardWithCredentials => Self::WildcardWithCredentials,
            BlockedCode::AcaoMultiple => Self::DuplicateMiddleware,
            BlockedCode::AcaoInvalid | BlockedCode::AcaoMismatch => Self::OtherOrigin,
            BlockedCode::AcacNotTrue => Self::CredentialsValue,
            BlockedCode::PreflightStatus => Self::PreflightFails,
            BlockedCode::PreflightRedirect => Self::RedirectPath,
            BlockedCode::AcamUnparsable | BlockedCode::AcahUnparsable => Self::ListSyntax,
            BlockedCode::MethodNotAllowed => Self::MethodNotListed,
            BlockedCode::HeaderNotAllowed => Self::HeaderNotListed,
            BlockedCode::RedirectUserinfo => Self::RedirectUserinfo,
            BlockedCode::RedirectScheme => Self::RedirectTarget,
            BlockedCode::RedirectLimit => Self::RedirectLoop,
            BlockedCode::RedirectStream => Self::StreamedBody,
            BlockedCode::SchemeNotHttp
            | BlockedCode::ModeSameOrigin
            | BlockedCode::MethodForbidden
            | BlockedCode::MethodInvalid
            | BlockedCode::HeaderInvalid
            | BlockedCode::HeaderReserved
            | BlockedCode::UrlUserinfo => Self::ScriptMistake,
            BlockedCode::ResponseUnparsable => Self::NotHttp,
            BlockedCode::NetworkError => Self::NoResponse,
            BlockedCode::LocalNetworkDenied
            | BlockedCode::LocalNetworkNotSecure
            | BlockedCode::LocalNetworkSpaceMismatch => Self::LocalNetwork,
        }
    }

    /// Whether other headers on the response fix it: those that
    /// [`Step::passing_lines`](super::Step::passing_lines) gives.
    #[must_use]
    pub const fn is_fixed_by_headers(self) -> bool {
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
                | Self::NoResponse
                | Self::LocalNetwork
        )
    }
}
