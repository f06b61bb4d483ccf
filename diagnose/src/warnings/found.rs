//! A warning, as data.

use corsac::browser::Part;

use crate::certainty::Certainty;

/// Something to look at, apart from the verdict.
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
