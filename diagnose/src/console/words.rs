//! The words of consoles about CORS, today's and older ones, as facts. Today's reasons are those of core's browser model.

use corsac::browser::BlockedCode as Code;
use corsac::browser::Cause;
use corsac::browser::Profile::{Chromium, Firefox, WebKit};
use corsac::browser::{console_reasons, delivery_texts};

use super::template::Says::{Delivery, Head, Preflight, Reason, Server, Tail, Vague};
use super::template::{Template, template};

/// Where a message about a request begins, or, in Safari, ends.
const HEADS: &[Template] = &[
    template(
        Head(Chromium),
        "Access to {} at '{url}' (redirected from '{from}') from origin '{origin}' has been blocked by CORS policy",
    ),
    template(Head(Chromium), "Access to {} at '{url}' from origin '{origin}' has been blocked by CORS policy"),
    template(Head(Chromium), "Access to {} at {url} from origin {origin} has been blocked by CORS policy"),
    template(Head(Chromium), "Redirect from '{from}' to '{url}' has been blocked by CORS policy"),
    template(Head(Chromium), "has been blocked by CORS policy"),
    // The end was cut off.
    template(Head(Chromium), "Access to {} at '{url}' from origin '{origin}'"),
    // Chromium 50 to 69.
    template(
        Head(Chromium),
        "Failed to load {from}: Redirect from '{from}' to '{url}' has been blocked by CORS policy",
    ),
    template(Head(Chromium), "Failed to load {url}: "),
    template(Head(Chromium), "XMLHttpRequest cannot load {url}. "),
    template(Head(Chromium), "Fetch API cannot load {url}. "),
    template(Head(Chromium), "EventSource cannot load {url}. "),
    // Chromium 34 to 59, for fonts, images, scripts and videos: the server's origin.
    template(
        Head(Chromium),
        " from origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: ",
    ),
    template(
        Head(Chromium),
        "Redirect at origin '{url}' has been blocked from loading by Cross-Origin Resource Sharing policy: ",
    ),
    template(
        Head(Firefox),
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}. ",
    ),
    template(
        Head(Firefox),
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url} ",
    ),
    // The end was cut off.
    template(
        Head(Firefox),
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at {url}",
    ),
    template(Head(WebKit), " cannot load {url} due to access control checks"),
    template(Head(WebKit), "Cross-origin redirection to {url} denied by Cross-Origin Resource Sharing policy: "),
];

