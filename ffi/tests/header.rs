//! `include/corsac.h` is what cbindgen writes from this crate. `make header` writes it again.

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
    // Without the blank line that cbindgen begins with, and those of items that it skips.
    let mut lines: Vec<&str> = header.trim_start().lines().collect();
    lines.dedup_by(|line, before| line.is_empty() && before.is_empty());
    with_block_comments(with_enums(&lines)).join("\n") + "\n"
}

/// The text of a comment on a line of its own.
fn comment(line: &str) -> Option<&str> {
    let text = line.trim_start().strip_prefix("//")?;
    assert!(!text.contains("/*") && !text.contains("*/"), "a C89 comment cannot hold this: {text}");
    Some(text)
}

/// Block comments, because C89 has no `//`.
fn with_block_comments(lines: Vec<String>) -> Vec<String> {
    let mut written: Vec<String> = vec![];
    for (at, line) in lines.iter().enumerate() {
        let Some(text) = comment(line) else {
            // `#endif  // __cplusplus`
            written.push(match line.split_once(" // ") {
                Some((code, said)) => format!("{}  /* {said} */", code.trim_end()),
                None => line.clone(),
            });
            continue;
        };
        let indent = &line[..line.len() - line.trim_start().len()];
        let is_comment = |line: Option<&String>| line.is_some_and(|line| comment(line).is_some());
        let (is_first, is_last) = (at == 0 || !is_comment(lines.get(at - 1)), !is_comment(lines.get(at + 1)));
        if is_first && is_last {
            written.push(format!("{indent}/*{text} */"));
            continue;
        }
        if is_first {
            written.push(format!("{indent}/*"));
        }
        written.push(format!("{indent} *{text}"));
        if is_last {
            written.push(format!("{indent} */"));
        }
    }
    written
}

/// The first constant of each group, and the name of the enum that the group becomes. Foreign function interfaces do not see macros.
const ENUMS: [(&str, &str); 23] = [
    ("CORSAC_OK", "corsac_results"),
    ("CORSAC_ERROR", "corsac_severities"),
    ("CORSAC_REQUEST_WORDS", "corsac_request_size"),
    ("CORSAC_PLAIN", "corsac_classes"),
    ("CORSAC_ALLOWED", "corsac_denials"),
    ("CORSAC_HEADERS_MAX", "corsac_limits"),
    ("CORSAC_PATH_POLICIES_WORDS", "corsac_path_policies_size"),
    ("CORSAC_MESSAGE_MAX", "corsac_text_limits"),
    ("CORSAC_VARY_MAX", "corsac_response_limits"),
    ("CORSAC_PROFILE_SPEC", "corsac_profiles"),
    ("CORSAC_CREDENTIALS_OMIT", "corsac_credentials"),
    ("CORSAC_MODE_CORS", "corsac_modes"),
    ("CORSAC_EXPLAIN_LINES_MAX", "corsac_explain_limits"),
    ("CORSAC_VERDICT_ALLOWED", "corsac_verdicts"),
    ("CORSAC_PREFLIGHT_NOT_NEEDED", "corsac_preflight_results"),
    ("CORSAC_NOT_CACHED", "corsac_judgement_limits"),
    ("CORSAC_TAINTING_BASIC", "corsac_taintings"),
    ("CORSAC_PART_RESPONSE", "corsac_parts"),
    ("CORSAC_SPACE_UNKNOWN", "corsac_address_spaces"),
    ("CORSAC_PERMISSION_UNKNOWN", "corsac_permissions"),
    ("CORSAC_CONTEXT_UNKNOWN", "corsac_contexts"),
    ("CORSAC_DELIVERY_OK", "corsac_delivery_verdicts"),
    ("CORSAC_CERTAINTY_CERTAIN", "corsac_certainties"),
];

/// `#define NAME 1` as an enumerator, where the number is an `int`. The version stays a macro, so that `#if` sees it.
fn enumerator(line: &str) -> Option<(&str, &str)> {
    let (name, value) = line.strip_prefix("#define ")?.split_once(' ')?;
    (name != "CORSAC_ABI_VERSION" && value.parse::<i32>().is_ok()).then_some((name, value))
}

/// The lines of the header, with an enum for each group of constants.
fn with_enums(lines: &[&str]) -> Vec<String> {
    let mut written: Vec<String> = vec![];
    let (mut said, mut open) = (vec![], false);
    let close = |written: &mut Vec<String>, open: &mut bool| {
        if std::mem::take(open) {
            while written.last().is_some_and(String::is_empty) {
                written.pop();
            }
            // C89 has no comma behind the last one.
            let last = written.last_mut().expect("an enum has an enumerator");
            last.pop();
            written.extend(["};".to_owned(), String::new()]);
        }
    };
    for line in lines {
        if let Some((name, value)) = enumerator(line) {
            if let Some((_, tag)) = ENUMS.iter().find(|(first, _)| *first == name) {
                close(&mut written, &mut open);
                written.push(format!("enum {tag} {{"));
                open = true;
            }
            assert!(open, "{name} is in no group: add the first of its group to ENUMS");
            written.extend(said.drain(..).map(|line: &str| format!("    {line}")));
            written.push(format!("    {name} = {value},"));
        } else if comment(line).is_some() || (line.is_empty() && open) {
            said.extend((!line.is_empty()).then_some(*line));
        } else {
            close(&mut written, &mut open);
            written.extend(said.drain(..).map(str::to_owned));
            written.push((*line).to_owned());
        }
    }
    written.extend(said.drain(..).map(str::to_owned));
    written
}

/// The first line of `wanted` that is not in `found`.
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
