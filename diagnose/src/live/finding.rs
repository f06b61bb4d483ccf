//! One finding of a live check, as data.

use corsac::Escaped;
use serde::Serialize;

use super::code::{LiveCode, LiveSeverity};
use crate::PerProfile;

/// The most subjects that a finding keeps. The others are counted.
const MOST: usize = 500;

/// What a live check found, with one witness. More of the same kind are in `subjects`.
///
/// ```
/// use corsac::browser::HttpVersion;
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::exchange::Response;
/// use corsac_diagnose::live::{Check, CheckOptions, LiveFinding, LiveSeverity};
///
/// let options = CheckOptions { random: 7, limit: 100, ..CheckOptions::default() };
/// let mut check = Check::audit("https://api.example/x", &UrlCrate, &[], None, options)?;
/// while let Some(ask) = check.next_ask() {
///     let origin = ask.headers.iter().find(|(name, _)| name == b"Origin").map(|(_, origin)| origin.clone());
///     let headers = vec![(b"Access-Control-Allow-Origin".to_vec(), origin.unwrap_or_default())];
///     check.take(Response { status: 200, headers }, HttpVersion::Http2);
/// }
/// let findings: Vec<LiveFinding> = check.finished().findings;
/// let reflected = findings.iter().find(|finding| finding.code == "origin-reflected").expect("every origin is let in");
/// assert_eq!((reflected.severity, reflected.see.as_str()), (LiveSeverity::Broken, "docs/errors.md#origin-reflected"));
/// assert!(reflected.curl[0].starts_with("curl -i"));
/// assert!(reflected.marks().all(|mark| mark.starts_with("origin-reflected ")));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct LiveFinding {
    /// The stable code.
    pub code: &'static str,
    /// How bad it is.
    pub severity: LiveSeverity,
    /// The URL that was given.
    pub url: String,
    /// The path that was asked.
    pub path: String,
    /// One sentence: what happens.
    pub message: String,
    /// The page's origin.
    pub origin: String,
    /// The method of the script's request.
    pub method: String,
    /// The headers that the script sets.
    pub headers: Vec<String>,
    /// Whether it is about requests with credentials only.
    pub credentials: bool,
    /// What the policy promises: `shared` or `refused`. `None`: this is not about one response.
    pub expected: Option<&'static str>,
    /// What each browser does.
    pub verdict: Option<PerProfile<&'static str>>,
    /// Why a browser refuses.
    pub blocked_by: Option<&'static str>,
    /// The likely mistake behind it.
    pub cause: Option<&'static str>,
    /// The requests as command lines.
    pub curl: Vec<String>,
    /// The responses.
    pub responses: Vec<LiveResponse>,
    /// What to change, in one or two sentences.
    pub fix: String,
    /// The same for the servers that are asked for, or that the responses look like.
    pub stacks: Vec<StackFix>,
    /// How many questions show it.
    pub count: usize,
    /// What each of them is about: path, origin, method, headers. At most 500.
    pub subjects: Vec<String>,
    /// Where it is explained.
    pub see: String,
}

/// A response, as far as it matters. Every byte that a terminal could obey is escaped.
///
/// ```
/// use corsac_diagnose::live::LiveResponse;
/// let vary = ("vary".to_owned(), "Origin".to_owned());
/// let response = LiveResponse { at: "preflight", status: 204, headers: vec![vary] };
/// assert_eq!(response.headers.len(), 1);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LiveResponse {
    /// `preflight` or `response`.
    pub at: &'static str,
    /// The status.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, String)>,
}

/// What to change in one server or framework.
///
/// ```
/// use corsac_diagnose::live::StackFix;
/// let guess = StackFix { name: "nginx", is_guess: true, text: String::new() };
/// assert!(corsac_diagnose::Stack::named(guess.name).is_some());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StackFix {
    /// As `--stack` takes it.
    pub name: &'static str,
    /// Whether it is a guess from the headers of a response.
    pub is_guess: bool,
    /// Its text. Empty for a guess.
    pub text: String,
}

impl LiveFinding {
    pub(super) fn new(code: LiveCode, url: &str, path: &str) -> Self {
        Self {
            code: code.as_str(),
            severity: code.severity(),
            url: url.to_owned(),
            path: path.to_owned(),
            message: String::new(),
            origin: String::new(),
            method: String::new(),
            headers: Vec::new(),
            credentials: false,
            expected: None,
            verdict: None,
            blocked_by: None,
            cause: None,
            curl: Vec::new(),
            responses: Vec::new(),
            fix: String::new(),
            stacks: Vec::new(),
            count: 1,
            subjects: Vec::new(),
            see: format!("docs/errors.md#{}", code.as_str()),
        }
    }

    /// Another question that shows the same.
    pub(super) fn add(&mut self, subject: String) {
        self.count += 1;
        if self.subjects.len() < MOST {
            self.subjects.push(subject);
        }
    }

    /// What makes it the same finding in another run: the code with each subject.
    pub fn marks(&self) -> impl Iterator<Item = String> + '_ {
        self.subjects.iter().map(|subject| format!("{} {subject}", self.code))
    }
}

/// An origin or a name for a sentence.
pub(super) fn quoted(text: &str) -> String {
    Escaped(text.as_bytes()).to_string()
}
