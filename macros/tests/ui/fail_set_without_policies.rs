fn main() {
    let _ = corsac_macros::policy_set! {};
}
