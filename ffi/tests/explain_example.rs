//! `examples/c/self_check.c` compiles without a warning, and prints what the browser model says about a policy.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const SAYS: &str = "\
GET
    allowed
PUT
    allowed
DELETE
    response to the preflight: Access-Control-Allow-Methods
    why:
    console: Access to fetch at 'https://api.example.com/things/7' from origin 'https://app.example.com' has been blocked by CORS \
policy: Method DELETE is not allowed by Access-Control-Allow-Methods in preflight response.
    blocked
PUT
    response to the preflight: Access-Control-Allow-Headers
    why:
    console: Access to fetch at 'https://api.example.com/things/7' from origin 'https://app.example.com' has been blocked by CORS \
policy: Request header field x-trace is not allowed by Access-Control-Allow-Headers in preflight response.
    blocked
2 of 4 requests fail
";

/// The output of the program, without the sentences of the browser model.
fn in_short(said: &str) -> String {
    let short = |line: &str| match line.split_once(": ") {
        Some(("    why", _)) => "    why:".to_owned(),
        Some((label @ "    response to the preflight", sentence)) => {
            format!("{label}: {}", sentence.split(' ').next().unwrap_or_default())
        }
        _ => line.to_owned(),
    };
    said.lines().map(|line| short(line) + "\n").collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The static library, built as `make c-library` builds it.
fn library() -> PathBuf {
    let output = Command::new(env!("CARGO"))
        .args(["build", "--release", "--locked", "--manifest-path"])
        .arg(root().join("ffi/artifact/Cargo.toml"))
        // Not the target directory and the profile of this test.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    root().join("ffi/artifact/target/release/libcorsac.a")
}

/// The output of the C compiler for the example, with `more` options.
fn compile(program: &Path, more: &[&str]) -> Output {
    Command::new("cc")
        .args(["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-I"])
        .arg(root().join("include"))
        .args(more)
        .arg(root().join("examples/c/self_check.c"))
        .arg("-o")
        .arg(program)
        .output()
        .expect("cc runs")
}

fn is_here() -> bool {
    let is_here = cfg!(target_os = "linux") && Command::new("cc").arg("--version").output().is_ok();
    let missing = "`cc` is missing: install it with `apt-get install gcc libc6-dev`";
    assert!(is_here || env::var_os("CI").is_none_or(|ci| ci != "true"), "{missing}");
    if !is_here {
        eprintln!("skipped: {missing}");
    }
    is_here
}

#[test]
fn example_prints_what_a_browser_does() {
    if !is_here() {
        return;
    }
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (object, program) = (directory.join("self_check.o"), directory.join("self_check"));
    let compiled = compile(&object, &["-c"]);
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let linked = Command::new("cc").arg(&object).arg(library()).arg("-o").arg(&program).output().expect("cc runs");
    assert!(linked.status.success(), "{}", String::from_utf8_lossy(&linked.stderr));
    let ran = Command::new(&program).output().expect("the example runs");
    assert_eq!((in_short(&String::from_utf8_lossy(&ran.stdout)).as_str(), ran.status.code()), (SAYS, Some(1)));
}

#[test]
fn a_warning_is_an_error() {
    if is_here() {
        let object = Path::new(env!("CARGO_TARGET_TMPDIR")).join("self_check_warned.o");
        // Structs of the header have padding, which is a warning with this option only.
        let compiled = compile(&object, &["-c", "-Wpadded"]);
        assert!(!compiled.status.success() && String::from_utf8_lossy(&compiled.stderr).contains("padding"));
    }
}
