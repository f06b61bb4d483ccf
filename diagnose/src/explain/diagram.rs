//! Draws an exchange: what the browser sends, the responses, and a mark at what is wrong.

use std::fmt::{Display, Write};

use anstyle::{AnsiColor, Style};
use corsac::Escaped;
use corsac::browser::{self, BlockedCode, Exchange, Part, PreflightOutcome, Profile, Response, Step, Tainting};

use super::diagnosis::{Diagnosis, Sent, in_browsers};
use super::wire::{preflight_headers, request_headers};
use crate::Failure;
use crate::exchange::Headers;
use crate::secret::is_secret;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const FAINT: Style = Style::new().dimmed();

/// Columns between the browser and the server.
const WIDTH: usize = 64;

/// Longest value that is shown, in bytes.
const VALUE_MAX: usize = 300;

/// Draws every step that is known or that browsers take.
pub(crate) fn push(text: &mut String, diagnosis: &Diagnosis<'_>, exchange: &Exchange<'_>, secrets: bool) {
    let mut drawing = Drawing { text, diagnosis, secrets };
    let page = Escaped(exchange.request.origin);
    for sent in &diagnosis.sent {
        let site = site(sent.step.url());
        let over = drawing.is_over_before(sent.step.hop());
        let hop = exchange.hop(sent.step.hop());
        if over && hop.preflight.is_none() && hop.response.is_none() {
            drawing.line(format_args!("  {BAD}✗ no browser follows the redirect to {site}{BAD:#}"));
            drawing.text.push('\n');
            break;
        }
        let pad = WIDTH.saturating_sub(page.to_string().len()).max(1);
        drawing.line(format_args!("{page}{:pad$}{site}", ""));
        drawing.step(exchange, sent, over);
        drawing.text.push('\n');
    }
}

struct Drawing<'t, 'd, 'a> {
    text: &'t mut String,
    diagnosis: &'d Diagnosis<'a>,
    secrets: bool,
}

impl Drawing<'_, '_, '_> {
    /// Whether every browser has given up before this hop.
    fn is_over_before(&self, hop: usize) -> bool {
        let gave_up = |profile: &Profile| {
            self.diagnosis
                .failures
                .iter()
                .any(|failure| failure.blocked.hop() < hop && failure.profiles.contains(profile))
        };
        hop > 0 && Profile::ALL.iter().all(gave_up)
    }

    /// `over`: no browser gets this far.
    fn step(&mut self, exchange: &Exchange<'_>, sent: &Sent<'_>, over: bool) {
        let step = &sent.step;
        let hop = exchange.hop(step.hop());
        let all_fail = |part| {
            let failed = |profile: &Profile| {
                let fails =
                    |failure: &Failure<'_>| is_at(failure, step.hop(), part) && failure.profiles.contains(profile);
                self.diagnosis.failures.iter().any(fails)
            };
            Profile::ALL.iter().all(failed)
        };
        if self.diagnosis.thrown.is_some() || step.tainting() == Tainting::Refused {
            self.not_sent(step);
            self.marks(failures(self.diagnosis, step.hop(), Part::Response));
            return;
        }
        let preflight_fails = all_fail(Part::Preflight);
        let captured = "captured, but no browser sends this";
        let asks = Profile::ALL.into_iter().any(|profile| *sent.needs_preflight.get(profile));
        if asks {
            self.arrow(b"OPTIONS", step.url(), if over { captured } else { "asks first" });
            self.sent_lines(&preflight_headers(step).unwrap_or_default());
            match hop.preflight {
                Some(response) => self.response(&response, step.hop(), Part::Preflight),
                None => self.unknown("the response to this preflight is not known"),
            }
        }
        if preflight_fails && hop.response.is_none() {
            self.not_sent(step);
            return;
        }
        self.arrow(step.method(), step.url(), if preflight_fails || over { captured } else { "" });
        self.sent_lines(&request_headers(step));
        match hop.response {
            Some(response) => self.response(&response, step.hop(), Part::Response),
            None => {
                self.unknown("the response to this request is not known");
                self.marks(failures(self.diagnosis, step.hop(), Part::Response));
            }
        }
    }

    fn not_sent(&mut self, step: &Step<'_>) {
        let label = short(format!("{} {}", Escaped(step.method()), Escaped(path(step.url()))));
        self.line(format_args!("  {BAD}✗ {label} is not sent{BAD:#}"));
    }

    /// One line for each failure.
    fn marks<'f, 'b: 'f>(&mut self, failures: impl Iterator<Item = &'f Failure<'b>>) {
        for failure in failures {
            let blocked = failure.blocked;
            let only = only_in(failure);
            self.line(format_args!("  │  {BAD}^ {blocked}{BAD:#}{only}"));
        }
    }

    fn line(&mut self, line: impl Display) {
        let _ = writeln!(self.text, "  {line}");
    }

    fn arrow(&mut self, method: &[u8], url: &[u8], note: &str) {
        let label = short(format!("{} {}", Escaped(method), Escaped(path(url))));
        let pad = WIDTH.saturating_sub(label.chars().count() + 7).max(2);
        let note = if note.is_empty() { String::new() } else { format!("  {FAINT}{note}{FAINT:#}") };
        self.line(format_args!("  ├─ {label} {}▶│{note}", "─".repeat(pad)));
    }

    fn sent_lines(&mut self, lines: &Headers) {
        for (name, value) in lines {
            let value = self.value(name, value);
            self.line(format_args!("  │  {}: {value}", Escaped(name)));
        }
    }

    /// A value for a terminal: escaped, cut, and without secrets.
    fn value(&self, name: &[u8], value: &[u8]) -> String {
        if is_secret(name) && !self.secrets && value != b"..." {
            return "(hidden; --show-secrets shows it)".to_owned();
        }
        let shown = value.get(..VALUE_MAX).unwrap_or(value);
        format!("{}{}", Escaped(shown), if shown.len() < value.len() { "..." } else { "" })
    }

    /// The status and the headers that matter, each with what is wrong with it below, and then the headers that are missing.
    fn response(&mut self, response: &Response<'_>, hop: usize, part: Part) {
        let failures: Vec<&Failure<'_>> = failures(self.diagnosis, hop, part).collect();
        let style = if failures.is_empty() { GOOD } else { BAD };
        let pad = WIDTH.saturating_sub(11);
        self.line(format_args!("  │◀{} {style}{}{style:#} ──┤", "─".repeat(pad), response.status));
        let is_status = |failure: &Failure<'_>| failure.blocked.code() == BlockedCode::PreflightStatus;
        self.marks(failures.iter().copied().filter(|failure| is_status(failure)));
        let shown =
            |header: &&browser::Line<'_>| matters(header.0) || failures.iter().any(|failure| is_about(failure, header));
        let lines: Vec<_> = response.headers.iter().filter(shown).collect();
        let last = |failure: &Failure<'_>| lines.iter().rposition(|line| is_about(failure, line));
        for (at, line) in lines.iter().enumerate() {
            let is_at_fault = failures.iter().any(|failure| is_about(failure, line));
            let style = if is_at_fault { BAD } else { Style::new() };
            let value = self.value(line.0, line.1);
            self.line(format_args!("  │  {style}{}: {value}{style:#}", Escaped(line.0)));
            self.marks(failures.iter().copied().filter(|failure| last(failure) == Some(at)));
        }
        for failure in failures.iter().filter(|failure| !is_status(failure) && last(failure).is_none()) {
            let (missing, only) = (missing(failure), only_in(failure));
            self.line(format_args!("  │  {BAD}✗ {missing}{BAD:#}{only}"));
        }
    }

    fn unknown(&mut self, what: &str) {
        self.line(format_args!("  │◀╌╌ ? ╌╌  {FAINT}{what}{FAINT:#}"));
    }
}

