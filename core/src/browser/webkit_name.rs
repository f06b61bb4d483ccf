//! The names of request headers that WebKit knows: it checks those first, and writes them in its
//! own way.

use crate::syntax::header_name::place_of;

/// The name as WebKit's console writes it. `None` if it writes the name as the script does.
pub(super) fn known_to_webkit(name: &[u8]) -> Option<&'static str> {
    place_of(name, KNOWN).and_then(|place| KNOWN.get(place)).copied()
}

/// The known names that a script can set.
const KNOWN: &[&str] = &[
    "Accept",
    "Accept-Language",
    "Accept-Ranges",
    "Age",
    "Authorization",
    "Cache-Control",
    "Content-Disposition",
    "Content-Encoding",
    "Content-Language",
    "Content-Location",
    "Content-Range",
    "Content-Type",
    "ETag",
    "Expires",
    "If-Match",
    "If-Modified-Since",
    "If-None-Match",
    "If-Range",
    "If-Unmodified-Since",
    "Last-Event-ID",
    "Last-Modified",
    "Link",
    "Location",
    "Pragma",
    "Range",
    "Referrer-Policy",
    "Refresh",
    "Server",
    "Service-Worker",
    "Upgrade-Insecure-Requests",
    "User-Agent",
    "Vary",
];
