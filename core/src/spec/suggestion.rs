//! What to write instead of a refused entry: the pattern that was probably meant, or advice.

use core::fmt;

use crate::spec::finding_code::FindingCode;
use crate::spec::pattern::parse;
use crate::syntax::address::{parse_ipv6, write_ipv6};
use crate::syntax::host::is_loopback;
use crate::syntax::number::decimal;
use crate::syntax::scheme::{default_port, find_authority};

/// What to write instead of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "made on the cold path only, and nothing here allocates")]
pub enum Suggestion {
    /// Nothing is known.
    #[default]
    None,
    /// Replace the entry by this text: it is accepted as it stands.
    Write(Replacement),
    /// What to do, in words.
    Advice(&'static str),
}

/// The text that replaces an entry: at most 344 bytes of printable ASCII.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement(heapless::String<344>);

impl Replacement {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Suggestion {
    /// There is none.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        matches!(self, Self::None)
    }

    /// The text that replaces the entry, where there is one.
    #[must_use]
    pub fn replacement(&self) -> Option<&str> {
        match self {
            Self::Write(text) => Some(text.as_str()),
            _ => None,
        }
    }

    /// A replacement of at most 344 ASCII bytes; none where the bytes are anything else.
    pub(crate) fn write(pieces: &[&[u8]], change: fn(u8) -> u8) -> Self {
        let mut text = heapless::String::new();
        for &b in pieces.iter().copied().flatten() {
            if !b.is_ascii_graphic() || text.push(char::from(change(b))).is_err() {
                return Self::None;
            }
        }
        Self::Write(Replacement(text))
    }

    /// The pattern that was probably meant by an entry that is none.
    pub(crate) fn for_pattern(text: &[u8], code: FindingCode) -> Self {
        let repaired = repair(text);
        match &repaired {
            Self::Write(pattern) if parse(pattern.as_str().as_bytes()).is_ok() => repaired,
            _ => Self::Advice(advice(code)),
        }
    }
}

impl fmt::Display for Suggestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Write(text) => write!(f, "write \"{}\"", text.as_str()),
            Self::Advice(advice) => f.write_str(advice),
        }
    }
}

/// Where no replacement can be made up.
const fn advice(code: FindingCode) -> &'static str {
    match code {
        FindingCode::EmptyEntry => "write an origin such as \"https://app.example.com\", or remove the entry",
        FindingCode::UnusableScheme => "write the http: or https: origin of the page that makes the requests",
        FindingCode::NonAsciiHost => "write the host as A-labels, such as \"https://xn--bcher-kva.example\"",
        FindingCode::MisplacedWildcard => {
            "write \"https://*.example.com\", \"https://preview-*.example.com\" or \"http://localhost:*\""
        }
        FindingCode::TooLong | FindingCode::LabelTooLong => "remove the entry: no browser can send such an origin",
        FindingCode::InvalidPort => "write a port from 1 to 65535, or `*` for any",
        _ => "write an origin as browsers send it, such as \"https://app.example.com\"",
    }
}

/// Reads an entry liberally and writes it as an origin: scheme, host and port in the form that browsers send.
fn repair(text: &[u8]) -> Suggestion {
    let text = text.trim_ascii();
    let (scheme, after) = match find_authority(text) {
        Some(at) => (text.get(..at), text.get(at + 3..)),
        None => (None, Some(text)),
    };
    let after = after.unwrap_or(b"").trim_ascii_start();
    let end = after.iter().position(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')).unwrap_or(after.len());
    let authority = after.get(..end).unwrap_or(b"");
    let at = authority.iter().rposition(|&b| b == b'@').map_or(0, |at| at + 1);
    let authority = authority.get(at..).unwrap_or(b"").trim_ascii();
    let host_end = if authority.first() == Some(&b'[') {
        authority.iter().position(|&b| b == b']').map_or(authority.len(), |at| at + 1)
    } else {
        authority.iter().position(|&b| b == b':').unwrap_or(authority.len())
    };
    let (host, port) = (authority.get(..host_end).unwrap_or(b""), authority.get(host_end..).unwrap_or(b""));
    let scheme: &[u8] = match scheme {
        Some(scheme) if scheme.eq_ignore_ascii_case(b"ws") || scheme.eq_ignore_ascii_case(b"http") => b"http",
        Some(scheme) if scheme.eq_ignore_ascii_case(b"wss") || scheme.eq_ignore_ascii_case(b"https") => b"https",
        Some(scheme) => scheme,
        None if is_loopback(host) => b"http",
        None => b"https",
    };
    if host.is_empty() {
        return Suggestion::None;
    }
    let address;
    let host = match host.strip_prefix(b"[").and_then(|inside| inside.strip_suffix(b"]")).and_then(parse_ipv6) {
        Some(groups) => {
            address = write_ipv6(groups);
            address.as_bytes()
        }
        None => host,
    };
    let (open, close): (&[u8], &[u8]) =
        if authority.first() == Some(&b'[') && host.first() != Some(&b'[') { (b"[", b"]") } else { (b"", b"") };
    let digits = port.strip_prefix(b":").unwrap_or(port);
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    let short = digits.get(zeros..).unwrap_or(b"");
    let number = decimal(short, 65535);
    let (colon, port): (&[u8], &[u8]) = if digits.is_empty() || (number.is_some() && number == default_port(scheme)) {
        (b"", b"")
    } else {
        (b":", short)
    };
    Suggestion::write(&[scheme, b"://", open, host, close, colon, port], |b| b.to_ascii_lowercase())
}
