//! `--baseline FILE`: findings of an earlier report, which do not count again.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;

use corsac_diagnose::live::{Checked, LiveFinding};
use corsac_diagnose::printable;
use serde_json::Value;

use crate::failure::Failure;
use crate::input::read_limited;

/// The largest report that is read.
const LIMIT: u64 = 256 << 20;

/// What an earlier report found: URL, code and subject of each.
pub(super) struct Baseline(BTreeSet<String>);

impl Baseline {
    pub(super) fn read(file: &Path) -> Result<Self, Failure> {
        let name = printable(&file.to_string_lossy()).into_owned();
        let bytes = File::open(file).and_then(|file| read_limited(file, LIMIT));
        let bytes = bytes.map_err(|error| Failure::because(format_args!("cannot read --baseline {name}"), error))?;
        let wrong =
            || Failure::Message(format!("--baseline {name} is not a report: write the output of --format json"));
        let report: Value = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
        let layers = report.get("layers").and_then(Value::as_array).ok_or_else(wrong)?;
        let findings = layers.iter().filter_map(|layer| layer.get("findings")?.as_array()).flatten();
        Ok(Self(findings.flat_map(marks).collect()))
    }

    /// Takes what is known out of a result. Returns how many findings that were.
    pub(super) fn remove_known(&self, checked: &mut Checked) -> usize {
        let before = checked.findings.len();
        checked.findings.retain(|finding| !self.has(finding));
        before - checked.findings.len()
    }

    fn has(&self, finding: &LiveFinding) -> bool {
        finding.marks().all(|mark| self.0.contains(&format!("{} {mark}", finding.url)))
    }
}

fn marks(finding: &Value) -> Vec<String> {
    let text = |name: &str| finding.get(name).and_then(Value::as_str).unwrap_or_default();
    let (url, code) = (text("url"), text("code"));
    let subjects = finding.get("subjects").and_then(Value::as_array);
    let subjects = subjects.into_iter().flatten().filter_map(Value::as_str);
    subjects.map(|subject| format!("{url} {code} {subject}")).collect()
}
