fn main() {
    let _ = corsac_macros::policy_set! {
        { paths: "/a", allow_origins: ["*"] },
        { path: 7, allow_origins: "*" },
        { path: "/b", cors: false, max_age: 600 },
        { path: "/c", path: "/d", allow_origins: ["*"] },
        allow_origins: ["*"],
        ["*"],
        ,
        { policy: "/e", dangerously_allow_public_suffixes: "kuleuven.be" },
    };
    let _ = corsac_macros::policy! { path: "/a", allow_origins: ["*"] };
}
