//! The application: what the device does. It knows nothing about CORS.

/// The status and the body of the response to this method.
pub(crate) fn respond(method: &str) -> (u16, &'static str) {
    match method {
        "GET" | "HEAD" => (200, r#"{"celsius":21}"#),
        "PUT" => (204, ""),
        _ => (405, ""),
    }
}
