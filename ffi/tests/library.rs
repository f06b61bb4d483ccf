//! The release libraries as they are linked: they export the functions of `corsac.h`, and import the five functions that every Rust program
//! takes from its environment. No `abort`: no panic can be reached. No `malloc`: nothing is allocated.
#![cfg(all(target_os = "linux", target_pointer_width = "64"))]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW, Symbol};

/// The functions that rustc itself can call on any target.
const ENVIRONMENT: &[&str] = &["bcmp", "memcmp", "memcpy", "memmove", "memset"];

/// What is built: the library as it is installed, one without any feature, and one that must be refused (`artifact/src/refused.rs`).
#[derive(Clone, Copy)]
enum Kind {
    Whole,
    Plain,
    Refused,
}

/// The shared library, built once for all tests.
fn library(kind: Kind) -> &'static Path {
    static BUILT: [OnceLock<PathBuf>; 3] = [const { OnceLock::new() }; 3];
    BUILT[kind as usize].get_or_init(|| {
        let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("artifact");
        let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (target, options): (_, &[&str]) = match kind {
            // The directory of `make c-library`.
            Kind::Whole => (project.join("target"), &[]),
            Kind::Plain => (scratch.join("plain"), &["--no-default-features"]),
            Kind::Refused => (scratch.join("refused"), &["--no-default-features", "--", "--cfg", "refused"]),
        };
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["rustc", "--lib", "--release", "--locked", "--manifest-path"]).arg(project.join("Cargo.toml"));
        cargo.arg("--target-dir").arg(&target).args(options);
        // Not the profile of this test.
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            cargo.env_remove(name);
        }
        succeeded(cargo.output().expect("cargo runs"));
        target.join("release/libcorsac.so")
    })
}

fn succeeded(output: Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it is text")
}

/// The output of a tool of binutils for a library, or `None` if the tool is missing.
fn tool(name: &str, options: &[&str], library: &Path) -> Option<String> {
    if Command::new(name).arg("--version").output().is_err() {
        let missing = format!("`{name}` is missing: install it with `apt-get install binutils`");
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        eprintln!("skipped: {missing}");
        return None;
    }
    Some(succeeded(Command::new(name).args(options).arg(library).output().expect("it runs")))
}

/// `                 U memcpy@GLIBC_2.14`: the strong ones; a weak one (`w`) may stay unresolved.
fn symbols(options: &[&str], library: &Path) -> Option<BTreeSet<String>> {
    let strong = |line: &str| {
        let mut words = line.split_whitespace().rev();
        let (name, kind) = (words.next()?, words.next()?);
        (!matches!(kind, "w" | "v")).then(|| name.split('@').next().unwrap_or(name).to_owned())
    };
    tool("nm", options, library).map(|listing| listing.lines().filter_map(strong).collect())
}

fn imports(kind: Kind) -> Option<BTreeSet<String>> {
    symbols(&["--dynamic", "--undefined-only"], library(kind))
}

fn exports(kind: Kind) -> Option<BTreeSet<String>> {
    symbols(&["--dynamic", "--defined-only"], library(kind))
}

/// The functions that only a library with the feature `toml` or `delivery` has.
const OF_FEATURES: [&str; 7] = [
    "corsac_policy_parse",
    "corsac_policy_set_parse",
    "corsac_policy_text",
    "corsac_policy_set_text",
    "corsac_network_init",
    "corsac_deliver",
    "corsac_decode_delivery",
];

/// The functions of a library that `corsac.h` declares: `corsac_name(` outside of comments; a type has `(*corsac_name)(`.
fn declared(kind: Kind) -> BTreeSet<String> {
    // The text between comments.
    let code = include_str!("../../include/corsac.h").split("*/").filter_map(|part| part.split("/*").next());
    let last = code.flat_map(str::lines).filter_map(|line| line.split_once('(')?.0.rsplit([' ', '*']).next());
    let names = last.filter(|name| name.starts_with("corsac_"));
    names.filter(|name| matches!(kind, Kind::Whole) || !OF_FEATURES.contains(name)).map(str::to_owned).collect()
}

fn foreign(names: &BTreeSet<String>) -> Vec<&str> {
    names.iter().map(String::as_str).filter(|name| !ENVIRONMENT.contains(name)).collect()
}

#[test]
fn exports_are_the_functions_of_the_header() {
    for kind in [Kind::Whole, Kind::Plain] {
        let Some(exports) = exports(kind) else { return };
        assert_eq!(exports, declared(kind));
    }
}

#[test]
fn imports_are_five_functions_over_memory() {
    for kind in [Kind::Whole, Kind::Plain] {
        let Some(imports) = imports(kind) else { return };
        assert!(imports.contains("memcpy"), "no imports are seen: {imports:?}");
        assert_eq!(foreign(&imports), [""; 0]);
    }
}

