//! Tests that no panic can be reached and nothing is imported: a freestanding build of the engine
//! leaves only the five symbols undefined that every Rust program takes from its environment.

use std::collections::BTreeSet;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The functions that rustc itself may call on any target.
const ENVIRONMENT: &[&str] = &["bcmp", "memcmp", "memcpy", "memmove", "memset"];

/// What the panic handler calls; see `freestanding/src/lib.rs`.
const PANIC: &str = "corsac_panic_is_reachable";

/// The symbols that the library leaves undefined if it is built with `features`. `None`: this
/// cannot be found out here.
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
    // Each set of features has a directory of its own, because cargo gives their libraries one name.
    let target = target(features);
    let library = target.join("release/libfreestanding.so");
    // No C runtime is linked into the library. The build scripts of its dependencies keep theirs.
    let link = ["--", "-C", "link-arg=-nostdlib", "-C", "link-arg=-nostartfiles"];
    let output = cargo("rustc", features, &target).arg("--release").args(link).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = Command::new("nm").args(["--dynamic", "--undefined-only"]).arg(&library).output().expect("nm runs");
    assert!(output.status.success(), "nm: {}", String::from_utf8_lossy(&output.stderr));
    let listing = String::from_utf8(output.stdout).expect("symbols are text");
    Some(listing.lines().filter_map(strong).collect())
}

/// A strong undefined symbol, in a line such as ` U memcpy@GLIBC_2.14`. Weak ones (`w`) may stay
/// unresolved.
fn strong(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (kind, name) = (words.next()?, words.next()?);
    let name = name.split('@').next()?;
    (kind == "U").then(|| name.to_owned())
}

/// The errors of rustc for the library with `features`. Empty if there are none.
fn refused(features: &str) -> String {
    let output = cargo("check", features, &target("checked")).arg("--release").output().expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { String::new() } else { said.into_owned() }
}

/// A directory below the target directory of the tests.
fn target(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("freestanding-{name}"))
}

fn cargo(command: &str, features: &str, target: &Path) -> Command {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/freestanding");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args([command, "--lib", "--locked", "--features", features])
        .arg("--manifest-path")
        .arg(project.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(target)
        // Only the library's own profile may count.
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
fn no_panic_shows_a_reachable_panic_and_an_import() {
    let Some(symbols) = undefined("panicking,importing") else { return };
    assert!(symbols.contains(PANIC) && symbols.contains("getpid"), "{symbols:?}");
}

/// The library's panic handler is the only one. Linking `std` would add a second one and fail.
#[test]
fn no_std_holds_without_an_allocator() {
    assert_eq!(refused("public-suffix,toml"), "");
}

#[test]
fn no_std_holds_with_an_allocator() {
    assert_eq!(refused("public-suffix,owned"), "");
}

#[test]
fn no_std_would_show_the_standard_library_with_an_allocator() {
    let said = refused("owned,std");
    assert!(said.contains("found duplicate lang item `panic_impl`") && said.contains("`std`"), "{said}");
}

#[test]
fn no_std_would_show_the_standard_library() {
    let said = refused("toml,std");
    assert!(said.contains("found duplicate lang item `panic_impl`") && said.contains("`std`"), "{said}");
}

#[test]
fn no_std_would_show_an_allocator() {
    let said = refused("toml,alloc");
    assert!(said.contains("no global memory allocator found"), "{said}");
}
