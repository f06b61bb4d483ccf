//! Origins as Kong takes them apart and puts them together again before it compares them.

/// An origin in Kong's normal form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Normal {
    /// Scheme, host and port, without a default port.
    pub(super) whole: String,
    /// The host alone. A text that is not a URL is its own host.
    pub(super) host: String,
}

impl Normal {
    pub(super) fn of(text: &str) -> Self {
        let same = || Self { whole: text.to_owned(), host: text.to_owned() };
        let text_without_fragment = text.split_once('#').map_or(text, |(before, _)| before);
        let (scheme, rest) = split_scheme(text_without_fragment);
        let Some(rest) = rest.strip_prefix("//") else { return same() };
        let authority = rest.split('/').next().unwrap_or_default();
        let after_user = authority.split_once('@').map_or(authority, |(_, after)| after);
        let (host, port) = split_port(after_user);
        if host.is_empty() {
            return same();
        }
        // Brackets of an IPv6 address are lost, so such an origin never comes back as the browser sent it.
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        let is_default = matches!((scheme, port), (Some("http"), Some("80")) | (Some("https"), Some("443")));
        let scheme = scheme.map(|scheme| format!("{scheme}://")).unwrap_or_default();
        let port = port.filter(|_| !is_default).map(|port| format!(":{port}")).unwrap_or_default();
        Self { whole: format!("{scheme}{host}{port}"), host: host.to_owned() }
    }
}

fn split_scheme(text: &str) -> (Option<&str>, &str) {
    match text.split_once(':') {
        Some((scheme, rest))
            if scheme.starts_with(|c: char| c.is_ascii_alphanumeric())
                && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.')) =>
        {
            (Some(scheme), rest)
        }
        _ => (None, text),
    }
}

/// The port is what follows the last colon, unless a bracket follows it.
fn split_port(authority: &str) -> (&str, Option<&str>) {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, Some(port).filter(|port| !port.is_empty())),
        _ => (authority, None),
    }
}

#[cfg(test)]
mod tests {
    use super::Normal;

    #[test]
    fn normal_form_drops_default_ports_and_brackets() {
        let whole = |text| Normal::of(text).whole;
        assert_eq!(whole("https://a.example:443"), "https://a.example");
        assert_eq!(whole("http://a.example:80/path"), "http://a.example");
        assert_eq!(whole("https://a.example:8443"), "https://a.example:8443");
        assert_eq!(whole("http://[::1]:8080"), "http://::1:8080");
        assert_eq!(whole("null"), "null");
        assert_eq!(whole("a.example"), "a.example");
        assert_eq!(Normal::of("https://a.example:8443").host, "a.example");
    }
}
