//! What can go wrong although CORS passes: a cache that mixes up pages, and cookies that browsers do not keep. Judged from the headers of
//! one exchange; what is found is data, and `text` says it.

mod cache;
mod cookie;
mod found;
mod text;

use corsac::browser::Exchange;

use crate::neighbours::Suffixes;

pub(crate) use cache::{comes_from_cache, refuses_storage, varies_by_origin};
pub use found::Warning;
pub(crate) use text::push;

/// Everything worth a warning in one exchange. Without the public suffix list, the site of a cookie is at most possible.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// let headers: &[(&[u8], &[u8])] = &[(b"Access-Control-Allow-Origin", b"https://app.example"), (b"Vary", b"Origin")];
/// let hops = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// assert_eq!(corsac_diagnose::warnings_of(&exchange, None), []);
/// ```
#[must_use]
pub fn warnings_of(exchange: &Exchange<'_>, suffixes: Option<&dyn Suffixes>) -> Vec<Warning> {
    let mut found = cache::judge(exchange);
    found.extend(cookie::judge(exchange, suffixes));
    found
}
