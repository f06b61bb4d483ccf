//! Writes the vectors, and what the engine makes of them on this machine, in the form that the
//! program contains.

use std::path::{Path, PathBuf};
use std::{env, fs};

extern crate alloc;

#[path = "src/case.rs"]
mod case;
#[path = "src/engine.rs"]
#[expect(dead_code, reason = "only what becomes of a spec is asked here: decisions come from the vectors")]
mod engine;

use case::Case;
use engine::Made;

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo names the package's folder"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names a folder for what is built"));
    let mut cases = read(&here.join("../../../vectors"));
    spoil(&mut cases);
    fs::write(out.join("cases"), postcard::to_allocvec(&cases).expect("the cases can be written")).expect("a file");

    println!("cargo:rerun-if-changed=memory.x");
    println!("cargo:rustc-env=TARGET={}", env::var("TARGET").expect("cargo names the target"));
    if env::var("CARGO_CFG_TARGET_OS").is_ok_and(|os| os == "none") {
        println!("cargo:rustc-link-search={}", here.display());
        println!("cargo:rustc-link-arg-bins=-Tlink.x");
    }
}

fn read(folder: &Path) -> Vec<(String, Case, Made)> {
    println!("cargo:rerun-if-changed={}", folder.display());
    let entries = fs::read_dir(folder).expect("vectors/ is there").map(|entry| entry.expect("readable").path());
    let of_the_engine = |path: &PathBuf| {
        let of_browsers =
            ["browser-cases.json", "browsers.json", "delivery.json"].iter().any(|name| path.ends_with(name));
        path.extension().is_some_and(|extension| extension == "json") && !of_browsers
    };
    let mut files: Vec<_> = entries.filter(of_the_engine).collect();
    files.sort();
    let mut all = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).expect("a vector file can be read");
        let cases: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        all.extend(cases.into_iter().map(|case| {
            let made = engine::make(&case.spec, &mut ());
            (name.to_string(), case, made)
        }));
    }
    all
}

/// For the self-test: changes a decision and an image. The program must report both cases.
fn spoil(cases: &mut [(String, Case, Made)]) {
    println!("cargo:rerun-if-env-changed=CORSAC_SPOIL");
    if env::var_os("CORSAC_SPOIL").is_none() {
        return;
    }
    let mut decided = cases.iter_mut().filter_map(|(_, case, made)| Some((case.decision.as_mut()?, made)));
    let (decision, _) = decided.next().expect("a case with a decision");
    decision.allowed = !decision.allowed;
    let (_, made) = decided.next().expect("another");
    *made.image.last_mut().expect("an image") ^= 1;
}
