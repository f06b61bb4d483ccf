//! Counts with callgrind how many instructions the key cases and the finds of the search take. Unlike
//! times, counts have no noise.
//!
//! They are compared with the record for this rustc, a file in `instructions/` that `make
//! instructions` writes. The promise about the finds needs no record.

use std::collections::BTreeMap;
use std::env;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use corsac_benches::attack::FOUND;
use corsac_benches::{Case, Growth, Hostile};

/// By how many percent a count may differ from the record. `memcpy` and `memcmp` are counted, too, and
/// another C library changes the counts by a few percent.
const PERCENT: u64 = 5;

/// The 250 ns that a request may take in addition to twice the costliest honest one, as instructions
/// at 3 GHz and 2.7 instructions per cycle. The engine's code does more per cycle, so this bound is
/// the stricter one.
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

/// The cases that are also counted at a path of a policy set.
const KEY_AT_A_PATH: [Case; 2] = [Case::Plain, Case::Preflight3];

/// Compiling a policy, which also guards the goal for a million origins.
const COMPILING: &str = "compiling 10000 origins";

/// Instructions per decision, by the name of the case.
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
            "skipped: there is no record for rustc {version} on {host}: `make instructions` writes one, from the counts of the code as it is"
        ));
        return;
    };
    let (losses, gains) = compare(recorded, &count());
    gains.iter().for_each(|gain| say(gain));
    assert!(losses.is_empty(), "{}", losses.join("\n"));
}

