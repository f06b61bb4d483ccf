//! The words of each browser's console. Each browser has one table, which writes its messages and
//! also decodes them.

use super::blocked::BlockedCode as Code;
use super::profile::Profile;

/// One reason. The browser fills in each `{}`.
pub(super) struct Reason {
    pub(super) code: Code,
    pub(super) text: &'static str,
    /// What follows it.
    pub(super) tail: Tail,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tail {
    Nothing,
    /// Chromium: advice for `fetch()`. WebKit: a full stop.
    ForFetch,
    /// Chromium: advice for `XMLHttpRequest`.
    ForXhr,
    /// Firefox, WebKit: the status.
    Status,
}

pub(super) const CHROMIUM_PREFLIGHT: &str = "Response to preflight request doesn't pass access control check: ";
pub(super) const FOR_FETCH: &str = " Have the server send the header with a valid value.";
pub(super) const FOR_XHR: &str =
    " The credentials mode of requests initiated by the XMLHttpRequest is controlled by the withCredentials attribute.";
pub(super) const FIREFOX_START: &str =
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at ";

const fn reason(code: Code, tail: Tail, text: &'static str) -> Reason {
    Reason { code, text, tail }
}

pub(super) const CHROMIUM: &[Reason] = &[
    reason(
        Code::AcaoWildcardWithCredentials,
        Tail::ForXhr,
        "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.",
    ),
    reason(
        Code::AcaoMissing,
        Tail::Nothing,
        "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    ),
    reason(
        Code::AcaoMultiple,
        Tail::ForFetch,
        "The 'Access-Control-Allow-Origin' header contains multiple values '{}', but only one is allowed.",
    ),
    reason(
        Code::AcaoInvalid,
        Tail::ForFetch,
        "The 'Access-Control-Allow-Origin' header contains the invalid value '{}'.",
    ),
    reason(
        Code::AcaoMismatch,
        Tail::ForFetch,
        "The 'Access-Control-Allow-Origin' header has a value '{}' that is not equal to the supplied origin.",
    ),
    reason(
        Code::AcacNotTrue,
        Tail::ForXhr,
        "The value of the 'Access-Control-Allow-Credentials' header in the response is '{}' which must be 'true' when the request's credentials mode is 'include'.",
    ),
    reason(Code::PreflightStatus, Tail::Nothing, "It does not have HTTP ok status."),
    reason(Code::PreflightRedirect, Tail::Nothing, "Redirect is not allowed for a preflight request."),
    reason(
        Code::AcamUnparsable,
        Tail::Nothing,
        "Cannot parse Access-Control-Allow-Methods response header field in preflight response.",
    ),
    reason(
        Code::AcahUnparsable,
        Tail::Nothing,
        "Cannot parse Access-Control-Allow-Headers response header field in preflight response.",
    ),
    reason(
        Code::MethodNotAllowed,
        Tail::Nothing,
        "Method {} is not allowed by Access-Control-Allow-Methods in preflight response.",
    ),
    reason(
        Code::HeaderNotAllowed,
        Tail::Nothing,
        "Request header field {} is not allowed by Access-Control-Allow-Headers in preflight response.",
    ),
    reason(
        Code::RedirectUserinfo,
        Tail::Nothing,
        "Redirect location '{}' contains a username and password, which is disallowed for cross-origin requests.",
    ),
    reason(Code::SchemeNotHttp, Tail::Nothing, CHROMIUM_SCHEMES),
];

pub(super) const CHROMIUM_SCHEMES: &str = "Cross origin requests are only supported for protocol schemes: chrome, chrome-experimental-site-token-provider, chrome-extension, chrome-untrusted, data, http, https, isolated-app.";

pub(super) const CHROMIUM_SAME_ORIGIN: &str =
    "Request mode is \"same-origin\" but the URL's origin is not same as the request origin {}.";

/// The three about local network access, which the delivery of a request writes.
pub(super) const CHROMIUM_NOT_SECURE: &str =
    "The request client is not a secure context and the resource is in more-private address space `{}`.";
pub(super) const CHROMIUM_SPACE: &str =
    "Request had a target IP address space of `{}` yet the resource is in address space `{}`.";
pub(super) const CHROMIUM_DENIED: &str = "Permission was denied for this request to access the `{}` address space.";

/// Texts that no CORS check writes: from older versions, from other browsers on
/// Chromium, and about failures that no server can fix.
pub(super) const CHROMIUM_DECODED: &[Reason] = &[
    reason(Code::SchemeNotHttp, Tail::Nothing, "Cross origin requests are only supported for protocol schemes: {}."),
    reason(Code::ModeSameOrigin, Tail::Nothing, "Cross origin requests are not allowed by request mode."),
    reason(Code::NetworkError, Tail::Nothing, "The response is invalid."),
    reason(Code::LocalNetworkNotSecure, Tail::Nothing, CHROMIUM_NOT_SECURE),
    reason(Code::LocalNetworkSpaceMismatch, Tail::Nothing, CHROMIUM_SPACE),
    reason(Code::LocalNetworkDenied, Tail::Nothing, CHROMIUM_DENIED),
];

pub(super) const FIREFOX_MULTIPLE: &str = "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed";
pub(super) const FIREFOX_MISMATCH: &str = "CORS header ‘Access-Control-Allow-Origin’ does not match ‘{}’";
pub(super) const FIREFOX_NO_SUCCESS: &str = "CORS request did not succeed";

pub(super) const FIREFOX: &[Reason] = &[
    reason(Code::AcaoMissing, Tail::Status, "CORS header ‘Access-Control-Allow-Origin’ missing"),
    reason(Code::AcaoMismatch, Tail::Nothing, FIREFOX_MISMATCH),
    reason(Code::AcaoInvalid, Tail::Nothing, FIREFOX_MISMATCH),
    reason(Code::AcaoMultiple, Tail::Nothing, FIREFOX_MISMATCH),
    reason(
        Code::AcaoWildcardWithCredentials,
        Tail::Nothing,
        "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’",
    ),
    reason(Code::AcacNotTrue, Tail::Nothing, "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’"),
    reason(Code::PreflightStatus, Tail::Status, "CORS preflight response did not succeed"),
    reason(Code::PreflightRedirect, Tail::Nothing, "CORS request external redirect not allowed"),
    reason(Code::AcamUnparsable, Tail::Nothing, "invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Methods’"),
    reason(Code::AcahUnparsable, Tail::Nothing, "invalid token ‘{}’ in CORS header ‘Access-Control-Allow-Headers’"),
    reason(Code::MethodNotAllowed, Tail::Nothing, "Did not find method in CORS header ‘Access-Control-Allow-Methods’"),
    reason(
        Code::HeaderNotAllowed,
        Tail::Nothing,
        "header ‘{}’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response",
    ),
    reason(Code::SchemeNotHttp, Tail::Nothing, "CORS request not http"),
    reason(Code::RedirectScheme, Tail::Nothing, "CORS request not http"),
];

pub(super) const FIREFOX_DECODED: &[Reason] = &[
    reason(Code::AcaoMultiple, Tail::Nothing, FIREFOX_MULTIPLE),
    reason(Code::NetworkError, Tail::Nothing, FIREFOX_NO_SUCCESS),
];

pub(super) const WEBKIT_NOT_ALLOWED: &str = "Origin {} is not allowed by Access-Control-Allow-Origin.";
pub(super) const WEBKIT_MULTIPLE: &str = "Access-Control-Allow-Origin cannot contain more than one origin.";

pub(super) const WEBKIT_REDIRECT: (&str, &str) =
    ("Cross-origin redirection to ", " denied by Cross-Origin Resource Sharing policy: ");

pub(super) const WEBKIT: &[Reason] = &[
    reason(
        Code::AcaoWildcardWithCredentials,
        Tail::Nothing,
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
    ),
    reason(Code::AcaoMissing, Tail::Status, WEBKIT_NOT_ALLOWED),
    reason(Code::AcaoMismatch, Tail::Status, WEBKIT_NOT_ALLOWED),
    reason(Code::AcaoInvalid, Tail::Status, WEBKIT_NOT_ALLOWED),
    reason(Code::AcaoMultiple, Tail::Nothing, WEBKIT_MULTIPLE),
    reason(
        Code::AcacNotTrue,
        Tail::Nothing,
        "Credentials flag is true, but Access-Control-Allow-Credentials is not \"true\".",
    ),
    reason(Code::PreflightStatus, Tail::Status, "Preflight response is not successful."),
    reason(Code::PreflightRedirect, Tail::Status, "Preflight response is not successful."),
    reason(Code::AcamUnparsable, Tail::Nothing, "Header Access-Control-Allow-Methods has an invalid value: {}"),
    reason(Code::AcahUnparsable, Tail::Nothing, "Header Access-Control-Allow-Headers has an invalid value: {}"),
    reason(Code::MethodNotAllowed, Tail::Nothing, "Method {} is not allowed by Access-Control-Allow-Methods."),
    reason(
        Code::HeaderNotAllowed,
        Tail::Nothing,
        "Request header field {} is not allowed by Access-Control-Allow-Headers.",
    ),
    reason(Code::RedirectUserinfo, Tail::Nothing, "redirection URL {} has credentials"),
    reason(
        Code::RedirectScheme,
        Tail::Nothing,
        "not allowed to follow a cross-origin CORS redirection with non CORS scheme",
    ),
    reason(Code::RedirectLimit, Tail::Nothing, WEBKIT_LIMIT),
    reason(Code::SchemeNotHttp, Tail::Nothing, "Cross origin requests are only supported for HTTP."),
];

pub(super) const WEBKIT_LIMIT: &str = "Load cannot follow more than 20 redirections";
pub(super) const WEBKIT_FTP: &str = "FTP URLs are disabled";
pub(super) const WEBKIT_LOCAL: &str = "Not allowed to load local resource: {}";
pub(super) const WEBKIT_NOT_FOLLOWED: &str = "Redirection to URL with a scheme that is not HTTP(S)";
/// In mode `no-cors`, about the first URL.
pub(super) const WEBKIT_NOT_REQUESTED: &str = "Not allowed to request resource";

/// Texts that a redirect does not precede with where it leads.
pub(super) const WEBKIT_ALONE: [&str; 4] = [WEBKIT_LIMIT, WEBKIT_FTP, WEBKIT_LOCAL, WEBKIT_NOT_FOLLOWED];

/// Texts that mean a failure in some cases only.
pub(super) const WEBKIT_DECODED: &[Reason] = &[
    reason(Code::SchemeNotHttp, Tail::Nothing, WEBKIT_FTP),
    reason(Code::RedirectScheme, Tail::Nothing, WEBKIT_NOT_FOLLOWED),
    // After a redirect too. Other browsers write it about the first URL.
    reason(Code::SchemeNotHttp, Tail::Nothing, WEBKIT_LOCAL),
];

/// The reasons of one browser's messages.
pub(super) const ALL: &[(Profile, &[&[Reason]])] = &[
    (Profile::Chromium, &[CHROMIUM, CHROMIUM_DECODED]),
    (Profile::Firefox, &[FIREFOX, FIREFOX_DECODED]),
    (Profile::WebKit, &[WEBKIT, WEBKIT_DECODED]),
];
