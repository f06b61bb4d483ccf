//! Whether a cache mixes up pages: the same URL is asked for the page, without `Origin`, and for an origin that is made up, and the responses
//! are compared. The caller sends, so there is no network here.
//!
//! Every question has a query parameter that no cache has seen, so that no cache keeps a response for real users. A cache that ignores the
//! query would do that, so nothing is asked for the other origin where a cache had a response to such a URL.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use corsac::Escaped;
use corsac::browser::Line;

use crate::exchange::{Headers, Response};
use crate::warnings::{comes_from_cache, refuses_storage, varies_by_origin};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();

/// For which origin to ask, and with which of the parameters: a later question with the same parameter shows what a cache kept of the earlier one.
const ORDER: [(Asker, usize); 6] = [
    (Asker::Page, 0),
    (Asker::NoOrigin, 1),
    (Asker::Page, 1),
    (Asker::NoOrigin, 0),
    (Asker::MadeUp, 2),
    (Asker::MadeUp, 0),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asker {
    Page,
    NoOrigin,
    MadeUp,
}

/// One question.
///
/// ```
/// use corsac_diagnose::{Question, Twice};
/// let question: Question = Twice::new(b"https://app.example", 7).next().expect("the first question");
/// assert_eq!(question.token, "00000000000000070");
/// assert_eq!(question.origin.as_deref(), Some(b"https://app.example".as_slice()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The value of the query parameter `corsac-probe`.
    pub token: String,
    /// The header `Origin`. `None`: there is none.
    pub origin: Option<Vec<u8>>,
}

/// The questions, and the responses so far.
///
/// ```
/// use corsac_diagnose::exchange::Response;
/// use corsac_diagnose::{Mixed, Twice};
///
/// let mut twice = Twice::new(b"https://app.example", 7);
/// // A server that names each origin, and does not say so in `Vary`.
/// while let Some(question) = twice.next() {
///     let headers = question.origin.map(|origin| (b"Access-Control-Allow-Origin".to_vec(), origin));
///     twice.take(Response { status: 200, headers: headers.into_iter().collect() });
/// }
/// assert_eq!(twice.outcome(), Mixed::Possible);
/// let mut text = String::new();
/// twice.push(&mut text);
/// assert!(text.contains("with a query that no cache has seen"));
/// ```
#[derive(Clone, Debug)]
pub struct Twice {
    page: Vec<u8>,
    made_up: String,
    random: u64,
    responses: Vec<Response>,
}

/// What the responses say.
///
/// ```
/// use corsac_diagnose::{Mixed, Twice};
/// assert_eq!(Twice::new(b"https://app.example", 7).outcome(), Mixed::Unknown);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mixed {
    /// A cache gave one page's response to another.
    Yes,
    /// Responses depend on the origin, and one that a cache may keep has no `Vary: Origin`.
    Possible,
    /// The responses are the same for all, or say that they are not.
    No,
    /// Something kept the questions from being asked.
    Unknown,
}

impl Twice {
    /// `random`: a number that no run had before.
    #[must_use]
    pub fn new(page: &[u8], random: u64) -> Self {
        Self {
            page: page.to_vec(),
            made_up: format!("https://corsac-{random:016x}.example"),
            random,
            responses: Vec::new(),
        }
    }

    /// What to ask next. `None`: nothing.
    #[must_use]
    pub fn next(&self) -> Option<Question> {
        let (asker, parameter) = *ORDER.get(self.responses.len())?;
        let is_busy = self.responses.last().is_some_and(|response| matches!(response.status, 429 | 503));
        if is_busy || (asker == Asker::MadeUp && self.ignores_query()) {
            return None;
        }
        let origin = match asker {
            Asker::Page => Some(self.page.clone()),
            Asker::NoOrigin => None,
            Asker::MadeUp => Some(self.made_up.clone().into_bytes()),
        };
        Some(Question { token: format!("{:016x}{parameter}", self.random), origin })
    }

    /// The response to the question that was next.
    pub fn take(&mut self, response: Response) {
        self.responses.push(response);
    }

    /// The responses so far.
    pub(crate) fn responses(&self) -> &[Response] {
        &self.responses
    }

    /// A cache had a response to a URL that is new.
    pub(crate) fn ignores_query(&self) -> bool {
        self.responses.iter().take(2).any(|response| comes_from_cache(&lines(response)).is_some())
    }

