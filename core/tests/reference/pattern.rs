//! One entry of `allow_origins`: its grammar and what it matches (design, section 3, "Patterns").

use std::net::Ipv6Addr;

#[derive(Clone, Debug, PartialEq)]
pub enum Host {
    /// A domain, IPv4, bracketed IPv6 or opaque host: the very bytes.
    Exact(Vec<u8>),
    /// `*.rest`: one or more labels below.
    Below(Vec<u8>),
    /// `pre*post.rest`: one label.
    Glob(Vec<u8>, Vec<u8>, Vec<u8>),
    /// `*` of a custom scheme.
    AnyOpaque,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Port {
    Absent,
    Number(u16),
    Any,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    Any,
    Null,
    Tuple { scheme: Vec<u8>, host: Host, port: Port },
}

/// Section 3: the grammar. `None` is an error: such an entry could never match what a browser sends.
pub fn parse(text: &[u8]) -> Option<Pattern> {
    if text == b"*" {
        return Some(Pattern::Any);
    }
    if text == b"null" {
        return Some(Pattern::Null);
    }
    if text.len() > 328 {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    if !is_scheme(scheme) || ["ws", "wss", "ftp", "file", "data", "blob"].contains(&scheme) {
        return None;
    }
    // A colon within brackets belongs to the address; the one after them starts the port.
    let (host, port) = match rest.rfind(':') {
        Some(colon) if !rest[colon..].contains(']') => (&rest[..colon], Some(&rest[colon + 1..])),
        _ => (rest, None),
    };
    let port = match port {
        None => Port::Absent,
        Some("*") => Port::Any,
        Some(digits) => Port::Number(port_of(scheme.as_bytes(), digits.as_bytes())?),
    };
    let host = if scheme == "http" || scheme == "https" { web_host(host)? } else { opaque_host(host)? };
    Some(Pattern::Tuple { scheme: scheme.as_bytes().to_vec(), host, port })
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte))
}

/// 1..=65535 as browsers write it: no leading zero, never the scheme's default.
fn port_of(scheme: &[u8], digits: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(digits).ok()?;
    let number: u16 = text.parse().ok()?;
    let default = match scheme {
        b"http" => 80,
        b"https" => 443,
        _ => 0,
    };
    (number != 0 && number != default && number.to_string() == text).then_some(number)
}

fn opaque_host(host: &str) -> Option<Host> {
    if host == "*" {
        return Some(Host::AnyOpaque);
    }
    is_opaque(host.as_bytes()).then(|| Host::Exact(host.into()))
}

fn is_opaque(host: &[u8]) -> bool {
    (1..=253).contains(&host.len()) && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte))
}

fn web_host(host: &str) -> Option<Host> {
    if host.len() > 253 {
        return None;
    }
    if host.starts_with('[') {
        return is_ipv6(host).then(|| Host::Exact(host.into()));
    }
    if !host.contains('*') {
        return (is_domain(host) || is_ipv4(host)).then(|| Host::Exact(host.into()));
    }
    let (first, rest) = host.split_once('.')?;
    if !is_domain(rest) {
        return None;
    }
    if first == "*" {
        return Some(Host::Below(rest.into()));
    }
    let (pre, post) = first.split_once('*')?;
    let plain = format!("{pre}{post}");
    (first.len() <= 63 && is_label(plain.as_bytes())).then(|| Host::Glob(pre.into(), post.into(), rest.into()))
}

/// Section 3: a label is 1 to 63 bytes of a-z, 0-9, "-" and "_".
fn is_label(label: &[u8]) -> bool {
    let good = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte);
    (1..=63).contains(&label.len()) && label.iter().all(good)
}

