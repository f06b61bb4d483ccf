//! What a URL parser makes of a text that a server wrote: a URL or not, and where it leads
//! ([URL 4.4](https://url.spec.whatwg.org/#url-parsing), as Chromium has it).

use heapless::Vec;

use super::message::trimmed_of;
use crate::syntax::address::parse_ipv6;
use crate::syntax::listed::is_one_of;

/// Bytes of a text that are read. An authority with more of them counts as a valid one.
const READ_MAX: usize = 512;

/// Schemes of which a URL needs a host.
const WITH_HOST: &[u8] = b"http,https,ws,wss,ftp,chrome,chrome-extension,chrome-untrusted,devtools,isolated-app";

/// Where a `Location` leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a URL that a browser could ask for.
    Http,
    /// To another scheme, or to a URL with a user name or a password.
    Unusable,
    /// Nowhere: it is not a URL.
    Invalid,
}

impl Target {
    pub(super) fn of(location: &[u8]) -> Self {
        let text = cleaned(location);
        let (scheme, rest) = match split_scheme(&text) {
            Some((scheme, rest)) if is_one_of(scheme, b"http,https") => (scheme, rest),
            Some(_) if is_url(&text) => return Self::Unusable,
            Some(_) => return Self::Invalid,
            None if text.starts_with(b"//") => (b"http".as_slice(), text.as_slice()),
            None => return Self::Http,
        };
        let has_user_info = user_info(authority(rest, false)).iter().any(|&b| b != b':');
        match () {
            () if !has_valid_host(scheme, rest) => Self::Invalid,
            () if has_user_info => Self::Unusable,
            () => Self::Http,
        }
    }
}

/// Whether Chromium reads this as a URL with a scheme: `https://a.example/`, but not `a.example`.
pub(super) fn is_url(text: &[u8]) -> bool {
    let text = cleaned(text);
    let Some((scheme, rest)) = split_scheme(&text) else { return false };
    if is_one_of(scheme, b"filesystem") {
        // It holds another URL, which has a path.
        let is_inner = |(scheme, rest): (&[u8], &[u8])| {
            let is_known = is_one_of(scheme, WITH_HOST) || is_one_of(scheme, b"file");
            is_known && has_valid_host(scheme, rest) && has_path(rest)
        };
        return split_scheme(rest).is_some_and(is_inner);
    }
    has_valid_host(scheme, rest)
}

/// Without blanks and control bytes around it, and without tabs and line ends inside.
fn cleaned(text: &[u8]) -> Vec<u8, READ_MAX> {
    let mut clean = Vec::new();
    for &b in trimmed_of(text, |b| b <= b' ').iter().filter(|b| !matches!(b, b'\t' | b'\r' | b'\n')) {
        if clean.push(b).is_err() {
            break;
        }
    }
    clean
}

fn split_scheme(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = text.iter().position(|&b| b == b':')?;
    let (scheme, rest) = (text.get(..colon)?, text.get(colon.saturating_add(1)..)?);
    let is_scheme = scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    is_scheme.then_some((scheme, rest))
}