    /// What the responses say together.
    #[must_use]
    pub fn outcome(&self) -> Mixed {
        if self.is_kept_for_all() {
            return Mixed::Yes;
        }
        let [page, without, page_again, without_again, made_up, made_up_again] = self.responses.as_slice() else {
            return Mixed::Unknown;
        };
        // What came again, where a fresh question has another response.
        let is_kept = |again: &Response, fresh: &Response, kept: &Response| {
            grant(again) != grant(fresh) && grant(again) == grant(kept)
        };
        if is_kept(page_again, page, without)
            || is_kept(without_again, without, page)
            || is_kept(made_up_again, made_up, page)
            || is_kept(made_up_again, made_up, without)
        {
            return Mixed::Yes;
        }
        let fresh = [page, without, made_up];
        let depends = fresh.iter().any(|one| grant(one) != grant(page));
        let is_open = |response: &&Response| {
            let lines = lines(response);
            !varies_by_origin(&lines) && !refuses_storage(&lines)
        };
        if depends && fresh.iter().any(is_open) { Mixed::Possible } else { Mixed::No }
    }

    /// A cache that ignores the query gave the page's headers to a request without an origin, although the response says that it depends on
    /// the origin. Where it does not say so, it may be the same for all pages.
    fn is_kept_for_all(&self) -> bool {
        let [page, without, ..] = self.responses.as_slice() else { return false };
        let lines = lines(without);
        comes_from_cache(&lines).is_some()
            && varies_by_origin(&lines)
            && !grant(without).is_empty()
            && grant(without) == grant(page)
    }

    /// Writes what was asked and what it means.
    pub fn push(&self, text: &mut String) {
        let _ = writeln!(text, "\nAsked again, with a query that no cache has seen:");
        let width = self.page.len().max(self.made_up.len()).min(60);
        for ((asker, parameter), response) in ORDER.iter().zip(&self.responses) {
            let origin = match asker {
                Asker::Page => Escaped(&self.page).to_string(),
                Asker::NoOrigin => "no Origin".to_owned(),
                Asker::MadeUp => self.made_up.clone(),
            };
            let again = if matches!((asker, parameter), (Asker::Page, 1) | (Asker::NoOrigin | Asker::MadeUp, 0)) {
                "again"
            } else {
                "first"
            };
            let _ = writeln!(text, "  {again}  {origin:<width$}  {}", shown(response));
        }
        let allows_made_up =
            |response: &Response| grant(response).iter().any(|(_, value)| value == self.made_up.as_bytes());
        let _ = match self.outcome() {
            Mixed::Yes => writeln!(
                text,
                "{BAD}Cache:{BAD:#} a cache gives one page's response to another. Let the server send Vary: Origin on every response, also on those \
                 without CORS headers, and empty the cache once. [cached-response]"
            ),
            Mixed::Possible => writeln!(
                text,
                "{WARN}Cache:{WARN:#} the responses depend on the origin, and {} has no Vary: Origin. No cache mixed them up now, but any cache may, the \
                 browser's own too. Send Vary: Origin on every response. [vary-origin-missing]",
                self.without_vary()
            ),
            Mixed::No => writeln!(text, "{GOOD}Cache:{GOOD:#} no cache can mix them up."),
            Mixed::Unknown if self.ignores_query() => writeln!(
                text,
                "{WARN}Cache:{WARN:#} a cache had a response to a URL that is new, so it ignores the query. Nothing was asked for another origin, because \
                 the cache could keep that response for your users."
            ),
            Mixed::Unknown => {
                writeln!(text, "{WARN}Cache:{WARN:#} not every question could be asked, so this is unknown.")
            }
        };
        if self.responses.get(4).is_some_and(allows_made_up) {
            let _ = writeln!(
                text,
                "{WARN}Warning:{WARN:#} the server also allowed {}, which is made up: it seems to allow every origin.",
                self.made_up
            );
        }
    }

    fn without_vary(&self) -> &'static str {
        let lacks = |at: usize| self.responses.get(at).is_some_and(|response| !varies_by_origin(&lines(response)));
        match (lacks(0), lacks(1), lacks(4)) {
            (true, ..) => "the response to this origin",
            (_, true, _) => "the response to a request without Origin",
            _ => "the response to another origin",
        }
    }
}

/// What a page is allowed.
fn grant(response: &Response) -> Headers {
    let names: [&[u8]; 2] = [b"access-control-allow-origin", b"access-control-allow-credentials"];
    let lines = response.headers.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.trim_ascii().to_vec()));
    lines.filter(|(name, _)| names.contains(&name.as_slice())).collect()
}

fn lines(response: &Response) -> Vec<Line<'_>> {
    response.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}

fn shown(response: &Response) -> String {
    let allowed = match grant(response).iter().find(|(name, _)| name == b"access-control-allow-origin") {
        Some((_, value)) => format!("Access-Control-Allow-Origin: {}", Escaped(value.get(..200).unwrap_or(value))),
        None => "no Access-Control-Allow-Origin".to_owned(),
    };
    let cached = comes_from_cache(&lines(response));
    let cached = cached.map_or_else(String::new, |(name, value)| {
        format!(", {}: {}", Escaped(name), Escaped(value.get(..80).unwrap_or(value)))
    });
    format!("{}, {allowed}{cached}", response.status)
}

#[cfg(test)]
mod tests {
    use super::{Mixed, Twice};
    use crate::exchange::Response;
    use std::collections::HashMap;

