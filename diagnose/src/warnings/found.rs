//! A warning, as data.

use corsac::browser::Part;

use crate::certainty::Certainty;

/// Something to look at, apart from the verdict.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// use corsac_diagnose::{Warning, warnings_of};
/// let headers: &[(&[u8], &[u8])] =
///     &[(b"Access-Control-Allow-Origin", b"https://app.example"), (b"Cache-Control", b"max-age=60")];
/// let hops = [Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let warnings: Vec<Warning> = warnings_of(&exchange, None);
/// assert_eq!((warnings[0].code, warnings[0].hop), ("vary-origin-missing", 0));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// A code of `corsac explain CODE`.
    pub code: &'static str,
    /// How sure it is. What is only possible depends on something that no response shows.
    pub certainty: Certainty,
    /// The hop of the response.
    pub hop: usize,
    /// Whether it is the response to the preflight.
    pub part: Part,
    pub(super) seen: Seen,
}

/// What it was seen by. Bytes are as they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The header that says that a cache sent the response.
    Cache { name: Vec<u8>, value: Vec<u8> },
    /// A response that names the origin, and can be stored.
    Stored,
    /// The names of cookies, and why they are not kept.
    Cookies { names: Vec<Vec<u8>>, why: Why },
}

/// Why a browser does not keep a cookie, or does not send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Why {
    LaxOrStrict,
    NoSameSite,
    NotSecure,
    ThirdParty,
    SecureOverHttp,
    OtherDomain,
    Prefix,
}