/// Reasons that no browser of today writes, or that core does not read.
const OLDER: &[Template] = &[
    template(
        Reason(Some(Chromium), Code::AcaoWildcardWithCredentials),
        "A wildcard '*' cannot be used in the 'Access-Control-Allow-Origin' header when the credentials flag is true",
    ),
    template(
        Reason(Some(Chromium), Code::AcacNotTrue),
        "Credentials flag is 'true', but the 'Access-Control-Allow-Credentials' header is '{value}'",
    ),
    template(
        Reason(Some(Chromium), Code::PreflightStatus),
        "Response for preflight has invalid HTTP status code {status}",
    ),
    template(Reason(Some(Chromium), Code::PreflightStatus), "Invalid HTTP status code {status}"),
    template(Reason(Some(Chromium), Code::PreflightStatus), "Response for preflight does not have HTTP ok status"),
    template(Reason(Some(Chromium), Code::PreflightRedirect), "Response for preflight is invalid (redirect)"),
    // In the network panel, next to the preflight.
    template(Reason(Some(Chromium), Code::PreflightRedirect), "net::ERR_INVALID_REDIRECT"),
    template(Reason(Some(Chromium), Code::PreflightRedirect), "ERR_INVALID_REDIRECT"),
    template(
        Reason(Some(Chromium), Code::PreflightRedirect),
        "Request requires preflight, which is disallowed to follow cross-origin redirect",
    ),
    template(
        Reason(Some(Chromium), Code::PreflightRedirect),
        "The request was redirected to '{value}', which is disallowed for cross-origin requests that require preflight",
    ),
    template(
        Reason(Some(Chromium), Code::RedirectScheme),
        "The request was redirected to a URL ('{value}') which has a disallowed scheme for cross-origin requests",
    ),
    template(
        Reason(Some(Chromium), Code::RedirectScheme),
        "Redirect location '{value}' has a disallowed scheme for cross-origin requests",
    ),
    template(
        Reason(Some(Chromium), Code::RedirectUserinfo),
        "The request was redirected to a URL ('{value}') containing userinfo",
    ),
    template(Reason(Some(Chromium), Code::SchemeNotHttp), "Cross origin requests are only supported for HTTP"),
    template(
        Reason(Some(Chromium), Code::SchemeNotHttp),
        "Cross origin requests are only supported for protocol schemes: ",
    ),
    template(Reason(Some(Chromium), Code::SchemeNotHttp), "URL scheme '{value}' is not supported"),
    template(
        Reason(Some(Chromium), Code::ModeSameOrigin),
        "Request mode is 'same-origin' but the URL's origin is not same as the request origin",
    ),
    template(
        Reason(Some(Chromium), Code::AcaoMissing),
        "Origin {origin} is not allowed by Access-Control-Allow-Origin",
    ),
    // The first WebKit and Blink: a page without an origin, and a response that does not allow every origin.
    template(Reason(None, Code::AcaoMissing), "Cannot make any requests from {origin}."),
    // As people write it down.
    template(Reason(Some(Chromium), Code::AcaoMissing), "No 'Access-Control-Allow-Origin' header"),
    template(Vague(None, Code::AcaoMissing), "Origin is not allowed by Access-Control-Allow-Origin"),
    template(Vague(None, Code::AcaoMissing), "'Access-Control-Allow-Origin' is missing"),
    template(Vague(None, Code::AcaoMissing), "'Access-Control-Allow-Origin' missing"),
    template(Vague(None, Code::AcaoMissing), "'Access-Control-Allow-Origin' header is missing"),
    template(Vague(None, Code::AcaoMissing), "'Access-Control-Allow-Origin' header missing"),
    template(Vague(None, Code::AcaoMissing), "missing 'Access-Control-Allow-Origin'"),
    template(
        Reason(Some(Chromium), Code::MethodNotAllowed),
        "Method {value} is not allowed by Access-Control-Allow-Methods",
    ),
    template(
        Reason(Some(Chromium), Code::HeaderNotAllowed),
        "Request header field {value} is not allowed by Access-Control-Allow-Headers",
    ),
    template(
        Reason(Some(Chromium), Code::HeaderNotAllowed),
        "'Content-Type is not allowed by Access-Control-Allow-Headers'",
    ),
    // Without its last hyphen, as people write it down.
    template(
        Reason(Some(Chromium), Code::HeaderNotAllowed),
        "Request header field {value} is not allowed by Access-Control-Allow Headers",
    ),
    template(
        Reason(Some(Chromium), Code::AcaoMultiple),
        "'Access-Control-Allow-Origin' header contains multiple values '{value}'",
    ),
    template(Reason(Some(Chromium), Code::LocalNetworkDenied), "Permission was denied for this request to access the "),
    template(Reason(Some(Chromium), Code::LocalNetworkSpaceMismatch), "Request had to target IP address space"),
    template(
        Reason(Some(Firefox), Code::HeaderNotAllowed),
        "missing token '{value}' in CORS header 'Access-Control-Allow-Headers'",
    ),
    template(Reason(Some(Firefox), Code::PreflightStatus), "CORS preflight channel did not succeed"),
    template(Reason(Some(Firefox), Code::NetworkError), "CORS request failed"),
    template(
        Vague(Some(Firefox), Code::AcaoMissing),
        "This can be fixed by moving the resource to the same domain or enabling CORS",
    ),
    template(
        Reason(Some(Firefox), Code::AcaoMultiple),
        "Multiple CORS header 'Access-Control-Allow-Origin' not allowed",
    ),
    template(Reason(Some(Firefox), Code::NetworkError), "CORS header 'Origin' cannot be added"),
    template(Reason(Some(WebKit), Code::PreflightStatus), "Preflight response is not successful"),
    // Elements with `crossorigin`, and fonts.
    template(
        Reason(Some(WebKit), Code::AcaoMissing),
        "Cross-origin script load denied by Cross-Origin Resource Sharing policy",
    ),
    template(
        Reason(Some(WebKit), Code::AcaoMissing),
        "Cross-origin redirection denied by Cross-Origin Resource Sharing policy",
    ),
    template(Reason(None, Code::AcaoMissing), "Cross-origin image load denied by Cross-Origin Resource Sharing policy"),
    template(Vague(Some(Firefox), Code::AcaoMissing), "): bad URI or cross-site access not allowed source: {url}"),
    template(Vague(Some(Firefox), Code::AcaoMissing), "bad URI or cross-site access not allowed"),
    // Flutter's pictures in a page.
    template(
        Reason(None, Code::AcaoMissing),
        "Failed to load network image. Image URL: {url} Trying to load an image from another domain",
    ),
];

