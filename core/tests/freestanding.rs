//! No panic can be reached and nothing is imported: the symbols that a freestanding build of the
//! engine leaves undefined are the five that every Rust program takes from its environment.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What rustc itself may call on any target.
const ENVIRONMENT: &[&str] = &["bcmp", "memcmp", "memcpy", "memmove", "memset"];

/// What the panic handler calls; see `freestanding/src/lib.rs`.
const PANIC: &str = "corsac_panic_is_reachable";

/// The symbols that the library leaves undefined, built with `features`; `None`: cannot tell here.
fn undefined(features: &str) -> Option<BTreeSet<String>> {
    if !cfg!(all(target_os = "linux", target_pointer_width = "64")) {
        eprintln!("skipped: the recipe is for 64-bit Linux");
        return None;
    }
    if Command::new("nm").arg("--version").output().is_err() {
        let missing = "`nm` is missing: install it with `apt-get install binutils`";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        eprintln!("skipped: {missing}");
        return None;
    }
    let library = target(features).join("release/libfreestanding.so");
    // No C runtime is linked into the library; the build scripts of its dependencies keep theirs.
    let link = ["--", "-C", "link-arg=-nostdlib", "-C", "link-arg=-nostartfiles"];
    let output = cargo("rustc", features).arg("--release").args(link).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new("nm").args(["--dynamic", "--undefined-only"]).arg(&library).output().expect("nm runs");
    assert!(output.status.success(), "nm: {}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).expect("symbols are text");
    Some(listing.lines().filter_map(strong).collect())
}

/// `                 U memcpy@GLIBC_2.14`: `U` is strong; weak ones (`w`) may stay unresolved.
fn strong(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    let name = name.split('@').next()?;
    (kind == "U").then(|| name.to_owned())
}

/// What rustc refuses in the library with `features`; empty: nothing.
fn refused(features: &str) -> String {
    let output = cargo("check", features).arg("--release").output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { String::new() } else { said.into_owned() }
}

/// Below the tests' own target directory, and one for each set of features: the tests run at once.
fn target(features: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("freestanding-{features}"))
}

fn cargo(command: &str, features: &str) -> Command {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/freestanding");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([command, "--lib", "--locked", "--features", features])
        .arg("--manifest-path")
        .arg(project.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target(features))
        // Only the library's own profile counts.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET");
    cargo
}

#[test]
fn no_panic_imports_nothing_and_reaches_no_panic() {
    let Some(symbols) = undefined("toml") else { return };
    let more: Vec<&String> = symbols.iter().filter(|name| !ENVIRONMENT.contains(&name.as_str())).collect();
    assert!(more.is_empty(), "the freestanding library needs {more:?} besides {ENVIRONMENT:?}");
}

#[test]
fn no_panic_would_show_a_panic_that_can_be_reached_and_an_import() {
    let Some(symbols) = undefined("panicking,importing") else { return };
    assert!(symbols.contains(PANIC) && symbols.contains("getpid"), "{symbols:?}");
}

/// The panic handler of the library is the only one: `std` and whatever links it would bring a
/// second.
#[test]
fn no_std_holds_with_every_feature() {
    assert_eq!(refused("public-suffix,toml"), "");
}

#[test]
fn no_std_would_show_the_standard_library() {
    let said = refused("std");
    assert!(said.contains("found duplicate lang item `panic_impl`") && said.contains("`std`"), "{said}");
}

#[test]
fn no_std_would_show_an_allocator() {
    let said = refused("alloc");
    assert!(said.contains("no global memory allocator found"), "{said}");
}
