//! The result of a run over several URLs, as data and as text.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::checked::Checked;
use super::code::LiveSeverity;
use super::finding::LiveFinding;
use super::layers::Lost;
use crate::explain::write_json;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const WARN: Style = AnsiColor::Yellow.on_default().bold();
const HEAD: Style = Style::new().bold();

/// Why a run ended before everything was asked.
///
/// ```
/// use corsac_diagnose::live::{Run, RunEnd};
/// let mut run = Run::new("verify", None, 40, 1);
/// run.end = RunEnd::Limit { limit: 10 };
/// run.conclude();
/// assert_eq!(run.outcome, "incomplete");
/// assert!(run.text().contains("--max-requests is 10"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "why")]
pub enum RunEnd {
    /// Everything was asked.
    Complete,
    /// The limit of requests.
    Limit {
        /// The limit.
        limit: usize,
    },
    /// The server asked for fewer requests.
    Busy {
        /// What it said.
        said: String,
    },
    /// A person stopped it.
    Interrupted,
    /// No response.
    NoResponse {
        /// Why.
        because: String,
    },
}

/// A whole run.
///
/// ```
/// use corsac_diagnose::live::{Checked, Run};
/// let mut run = Run::new("verify", Some("cors.toml".to_owned()), 4, 1);
/// run.sent = 4;
/// run.layers.push(Checked { url: "https://api.example/x".to_owned(), ..Checked::default() });
/// run.conclude();
/// assert_eq!(run.outcome, "kept");
/// assert!(run.text().contains("the server keeps the policy (4 requests)"));
/// assert!(run.json().contains("\"outcome\":\"kept\""));
/// ```
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// The command: `verify` or `audit`.
    pub command: &'static str,
    /// `kept`, `broken` or `incomplete`.
    pub outcome: &'static str,
    /// The policy file, as it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The requests that were sent.
    pub sent: usize,
    /// The requests that all questions would take.
    pub planned: usize,
    /// How it ended.
    pub end: RunEnd,
    /// The URLs that have something to report, or all if there are few.
    pub layers: Vec<Checked>,
    /// How many URLs were asked.
    pub urls: usize,
    /// Where headers get lost.
    pub lost: Vec<Lost>,
    /// Findings that a baseline has, and that do not count.
    pub known: usize,
}

impl Run {
    /// A run that has not begun. `planned`: the requests of all questions.
    #[must_use]
    pub fn new(command: &'static str, policy: Option<String>, planned: usize, urls: usize) -> Self {
        Self {
            command,
            outcome: "incomplete",
            policy,
            sent: 0,
            planned,
            end: RunEnd::Complete,
            layers: Vec::new(),
            urls,
            lost: Vec::new(),
            known: 0,
        }
    }

    /// Sets `outcome` from what was found and from the end of the run.
    pub fn conclude(&mut self) {
        let is_broken = self.layers.iter().any(|layer| layer.count(LiveSeverity::Broken) > 0);
        self.outcome = match (&self.end, is_broken) {
            (_, true) => "broken",
            (RunEnd::Complete, false) => "kept",
            _ => "incomplete",
        };
    }

    /// The whole report as one line of JSON. It holds only ASCII.
    #[must_use]
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
    pub fn json(&self) -> String {
        let mut out = Vec::new();
        // Texts and numbers can always be written.
        let _ = write_json(&mut out, self);
        String::from_utf8(out).unwrap_or_default()
    }

