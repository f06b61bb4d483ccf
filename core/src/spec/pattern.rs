//! One entry of `allow_origins`, parsed: the grammar, and the first thing that is wrong with an
//! entry that it refuses.
//!
//! A pattern is written in the form in which browsers serialise an origin
//! ([HTML](https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin))
//! and matched byte by byte.
//!
//! ```text
//! pattern = "*" | "null" | "file://" | "http(s)://" web-host [ ":" port ] | scheme "://" opaque-host [ ":" port ] | scheme "://"
//! port    = 1..65535, not the scheme's default | "*"
//! ```

use crate::spec::finding_code::FindingCode;
pub(crate) use crate::spec::pattern_host::{Kind, PatternError};
use crate::spec::pattern_host::{error, host_len, parse_opaque_host, parse_range, parse_web_host, range_len};
use crate::syntax::byte::{contains, is_label_byte, is_white_space};
use crate::syntax::host::{HOST_MAX, LABEL_MAX};
use crate::syntax::number::decimal;
use crate::syntax::scheme::{default_port, find_authority, is_scheme};

/// Longest pattern, in bytes: a scheme of 66 bytes, `://`, a host of 253, `:` and a port of 5.
pub(crate) const PATTERN_MAX: usize = 328;

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
    /// The port as the number that is hashed: 0 none, 65536 any.
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
    /// Empty for `*` and `null`.
    pub(crate) scheme: &'a [u8],
    /// The fixed part of the host: what is right of the first dot of `*.` or of a glob label; the
    /// whole host; a range as it is written; empty for `AnyHost`.
    pub(crate) fixed: &'a [u8],
    pub(crate) port: Port,
}

impl Pattern<'_> {
    /// Whether the pattern matches only its own text, so that one comparison of whole texts is
    /// enough.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.kind, Kind::Null | Kind::File | Kind::Host) && self.port != Port::Any
    }

    /// Whether the scheme is `http` or `https`.
    pub(crate) fn is_web(&self) -> bool {
        default_port(self.scheme).is_some()
    }
}

/// Schemes of URLs whose pages have the origin `null`, or the origin of another URL, or that have
/// no pages: no browser sends an `Origin` with one of these. `file://` alone is sent by some
/// Android WebViews.
const UNUSABLE: [&[u8]; 10] =
    [b"ws", b"wss", b"ftp", b"file", b"data", b"blob", b"javascript", b"about", b"filesystem", b"view-source"];

/// Whether a well-formed pattern is an address range: the only one with a `/` after `://`.
pub(crate) fn is_range(pattern: &[u8]) -> bool {
    let after = pattern.strip_prefix(b"https://").or_else(|| pattern.strip_prefix(b"http://"));
    after.is_some_and(|after| contains(after, b'/'))
}

/// Parses one entry of `allow_origins`.
#[inline]
pub(crate) fn parse(text: &[u8]) -> Result<Pattern<'_>, PatternError> {
    plain_host(text).map_or_else(|| parse_any(text), Ok)
}

/// Parses in one pass what nearly every entry is: `http(s)://`, labels, and perhaps a port. `None`:
/// look closer. Reading eight bytes at a time was slower.
fn plain_host(text: &[u8]) -> Option<Pattern<'_>> {
    let scheme: &[u8] = if text.starts_with(b"https://") { b"https" } else { b"http" };
    let after = text.strip_prefix(scheme)?.strip_prefix(b"://").filter(|_| text.len() <= PATTERN_MAX)?;
    // Where the label begins that is read.
    let mut label = 0;
    let host_end = loop {
        let text = after.get(label..)?;
        let length = text.iter().take_while(|&&b| is_label_byte(b)).count();
        // A-labels have rules of their own.
        if !(1..=LABEL_MAX).contains(&length) || text.starts_with(b"xn--") {
            return None;
        }
        match text.get(length) {
            Some(b'.') => label += length + 1,
            Some(b':') | None => break label + length,
            Some(_) => return None,
        }
    };
    // A last label that begins with a digit may be a number, which only an address may be.
    let is_name = host_end <= HOST_MAX && !after.get(label)?.is_ascii_digit();
    let port = parse_port(scheme, after.get(host_end..)?, 0).ok()?;
    is_name.then_some(Pattern { kind: Kind::Host, scheme, fixed: after.get(..host_end)?, port })
}

