//! One entry of `allow_origins`, parsed: the grammar, and the one thing that is wrong with an entry that it refuses.
//!
//! A pattern is written in the form in which browsers serialise an origin
//! ([HTML](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin)); it is matched byte by byte.

use core::ops::Range;

use crate::spec::finding_code::FindingCode;
use crate::syntax::byte::{is_label_byte, is_opaque_host_byte, is_white_space};
use crate::syntax::host::{HOST_MAX, LABEL_MAX, decimal, ends_in_number, is_ipv4, parse_ipv6, write_ipv6};

/// Longest pattern, in bytes.
pub(crate) const PATTERN_MAX: usize = 328;

/// What a pattern's host stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `*`: any origin.
    Any,
    /// `null`: every opaque origin.
    Null,
    /// One host.
    Host,
    /// `*.example.com`: one or more labels below.
    Subdomains,
    /// `preview-*.example.com`: one label of that shape.
    Glob,
    /// `app://*`: any host of a scheme other than `http` and `https`.
    AnyHost,
}

/// The port of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// None: the scheme's default.
    Default,
    /// Exactly this one.
    Number(u16),
    /// Any, or none.
    Any,
}

impl Port {
    /// As a number that the table's hash takes: 0 none, 65536 any.
    pub(crate) fn key(self) -> u32 {
        match self {
            Self::Default => 0,
            Self::Number(number) => u32::from(number),
            Self::Any => ANY_PORT,
        }
    }
}

/// [`Port::key`] of "any".
pub(crate) const ANY_PORT: u32 = 65536;

/// A well-formed pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pattern<'a> {
    pub(crate) kind: Kind,
    pub(crate) scheme: &'a [u8],
    /// The fixed part of the host: what is right of the first dot of `*.` or of a glob label, or the whole host; empty for `AnyHost`.
    pub(crate) fixed: &'a [u8],
    pub(crate) port: Port,
}

impl Pattern<'_> {
    /// Matched by one comparison of whole texts.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::Host) && self.port != Port::Any
    }
}

/// Why an entry is no pattern, and which of its bytes say so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) code: FindingCode,
    pub(crate) at: Range<usize>,
}

fn error<T>(code: FindingCode, at: Range<usize>) -> Result<T, PatternError> {
    Err(PatternError { code, at })
}

/// The port that a browser leaves out.
pub(crate) fn default_port(scheme: &[u8]) -> Option<u32> {
    match scheme {
        b"http" => Some(80),
        b"https" => Some(443),
        _ => None,
    }
}

/// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`, lower case.
pub(crate) fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_lowercase)
        && scheme.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'+' | b'-' | b'.'))
}

/// Where `://` stands.
pub(crate) fn find_authority(text: &[u8]) -> Option<usize> {
    text.windows(3).position(|three| three == b"://")
}

/// Parses one entry of `allow_origins`.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Result<Pattern<'_>, PatternError> {
    plain_host(text).map_or_else(|| parse_any(text), Ok)
}

/// What nearly every entry is, in one pass: `http(s)://`, labels, and perhaps a port. `None`: look closer.
fn plain_host(text: &[u8]) -> Option<Pattern<'_>> {
    let scheme: &[u8] = if text.starts_with(b"https://") { b"https" } else { b"http" };
    let after = text.strip_prefix(scheme)?.strip_prefix(b"://").filter(|_| text.len() <= PATTERN_MAX)?;
    let (mut host_end, mut length, mut last) = (after.len(), 0, 0);
    for (at, &b) in after.iter().enumerate() {
        match b {
            b'.' if length != 0 => (length, last) = (0, at + 1),
            b':' => {
                host_end = at;
                break;
            }
            _ if is_label_byte(b) && length < LABEL_MAX => length += 1,
            _ => return None,
        }
    }
    // A last label that begins with a digit may be a number, which only an address may be; none at all is a trailing dot.
    let is_name = length != 0 && host_end <= HOST_MAX && !after.get(last)?.is_ascii_digit();
    let port = parse_port(scheme, after.get(host_end..)?, 0).ok()?;
    is_name.then_some(Pattern { kind: Kind::Host, scheme, fixed: after.get(..host_end)?, port })
}

