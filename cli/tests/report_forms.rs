//! What `verify` and `audit` found, as JUnit's XML, SARIF and annotations, each read back by a reader that is not ours.

mod server;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use roxmltree::{Document, Node};
use serde_sarif::sarif::{ResultLevel, Sarif};
use server::{Server, program, response};

const POLICY: &str = "allow_origins = [\"https://app.example.com\"]\nallow_methods = [\"PUT\"]\n";
/// What ends a line, a property, an element or an attribute, and what a terminal obeys.
const HOSTILE: &str = "Access-Control-Allow-Origin: https://app.example.com%0A::error::<![CDATA[\"'&]]>\u{1b}[31m";

/// A file name that each form must escape in its own way. Written once, because the tests run at the same time.
static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("50 % of,all: \"a&b\".toml");
    fs::write(&path, POLICY).unwrap();
    path
});

/// Preflights pass, and their responses do not.
fn wrong() -> Server {
    Server::start(|head| {
        let granted = ["Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Methods: PUT"];
        if head.starts_with("OPTIONS") { response("204 No Content", &granted) } else { response("200 OK", &[HOSTILE]) }
    })
}

fn report(server: &Server, form: &str, more: &[&str]) -> (i32, String) {
    let mut command = program();
    command.arg("verify").arg(&*FILE).arg(server.url("/things")).args(["--format", form]).args(more);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.contains('\u{1b}'), "{text}");
    (output.status.code().unwrap(), text)
}

fn elements<'d>(document: &'d Document<'_>, name: &str) -> Vec<Node<'d, 'd>> {
    document.descendants().filter(|node| node.has_tag_name(name)).collect()
}

#[test]
fn junit_report_has_a_failure_for_each_broken_promise() {
    let server = wrong();
    let (code, text) = report(&server, "junit", &[]);
    let document = Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!((code, root.tag_name().name()), (1, "testsuites"));
    let failures = elements(&document, "failure");
    assert!(!failures.is_empty());
    assert_eq!(root.attribute("failures"), Some(failures.len().to_string().as_str()));
    let message = failures[0].attribute("message").unwrap();
    assert!(
        message.contains("https://app.example.com%0A::error::\\x3C![CDATA[") && message.contains("\\x1B"),
        "{message}"
    );
    let suites = elements(&document, "testsuite");
    assert_eq!(suites[0].attribute("name"), Some(server.url("/things").as_str()));
    // What was asked and is right is there too.
    assert!(elements(&document, "testcase").len() > failures.len(), "{text}");
}

#[test]
fn incomplete_run_is_an_error_in_every_form() {
    let server = wrong();
    let few = ["--max-requests", "1"];
    let (code, text) = report(&server, "junit", &few);
    let document = Document::parse(&text).unwrap();
    let error = elements(&document, "error")[0].attribute("message").unwrap();
    assert!(code != 0 && error.starts_with("tried 1 of "), "{error}");
    let sarif: Sarif = serde_json::from_str(&report(&server, "sarif", &few).1).unwrap();
    let invocations = sarif.runs[0].invocations.as_ref().unwrap();
    assert!(!invocations[0].execution_successful);
    assert!(report(&server, "github", &few).1.contains("incomplete::tried 1 of "));
    assert_eq!(server.heads().len(), 3);
}

#[test]
fn sarif_report_names_rules_places_and_fingerprints() {
    let server = wrong();
    let (code, text) = report(&server, "sarif", &[]);
    let sarif: Sarif = serde_json::from_str(&text).unwrap();
    let run = &sarif.runs[0];
    assert_eq!((code, run.tool.driver.name.as_str()), (1, "corsac verify"));
    let rules = run.tool.driver.rules.as_ref().unwrap();
    let results = run.results.as_ref().unwrap();
    assert!(results.iter().any(|result| result.level == Some(ResultLevel::Error)));
    for result in results {
        let at = usize::try_from(result.rule_index.unwrap()).unwrap();
        assert_eq!(Some(&rules[at].id), result.rule_id.as_ref());
        let place = result.locations.as_ref().unwrap()[0].physical_location.as_ref().unwrap();
        let uri = place.artifact_location.as_ref().unwrap().uri.as_ref().unwrap();
        assert!(uri.ends_with("50%20%25%20of%2Call%3A%20%22a%26b%22.toml"), "{uri}");
        assert!(result.partial_fingerprints.as_ref().unwrap().contains_key("corsac/v1"));
    }
}

#[test]
fn annotations_are_one_command_a_line() {
    let (code, text) = report(&wrong(), "github", &[]);
    assert_eq!(code, 1);
    assert!(text.lines().count() > 0);
    for line in text.lines() {
        let (properties, message) = line.strip_prefix("::").and_then(|rest| rest.split_once("::")).unwrap();
        let (level, properties) = properties.split_once(' ').unwrap();
        assert!(["error", "warning"].contains(&level), "{line}");
        let names: Vec<&str> = properties.split(',').map(|property| property.split_once('=').unwrap().0).collect();
        assert_eq!(names, ["file", "title"], "{line}");
        assert!(!message.contains("%0A::error::") || message.contains("%250A::error::"), "{line}");
    }
}

#[test]
fn audit_reports_in_the_same_forms() {
    let server = Server::start(|head| {
        let origin =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("origin: ").map(str::to_owned));
        let line = format!("Access-Control-Allow-Origin: {}", origin.unwrap_or_default());
        response("200 OK", &[&line, "Vary: Origin"])
    });
    let audit = |form: &str| {
        let output = program().arg("audit").arg(server.url("/things")).args(["--format", form]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let text = audit("junit");
    assert!(!elements(&Document::parse(&text).unwrap(), "failure").is_empty());
    let sarif: Sarif = serde_json::from_str(&audit("sarif")).unwrap();
    assert_eq!(sarif.runs[0].tool.driver.name, "corsac audit");
    // There is no policy file, so the place is the URL.
    assert!(audit("github").starts_with("::error title=corsac audit%3A origin-reflected::http://127.0.0.1:"));
}
