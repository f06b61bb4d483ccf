//! A diagnosis as JSON: the contract of `explain --jsonl`. Strings have one byte per code point, and the output is plain ASCII.

use std::io::{self, Write};

use corsac::browser::{Profile, Tainting};
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, Serializer};

use super::delivery::{Deliveries, LineDelivery};
use super::diagnosis::{Diagnosis, PerProfile, Sent};
use super::remedy;
use super::wire::preflight_headers;
use crate::stack::Guess;
use crate::{Certainty, Failure, Warning};

/// Writes a diagnosis as one line. `then`: which later requests need a preflight.
///
/// # Errors
///
/// Those of `out`.
///
/// ```
/// use corsac::browser::Credentials;
/// use corsac_diagnose::{Deliveries, Diagnosis, UrlCrate, read_resolved, with, write_line};
/// let line = br#"{"request":{"origin":"https://app.example","url":"https://api.example/x"},"response":{"status":200}}"#;
/// let exchange = read_resolved(line, &UrlCrate)?.exchange;
/// let deliveries = Deliveries::of(&exchange);
/// let mut out = vec![];
/// with(&exchange, Credentials::SameOrigin, |exchange| {
///     write_line(&mut out, &Diagnosis::of(exchange), &deliveries, &[], Some(&7.into()))
/// })
/// .map_err(|error| error.to_string())?;
/// let value: serde_json::Value = serde_json::from_slice(&out).map_err(|error| error.to_string())?;
/// assert_eq!((&value["id"], &value["verdict"]["spec"]), (&7.into(), &"blocked".into()));
/// # Ok::<(), String>(())
/// ```
pub fn write(
    out: &mut impl Write,
    diagnosis: &Diagnosis<'_>,
    deliveries: &Deliveries,
    then: &[PerProfile<bool>],
    id: Option<&serde_json::Value>,
) -> io::Result<()> {
    let judged = |profile| diagnosis.judgements.get(profile);
    let chief = diagnosis.chief();
    let line = Line {
        id,
        throws: diagnosis.thrown.map(|code| code.as_str()),
        dropped: diagnosis.dropped.iter().map(|name| text(name)).collect(),
        sent: sent(diagnosis),
        preflight: PerProfile::new(|profile| judged(profile).preflight.as_str()),
        verdict: PerProfile::new(|profile| judged(profile).verdict.as_str()),
        blocked_by: diagnosis.failures.iter().map(LineFailure::of).collect(),
        exposed: names(&diagnosis.exposed),
        hidden: Profile::ALL
            .iter()
            .any(|profile| !diagnosis.hidden.get(*profile).is_empty())
            .then(|| names(&diagnosis.hidden)),
        cache_seconds: PerProfile::new(|profile| judged(profile).cache_seconds),
        console: LineConsole::of(&diagnosis.console),
        then: then.iter().map(|needs_preflight| LineThen { needs_preflight }).collect(),
        cause: chief.map(|failure| failure.cause.sentence()),
        fix: chief.map(|failure| remedy::sentence(diagnosis, failure)),
        obstacle: diagnosis.obstacle,
        looks_like: diagnosis.looks_like.iter().map(LineGuess::of).collect(),
        warnings: diagnosis.warnings.iter().map(LineWarning::of).collect(),
        delivery: deliveries.as_json(),
    };
    write_json(out, &line)
}

fn names(of: &PerProfile<Vec<Vec<u8>>>) -> PerProfile<Vec<String>> {
    PerProfile::new(|profile| of.get(profile).iter().map(|name| text(name)).collect())
}

/// Writes a line of JSON, in plain ASCII.
pub(crate) fn write_json(out: &mut impl Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(&mut *out, Ascii(CompactFormatter)))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a serde_json::Value>,
    throws: Option<&'static str>,
    dropped: Vec<String>,
    sent: Vec<LineSent<'a>>,
    preflight: PerProfile<&'static str>,
    verdict: PerProfile<&'static str>,
    blocked_by: Vec<LineFailure>,
    exposed: PerProfile<Vec<String>>,
    /// What scripts may miss, because the server does not expose it.
    #[serde(skip_serializing_if = "Option::is_none")]
    hidden: Option<PerProfile<Vec<String>>>,
    cache_seconds: PerProfile<Option<u32>>,
    console: LineConsole<'a>,
    then: Vec<LineThen<'a>>,
    cause: Option<&'static str>,
    fix: Option<String>,
    /// What comes in the way before CORS, if that is the true cause: a code of `corsac explain CODE`.
    #[serde(skip_serializing_if = "Option::is_none")]
    obstacle: Option<&'static str>,
    /// The products that the failing response looks like, the nearest to the browser first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    looks_like: Vec<LineGuess>,
    /// What can go wrong besides: caches and cookies.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<LineWarning>,
    #[serde(flatten)]
    delivery: LineDelivery<'a>,
}

/// A stack of `--stack`, and the header that says so.
#[derive(Serialize)]
pub(super) struct LineGuess {
    stack: &'static str,
    header: &'static str,
}

