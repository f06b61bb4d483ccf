fn main() {
    let _ = corsac_macros::policy! { max_age: 600 };
}
