fn main() {
    let _ = corsac_macros::policy! {
        allow_origin: ["https://app.example.com"],
        cache: 600,
        max_age: 600,
        max_age: 601,
        allow_credentials,
    };
}
