//! What one failure of a paste means, as data.

use serde::Serialize;

use crate::certainty::Certainty;
use crate::{Stack, Suffixes};

/// What the person says, for a message that does not.
///
/// ```
/// use corsac_diagnose::console::{Known, read};
/// let text = "net::ERR_FAILED\nNo 'Access-Control-Allow-Origin' header is present on the requested resource.";
/// let known = Known { origin: Some("https://app.example"), url: Some("https://api.example/x"), ..Known::default() };
/// assert_eq!(read(text, known)[0].page.as_deref(), Some("https://app.example"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The requested URL.
    pub url: Option<&'a str>,
    /// The page's origin.
    pub origin: Option<&'a str>,
    /// The servers for which the fix is written.
    pub stacks: &'a [Stack],
    /// The public suffix list, which says whether a server belongs to the page's site. Without it, two hosts with the same last two labels
    /// may.
    pub suffixes: Option<&'a dyn Suffixes>,
}

/// What one failure of a paste means. Its texts are not safe for a terminal; [`explain`](super::explain) writes them so.
///
/// ```
/// use corsac_diagnose::console::{Known, Reading, read};
/// let text = "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: \
///             No 'Access-Control-Allow-Origin' header is present on the requested resource.";
/// let [reading]: [Reading; 1] = read(text, Known::default()).try_into().expect("one failure");
/// assert_eq!((reading.code, reading.cause), (Some("acao-missing"), Some("no-cors-headers")));
/// assert_eq!(reading.headers, ["Access-Control-Allow-Origin: https://app.example"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The browsers that report it: `chromium`, `firefox`, `webkit`.
    pub browsers: Vec<&'static str>,
    /// What the message says literally: a code of a blocked request, or of a neighbour of CORS. `None` if it is not known.
    pub code: Option<&'static str>,
    /// The likely mistake behind it: a cause, or a neighbour of CORS.
    pub cause: Option<&'static str>,
    /// How sure the cause is.
    pub certainty: Certainty,
    /// The page's origin.
    pub page: Option<String>,
    /// The requested URL.
    pub url: Option<String>,
    /// The first URL of the redirects.
    pub redirected_from: Option<String>,
    /// `preflight` or `response`.
    pub part: Option<&'static str>,
    /// What the browser filled in: a header's value, a method, a name.
    pub value: Option<String>,
    /// The method of the request, if the paste says it.
    pub method: Option<String>,
    /// The status of the response.
    pub status: Option<u16>,
    /// Whether something is blocked. Some messages only inform.
    pub is_blocked: bool,
    /// Whether the line is a translation.
    pub is_translated: bool,
    /// What is wrong, in a sentence or two.
    pub means: String,
    /// Who must change what.
    pub fix: String,
    /// The headers to send, if headers are missing.
    pub headers: Vec<String>,
    /// Whether headers fix it.
    pub is_fixed_by_headers: bool,
    /// What would not help, or would be unsafe.
    pub avoid: Option<String>,
    /// What the host or the header is known for.
    pub hints: Vec<String>,
    /// The entries of the page of errors that say more, each as `docs/errors.md#CODE`.
    pub see: Vec<String>,
    /// The command that sends the request again, with `URL`, `ORIGIN`, `METHOD` and `NAME` (of a header) for what is not known. `None`: a
    /// server's response does not count here, or there is no server.
    pub next: Option<String>,
}

/// What a paste means, as data and as text.
///
/// ```
/// use corsac_diagnose::console::{Explained, Known, explain};
/// let text = "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200";
/// let explained: Explained = explain(text, Known::default())?;
/// assert_eq!(explained.readings[0].browsers, ["webkit"]);
/// assert!(explained.text.contains("Access-Control-Allow-Origin"));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug)]
pub struct Explained {
    /// Each failure once.
    pub readings: Vec<Reading>,
    /// The same with styles for a terminal, and nothing else that a terminal obeys.
    pub text: String,
}
