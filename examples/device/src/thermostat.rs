//! The application: what the device does, which knows nothing of CORS.

/// The status and the body that answer this method.
pub(crate) fn answer(method: &str) -> (u16, &'static str) {
    match method {
        "GET" | "HEAD" => (200, r#"{"celsius":21}"#),
        "PUT" => (204, ""),
        _ => (405, ""),
    }
}
