//! Origins made from the patterns of a policy: one that each pattern matches, and those that a careless match lets in.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::code::LiveCode;

/// A host that no site can have: `.test` is reserved (RFC 6761).
const HOST: &str = "corsac-check.test";
/// A page that no policy lists.
pub(super) const STRANGER: &str = "https://corsac-check.test";
const LABEL: &str = "corsac-check";
/// A port that few pages use.
const PORT: u16 = 8443;

/// How an origin is near to a listed one: which careless match lets it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loose {
    /// Not near at all.
    Any,
    Null,
    Prefix,
    Suffix,
    Dot,
    Subdomain,
    Parent,
    Scheme,
    Port,
    /// Bytes that host names do not have, and that some browsers let through.
    Odd,
}

impl Loose {
    pub(super) const fn code(self) -> LiveCode {
        match self {
            Self::Any => LiveCode::OriginReflected,
            Self::Null => LiveCode::NullOriginAllowed,
            Self::Prefix => LiveCode::OriginPrefixMatch,
            Self::Suffix => LiveCode::OriginSuffixMatch,
            Self::Dot => LiveCode::OriginDotMatch,
            Self::Subdomain => LiveCode::OriginSubdomainMatch,
            Self::Parent => LiveCode::OriginParentMatch,
            Self::Scheme => LiveCode::OriginSchemeMatch,
            Self::Port => LiveCode::OriginPortMatch,
            Self::Odd => LiveCode::OriginOddBytes,
        }
    }
}

/// Origins that the pattern matches. The engine decides whether it does.
pub(super) fn matching(pattern: &str) -> Vec<String> {
    if pattern == "*" {
        return vec![STRANGER.to_owned()];
    }
    let Some(parts) = Parts::of(pattern) else { return vec![pattern.to_owned()] };
    let Parts { scheme, host, port } = parts;
    let hosts: Vec<String> = match (host, host.strip_prefix("*."), host.split_once('*')) {
        ("*", ..) if matches!(scheme, "http" | "https") => vec![HOST.to_owned()],
        ("*", ..) => vec![LABEL.to_owned()],
        (_, Some(rest), _) => vec![format!("{LABEL}.{rest}"), format!("deep.{LABEL}.{rest}")],
        (_, None, Some((before, after))) => vec![format!("{before}{LABEL}{after}")],
        _ => vec![address_in(host).unwrap_or_else(|| host.to_owned())],
    };
    let ports = match port {
        Some("*") => vec![String::new(), format!(":{PORT}")],
        Some(port) => vec![format!(":{port}")],
        None => vec![String::new()],
    };
    let each = |host: &String| ports.iter().map(|port| format!("{scheme}://{host}{port}")).collect::<Vec<_>>();
    hosts.iter().flat_map(each).collect()
}

/// Origins that a careless match of the pattern lets in. `origin`: one that the pattern matches.
pub(super) fn near(pattern: &str, origin: &str) -> Vec<(Loose, String)> {
    let Some(Parts { scheme, host, port }) = Parts::of(origin) else { return Vec::new() };
    let other = match scheme {
        "https" => "http",
        "http" => "https",
        _ => return Vec::new(),
    };
    let colon = port.map_or_else(String::new, |port| format!(":{port}"));
    let of = |host: &str| format!("{scheme}://{host}{colon}");
    let mut found = vec![(Loose::Scheme, format!("{other}://{host}{colon}"))];
    let next = port.and_then(|port| port.parse::<u16>().ok()).and_then(|port| port.checked_add(1)).unwrap_or(PORT);
    found.push((Loose::Port, format!("{scheme}://{host}:{next}")));
    if host.starts_with('[') {
        return found;
    }
    found.push((Loose::Prefix, of(&format!("{host}.{HOST}"))));
    if host.parse::<Ipv4Addr>().is_ok() {
        return found;
    }
    let written = Parts::of(pattern).map_or(host, |parts| parts.host);
    match (written.strip_prefix("*."), written.split_once('*')) {
        (Some(rest), _) => {
            found.push((Loose::Suffix, of(&format!("{LABEL}{rest}"))));
            found.push((Loose::Parent, of(rest)));
        }
        (None, Some((_, after))) => {
            found.push((Loose::Subdomain, of(&format!("{LABEL}{after}"))));
            found.push((Loose::Suffix, of(&format!("{LABEL}-{host}"))));
        }
        (None, None) => {
            found.push((Loose::Suffix, of(&format!("{LABEL}{host}"))));
            found.push((Loose::Subdomain, of(&format!("{LABEL}.{host}"))));
        }
    }
    if let Some((before, after)) = host.split_once('.') {
        found.push((Loose::Dot, of(&format!("{before}x{after}"))));
    }
    found
}