/// What is between the slashes and the path.
fn authority(rest: &[u8], needs_two: bool) -> &[u8] {
    let is_slash = |b: &&u8| matches!(b, b'/' | b'\\');
    let slashes = if needs_two { 2 } else { rest.iter().take_while(is_slash).count() };
    let rest = rest.get(slashes..).unwrap_or(b"");
    rest.split(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')).next().unwrap_or(b"")
}

/// Whether something follows the first `/` after the authority.
fn has_path(rest: &[u8]) -> bool {
    let is_slash = |b: &u8| matches!(b, b'/' | b'\\');
    let after = rest.get(rest.iter().take(2).filter(|b| is_slash(b)).count()..).unwrap_or(b"");
    let path = after.iter().position(is_slash).and_then(|at| after.get(at..)).unwrap_or(b"");
    path.len() > 1
}

fn user_info(authority: &[u8]) -> &[u8] {
    authority.iter().rposition(|&b| b == b'@').and_then(|at| authority.get(..at)).unwrap_or(b"")
}

fn has_valid_host(scheme: &[u8], rest: &[u8]) -> bool {
    let needs_host = is_one_of(scheme, WITH_HOST);
    let is_file = is_one_of(scheme, b"file");
    let is_slash = |b: &u8| matches!(b, b'/' | b'\\');
    let has_authority =
        if is_file { rest.iter().take(2).filter(|b| is_slash(b)).count() == 2 } else { rest.starts_with(b"//") };
    if !needs_host && !has_authority {
        return true;
    }
    let authority = authority(rest, !needs_host);
    if authority.len() >= READ_MAX / 2 {
        return true;
    }
    let host_and_port = authority.rsplit(|&b| b == b'@').next().unwrap_or(b"");
    let colon = host_and_port.iter().rposition(|&b| b == b':').filter(|_| !is_file && !host_and_port.ends_with(b"]"));
    let end = colon.unwrap_or(host_and_port.len());
    let (host, port) = host_and_port.split_at_checked(end).unwrap_or((host_and_port, b""));
    let port = port.strip_prefix(b":").unwrap_or(port);
    let is_host = match host.strip_prefix(b"[") {
        Some(inside) => inside.strip_suffix(b"]").and_then(parse_ipv6).is_some(),
        None if needs_host || is_file => is_domain(host),
        None => !host.iter().any(|&b| is_forbidden(b)),
    };
    // Without a host there is neither a port nor a user name.
    (!host.is_empty() || (!needs_host && authority.is_empty())) && is_host && is_port(port)
}

/// Empty, or a number of 16 bits with any zeros before it.
fn is_port(port: &[u8]) -> bool {
    let zeros = port.iter().take_while(|&&b| b == b'0').count();
    let digits = port.get(zeros..).unwrap_or(b"");
    number(digits, 10).map_or(digits.is_empty(), |port| port <= 65_535)
}

/// A forbidden host code point.
fn is_forbidden(b: u8) -> bool {
    b <= b' ' || b"#/:<>?@[\\]^|\x7F".contains(&b)
}

/// A host name, or an IPv4 address in any of its spellings.
fn is_domain(host: &[u8]) -> bool {
    let Some(host) = decoded(host) else { return false };
    // Chromium lets a blank through.
    if host.iter().any(|&b| is_forbidden(b) && b != b' ') || core::str::from_utf8(&host).is_err() {
        return false;
    }
    let labels = host.strip_suffix(b".").unwrap_or(&host);
    let last = labels.rsplit(|&b| b == b'.').next().unwrap_or(b"");
    let is_number = !last.is_empty() && (last.iter().all(u8::is_ascii_digit) || ipv4_part(last).is_some());
    !is_number || is_ipv4(labels)
}

fn is_ipv4(host: &[u8]) -> bool {
    let count = host.split(|&b| b == b'.').count();
    // The last part fills the bytes that are left.
    let bits = 40_u32.saturating_sub(8_u32.saturating_mul(u32::try_from(count).unwrap_or(u32::MAX)));
    let most = |place: usize| if place.saturating_add(1) < count { 255 } else { (1_u64 << bits).saturating_sub(1) };
    let mut parts = host.split(|&b| b == b'.').enumerate();
    count <= 4 && parts.all(|(place, part)| ipv4_part(part).is_some_and(|number| number <= most(place)))
}

/// A decimal, octal (`0`) or hexadecimal (`0x`) number.
fn ipv4_part(part: &[u8]) -> Option<u64> {
    match part {
        [b'0', b'x' | b'X'] => Some(0),
        [b'0', b'x' | b'X', digits @ ..] => number(digits, 16),
        [b'0', digits @ ..] if !digits.is_empty() => number(digits, 8),
        _ => number(part, 10),
    }
}

fn number(digits: &[u8], radix: u32) -> Option<u64> {
    let add = |sum: u64, &b: &u8| {
        let digit = char::from(b).to_digit(radix)?;
        Some(sum.saturating_mul(u64::from(radix)).saturating_add(u64::from(digit)))
    };
    if digits.is_empty() { None } else { digits.iter().try_fold(0, add) }
}

/// Without percent-encoding. `None` if no two hex digits follow a `%`.
fn decoded(host: &[u8]) -> Option<Vec<u8, READ_MAX>> {
    let mut plain = Vec::new();
    let mut rest = host;
    while let Some((&b, after)) = rest.split_first() {
        rest = after;
        let mut byte = b;
        if b == b'%' {
            byte = u8::try_from(number(after.get(..2)?, 16)?).ok()?;
            rest = after.get(2..)?;
        }
        plain.push(byte).ok()?;
    }
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::{Target, is_url};

    #[test]
    fn url_is_what_chromium_reads_as_one() {
        for url in [
            "https://a.example/",
            "http://a:080",
            "http://%61",
            "http://a%20b",
            "http://a\"b",
            "http\t://a",
            "http:a",
            "HTTP:\\\\a",
            "http://[::1]:8",
            "http://1.2.3.4",
            "http://1.2",
            "http://0x7f.1",
            "http://1.0X",
            "http://0x",
            "http://1.2.3.0x",
            "http://1.2.3.4.",
            "http://a:",
            "x:y",
            "x://",
            "x://a:80",
            "file:///",
            "file://h/x",
            "http://u@h",
            "filesystem:http://a/x",
            "filesystem:file:///x",
            "file:a]b",
            "file:///a]b",
            "chrome-extension://abc",
            "http://1a.2b",
            "http://a..b",
        ] {
            assert!(is_url(url.as_bytes()), "{url}");
        }
        for text in [
            "",
            "a.example",
            "//a",
            "http://",
            "http://256.1.1.1",
            "http://1.2.3.4.5",
            "http://a.1",
            "http://[::g]",
            "http://[::1",
            "x://a:b",
            "x://:1",
            "x://:",
            "x://u@",
            "file://@",
            "x://[",
            "x://a|b",
            "file://h:1",
            "chrome-extension:",
            "filesystem:x",
            "filesystem:http://a/",
            "filesystem:http://a",
            "filesystem:x:y",
            "file://a]b",
            "http://a:65536",
            "http://a:8o",
            "http://a<b",
            "http://a%",
            "http://a%zz",
            "http://a%7C",
            "http://08",
            "http://1.2.3.4.0x",
            "filesystem:x://a/b",
        ] {
            assert!(!is_url(text.as_bytes()), "{text}");
        }
        assert!(!is_url(b"http://a\x80"));
    }

    #[test]
    fn long_authority_counts_as_valid() {
        for (length, is_valid) in [(254, false), (255, false), (256, true), (257, true)] {
            let mut text = [b'a'; 300];
            text[..7].copy_from_slice(b"http://");
            text[6 + length] = b'<';
            assert_eq!(is_url(&text[..7 + length]), is_valid, "{length}");
        }
    }

    #[test]
    fn location_leads_to_a_usable_url_or_not() {
        for (location, target) in [
            ("/x", Target::Http),
            ("x?y#z", Target::Http),
            ("", Target::Http),
            ("//h/x", Target::Http),
            ("http://h", Target::Http),
            ("//@h", Target::Http),
            ("ftp://h/x", Target::Unusable),
            ("data:x", Target::Unusable),
            ("x:", Target::Unusable),
            ("http://u:p@h", Target::Unusable),
            ("//u@h/x", Target::Unusable),
            ("http://", Target::Invalid),
            ("//", Target::Invalid),
            ("ftp://", Target::Invalid),
            ("x://a:b", Target::Invalid),
            ("http://a:b", Target::Invalid),
        ] {
            assert_eq!(Target::of(location.as_bytes()), target, "{location}");
        }
    }
}
