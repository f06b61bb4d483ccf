//! The version of HTTP in which a server responds.

/// The version of HTTP in which the server responds, as far as it decides how header names are
/// spelled, and which bytes headers may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HttpVersion {
    /// HTTP/1.0 or HTTP/1.1: names as the server writes them.
    #[default]
    Http1,
    /// HTTP/2 or HTTP/3: all names are in lower case.
    Http2,
}

impl HttpVersion {
    /// Reads a version: `1.0`, `1.1`, `2` or `3`.
    ///
    /// ```
    /// use corsac::browser::HttpVersion;
    /// assert_eq!(HttpVersion::parse("2"), Some(HttpVersion::Http2));
    /// assert_eq!(HttpVersion::parse("HTTP/2"), None);
    /// ```
    #[must_use]
    pub fn parse(version: &str) -> Option<Self> {
        match version {
            "1.0" | "1.1" => Some(Self::Http1),
            "2" | "3" => Some(Self::Http2),
            _ => None,
        }
    }
}