fn parse_any(text: &[u8]) -> Result<Pattern<'_>, PatternError> {
    let whole = |kind| Ok(Pattern { kind, scheme: b"", fixed: b"", port: Port::Default });
    match text {
        b"" => return error(FindingCode::EmptyEntry, 0..0),
        b"*" => return whole(Kind::Any),
        b"null" => return whole(Kind::Null),
        _ => {}
    }
    if text.len() > PATTERN_MAX {
        return error(FindingCode::TooLong, PATTERN_MAX..text.len());
    }
    let found = |wanted: fn(u8) -> bool| text.iter().position(|&b| wanted(b)).map(|at| at..at + 1);
    if let Some(at) = found(|b| is_white_space(b) || matches!(b, b'\r' | b'\n' | 0x0B | 0x0C)) {
        return error(FindingCode::WhiteSpace, at);
    }
    if let Some(at) = found(|b| !b.is_ascii()) {
        return error(FindingCode::NonAsciiHost, at);
    }
    if let Some(at) = found(|b| b.is_ascii_control()) {
        return error(FindingCode::InvalidByte, at);
    }
    let Some(scheme_end) = find_authority(text) else {
        let opaque = [&b"data:"[..], b"blob:", b"file:"].into_iter().find(|scheme| text.starts_with(scheme));
        return match opaque {
            Some(scheme) => error(FindingCode::UnusableScheme, 0..scheme.len()),
            None => error(FindingCode::MissingScheme, 0..text.len()),
        };
    };
    let (Some(scheme), Some(after)) = (text.get(..scheme_end), text.get(scheme_end + 3..)) else {
        return error(FindingCode::MissingScheme, 0..text.len());
    };
    if let Some(at) = scheme.iter().position(u8::is_ascii_uppercase) {
        return error(FindingCode::UpperCase, at..at + 1);
    }
    if !is_scheme(scheme) {
        return error(FindingCode::InvalidScheme, 0..scheme_end);
    }
    if matches!(scheme, b"ws" | b"wss" | b"ftp" | b"file" | b"data" | b"blob") {
        return error(FindingCode::UnusableScheme, 0..scheme_end);
    }
    parse_authority(scheme, after).map_err(|mut error| {
        let start = scheme_end + 3;
        error.at = error.at.start + start..error.at.end + start;
        error
    })
}

/// Everything after `://`; places count from there.
fn parse_authority<'a>(scheme: &'a [u8], after: &'a [u8]) -> Result<Pattern<'a>, PatternError> {
    if let Some(at) = after.iter().position(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')) {
        let code = if after.get(at..) == Some(b"/") { FindingCode::TrailingSlash } else { FindingCode::Path };
        return error(code, at..after.len());
    }
    if let Some(at) = after.iter().position(|&b| b == b'@') {
        return error(FindingCode::UserInfo, 0..at + 1);
    }
    let is_web = default_port(scheme).is_some();
    if let Some(at) = after.iter().position(u8::is_ascii_uppercase).filter(|_| is_web) {
        return error(FindingCode::UpperCase, at..at + 1);
    }
    let host_end = if after.first() == Some(&b'[') {
        after.iter().position(|&b| b == b']').map_or(after.len(), |at| at + 1)
    } else {
        after.iter().position(|&b| b == b':').unwrap_or(after.len())
    };
    let (Some(host), Some(port_text)) = (after.get(..host_end), after.get(host_end..)) else {
        return error(FindingCode::InvalidHost, 0..after.len());
    };
    let port = parse_port(scheme, port_text, host_end)?;
    let (kind, fixed) = if is_web { parse_web_host(host)? } else { parse_opaque_host(host)? };
    Ok(Pattern { kind, scheme, fixed, port })
}

/// Nothing, or `:` and a port.
fn parse_port(scheme: &[u8], text: &[u8], start: usize) -> Result<Port, PatternError> {
    let at = start..start + text.len();
    match text.strip_prefix(b":") {
        None if text.is_empty() => Ok(Port::Default),
        None => error(FindingCode::InvalidHost, at),
        Some(b"*") => Ok(Port::Any),
        Some(digits) => match decimal(digits, 65535) {
            None | Some(0) => error(FindingCode::InvalidPort, at),
            number if number == default_port(scheme) => error(FindingCode::DefaultPort, at),
            Some(number) => Ok(Port::Number(number as u16)),
        },
    }
}

fn parse_opaque_host(host: &[u8]) -> Result<(Kind, &[u8]), PatternError> {
    if host == b"*" {
        return Ok((Kind::AnyHost, b""));
    }
    if let Some(at) = host.iter().position(|&b| b == b'*') {
        return error(FindingCode::MisplacedWildcard, at..at + 1);
    }
    if host.is_empty() {
        return error(FindingCode::InvalidHost, 0..0);
    }
    if host.len() > HOST_MAX {
        return error(FindingCode::TooLong, HOST_MAX..host.len());
    }
    match host.iter().position(|&b| !is_opaque_host_byte(b)) {
        Some(at) => error(FindingCode::InvalidHost, at..at + 1),
        None => Ok((Kind::Host, host)),
    }
}

