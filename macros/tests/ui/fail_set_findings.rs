static POLICIES: corsac::PolicySet<&'static [u8]> = corsac_macros::policy_set! {
    { path: "account/", allow_origins: ["https://account.example.com/"] },
    { path: "/public", allow_origins: ["*"] },
    { path: "/public", allow_origins: ["https://app.example.com"] },
    { path: "/empty" },
    { path: "/ranges", allow_origins: ["http://192.168.1.1/16"], allow_headers: ["sec-*"] },
};

fn main() {
    let _ = POLICIES;
}
