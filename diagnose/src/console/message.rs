//! A message of a console, as far as a paste has it.

use corsac::browser::{BlockedCode, Cause, Part, Profile};

use super::trace::Trace;
use crate::certainty::Certainty;

/// One message, or several that report the same failure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) browsers: Vec<Profile>,
    pub(super) code: Option<BlockedCode>,
    /// The cause, if the text names it itself.
    pub(super) cause: Option<Cause>,
    /// The code of `neighbours.md` or `delivery.md`, if this is not about CORS.
    pub(super) neighbour: Option<&'static str>,
    /// What responded instead of the server, in its own words: the same kinds of codes.
    pub(super) served: Option<&'static str>,
    /// Nothing is blocked, as far as this says.
    pub(super) only_informs: bool,
    pub(super) certainty: Certainty,
    pub(super) part: Option<Part>,
    pub(super) url: Option<String>,
    pub(super) from: Option<String>,
    pub(super) origin: Option<String>,
    pub(super) value: Option<String>,
    pub(super) method: Option<String>,
    pub(super) status: Option<u16>,
    pub(super) is_manifest: bool,
    /// The URL is one to which a redirect has led, or tried to.
    pub(super) is_redirect: bool,
    /// The browser has these words for other reasons too.
    pub(super) is_vague: bool,
    /// The paste has headers of a response that came from a cache.
    pub(super) is_cached: bool,
    pub(super) is_translated: bool,
    /// The language of a translation, if all its words are known.
    pub(super) language: Option<&'static str>,
}

/// What a paste says.
#[derive(Debug, Default)]
pub(super) struct Messages {
    pub(super) list: Vec<Message>,
    pub(super) traces: Vec<Trace>,
    /// A library reports a failure, and nothing says why.
    pub(super) is_nothing: bool,
    /// A header of responses that the code of the script sends.
    pub(super) sent_header: Option<String>,
}
