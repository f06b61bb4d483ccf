//! Every vector of every dialect: what the product sends, as `vectors/dialects` says.

use std::fs;
use std::path::Path;

use corsac_dialects::{ALL, Reading, Received, Upstream, Version, dialect, document};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    says: String,
    #[expect(dead_code, reason = "for readers of the vectors")]
    evidence: String,
    /// The text of the file, or an object that is written as JSON.
    file: serde_json::Value,
    #[serde(default)]
    version: Option<String>,
    #[serde(default)]
    request: Option<Message>,
    #[serde(default)]
    upstream: Option<Response>,
    #[serde(default)]
    sent: Option<Sent>,
    /// The product refuses the file, so there is no response.
    #[serde(default)]
    refused: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Message {
    method: String,
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Response {
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    status: u16,
    headers: Vec<(String, String)>,
    reaches_upstream: bool,
    unknown: Vec<String>,
}

fn bytes(headers: &[(String, String)]) -> Vec<(Vec<u8>, Vec<u8>)> {
    headers.iter().map(|(name, value)| (name.clone().into_bytes(), value.clone().into_bytes())).collect()
}

/// Names in lower case, sorted: the order of headers with different names is not a promise.
fn sorted(headers: &[(Vec<u8>, Vec<u8>)]) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut all: Vec<_> = headers.iter().map(|(name, value)| (text(name).to_ascii_lowercase(), text(value))).collect();
    all.sort();
    all
}

#[test]
fn every_vector_is_what_the_simulator_sends() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/dialects");
    let mut failures = Vec::new();
    let mut count = 0;
    for known in ALL.into_iter().filter(|dialect| dialect.is_read()) {
        let name = known.name();
        let text =
            fs::read_to_string(folder.join(format!("{name}.json"))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let cases: Vec<Case> = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        for case in cases {
            count += 1;
            failures.extend(run(name, &case).err().map(|error| format!("{name}: {}: {error}", case.says)));
        }
    }
    assert!(failures.is_empty(), "{} of {count}:\n{}", failures.len(), failures.join("\n"));
    assert!(count > 0);
}

fn run(name: &str, case: &Case) -> Result<(), String> {
    let text = case.file.as_str().map_or_else(|| case.file.to_string(), str::to_owned);
    let documents = document::read(&text).map_err(|error| error.to_string())?;
    let version = case.version.as_deref().map(|version| Version::parse(version).expect("a version"));
    let how = Reading { version, is_named: true };
    let read = |document| dialect(name).expect("a dialect").read(document, &how);
    let configurations: Vec<_> = documents.iter().flat_map(read).collect();
    let [one] = configurations.as_slice() else { return Err(format!("{} configurations", configurations.len())) };
    if case.refused {
        return one.refused().map(drop).ok_or_else(|| "the product does not refuse it".to_owned());
    }
    if let Some(why) = one.refused() {
        return Err(why);
    }
    let (Some(request), Some(expected)) = (&case.request, &case.sent) else { return Err("no request".to_owned()) };
    let request = Received { method: request.method.clone().into_bytes(), headers: bytes(&request.headers) };
    let upstream = case.upstream.as_ref().map_or_else(Upstream::default, |upstream| Upstream {
        status: upstream.status,
        headers: bytes(&upstream.headers),
    });
    let sent = one.respond(&request, &upstream);
    let got = (sent.status, sorted(&sent.headers), sent.reaches_upstream, sent.unknown.clone());
    let unknown: Vec<&str> = expected.unknown.iter().map(String::as_str).collect();
    let wanted = (expected.status, sorted(&bytes(&expected.headers)), expected.reaches_upstream, unknown);
    if got == wanted { Ok(()) } else { Err(format!("\n  sent     {got:?}\n  expected {wanted:?}")) }
}
