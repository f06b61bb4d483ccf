fn main() {
    let _ = corsac_macros::policy! {
        allow_origins: "https://app.example.com",
        allow_methods: ["GET", 7, "PUT", put],
        max_age: "600",
        preflight_status: 204u16,
        allow_credentials: 1,
    };
}
