//! One request of a live check, as data.

use crate::exchange::Headers;

/// One request to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// The serialised URL. It has a query parameter that no cache has seen.
    pub url: String,
    /// The method.
    pub method: Vec<u8>,
    /// The headers. A browser's network layer adds more to every request.
    pub headers: Headers,
    /// Whether it is a preflight. Browsers put nothing secret into one, so add no `Authorization` to it.
    pub is_preflight: bool,
}
