//! `corsac explain CODE`: what a code means, also as it is pasted, and what happens with a code that does not exist.

mod run;

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use run::{code, corsac, err, out};

#[test]
fn a_code_is_explained() {
    let output = corsac(&["explain", "options-not-routed"], "");
    let text = out(&output);
    assert_eq!(code(&output), 0);
    assert!(text.starts_with("options-not-routed: the likely mistake behind a blocked request\n\n"), "{text}");
    for part in ["\nWhy\n", "\nFix\n", "\nFix: fastapi\n", "\nFix: nginx\n", "\nExample\n"] {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
    assert!(!text.contains("```"), "{text}");
}

#[test]
fn a_stack_shows_its_own_fix_alone() {
    let text = out(&corsac(&["explain", "options-not-routed", "--stack", "fastapi"], ""));
    assert!(text.contains("\nFix: fastapi\n") && !text.contains("\nFix: nginx\n"), "{text}");
}

#[test]
fn a_pasted_pair_is_explained() {
    for pasted in [
        &["explain", "[acao-missing: options-not-routed]"][..],
        &["explain", "[acao-missing:", "options-not-routed]"],
        &["explain", "acao-missing", "options-not-routed"],
    ] {
        let output = corsac(pasted, "");
        let text = out(&output);
        assert_eq!(code(&output), 0, "{pasted:?}");
        assert!(text.starts_with("acao-missing: why a browser blocks a request\n"), "{text}");
        assert!(text.contains("\noptions-not-routed: "), "{text}");
    }
    let text = out(&corsac(&["explain", "error[trailing-slash]"], ""));
    assert!(text.contains("\ntrailing-slash: what corsac check finds in a policy\n"), "{text}");
}

#[test]
fn a_blocked_code_shows_what_the_consoles_say() {
    let text = out(&corsac(&["explain", "acao-missing"], ""));
    assert!(text.contains("No 'Access-Control-Allow-Origin' header is present"), "{text}");
    assert!(text.contains("CORS header ‘Access-Control-Allow-Origin’ missing"), "{text}");
}

#[test]
fn an_unknown_code_gets_the_nearest_one() {
    for (wrong, said) in [
        ("acao-is-missing", "did you mean acao-missing?"),
        ("origin-is-not-allowed", "did you mean origin-not-allowed?"),
        ("[acao-missing: options-not-rooted]", "did you mean options-not-routed?"),
        ("qqqq", "such as acao-missing"),
    ] {
        let output = corsac(&["explain", wrong], "");
        assert_eq!(code(&output), 2, "{wrong}");
        assert!(err(&output).contains(said), "{}", err(&output));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_known_code_wins_over_a_file() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("explain-code");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("acao-missing"), "not a capture").unwrap();
    fs::write(folder.join("capture"), "not a capture").unwrap();
    let run = |argument: &str| {
        Command::cargo_bin("corsac").unwrap().current_dir(&folder).args(["explain", argument]).output().unwrap()
    };
    assert_eq!(code(&run("acao-missing")), 0);
    assert_eq!(code(&run("./acao-missing")), 2);
    // A file whose name could be a code is read.
    assert!(!err(&run("capture")).contains("is not a code"), "{}", err(&run("capture")));
}

#[test]
fn a_code_is_explained_as_json() {
    let output = corsac(&["explain", "acao-missing", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((json[0]["code"].as_str(), json[0]["kind"].as_str()), (Some("acao-missing"), Some("blocked")));
    assert_eq!(json[0]["console"][0]["browser"], "Chromium");
    let output = corsac(&["explain", "./acao-missing", "--format", "json"], "");
    assert_eq!(code(&output), 2);
    assert!(err(&output).contains("cannot read ./acao-missing"), "{}", err(&output));
    // A code of another product's configuration.
    let output = corsac(&["explain", "dead-entry", "--format", "json"], "");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json[0]["kind"], "dialect");
}
