//! Finds the pattern that was probably meant by an entry that is not one: scheme, host and port in
//! the form that browsers send.

use crate::spec::finding_code::FindingCode;
use crate::spec::pattern::parse;
use crate::spec::pattern_host::host_len;
use crate::spec::suggestion::Replacement;
use crate::syntax::address::{Address, AddressRange, parse_ipv4, parse_ipv6, write_ipv4, write_ipv6};
use crate::syntax::host::is_loopback;
use crate::syntax::number::decimal;
use crate::syntax::scheme::{default_port, find_authority};

/// The pattern that was meant by an entry with this mistake, if it is clear.
pub(crate) fn repair(text: &[u8], code: FindingCode) -> Option<Replacement> {
    let repaired = match code {
        FindingCode::Variable => None,
        FindingCode::RegularExpression => repair_origin(literal(text)?.as_bytes()),
        _ => repair_origin(text),
    };
    repaired.filter(|text| parse(text.as_bytes()).is_ok())
}

/// The text without white space, quotes and separators around it.
pub(crate) fn unquoted(text: &[u8]) -> &[u8] {
    let is_around = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>,;".contains(b);
    let start = text.iter().take_while(|b| is_around(b)).count();
    let text = text.get(start..).unwrap_or(b"");
    let end = text.iter().rev().take_while(|b| is_around(b)).count();
    text.get(..text.len().saturating_sub(end)).unwrap_or(b"")
}

/// The one text that a regular expression matches. `.*` before a dot becomes `*`, any number of
/// labels; `https?` becomes `https`. `None`: it matches more than one text.
fn literal(text: &[u8]) -> Option<Replacement> {
    let mut rest = unquoted(text);
    for lead in [b"~".as_slice(), b"*", b"/", b"^"] {
        rest = rest.strip_prefix(lead).unwrap_or(rest).trim_ascii_start();
    }
    for end in [b"/".as_slice(), b"$"] {
        rest = rest.strip_suffix(end).unwrap_or(rest);
    }
    let mut literal = Replacement::of(&[])?;
    while let Some((&first, tail)) = rest.split_first() {
        let (piece, tail) = match (first, tail) {
            (b'\\', [b'.' | b'/' | b'-' | b':', after @ ..]) => (tail.get(..1)?, after),
            (b'.', [b'*' | b'+', b'\\', b'.', after @ ..] | [b'*' | b'+', b'.', after @ ..]) => {
                (b"*.".as_slice(), after)
            }
            (b's', [b'?', after @ ..]) if literal.as_bytes() == b"http" => (b"s".as_slice(), after),
            (b'\\' | b'(' | b')' | b'[' | b']' | b'{' | b'}' | b'|' | b'+' | b'*' | b'?' | b'^' | b'$', _) => {
                return None;
            }
            _ => (rest.get(..1)?, tail),
        };
        literal = Replacement::of(&[literal.as_bytes(), piece])?;
        rest = tail;
    }
    Some(literal)
}

/// Reads an entry liberally.
fn repair_origin(text: &[u8]) -> Option<Replacement> {
    let text = unquoted(text);
    for whole in [b"null".as_slice(), b"*", b"file://"] {
        if text.eq_ignore_ascii_case(whole) {
            return Replacement::of(&[whole]);
        }
    }
    let (scheme, after) = split_scheme(text);
    let after = after.trim_ascii_start();
    let end = after.iter().position(|b| matches!(b, b'/' | b'\\' | b'?' | b'#')).unwrap_or(after.len());
    let (authority, path) = (after.get(..end)?, after.get(end..)?);
    let user_info = authority.iter().rposition(|&b| b == b'@').map_or(0, |at| at + 1);
    let authority = authority.get(user_info..)?.trim_ascii();
    let (host, port) = authority.split_at_checked(host_len(authority))?;
    let scheme = match web_scheme(scheme, host) {
        Some(web) => Replacement::of(&[web])?,
        None => lower(scheme?)?,
    };
    if scheme.as_bytes() == b"file" {
        // Most browsers send `null` for a page from a file, and few send `file://`: what was meant
        // is not clear.
        return None;
    }
    if default_port(scheme.as_bytes()).is_none() {
        let port = if host.is_empty() { b"" } else { port };
        return Replacement::of(&[scheme.as_bytes(), b"://", host, port]);
    }
    let (prefix, range_port) = split_prefix(path);
    let port = repair_port(scheme.as_bytes(), if port.is_empty() { range_port } else { port })?;
    let host = if prefix.is_empty() { repair_host(host)? } else { repair_range(host, prefix)? };
    Replacement::of(&[scheme.as_bytes(), b"://", host.as_bytes(), port.as_bytes()])
}