/// Internet Explorer and the first Edge. Their messages have a number in front.
const EDGE: &[Template] = &[
    template(
        Reason(None, Code::AcaoMissing),
        "The origin '{origin}' did not find '{}' in the Access-Control-Allow-Origin response header for cross-origin resource at '{url}'",
    ),
    template(Reason(None, Code::AcaoMissing), "Origin {origin} not found in Access-Control-Allow-Origin header"),
    template(
        Reason(None, Code::HeaderNotAllowed),
        "Request header {value} was not present in the Access-Control-Allow-Headers list",
    ),
    template(
        Reason(None, Code::MethodNotAllowed),
        "Request method {value} was not present in the Access-Control-Allow-Methods list",
    ),
    template(Reason(None, Code::PreflightRedirect), "Redirect was blocked for CORS request"),
    template(
        Reason(None, Code::AcaoMultiple),
        "Multiple Access-Control-Allow-Origin headers are not allowed for CORS response",
    ),
    template(
        Reason(None, Code::AcacNotTrue),
        "Credentials flag was set to true, but Access-Control-Allow-Credentials was not true",
    ),
    template(Reason(None, Code::AcaoMissing), "@font-face failed cross-origin request. Resource access is restricted"),
];

/// What servers and their libraries say about requests that they do not allow: the text of the response, or a line of their log.
const SERVERS: &[Template] = &[
    // Starlette and FastAPI.
    template(Server(Cause::OriginNotListed), "Disallowed CORS origin"),
    template(Server(Cause::MethodNotListed), "Disallowed CORS method"),
    template(Server(Cause::HeaderNotListed), "Disallowed CORS headers"),
    // Spring.
    template(Server(Cause::OriginNotListed), "Invalid CORS request"),
    template(Server(Cause::OriginNotListed), "Reject: '{origin}' origin is not allowed"),
    template(Server(Cause::HeaderNotListed), "Reject: headers '[{value}]' are not allowed"),
    template(Server(Cause::MethodNotListed), "Reject: HTTP '{value}' is not allowed"),
    template(
        Server(Cause::WildcardWithCredentials),
        "When allowCredentials is true, allowedOrigins cannot contain the special value '*'",
    ),
    // The example in the documentation of Express' middleware, and Nest's.
    template(Server(Cause::OriginNotListed), "Not allowed by CORS"),
    template(
        Server(Cause::OriginNotListed),
        "The CORS policy for this site does not allow access from the specified Origin",
    ),
    // ASP.NET Web API, Azure's host of functions.
    template(Server(Cause::OriginNotListed), "The origin '{origin}' is not allowed"),
    // ASP.NET Core.
    template(
        Server(Cause::WildcardWithCredentials),
        "The CORS protocol does not allow specifying a wildcard (any) origin and credentials at the same time",
    ),
    template(Server(Cause::OriginNotListed), "Request origin {origin} does not have permission to access the resource"),
    template(Server(Cause::OriginNotListed), "CORS policy execution failed"),
    template(Server(Cause::NoCorsHeaders), "contains CORS metadata, but a middleware was not found that supports CORS"),
    template(Server(Cause::MethodNotListed), "Request method {value} not allowed in CORS policy"),
    template(Server(Cause::HeaderNotListed), "Request header '{value}' not allowed in CORS policy"),
    // Django, at its start.
    template(Server(Cause::NoScheme), "(corsheaders.E013) Origin '{value}' in "),
    template(Server(Cause::NoScheme), "in CORS_ALLOWED_ORIGINS is missing scheme or netloc"),
    template(Server(Cause::Path), "(corsheaders.E014) Origin '{value}' in "),
    template(Server(Cause::Path), "in CORS_ALLOWED_ORIGINS should not have path"),
    // Flask-CORS, a framework of Go, tower-http, rack-cors, Tomcat, Gin.
    template(Server(Cause::WildcardWithCredentials), "Cannot use supports_credentials in conjunction with"),
    template(
        Server(Cause::WildcardWithCredentials),
        "[CORS] Insecure setup, 'AllowCredentials' is set to true, and 'AllowOrigins' is set to a wildcard",
    ),
    template(
        Server(Cause::WildcardWithCredentials),
        "Invalid CORS configuration: Cannot combine 'Access-Control-Allow-Credentials: true' with ",
    ),
    template(Server(Cause::WildcardWithCredentials), "Allowing credentials for wildcard origins is insecure"),
    template(
        Server(Cause::WildcardWithCredentials),
        "It is not allowed to configure supportsCredentials=[true] when allowedOrigins=[*]",
    ),
    template(Server(Cause::NoScheme), "bad origin: origins must contain '*' or include "),
    // actix-cors, rs/cors, warp, aiohttp-cors.
    template(Server(Cause::OriginNotListed), "Origin is not allowed to make this request"),
    template(Server(Cause::MethodNotListed), "Requested method is not allowed"),
    template(Server(Cause::HeaderNotListed), "One or more request headers are not allowed"),
    template(Server(Cause::OriginNotListed), "Preflight aborted: origin '{origin}' not allowed"),
    template(Server(Cause::MethodNotListed), "Preflight aborted: requested method '{value}' not allowed"),
    template(Server(Cause::HeaderNotListed), "Preflight aborted: headers '{value}' not allowed"),
    template(Server(Cause::OriginNotListed), "Actual request no headers added: origin '{origin}' not allowed"),
    template(Server(Cause::OriginNotListed), "CORS request forbidden: origin not allowed"),
    template(Server(Cause::MethodNotListed), "CORS request forbidden: request-method not allowed"),
    template(Server(Cause::HeaderNotListed), "CORS request forbidden: header not allowed"),
    template(Server(Cause::OriginNotListed), "CORS preflight request failed: origin '{origin}' is not allowed"),
    template(Server(Cause::MethodNotListed), "CORS preflight request failed: request method '{value}' is not allowed"),
    template(Server(Cause::HeaderNotListed), "CORS preflight request failed: headers '{value}' are not allowed"),
    // S3 and what speaks like it; Azure.
    template(Server(Cause::NoCorsHeaders), "CORSResponse: CORS is not enabled for this bucket"),
    template(Server(Cause::OriginNotListed), "CORSResponse: This CORS request is not allowed"),
    template(Server(Cause::OriginNotListed), "CORS not enabled or no matching rule found for this request"),
    // Routers that have no route for the preflight: Laravel, Symfony, Slim, Express and Nest, Rails, Spring, Hapi, Go.
    template(Server(Cause::OptionsNotRouted), "The OPTIONS method is not supported for "),
    template(Server(Cause::OptionsNotRouted), "No route found for 'OPTIONS "),
    template(Server(Cause::OptionsNotRouted), "HttpMethodNotAllowedException: Method not allowed. Must be one of: "),
    template(Server(Cause::OptionsNotRouted), "Cannot OPTIONS /"),
    template(Server(Cause::OptionsNotRouted), "No route matches [OPTIONS] "),
    template(Server(Cause::OptionsNotRouted), "Request method 'OPTIONS' not supported"),
    template(Server(Cause::OptionsNotRouted), "Request method 'OPTIONS' is not supported"),
    template(Server(Cause::OptionsNotRouted), "Method 'OPTIONS' is not supported"),
    template(Server(Cause::OptionsNotRouted), "Method 'OPTIONS' not allowed"),
    template(Server(Cause::OptionsNotRouted), "Method Not Allowed (OPTIONS): "),
    template(Server(Cause::OptionsNotRouted), "Route OPTIONS:"),
    // Others.
    template(Server(Cause::OriginNotListed), "Origin not allowed by CORS"),
    // Socket.IO for Python.
    template(Server(Cause::OriginNotListed), "is not an accepted origin"),
];

