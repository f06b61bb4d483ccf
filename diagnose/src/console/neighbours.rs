//! The words of what is next to CORS, as facts: each with its code in `codes/neighbours.md` or `codes/delivery.md`.

use super::template::Says::{Neighbour, Nothing};
use super::template::{Template, template};

const fn is(code: &'static str, text: &'static str) -> Template {
    template(Neighbour(code), text)
}

pub(super) const NEIGHBOURS: &[Template] = &[
    // Mixed content, as core does not know it: cut short, or older.
    is(
        "mixed-content",
        "Mixed Content: The page at '{origin}' was loaded over HTTPS, but requested an insecure {} '{url}'",
    ),
    is("mixed-content", "Mixed Content: The page at "),
    is("mixed-content", "Blocked loading mixed active content"),
    is("mixed-content", "[blocked] The page at {origin} was not allowed to display insecure content from {url}."),
    is("mixed-content", "requested insecure content from {url}"),
    is("mixed-content", "An insecure WebSocket connection may not be initiated from a page loaded over HTTPS"),
    is("mixed-content", "(blocked:mixed-content)"),
    is("private-network-access", "private network request"),
    // Content Security Policy.
    is("csp-other", "(blocked:csp)"),
    is("csp-connect-src", "Refused to connect to '{url}' because it violates"),
    is("csp-connect-src", "Refused to connect to {url} because it "),
    is("csp-connect-src", "Refused to connect because it violates the document's Content Security Policy"),
    is("csp-connect-src", "Refused to connect because it violates the following Content Security Policy directive"),
    is("csp-connect-src", "Connecting to '{url}' violates the following Content Security Policy directive"),
    is("csp-connect-src", "Fetch API cannot load {url}. Refused to connect because it violates"),
    is("csp-connect-src", "blocked the loading of a resource (connect-src) at {url} because it violates"),
    is("csp-connect-src", "blocked the loading of a resource at {url} ('connect-src"),
    is(
        "csp-other",
        "Refused to load the {} '{url}' because it violates the following Content Security Policy directive",
    ),
    is("csp-other", "Refused to load {url} because it does not appear in the "),
    is("csp-other", "Refused to send form data to '{url}' because it violates"),
    is("csp-other", "Refused to create a worker from '{url}' because it violates"),
    is("csp-other", "Loading the {} '{url}' violates the following Content Security Policy directive"),
    is("csp-other", "blocked the loading of a resource ({}) at {url} because it violates"),
    is("csp-other", "violates the following Content Security Policy directive"),
    is("framing", "Refused to frame '{url}' because"),
    is("framing", "Framing '{url}' violates the following Content Security Policy directive"),
    is("framing", "Refused to display '{url}' in a frame because"),
    is("framing", "Refused to display '{}' in a frame because it set"),
    is("framing", "The loading of '{url}' in a frame is denied by"),
    is("framing", "Load denied by X-Frame-Options: {url} does not permit"),
    // ORB and CORB.
    is("orb", "Cross-Origin Read Blocking (CORB) blocked cross-origin response {url} with MIME type "),
    is("orb", "Cross-Origin Read Blocking (CORB) blocked"),
    is("orb", "Response was blocked by CORB"),
    is("orb", "Response was blocked by ORB"),
    is("orb", "The resource at '{url}' was blocked by OpaqueResponseBlocking"),
    is("orb", "blocked by OpaqueResponseBlocking"),
    // CORP, COEP, COOP.
    is("corp", "The resource at '{url}' was blocked due to its Cross-Origin-Resource-Policy header"),
    is(
        "corp",
        "Cancelled load to {url} because it violates the resource's Cross-Origin-Resource-Policy response header",
    ),
    is("corp", "(blocked:corp"),
    is("corp", "NS_ERROR_DOM_CORP_FAILED"),
    is("coep", "(blocked:coep"),
    is("corp", "violates the resource's Cross-Origin-Resource-Policy"),
    is("coep", "because it violates the following Cross-Origin-Embedder-Policy"),
    is("coep", "Specify a Cross-Origin Embedder Policy to prevent this frame from being blocked"),
    is("coep", "blocked by Cross-Origin-Embedder-Policy"),
    is("opener-policy", "Cross-Origin-Opener-Policy policy would block the window."),
    is("opener-policy", "Cross-Origin-Opener-Policy header has been ignored"),
    is("opener-policy", "a Cross-Origin-Opener-Policy mismatch"),
    // Frames and windows.
    is("frame-access", "Blocked a frame with origin '{origin}' from accessing a "),
    is("frame-access", "Permission denied to access property '{}' on cross-origin object"),
    is("frame-access", "Failed to execute 'postMessage' on 'DOMWindow': The target origin provided"),
    is("frame-access", "Unable to post message to {url}. Recipient has origin "),
    is("file-page", "Cannot make any requests from null"),
    // Integrity.
    is(
        "sri-needs-cors",
        "Subresource Integrity: The resource '{url}' has an integrity attribute, but the resource requires the request to be CORS enabled",
    ),
    is(
        "sri-needs-cors",
        "'{url}' is not eligible for integrity checks since it's neither CORS-enabled nor same-origin",
    ),
    is("sri-mismatch", "Failed to find a valid digest in the 'integrity' attribute for resource '{url}'"),
    is("sri-mismatch", "hashes in the integrity attribute match the content of the subresource"),
    is("integrity-policy", "because it is missing integrity metadata"),
    is("integrity-policy", "Integrity-Policy"),
    // Canvas.
    is("canvas-tainted", "The canvas has been tainted by cross-origin data"),
    is("canvas-tainted", "Tainted canvases may not be "),
    is("canvas-tainted", "Unable to get image data from canvas because the canvas has been tainted"),
    is("canvas-tainted", "The operation is insecure"),
    is("canvas-tainted", "contains cross-origin data, and may not be loaded"),
    // Cookies.
    is("cookie-samesite", "This Set-Cookie header didn't specify a 'SameSite' attribute"),
    is("cookie-samesite", "This Set-Cookie was blocked because it had the 'SameSite="),
    is("cookie-samesite", "attempt to set a cookie via a Set-Cookie header was blocked because it had the 'SameSite="),
    is("cookie-samesite", "has been rejected because it is in a cross-site context and its 'SameSite' is"),
    is("cookie-samesite", "attribute value 'Lax' or 'Strict' was omitted because of a cross-site redirect"),
    is(
        "cookie-samesite",
        "Indicate whether to send a cookie in a cross-site request by specifying its SameSite attribute",
    ),
    is(
        "cookie-not-secure",
        "has been rejected because it has the 'SameSite=None' attribute but is missing the 'secure' attribute",
    ),
    is(
        "cookie-not-secure",
        "was blocked because it had the 'SameSite=None' attribute but did not have the 'Secure' attribute",
    ),
    is("cookie-third-party", "has been rejected because it is foreign and does not have the 'Partitioned"),
    is("cookie-third-party", "Partitioned cookie or storage access was provided to"),
    is("cookie-third-party", "Third-party cookie will be blocked"),
    is("cookie-third-party", "Third-party cookie is blocked"),
    is("cookie-third-party", "was blocked due to user preferences"),
    is("cookie-not-secure", "will be soon rejected because it has the 'SameSite' attribute set to 'None'"),
    is(
        "cookie-samesite",
        "A cookie associated with a cross-site resource at {url} was set without the 'SameSite' attribute",
    ),
    // What the browser or an extension stops.
    is("tracking-protection", "The resource at '{url}' was blocked because Enhanced Tracking Protection is enabled"),
    is("tracking-protection", "The resource at '{url}' was blocked because content blocking is enabled"),
    is("tracking-protection", "was blocked by Safe Browsing"),
    is("blocked-by-client", "(blocked:other)"),
    is("blocked-by-client", "Content blocker prevented frame displaying"),
    is("blocked-by-client", "because of a content blocker"),
    // Service workers.
    is("service-worker", "Failed to load '{url}'. A ServiceWorker "),
    is("service-worker", "A ServiceWorker passed a"),
    is("service-worker", "The FetchEvent for '{url}' resulted in a network error response"),
    is("service-worker", "Response served by service worker "),
    is("service-worker", "FetchEvent.respondWith received an error"),
    is("service-worker", "NS_ERROR_INTERCEPTION_FAILED"),
    // Headers of scripts.
    is("unsafe-header", "Refused to get unsafe header '{value}'"),
    is("unsafe-header", "Refused to set unsafe header '{value}'"),
    is("unsafe-header", "Attempt to set a forbidden header was denied: {value}"),
    // Streams and sockets.
    is("event-stream-type", "EventSource's response has a MIME type ('{value}') that is not 'text/event-stream'"),
    is("event-stream-type", "EventSource's response has a charset"),
    is(
        "websocket",
        "WebSocket connection to '{url}' failed: Error during WebSocket handshake: Unexpected response code: {status}",
    ),
    is("websocket", "WebSocket connection to '{url}' failed"),
    is("websocket", "can't establish a connection to the server at {url}"),
    is("websocket", "Firefox can't establish a connection to the server at "),
    // Types of scripts.
    is("script-type", "Expected a JavaScript module script but the server responded with a MIME type of"),
    is("script-type", "Expected a JavaScript-or-Wasm module script but the server responded with a MIME type of"),
    is("script-type", "Loading module from '{url}' was blocked because of a disallowed MIME type"),
    is("script-type", "Refused to execute script from '{url}' because its MIME type"),
    is("script-type", "Refused to apply style from '{url}' because its MIME type"),
    is("script-type", "was blocked due to MIME type ("),
    // Servers that refuse by name or by origin.
    is("dev-server-host", "Invalid Host header"),
    is("dev-server-host", "Invalid Host/Origin header"),
    is("dev-server-host", "Blocked request. This host ('{value}') is not allowed"),
    is("dev-server-host", "Invalid HTTP_HOST header: '{value}'"),
    is("dev-server-host", "explicitly configure 'allowedDevOrigins'"),
    is("dev-server-host", "Blocked cross-origin request from "),
    is("dev-server-host", "Blocked hosts: "),
    is("dev-server-host", "Blocked host: "),
    is("origin-check", "Origin checking failed"),
    is("origin-check", "HTTP Origin header ("),
    is("origin-check", "cross-origin request detected"),
    is("origin-check", "Cross-site POST form submissions are forbidden"),
    is("origin-check", "from a forwarded Server Actions request"),
    is("origin-check", "CSRF verification failed"),
    is("origin-check", "Invalid Origin header"),
    // Test environments.
    is("test-dom", "Cross origin {origin} forbidden"),
    is("test-dom", "The Same Origin Policy dissallows reading the remote resource at '{url}'"),
    // Newer and rarer.
    is("connection-allowlist", "Connection-Allowlist"),
    is("referrer-policy", "strict-origin-when-cross-origin"),
    is("app-transport", "App Transport Security"),
    is("app-transport", "CLEARTEXT communication"),
    is("app-transport", "net::ERR_CLEARTEXT_NOT_PERMITTED"),
    is(
        "authorization-wildcard",
        "disallow reading the remote resource at {url} soon. (Reason: When the 'Access-Control-Allow-Headers' is '*', the 'Authorization' header is not covered",
    ),
    is(
        "authorization-wildcard",
        "When the 'Access-Control-Allow-Headers' is '*', the 'Authorization' header is not covered",
    ),
    is("authorization-wildcard", "the 'Authorization' header is not covered"),
    is("challenge-page", "cf-mitigated: challenge"),
    is("challenge-page", "x-amzn-waf-action: challenge"),
    is("challenge-page", "Just a moment..."),
    is("extension-url", "Denying load of {url}. Resources must be listed in the web_accessible_resources"),
    // Node.js and its like, which know no CORS.
    is("connection-refused", "ECONNREFUSED"),
    is("name-not-resolved", "ENOTFOUND"),
    is("connection-lost", "ECONNRESET"),
];