#[test]
fn a_panic_an_allocation_and_one_more_export_would_show() {
    let (Some(imports), Some(exports)) = (imports(Kind::Refused), exports(Kind::Refused)) else { return };
    assert_eq!(foreign(&imports), ["abort", "corsac_defined_nowhere", "malloc"]);
    assert_eq!(
        exports.difference(&declared(Kind::Refused)).collect::<Vec<_>>(),
        ["corsac_refused_allocation", "corsac_refused_panic"]
    );
}

#[test]
fn the_archive_defines_no_other_name_for_a_program() {
    let archive = library(Kind::Whole).with_extension("a");
    let Some(listing) = tool("nm", &["--defined-only", "--extern-only"], &archive) else { return };
    // The members one after the other, each under its name. Members of the compiler's own library are linked only where they are needed.
    let ours = listing.split("\n\n").find(|member| member.contains(" T corsac_version")).expect("the library is in it");
    let name = |line: &str| line.split_once(" T ").map(|(_, name)| name.to_owned());
    assert_eq!(ours.lines().filter_map(name).collect::<BTreeSet<_>>(), declared(Kind::Whole));
}

#[test]
fn the_shared_library_has_its_name_and_needs_no_other() {
    let Some(said) = tool("readelf", &["--dynamic", "--wide"], library(Kind::Whole)) else { return };
    let name = format!("Library soname: [libcorsac.so.{}]", corsac_ffi::CORSAC_ABI_VERSION);
    assert!(said.contains(&name) && !said.contains("(NEEDED)"), "{said}");
}

fn load(kind: Kind) -> Result<Library, libloading::Error> {
    // SAFETY: nothing runs when the library is loaded: it has no initialiser.
    unsafe { Library::open(Some(library(kind)), RTLD_NOW | RTLD_LOCAL) }
}

/// As nginx opens a module: every symbol is resolved at once.
#[test]
fn a_running_program_can_load_it() {
    let library = load(Kind::Whole).expect("it can be loaded");
    for name in declared(Kind::Whole) {
        // SAFETY: the symbol is only looked for.
        let found: Result<Symbol<*const ()>, _> = unsafe { library.get(name.as_bytes()) };
        assert!(found.is_ok(), "{name}");
    }
    // SAFETY: the type is that of the header.
    let version: Symbol<extern "C" fn() -> u32> = unsafe { library.get(b"corsac_abi_version") }.expect("it is there");
    assert_eq!(version(), corsac_ffi::CORSAC_ABI_VERSION);
}

#[test]
fn undefined_symbol_would_show() {
    let refused = load(Kind::Refused).expect_err("a symbol is missing").to_string();
    assert!(refused.contains("corsac_defined_nowhere"), "{refused}");
}

/// Bytes of code and constants that the library may have without the public suffix list.
const LIBRARY_MAX: usize = 285_000;
/// The same for the program of the README, which opens an image and evaluates a request.
const PROGRAM_MAX: usize = 80_000;

/// Code and constants; also the numbers of `ffi/README.md`: `cargo test --package corsac-ffi --test library small -- --nocapture`.
fn size(file: &Path) -> Option<usize> {
    let said = tool("size", &[], file)?;
    let size = said.lines().nth(1).and_then(|line| line.split_whitespace().next()).and_then(|size| size.parse().ok());
    let size = size.unwrap_or_else(|| panic!("{said}"));
    println!("{}: {size} bytes of code and constants", file.display());
    Some(size)
}

#[test]
fn library_without_the_list_stays_small() {
    let (Some(plain), Some(whole)) = (size(library(Kind::Plain)), size(library(Kind::Whole))) else { return };
    assert!(plain <= LIBRARY_MAX, "{plain} bytes, more than {LIBRARY_MAX}");
    // The list has a hundred kilobytes, so a library with it fails.
    assert!(whole > LIBRARY_MAX, "the list is not in the library");
}

#[test]
fn program_that_opens_and_evaluates_stays_small() {
    let built = |name, kind| link(name, readme_program(), kind);
    let (Some(plain), Some(whole)) = (built("plain-size", Kind::Plain), built("whole-size", Kind::Whole)) else {
        return;
    };
    let (Some(plain), Some(whole)) = (size(&plain), size(&whole)) else { return };
    assert!(plain <= PROGRAM_MAX, "{plain} bytes, more than {PROGRAM_MAX}");
    // Opening checks wildcards against the list.
    assert!(whole > PROGRAM_MAX, "the list is not in the program");
}

/// Instructions of one preflight for three listed names, from `corsac_request_init` to the decision: about 1 000 if the engine is compiled
/// for speed, and twice as many if it is compiled for size. Another rustc can need a few more.
const PREFLIGHT_MAX: u64 = 1_400;