/// Labels, perhaps one trailing dot, and a last label that is no number (the URL standard's "ends in a number").
fn is_domain(host: &str) -> bool {
    let body = host.strip_suffix('.').unwrap_or(host);
    let last = body.rsplit('.').next().unwrap_or("");
    let hexadecimal = last.strip_prefix("0x").is_some_and(|tail| tail.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || hexadecimal;
    body.split('.').all(|label| is_label(label.as_bytes())) && !numeric
}

fn is_ipv4(host: &str) -> bool {
    let canonical = |part: &str| part.parse::<u8>().is_ok_and(|number| number.to_string() == part);
    host.split('.').count() == 4 && host.split('.').all(canonical)
}

/// The URL standard's serialisation: hexadecimal groups, the first longest run of two or more zero groups left out.
fn is_ipv6(host: &str) -> bool {
    let Some(inner) = host.strip_prefix('[').and_then(|tail| tail.strip_suffix(']')) else { return false };
    let Ok(address) = inner.parse::<Ipv6Addr>() else { return false };
    let groups: Vec<String> = address.segments().iter().map(|group| format!("{group:x}")).collect();
    let mut best = (0, 0);
    for start in 0..8 {
        let length = groups[start..].iter().take_while(|group| *group == "0").count();
        if length >= 2 && length > best.1 {
            best = (start, length);
        }
    }
    let written = match best {
        (_, 0) => groups.join(":"),
        (start, length) => format!("{}::{}", groups[..start].join(":"), groups[start + length..].join(":")),
    };
    written == inner
}

/// Section 3: everything is matched on bytes.
pub fn matches(pattern: &Pattern, origin: &[u8]) -> bool {
    let (scheme, host, port) = match pattern {
        Pattern::Any => return true,
        Pattern::Null => return origin == b"null",
        Pattern::Tuple { scheme, host, port } => (scheme, host, port),
    };
    let Some(rest) = origin.strip_prefix(&[scheme, &b"://"[..]].concat()[..]) else { return false };
    let colon = rest.iter().rposition(|byte| *byte == b':');
    let split = colon.map(|at| (&rest[..at], &rest[at + 1..]));
    match port {
        Port::Absent => host_matches(host, rest),
        Port::Number(number) => {
            split.is_some_and(|(name, digits)| digits == number.to_string().as_bytes() && host_matches(host, name))
        }
        Port::Any => {
            host_matches(host, rest)
                || split.is_some_and(|(name, digits)| port_of(scheme, digits).is_some() && host_matches(host, name))
        }
    }
}

fn host_matches(host: &Host, name: &[u8]) -> bool {
    match host {
        Host::Exact(bytes) => bytes == name,
        Host::AnyOpaque => is_opaque(name),
        Host::Below(rest) => {
            let Some(below) = name.strip_suffix(&[b".", &rest[..]].concat()[..]) else { return false };
            name.len() <= 253 && below.split(|byte| *byte == b'.').all(is_label)
        }
        Host::Glob(pre, post, rest) => {
            let Some(label) = name.strip_suffix(&[b".", &rest[..]].concat()[..]) else { return false };
            // The two ends may not overlap: at least one byte stands between them.
            let apart = label.len() > pre.len() + post.len() && label.starts_with(pre) && label.ends_with(post);
            name.len() <= 253 && is_label(label) && apart
        }
    }
}

/// Section 3: `http:` other than loopback and localhost.
pub fn is_insecure(pattern: &Pattern) -> bool {
    let Pattern::Tuple { scheme, host, .. } = pattern else { return false };
    let local = |name: &[u8]| {
        let name = name.strip_suffix(b".").unwrap_or(name);
        name == b"localhost" || name.ends_with(b".localhost")
    };
    let loopback = match host {
        Host::Exact(name) => {
            let four = is_ipv4(&String::from_utf8_lossy(name)) && name.starts_with(b"127.");
            four || name == b"[::1]" || local(name)
        }
        Host::Below(rest) | Host::Glob(_, _, rest) => local(rest),
        Host::AnyOpaque => false,
    };
    scheme == b"http" && !loopback
}

/// The suffixes that the tests use, as the public suffix list has them; `ck` is the parent of `*.ck`.
const PUBLIC: [&str; 9] = ["com", "org", "net", "io", "uk", "co.uk", "github.io", "ck", "compute.amazonaws.com"];

/// Section 3: a wildcard whose fixed rest, less one trailing dot, is a public suffix.
pub fn is_public(pattern: &Pattern) -> bool {
    let Pattern::Tuple { host: Host::Below(rest) | Host::Glob(_, _, rest), .. } = pattern else { return false };
    let rest = rest.strip_suffix(b".").unwrap_or(rest);
    PUBLIC.iter().any(|name| name.as_bytes() == rest)
}