fn parse_web_host(host: &[u8]) -> Result<(Kind, &[u8]), PatternError> {
    let all = 0..host.len();
    if host.is_empty() {
        return error(FindingCode::InvalidHost, all);
    }
    if let Some(inside) = host.strip_prefix(b"[") {
        let groups = inside.strip_suffix(b"]").and_then(parse_ipv6);
        return match groups {
            None => error(FindingCode::InvalidHost, all),
            Some(groups) if inside.strip_suffix(b"]") != Some(write_ipv6(groups).as_bytes()) => {
                error(FindingCode::Ipv6NotCanonical, all)
            }
            Some(_) => Ok((Kind::Host, host)),
        };
    }
    if host.len() > HOST_MAX {
        return error(FindingCode::TooLong, HOST_MAX..host.len());
    }
    let Some(star) = host.iter().position(|&b| b == b'*') else {
        check_domain(host, 0)?;
        return if ends_in_number(host) && !is_ipv4(host) {
            error(FindingCode::NumericHost, all)
        } else {
            Ok((Kind::Host, host))
        };
    };
    // The star stands in the first of several labels, once; what follows is a domain.
    let dot = host.iter().position(|&b| b == b'.').unwrap_or(host.len());
    let (label, rest) = (host.get(..dot).unwrap_or(host), host.get(dot + 1..).unwrap_or(b""));
    let second = host.get(star + 1..).unwrap_or(b"").contains(&b'*');
    if !label.contains(&b'*') || second || rest.is_empty() {
        return error(FindingCode::MisplacedWildcard, star..star + 1);
    }
    if let Some(at) = label.iter().position(|&b| b != b'*' && !is_label_byte(b)) {
        return error(FindingCode::InvalidHost, at..at + 1);
    }
    if label.len() > LABEL_MAX {
        return error(FindingCode::LabelTooLong, 0..label.len());
    }
    check_domain(rest, dot + 1)?;
    if ends_in_number(rest) {
        return error(FindingCode::NumericHost, dot + 1..host.len());
    }
    Ok((if label == b"*" { Kind::Subdomains } else { Kind::Glob }, rest))
}

/// Labels of 1 to 63 bytes, and one trailing dot at the most; `start` is where the domain stands.
fn check_domain(domain: &[u8], start: usize) -> Result<(), PatternError> {
    let mut at = start;
    let labels = domain.strip_suffix(b".").unwrap_or(domain);
    for label in labels.split(|&b| b == b'.') {
        let end = at + label.len();
        if label.is_empty() {
            return error(FindingCode::InvalidHost, at..at + 1);
        }
        if let Some(bad) = label.iter().position(|&b| !is_label_byte(b)) {
            return error(FindingCode::InvalidHost, at + bad..at + bad + 1);
        }
        if label.len() > LABEL_MAX {
            return error(FindingCode::LabelTooLong, at..end);
        }
        at = end + 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;
    use std::string::String;

    use super::{parse_any, plain_host};

    #[test]
    fn a_plain_host_is_what_the_whole_grammar_says_it_is() {
        let ends = [
            "",
            "a",
            "a.example",
            "a..b",
            ".a",
            "a.",
            "a.1",
            "1.a",
            "a.0x1",
            "a_b.c-d",
            "A.b",
            "*.a",
            "127.0.0.1",
            "[::1]",
            "a/",
            "a b",
            "\u{e9}.a",
        ];
        let ports = ["", ":", ":1", ":80", ":443", ":8443", ":65535", ":65536", ":0", ":01", ":*", ":a", ":1:2", ":1/"];
        let label =
            ["a".repeat(63), "a".repeat(64), [&"a".repeat(63)[..]; 4].join("."), [&"a".repeat(62)[..]; 4].join(".")];
        let hosts = ends.into_iter().chain(label.iter().map(String::as_str));
        let mut plain = 0;
        for (host, port) in hosts.flat_map(|host| ports.map(|port| (host, port))) {
            for scheme in ["https://", "http://", "https:/", "httpss://", "http", "ws://", ""] {
                let text = format!("{scheme}{host}{port}");
                if let Some(pattern) = plain_host(text.as_bytes()) {
                    assert_eq!(Ok(pattern), parse_any(text.as_bytes()), "{text}");
                    plain += 1;
                }
            }
        }
        assert!(plain > 50, "{plain}");
    }
}
