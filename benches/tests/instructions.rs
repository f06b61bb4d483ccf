//! How many instructions the key cases and the finds of the search take. Callgrind counts them, so
//! that noise does not matter.
//!
//! They are compared with the record for this rustc, a file in `instructions/` that `make
//! instructions` writes. What is promised of the finds needs no record.

use std::collections::BTreeMap;
use std::env;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use corsac_benches::attack::FOUND;
use corsac_benches::{Case, Hostile};

/// A count may differ so much from the record.
const PERCENT: u64 = 5;

/// The 250 ns that a request may take beyond twice the dearest honest one, in instructions: at 3
/// GHz and 2.7 instructions a cycle. The engine's code takes more of them a cycle, so that this is
/// the stricter bound.
const ALLOWANCE: u64 = 2_000;

const KEY: [Case; 8] = [
    Case::Plain,
    Case::Actual,
    Case::ActualDenied,
    Case::Preflight0,
    Case::Preflight3,
    Case::Preflight3Wildcard,
    Case::DeniedHeader,
    Case::Hostile(Hostile::Commas),
];

/// What is counted at a path of a policy set, too.
const KEY_AT_A_PATH: [Case; 2] = [Case::Plain, Case::Preflight3];

/// Instructions a decision, by the case's name.
type Counts = BTreeMap<String, u64>;

#[test]
fn key_cases_take_no_more_instructions_than_recorded() {
    if !is_valgrind_there() {
        return;
    }
    let (version, host) = compiler();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("instructions").join(format!("{version}.toml"));
    let mut records = read(&file);
    if env::var_os("RECORD_INSTRUCTIONS").is_some() {
        records.insert(host, count());
        std::fs::write(&file, write(&records)).expect("the record is written");
        return;
    }
    let Some(recorded) = records.get(&host) else {
        say(&format!(
            "skipped: no record for rustc {version} on {host}: `make instructions` writes one, from counts that are right"
        ));
        return;
    };
    let (losses, gains) = compare(recorded, &count());
    gains.iter().for_each(|gain| say(gain));
    assert!(losses.is_empty(), "{}", losses.join("\n"));
}

