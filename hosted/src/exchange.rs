//! What a capture, a probe or a line of JSON tells: the script's request and what was answered to each step of it. Owned, and
//! nothing judged: the browser model of core judges it.

use corsac::browser::{Credentials, Mode, ReferrerPolicy};

/// Header lines in their order, as they go over the wire.
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A script's request and its answers, one hop per URL of the redirect chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What the script asked for.
    pub request: ScriptRequest,
    /// The answers, in the order of the chain.
    pub hops: Vec<Hop>,
}

/// What the script asked for; what is not known is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptRequest {
    /// Of the page; `null` is opaque.
    pub origin: Option<Vec<u8>>,
    /// `None`: that of the first hop.
    pub url: Option<Vec<u8>>,
    /// `None`: `GET`.
    pub method: Option<Vec<u8>>,
    /// The headers that the script set; a value that is not known is `None`.
    pub headers: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// As in [`browser::ScriptRequest`](corsac::browser::ScriptRequest), like the four that follow.
    pub credentials: Option<Credentials>,
    /// The mode.
    pub mode: Mode,
    /// How much of the page's URL goes along.
    pub referrer_policy: ReferrerPolicy,
    /// A listener for progress is on the upload: a preflight is forced.
    pub upload_listener: bool,
    /// The body is a stream, which cannot be sent twice.
    pub stream_body: bool,
}

/// One URL of the chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hop {
    /// `None`: the URL of the request for the first hop, what `Location` of the hop before says for a later one.
    pub url: Option<Vec<u8>>,
    /// The answer to the preflight, where one is known.
    pub preflight: Option<Response>,
    /// The answer to the request, where one is known.
    pub response: Option<Response>,
    /// The header lines of a 304 that freshened the stored response.
    pub revalidated: Option<Headers>,
}

/// What a server answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Every header line.
    pub headers: Headers,
}