/// The names that Chromium's developer tools and protocol give to failures, and the words in Firefox's list of requests.
const NAMES: &[Template] = &[
    template(Reason(Some(Chromium), Code::AcaoMissing), "MissingAllowOriginHeader"),
    template(Reason(Some(Chromium), Code::AcaoMissing), "PreflightMissingAllowOriginHeader"),
    template(Reason(Some(Chromium), Code::AcaoWildcardWithCredentials), "WildcardOriginNotAllowed"),
    template(Reason(Some(Chromium), Code::AcaoWildcardWithCredentials), "PreflightWildcardOriginNotAllowed"),
    template(Reason(Some(Chromium), Code::AcaoMultiple), "MultipleAllowOriginValues"),
    template(Reason(Some(Chromium), Code::AcaoMultiple), "PreflightMultipleAllowOriginValues"),
    template(Reason(Some(Chromium), Code::AcaoMismatch), "AllowOriginMismatch"),
    template(Reason(Some(Chromium), Code::AcaoMismatch), "PreflightAllowOriginMismatch"),
    template(Reason(Some(Chromium), Code::AcaoInvalid), "InvalidAllowOriginValue"),
    template(Reason(Some(Chromium), Code::AcaoInvalid), "PreflightInvalidAllowOriginValue"),
    template(Reason(Some(Chromium), Code::AcacNotTrue), "InvalidAllowCredentials"),
    template(Reason(Some(Chromium), Code::AcacNotTrue), "PreflightInvalidAllowCredentials"),
    template(Reason(Some(Chromium), Code::PreflightStatus), "PreflightInvalidStatus"),
    template(Reason(Some(Chromium), Code::PreflightRedirect), "PreflightDisallowedRedirect"),
    template(Reason(Some(Chromium), Code::HeaderNotAllowed), "HeaderDisallowedByPreflightResponse"),
    template(Reason(Some(Chromium), Code::MethodNotAllowed), "MethodDisallowedByPreflightResponse"),
    template(Reason(Some(Chromium), Code::AcamUnparsable), "InvalidAllowMethodsPreflightResponse"),
    template(Reason(Some(Chromium), Code::AcahUnparsable), "InvalidAllowHeadersPreflightResponse"),
    template(Reason(Some(Chromium), Code::RedirectUserinfo), "RedirectContainsCredentials"),
    template(Reason(Some(Chromium), Code::SchemeNotHttp), "CorsDisabledScheme"),
    template(Reason(Some(Chromium), Code::ModeSameOrigin), "DisallowedByMode"),
    template(Reason(Some(Chromium), Code::LocalNetworkDenied), "LocalNetworkAccessPermissionDenied"),
    template(Reason(Some(Chromium), Code::LocalNetworkNotSecure), "InsecureLocalNetwork"),
    template(Reason(Some(Chromium), Code::LocalNetworkNotSecure), "InsecurePrivateNetwork"),
    template(Reason(Some(Firefox), Code::AcaoMissing), "CORS Missing Allow Origin"),
    template(Reason(Some(Firefox), Code::AcaoMismatch), "CORS Allow Origin Not Matching Origin"),
    template(Reason(Some(Firefox), Code::AcaoMultiple), "CORS Multiple Allow Origin Not Allowed"),
    template(Reason(Some(Firefox), Code::AcaoWildcardWithCredentials), "CORS Not Supporting Credentials"),
    template(Reason(Some(Firefox), Code::AcacNotTrue), "CORS Missing Allow Credentials"),
    template(Reason(Some(Firefox), Code::PreflightStatus), "CORS Preflight Did Not Succeed"),
    template(Reason(Some(Firefox), Code::PreflightRedirect), "CORS External Redirect Not Allowed"),
    template(Reason(Some(Firefox), Code::MethodNotAllowed), "CORS Method Not Found"),
    template(Reason(Some(Firefox), Code::HeaderNotAllowed), "CORS Missing Allow Header"),
    template(Reason(Some(Firefox), Code::AcamUnparsable), "CORS Invalid Allow Method"),
    template(Reason(Some(Firefox), Code::AcahUnparsable), "CORS Invalid Allow Header"),
    template(Reason(Some(Firefox), Code::SchemeNotHttp), "CORS Request Not HTTP"),
    template(Reason(Some(Firefox), Code::SchemeNotHttp), "CORS Request Not Http"),
    template(Reason(Some(Firefox), Code::NetworkError), "CORS Did Not Succeed"),
];

