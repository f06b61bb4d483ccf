//! A draft of a policy from what a running server sends to pages of given origins, and to strangers that are made up. The caller sends.

use std::collections::VecDeque;
use std::fmt::Write;

use corsac::browser::{Credentials, HttpVersion};
use corsac::{Escaped, FindingCode, PolicySpec};

use super::ask::Ask;
use super::asking::Asking;
use super::made::{Loose, STRANGER};
use super::promise::{Outcome, outcomes};
use super::question::{Kind, Question};
use super::target::Target;
use crate::Urls;
use crate::exchange::Response;
use crate::explain::is_same_origin;
use crate::stack::is_listable;

/// Another made-up site, because a server may know the first by chance.
const OTHER: &str = "https://stranger.corsac-check.invalid";
/// What scripts ask for most.
const METHODS: [&str; 3] = ["PUT", "PATCH", "DELETE"];
const HEADERS: [&str; 3] = ["authorization", "content-type", "x-requested-with"];
/// A header that no list has.
const UNLISTED: &str = "x-corsac-check";
const PLACEHOLDER: &[&str] = &["https://app.example.com"];
/// The limits of a policy.
const MOST_METHODS: usize = 64;
const MOST_HEADERS: usize = 256;
/// Browsers remember a preflight for a day at most.
const DAY: u32 = 86_400;

/// Asks a server, and writes the draft.
///
/// Ask [`next_ask`](Self::next_ask) what to send, send it, and give the response to [`take`](Self::take), until there is nothing left.
///
/// ```
/// use corsac::browser::HttpVersion;
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::exchange::Response;
/// use corsac_diagnose::live::Draft;
///
/// let origins = ["https://app.example".to_owned()];
/// let mut draft = Draft::new("https://api.example/x", &UrlCrate, &origins, 7)?;
/// assert!(draft.planned() > 0);
/// // A server that names the one origin that it knows, and closes the last connection.
/// let mut left = draft.planned();
/// while draft.next_ask().is_some() {
///     left -= 1;
///     if left == 0 {
///         draft.fail();
///         continue;
///     }
///     let headers = vec![(b"Access-Control-Allow-Origin".to_vec(), b"https://app.example".to_vec())];
///     draft.take(Response { status: 200, headers }, HttpVersion::Http2);
/// }
/// let drafted = draft.finished();
/// assert_eq!(drafted.refused, None);
/// assert!(drafted.text.contains("https://app.example"));
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Draft<'u> {
    urls: &'u dyn Urls,
    url: String,
    random: u64,
    number: usize,
    questions: VecDeque<Question>,
    current: Option<Asking>,
    /// Those that a page reads, in the order in which they were given.
    read: Vec<(String, bool)>,
    unread: Vec<String>,
    strangers: Vec<String>,
    methods: Vec<String>,
    headers: Vec<String>,
    exposed: Vec<String>,
    max_age: Option<u32>,
    sees_any_method: bool,
    sees_any_header: bool,
}

/// The draft, and whether it is one.
///
/// ```
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::live::{Draft, Drafted};
/// // Nothing was asked, so no origin is known.
/// let drafted: Drafted = Draft::new("https://api.example/x", &UrlCrate, &[], 7)?.finished();
/// assert!(drafted.text.lines().all(|line| line.is_empty() || line.starts_with('#')));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// The text of a policy file. Without an origin, there are only comments.
    pub text: String,
    /// Why no origin is written.
    pub refused: Option<String>,
}

impl<'u> Draft<'u> {
    /// A draft for `origins`, which a policy could list.
    ///
    /// # Errors
    ///
    /// One sentence: the URL is not one that a script can request.
    pub fn new(url: &str, urls: &'u dyn Urls, origins: &[String], random: u64) -> Result<Self, String> {
        let target = Target::of(url).filter(|_| url.starts_with("http"));
        let target = target.ok_or_else(|| format!("\"{}\" is not a URL", Escaped(url.as_bytes())))?;
        Ok(Self {
            urls,
            url: url.to_owned(),
            random,
            number: 0,
            questions: questions(&target, origins),
            current: None,
            read: Vec::new(),
            unread: Vec::new(),
            strangers: Vec::new(),
            methods: ["GET", "HEAD", "POST"].map(str::to_owned).into(),
            headers: Vec::new(),
            exposed: Vec::new(),
            max_age: None,
            sees_any_method: false,
            sees_any_header: false,
        })
    }

