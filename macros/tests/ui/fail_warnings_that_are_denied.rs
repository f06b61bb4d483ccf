#![deny(deprecated)]

static POLICY: corsac::Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: ["https://*.example.com", "https://a.example.com"],
    allow_methods: ["GET", "patch"],
};

fn main() {
    let _ = POLICY;
}
