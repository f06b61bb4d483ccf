//! What this crate brings along where there is no operating system: the playground and the JavaScript package build it for
//! WebAssembly, within a bound of bytes. `make diagnose-wasm` builds it.

use std::process::Command;

/// Large, or of no use in a page: tables of encodings and of public suffixes, engines of expressions, readers of command lines. The
/// caller lends what stands for them.
const LEFT_OUT: [&str; 8] =
    ["encoding_rs", "regex", "regex-automata", "regex-lite", "psl", "publicsuffix", "clap", "url"];

/// The crates that a build without default features has, each once.
fn crates() -> Vec<String> {
    let output = Command::new(env!("CARGO"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .args(["tree", "--locked", "--offline", "--no-default-features", "--edges", "normal,build", "--prefix", "none"])
        .args(["--target", "wasm32-unknown-unknown", "--format", "{p}"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut names: Vec<String> = text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn crate_is_small_without_its_default_features() {
    let crates = crates();
    assert!(crates.iter().any(|name| name == "serde_json"), "{crates:?}");
    let found: Vec<_> = crates.iter().filter(|name| LEFT_OUT.contains(&name.as_str())).collect();
    assert!(found.is_empty(), "{found:?}");
}
