//! `include/corsac.h` is what cbindgen writes from this crate. `make header` writes it anew.

use std::path::Path;
use std::{env, fs};

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The header of the crate whose sources are in `sources`.
fn generated(sources: &Path) -> String {
    let config = cbindgen::Config::from_file(here().join("cbindgen.toml")).expect("cbindgen.toml is right");
    let bindings = cbindgen::Builder::new().with_config(config).with_src(sources.join("lib.rs")).generate();
    let mut header = vec![];
    bindings.expect("the crate can be read").write(&mut header);
    let header = String::from_utf8(header).expect("a header is text");
    // The blank line that cbindgen begins with, and those that it leaves for what it does not write.
    let mut lines: Vec<&str> = header.trim_start().lines().collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    lines.join("\n") + "\n"
}

/// The first line of `wanted` that does not stand in `found`.
fn difference(found: &str, wanted: &str) -> Option<String> {
    if found == wanted {
        return None;
    }
    let mut pairs = found.lines().map(Some).chain(std::iter::repeat(None)).zip(wanted.lines());
    Some(pairs.find(|(found, wanted)| *found != Some(wanted)).map_or("", |pair| pair.1).to_owned())
}

#[test]
fn the_header_is_what_the_crate_says() {
    let (file, wanted) = (here().join("../include/corsac.h"), generated(&here().join("src")));
    if env::var_os("WRITE_HEADER").is_some() {
        fs::write(&file, &wanted).expect("the header can be written");
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(difference(&found, &wanted), None, "ffi/src says otherwise than include/corsac.h: run `make header`");
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a directory can be made");
    for entry in fs::read_dir(from).expect("the sources are there") {
        let path = entry.expect("the sources can be read").path();
        let copied = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &copied);
        } else {
            fs::copy(&path, &copied).expect("a source can be copied");
        }
    }
}

#[test]
fn one_type_of_one_argument_would_show() {
    let sources = Path::new(env!("CARGO_TARGET_TMPDIR")).join("changed");
    copy(&here().join("src"), &sources);
    let file = sources.join("policy.rs");
    let source = fs::read_to_string(&file).expect("the source is there");
    let changed = source.replacen("size: *mut usize", "size: *mut u32", 1);
    assert_ne!(source, changed);
    fs::write(&file, changed).expect("the copy can be changed");
    let shown = difference(&generated(&here().join("src")), &generated(&sources)).expect("it is another header");
    assert!(shown.contains("corsac_policy_size(") && shown.contains("uint32_t *size"), "{shown}");
}
