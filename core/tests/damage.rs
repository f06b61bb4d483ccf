//! Tests that an image with a changed byte either does not open, or is the image of another policy
//! and decides as the reference does for that policy.

use std::collections::BTreeSet;

use corsac::{Policy, PolicySpec, Request};

mod layout;
mod reference;
use reference::{Bytes, OwnedDecision, OwnedRequest, Spec, bridge};

const ACRM: &str = "Access-Control-Request-Method";
const ACRH: &str = "Access-Control-Request-Headers";

/// Requests from every listed origin with every listed method and name, and from a stranger.
/// from a stranger.
fn requests(spec: &Spec) -> Vec<OwnedRequest> {
    let line = |name: &str, value: &[u8]| (Bytes::from(name), value.to_vec());
    let origin = |pattern: &Bytes| {
        let text = String::from_utf8_lossy(pattern).replace(":*", ":1").replace('*', "x");
        line("Origin", if text == "x" { b"https://any.example" } else { text.as_bytes() })
    };
    let stranger = line("Origin", b"https://stranger.example");
    let origins: Vec<_> = spec.allow_origins.iter().map(origin).chain([stranger]).collect();
    let mut requests: Vec<OwnedRequest> =
        origins.iter().map(|origin| OwnedRequest { method: "GET".into(), lines: vec![origin.clone()] }).collect();
    let methods = spec.methods().into_iter().chain(["DELETE".into()]).map(|method| (method, None));
    let names = spec.allow_headers.iter().cloned().chain(["x-stranger".into(), spec.allow_headers.join(&b","[..])]);
    let names = names.map(|name| (Bytes::from("GET"), Some(name)));
    for (method, name) in methods.chain(names) {
        let mut lines = vec![origins[0].clone(), line(ACRM, if method == b"*" { b"ANY" } else { &method })];
        lines.extend(name.map(|name| line(ACRH, if name == b"*" { b"x-any" } else { &name })));
        requests.push(OwnedRequest { method: "OPTIONS".into(), lines });
    }
    requests
}

/// What the opened policy reports about itself, as a spec. Other options are taken from before.
fn listed<B: AsRef<[u8]>>(policy: &Policy<B>, before: &Spec) -> Spec {
    let list = |names: &mut dyn Iterator<Item = &[u8]>| names.map(<[u8]>::to_vec).collect::<Vec<_>>();
    Spec {
        allow_origins: list(&mut policy.origins()),
        allow_methods: Some(list(&mut policy.methods())),
        allow_headers: list(&mut policy.request_headers()),
        expose_headers: list(&mut policy.exposed_headers()),
        allow_credentials: policy.allows_credentials(),
        external_origins: policy.allows_external_origins(),
        ..before.clone()
    }
}

/// Removes the numbers, because a policy does not report them.
fn without_numbers(mut decision: OwnedDecision) -> OwnedDecision {
    decision.status = None;
    decision.headers.retain(|(name, _)| *name != "Access-Control-Max-Age");
    decision
}

/// Changes every byte of the image in turn. Returns how many of those images open.
fn damage(spec: &Spec) -> usize {
    let flags = layout::field("flags");
    let (image, found) = bridge::compile(spec);
    let image = image.unwrap_or_else(|| panic!("{found:?}"));
    let mut opened = 0;
    for at in (8..image.len()).filter(|at| !flags.contains(at)) {
        let values = (0..8).map(|bit| image[at] ^ (1 << bit)).chain([0, 255, image[at].wrapping_add(1)]);
        for value in values.filter(|value| *value != image[at]) {
            let mut other = image.clone();
            other[at] = value;
            let Ok(policy) = Policy::open(other) else { continue };
            opened += 1;
            let told = listed(&policy, spec);
            for request in requests(&told) {
                let (got, want) = (bridge::decide(&policy, &request, None), reference::evaluate(&told, &request));
                assert_eq!(without_numbers(got), without_numbers(want), "byte {at} is {value}: {request:?}");
            }
        }
    }
    opened
}

fn bytes(list: &[&str]) -> Vec<Bytes> {
    list.iter().map(|text| Bytes::from(*text)).collect()
}

fn spec(origins: &[&str], methods: &[&str], headers: &[&str], exposed: &[&str]) -> Spec {
    Spec {
        allow_origins: bytes(origins),
        allow_methods: Some(bytes(methods)),
        allow_headers: bytes(headers),
        expose_headers: bytes(exposed),
        ..Spec::default()
    }
}

