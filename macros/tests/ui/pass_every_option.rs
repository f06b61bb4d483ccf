#![deny(warnings)]

use corsac::Policy;

static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://app.example.com", "https://*.example.net:*", "http://10.0.0.1"],
    allow_methods: ["GET", "PUT"],
    allow_headers: ["authorization", "content-type"],
    allow_credentials: false,
    expose_headers: ["etag"],
    max_age: 0,
    preflight_status: 200,
    denied_preflight_status: 403,
    external_origins: true,
    allow_private_network: false,
    dangerously_allow_null_origin: false,
    dangerously_allow_insecure_origins: true,
    dangerously_allow_public_suffixes: false
};

const BY_MACRO: Policy<&'static [u8]> = {
    macro_rules! only {
        ($origin:literal) => {
            corsac_macros::policy! { allow_origins: [$origin] }
        };
    }
    only!("https://app.example.com")
};

fn main() {
    let local = corsac_macros::policy! { external_origins: true };
    assert!(POLICY.allows_external_origins());
    assert!(local.allows_external_origins());
    assert!(!BY_MACRO.allows_external_origins());
}