#[test]
fn dearest_requests_take_at_most_twice_the_honest_ones() {
    if !is_valgrind_there() {
        return;
    }
    let counts =
        FOUND.iter().map(|find| (find.name, count_find("dearest", find.name), count_find("honest", find.name)));
    let broken: Vec<String> = counts.filter_map(|(name, dearest, honest)| exceeds(name, dearest, honest)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn a_request_that_takes_more_than_promised_is_named() {
    assert_eq!(exceeds("kept", 2 * 700 + ALLOWANCE, 700), None);
    let broken = "broken: 3401 instructions, more than twice the 700 of the honest request and 2000";
    assert_eq!(exceeds("broken", 2 * 700 + ALLOWANCE + 1, 700), Some(broken.to_owned()));
}

fn exceeds(name: &str, dearest: u64, honest: u64) -> Option<String> {
    (dearest > 2 * honest + ALLOWANCE).then(|| {
        format!("{name}: {dearest} instructions, more than twice the {honest} of the honest request and {ALLOWANCE}")
    })
}

#[test]
fn would_name_the_case_that_takes_more() {
    let recorded = Counts::from([("plain".to_owned(), 100), ("actual allowed".to_owned(), 100)]);
    let counted = Counts::from([("plain".to_owned(), 105), ("actual allowed".to_owned(), 106)]);
    let loss = "actual allowed: 106 instructions a decision, 100 are recorded (+6.0 %, the bound is 5 %): \
                take them out again, or say why and record them with `make instructions`";
    assert_eq!(compare(&recorded, &counted), (vec![loss.to_owned()], vec![]));
}

#[test]
fn would_ask_for_a_record_that_is_out_of_date() {
    let recorded = Counts::from([("plain".to_owned(), 100), ("gone".to_owned(), 100)]);
    let counted = Counts::from([("plain".to_owned(), 90), ("new".to_owned(), 100)]);
    let again = "the records name other cases than are counted: write them anew with `make instructions`";
    let gain = "plain: 90 instructions a decision, 100 are recorded (-10.0 %, the bound is 5 %): \
                keep the gain, record it with `make instructions`";
    assert_eq!(compare(&recorded, &counted), (vec![again.to_owned()], vec![gain.to_owned()]));
}

#[test]
fn would_count_work_that_is_added() {
    if !is_valgrind_there() {
        return;
    }
    let [less, more] =
        [Case::Preflight0, Case::Preflight1].map(|case| Counts::from([("same".to_owned(), count_case(case.name()))]));
    let (losses, _) = compare(&less, &more);
    assert!(losses.concat().starts_with("same: "), "{less:?} {more:?} {losses:?}");
}

/// What got worse, and what got better, by more than the bound.
fn compare(recorded: &Counts, counted: &Counts) -> (Vec<String>, Vec<String>) {
    let (mut losses, mut gains) = (Vec::new(), Vec::new());
    if !recorded.keys().eq(counted.keys()) {
        losses
            .push("the records name other cases than are counted: write them anew with `make instructions`".to_owned());
    }
    for (name, is) in counted {
        let Some(was) = recorded.get(name) else { continue };
        let change = (*is as f64 / *was as f64 - 1.0) * 100.0;
        let numbers = format!(
            "{name}: {is} instructions a decision, {was} are recorded ({change:+.1} %, the bound is {PERCENT} %)"
        );
        if is * 100 > was * (100 + PERCENT) {
            losses.push(format!("{numbers}: take them out again, or say why and record them with `make instructions`"));
        } else if is * 100 < was * (100 - PERCENT) {
            gains.push(format!("{numbers}: keep the gain, record it with `make instructions`"));
        }
    }
    (losses, gains)
}

fn count() -> Counts {
    let names = KEY.map(|case| case.name().to_owned()).into_iter();
    let names = names.chain(KEY_AT_A_PATH.map(|case| format!("at a path: {}", case.name())));
    let mut counts: Counts = names.map(|name| (name.clone(), count_case(&name))).collect();
    for find in &FOUND {
        for kind in ["dearest", "honest"] {
            counts.insert(format!("{kind}: {}", find.name), count_find(kind, find.name));
        }
    }
    counts
}

fn count_case(name: &str) -> u64 {
    difference(name, 1_000, 3_000)
}

/// Fewer times, because a find takes up to a hundred times as much as a key case.
fn count_find(kind: &str, name: &str) -> u64 {
    static COUNTS: Mutex<Counts> = Mutex::new(Counts::new());
    let name = format!("{kind}: {name}");
    // Two tests ask for it.
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry(name.clone()).or_insert_with(|| difference(&name, 100, 300))
}

/// The difference of two runs, so that neither the start nor the compiling of the policy counts.
fn difference(name: &str, few: u64, many: u64) -> u64 {
    let [less, more] = [few, many].map(|times| callgrind(build(), name, times));
    (more - less) / (many - few)
}

fn callgrind(binary: &Path, name: &str, times: u64) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(binary)
        .args([name, &times.to_string()])
        .output()
        .expect("valgrind runs");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {text}");
    let collected = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    collected.unwrap_or_else(|| panic!("callgrind gives no number: {text}"))
}

/// The binary in the release profile, whatever this test was built with.
fn build() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(build_once)
}

fn build_once() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("key-case");
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--package", "corsac-benches", "--bin", "key-case", "--target-dir"])
        .arg(&target)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        // Another target CPU, or a wrapper that instruments, would be another count.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("RUSTC_WRAPPER")
        .env_remove("CARGO_BUILD_TARGET")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    target.join("release/key-case")
}

fn is_valgrind_there() -> bool {
    if Command::new("valgrind").arg("--version").output().is_ok() {
        return true;
    }
    let missing = "`valgrind` is missing: install it with `apt-get install valgrind`";
    assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
    say(&format!("skipped: {missing}"));
    false
}

/// To the terminal itself: the words of a test that passes are not shown.
fn say(text: &str) {
    let _ = writeln!(stderr(), "instructions: {text}");
}

/// Version and host of the rustc that cargo uses.
fn compiler() -> (String, String) {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output().expect("rustc runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let value = |name: &str| {
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        value.unwrap_or_else(|| panic!("rustc tells no {name}: {text}")).to_owned()
    };
    (value("release"), value("host"))
}

/// The records of a version, by host; none where there is no file yet.
fn read(file: &Path) -> BTreeMap<String, Counts> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    toml::from_str(&text).unwrap_or_else(|err| panic!("{}: {err}", file.display()))
}

fn write(records: &BTreeMap<String, Counts>) -> String {
    let records = toml::to_string(records).expect("names and numbers can be written");
    format!("# Instructions a decision. Written by `make instructions`.\n\n{records}")
}
