//! The URL of a check, cut into its parts, and the URLs next to it. URLs are serialised, so that they are only cut.

/// A serialised `http:` or `https:` URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// `https://api.example.com`
    origin: String,
    path: String,
    query: String,
    /// The same in every layer, whatever its path is there.
    label: String,
}

impl Target {
    pub(super) fn of(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let rest = rest.split('#').next().unwrap_or_default();
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at_checked(at)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let path = if path.is_empty() { "/" } else { path };
        Some(Self {
            origin: format!("{scheme}://{authority}"),
            path: path.to_owned(),
            query: query.to_owned(),
            label: ".".to_owned(),
        })
    }

    /// Another path of the same server. `path` is as it is sent.
    pub(super) fn at(&self, path: String) -> Self {
        Self { origin: self.origin.clone(), label: path.clone(), path, query: String::new() }
    }

    fn beside(&self, path: &str, label: &str) -> Self {
        let label = format!("{}{label}", self.label);
        Self { label, ..self.at(format!("{}{path}", self.path.trim_end_matches('/'))) }
    }

    /// A page below this one that does not exist.
    pub(super) fn below(&self) -> Self {
        self.beside("/corsac-check-missing", "/corsac-check-missing")
    }

    /// A path that only begins with the same letters.
    pub(super) fn look_alike(&self) -> Option<Self> {
        let path = self.path.trim_end_matches('/');
        (!path.is_empty()).then(|| self.beside("-corsac-check", "-corsac-check"))
    }

    /// Scheme, host and port.
    pub(super) fn origin(&self) -> &str {
        &self.origin
    }

    /// As it is sent, without the query.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// What stays the same in every layer: `.` is the path of the URL that was given.
    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// The URL with a parameter that no cache has seen.
    pub(super) fn with_token(&self, token: &str) -> String {
        let (query, and) = if self.query.is_empty() { ("", "") } else { (self.query.as_str(), "&") };
        format!("{}{}?{query}{and}{PARAMETER}={token}", self.origin, self.path)
    }
}

/// The query parameter that makes a URL new to every cache.
pub(super) const PARAMETER: &str = "corsac-check";

/// A decoded path of a policy set, as a URL has it.
pub(super) fn encoded(path: &[u8]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for &byte in path {
        let is_plain = byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
        if is_plain {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{Target, encoded};

    #[test]
    fn url_gets_a_fresh_parameter() {
        let target = Target::of("https://api.example.com:8443/things?a=1#top").unwrap();
        assert_eq!(target.with_token("7"), "https://api.example.com:8443/things?a=1&corsac-check=7");
        assert_eq!(
            target.below().with_token("7"),
            "https://api.example.com:8443/things/corsac-check-missing?corsac-check=7"
        );
        assert_eq!(target.look_alike().unwrap().path(), "/things-corsac-check");
        let root = Target::of("http://localhost").unwrap();
        assert_eq!((root.path(), root.look_alike()), ("/", None));
        assert_eq!(root.below().path(), "/corsac-check-missing");
        assert_eq!(encoded("/a b/ü".as_bytes()), "/a%20b/%C3%BC");
    }
}