fn lower(text: &[u8]) -> Option<Replacement> {
    Some(Replacement::of(&[text])?.map(|c| c.to_ascii_lowercase()))
}

/// Splits the scheme from the rest: `https:/a`, `https//a` and `//a` are meant as `https://a`.
fn split_scheme(text: &[u8]) -> (Option<&[u8]>, &[u8]) {
    // The URL in a URL has the origin.
    let wrapper = [b"view-source:".as_slice(), b"blob:", b"filesystem:"].into_iter().find_map(|wrapper| {
        let (start, rest) = text.split_at_checked(wrapper.len())?;
        start.eq_ignore_ascii_case(wrapper).then_some(rest)
    });
    let text = wrapper.unwrap_or(text);
    if let Some(at) = find_authority(text) {
        return (text.get(..at), text.get(at + 3..).unwrap_or(b""));
    }
    let slashes = |text: &[u8]| text.iter().take_while(|b| matches!(b, b':' | b'/' | b'\\')).count();
    for scheme in [b"https".as_slice(), b"http"] {
        if let Some((start, rest)) = text.split_at_checked(scheme.len()) {
            // `https:8080` has a port, and no scheme.
            let count = slashes(rest);
            if start.eq_ignore_ascii_case(scheme) && count != 0 && !rest.get(1).is_some_and(u8::is_ascii_digit) {
                return (Some(scheme), rest.get(count..).unwrap_or(b""));
            }
        }
    }
    (None, text.strip_prefix(b"//").unwrap_or(text))
}

/// The scheme of a page: for a socket that of the page which opens it, and without a scheme the
/// usual one for this host.
fn web_scheme(scheme: Option<&[u8]>, host: &[u8]) -> Option<&'static [u8]> {
    let is_one_of =
        |schemes: &[&[u8]]| scheme.is_some_and(|own| schemes.iter().any(|one| one.eq_ignore_ascii_case(own)));
    let is_local = || is_loopback(host) || is_private(host);
    if is_one_of(&[b"http", b"ws"]) || (scheme.is_none() && is_local()) {
        Some(b"http")
    } else if is_one_of(&[b"https", b"wss", b"*", b"http*"]) || scheme.is_none() {
        Some(b"https")
    } else {
        None
    }
}

/// Whether a host is an address that the internet does not route to.
pub(crate) fn is_private(host: &[u8]) -> bool {
    Address::of_host(host).is_some_and(|first| AddressRange { first, prefix: first.bits() }.is_private())
}

/// Splits `/16:8080` or `/16/` into prefix length and port, where a path begins so.
fn split_prefix(path: &[u8]) -> (&[u8], &[u8]) {
    let Some(after) = path.strip_prefix(b"/") else { return (b"", b"") };
    let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
    let (prefix, rest) = after.split_at_checked(digits).unwrap_or_default();
    (prefix, if rest.first() == Some(&b':') { rest } else { b"" })
}

