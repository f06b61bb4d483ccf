//! The policies that are measured: exact origins, one wildcard beside them, three methods, three headers, credentials.

use corsac::{Policy, PolicySpec};

/// The listed methods.
pub const METHODS: &[&str] = &["GET", "POST", "PUT"];

/// The listed request headers.
pub const HEADERS: &[&str] = &["authorization", "content-type", "x-trace"];

/// So many exact origins.
#[must_use]
pub fn origins(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("https://tenant-{number}.example.com")).collect()
}

/// A policy of these exact origins and one wildcard.
///
/// # Panics
///
/// When the engine finds anything in it.
#[must_use]
pub fn compile(origins: &[String]) -> Policy<Vec<u8>> {
    let mut origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    origins.push("https://*.wild.example");
    let spec = PolicySpec {
        allow_methods: Some(METHODS),
        allow_headers: HEADERS,
        allow_credentials: true,
        expose_headers: &["etag"],
        max_age: Some(600),
        ..PolicySpec::new(&origins)
    };
    finish(&spec)
}

/// A policy that echoes what it is asked for: any method, any header.
///
/// # Panics
///
/// When the engine finds anything in it.
#[must_use]
pub fn echoing(origins: &[String]) -> Policy<Vec<u8>> {
    let origins: Vec<&str> = origins.iter().map(String::as_str).collect();
    let spec = PolicySpec { allow_methods: Some(&["*"]), allow_headers: &["*"], ..PolicySpec::new(&origins) };
    finish(&spec)
}

fn finish(spec: &PolicySpec<'_>) -> Policy<Vec<u8>> {
    let storage = vec![0; spec.image_len()];
    spec.compile(storage, |finding| panic!("{finding}")).expect("a policy without findings")
}
