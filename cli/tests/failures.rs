//! Captured failures, at least one for each cause: `failures/expected.json` says what is to be found in each, and the real binary must find
//! it: verdict, cause, code, and the mark under the line at fault.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use corsac::browser::{BlockedCode, Cause};
use corsac_diagnose::codes::{Kind, entries};
use serde::Deserialize;

/// Causes that no capture can show, and where they are tried instead.
const ELSEWHERE: [(Cause, &str); 1] =
    [(Cause::StreamedBody, "nothing on the wire tells that a body was a stream: explain_jsonl.rs")];

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    cause: String,
    code: String,
    /// For people: how one comes by it.
    about: String,
    #[serde(default)]
    files: Vec<String>,
    #[serde(default)]
    options: Vec<String>,
    /// A console message instead of files.
    console: Option<String>,
    #[serde(default = "one")]
    exit: i32,
    /// The profiles that block; absent: all of them.
    blocked: Option<Vec<String>>,
    /// What the `^` says.
    mark: Option<String>,
    /// The line above the `^`.
    under: Option<String>,
    /// What else is wrong, as `code: cause`.
    #[serde(default)]
    also: Vec<String>,
}

fn one() -> i32 {
    1
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/failures")
}

fn expected() -> Vec<Expected> {
    serde_json::from_slice(&fs::read(folder().join("expected.json")).unwrap()).unwrap()
}

/// Text and exit code of the binary.
fn explained(expected: &Expected) -> (String, i32) {
    let mut command = Command::cargo_bin("corsac").unwrap();
    command.arg("explain").current_dir(folder()).args(&expected.files).args(&expected.options);
    if let Some(text) = &expected.console {
        command.args(["--console", text]);
    }
    let output = command.output().unwrap();
    (String::from_utf8(output.stdout).unwrap(), output.status.code().unwrap())
}

/// What is wrong with what the binary says.
fn check(expected: &Expected) -> Result<(), String> {
    let (text, exit) = explained(expected);
    let holds = |what: &str| match text.contains(what) {
        true => Ok(()),
        false => Err(format!("{}: no \"{what}\" in\n{text}", expected.about)),
    };
    if exit != expected.exit {
        return Err(format!("{}: exit code {exit}\n{text}", expected.about));
    }
    if expected.console.is_some() {
        holds(&format!("[{}]\n", expected.cause))?;
        return holds(&format!("Code:     {}\n", expected.code));
    }
    holds(&format!("[{}: {}]\nFix:   ", expected.code, expected.cause))?;
    holds(match expected.blocked.as_deref() {
        None => "blocked in every browser\n",
        Some([]) => "the script gets an exception, and nothing is sent in every browser\n",
        Some([only]) if only == "spec" => "blocked by the standard; ",
        Some([_, firefox, webkit]) if firefox == "firefox" && webkit == "webkit" => {
            "blocked by the standard and in firefox, webkit; allowed in chromium\n"
        }
        Some(_) => return Err("this list of profiles has no words here yet".to_owned()),
    })?;
    for also in &expected.also {
        holds("Also wrong (a browser names only the first):\n")?;
        holds(&format!("[{also}]"))?;
    }
    let mark = expected.mark.as_deref().unwrap_or("a mark must be expected");
    holds(mark)?;
    let Some(under) = &expected.under else { return Ok(()) };
    let lines: Vec<&str> = text.lines().collect();
    let is_marked = lines.windows(2).any(|pair| pair[0].trim_end().ends_with(under.as_str()) && pair[1].contains(mark));
    if is_marked { Ok(()) } else { Err(format!("{}: \"{mark}\" is not below \"{under}\"\n{text}", expected.about)) }
}

#[test]
fn each_captured_failure_gets_its_cause_code_and_mark() {
    let failures: Vec<String> = expected().iter().filter_map(|expected| check(expected).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

#[test]
fn check_fails_if_one_expected_word_differs() {
    let good = expected().into_iter().find(|expected| expected.cause == "trailing-slash").unwrap();
    check(&good).unwrap();
    let wrong: [fn(&mut Expected); 8] = [
        |expected| expected.cause = "case".to_owned(),
        |expected| expected.code = "acao-invalid".to_owned(),
        |expected| expected.exit = 0,
        |expected| expected.blocked = Some(vec!["spec".to_owned()]),
        |expected| expected.mark = Some("✗ Access-Control-Allow-Origin is missing".to_owned()),
        |expected| expected.under = Some("Vary: Origin".to_owned()),
        |expected| expected.also.push("acao-missing: no-cors-headers".to_owned()),
        |expected| expected.files[0] = "case.txt".to_owned(),
    ];
    for (place, change) in wrong.into_iter().enumerate() {
        let mut changed = good.clone();
        change(&mut changed);
        assert!(check(&changed).is_err(), "{place}");
    }
}

#[test]
fn every_cause_has_a_captured_failure_or_a_reason() {
    let covered: BTreeSet<String> = expected().into_iter().map(|expected| expected.cause).collect();
    for cause in Cause::ALL {
        let is_elsewhere = ELSEWHERE.iter().any(|(other, _)| other == cause);
        assert!(covered.contains(cause.as_str()) != is_elsewhere, "{cause}");
    }
    for expected in expected() {
        let is_cause = Cause::ALL.iter().any(|cause| cause.as_str() == expected.cause);
        let is_neighbour = entries(&expected.cause).iter().any(|entry| entry.kind == Kind::Neighbour);
        assert!(is_cause || is_neighbour, "{}", expected.cause);
        assert!(BlockedCode::ALL.iter().any(|code| code.as_str() == expected.code), "{}", expected.code);
    }
}

#[test]
fn folder_and_its_index_name_the_same_files() {
    let here: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter(|name| name != "expected.json")
        .collect();
    let named: BTreeSet<String> = expected().into_iter().flat_map(|expected| expected.files).collect();
    assert_eq!(here, named);
}

#[test]
fn nothing_of_a_cookie_in_these_captures_is_shown() {
    let with_cookie = expected().into_iter().find(|expected| expected.cause == "credentials-not-permitted").unwrap();
    assert!(fs::read_to_string(folder().join(&with_cookie.files[0])).unwrap().contains("s3cr3t"));
    assert!(!explained(&with_cookie).0.contains("s3cr3t"));
}
