//! The policies that are measured: exact origins and one wildcard, three methods, three request
//! headers, credentials.

use corsac::{Policy, PolicySpec};

/// The listed methods.
pub const METHODS: &[&str] = &["GET", "POST", "PUT"];

/// The listed request headers.
pub const HEADERS: &[&str] = &["authorization", "content-type", "x-trace"];

/// This many exact origins.
#[must_use]
pub fn origins(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("https://tenant-{number}.example.com")).collect()
}

/// A policy with these exact origins and one wildcard.
///
/// # Panics
///
/// If the engine reports a finding.
#[must_use]
pub fn compile(origins: &[String]) -> Policy<Vec<u8>> {
    let mut origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    origins.push("https://*.wild.example");
    let spec = spec(&origins);
    spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("a policy without findings")
}

/// The options that all measured policies share.
pub(crate) fn spec<'a>(origins: &'a [&'a str]) -> PolicySpec<'a> {
    PolicySpec {
        allow_methods: Some(METHODS),
        allow_headers: HEADERS,
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        ..PolicySpec::new(origins)
    }
}