#[test]
fn a_changed_byte_makes_another_policy_or_none() {
    let many = [
        "https://a.example",
        "https://b.example",
        "https://c.example:8443",
        "https://d.example",
        "https://*.e.example",
        "https://pre-*.e.example",
        "http://localhost:*",
        "app://*",
    ];
    let headers = ["authorization", "content-type", "x-a", "x-b"];
    let opened = damage(&Spec { max_age: Some(600), ..spec(&many, &["GET", "PUT", "PROPFIND"], &headers, &["etag"]) });
    assert!(opened > 0, "a letter of a name can be another one");
    damage(&spec(&["*"], &["*"], &["*"], &[]));
    damage(&spec(&["https://a.example"], &["GET"], &[], &["*"]));
    damage(&Spec { allow_credentials: true, external_origins: true, ..spec(&[], &["GET"], &["x-a"], &[]) });
}

#[test]
fn unopened_bytes_give_a_decision() {
    let origins = ["https://a.example", "https://b.example:8443", "https://*.e.example", "http://localhost:*"];
    let spec = spec(&origins, &["GET", "PROPFIND"], &["authorization", "x-a", "x-b"], &["etag"]);
    let (image, requests) = (bridge::compile(&spec).0.unwrap(), requests(&spec));
    let requests: Vec<Request<'_>> = requests
        .iter()
        .map(|request| Request::from_lines(&request.method, request.lines.iter().map(|(name, value)| (name, value))))
        .collect();
    let mut decisions = BTreeSet::new();
    for at in 8..image.len() {
        let values = (0..8).map(|bit| (at + 1, image[at] ^ (1 << bit)));
        // Changes this byte, or all bytes from here on.
        for (end, value) in values.chain([(at + 1, 0), (at + 1, 255), (image.len(), 0), (image.len(), 255)]) {
            let mut other = image.clone();
            other[at..end].fill(value);
            let policy = Policy::from_compiled(other.leak());
            let told: [usize; 4] = [
                policy.origins().map(<[u8]>::len).sum(),
                policy.methods().map(<[u8]>::len).sum(),
                policy.request_headers().map(<[u8]>::len).sum(),
                policy.exposed_headers().map(<[u8]>::len).sum(),
            ];
            let decide =
                |request| policy.evaluate(request).headers().map(|header| header.to_string()).collect::<String>();
            decisions.insert((told, requests.iter().map(decide).collect::<Vec<_>>()));
        }
    }
    assert!(decisions.len() > 100, "{}", decisions.len());
}

#[test]
fn bytes_without_an_image_allow_no_origin_and_vary() {
    let policy = Policy::from_compiled(b"");
    let told = |method, lines: &[(&str, &str)]| {
        let request = Request::from_lines(method, lines.iter().copied());
        let decision = policy.evaluate(&request);
        let headers: Vec<String> = decision.headers().map(|header| header.to_string()).collect();
        (decision.is_allowed(), decision.status(), headers.join("; "))
    };
    let (origin, method) = (("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT"));
    assert_eq!(told("GET", &[]), (true, None, "Vary: Origin".to_owned()));
    assert_eq!(told("GET", &[origin]), (false, None, "Vary: Origin".to_owned()));
    let vary = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers".to_owned();
    assert_eq!(told("OPTIONS", &[origin, method]), (false, Some(403), vary));
}

#[test]
fn policy_reports_its_switches() {
    let open = PolicySpec::new(&["*"]).compile([0; 256], |_| ()).unwrap();
    let spec =
        PolicySpec { allow_credentials: true, external_origins: true, ..PolicySpec::new(&["https://a.example"]) };
    let closed = spec.compile([0; 512], |_| ()).unwrap();
    assert!(open.is_any_origin() && !closed.is_any_origin());
    assert!(!open.allows_credentials() && closed.allows_credentials());
    assert!(!open.allows_external_origins() && closed.allows_external_origins());
    assert_eq!(open.is_public_suffix_checked(), cfg!(feature = "public-suffix"));
    // One bit says whether the image was checked with the list. Opening without the list ignores
    // it.
    let mut image = open.image().to_vec();
    layout::toggle(&mut image, layout::flag("SUFFIX_CHECKED"));
    assert_eq!(Policy::open(image).unwrap().is_public_suffix_checked(), !cfg!(feature = "public-suffix"));
}