fn parse_any(text: &[u8]) -> Result<Pattern<'_>, PatternError> {
    let whole = |kind, scheme| Ok(Pattern { kind, scheme, fixed: b"", port: Port::Default });
    match text {
        b"" => return error(FindingCode::EmptyEntry, 0..0),
        b"*" => return whole(Kind::Any, b""),
        b"null" => return whole(Kind::Null, b""),
        b"file://" => return whole(Kind::File, b"file"),
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
    // `blob:https://a.example` and `data:text/plain` name their scheme before the first colon.
    let colon = text.iter().position(|&b| b == b':').unwrap_or(0);
    if text.get(..colon).is_some_and(|scheme| UNUSABLE.contains(&scheme)) {
        return error(FindingCode::UnusableScheme, 0..colon);
    }
    let Some(scheme_end) = find_authority(text) else {
        return error(FindingCode::MissingScheme, 0..text.len());
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
    parse_authority(scheme, after).map_err(|mut error| {
        let start = scheme_end + 3;
        error.at = error.at.start + start..error.at.end + start;
        error
    })
}

/// Parses everything after `://`; places count from there.
fn parse_authority<'a>(scheme: &'a [u8], after: &'a [u8]) -> Result<Pattern<'a>, PatternError> {
    let is_web = default_port(scheme).is_some();
    let range_end = if is_web { range_len(after) } else { None };
    // The `/` of a range is not that of a path.
    let rest = range_end.unwrap_or(0);
    if let Some(at) = after.iter().skip(rest).position(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')) {
        let at = rest + at;
        let code = if after.get(at..) == Some(b"/") { FindingCode::TrailingSlash } else { FindingCode::Path };
        return error(code, at..after.len());
    }
    if let Some(at) = after.iter().position(|&b| b == b'@') {
        return error(FindingCode::UserInfo, 0..at + 1);
    }
    if let Some(at) = after.iter().position(u8::is_ascii_uppercase).filter(|_| is_web) {
        return error(FindingCode::UpperCase, at..at + 1);
    }
    let host_end = range_end.unwrap_or_else(|| host_len(after));
    let (Some(host), Some(port_text)) = (after.get(..host_end), after.get(host_end..)) else {
        return error(FindingCode::InvalidHost, 0..after.len());
    };
    let port = parse_port(scheme, port_text, host_end)?;
    let (kind, fixed) = match range_end {
        Some(_) => (Kind::Range(parse_range(host)?), host),
        None if is_web => parse_web_host(host)?,
        // `app://`, which Android WebViews send, has no port.
        None if after.is_empty() => (Kind::Host, host),
        None => parse_opaque_host(host)?,
    };
    Ok(Pattern { kind, scheme, fixed, port })
}

/// Parses nothing, or `:` and a port.
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

#[cfg(test)]
mod tests {
    extern crate std;
    use std::format;
    use std::string::String;

    use super::{Kind, Pattern, Port, is_range, parse, parse_any, plain_host};
    use crate::spec::finding_code::FindingCode;
    use crate::syntax::address::{Address, AddressRange};

    #[test]
    fn plain_host_is_parsed_as_by_the_whole_grammar() {
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
            "xn--a",
            "a.xn--bcher-kva",
            "axn--a",
            "10.0.0.0/8",
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

    fn kind(text: &str) -> Result<Kind, FindingCode> {
        parse(text.as_bytes()).map(|pattern| pattern.kind).map_err(|error| error.code)
    }

    #[test]
    fn range_is_an_address_with_a_prefix_and_a_port() {
        let v4 = |first, prefix| Kind::Range(AddressRange { first: Address::V4(first), prefix });
        let v6 = |first, prefix| Kind::Range(AddressRange { first: Address::V6(first), prefix });
        for (text, kind, port) in [
            ("http://192.168.0.0/16:*", v4(0xC0A8_0000, 16), Port::Any),
            ("http://10.0.0.0/8", v4(0x0A00_0000, 8), Port::Default),
            ("https://10.0.0.1/32:8443", v4(0x0A00_0001, 32), Port::Number(8443)),
            ("http://0.0.0.0/0", v4(0, 0), Port::Default),
            ("https://[fd00::]/8", v6(0xFD << 120, 8), Port::Default),
            ("https://[::1]/128:*", v6(1, 128), Port::Any),
        ] {
            let pattern = parse(text.as_bytes()).expect(text);
            assert_eq!((pattern.kind, pattern.port, pattern.is_exact()), (kind, port, false), "{text}");
            assert!(is_range(text.as_bytes()));
        }
    }

    #[test]
    fn range_that_is_not_canonical_is_refused_with_reason() {
        for (text, code, at) in [
            ("http://192.168.1.20/16", FindingCode::RangeHostBits, 7..22),
            ("https://[fd00::1]/8:*", FindingCode::RangeHostBits, 8..19),
            ("http://192.168.0.0/33", FindingCode::RangePrefix, 19..21),
            ("http://192.168.0.0/016", FindingCode::RangePrefix, 19..22),
            ("http://[fd00::]/129", FindingCode::RangePrefix, 16..19),
            ("http://192.168.0/16", FindingCode::NumericHost, 7..16),
            ("http://[FD00::]/8", FindingCode::UpperCase, 8..9),
            ("http://[fd00:0::]/16", FindingCode::Ipv6NotCanonical, 7..17),
            ("http://[fd00]/16", FindingCode::InvalidHost, 7..13),
            ("http://10.0.0.0/8:80", FindingCode::DefaultPort, 17..20),
            // Not ranges, but paths.
            ("http://10.0.0.0/8/", FindingCode::Path, 15..18),
            ("http://10.0.0.0/2024", FindingCode::Path, 15..20),
            ("http://10.0.0.0:80/8", FindingCode::Path, 18..20),
            ("http://10.0.0.0/8x", FindingCode::Path, 15..18),
            ("http://a.example/8", FindingCode::Path, 16..18),
            ("app://10.0.0.0/8", FindingCode::Path, 14..16),
            ("http://10.0.0.0/", FindingCode::TrailingSlash, 15..16),
        ] {
            let error = parse(text.as_bytes()).expect_err(text);
            assert_eq!((error.code, error.at), (code, at), "{text}");
        }
    }

    #[test]
    fn empty_host_and_any_host_and_files_are_patterns() {
        for (text, expected, is_exact) in [
            ("https://*", Kind::AnyHost, false),
            ("http://*:*", Kind::AnyHost, false),
            ("http://*:8080", Kind::AnyHost, false),
            ("app://*", Kind::AnyHost, false),
            ("app://", Kind::Host, true),
            ("file://", Kind::File, true),
            ("null", Kind::Null, true),
        ] {
            let pattern = parse(text.as_bytes()).expect(text);
            assert_eq!((pattern.kind, pattern.is_exact()), (expected, is_exact), "{text}");
            assert!(!is_range(text.as_bytes()) && pattern.fixed.is_empty());
        }
        for (text, code) in [
            ("app://:1", FindingCode::InvalidHost),
            ("app://:*", FindingCode::InvalidHost),
            ("https://", FindingCode::InvalidHost),
            ("https://:1", FindingCode::InvalidHost),
            ("file:///", FindingCode::UnusableScheme),
            ("file://a", FindingCode::UnusableScheme),
            ("file://*", FindingCode::UnusableScheme),
            ("file:", FindingCode::UnusableScheme),
            ("https://*.", FindingCode::MisplacedWildcard),
            ("https://**", FindingCode::MisplacedWildcard),
        ] {
            assert_eq!(kind(text), Err(code), "{text}");
        }
    }

    #[test]
    fn schemes_without_an_origin_are_unusable() {
        for scheme in ["ws", "wss", "ftp", "file", "data", "blob", "javascript", "about", "filesystem", "view-source"] {
            for rest in ["://a.example", ":https://a.example", ":blank"] {
                let text = format!("{scheme}{rest}");
                let error = parse(text.as_bytes()).expect_err(&text);
                assert_eq!((error.code, error.at), (FindingCode::UnusableScheme, 0..scheme.len()), "{text}");
            }
        }
        assert_eq!(kind("wsx://a"), Ok(Kind::Host));
    }

    #[test]
    fn labels_that_the_url_parser_refuses_are_refused() {
        for (text, at) in [
            ("https://xn--", 8..12),
            ("https://xn--a.example", 8..13),
            ("https://b.xn--a:1", 10..15),
            ("https://*.xn--a.example", 10..15),
        ] {
            let error = parse(text.as_bytes()).expect_err(text);
            assert_eq!((error.code, error.at), (FindingCode::InvalidALabel, at), "{text}");
        }
        for text in ["https://xn--bcher-kva.example", "https://xn--*.example", "app://xn--a"] {
            assert!(parse(text.as_bytes()).is_ok(), "{text}");
        }
        let pattern = Pattern { kind: Kind::Host, scheme: b"https", fixed: b"a.xn--bcher-kva", port: Port::Default };
        assert_eq!(parse(b"https://a.xn--bcher-kva"), Ok(pattern));
    }
}