/// The names of Firefox, Safari and mail-like tools: the same.
pub(super) const OTHER_ERRORS: &[(&str, &str)] = &[
    ("NS_ERROR_CONNECTION_REFUSED", "connection-refused"),
    ("NS_ERROR_UNKNOWN_HOST", "name-not-resolved"),
    ("NS_ERROR_NET_TIMEOUT", "timed-out"),
    ("NS_ERROR_NET_RESET", "connection-lost"),
    ("NS_ERROR_NET_HTTP2", "protocol-error"),
    ("NS_BINDING_ABORTED", "aborted"),
    ("SEC_ERROR_", "certificate"),
    ("MOZILLA_PKIX_ERROR_", "certificate"),
    ("SSL_ERROR_", "certificate"),
    ("A server with the specified hostname could not be found", "name-not-resolved"),
    ("Could not connect to the server", "connection-refused"),
    ("The certificate for this server is invalid", "certificate"),
    ("The network connection was lost", "connection-lost"),
    ("The Internet connection appears to be offline", "offline"),
];

/// What libraries and browsers say about any failure.
pub(super) const NOTHING: &[Template] = &[
    template(Nothing, "TypeError: Failed to fetch"),
    template(Nothing, "Failed to fetch"),
    template(Nothing, "NetworkError when attempting to fetch resource"),
    template(Nothing, "TypeError: Load failed"),
    template(Nothing, "Load failed"),
    template(Nothing, "AxiosError: Network Error"),
    template(Nothing, "Error: Network Error"),
    template(Nothing, "Network Error"),
    template(Nothing, "Network request failed"),
    template(Nothing, "ERR_NETWORK"),
    template(Nothing, "Http failure response for {url}: 0 Unknown Error"),
    template(Nothing, "0 Unknown Error"),
    template(Nothing, "net::ERR_FAILED"),
    template(Nothing, "NS_ERROR_DOM_BAD_URI"),
    template(Nothing, "Loading failed for the <script> with source"),
    template(Nothing, "Provisional headers are shown"),
    template(Nothing, "CORS error"),
    template(Nothing, "CORS Failed"),
    template(Nothing, "A network error occurred"),
];