/// The titles in the issues panel of Chromium's developer tools, and what it says below them. The first is that of several reasons.
const ISSUES: &[Template] = &[
    template(Vague(Some(Chromium), Code::AcaoMissing), "Ensure CORS response header values are valid"),
    template(
        Reason(Some(Chromium), Code::AcaoWildcardWithCredentials),
        "Ensure credentialed requests aren't sent to CORS resources with origin wildcards",
    ),
    template(
        Reason(Some(Chromium), Code::AcaoWildcardWithCredentials),
        "Ensure credentialed requests are not sent to CORS resources with origin wildcards",
    ),
    template(Reason(Some(Chromium), Code::PreflightRedirect), "Response to preflight was a redirect"),
    template(Vague(Some(Chromium), Code::PreflightStatus), "Ensure preflight responses are valid"),
    template(
        Reason(Some(Chromium), Code::AcaoMismatch),
        "Ensure CORS requesting origin matches resource's allowed origin",
    ),
    template(Reason(Some(Chromium), Code::AcacNotTrue), "Ensure CORS requests include credentials only when allowed"),
    template(Reason(Some(Chromium), Code::MethodNotAllowed), "Ensure CORS request uses allowed method"),
    template(Reason(Some(Chromium), Code::HeaderNotAllowed), "Ensure CORS request includes only allowed headers"),
    template(
        Reason(Some(Chromium), Code::RedirectUserinfo),
        "Ensure CORS requests aren't redirected to URLs containing credentials",
    ),
    template(
        Reason(Some(Chromium), Code::ModeSameOrigin),
        "Ensure only same-origin resources are fetched with same-origin request mode",
    ),
    template(Reason(Some(Chromium), Code::SchemeNotHttp), "Ensure CORS requests are made on supported schemes"),
    template(
        Reason(Some(Chromium), Code::LocalNetworkDenied),
        "Ensure that local network requests are compatible with restrictions",
    ),
    template(Vague(Some(Chromium), Code::AcaoMissing), "was blocked because of invalid or missing response headers"),
    template(
        Reason(Some(Chromium), Code::AcaoWildcardWithCredentials),
        "it was configured to 'include' credentials and the 'Access-Control-Allow-Origin' response header",
    ),
    template(
        Vague(Some(Chromium), Code::PreflightStatus),
        "failed, had an unsuccessful HTTP status code, and/or was a redirect",
    ),
    template(
        Reason(Some(Chromium), Code::AcaoMismatch),
        "specified an origin different from the origin of the context that initiated the request",
    ),
    template(
        Reason(Some(Chromium), Code::AcacNotTrue),
        "it was configured to include credentials but the 'Access-Control-Allow-Credentials' response header",
    ),
    template(
        Reason(Some(Chromium), Code::MethodNotAllowed),
        "nor was the request method explicitly allowed by the 'Access-Control-Allow-Methods' response header",
    ),
    template(
        Reason(Some(Chromium), Code::HeaderNotAllowed),
        "nor allowed by the 'Access-Control-Allow-Headers' response header of the associated preflight request",
    ),
    template(Reason(Some(Chromium), Code::HeaderNotAllowed), "Disallowed header: {value}"),
    template(
        Reason(Some(Chromium), Code::RedirectUserinfo),
        "the response was a redirect to a URL that includes credentials",
    ),
    template(Reason(Some(Chromium), Code::SchemeNotHttp), "the scheme of the request's URL doesn't support CORS"),
];

