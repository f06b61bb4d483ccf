//! The shared vectors, through the layer: each response has exactly the headers that the vector
//! says.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fs;
use std::path::Path;

use corsac_tower::{CorsLayer, Policies};
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use serde_json::{Map, Value};
use tower::{Layer, ServiceExt, service_fn};

/// One byte per code point; an array is joined, and `repeat` repeats.
fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Array(parts) => parts.iter().flat_map(bytes).collect(),
        Value::Object(map) => bytes(&map["repeat"]).repeat(map["times"].as_u64().expect("a number") as usize),
        text => text.as_str().expect("a text").chars().map(|c| u8::try_from(u32::from(c)).expect("a byte")).collect(),
    }
}

/// A TOML literal. Strings of policy files have no escapes, so one with a quote or a control byte
/// cannot be written.
fn toml(value: &Value) -> Option<String> {
    Some(match value {
        Value::Array(items) => format!("[{}]", items.iter().map(toml).collect::<Option<Vec<_>>>()?.join(", ")),
        Value::String(_) => {
            let text = String::from_utf8(bytes(value)).ok()?;
            if text.contains(|c: char| c == '\'' || c.is_control()) {
                return None;
            }
            format!("'{text}'")
        }
        Value::Object(_) => return None,
        other => other.to_string(),
    })
}

fn options(map: &Map<String, Value>) -> Option<String> {
    map.iter().map(|(name, value)| Some(format!("{name} = {}\n", toml(value)?))).collect()
}

/// The policy of a case. `None`: it cannot be written into a file.
fn policies(spec: &Value) -> Option<Policies> {
    let text = match spec.get("policy") {
        None => options(spec.as_object()?)?,
        Some(tables) => {
            let tables =
                tables.as_array()?.iter().map(|table| Some(format!("[[policy]]\n{}", options(table.as_object()?)?)));
            tables.collect::<Option<String>>()?
        }
    };
    Some(Policies::from_text(&text).unwrap_or_else(|error| panic!("{spec}: {error}")))
}

/// The request of a case. `None`: the crate `http` cannot hold it, so no server passes it on.
fn request(case: &Value) -> Option<Request<()>> {
    let mut request = Request::new(());
    *request.method_mut() = Method::from_bytes(&bytes(&case["method"])).ok()?;
    let path = match (case.get("raw_path"), case.get("path")) {
        // A server in front has changed the path. A service sees only the new one.
        (Some(_), Some(_)) => return None,
        (Some(raw), None) => bytes(raw),
        (None, Some(path)) => bytes(path),
        (None, None) => b"/".to_vec(),
    };
    // `?` and `%` in a decoded path are other bytes in a raw one.
    if case.get("raw_path").is_none() && path.iter().any(|b| matches!(b, b'%' | b'?' | b'#')) {
        return None;
    }
    let uri: Uri = std::str::from_utf8(&path).ok()?.parse().ok()?;
    // Without its slash, it is a host.
    if uri.path_and_query()?.as_str().as_bytes() != path {
        return None;
    }
    *request.uri_mut() = uri;
    for line in case["headers"].as_array()? {
        let value = HeaderValue::from_bytes(&bytes(&line[1])).ok()?;
        request.headers_mut().append(HeaderName::from_bytes(&bytes(&line[0])).ok()?, value);
    }
    Some(request)
}

/// Runs a case. `None`: it cannot be asked over HTTP.
async fn run(case: &Value, layer: &CorsLayer) -> Option<()> {
    let decision = case.get("decision")?;
    let request = request(&case["request"])?;
    let application =
        service_fn(|_| async { Ok::<_, Infallible>(Response::builder().status(299).body(()).expect("a response")) });
    let response = layer.layer(application).oneshot(request).await.expect("infallible");
    let says = &case["says"];
    let status = decision["status"].as_u64().unwrap_or(299);
    assert_eq!(u64::from(response.status().as_u16()), status, "{says}");
    let mut expected: Vec<(String, Vec<u8>)> = Vec::new();
    // A path without a policy has no decision.
    for line in decision["headers"].as_array().map_or(&[][..], Vec::as_slice) {
        expected.push((line[0].as_str().expect("a name").to_lowercase(), bytes(&line[1])));
    }
    if decision["class"] == "preflight" && !matches!(status, 204 | 205) {
        expected.push(("content-length".into(), b"0".to_vec()));
    }
    let got: Vec<_> =
        response.headers().iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    assert_eq!(got, expected, "{says}");
    Some(())
}

#[tokio::test]
async fn responses_are_those_of_the_vectors() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let (mut ran, mut left_out) = (0, 0);
    // What a layer keeps of one request must never be in the response to another: hence one layer
    // for all cases with the same policy, and each case twice.
    let mut layers = HashMap::new();
    for file in fs::read_dir(&folder).expect("the vectors") {
        let path = file.expect("a file").path();
        if path.extension().is_none_or(|ending| ending != "json") {
            continue;
        }
        let cases: Value = serde_json::from_slice(&fs::read(&path).expect("a file")).expect("JSON");
        for case in cases.as_array().into_iter().flatten().filter(|case| case.get("decision").is_some()) {
            let layer =
                layers.entry(case["spec"].to_string()).or_insert_with(|| policies(&case["spec"]).map(CorsLayer::new));
            let Some(layer) = layer else {
                left_out += 1;
                continue;
            };
            match (run(case, layer).await, run(case, layer).await) {
                (Some(()), Some(())) => ran += 1,
                _ => left_out += 1,
            }
        }
    }
    println!("{ran} cases, and {left_out} that no HTTP server passes on");
    assert!(ran > 500 && left_out < ran / 5, "{ran} ran, {left_out} were left out");
}
