//! A report in the forms that CI systems read: JUnit's XML, SARIF, and annotations on GitHub.

use corsac_diagnose::live::{Checked, LiveFinding, LiveSeverity, Run, RunEnd};
use corsac_dialects::commands::{Level, annotation};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use serde_json::{Value, json};

use crate::failure::Failure;

/// What a person must know of a finding, in a few lines.
fn described(finding: &LiveFinding) -> String {
    let mut lines = vec![finding.message.clone()];
    lines.extend(finding.curl.iter().cloned());
    if !finding.fix.is_empty() {
        lines.push(format!("Fix: {}", finding.fix));
    }
    lines.extend(finding.stacks.iter().filter(|stack| !stack.text.is_empty()).map(|stack| stack.text.clone()));
    lines.join("\n")
}

fn is_broken(finding: &LiveFinding) -> bool {
    finding.severity == LiveSeverity::Broken
}

fn findings(run: &Run) -> impl Iterator<Item = &LiveFinding> {
    run.layers.iter().flat_map(|layer| &layer.findings)
}

/// Why not everything was asked.
fn incomplete(run: &Run) -> Option<String> {
    let why = match &run.end {
        RunEnd::Complete => return None,
        RunEnd::Limit { limit } => format!("--max-requests is {limit}"),
        RunEnd::Busy { said } => format!("the server asked for fewer requests: {said}"),
        RunEnd::Interrupted => "you stopped it".to_owned(),
        RunEnd::NoResponse { because } => format!("no response: {because}"),
    };
    Some(format!("tried {} of {} requests: {why}", run.sent, run.planned))
}

/// One suite for each URL. Each row of the table and each finding is a case; a broken promise is a failure.
pub(super) fn junit(run: &Run) -> Result<String, Failure> {
    let mut report = Report::new(format!("corsac {}", run.command));
    for layer in &run.layers {
        report.add_test_suite(suite(layer));
    }
    if let Some(why) = incomplete(run) {
        let mut suite = TestSuite::new("everything was asked");
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(why.clone()).set_type("incomplete");
        suite.add_test_case(TestCase::new(why, status));
        report.add_test_suite(suite);
    }
    report.to_string().map_err(|error| Failure::because("cannot write the report as XML", error))
}

fn suite(layer: &Checked) -> TestSuite {
    let mut suite = TestSuite::new(layer.url.clone());
    for row in layer.asked.iter().filter(|row| row.questions > 0 && row.broken == 0) {
        suite.add_test_case(TestCase::new(format!("{}: {}", row.about, row.questions), TestCaseStatus::success()));
    }
    for finding in &layer.findings {
        let mut status = if is_broken(finding) {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        } else {
            TestCaseStatus::success()
        };
        if is_broken(finding) {
            status.set_message(finding.message.clone()).set_type(finding.code).set_description(described(finding));
        }
        let name = finding.subjects.first().map_or(finding.path.as_str(), String::as_str);
        let mut case = TestCase::new(format!("{}: {name}", finding.code), status);
        if !is_broken(finding) {
            case.set_system_out(described(finding));
        }
        suite.add_test_case(case);
    }
    suite
}

/// SARIF 2.1.0. The place of a finding is the policy file, or the URL where there is none.
pub(super) fn sarif(run: &Run) -> String {
    let mut rules: Vec<&str> = findings(run).map(|finding| finding.code).collect();
    rules.sort_unstable();
    rules.dedup();
    let rule = |code: &&str| json!({ "id": code, "helpUri": format!("docs/errors.md#{code}") });
    let result = |finding: &LiveFinding| -> Value {
        let place = run.policy.as_deref().map_or_else(|| finding.url.clone(), uri);
        let marks: Vec<String> = finding.marks().collect();
        json!({
            "ruleId": finding.code,
            "ruleIndex": rules.binary_search(&finding.code).unwrap_or_default(),
            "level": if is_broken(finding) { "error" } else { "warning" },
            "message": { "text": format!("{}: {}", finding.url, described(finding)) },
            "locations": [{ "physicalLocation": { "artifactLocation": { "uri": place }, "region": { "startLine": 1 } } }],
            "partialFingerprints": { "corsac/v1": format!("{} {}", finding.url, marks.first().map_or("", String::as_str)) },
        })
    };
    let notifications: Vec<Value> =
        incomplete(run).map(|why| json!({ "level": "error", "message": { "text": why } })).into_iter().collect();
    let report = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": format!("corsac {}", run.command),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(rule).collect::<Vec<_>>(),
            }},
            "results": findings(run).map(result).collect::<Vec<_>>(),
            "invocations": [{
                "executionSuccessful": notifications.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
        }],
    });
    format!("{report}\n")
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'.' | b'_' | b'~' | b'/' => text.push(char::from(byte)),
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// An annotation for each finding, and one where not everything was asked.
pub(super) fn github(run: &Run) -> String {
    let mut text = String::new();
    for finding in findings(run) {
        let level = if is_broken(finding) { Level::Error } else { Level::Warning };
        let title = format!("corsac {}: {}", run.command, finding.code);
        text.push_str(&annotation(
            level,
            run.policy.as_deref(),
            &title,
            &format!("{}: {}", finding.url, described(finding)),
        ));
    }
    if let Some(why) = incomplete(run) {
        text.push_str(&annotation(
            Level::Error,
            run.policy.as_deref(),
            &format!("corsac {}: incomplete", run.command),
            &why,
        ));
    }
    text
}
