//! The text of a policy file becomes a policy set, or an error that shows everything that is wrong.

use std::fmt;

use corsac::{CompileError, PolicySet, PolicyText, Severity, TextError, TextFinding, TextSlot};

/// Everything that is wrong with the text of a policy file.
///
/// `Display` writes each finding on a line of its own, with its place and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTextError {
    lines: Vec<String>,
}

impl PolicyTextError {
    /// The errors and warnings, one line each.
    #[must_use]
    pub fn findings(&self) -> &[String] {
        &self.lines
    }
}

impl fmt::Display for PolicyTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy is refused")?;
        self.lines.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

impl std::error::Error for PolicyTextError {}

/// Compiles a text. Warnings are logged, because a policy with warnings serves.
pub(crate) fn compile(text: &str) -> Result<PolicySet<Vec<u8>>, PolicyTextError> {
    let mut lines = Vec::new();
    let mut add = |finding: &TextFinding<'_>| lines.push((finding.severity, finding.code(), line_of(finding)));
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text.as_bytes())];
    let compiled = match PolicyText::read(text.as_bytes(), &mut scratch, &mut add) {
        Ok(read) => match read.compile(vec![0; read.image_len()], &mut add) {
            Ok(set) => Ok(set),
            Err(CompileError::Findings { .. }) => Err(None),
            Err(error) => Err(Some(error.to_string())),
        },
        Err(TextError::NotToml) => Err(None),
        Err(error) => Err(Some(error.to_string())),
    };
    compiled.inspect(|_| lines.iter().for_each(|(_, code, line)| log_warning(code, line))).map_err(|error| {
        PolicyTextError { lines: lines.iter().map(|(_, _, line)| line.clone()).chain(error).collect() }
    })
}

fn line_of(finding: &TextFinding<'_>) -> String {
    let severity = if finding.severity == Severity::Error { "error" } else { "warning" };
    let place = if finding.line == 0 { String::new() } else { format!("line {}: ", finding.line) };
    let advice = finding.advice().map_or_else(String::new, |advice| format!(": {advice}"));
    format!("{place}{severity}[{}]: {finding}{advice}", finding.code())
}

fn log_warning(code: &str, line: &str) {
    // Lists may differ between machines, and with them whether a switch is needed.
    if code == "switch-not-needed" {
        tracing::info!(target: "corsac", "{line}");
    } else {
        tracing::warn!(target: "corsac", "{line}");
    }
}
