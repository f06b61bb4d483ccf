//! Tests that the image from a macro is the same, byte for byte, as the image that the program
//! itself would compile.

use corsac::{Policy, PolicySet, PolicySetSpec, PolicySpec, PolicyTable, PublicSuffixes, Request, RequestPath};

static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://app.example.com", "https://*.example.net", "http://localhost:*"],
    allow_methods: ["GET", "PUT", "DELETE"],
    allow_headers: ["Authorization", "content-type", "x-amz-meta-*"],
    allow_credentials: true,
    expose_headers: ["etag"],
    max_age: 600,
    preflight_status: 200,
    denied_preflight_status: 418,
    allow_timing: true,
};

/// The three policies of `examples/sets.toml`, and a path without a policy.
static POLICIES: PolicySet<&'static [u8]> = corsac_macros::policy_set! {
    {
        path: "/account",
        allow_origins: ["https://account.example.com"],
        allow_methods: ["GET", "POST", "DELETE"],
        allow_headers: ["content-type"],
        allow_credentials: true,
    },
    { path: "/internal", cors: false },
    {
        allow_origins: ["https://app.example.com"],
        allow_methods: ["GET", "POST", "PUT"],
        allow_headers: ["content-type"],
        allow_credentials: true,
    },
    { allow_origins: ["*"], allow_methods: ["GET", "HEAD"] },
};

fn compiled(spec: &PolicySpec<'_>) -> Vec<u8> {
    let storage = vec![0; spec.image_len()];
    let policy = spec.compile(storage, |finding| panic!("{finding}"));
    policy.expect("no finding").image().to_vec()
}

#[test]
fn policy_equals_the_image_of_its_spec() {
    let spec = PolicySpec {
        allow_methods: Some(&["GET", "PUT", "DELETE"]),
        allow_headers: &["Authorization", "content-type", "x-amz-meta-*"],
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        preflight_status: 200,
        denied_preflight_status: Some(418),
        allow_timing: true,
        ..PolicySpec::new(&["https://app.example.com", "https://*.example.net", "http://localhost:*"])
    };
    assert_eq!(POLICY.image(), compiled(&spec));
}

#[test]
fn set_equals_the_image_of_its_spec() {
    let with_credentials = |origins, methods| PolicySpec {
        allow_methods: Some(methods),
        allow_headers: &["content-type"],
        allow_credentials: true,
        ..PolicySpec::new(origins)
    };
    let account = with_credentials(&["https://account.example.com"], &["GET", "POST", "DELETE"]);
    let own = with_credentials(&["https://app.example.com"], &["GET", "POST", "PUT"]);
    let anyone = PolicySpec { allow_methods: Some(&["GET", "HEAD"]), ..PolicySpec::new(&["*"]) };
    let tables = [
        PolicyTable::new("/account", account),
        PolicyTable::untouched("/internal"),
        PolicyTable::new("/", own),
        PolicyTable::new("/", anyone),
    ];
    let spec = PolicySetSpec::new(&tables);
    let set = spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("no finding");
    assert_eq!(POLICIES.image(), set.image());
}

#[test]
fn options_that_are_left_out_have_their_defaults() {
    let policy = corsac_macros::policy! { allow_origins: ["https://app.example.com"] };
    let spec = PolicySpec::new(&["https://app.example.com"]);
    assert_eq!(policy.image(), compiled(&spec));
}

#[test]
fn public_suffixes_are_a_switch_or_a_list() {
    let credentials = |suffixes| PolicySpec {
        allow_credentials: true,
        dangerously_allow_public_suffixes: suffixes,
        ..PolicySpec::new(&["https://*.kuleuven.be"])
    };
    let switched = corsac_macros::policy! {
        allow_origins: ["https://*.kuleuven.be"],
        allow_credentials: true,
        dangerously_allow_public_suffixes: true,
    };
    assert_eq!(switched.image(), compiled(&credentials(PublicSuffixes::Allowed)));
    let listed = corsac_macros::policy! {
        allow_origins: ["https://*.kuleuven.be"],
        allow_credentials: true,
        dangerously_allow_public_suffixes: ["kuleuven.be"],
    };
    assert_eq!(listed.image(), compiled(&credentials(PublicSuffixes::Listed(&["kuleuven.be"]))));
}

#[test]
fn images_open_as_any_other() {
    assert!(Policy::open(POLICY.image()).is_ok());
    assert!(PolicySet::open(POLICIES.image()).is_ok());
}

#[test]
fn policy_decides_without_a_step_at_run_time() {
    let mut request = Request::new("OPTIONS");
    request.header("Origin", "https://a.example.net");
    request.header("Access-Control-Request-Method", "PUT");
    request.header("Access-Control-Request-Headers", "authorization");
    let decision = POLICY.evaluate(&request);
    assert!(decision.is_allowed(), "{decision}");
    assert_eq!(decision.status(), Some(200));
}

#[test]
fn set_decides_by_path_and_origin() {
    let is_allowed = |origin: &str, path: &str| {
        let request = Request::from_lines("GET", [("Origin", origin)]);
        POLICIES.evaluate(&RequestPath::decoded(path), &request).map(|decision| decision.is_allowed())
    };
    let (account, app, other) = ("https://account.example.com", "https://app.example.com", "https://other.example");
    assert_eq!(is_allowed(account, "/account/cards"), Some(true));
    assert_eq!(is_allowed(app, "/account/cards"), Some(false));
    assert_eq!(is_allowed(app, "/accounts"), Some(true));
    assert_eq!(is_allowed(other, "/"), Some(true));
    assert_eq!(is_allowed(app, "/internal/x"), None);
}

#[test]
#[allow(deprecated)]
fn warning_does_not_stop_the_build() {
    let policy = corsac_macros::policy! {
        allow_origins: ["https://*.example.com", "https://a.example.com"],
    };
    let mut request = Request::new("GET");
    request.header("Origin", "https://a.example.com");
    assert!(policy.evaluate(&request).is_allowed());
}
