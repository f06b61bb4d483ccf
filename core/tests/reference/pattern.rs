//! Parses one entry of `allow_origins` and matches it (section 2, "Patterns").

use std::net::{Ipv4Addr, Ipv6Addr};

use super::label::is_refused_a_label;

#[derive(Clone, Debug, PartialEq)]
pub enum Host {
    /// A domain, IPv4, bracketed IPv6 or opaque host: exactly these bytes.
    Exact(Vec<u8>),
    /// `*.rest`: one or more labels below.
    Below(Vec<u8>),
    /// `pre*post.rest`: one label.
    Glob(Vec<u8>, Vec<u8>, Vec<u8>),
    /// `*` with the scheme of an app or an extension.
    AnyOpaque,
    /// `*` with `http:` or `https:`.
    AnyWeb,
    /// Every IPv4 address with the same first bits as this one.
    Range4(Ipv4Addr, u32),
    /// The same for IPv6.
    Range6(Ipv6Addr, u32),
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
    File,
    Tuple { scheme: Vec<u8>, host: Host, port: Port },
}

/// Schemes that no origin has.
const UNUSABLE: [&str; 10] =
    ["ws", "wss", "ftp", "file", "data", "blob", "javascript", "about", "filesystem", "view-source"];

/// Section 2, "Patterns": the grammar. `None` is an error: such an entry could never match the
/// origin of a page.
pub fn parse(text: &[u8]) -> Option<Pattern> {
    if text == b"*" {
        return Some(Pattern::Any);
    }
    if text == b"null" {
        return Some(Pattern::Null);
    }
    if text == b"file://" {
        return Some(Pattern::File);
    }
    if text.len() > 328 {
        return None;
    }
    let text = std::str::from_utf8(text).ok()?;
    let (scheme, rest) = text.split_once("://")?;
    if !is_scheme(scheme) || UNUSABLE.contains(&scheme) {
        return None;
    }
    // A colon in brackets belongs to the address, and the one after them begins the port.
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
    if host == Host::Exact(vec![]) && port != Port::Absent {
        return None;
    }
    Some(Pattern::Tuple { scheme: scheme.as_bytes().to_vec(), host, port })
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|first: char| first.is_ascii_lowercase())
        && scheme.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte))
}

/// 1..=65535 as browsers write it: without leading zeros, and not the default of the scheme.
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

/// The empty host is valid: Android's WebViews send `app://`.
fn is_opaque(host: &[u8]) -> bool {
    (0..=253).contains(&host.len()) && host.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(byte))
}

fn web_host(host: &str) -> Option<Host> {
    if host == "*" {
        return Some(Host::AnyWeb);
    }
    if let Some((address, bits)) = host.split_once('/') {
        return range(address, bits);
    }
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
    // `xn--*` is the beginning of A-labels, but not a label itself.
    (first.len() <= 63 && is_label_text(plain.as_bytes())).then(|| Host::Glob(pre.into(), post.into(), rest.into()))
}

/// An address, a slash, and how many of its first bits count. The other bits are 0.
fn range(address: &str, bits: &str) -> Option<Host> {
    let count: u32 = bits.parse().ok()?;
    if count.to_string() != bits {
        return None;
    }
    if is_ipv4(address) {
        let base: Ipv4Addr = address.parse().ok()?;
        return (count <= 32 && first_bits4(base, count) == base).then_some(Host::Range4(base, count));
    }
    let base = ipv6(address)?;
    (count <= 128 && first_bits6(base, count) == base).then_some(Host::Range6(base, count))
}

fn first_bits4(address: Ipv4Addr, count: u32) -> Ipv4Addr {
    let mask = if count == 0 { 0 } else { u32::MAX << (32 - count) };
    Ipv4Addr::from(u32::from(address) & mask)
}

fn first_bits6(address: Ipv6Addr, count: u32) -> Ipv6Addr {
    let mask = if count == 0 { 0 } else { u128::MAX << (128 - count) };
    Ipv6Addr::from(u128::from(address) & mask)
}

/// A label is 1 to 63 bytes of a-z, 0-9, "-" and "_", and the URL parser accepts it.
fn is_label(label: &[u8]) -> bool {
    is_label_text(label) && !is_refused_a_label(label)
}

fn is_label_text(label: &[u8]) -> bool {
    let good = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(byte);
    (1..=63).contains(&label.len()) && label.iter().all(good)
}

/// Labels, with at most one trailing dot, and a last label that is not a number (the URL standard's
/// "ends in a number").
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

/// The URL standard's serialisation: hexadecimal groups, without the first longest run of two or
/// more zero groups.
fn is_ipv6(host: &str) -> bool {
    ipv6(host).is_some()
}

fn ipv6(host: &str) -> Option<Ipv6Addr> {
    let inner = host.strip_prefix('[')?.strip_suffix(']')?;
    let address = inner.parse::<Ipv6Addr>().ok()?;
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
    (written == inner).then_some(address)
}

/// Section 2, "Patterns": everything is matched byte by byte.
pub fn matches(pattern: &Pattern, origin: &[u8]) -> bool {
    let (scheme, host, port) = match pattern {
        Pattern::Any => return true,
        Pattern::Null => return origin == b"null",
        Pattern::File => return origin == b"file://",
        Pattern::Tuple { scheme, host, port } => (scheme, host, port),
    };
    let Some(rest) = origin.strip_prefix(&[scheme, &b"://"[..]].concat()[..]) else { return false };
    let colon = rest.iter().rposition(|byte| *byte == b':');
    let split = colon.map(|at| (&rest[..at], &rest[at + 1..]));
    match port {
        Port::Absent => host_matches(host, rest),
        Port::Number(number) => split.is_some_and(|(name, digits)| {
            !name.is_empty() && digits == number.to_string().as_bytes() && host_matches(host, name)
        }),
        Port::Any => {
            host_matches(host, rest)
                || split.is_some_and(|(name, digits)| {
                    !name.is_empty() && port_of(scheme, digits).is_some() && host_matches(host, name)
                })
        }
    }
}

