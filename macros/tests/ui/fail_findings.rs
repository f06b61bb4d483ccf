static POLICY: corsac::Policy<&'static [u8]> = corsac_macros::policy! {
    allow_origins: [
        "https://app.example.com/",
        "https://b.example",
        "https://*.com",
    ],
    allow_methods: ["GET", "CONNECT"],
    allow_headers: ["x-trace", "x trace"],
    max_age: 86401,
    allow_credentials: true,
};

fn main() {
    let _ = POLICY;
}
