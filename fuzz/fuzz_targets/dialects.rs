//! Any text is read as each dialect. Whatever is read responds to any of these requests, is judged and imported without a panic, and none of
//! its bytes reaches a terminal unescaped.

#![no_main]

use corsac_diagnose::is_hidden;
use corsac_dialects::{ALL, Reading, Received, Upstream, document, findings, import};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let documents = match document::read(&text) {
        Ok(documents) => documents,
        Err(error) => {
            assert_shown(&error.to_string());
            if let Some(place) = error.place {
                assert!(place.line > 0 && place.column > 0);
            }
            return;
        }
    };
    // Judging one configuration sends hundreds of requests, so only a few are.
    for document in documents.iter().take(2) {
        for dialect in ALL {
            for is_named in [false, true] {
                let how = Reading { is_named, ..Reading::default() };
                for configuration in dialect.read(document, &how).iter().take(2) {
                    let mut upstream = Upstream::default();
                    upstream.headers.push((b"Vary".to_vec(), data.iter().copied().take(20).collect()));
                    for method in ["GET", "OPTIONS"] {
                        let name = |name: &str, value: &[u8]| (name.as_bytes().to_vec(), value.to_vec());
                        let origin = data.rsplit(|&b| b == b'\n').next().unwrap_or_default();
                        let mut headers = vec![name("Origin", origin), name("Access-Control-Request-Method", b"PUT")];
                        headers.push(name("Access-Control-Request-Headers", origin));
                        let sent = configuration.respond(&Received { method: method.into(), headers }, &upstream);
                        assert!(sent.unknown.is_sorted());
                    }
                    if is_named {
                        continue;
                    }
                    for finding in findings(&**configuration) {
                        assert!(finding.place.span.end <= text.len() + 64, "{finding}");
                        assert_shown(&finding.to_string());
                    }
                    if let Ok(imported) = import(&**configuration) {
                        assert_shown(&imported.to_text("a file").replace('\n', " "));
                    }
                }
            }
        }
    }
});

fn assert_shown(text: &str) {
    assert!(!text.chars().any(is_hidden), "{text:?}");
}