fn host_matches(host: &Host, name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    match host {
        Host::Exact(bytes) => bytes == name,
        Host::AnyOpaque => is_opaque(name),
        Host::AnyWeb => is_host(&text),
        Host::Range4(base, count) => {
            is_ipv4(&text) && text.parse().is_ok_and(|address| first_bits4(address, *count) == *base)
        }
        Host::Range6(base, count) => ipv6(&text).is_some_and(|address| first_bits6(address, *count) == *base),
        Host::Below(rest) => {
            let Some(below) = name.strip_suffix(&[b".", &rest[..]].concat()[..]) else { return false };
            name.len() <= 253 && below.split(|byte| *byte == b'.').all(is_label)
        }
        Host::Glob(pre, post, rest) => {
            let Some(label) = name.strip_suffix(&[b".", &rest[..]].concat()[..]) else { return false };
            // The two ends must not overlap: there is at least one byte between them.
            let apart = label.len() > pre.len() + post.len() && label.starts_with(pre) && label.ends_with(post);
            name.len() <= 253 && is_label(label) && apart
        }
    }
}

/// Whether a browser can send this as the host of an `http:` or `https:` origin. It may have one
/// trailing dot.
fn is_host(name: &str) -> bool {
    name.len() <= 253 && (is_domain(name) || is_ipv4(name) || is_ipv6(name))
}

/// What `dangerously_allow_insecure_origins` is for: `http:` other than loopback and localhost, and
/// any host of the scheme of an app or an extension.
pub fn is_insecure(pattern: &Pattern) -> bool {
    let Pattern::Tuple { scheme, host, .. } = pattern else { return false };
    *host == Host::AnyOpaque || (scheme == b"http" && !is_loopback(host))
}

/// What `allow_private_network` refuses: the same, except for the schemes of apps.
pub fn is_foreign_http(pattern: &Pattern) -> bool {
    let Pattern::Tuple { scheme, host, .. } = pattern else { return false };
    scheme == b"http" && !is_loopback(host)
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Exact(name) => is_loopback_name(name),
        Host::Below(rest) | Host::Glob(_, _, rest) => is_local_name(rest),
        Host::Range4(base, count) => base.octets()[0] == 127 && *count >= 8,
        Host::Range6(base, count) => *base == Ipv6Addr::LOCALHOST && *count == 128,
        Host::AnyOpaque | Host::AnyWeb => false,
    }
}

fn is_loopback_name(name: &[u8]) -> bool {
    let four = is_ipv4(&String::from_utf8_lossy(name)) && name.starts_with(b"127.");
    four || name == b"[::1]" || is_local_name(name)
}

fn is_local_name(name: &[u8]) -> bool {
    let name = name.strip_suffix(b".").unwrap_or(name);
    name == b"localhost" || name.ends_with(b".localhost")
}

/// The same for an `Origin` in a request. The host may be followed by a port that a pattern could
/// have.
pub fn is_loopback_origin(origin: &[u8]) -> bool {
    let Some(at) = origin.windows(3).position(|three| three == b"://") else { return false };
    let (scheme, rest) = (&origin[..at], &origin[at + 3..]);
    match rest.iter().rposition(|byte| *byte == b':') {
        Some(colon) if !rest[colon..].contains(&b']') => {
            port_of(scheme, &rest[colon + 1..]).is_some() && colon <= 253 && is_loopback_name(&rest[..colon])
        }
        _ => rest.len() <= 253 && is_loopback_name(rest),
    }
}

/// Section 2: a range that has addresses of strangers and is not small.
pub fn is_wide(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Tuple { host: Host::Range4(base, count), .. } => {
            let own =
                ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"];
            let lies_in = |own: &str| {
                let (start, bits) = own.split_once('/').expect("a range");
                let (start, bits) = (start.parse::<Ipv4Addr>().expect("an address"), bits.parse().expect("bits"));
                *count >= bits && first_bits4(*base, bits) == start
            };
            *count < 24 && !own.iter().any(|own| lies_in(own))
        }
        Pattern::Tuple { host: Host::Range6(base, count), .. } => {
            let lies_in = |(start, bits): (&str, u32)| {
                *count >= bits && first_bits6(*base, bits) == start.parse::<Ipv6Addr>().expect("an address")
            };
            *count < 48 && !lies_in(("fc00::", 7)) && !lies_in(("fe80::", 10))
        }
        _ => false,
    }
}

/// Whether a list of public suffixes can have this entry: a domain without a dot at its end.
pub fn is_fixed_part(name: &[u8]) -> bool {
    let text = String::from_utf8_lossy(name);
    text.len() <= 253 && !text.ends_with('.') && is_domain(&text)
}

/// The fixed part of a wildcard, without one trailing dot, and whether the wildcard matches several
/// labels.
pub fn fixed_part(pattern: &Pattern) -> Option<(&[u8], bool)> {
    let Pattern::Tuple { host, .. } = pattern else { return None };
    let (fixed, is_deep) = match host {
        Host::Below(fixed) => (fixed, true),
        Host::Glob(_, _, fixed) => (fixed, false),
        _ => return None,
    };
    Some((fixed.strip_suffix(b".").unwrap_or(fixed), is_deep))
}