/// Origins that begin with this one, and go on with a byte that an expression may not expect. The URL standard lets them be in a host.
pub(super) fn odd(origin: &str) -> Vec<(Loose, String)> {
    let Some(Parts { scheme, host, .. }) = Parts::of(origin) else { return Vec::new() };
    if !matches!(scheme, "http" | "https") || host.starts_with('[') {
        return Vec::new();
    }
    let bytes = ['_', '`', '{', '!', '$', '&'];
    bytes.map(|byte| (Loose::Odd, format!("{scheme}://{host}{byte}.{HOST}"))).into()
}

struct Parts<'p> {
    scheme: &'p str,
    host: &'p str,
    port: Option<&'p str>,
}

impl<'p> Parts<'p> {
    fn of(text: &'p str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        // The colons of an IPv6 address are in brackets.
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (rest, None),
        };
        Some(Self { scheme, host, port })
    }
}

/// An address in a range, which is not its first.
fn address_in(host: &str) -> Option<String> {
    let (address, length) = host.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    if let Some(inner) = address.strip_prefix('[').and_then(|address| address.strip_suffix(']')) {
        let number = u128::from(inner.parse::<Ipv6Addr>().ok()?) | u128::from(length < 128);
        return Some(format!("[{}]", Ipv6Addr::from(number)));
    }
    let number = u32::from(address.parse::<Ipv4Addr>().ok()?) | u32::from(length < 32);
    Some(Ipv4Addr::from(number).to_string())
}

#[cfg(test)]
mod tests {
    use super::{Loose, matching, near};
    use corsac::{PolicySpec, Request};

    fn allows(pattern: &str, origin: &str) -> bool {
        let patterns = [pattern];
        let spec = PolicySpec {
            dangerously_allow_insecure_origins: true,
            dangerously_allow_null_origin: true,
            ..PolicySpec::new(&patterns)
        };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
        let request = Request::from_lines("GET", [("Origin", origin)]);
        policy.evaluate(&request).is_allowed()
    }

    const PATTERNS: [&str; 16] = [
        "https://app.example.com",
        "https://*.example.com",
        "https://preview-*.example.com",
        "http://localhost:*",
        "http://localhost:3000",
        "http://192.168.0.0/16:*",
        "http://192.168.0.7/32",
        "https://[fd00::]/8",
        "https://[2001:db8::1]:8443",
        "https://*",
        "https://*.example.com:*",
        "app://",
        "capacitor://*",
        "chrome-extension://abcdef",
        "null",
        "file://",
    ];

    #[test]
    fn made_origins_match_their_pattern() {
        for pattern in PATTERNS {
            let made = matching(pattern);
            assert!(!made.is_empty());
            for origin in made {
                assert!(allows(pattern, &origin), "{pattern} {origin}");
            }
        }
    }

    #[test]
    fn near_origins_are_what_a_careless_match_lets_in() {
        for pattern in PATTERNS {
            let is_open = pattern.contains(":*") || pattern == "https://*";
            for (loose, origin) in near(pattern, &matching(pattern)[0]) {
                let is_allowed = allows(pattern, &origin);
                assert!(!is_allowed || is_open, "{pattern} {loose:?} {origin}");
            }
        }
        let near = near("https://app.example.com", "https://app.example.com");
        let of = |loose: Loose| near.iter().find(|(kind, _)| *kind == loose).map(|(_, origin)| origin.as_str());
        assert_eq!(of(Loose::Prefix), Some("https://app.example.com.corsac-check.test"));
        assert_eq!(of(Loose::Suffix), Some("https://corsac-checkapp.example.com"));
        assert_eq!(of(Loose::Subdomain), Some("https://corsac-check.app.example.com"));
        assert_eq!(of(Loose::Dot), Some("https://appxexample.com"));
        assert_eq!(of(Loose::Scheme), Some("http://app.example.com"));
        assert_eq!(of(Loose::Port), Some("https://app.example.com:8443"));
    }
}
