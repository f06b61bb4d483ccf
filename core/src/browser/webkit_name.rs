//! The names of request headers that WebKit knows: it checks those first, and writes them in its
//! own way.

/// The name as WebKit's console writes it. `None` if it writes the name as the script does.
pub(super) fn known_to_webkit(name: &[u8]) -> Option<&'static [u8]> {
    KNOWN.split(|&b| b == b',').find(|known| known.eq_ignore_ascii_case(name))
}

/// The known names that a script can set. One text, because a list of 64 texts has as many pointers.
const KNOWN: &[u8] = b"\
    Accept,Accept-Language,Accept-Ranges,Access-Control-Allow-Credentials,\
    Access-Control-Allow-Headers,Access-Control-Allow-Methods,Access-Control-Allow-Origin,\
    Access-Control-Expose-Headers,Access-Control-Max-Age,Age,Authorization,Cache-Control,\
    Clear-Site-Data,Content-Disposition,Content-Encoding,Content-Language,Content-Location,\
    Content-Range,Content-Security-Policy,Content-Security-Policy-Report-Only,Content-Type,\
    Cross-Origin-Embedder-Policy,Cross-Origin-Embedder-Policy-Report-Only,\
    Cross-Origin-Opener-Policy,Cross-Origin-Opener-Policy-Report-Only,\
    Cross-Origin-Resource-Policy,Default-Style,ETag,Expires,Icy-Metadata,Icy-MetaInt,\
    If-Match,If-Modified-Since,If-None-Match,If-Range,If-Unmodified-Since,Integrity-Policy,\
    Integrity-Policy-Report-Only,Last-Event-ID,Last-Modified,Link,Location,Ping-From,\
    Ping-To,Pragma,Range,Referrer-Policy,Refresh,Report-To,Reporting-Endpoints,\
    Server-Timing,Service-Worker,Service-Worker-Allowed,Service-Worker-Navigation-Preload,\
    SourceMap,Timing-Allow-Origin,Upgrade-Insecure-Requests,User-Agent,Vary,\
    X-Content-Type-Options,X-Frame-Options,X-SourceMap,X-Temp-Tablet,X-XSS-Protection";