#[test]
fn costliest_requests_take_at_most_twice_the_honest_ones() {
    if !is_valgrind_there() {
        return;
    }
    let counts =
        FOUND.iter().map(|find| (find.name, count_find("costliest", find.name), count_find("honest", find.name)));
    let broken: Vec<String> = counts.filter_map(|(name, costliest, honest)| exceeds(name, costliest, honest)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn request_above_the_promised_cost_is_named() {
    assert_eq!(exceeds("kept", 2 * 700 + ALLOWANCE, 700), None);
    let broken = "broken: 3401 instructions, more than twice the 700 of the honest request and 2000";
    assert_eq!(exceeds("broken", 2 * 700 + ALLOWANCE + 1, 700), Some(broken.to_owned()));
}

fn exceeds(name: &str, costliest: u64, honest: u64) -> Option<String> {
    (costliest > 2 * honest + ALLOWANCE).then(|| {
        format!("{name}: {costliest} instructions, more than twice the {honest} of the honest request and {ALLOWANCE}")
    })
}

/// Twice as many headers may take this many times the instructions, in hundredths: the names are sorted, which
/// takes a little more than twice as many. A square would take four times as many.
const DOUBLED: u64 = 260;

#[test]
fn model_takes_no_square_of_the_headers() {
    if !is_valgrind_there() {
        return;
    }
    let count = |growth: Growth, headers| callgrind(build(), &format!("growth: {}", growth.name()), headers);
    let broken: Vec<String> = Growth::ALL
        .into_iter()
        .filter_map(|growth| grows(growth.name(), [250, 500, 1000, 2000].map(|headers| count(growth, headers))))
        .collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn growth_with_the_square_is_named() {
    assert_eq!(grows("kept", [250, 500, 1_100, 2_500]), None);
    assert_eq!(grows("broken", [10, 20, 80, 160]).unwrap(), "broken: 80 instructions for twice the headers of 20");
}

fn grows(name: &str, counts: [u64; 4]) -> Option<String> {
    let is_broken = |pair: &[u64]| pair[1] * 100 > pair[0] * DOUBLED;
    let pair = counts.windows(2).find(|pair| is_broken(pair))?;
    Some(format!("{name}: {} instructions for twice the headers of {}", pair[1], pair[0]))
}

#[test]
fn case_above_its_record_is_named() {
    let recorded = Counts::from([("plain".to_owned(), 100), ("actual allowed".to_owned(), 100)]);
    let counted = Counts::from([("plain".to_owned(), 105), ("actual allowed".to_owned(), 106)]);
    let loss = "actual allowed: 106 instructions per decision, 100 are recorded (+6.0 %, the bound is 5 %): \
                remove them again, or explain them and record them with `make instructions`";
    assert_eq!(compare(&recorded, &counted), (vec![loss.to_owned()], vec![]));
}

#[test]
fn outdated_record_is_named() {
    let recorded = Counts::from([("plain".to_owned(), 100), ("gone".to_owned(), 100)]);
    let counted = Counts::from([("plain".to_owned(), 90), ("new".to_owned(), 100)]);
    let outdated = "the record has other cases than were counted: write it again with `make instructions`";
    let gain = "plain: 90 instructions per decision, 100 are recorded (-10.0 %, the bound is 5 %): \
                record the gain with `make instructions`";
    assert_eq!(compare(&recorded, &counted), (vec![outdated.to_owned()], vec![gain.to_owned()]));
}

#[test]
fn added_work_is_counted() {
    if !is_valgrind_there() {
        return;
    }
    let [less, more] =
        [Case::Preflight0, Case::Preflight1].map(|case| Counts::from([("same".to_owned(), count_case(case.name()))]));
    let (losses, _) = compare(&less, &more);
    assert!(losses.concat().starts_with("same: "), "{less:?} {more:?} {losses:?}");
}

/// Returns what got worse and what got better by more than the bound.
fn compare(recorded: &Counts, counted: &Counts) -> (Vec<String>, Vec<String>) {
    let (mut losses, mut gains) = (Vec::new(), Vec::new());
    if !recorded.keys().eq(counted.keys()) {
        losses.push("the record has other cases than were counted: write it again with `make instructions`".to_owned());
    }
    for (name, is) in counted {
        let Some(was) = recorded.get(name) else { continue };
        let change = (*is as f64 / *was as f64 - 1.0) * 100.0;
        let numbers = format!(
            "{name}: {is} instructions per decision, {was} are recorded ({change:+.1} %, the bound is {PERCENT} %)"
        );
        if is * 100 > was * (100 + PERCENT) {
            losses.push(format!(
                "{numbers}: remove them again, or explain them and record them with `make instructions`"
            ));
        } else if is * 100 < was * (100 - PERCENT) {
            gains.push(format!("{numbers}: record the gain with `make instructions`"));
        }
    }
    (losses, gains)
}

fn count() -> Counts {
    let names = KEY.map(|case| case.name().to_owned()).into_iter();
    let names = names.chain(KEY_AT_A_PATH.map(|case| format!("at a path: {}", case.name())));
    let mut counts: Counts = names.map(|name| (name.clone(), count_case(&name))).collect();
    counts.insert(COMPILING.to_owned(), difference(COMPILING, 1, 3));
    for find in &FOUND {
        for kind in ["costliest", "honest"] {
            counts.insert(format!("{kind}: {}", find.name), count_find(kind, find.name));
        }
    }
    counts
}

fn count_case(name: &str) -> u64 {
    difference(name, 1_000, 3_000)
}

/// Counts fewer calls, because a find takes up to a hundred times as long as a key case.
fn count_find(kind: &str, name: &str) -> u64 {
    static COUNTS: Mutex<Counts> = Mutex::new(Counts::new());
    let name = format!("{kind}: {name}");
    // Two tests need the counts.
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    *counts.entry(name.clone()).or_insert_with(|| difference(&name, 100, 300))
}

/// The difference of two runs, so neither starting the program nor compiling the policy counts.
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

/// Builds the binary in the release profile, whatever the profile of this test is.
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
        // Another target CPU or an instrumenting wrapper would change the counts.
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

/// Writes to the terminal itself, because the output of a test that passes is not shown.
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
        value.unwrap_or_else(|| panic!("rustc prints no {name}: {text}")).to_owned()
    };
    (value("release"), value("host"))
}

/// The records of a version, by host. Empty if there is no file yet.
fn read(file: &Path) -> BTreeMap<String, Counts> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    toml::from_str(&text).unwrap_or_else(|err| panic!("{}: {err}", file.display()))
}

fn write(records: &BTreeMap<String, Counts>) -> String {
    let records = toml::to_string(records).expect("names and numbers can be written");
    format!("# Instructions per decision. Written by `make instructions`.\n\n{records}")
}