impl LineGuess {
    pub(super) fn of(guess: &Guess) -> Self {
        Self { stack: guess.stack.name(), header: guess.header }
    }
}

#[derive(Serialize)]
pub(super) struct LineWarning {
    code: &'static str,
    certainty: Certainty,
    at: &'static str,
    hop: usize,
}

impl LineWarning {
    pub(super) fn of(warning: &Warning) -> Self {
        let Warning { code, certainty, part, hop, .. } = warning;
        Self { code, certainty: *certainty, at: part.as_str(), hop: *hop }
    }
}

#[derive(Serialize)]
struct LineSent<'a> {
    method: String,
    origin: Option<String>,
    cookies: bool,
    needs_preflight: &'a PerProfile<bool>,
    preflight_request: Option<Vec<(String, String)>>,
    /// `Access-Control-Request-Headers`, or empty. Browsers differ in what they ask for.
    requested_headers: PerProfile<String>,
    url: String,
    /// Not all browsers agree in mode `no-cors`; `cookies` is what the standard says.
    sends_cookies: PerProfile<bool>,
}

/// What is sent: nothing if the script gets an exception, or if the mode or the URL permits nothing.
fn sent<'a>(diagnosis: &'a Diagnosis<'_>) -> Vec<LineSent<'a>> {
    let steps = diagnosis.sent.iter().filter(|sent| sent.step.tainting() != Tainting::Refused);
    steps.filter(|_| diagnosis.thrown.is_none()).map(LineSent::of).collect()
}

impl<'a> LineSent<'a> {
    fn of(sent: &'a Sent<'_>) -> Self {
        let preflight = preflight_headers(&sent.step).map(|mut lines| {
            // The headers that make it a preflight come first.
            lines.rotate_left(1);
            lines.push((b"Accept".to_vec(), b"*/*".to_vec()));
            lines.iter().map(|(name, value)| (text(name), text(value))).collect()
        });
        Self {
            url: text(sent.step.url()),
            method: text(sent.step.method()),
            origin: sent.step.origin().map(text),
            cookies: sent.step.sends_credentials(Profile::Spec),
            sends_cookies: PerProfile::new(|profile| sent.step.sends_credentials(profile)),
            needs_preflight: &sent.needs_preflight,
            requested_headers: PerProfile::new(|profile| {
                let needs = *sent.needs_preflight.get(profile);
                if needs { sent.step.requested_headers(profile).to_string() } else { String::new() }
            }),
            preflight_request: preflight,
        }
    }
}

/// The console messages. The standard has none.
#[derive(Serialize)]
struct LineConsole<'a> {
    chromium: Option<&'a str>,
    firefox: Option<&'a str>,
    webkit: Option<&'a str>,
}

impl<'a> LineConsole<'a> {
    fn of(console: &'a PerProfile<Option<String>>) -> Self {
        let text = |profile| console.get(profile).as_deref();
        Self { chromium: text(Profile::Chromium), firefox: text(Profile::Firefox), webkit: text(Profile::WebKit) }
    }
}

#[derive(Serialize)]
struct LineFailure {
    code: &'static str,
    at: &'static str,
    hop: usize,
    bytes: String,
    profiles: Vec<&'static str>,
    first_in: Vec<&'static str>,
    cause: &'static str,
}

impl LineFailure {
    fn of(failure: &Failure<'_>) -> Self {
        let names = |profiles: &[Profile]| profiles.iter().map(|profile| profile.name()).collect();
        Self {
            code: failure.blocked.code().as_str(),
            at: failure.blocked.part().as_str(),
            hop: failure.blocked.hop(),
            bytes: failure.blocked.evidence().bytes().map(char::from).collect(),
            cause: failure.cause.as_str(),
            profiles: names(&failure.profiles),
            first_in: names(&failure.first_in),
        }
    }
}

#[derive(Serialize)]
struct LineThen<'a> {
    needs_preflight: &'a PerProfile<bool>,
}

/// One code point for each byte.
fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// Writes every character outside ASCII, and DEL, as an escape, so that it cannot control a terminal.
struct Ascii(CompactFormatter);

impl Formatter for Ascii {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        for piece in fragment.split_inclusive(|c: char| !c.is_ascii() || c == '\x7F') {
            let end = piece.char_indices().next_back().map_or(0, |(at, _)| at);
            match piece.split_at_checked(end) {
                Some((plain, last)) if last.chars().any(|c| !c.is_ascii() || c == '\x7F') => {
                    self.0.write_string_fragment(out, plain)?;
                    for unit in last.encode_utf16() {
                        write!(out, "\\u{unit:04x}")?;
                    }
                }
                _ => self.0.write_string_fragment(out, piece)?,
            }
        }
        Ok(())
    }

    fn write_char_escape<W: ?Sized + Write>(&mut self, out: &mut W, escape: CharEscape) -> io::Result<()> {
        self.0.write_char_escape(out, escape)
    }
}
