#![deny(warnings)]

use corsac::{Policy, PolicySet};

static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://app.example.com", "https://*.example.net:*", "http://10.0.0.1"],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["authorization", "content-type", "x-amz-meta-*"],
    allow_credentials: true,
    expose_headers: ["etag"],
    max_age: 0,
    preflight_status: 200,
    denied_preflight_status: 403,
    external_origins: true,
    allow_timing: true,
    allow_private_network: false,
    dangerously_allow_null_origin: false,
    dangerously_allow_insecure_origins: true,
    dangerously_allow_public_suffixes: false
};

static LISTED_SUFFIX: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://*.kuleuven.be"],
    allow_credentials: true,
    dangerously_allow_public_suffixes: ["kuleuven.be"],
};

static POLICIES: PolicySet<&'static [u8]> = corsac_macros::policy_set! {
    { path: "/account", cors: true, allow_origins: ["https://account.example.com"], allow_credentials: true },
    { path: "/internal", cors: false },
    { allow_origins: ["https://app.example.com"], external_origins: true },
    { path: "/", allow_origins: ["*"] }
};

const BY_MACRO: Policy<&'static [u8]> = {
    macro_rules! only {
        ($origin:literal) => {
            corsac_macros::policy! { allow_origins: [$origin] }
        };
    }
    only!("https://app.example.com")
};

const SET_BY_MACRO: PolicySet<&'static [u8]> = {
    macro_rules! at {
        ($path:literal, $policy:tt) => {
            corsac_macros::policy_set! { { path: $path, cors: false }, $policy }
        };
    }
    at!("/internal", { allow_origins: ["https://app.example.com"] })
};

fn main() {
    let local = corsac_macros::policy! { external_origins: true };
    assert!(POLICY.allows_external_origins());
    assert!(local.allows_external_origins());
    assert!(!BY_MACRO.allows_external_origins());
    assert!(LISTED_SUFFIX.allows_credentials());
    assert_eq!(POLICIES.tables().count(), 4);
    assert_eq!(SET_BY_MACRO.tables().count(), 2);
}
