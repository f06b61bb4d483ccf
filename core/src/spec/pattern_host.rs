//! The host of a pattern: a name, an address, a wildcard, a range.
//!
//! ```text
//! web-host    = "*" | domain | "*." domain | glob-label "." domain | ipv4 | "[" ipv6 "]" | ipv4 "/" 0..32 | "[" ipv6 "]/" 0..128
//! glob-label  = the first label, with one "*" and at least one other byte
//! opaque-host = "*" | 1*253( ALPHA / DIGIT / "-" / "." / "_" )
//! ```

use core::ops::Range;

use crate::spec::finding_code::FindingCode;
use crate::syntax::a_label::is_a_label;
use crate::syntax::address::{Address, AddressRange, parse_ipv4, parse_ipv6};
use crate::syntax::byte::{is_label_byte, is_opaque_host_byte};
use crate::syntax::host::{HOST_MAX, LABEL_MAX, ends_in_number};
use crate::syntax::number::decimal;

/// Which hosts a pattern matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `*`: any origin.
    Any,
    /// `null`: every opaque origin.
    Null,
    /// `file://`: what some Android WebViews send instead of `null`.
    File,
    /// One host; of other schemes than `http` and `https` it may be empty, as in `app://`.
    Host,
    /// `*.example.com`: one or more labels below.
    Subdomains,
    /// `preview-*.example.com`: one label of that shape.
    Glob,
    /// `https://*` or `app://*`: any host of that scheme.
    AnyHost,
    /// `http://192.168.0.0/16`: any address of that range.
    Range(AddressRange),
}

/// Why an entry is not a pattern, and which of its bytes are wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pub(crate) code: FindingCode,
    pub(crate) at: Range<usize>,
}

pub(crate) fn error<T>(code: FindingCode, at: Range<usize>) -> Result<T, PatternError> {
    Err(PatternError { code, at })
}

/// Where the host of an authority ends: after its bracket, or before the port.
pub(crate) fn host_len(authority: &[u8]) -> usize {
    if authority.first() == Some(&b'[') {
        authority.iter().position(|&b| b == b']').map_or(authority.len(), |at| at + 1)
    } else {
        authority.iter().position(|&b| b == b':').unwrap_or(authority.len())
    }
}

/// Parses the host of a scheme other than `http` and `https`, which browsers don't look into.
pub(crate) fn parse_opaque_host(host: &[u8]) -> Result<(Kind, &[u8]), PatternError> {
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

/// Parses the host of an `http` or `https` origin.
pub(crate) fn parse_web_host(host: &[u8]) -> Result<(Kind, &[u8]), PatternError> {
    let all = 0..host.len();
    match host {
        b"" => return error(FindingCode::InvalidHost, all),
        b"*" => return Ok((Kind::AnyHost, b"")),
        [b'[', ..] => return parse_address(host).map(|_| (Kind::Host, host)),
        _ => {}
    }
    if host.len() > HOST_MAX {
        return error(FindingCode::TooLong, HOST_MAX..host.len());
    }
    let Some(star) = host.iter().position(|&b| b == b'*') else {
        check_domain(host, 0)?;
        return if ends_in_number(host) && parse_ipv4(host).is_none() {
            error(FindingCode::NumericHost, all)
        } else {
            Ok((Kind::Host, host))
        };
    };
    // The star is in the first of several labels, once; what follows is a domain.
    let dot = host.iter().position(|&b| b == b'.').unwrap_or(host.len());
    let (label, fixed) = (host.get(..dot).unwrap_or(host), host.get(dot + 1..).unwrap_or(b""));
    let second = host.get(star + 1..).unwrap_or(b"").contains(&b'*');
    if !label.contains(&b'*') || second || fixed.is_empty() {
        return error(FindingCode::MisplacedWildcard, star..star + 1);
    }
    if let Some(at) = label.iter().position(|&b| b != b'*' && !is_label_byte(b)) {
        return error(FindingCode::InvalidHost, at..at + 1);
    }
    if label.len() > LABEL_MAX {
        return error(FindingCode::LabelTooLong, 0..label.len());
    }
    check_domain(fixed, dot + 1)?;
    if ends_in_number(fixed) {
        return error(FindingCode::NumericHost, dot + 1..host.len());
    }
    Ok((if label == b"*" { Kind::Subdomains } else { Kind::Glob }, fixed))
}

/// The length of what begins an authority as a range is written: an address, `/`, one to three
/// digits, and then a port or the end.
pub(crate) fn range_len(authority: &[u8]) -> Option<usize> {
    let slash = authority.iter().position(|&b| b == b'/')?;
    let address = authority.get(..slash)?;
    let is_address = match address {
        [b'[', .., b']'] => true,
        _ => !address.is_empty() && address.iter().all(|b| b.is_ascii_digit() || *b == b'.'),
    };
    let prefix = authority.get(slash + 1..)?;
    let digits = prefix.iter().take_while(|b| b.is_ascii_digit()).count();
    let is_prefix = (1..=3).contains(&digits) && matches!(prefix.get(digits), None | Some(b':'));
    (is_address && is_prefix).then_some(slash + 1 + digits)
}

/// Parses an address with its prefix length.
pub(crate) fn parse_range(host: &[u8]) -> Result<AddressRange, PatternError> {
    let slash = host.iter().position(|&b| b == b'/').unwrap_or(host.len());
    let address = host.get(..slash).unwrap_or(host);
    let first = parse_address(address)?;
    let prefix = host.get(slash + 1..).and_then(|digits| decimal(digits, u32::from(first.bits())));
    let Some(prefix) = prefix.and_then(|prefix| u8::try_from(prefix).ok()) else {
        return error(FindingCode::RangePrefix, slash + 1..host.len());
    };
    let range = AddressRange { first, prefix };
    if range.canonical() == range { Ok(range) } else { error(FindingCode::RangeHostBits, 0..host.len()) }
}

/// Parses an address in the form that browsers send.
fn parse_address(host: &[u8]) -> Result<Address, PatternError> {
    if let Some(address) = Address::of_host(host) {
        return Ok(address);
    }
    let Some(inside) = host.strip_prefix(b"[") else {
        return error(FindingCode::NumericHost, 0..host.len());
    };
    let is_ipv6 = inside.strip_suffix(b"]").and_then(parse_ipv6).is_some();
    error(if is_ipv6 { FindingCode::Ipv6NotCanonical } else { FindingCode::InvalidHost }, 0..host.len())
}

/// Checks labels of 1 to 63 bytes, and at most one trailing dot. `start` is the place of the domain
/// in its host.
pub(crate) fn check_domain(domain: &[u8], start: usize) -> Result<(), PatternError> {
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
        if label.starts_with(b"xn--") && !is_a_label(label) {
            return error(FindingCode::InvalidALabel, at..end);
        }
        at = end + 1;
    }
    Ok(())
}