    /// The requests of all questions.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.questions.iter().map(Question::cost).sum()
    }

    /// What to send next. `None`: everything was asked.
    pub fn next_ask(&mut self) -> Option<Ask> {
        loop {
            match self.current.as_mut() {
                Some(asking) => {
                    if let Some(ask) = asking.next_ask(self.urls) {
                        return Some(ask);
                    }
                    if let Some(asking) = self.current.take() {
                        self.learn(&asking);
                    }
                }
                None => {
                    let question = self.questions.pop_front()?;
                    self.number += 1;
                    let token = format!("{:016x}-{}", self.random, self.number);
                    self.current = Some(Asking::new(question, token));
                }
            }
        }
    }

    /// The response to the last request, and the version of HTTP that it came in.
    pub fn take(&mut self, response: Response, http_version: HttpVersion) {
        if let Some(asking) = self.current.as_mut() {
            asking.take(response, http_version);
        }
    }

    /// There is no response to the last request.
    pub fn fail(&mut self) {
        self.current = None;
    }

    fn learn(&mut self, asking: &Asking) {
        let question = &asking.question;
        let reads =
            |credentials| outcomes(&asking.exchange, credentials, question.is_preflight).contains(&Outcome::Shared);
        let hop = asking.exchange.hops.first();
        let response =
            hop.and_then(|hop| if question.is_preflight { hop.preflight.as_ref() } else { hop.response.as_ref() });
        let Some(response) = response else { return };
        let passes = reads(Credentials::SameOrigin);
        match question.kind {
            Kind::Stranger(_) if passes => push(&mut self.strangers, question.origin.clone(), 2),
            Kind::ListedOrigin if passes => {
                self.read.push((question.origin.clone(), reads(Credentials::Include)));
                for name in tokens(response, b"access-control-expose-headers") {
                    push(&mut self.exposed, name.to_ascii_lowercase(), MOST_HEADERS);
                }
            }
            Kind::ListedOrigin => self.unread.push(question.origin.clone()),
            Kind::ListedMethod if passes => {
                self.sees_any_method |=
                    tokens(response, b"access-control-allow-methods").iter().any(|name| name == "*");
                push(&mut self.methods, question.method.clone(), MOST_METHODS);
                for name in tokens(response, b"access-control-allow-methods") {
                    push(&mut self.methods, name, MOST_METHODS);
                }
                for name in tokens(response, b"access-control-allow-headers") {
                    push(&mut self.headers, name.to_ascii_lowercase(), MOST_HEADERS);
                }
                let age = tokens(response, b"access-control-max-age");
                self.max_age = age.first().and_then(|age| age.parse().ok()).or(self.max_age);
            }
            Kind::ListedHeader if passes => {
                let name = question.headers.first().cloned().unwrap_or_default();
                if name == UNLISTED {
                    self.sees_any_header = true;
                } else {
                    push(&mut self.headers, name, MOST_HEADERS);
                }
            }
            _ => {}
        }
    }

    /// The draft from what is known so far.
    #[must_use]
    pub fn finished(self) -> Drafted {
        let refused = self.refusal();
        let mut text = format!("# What {} sends to pages of these origins. Read it before you use it.\n", self.url);
        let mut comment = |line: &str| {
            let _ = writeln!(text, "# {line}");
        };
        for origin in &self.strangers {
            comment(&format!(
                "The server lets {origin} in, which is made up: it lets every site in, so no origin is written."
            ));
        }
        for origin in &self.unread {
            comment(&format!("The server does not let {} in.", Escaped(origin.as_bytes())));
        }
        let (kept, aside): (Vec<_>, Vec<_>) = self.read.iter().partition(|(origin, _)| is_kept(origin));
        for (origin, _) in aside {
            comment(&format!(
                "The server lets {origin} in. Write it only if you mean it: anyone can take the place of such a page."
            ));
        }
        if refused.is_some() {
            for (origin, _) in &kept {
                comment(&format!("The server lets {origin} in."));
            }
            return Drafted { text, refused };
        }
        let origins: Vec<&str> = kept.iter().map(|(origin, _)| origin.as_str()).collect();
        let _ = writeln!(text, "allow_origins = {}", list(&origins));
        let is_method = |name: &&String| {
            name.as_str() != "OPTIONS"
                && is_listable(&PolicySpec { allow_methods: Some(&[name.as_str()]), ..PolicySpec::new(PLACEHOLDER) })
        };
        let methods: Vec<&str> = self.methods.iter().filter(is_method).map(String::as_str).collect();
        let _ = writeln!(text, "allow_methods = {}", list(&methods));
        if self.sees_any_method {
            text.push_str("# The server lists * for methods. Write the methods that your pages need.\n");
        }
        let is_header = |name: &&String| {
            is_listable(&PolicySpec { allow_headers: &[name.as_str()], ..PolicySpec::new(PLACEHOLDER) })
        };
        let headers: Vec<&str> = self.headers.iter().filter(is_header).map(String::as_str).collect();
        if !headers.is_empty() {
            let _ = writeln!(text, "allow_headers = {}", list(&headers));
        }
        if self.sees_any_header {
            text.push_str("# The server lets every request header in. Write the headers that your pages need.\n");
        }
        let exposed: Vec<&str> = self.exposed.iter().map(String::as_str).filter(|name| is_exposable(name)).collect();
        if !exposed.is_empty() {
            let _ = writeln!(text, "expose_headers = {}", list(&exposed));
        }
        if let Some(age) = self.max_age {
            let _ = writeln!(text, "max_age = {}", age.min(DAY));
        }
        if kept.iter().any(|(_, with_credentials)| *with_credentials) {
            text.push_str(
                "# The server allows credentials. Write this if your pages need cookies or client certificates:\n",
            );
            text.push_str("# allow_credentials = true\n");
        }
        Drafted { text, refused }
    }

    fn refusal(&self) -> Option<String> {
        if let Some(stranger) = self.strangers.first() {
            return Some(format!(
                "the server lets {stranger} in, which is made up, so that its list of origins cannot be read: run corsac audit"
            ));
        }
        let has_kept = self.read.iter().any(|(origin, _)| is_kept(origin));
        (!has_kept).then(|| "the server lets none of these origins in that a draft could list".to_owned())
    }
}