#[test]
fn what_runs_for_each_request_is_compiled_for_speed() {
    let Some(program) = link("speed", include_str!("library/speed.c"), Kind::Plain) else { return };
    let Some(preflight) = instructions(&program, "preflight") else { return };
    println!("a preflight takes {preflight} instructions");
    assert!(preflight <= PREFLIGHT_MAX, "{preflight} instructions, more than {PREFLIGHT_MAX}");
    // Code that is compiled for size takes more.
    let compiling = instructions(&program, "compile").unwrap_or_default();
    assert!(compiling > PREFLIGHT_MAX, "only {compiling} instructions are counted");
}

/// How much more twice as many lines may take: twice, and a little for the order of the names. The square would be four times.
const GROWTH_MAX: f64 = 2.6;

#[test]
fn browser_model_takes_time_in_proportion_to_the_lines() {
    let Some(program) = link("cost", include_str!("library/cost.c"), Kind::Plain) else { return };
    for kind in ["refused", "allowed", "one", "no-cors", "exposed"] {
        let counts = [64, 128, 256].map(|lines: u64| collected(&program, &[kind, &lines.to_string()]));
        let [Some(few), Some(more), Some(most)] = counts else { return };
        let growth = (most - more) as f64 / (more - few) as f64;
        println!(
            "{kind}: {few}, {more}, {most} instructions for 64, 128 and 256 lines, {growth:.2} times as many more"
        );
        assert!(growth <= GROWTH_MAX, "{kind}: {few}, {more}, {most} instructions for 64, 128 and 256 lines");
    }
}

/// Instructions of one turn: the difference of two runs under callgrind. `None` if valgrind is missing.
fn instructions(program: &Path, what: &str) -> Option<u64> {
    let count = |turns: u64| collected(program, &[what, &turns.to_string()]);
    Some((count(3_000)? - count(1_000)?) / 2_000)
}

/// Instructions of one run under callgrind. `None`: there is no valgrind.
fn collected(program: &Path, arguments: &[&str]) -> Option<u64> {
    if Command::new("valgrind").arg("--version").output().is_err() {
        let missing = "`valgrind` is missing: install it with `apt-get install valgrind`";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        eprintln!("skipped: {missing}");
        return None;
    }
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]).arg(program);
    let output = valgrind.args(arguments).output().expect("valgrind runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    let count = text.lines().find_map(|line| line.split_once("Collected : ")?.1.trim().parse().ok());
    Some(count.unwrap_or_else(|| panic!("callgrind gives no number: {text}")))
}

/// Compiles a program as C99 and links it with the archive, without the functions that it does not use. `None` if there is no C compiler.
fn link(name: &str, program: &str, kind: Kind) -> Option<PathBuf> {
    if Command::new("cc").arg("--version").output().is_err() {
        let missing = "`cc` is missing: install it with `apt-get install gcc libc6-dev`";
        assert!(env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
        eprintln!("skipped: {missing}");
        return None;
    }
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, built) = (scratch.join(name).with_extension("c"), scratch.join(name));
    fs::write(&source, program).expect("the program can be written");
    let mut cc = Command::new("cc");
    cc.args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-Wl,--gc-sections", "-I"]);
    cc.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("../include")).arg(&source);
    cc.arg(library(kind).with_extension("a")).arg("-o").arg(&built);
    succeeded(cc.output().expect("it runs"));
    Some(built)
}

/// Runs a program with the library and returns its output.
fn run(name: &str, program: &str, argument: &Path) -> Option<String> {
    let built = link(name, program, Kind::Whole)?;
    Some(succeeded(Command::new(built).arg(argument).output().expect("it runs")))
}

#[test]
fn the_program_of_the_header_runs() {
    let first = include_str!("../../include/corsac.h").split("*/").next().unwrap_or_default();
    let program = first.lines().filter_map(|line| line.strip_prefix(" *    ")).collect::<Vec<_>>().join("\n");
    let Some(said) = run("header", &program, Path::new("")) else { return };
    let wanted = "204\n\
        Access-Control-Allow-Origin: https://preview-7.example.com\n\
        Access-Control-Allow-Methods: GET, HEAD, POST\n\
        Access-Control-Max-Age: 600\n\
        Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\n";
    assert_eq!(said, wanted);
}

/// The program of the README: it opens an image and evaluates a request.
fn readme_program() -> &'static str {
    let readme = include_str!("../README.md");
    readme.split("```c\n").nth(1).and_then(|rest| rest.split("```").next()).expect("it has one")
}

#[test]
fn the_program_of_the_readme_runs() {
    let spec = corsac::PolicySpec { allow_credentials: true, ..corsac::PolicySpec::new(&["https://app.example.com"]) };
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).expect("it compiles");
    let image = Path::new(env!("CARGO_TARGET_TMPDIR")).join("readme.image");
    fs::write(&image, policy.image()).expect("the image can be written");
    let Some(said) = run("readme", readme_program(), &image) else { return };
    let wanted = "Vary: Accept\n\
        Access-Control-Allow-Origin: https://app.example.com\n\
        Access-Control-Allow-Credentials: true\n\
        Vary: Origin\n";
    assert_eq!(said, wanted);
}
