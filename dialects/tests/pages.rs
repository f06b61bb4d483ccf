//! The blocks of `docs/dialects`: each configuration is read as its page's dialect, and the findings are those that the page shows.

use std::fs;
use std::path::Path;

use corsac_dialects::{Finding, Reading, dialect, document, findings, recognise};

#[test]
fn every_block_of_every_page_is_as_shown() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/dialects");
    let mut blocks = 0;
    let mut wrong = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let page = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut last: Option<Vec<Finding>> = None;
        for (language, text) in fences(&fs::read_to_string(&path).unwrap()) {
            blocks += 1;
            match (language.as_str(), &last) {
                ("yaml" | "json", _) => {
                    let documents = document::read(&text).unwrap_or_else(|error| panic!("{page}: {error}\n{text}"));
                    let mut found: Vec<_> = documents.iter().flat_map(recognise).collect();
                    if let ([], Some(dialect)) = (found.as_slice(), dialect(&page)) {
                        // Nothing is this dialect's alone, so its page says to name it.
                        let how = Reading { is_named: true, ..Reading::default() };
                        let named = documents.iter().flat_map(|document| dialect.read(document, &how));
                        found = named.map(|configuration| (dialect, configuration)).collect();
                    }
                    assert!(!found.is_empty(), "{page}: not recognised:\n{text}");
                    for (dialect, _) in &found {
                        assert_eq!(dialect.name(), page, "{text}");
                    }
                    last = Some(found.iter().flat_map(|(_, configuration)| findings(&**configuration)).collect());
                }
                ("text", Some(found)) => {
                    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
                    if lines.join("\n") != text.trim_end() {
                        wrong.push(format!("{page} shows\n{text}and the findings are\n{}", lines.join("\n")));
                    }
                }
                _ => panic!("{page}: a block of {language} that nothing tries"),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(blocks > 0);
}

/// The language and the text of each block.
fn fences(page: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (None, Some((_, text))) => {
                text.push_str(line);
                text.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}
