//! Tests what a log and a failed assertion show through `Debug`: switches, counts, class, denial
//! and headers, but never the image.

use corsac::{Policy, PolicySpec, Request};

const ORIGIN: &str = "https://tenant-7.example.com";

fn shown(value: &impl std::fmt::Debug) -> String {
    let text = format!("{value:?}");
    assert!(text.len() < 1000, "{} bytes: {}...", text.len(), &text[..200]);
    text
}

fn large_policy() -> Policy<Vec<u8>> {
    let origins: Vec<String> = (0..10_000).map(|number| format!("https://tenant-{number}.example.com")).collect();
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["x-a"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        ..PolicySpec::new(&origins)
    };
    spec.compile(vec![0; spec.image_len()], |_| ()).expect("it compiles")
}

#[test]
fn policy_shows_counts_and_switches() {
    let policy = large_policy();
    let image_len = policy.image().len();
    let wanted = format!(
        "Policy {{ origins: 10000, methods: 2, request_headers: 1, exposed_headers: 1, max_age: Some(600), \
         allow_credentials: true, image_len: {image_len} }}"
    );
    assert_eq!(shown(&policy), wanted);
    assert_eq!(shown(&policy.as_view()), wanted);
}

#[test]
fn decision_shows_class_denial_status_and_headers() {
    let policy = large_policy();
    let request = Request::from_lines("GET", [("Origin", ORIGIN)]);
    let decision = policy.evaluate(&request);
    let headers = "[Access-Control-Allow-Origin: https://tenant-7.example.com, Access-Control-Allow-Credentials: true, \
                   Access-Control-Expose-Headers: etag, Vary: Origin]";
    assert_eq!(
        shown(&decision),
        format!("Decision {{ class: Actual, denial: None, status: None, headers: {headers} }}")
    );
    assert_eq!(shown(&decision.headers()), headers);

    let request =
        Request::from_lines("OPTIONS", [("Origin", "https://b.example"), ("Access-Control-Request-Method", "PUT")]);
    let decision = policy.evaluate(&request);
    let denial = r#"Denial { code: OriginNotAllowed, bytes: "https://b.example" }"#;
    assert_eq!(shown(&decision.denial().unwrap()), denial);
    assert_eq!(
        shown(&decision),
        format!(
            "Decision {{ class: Preflight, denial: Some({denial}), status: Some(403), headers: [Vary: Origin, \
             Access-Control-Request-Method, Access-Control-Request-Headers] }}"
        )
    );
}

#[test]
fn request_and_denial_show_the_beginning_of_long_values() {
    let policy = large_policy();
    let long = "a".repeat(1 << 20);
    let mut request = Request::new(&long);
    request.header("Origin", &long).header("Access-Control-Request-Method", &long);
    request.header("Access-Control-Request-Headers", &long).header("Access-Control-Request-Headers", "x-a");
    let cut = format!("\"{}...\"", "a".repeat(128));
    assert_eq!(
        shown(&request),
        format!(
            "Request {{ class: Actual, method: {cut}, origin: Some({cut}), requested_method: Some({cut}), \
             requested_headers: Some({cut}), requested_headers_lines: 2 }}"
        )
    );
    let decision = policy.evaluate(&request);
    assert_eq!(shown(&decision.denial().unwrap()), format!("Denial {{ code: TooLarge, bytes: {cut} }}"));
    shown(&decision);
}
