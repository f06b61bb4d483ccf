//! The likely mistakes behind a failure, in words, and what to do about each.

use core::fmt;

use super::blocked::BlockedCode;
use crate::syntax::names::names;

names! {
    /// The likely mistake behind a failure. The names are stable.
    Cause:
    /// The server sends no CORS header at all.
    NoCorsHeaders = "no-cors-headers",
    /// The answer to the preflight has the headers, the answer to the request has not.
    OnlyOnPreflight = "only-on-preflight",
    /// The server decides by origin, as its `Vary` says, and does not permit this one.
    OriginNotListed = "origin-not-listed",
    /// The preflight is answered by authentication: 401, 403 or 407.
    AuthenticationFirst = "authentication-first",
    /// `OPTIONS` is no route or no method of this server: 404, 405 or 501.
    OptionsNotRouted = "options-not-routed",
    /// The answer is an error (5xx, or 4xx after a preflight that passed), and error pages have no CORS headers.
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
            Self::OriginNotListed => {
                "the server decides by origin (Vary: Origin says so), and does not permit this page's"
            }
            Self::AuthenticationFirst => {
                "authentication runs before CORS: a preflight never carries credentials, so it is turned away"
            }
            Self::OptionsNotRouted => "nothing on the server handles OPTIONS for this URL: routing runs before CORS",
            Self::ErrorPage => "the answer is an error, and error pages go out without CORS headers",
            Self::PreflightFails => "the server does not answer the preflight with a status of success",
            Self::TrailingSlash => "an origin has no slash at its end",
            Self::Path => "an origin has no path: it ends with the host or the port",
            Self::Case => "an origin is compared byte for byte, and it is in lower case",
            Self::Port => {
                "the port belongs to the origin: another port is another origin, and :443 and :80 are never written"
            }
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
            Self::Garbled => "the header holds what is no origin, such as quotes or the name of a variable",
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
            Self::OriginNotListed => {
                "add the page's origin to those that the server permits: then it sends these lines"
            }
            Self::AuthenticationFirst => "answer preflights before authentication, with status 204 and these lines",
            Self::OptionsNotRouted => "answer OPTIONS for this URL before routing, with status 204 and these lines",
            Self::ErrorPage => "let error pages carry these lines too: then the script sees the error, and so do you",
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
    /// The likely mistake where nothing but the code is known.
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
            | BlockedCode::HeaderInvalid => Self::ScriptMistake,
            BlockedCode::ResponseUnparsable => Self::NotHttp,
            BlockedCode::NetworkError => Self::NoAnswer,
            BlockedCode::LocalNetworkDenied
            | BlockedCode::LocalNetworkNotSecure
            | BlockedCode::LocalNetworkSpaceMismatch => Self::LocalNetwork,
        }
    }

    /// Other header lines on the answer would mend it, as [`Step::passing_lines`](super::Step::passing_lines) names them.
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