fn repair_port(scheme: &[u8], port: &[u8]) -> Option<Replacement> {
    let digits = port.strip_prefix(b":").unwrap_or(port);
    let zeros = digits.iter().take_while(|&&b| b == b'0').count();
    let short = digits.get(zeros..)?;
    let number = decimal(short, 65535);
    if digits.is_empty() || (number.is_some() && number == default_port(scheme)) {
        return Replacement::of(&[]);
    }
    Replacement::of(&[b":", short])
}

/// The host of a web page: labels in lower case, addresses in canonical form.
fn repair_host(host: &[u8]) -> Option<Replacement> {
    if let Some(groups) = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).and_then(parse_ipv6) {
        return Replacement::of(&[b"[", write_ipv6(groups).as_bytes(), b"]"]);
    }
    if let Some(range) = range_of_stars(host) {
        return Some(range);
    }
    // Elsewhere, `.example.com` and `**.example.com` are all names below.
    match host.strip_prefix(b"**.").or_else(|| host.strip_prefix(b".")) {
        Some(domain) => lower(Replacement::of(&[b"*.", domain])?.as_bytes()),
        None => lower(host),
    }
}

/// `192.168.*.*`, which is written `192.168.0.0/16`.
fn range_of_stars(host: &[u8]) -> Option<Replacement> {
    let (mut address, mut numbers, mut parts) = (0_u32, 0_u8, 0_u8);
    for part in host.split(|&b| b == b'.') {
        parts = parts.checked_add(1).filter(|&parts| parts <= 4)?;
        if part != b"*" {
            // Numbers come before stars.
            numbers += 1;
            address = address << 8 | decimal(part, 255).filter(|_| numbers == parts)?;
        }
    }
    let prefix = numbers.checked_mul(8).filter(|&prefix| (8..32).contains(&prefix) && parts > numbers)?;
    write_range(Address::V4(address << (32 - u32::from(prefix))), prefix)
}

/// The range of this address: its first address, and the prefix length without leading zeros.
fn repair_range(host: &[u8], prefix: &[u8]) -> Option<Replacement> {
    let first = match host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")) {
        Some(inside) => Address::of_groups(parse_ipv6(inside)?),
        // What is not an address has a path.
        None => match parse_ipv4(host) {
            Some(address) => Address::V4(address),
            None => return repair_host(host),
        },
    };
    let zeros = prefix.iter().take(prefix.len().saturating_sub(1)).take_while(|&&b| b == b'0').count();
    let prefix = decimal(prefix.get(zeros..)?, u32::from(first.bits()))?;
    write_range(first, u8::try_from(prefix).ok()?)
}