/// A header that is not in the response, in words.
fn missing(failure: &Failure<'_>) -> String {
    let blocked = failure.blocked;
    match blocked.code() {
        BlockedCode::MethodNotAllowed | BlockedCode::HeaderNotAllowed => {
            let header = blocked.code().header().unwrap_or_default();
            format!("{header} is missing: it must list \"{}\"", blocked.evidence())
        }
        _ => blocked.to_string(),
    }
}

/// The failures of one response.
fn failures<'d, 'a>(diagnosis: &'d Diagnosis<'a>, hop: usize, part: Part) -> impl Iterator<Item = &'d Failure<'a>> {
    diagnosis.failures.iter().filter(move |failure| is_at(failure, hop, part))
}

fn is_at(failure: &Failure<'_>, hop: usize, part: Part) -> bool {
    failure.blocked.hop() == hop && failure.blocked.part() == part
}

/// ` (in chromium, webkit)`, or nothing if it is the same in every browser.
fn only_in(failure: &Failure<'_>) -> String {
    if failure.profiles.len() == Profile::ALL.len() {
        return String::new();
    }
    format!(" ({})", in_browsers(&failure.profiles))
}

/// Whether browsers look at a header, or it explains what they do.
fn matters(name: &[u8]) -> bool {
    let has_prefix = name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-"));
    has_prefix || name.eq_ignore_ascii_case(b"location") || name.eq_ignore_ascii_case(b"vary")
}

fn is_about(failure: &Failure<'_>, (name, value): &browser::Line<'_>) -> bool {
    match failure.blocked.code() {
        BlockedCode::ResponseUnparsable => value.iter().any(|b| matches!(b, 0 | b'\r' | b'\n')),
        code => code.header().is_some_and(|header| header.as_bytes().eq_ignore_ascii_case(name)),
    }
}

/// Scheme, host and port.
fn site(url: &[u8]) -> String {
    let end = path_start(url);
    Escaped(url.get(..end).unwrap_or(url)).to_string()
}

/// Cuts a label that would fill several lines.
fn short(label: String) -> String {
    match label.char_indices().nth(WIDTH * 2) {
        Some((end, _)) => format!("{}...", label.get(..end).unwrap_or_default()),
        None => label,
    }
}

fn path(url: &[u8]) -> &[u8] {
    let path = url.get(path_start(url)..).unwrap_or_default();
    if path.is_empty() { b"/" } else { path }
}

fn path_start(url: &[u8]) -> usize {
    let authority = url.windows(3).position(|bytes| bytes == b"://").map_or(0, |at| at + 3);
    let rest = url.get(authority..).unwrap_or_default();
    authority + rest.iter().position(|b| matches!(b, b'/' | b'?')).unwrap_or(rest.len())
}

/// The outcome of the preflight in all profiles, as one word for a table.
pub(super) fn preflight_word(diagnosis: &Diagnosis<'_>) -> &'static str {
    let outcomes = Profile::ALL.into_iter().map(|profile| diagnosis.judgements.get(profile).preflight);
    outcomes.max().unwrap_or(PreflightOutcome::NotNeeded).as_str()
}
