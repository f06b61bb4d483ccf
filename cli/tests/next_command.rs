//! Every command that `explain --console` proposes is run against a server that fails as the message says, and shows that failure.

mod server;

use std::fs;
use std::path::Path;

use corsac::browser::BlockedCode;
use corsac_diagnose::console::{Known, Reading, explain};
use server::{Server, program, response};

/// Each reading of a report, with the command that is proposed for it.
fn proposed(pasted: &str) -> Vec<(Reading, String)> {
    let Ok(explained) = explain(pasted, Known::default()) else { return Vec::new() };
    let blocks: Vec<&str> = explained.text.split("\n\n").collect();
    assert_eq!(blocks.len(), explained.readings.len(), "{}", explained.text);
    let command = |block: &str| {
        let line = block.lines().find(|line| line.contains("corsac probe") && line.contains("Next:"))?;
        line.split_once("corsac probe").map(|(_, command)| command.to_owned())
    };
    explained.readings.into_iter().zip(blocks).filter_map(|(reading, block)| Some((reading, command(block)?))).collect()
}

fn value_of<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let line = head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
    line.split_once(':').map(|(_, value)| value.trim())
}

/// The response of a server on `port` that fails as the reading says, and otherwise allows everything.
fn failing(reading: &Reading, head: &str, port: &str) -> Vec<u8> {
    let code = BlockedCode::ALL.iter().find(|code| Some(code.as_str()) == reading.code);
    let is_preflight = value_of(head, "access-control-request-method").is_some();
    let origin = value_of(head, "origin").unwrap_or_default();
    let allow_origin = format!("Access-Control-Allow-Origin: {origin}");
    let methods = format!(
        "Access-Control-Allow-Methods: {}",
        value_of(head, "access-control-request-method").unwrap_or_default()
    );
    let headers = format!(
        "Access-Control-Allow-Headers: {}",
        value_of(head, "access-control-request-headers").unwrap_or_default()
    );
    let all = [allow_origin.as_str(), "Access-Control-Allow-Credentials: true", &methods, &headers];
    let but = |line: &str, other: &str| -> Vec<u8> {
        let lines: Vec<&str> = all.into_iter().filter(|known| !known.starts_with(line)).chain([other]).collect();
        response("200 OK", &lines)
    };
    // The failure may be behind a redirect to another origin.
    let host = value_of(head, "host").unwrap_or_default();
    if reading.redirected_from.is_some() && host.starts_with("127.") && !is_preflight {
        return response("302 Found", &[&format!("Location: http://localhost:{port}/end"), all[0], all[1]]);
    }
    let fails_here = code.is_none_or(|code| code.is_of_preflight()) || reading.part == Some("preflight");
    let is_elsewhere = code.is_some() && fails_here != is_preflight;
    if is_elsewhere {
        return response("200 OK", &all);
    }
    let status = reading.status.map_or_else(|| "200 OK".to_owned(), |status| format!("{status} Whatever"));
    match code {
        Some(BlockedCode::AcaoWildcardWithCredentials) => {
            but("Access-Control-Allow-Origin", "Access-Control-Allow-Origin: *")
        }
        Some(BlockedCode::AcaoMultiple) => but("x", "Access-Control-Allow-Origin: https://second.example"),
        Some(BlockedCode::AcaoMismatch) => {
            but("Access-Control-Allow-Origin", "Access-Control-Allow-Origin: https://second.example")
        }
        Some(BlockedCode::AcaoInvalid) => but("Access-Control-Allow-Origin", "Access-Control-Allow-Origin: x"),
        Some(BlockedCode::AcacNotTrue) => but("Access-Control-Allow-Credentials", "X: y"),
        Some(BlockedCode::PreflightStatus) => {
            response(if reading.status.is_none_or(|status| status < 300) { "405 No" } else { &status }, &all)
        }
        Some(BlockedCode::PreflightRedirect) => {
            response("301 Moved", &[&format!("Location: http://127.0.0.1:{port}/other"), all[0], all[1]])
        }
        Some(BlockedCode::AcamUnparsable) => but("Access-Control-Allow-Methods", "Access-Control-Allow-Methods: a b"),
        Some(BlockedCode::AcahUnparsable) => but("Access-Control-Allow-Headers", "Access-Control-Allow-Headers: a b"),
        Some(BlockedCode::MethodNotAllowed) => but("Access-Control-Allow-Methods", "X: y"),
        Some(BlockedCode::HeaderNotAllowed) => but("Access-Control-Allow-Headers", "X: y"),
        Some(BlockedCode::RedirectScheme) => response("302 Found", &["Location: ftp://x.example/", all[0], all[1]]),
        Some(BlockedCode::RedirectUserinfo) => {
            response("302 Found", &[&format!("Location: http://u:p@localhost:{port}/"), all[0], all[1]])
        }
        Some(BlockedCode::RedirectLimit) => {
            response("302 Found", &[&format!("Location: http://127.0.0.1:{port}/x"), all[0], all[1]])
        }
        Some(BlockedCode::NetworkError) => Vec::new(),
        // Missing headers, with the status of the message.
        _ => response(&status, &["X: y"]),
    }
}

#[test]
fn every_proposed_command_shows_the_failure() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../diagnose/tests/reports");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let (mut failed, mut tried) = (Vec::new(), 0);
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let Some((facts, pasted)) = text.split_once("---\n") else { continue };
        if facts.contains("capture: ") {
            continue;
        }
        for (reading, command) in proposed(pasted) {
            tried += 1;
            let copy = reading.clone();
            let server = Server::start(move |head| {
                let port = value_of(head, "host").and_then(|host| host.rsplit_once(':')).map_or("80", |(_, port)| port);
                failing(&copy, head, port)
            });
            let mut words = shlex::split(&command).unwrap();
            words[0] = server.url("/begin");
            // The message does not name the page.
            for word in &mut words {
                *word = if word == "ORIGIN" { "https://app.example.com".to_owned() } else { word.clone() };
            }
            let output = program().arg("probe").args(&words).output().unwrap();
            let shown = String::from_utf8_lossy(&output.stdout).into_owned();
            let code = reading.code.filter(|code| BlockedCode::ALL.iter().any(|known| known.as_str() == *code));
            let wanted = match code {
                Some("network-error") | None if output.status.code() == Some(2) => "",
                Some(code) => code,
                None => "acao-missing",
            };
            if output.status.code() == Some(0) || !shown.contains(wanted) {
                let heads = server.heads().join("");
                failed.push(format!("{file:?}: {wanted}: corsac probe{command}\n{shown}\n{heads}"));
            }
        }
    }
    assert!(tried > 60, "{tried}");
    assert!(failed.is_empty(), "{} of {tried}:\n{}", failed.len(), failed.join("\n"));
}