fn write_range(first: Address, prefix: u8) -> Option<Replacement> {
    let range = AddressRange { first, prefix }.canonical();
    let digits = [b'0' + prefix / 100, b'0' + prefix / 10 % 10, b'0' + prefix % 10];
    let zeros = digits.iter().take(2).take_while(|&&digit| digit == b'0').count();
    let digits = digits.get(zeros..)?;
    match range.first {
        Address::V4(bits) => Replacement::of(&[write_ipv4(bits).as_bytes(), b"/", digits]),
        Address::V6(bits) => {
            let groups = core::array::from_fn(|at| (bits >> (112 - 16 * at)) as u16);
            Replacement::of(&[b"[", write_ipv6(groups).as_bytes(), b"]/", digits])
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::repair;
    use crate::spec::finding_code::FindingCode::{self, Path, RegularExpression, Variable};
    use std::string::String;

    fn repaired(text: &str, code: FindingCode) -> Option<String> {
        repair(text.as_bytes(), code).map(|text| text.as_str().into())
    }

    #[test]
    fn entries_are_repaired_to_what_browsers_send() {
        for (text, meant) in [
            ("'https://a.example'", "https://a.example"),
            ("\"https://a.example\",", "https://a.example"),
            ("<https://a.example/>", "https://a.example"),
            ("NULL", "null"),
            ("'*'", "*"),
            ("FILE://", "file://"),
            ("https:/a.example", "https://a.example"),
            ("https//a.example", "https://a.example"),
            ("https:a.example", "https://a.example"),
            (r"HTTP:\\a.example\x", "http://a.example"),
            ("//a.example", "https://a.example"),
            ("*://a.example", "https://a.example"),
            ("http*://a.example", "https://a.example"),
            ("https:8080", "https://https:8080"),
            ("blob:https://a.example/0-1", "https://a.example"),
            ("view-source:http://a.example", "http://a.example"),
            ("wss://a.example:443/x", "https://a.example"),
            ("192.168.1.20:5173", "http://192.168.1.20:5173"),
            ("8.8.8.8", "https://8.8.8.8"),
            (".example.com", "https://*.example.com"),
            ("https://.Example.com", "https://*.example.com"),
            ("https://**.example.com", "https://*.example.com"),
            ("App://Host/", "app://Host"),
            ("app:///", "app://"),
            ("app://:1", "app://"),
            ("http://192.168.*.*", "http://192.168.0.0/16"),
            ("http://192.168.1.*:8080", "http://192.168.1.0/24:8080"),
            ("http://10.*", "http://10.0.0.0/8"),
            ("10.1.2.3/8", "http://10.0.0.0/8"),
            ("http://192.168.1.1/16/", "http://192.168.0.0/16"),
            ("http://192.168.1.1/024:*", "http://192.168.1.0/24:*"),
            ("http://192.168.0.0:8080/16", "http://192.168.0.0/16:8080"),
            ("http://1.2.3.4/0", "http://0.0.0.0/0"),
            ("http://1.2.3.4/32", "http://1.2.3.4/32"),
            ("http://[FD00:0::1]/8", "http://[fd00::]/8"),
            ("http://[fd00::1]/128", "http://[fd00::1]/128"),
            ("http://a.example/16", "http://a.example"),
        ] {
            assert_eq!(repaired(text, Path).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn entries_that_are_not_clear_are_not_repaired() {
        for text in [
            "",
            "''",
            "ftp://a.example",
            "file:///home",
            "data:text/html,x",
            "https://",
            "https://*a*.example",
            "https://a b.example",
            "https://b\u{fc}cher.example",
            "http://192.*.1.1",
            "http://*.*.1.1",
            "http://256.*",
            "http://1.2.3.4.*",
            "http://192.168.0.0/255.255.0.0",
            "http://192.168.0.0/33",
            "http://[::]/129",
            "http://[::x]/1",
            "https://a.example,https://b.example",
        ] {
            assert_eq!(repaired(text, Path), None, "{text}");
        }
        // What the variable holds is not known, even if it is behind the host.
        for text in ["https://$HOST", "https://a.example/$PATH"] {
            assert_eq!(repaired(text, Variable), None, "{text}");
        }
    }

    #[test]
    fn regular_expressions_without_a_choice_are_repaired() {
        for (text, meant) in [
            (r"^https://app\.example\.com$", "https://app.example.com"),
            (r"/^https:\/\/app\.example\.com$/", "https://app.example.com"),
            (r"~^https?://app\.example\.com$", "https://app.example.com"),
            (r"~* ^https://app\.example\.com:8443$", "https://app.example.com:8443"),
            (r"https://.*\.example\.com", "https://*.example.com"),
            (r"^https://.+\.my\-site\.com$", "https://*.my-site.com"),
            (r"https://.*.example.com$", "https://*.example.com"),
            (r".*\.example\.com", "https://*.example.com"),
        ] {
            assert_eq!(repaired(text, RegularExpression).as_deref(), Some(meant), "{text}");
        }
        for text in [
            r"^https://(a|b)\.example$",
            r"^https://[a-z]+\.example$",
            r"^https://[^.]+\.example\.com$",
            r"^https://a\d\.example$",
            r"^https://.*example\.com$",
            r"^https://a{2}\.example$",
            r"^https://apps?\.example\.com$",
            ".*",
        ] {
            assert_eq!(repaired(text, RegularExpression), None, "{text}");
        }
    }
}
