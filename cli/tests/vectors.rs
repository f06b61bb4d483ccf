//! The shared vectors through the command line: each spec as a policy file, its findings by `check`, its decisions by `eval --jsonl`.

mod run;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use run::{code, corsac, err, out};
use serde_json::Value;

fn vectors() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut vectors = Vec::new();
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            // The cases of the browser model have another form.
            if let Value::Array(mut cases) = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap() {
                cases.retain(|case| case.get("spec").is_some());
                vectors.extend(cases.into_iter().map(|case| (format!("{name}: {}", case["says"]), case)));
            }
        }
    }
    assert!(vectors.len() > 1000);
    vectors
}

/// A string, a repeat, or an array of both.
fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        Value::Object(repeat) => {
            bytes(&repeat["repeat"]).repeat(usize::try_from(repeat["times"].as_u64().unwrap()).unwrap())
        }
        text => text.as_str().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect(),
    }
}

/// `None`: the text is not UTF-8 or needs an escape, so no policy file holds it.
fn toml_string(value: &Value) -> Option<String> {
    let text = String::from_utf8(bytes(value)).ok()?;
    let is_held = |c: char| c == '\t' || !c.is_ascii_control();
    let quote = if text.contains(['"', '\\']) { '\'' } else { '"' };
    (text.chars().all(is_held) && !text.contains(quote)).then(|| format!("{quote}{text}{quote}"))
}

fn toml_options(options: &Value) -> Option<String> {
    let mut written = String::new();
    for (name, value) in options.as_object().unwrap() {
        let value = match value {
            value if name == "path" => toml_string(value)?,
            Value::Array(entries) => {
                let entries = entries.iter().map(toml_string).collect::<Option<Vec<_>>>()?;
                format!("[{}]", entries.join(", "))
            }
            value => value.to_string(),
        };
        writeln!(written, "{name} = {value}").unwrap();
    }
    Some(written)
}

fn toml(spec: &Value) -> Option<String> {
    match spec.get("policy").map(|tables| tables.as_array().unwrap().as_slice()) {
        Some([]) => Some("policy = []\n".to_owned()),
        Some(tables) => tables.iter().map(|table| Some(format!("[[policy]]\n{}\n", toml_options(table)?))).collect(),
        None => toml_options(spec),
    }
}

/// What a vector and `check` have in common.
fn essence(finding: &Value) -> String {
    let of = |key: &str| finding.get(key).unwrap_or(&Value::Null).to_string();
    format!("{} {} {} {} {}", of("severity"), of("code"), of("table"), of("field"), of("index"))
}

#[test]
fn check_reports_the_findings_of_the_vectors() {
    let (mut compared, mut wrong) = (0, Vec::new());
    for (name, case) in vectors() {
        let (Some(expected), Some(policy)) = (case.get("findings"), toml(&case["spec"])) else { continue };
        let output = corsac(&["check", "-", "--format", "json"], policy.clone());
        let json: Value = serde_json::from_str(&out(&output)).expect(&name);
        assert_eq!(code(&output), i32::from(json["errors"] != 0), "{name}\n{}", err(&output));
        let sorted = |findings: &Value| {
            let mut all: Vec<String> = findings.as_array().unwrap().iter().map(essence).collect();
            all.sort();
            all
        };
        let (found, expected) = (sorted(&json["findings"]), sorted(expected));
        if found != expected {
            wrong.push(format!("{name}\n{policy}found: {found:?}\nexpected: {expected:?}\n"));
        }
        compared += 1;
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 400, "{compared}");
}

#[test]
fn eval_gives_the_decisions_of_the_vectors() {
    // One run for each policy.
    let mut by_policy: BTreeMap<String, Vec<(String, Value, Value)>> = BTreeMap::new();
    for (name, case) in vectors() {
        let (Some(decision), Some(policy)) = (case.get("decision"), toml(&case["spec"])) else { continue };
        by_policy.entry(policy).or_default().push((name, case["request"].clone(), decision.clone()));
    }
    let (mut compared, mut wrong) = (0, Vec::new());
    for (policy, cases) in by_policy {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("vector.toml");
        fs::write(&path, &policy).unwrap();
        let requests: Vec<String> = cases.iter().map(|(_, request, _)| expanded(request).to_string()).collect();
        let output = corsac(&["eval", path.to_str().unwrap(), "--jsonl"], requests.join("\n"));
        let text = out(&output);
        assert_eq!(text.lines().count(), cases.len(), "{policy}");
        for (line, (name, _, decision)) in text.lines().zip(&cases) {
            let expected = match decision {
                Value::Null => serde_json::json!({"untouched": true}),
                decision => expanded(decision),
            };
            let found: Value = serde_json::from_str(line).unwrap();
            if found != expected {
                wrong.push(format!("{name}\n{policy}found: {found}\nexpected: {expected}\n"));
            }
            compared += 1;
        }
    }
    assert!(wrong.is_empty(), "{} of {compared}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 800, "{compared}");
}

/// The same request or decision, with its repeats written out.
fn expanded(value: &Value) -> Value {
    let text = |value: &Value| Value::String(bytes(value).into_iter().map(char::from).collect());
    let member = |(key, value): (&String, &Value)| {
        let value = match (key.as_str(), value) {
            ("headers", Value::Array(headers)) => {
                headers.iter().map(|header| Value::Array(vec![text(&header[0]), text(&header[1])])).collect()
            }
            ("method" | "path" | "raw_path" | "bytes", value) => text(value),
            ("denial", Value::Object(_)) => expanded(value),
            (_, value) => value.clone(),
        };
        (key.clone(), value)
    };
    Value::Object(value.as_object().unwrap().iter().map(member).collect())
}
