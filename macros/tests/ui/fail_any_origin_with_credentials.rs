fn main() {
    let policy = corsac_macros::policy! {
        allow_origins: ["*"],
        allow_credentials: true,
    };
    let _ = policy.image();
}
