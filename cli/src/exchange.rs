//! What a capture, a probe or a line of JSON tells: the script's request and what was answered to each step of it. Owned, and
//! nothing judged: the browser model of core judges it.

use corsac::browser::{Credentials, Mode, ReferrerPolicy};

/// Header lines in their order, as they go over the wire.
pub(crate) type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// A script's request and its answers, one hop per URL of the redirect chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) request: ScriptRequest,
    pub(crate) hops: Vec<Hop>,
}

/// What the script asked for; what is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ScriptRequest {
    /// Of the page; `null` is opaque.
    pub(crate) origin: Option<Vec<u8>>,
    pub(crate) url: Option<Vec<u8>>,
    pub(crate) method: Option<Vec<u8>>,
    /// The headers that the script set; a value that is not known is `None`.
    pub(crate) headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    pub(crate) credentials: Option<Credentials>,
    pub(crate) mode: Mode,
    pub(crate) referrer_policy: ReferrerPolicy,
    pub(crate) upload_listener: bool,
    pub(crate) stream_body: bool,
}

/// One URL of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hop {
    /// `None`: the URL of the request for the first hop, what `Location` of the hop before says for a later one.
    pub(crate) url: Option<Vec<u8>>,
    pub(crate) preflight: Option<Response>,
    pub(crate) response: Option<Response>,
    /// The header lines of a 304 that freshened the stored response.
    pub(crate) revalidated: Option<Lines>,
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Lines,
}
