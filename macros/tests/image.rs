//! The macro's image is the image that the program itself would compile, to the byte.

use corsac::{Policy, PolicySpec, Request};

static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://app.example.com", "https://*.example.net", "http://localhost:*"],
    allow_methods: ["GET", "PUT", "DELETE"],
    allow_headers: ["Authorization", "content-type"],
    allow_credentials: true,
    expose_headers: ["etag"],
    max_age: 600,
    preflight_status: 200,
    denied_preflight_status: 418,
};

fn compiled(spec: &PolicySpec<'_>) -> Vec<u8> {
    let storage = vec![0; spec.image_len()];
    let policy = spec.compile(storage, |finding| panic!("{finding}"));
    policy.expect("no finding").image().to_vec()
}

#[test]
fn equals_the_image_of_the_same_spec() {
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "PUT", "DELETE"]),
        allow_headers: &["Authorization", "content-type"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        preflight_status: 200,
        denied_preflight_status: Some(418),
        ..PolicySpec::new(&["https://app.example.com", "https://*.example.net", "http://localhost:*"])
    };
    assert_eq!(POLICY.image(), compiled(&spec));
}

#[test]
fn leaves_out_what_was_left_out() {
    let policy = corsac_macros::policy! { allow_origins: ["https://app.example.com"] };
    let spec = PolicySpec::new(&["https://app.example.com"]);
    assert_eq!(policy.image(), compiled(&spec));
}

#[test]
fn opens_as_any_other_image_does() {
    assert!(Policy::open(POLICY.image()).is_ok());
}

#[test]
fn decides_without_a_step_at_run_time() {
    let mut request = Request::new("OPTIONS");
    request.header("Origin", "https://a.example.net");
    request.header("Access-Control-Request-Method", "PUT");
    request.header("Access-Control-Request-Headers", "authorization");
    let decision = POLICY.evaluate(&request);
    assert!(decision.is_allowed(), "{decision}");
    assert_eq!(decision.status(), Some(200));
}

#[test]
#[allow(deprecated)]
fn warns_and_still_compiles() {
    let policy = corsac_macros::policy! {
        allow_origins: ["https://*.example.com", "https://a.example.com"],
    };
    let mut request = Request::new("GET");
    request.header("Origin", "https://a.example.com");
    assert!(policy.evaluate(&request).is_allowed());
}