    const PAGE: &str = "https://app.example";

    /// A server, and a cache in front of it if `keeps`: by the query alone, or by nothing where `keeps` is false for the query.
    fn ask(
        server: impl Fn(Option<&str>) -> Vec<(&'static str, String)>,
        cache: Option<bool>,
    ) -> (Mixed, usize, String) {
        let mut twice = Twice::new(PAGE.as_bytes(), 7);
        let mut kept: HashMap<String, Response> = HashMap::new();
        let mut made_up = 0;
        while let Some(question) = twice.next() {
            let origin = question.origin.map(|origin| String::from_utf8(origin).unwrap());
            made_up += usize::from(origin.as_deref().is_some_and(|origin| origin != PAGE));
            let headers = server(origin.as_deref()).into_iter();
            let headers = headers.map(|(name, value)| (name.as_bytes().to_vec(), value.into_bytes())).collect();
            let mut response = Response { status: 200, headers };
            if let Some(by_query) = cache {
                let key = if by_query { question.token } else { String::new() };
                if let Some(stored) = kept.get(&key) {
                    response = stored.clone();
                    response.headers.push((b"Age".to_vec(), b"3".to_vec()));
                } else {
                    kept.insert(key, response.clone());
                }
            }
            twice.take(response);
        }
        let mut text = String::new();
        twice.push(&mut text);
        (twice.outcome(), made_up, text)
    }

    fn listed(origin: Option<&str>) -> Vec<(&'static str, String)> {
        origin
            .filter(|origin| *origin == PAGE)
            .map(|origin| ("Access-Control-Allow-Origin", origin.to_owned()))
            .into_iter()
            .collect()
    }

    fn with_vary(origin: Option<&str>) -> Vec<(&'static str, String)> {
        listed(origin).into_iter().chain([("Vary", "Origin".to_owned())]).collect()
    }

    #[test]
    fn a_cache_that_ignores_the_origin_is_caught() {
        let (outcome, made_up, text) = ask(listed, Some(true));
        assert_eq!((outcome, made_up), (Mixed::Yes, 2), "{text}");
        assert!(text.contains("[cached-response]") && text.contains("Age: 3"), "{text}");
    }

    #[test]
    fn responses_that_depend_on_the_origin_need_vary() {
        assert_eq!(ask(listed, None).0, Mixed::Possible);
        assert_eq!(ask(with_vary, None).0, Mixed::No);
        let only_some = |origin: Option<&str>| if origin.is_some() { with_vary(origin) } else { listed(origin) };
        let (outcome, _, text) = ask(only_some, None);
        assert!(outcome == Mixed::Possible && text.contains("without Origin has no Vary"), "{text}");
        let unstored = |origin: Option<&str>| {
            listed(origin).into_iter().chain([("Cache-Control", "no-store".to_owned())]).collect()
        };
        assert_eq!(ask(unstored, None).0, Mixed::No);
    }

    #[test]
    fn the_same_response_for_all_cannot_be_mixed_up() {
        for cache in [None, Some(true)] {
            assert_eq!(ask(|_| vec![("Access-Control-Allow-Origin", "*".to_owned())], cache).0, Mixed::No);
            assert_eq!(ask(|_| vec![("Access-Control-Allow-Origin", PAGE.to_owned())], cache).0, Mixed::No);
            assert_eq!(ask(|_| Vec::new(), cache).0, Mixed::No);
        }
    }

    #[test]
    fn cache_that_ignores_the_query_gets_no_made_up_origin() {
        let (outcome, made_up, text) = ask(listed, Some(false));
        assert_eq!((outcome, made_up), (Mixed::Unknown, 0), "{text}");
        assert!(text.contains("ignores the query"), "{text}");
    }

    #[test]
    fn a_server_that_allows_every_origin_is_named() {
        let reflecting = |origin: Option<&str>| {
            let allowed = origin.map(|origin| ("Access-Control-Allow-Origin", origin.to_owned()));
            allowed.into_iter().chain([("Vary", "Origin".to_owned())]).collect()
        };
        let (outcome, _, text) = ask(reflecting, None);
        assert!(outcome == Mixed::No && text.contains("which is made up"), "{text}");
    }

    #[test]
    fn a_busy_server_is_not_asked_again() {
        let mut twice = Twice::new(PAGE.as_bytes(), 1);
        twice.take(Response { status: 429, headers: Vec::new() });
        assert_eq!((twice.next(), twice.outcome()), (None, Mixed::Unknown));
    }

    #[test]
    fn what_a_server_sends_is_escaped() {
        let hostile = |_: Option<&str>| vec![("Access-Control-Allow-Origin", "\u{1b}[31m\u{7}".to_owned())];
        let (_, _, text) = ask(hostile, None);
        assert!(!text.contains('\u{7}') && !text.contains("\u{1b}[31m") && text.contains("\\x1B[31m\\x07"), "{text:?}");
    }
}