/// Whether an origin is written, and not only in a comment.
fn is_kept(origin: &str) -> bool {
    !origin.starts_with("http:") && !matches!(origin, "null" | "*") && origin.contains("://") && !origin.contains('*')
}

/// Whether scripts cannot read the header anyway, and can if it is listed.
fn is_exposable(name: &str) -> bool {
    let names = [name];
    let spec = PolicySpec { expose_headers: &names, ..PolicySpec::new(PLACEHOLDER) };
    let mut has_effect = true;
    let compiled = spec.compile([0; 4096], |finding| has_effect &= finding.code != FindingCode::SafelistedExposed);
    compiled.is_ok() && has_effect && is_listable(&spec)
}

fn questions(target: &Target, origins: &[String]) -> VecDeque<Question> {
    let question = |kind: Kind, origin: &str| Question {
        kind,
        target: target.clone(),
        origin: origin.to_owned(),
        method: "GET".to_owned(),
        headers: Vec::new(),
        is_preflight: false,
    };
    let asked = |origin: &&String| !is_same_origin(origin.as_bytes(), target.with_token("").as_bytes());
    let mut found: VecDeque<Question> =
        origins.iter().filter(asked).map(|origin| question(Kind::ListedOrigin, origin)).collect();
    for stranger in [STRANGER, OTHER] {
        let page = question(Kind::Stranger(Loose::Any), stranger);
        found.push_back(page.clone());
        found.push_back(Question { method: "PUT".to_owned(), is_preflight: true, ..page });
    }
    for origin in origins.iter().filter(asked) {
        let preflight = Question { is_preflight: true, ..question(Kind::ListedMethod, origin) };
        for method in METHODS {
            found.push_back(Question { method: method.to_owned(), ..preflight.clone() });
        }
        for name in HEADERS.into_iter().chain([UNLISTED]) {
            let headers = vec![name.to_owned()];
            found.push_back(Question { kind: Kind::ListedHeader, headers, ..preflight.clone() });
        }
    }
    found
}

/// The elements of a list, as far as they are tokens.
fn tokens(response: &Response, name: &[u8]) -> Vec<String> {
    let lines = response.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
    let elements = lines.flat_map(|(_, value)| value.split(|&byte| byte == b','));
    let tokens = elements.map(<[u8]>::trim_ascii).filter(|element| corsac::is_token(element));
    tokens.take(MOST_HEADERS).map(|token| String::from_utf8_lossy(token).into_owned()).collect()
}

fn push(into: &mut Vec<String>, name: String, most: usize) {
    if name != "*" && into.len() < most && !into.contains(&name) {
        into.push(name);
    }
}

/// Origins and tokens need no escapes.
fn list(entries: &[&str]) -> String {
    let quoted: Vec<String> = entries.iter().map(|entry| format!("\"{entry}\"")).collect();
    format!("[{}]", quoted.join(", "))
}
