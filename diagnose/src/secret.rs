//! Which values stay out of what is printed, unless a person asks for them.

/// A header whose value is secret.
pub(crate) fn is_secret(name: &[u8]) -> bool {
    const SECRET: [&str; 4] = ["authorization", "cookie", "proxy-authorization", "set-cookie"];
    SECRET.iter().any(|secret| secret.as_bytes().eq_ignore_ascii_case(name))
}
