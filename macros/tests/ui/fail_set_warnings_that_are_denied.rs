#![deny(deprecated)]

static POLICIES: corsac::PolicySet<&'static [u8]> = corsac_macros::policy_set! {
    { allow_origins: ["https://*.example.com"] },
    { allow_origins: ["https://app.example.com", "https://app.example.net"], max_age: 100000 },
};

fn main() {
    let _ = POLICIES;
}
