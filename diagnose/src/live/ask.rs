//! One request of a live check, as data.

use crate::exchange::Headers;

/// One request to send.
///
/// ```
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::live::{Ask, Check, CheckOptions};
/// let options = CheckOptions { random: 7, limit: 100, ..CheckOptions::default() };
/// let mut check = Check::audit("https://api.example/x", &UrlCrate, &[], None, options)?;
/// let ask: Ask = check.next_ask().expect("the first request");
/// assert!(ask.url.starts_with("https://api.example/x?"));
/// assert!(ask.headers.iter().any(|(name, _)| name == b"Origin"));
/// # Ok::<(), String>(())
/// ```
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