    /// The whole report as text, with styles.
    #[must_use]
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for layer in &self.layers {
            push_layer(&mut text, layer);
        }
        for layer in &self.layers {
            for finding in &layer.findings {
                push_finding(&mut text, finding, self.layers.len() > 1);
            }
        }
        for lost in &self.lost {
            text.push('\n');
            lost.push(&mut text);
        }
        self.push_not_tried(&mut text);
        self.push_end(&mut text);
        text
    }

    fn push_not_tried(&self, text: &mut String) {
        let mut lines: Vec<String> = Vec::new();
        for left in self.layers.iter().flat_map(|layer| &layer.not_tried) {
            let line = format!("  {}: {}", left.what, left.why);
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        if !lines.is_empty() {
            let _ = writeln!(text, "\n{HEAD}Not tried{HEAD:#}");
            for line in lines {
                let _ = writeln!(text, "{line}");
            }
        }
    }

    fn push_end(&self, text: &mut String) {
        let (sent, planned) = (self.sent, self.planned);
        let of = |severity| self.layers.iter().map(|layer| layer.count(severity)).sum::<usize>();
        let (broken, warnings) = (of(LiveSeverity::Broken), of(LiveSeverity::Warning));
        text.push('\n');
        let _ = match &self.end {
            RunEnd::Complete => Ok(()),
            RunEnd::Limit { limit } => writeln!(
                text,
                "{WARN}Incomplete:{WARN:#} tried {sent} of {planned} requests. --max-requests is {limit}: write a larger number to ask everything."
            ),
            RunEnd::Busy { said } => writeln!(
                text,
                "{WARN}Incomplete:{WARN:#} tried {sent} of {planned} requests. The server asked for fewer ({said}), so nothing more was sent."
            ),
            RunEnd::Interrupted => {
                writeln!(text, "{WARN}Incomplete:{WARN:#} tried {sent} of {planned} requests, then you stopped it.")
            }
            RunEnd::NoResponse { because } => {
                writeln!(text, "{WARN}Incomplete:{WARN:#} tried {sent} of {planned} requests. No response: {because}")
            }
        };
        if self.known > 0 {
            let _ = writeln!(text, "{} in the baseline already.", count(self.known, "finding is", "findings are"));
        }
        let asked = count(sent, "request", "requests");
        let (thing, kept) = match self.command {
            "audit" => ("holes", "no stranger reads more than everyone may"),
            _ => ("broken promises", "the server keeps the policy"),
        };
        let _ = match (broken, warnings) {
            (0, 0) if self.end == RunEnd::Complete => writeln!(text, "{GOOD}Good:{GOOD:#} {kept} ({asked})."),
            (0, 0) => writeln!(text, "Nothing found in {asked}."),
            (0, _) => writeln!(text, "No {thing}, {} ({asked}).", count(warnings, "warning", "warnings")),
            _ => writeln!(
                text,
                "{BAD}{}{BAD:#}, {} ({asked}).",
                count(broken, thing.strip_suffix('s').unwrap_or(thing), thing),
                count(warnings, "warning", "warnings")
            ),
        };
    }
}

fn count(number: usize, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

fn push_layer(text: &mut String, layer: &Checked) {
    let _ = writeln!(text, "{HEAD}{}{HEAD:#}", layer.url);
    for row in layer.asked.iter().filter(|row| row.questions > 0) {
        let (sign, style) = match (row.broken, row.warnings) {
            (0, 0) => ("✓", GOOD),
            (0, _) => ("!", WARN),
            _ => ("✗", BAD),
        };
        let mut found = Vec::new();
        if row.broken > 0 {
            found.push(format!("{} wrong", row.broken));
        }
        if row.warnings > 0 {
            found.push(count(row.warnings, "warning", "warnings"));
        }
        let found = found.join(", ");
        let line = format!("  {style}{sign}{style:#} {:<26} {:>4} asked  {found}", row.about, row.questions);
        let _ = writeln!(text, "{}", line.trim_end());
    }
}

fn push_finding(text: &mut String, finding: &LiveFinding, has_layers: bool) {
    let (word, style) = match finding.severity {
        LiveSeverity::Broken => ("Broken:", BAD),
        LiveSeverity::Warning => ("Warning:", WARN),
    };
    let mut codes = finding.code.to_owned();
    for code in [finding.blocked_by, finding.cause].into_iter().flatten() {
        codes.push_str(": ");
        codes.push_str(code);
    }
    let _ = writeln!(text, "\n{style}{word}{style:#} {} [{codes}]", finding.message);
    if has_layers {
        let _ = writeln!(text, "  at {}", finding.url);
    }
    for curl in &finding.curl {
        let _ = writeln!(text, "  $ {curl}");
    }
    for response in &finding.responses {
        let _ = writeln!(text, "    {} ({})", response.status, response.at);
        for (name, value) in &response.headers {
            let _ = writeln!(text, "    {name}: {value}");
        }
    }
    if finding.count > 1 {
        let _ = writeln!(text, "  The same for {}:", count(finding.count - 1, "other question", "other questions"));
        for subject in finding.subjects.iter().skip(1).take(4) {
            let _ = writeln!(text, "    {subject}");
        }
        if finding.count > 5 {
            let _ = writeln!(text, "    and {} more", finding.count - 5);
        }
    }
    let _ = writeln!(text, "  {HEAD}Fix:{HEAD:#} {}", finding.fix);
    for stack in finding.stacks.iter().filter(|stack| !stack.is_guess) {
        text.push_str(&stack.text);
    }
    let guesses: Vec<&str> = finding.stacks.iter().filter(|stack| stack.is_guess).map(|stack| stack.name).collect();
    if !guesses.is_empty() {
        let (names, options) = (guesses.join(" behind "), guesses.join(" --stack "));
        let _ = writeln!(text, "  The response looks like {names}: --stack {options} shows the lines to paste.");
    }
}