/// What comes before a reason or after it.
const TAILS: &[Template] = &[
    template(Preflight, "Response to preflight request doesn't pass access control check"),
    template(Tail, "Origin '{origin}' is therefore not allowed access"),
    template(Tail, "Origin {origin} is therefore not allowed access"),
    template(Tail, "The response had HTTP status code {status}"),
    template(Tail, "Status code: {status}"),
];

/// All templates about CORS and the delivery of requests.
pub(super) fn all() -> Vec<Template> {
    let mut all: Vec<Template> = HEADS.to_vec();
    for reason in console_reasons() {
        // Several codes share a text: the first is the usual one. A full stop is often lost.
        let text = reason.text.strip_suffix('.').unwrap_or(reason.text);
        // What is next to CORS has these words too, and says more.
        if !text.starts_with("Not allowed to load local resource") && !all.iter().any(|known| known.text == text) {
            all.push(template(Reason(Some(reason.profile), reason.code), text));
        }
    }
    for text in delivery_texts() {
        let shown = text.text.strip_suffix('.').unwrap_or(text.text);
        // Chromium begins some of them as it begins a message about CORS, and they are among its reasons.
        if !all.iter().any(|known| known.text == shown) {
            all.push(template(Delivery(*text), shown));
        }
    }
    all.extend_from_slice(OLDER);
    all.extend_from_slice(EDGE);
    all.extend_from_slice(SERVERS);
    all.extend_from_slice(NAMES);
    all.extend_from_slice(ISSUES);
    all.extend_from_slice(TAILS);
    all
}
