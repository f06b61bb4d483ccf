//! What the commands promise: exit codes, output for people and for machines, and no partial work.

mod run;

use std::fs;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use run::{code, corsac, err, out};

const GOOD: &str = "allow_origins = [\"https://a.example\"]\nallow_methods = [\"GET\", \"PUT\"]\n";

fn file(name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_finding_is_drawn_under_its_own_line() {
    let output = corsac(&["check", "-"], "allow_origin = 1\nallow_origins = [\"https://a.example/\"]\n");
    assert_eq!(code(&output), 1);
    let mut says = String::new();
    let refused =
        corsac::PolicySpec::new(&["https://a.example/"]).compile([0; 512], |finding| says = finding.to_string());
    assert!(refused.is_err());
    let expected = format!(
        r#"error[unknown-key]: unknown option "allow_origin"
 --> standard input:1:1
  |
1 | allow_origin = 1
  | ^^^^^^^^^^^^
  |
  = help: did you mean allow_origins?

error[trailing-slash]: {says}
 --> standard input:2:36
  |
2 | allow_origins = ["https://a.example/"]
  |                                    ^
  |
  = help: write "https://a.example"

standard input: 2 errors
"#
    );
    assert_eq!(out(&output), expected);
}

#[test]
fn what_cannot_be_read_ends_with_2_and_says_why() {
    for (args, stdin, said) in [
        (["check", "/nowhere/a.toml"], b"".as_slice(), "cannot read the policy"),
        (["check", "/"], b"", "cannot read the policy"),
        (["check", "-"], b"a = \"\xFF\"", "not UTF-8"),
        (["check", "-"], b"a = [", "not TOML"),
        (["check", "-"], b"\x89corsac\x01broken", "cannot open the image"),
        (["eval", "-"], b"", "cannot both"),
        (["check", "--nonsense"], b"", "unexpected argument"),
    ] {
        let output = corsac(&args, stdin);
        assert_eq!(code(&output), 2, "{args:?}");
        assert!(err(&output).contains(said), "{}", err(&output));
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn wrong_types_ranges_and_keys_are_findings_of_one_run() {
    let policy =
        "allow_origins = [1]\nmax_age = -99999999999999999999\npreflight_status = 7\nallow_credentials = 1\nx = 1\n";
    let output = corsac(&["check", "-", "--format", "json"], policy);
    assert_eq!(code(&output), 1);
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let codes: Vec<_> = json["findings"].as_array().unwrap().iter().map(|f| f["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["wrong-type", "out-of-range", "out-of-range", "wrong-type", "unknown-key"]);
    assert_eq!(json["errors"], 5);
}

#[test]
fn a_million_bad_entries_and_a_long_one_are_abbreviated() {
    let million = format!("allow_origins = [{}]", "\"a\",".repeat(1_000_000));
    let output = corsac(&["check", "-"], million);
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("more that are not shown here") && output.stdout.len() < 100_000);
    let megabyte = format!("allow_origins = [\"https://{}\"]", "a".repeat(1 << 20));
    let output = corsac(&["check", "-"], megabyte);
    assert_eq!(code(&output), 1);
    assert!(output.stdout.len() < 2_000);
}

#[test]
fn a_bad_line_is_named_and_the_rest_goes_on() {
    let policy = file("jsonl.toml", GOOD);
    let lines = "{\"method\":\"GET\",\"headers\":[[\"Origin\",\"\\u00e9\"]]}\nnot json\n{\"method\":\"\u{100}\",\"headers\":[]}\n\n{\"method\":\"GET\",\"headers\":[]}\n";
    let output = corsac(&["eval", policy.to_str().unwrap(), "--jsonl"], lines);
    assert_eq!(code(&output), 2);
    let text = out(&output);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(
        lines[0],
        r#"{"class":"actual","allowed":false,"denial":{"code":"origin-malformed","bytes":"\u00e9"},"status":null,"headers":[["Vary","Origin"]]}"#
    );
    assert!(lines[1].ends_with(",\"line\":2}") && lines[2].ends_with(",\"line\":3}"));
    assert!(lines[3].starts_with("{\"class\":\"plain\",\"allowed\":true"));
}

#[test]
fn stream_is_evaluated_by_line_and_image_equals_file() {
    let policy = file("stream.toml", GOOD);
    let image = policy.with_extension("corsac");
    let (policy, image) = (policy.to_str().unwrap(), image.to_str().unwrap());
    assert_eq!(code(&corsac(&["compile", policy, "-o", image], "")), 0);
    let lines = "{\"method\":\"GET\",\"headers\":[[\"Origin\",\"https://a.example\"]]}\n".repeat(100_000);
    let from_file = corsac(&["eval", policy, "--jsonl"], lines.clone());
    assert_eq!(code(&from_file), 0);
    assert_eq!(from_file.stdout.iter().filter(|&&b| b == b'\n').count(), 100_000);
    assert!(from_file.stdout == corsac(&["eval", image, "--jsonl"], lines).stdout);
}

#[test]
fn pasted_head_is_evaluated_and_denial_ends_with_1() {
    let policy = file("head.toml", GOOD);
    let policy = policy.to_str().unwrap();
    let output = corsac(&["eval", policy], "GET / HTTP/1.1\r\nOrigin: https://a.example\r\n\r\n");
    assert_eq!(code(&output), 0);
    let output = corsac(&["eval", policy], "GET / HTTP/1.1\nOrigin: https://b\u{9b}.example\n");
    assert_eq!(code(&output), 1);
    assert!(out(&output).contains("\\xC2\\x9B") && out(&output).is_ascii());
    assert_eq!(code(&corsac(&["eval", policy], b"\xFF\x00\x1b")), 2);
}

#[test]
fn options_are_asked_as_a_browser_asks() {
    let policy = file("browser.toml", GOOD);
    let policy = policy.to_str().unwrap();
    let eval = |more: &[&str]| corsac(&[&["eval", policy, "--origin", "https://a.example"], more].concat(), "");
    let output = eval(&["--method", "put"]);
    assert!(code(&output) == 0 && out(&output).contains("> Access-Control-Request-Method: PUT\n"));
    assert_eq!(code(&eval(&["--header", "X-A: 1"])), 1);
    assert_eq!(code(&eval(&["--credentials"])), 1);
    for forbidden in [["--method", "TRACE"], ["--header", "Cookie"]] {
        let output = eval(&forbidden);
        assert!(code(&output) == 2 && err(&output).contains("scripts cannot s"));
    }
}

#[test]
fn a_policy_with_errors_leaves_the_target_as_it_was() {
    let target = file("kept.corsac", "old");
    let output = corsac(&["compile", "-", "-o", target.to_str().unwrap()], "allow_origins = [\"a\"]");
    assert!(code(&output) == 1 && err(&output).contains("missing-scheme") && output.stdout.is_empty());
    assert_eq!(fs::read(&target).unwrap(), b"old");
    assert_eq!(code(&corsac(&["compile", "-", "-o", "/nowhere/x"], GOOD)), 2);
}

#[test]
fn control_bytes_and_colours_stay_off_a_pipe() {
    let output = corsac(&["check", "-"], "allow_origins = [\"https://\u{9b}31m\\u001b.example\"] # \u{202e}\n");
    let text = out(&output);
    assert!(!text.contains(['\u{9b}', '\u{1b}', '\u{202e}']) && text.contains("\\u{9b}"));
    let coloured = |no_color: &str| {
        let mut command = Command::cargo_bin("corsac").unwrap();
        command.args(["check", "-"]).env("CLICOLOR_FORCE", "1").env("NO_COLOR", no_color).write_stdin("x = 1");
        command.output().unwrap().stdout.contains(&0x1b)
    };
    assert!(coloured("") && !coloured("1"));
}

#[test]
fn completions_help_and_version_are_written() {
    for (args, said) in [
        (["completions", "bash"], "complete -F"),
        (["manual", "probe"], ".TH corsac-probe 1"),
        (["eval", "--help"], "Examples:"),
        (["--version", ""], "corsac 0."),
    ] {
        let output = corsac(&args, "");
        assert!(code(&output) == 0 && out(&output).contains(said), "{args:?}");
    }
}

#[test]
fn manual_pages_refer_to_pages_that_exist() {
    let page = |args: &[&str]| out(&corsac(args, "")).replace("\\-", "-");
    let main = page(&["manual"]);
    assert!(main.contains(".TH corsac 1"), "{main}");
    for name in ["check", "compile", "eval", "explain", "probe", "mcp", "completions", "manual"] {
        assert!(main.contains(&format!("corsac-{name}(1)")), "{name}");
        assert!(page(&["manual", name]).contains(&format!("corsac {name}")), "{name}");
    }
    let output = corsac(&["manual", "prob"], "");
    assert!(code(&output) == 2 && err(&output).contains("there is no command \"prob\": write one of check,"));
}

#[test]
fn every_example_is_without_findings() {
    for name in ["api", "public", "device", "sets"] {
        let path = format!("{}/../examples/{name}.toml", env!("CARGO_MANIFEST_DIR"));
        let output = corsac(&["check", &path], "");
        assert!(code(&output) == 0 && out(&output).ends_with(": no findings\n"));
    }
}
