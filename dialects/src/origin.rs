//! An origin as text, taken apart, and origins that look like it.

/// The parts of `scheme://host:port`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin<'o> {
    pub(crate) scheme: &'o str,
    pub(crate) host: &'o str,
    /// With its colon, or empty.
    pub(crate) port: &'o str,
}

impl<'o> Origin<'o> {
    pub(crate) fn parse(text: &'o str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let after_address = rest.rfind(']').map_or(0, |at| at + 1);
        let port = rest.get(after_address..)?.rfind(':').map_or(rest.len(), |at| after_address + at);
        Some(Self { scheme, host: rest.get(..port)?, port: rest.get(port..)? })
    }
}

/// Whether a browser can send this text as an origin.
pub(crate) fn is_sendable(text: &str) -> bool {
    let spec = corsac::OwnedSpec::new([text]).dangerously_allow_null_origin(text == "null");
    !text.contains('*') && spec.compile(|_| ()).is_ok()
}

/// Whether a text is a pattern of a policy without credentials.
pub(crate) fn is_pattern(text: &str) -> bool {
    corsac::OwnedSpec::new([text]).dangerously_allow_null_origin(text == "null").compile(|_| ()).is_ok()
}

/// Origins that a pattern of a policy matches.
pub(crate) fn examples(pattern: &str) -> Vec<String> {
    let Some(Origin { scheme, host, port }) = Origin::parse(pattern) else { return vec![pattern.to_owned()] };
    let hosts = match host.split_once("*.") {
        _ if host == "*" => vec!["any.example".to_owned()],
        Some(("", below)) => vec![format!("a.{below}"), format!("a.b.{below}")],
        _ => vec![host.replace('*', "a1")],
    };
    let ports: &[&str] = if port == ":*" { &["", ":8443"] } else { &[port] };
    hosts.iter().flat_map(|host| ports.iter().map(move |port| format!("{scheme}://{host}{port}"))).collect()
}

/// Origins of other people, or of other servers, that look like this one.
pub(crate) fn near_misses(origin: &str) -> Vec<String> {
    let Some(Origin { scheme, host, port }) = Origin::parse(origin) else { return Vec::new() };
    let mut all = vec![
        format!("{scheme}://{host}.evil.test{port}"),
        format!("{scheme}://evil{host}{port}"),
        format!("{scheme}://evil.test.{host}{port}"),
        format!("{scheme}://{host}:8444"),
    ];
    match scheme {
        "https" => all.push(format!("http://{host}{port}")),
        "http" => all.push(format!("https://{host}{port}")),
        _ => {}
    }
    for (at, _) in host.match_indices('.').take(4) {
        let (before, after) = host.split_at(at);
        all.push(format!("{scheme}://{before}x{}{port}", after.get(1..).unwrap_or_default()));
    }
    if let Some((_, above)) = host.split_once('.') {
        all.push(format!("{scheme}://{above}{port}"));
    }
    all.retain(|near| near != origin && is_sendable(near));
    all
}

#[cfg(test)]
mod tests {
    use super::{Origin, examples, is_pattern, is_sendable, near_misses};

    #[test]
    fn takes_origins_apart() {
        let parts = |text| Origin::parse(text).map(|origin| (origin.scheme, origin.host, origin.port));
        assert_eq!(parts("https://a.example:8443"), Some(("https", "a.example", ":8443")));
        assert_eq!(parts("http://[::1]"), Some(("http", "[::1]", "")));
        assert_eq!(parts("null"), None);
    }

    #[test]
    fn every_near_miss_can_be_sent_and_differs() {
        let near = near_misses("https://app.example.com");
        for expected in ["https://app.example.com.evil.test", "http://app.example.com", "https://appxexample.com"] {
            assert!(near.contains(&expected.to_owned()), "{expected}");
        }
        assert!(near.iter().all(|near| is_sendable(near) && near != "https://app.example.com"));
    }

    #[test]
    fn examples_of_patterns_can_be_sent() {
        for pattern in
            ["https://*.example.com", "https://preview-*.example.com", "http://localhost:*", "https://*", "null"]
        {
            assert!(is_pattern(pattern) && examples(pattern).iter().all(|origin| is_sendable(origin)), "{pattern}");
        }
        assert!(!is_sendable("https://a.example/") && !is_sendable("https://*.example.com"));
    }
}
