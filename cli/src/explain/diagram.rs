//! The exchange as a picture: what the browser sends, what comes back, and a mark at what it stumbles over.

use std::fmt::{Display, Write};

use anstyle::{AnsiColor, Style};
use corsac::Escaped;
use corsac::browser::{Exchange, Part, PreflightOutcome, Profile, Response};

use super::diagnosis::{Diagnosis, Failure, Sent};
use super::wire::{preflight_lines, request_lines};
use crate::exchange::Lines;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const FAINT: Style = Style::new().dimmed();

/// Columns between the browser's line and the server's.
const WIDTH: usize = 64;

/// Longest value that is shown, in bytes.
const VALUE_MAX: usize = 300;

/// Draws every step that is known or follows.
pub(crate) fn push(text: &mut String, diagnosis: &Diagnosis<'_>, exchange: &Exchange<'_>, secrets: bool) {
    let mut drawing = Drawing { text, diagnosis, secrets };
    let page = Escaped(exchange.request.origin);
    for sent in &diagnosis.sent {
        let site = site(sent.step.url());
        let pad = WIDTH.saturating_sub(page.to_string().len()).max(1);
        drawing.line(format_args!("{page}{:pad$}{site}", ""));
        drawing.step(exchange, sent);
        drawing.text.push('\n');
    }
}

struct Drawing<'t, 'd, 'a> {
    text: &'t mut String,
    diagnosis: &'d Diagnosis<'a>,
    secrets: bool,
}

impl Drawing<'_, '_, '_> {
    fn step(&mut self, exchange: &Exchange<'_>, sent: &Sent<'_>) {
        let step = &sent.step;
        let hop = exchange.hop(step.hop());
        let failed = |part| self.diagnosis.failures.iter().any(|failure| stands(failure, step.hop(), part));
        let preflight_fails = failed(Part::Preflight);
        let asks = Profile::ALL.into_iter().any(|profile| *sent.needs_preflight.get(profile));
        if asks {
            self.arrow(b"OPTIONS", step.url(), "asks first");
            self.sent_lines(&preflight_lines(step).unwrap_or_default());
            match hop.preflight {
                Some(answer) => self.answer(&answer, step.hop(), Part::Preflight),
                None => self.unknown("the answer to this preflight is not known"),
            }
        }
        if preflight_fails && hop.response.is_none() {
            let method = Escaped(step.method()).to_string();
            self.line(format_args!("  {BAD}✗ {method} is not sent{BAD:#}"));
            return;
        }
        let note = if preflight_fails { "captured, but no browser sends it" } else { "" };
        self.arrow(step.method(), step.url(), note);
        self.sent_lines(&request_lines(step));
        match hop.response {
            Some(answer) => self.answer(&answer, step.hop(), Part::Response),
            None => self.unknown("the answer to this request is not known"),
        }
        for failure in self.diagnosis.failures.iter().filter(|failure| stands(failure, step.hop(), Part::Response)) {
            if hop.response.is_none() {
                let blocked = failure.blocked;
                self.line(format_args!("  {BAD}^ {blocked}{BAD:#}"));
            }
        }
    }

    fn line(&mut self, line: impl Display) {
        let _ = writeln!(self.text, "  {line}");
    }

    fn arrow(&mut self, method: &[u8], url: &[u8], note: &str) {
        let label = format!("{} {}", Escaped(method), Escaped(path(url)));
        let label: String = label.chars().take(WIDTH * 2).collect();
        let pad = WIDTH.saturating_sub(label.chars().count() + 7).max(2);
        let note = if note.is_empty() { String::new() } else { format!("  {FAINT}{note}{FAINT:#}") };
        self.line(format_args!("  ├─ {label} {}▶│{note}", "─".repeat(pad)));
    }

    fn sent_lines(&mut self, lines: &Lines) {
        for (name, value) in lines {
            let value = self.value(name, value);
            self.line(format_args!("  │  {}: {value}", Escaped(name)));
        }
    }

    /// A value fit for a terminal: escaped, cut, and without secrets.
    fn value(&self, name: &[u8], value: &[u8]) -> String {
        const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];
        let is_secret = SECRET.iter().any(|secret| secret.as_bytes().eq_ignore_ascii_case(name));
        if is_secret && !self.secrets && value != b"..." {
            return "(hidden; --show-secrets shows it)".to_owned();
        }
        let shown = value.get(..VALUE_MAX).unwrap_or(value);
        format!("{}{}", Escaped(shown), if shown.len() < value.len() { "..." } else { "" })
    }

    /// The status, the lines that matter, and under each what is wrong with it.
    fn answer(&mut self, answer: &Response<'_>, hop: usize, part: Part) {
        let diagnosis = self.diagnosis;
        let failures: Vec<&Failure<'_>> =
            diagnosis.failures.iter().filter(|failure| stands(failure, hop, part)).collect();
        let style = if failures.is_empty() { GOOD } else { BAD };
        let pad = WIDTH.saturating_sub(11);
        self.line(format_args!("  │◀{} {style}{}{style:#} ──┤", "─".repeat(pad), answer.status));
        for (name, value) in answer.headers.iter().filter(|(name, _)| matters(name)) {
            let is_at_fault = failures.iter().any(|failure| is_about(failure, name));
            let style = if is_at_fault { BAD } else { Style::new() };
            let value = self.value(name, value);
            self.line(format_args!("  │  {style}{}: {value}{style:#}", Escaped(name)));
        }
        for failure in failures {
            let blocked = failure.blocked;
            let only = only_in(failure);
            self.line(format_args!("  │  {BAD}^ {blocked}{BAD:#}{only}"));
        }
    }

    fn unknown(&mut self, what: &str) {
        self.line(format_args!("  │◀╌╌ ? ╌╌  {FAINT}{what}{FAINT:#}"));
    }
}

fn stands(failure: &Failure<'_>, hop: usize, part: Part) -> bool {
    failure.blocked.hop() == hop && failure.blocked.part() == part
}

/// ` (chromium, webkit)`, unless it is so everywhere.
fn only_in(failure: &Failure<'_>) -> String {
    if failure.profiles.len() == Profile::ALL.len() {
        return String::new();
    }
    let names: Vec<&str> = failure.profiles.iter().map(|profile| profile.name()).collect();
    format!(" ({})", names.join(", "))
}

/// A header that a browser looks at, or that explains what it does.
fn matters(name: &[u8]) -> bool {
    let has_prefix = name.get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"access-control-"));
    has_prefix || name.eq_ignore_ascii_case(b"location") || name.eq_ignore_ascii_case(b"vary")
}

fn is_about(failure: &Failure<'_>, name: &[u8]) -> bool {
    failure.blocked.code().header().is_some_and(|header| header.as_bytes().eq_ignore_ascii_case(name))
}

/// Scheme, host and port.
fn site(url: &[u8]) -> String {
    let end = path_start(url);
    Escaped(url.get(..end).unwrap_or(url)).to_string()
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

/// The preflights of all profiles in one word, for a table.
pub(crate) fn preflight_word(diagnosis: &Diagnosis<'_>) -> &'static str {
    let outcomes = Profile::ALL.into_iter().map(|profile| diagnosis.judgements.get(profile).preflight);
    outcomes.max().unwrap_or(PreflightOutcome::NotNeeded).as_str()
}
