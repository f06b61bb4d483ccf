//! The application: what the device does. It knows nothing about CORS.

const STATE: &str = r#"{"celsius":21}"#;

/// The status, the length of the content and the content of the response to this method. The response to HEAD
/// has the length of the content, and not the content.
pub(crate) fn respond(method: &str) -> (u16, usize, &'static str) {
    match method {
        "GET" => (200, STATE.len(), STATE),
        "HEAD" => (200, STATE.len(), ""),
        "PUT" => (204, 0, ""),
        _ => (405, 0, ""),
    }
}
