//! Hosts in the one form that browsers send ([URL, host serialising](https://url.spec.whatwg.org/#host-serializing)).

use crate::syntax::byte::is_label_byte;

/// Longest host, a trailing dot included.
pub(crate) const HOST_MAX: usize = 253;
/// Longest label.
pub(crate) const LABEL_MAX: usize = 63;

/// One or more labels of 1 to 63 bytes of `a-z 0-9 - _`, joined by single dots; `extra` is one more byte that counts as theirs.
pub(crate) fn are_labels(labels: &[u8], extra: Option<u8>) -> bool {
    let is_length = |length| (1..=LABEL_MAX).contains(&length);
    let mut start = 0;
    for (at, &b) in labels.iter().enumerate() {
        if is_label_byte(b) {
            continue;
        }
        if b == b'.' && is_length(at - start) {
            start = at + 1;
        } else if Some(b) != extra {
            return false;
        }
    }
    is_length(labels.len() - start)
}

/// The host without the one trailing dot that names the root.
pub(crate) fn without_root_dot(host: &[u8]) -> &[u8] {
    host.strip_suffix(b".").unwrap_or(host)
}

/// The URL standard's "ends in a number": such a host is an IPv4 address or no host at all.
pub(crate) fn ends_in_number(host: &[u8]) -> bool {
    let last = without_root_dot(host).rsplit(|&b| b == b'.').next().unwrap_or(host);
    match last.strip_prefix(b"0x").or(last.strip_prefix(b"0X")) {
        Some(hex) => hex.iter().all(u8::is_ascii_hexdigit),
        None => !last.is_empty() && last.iter().all(u8::is_ascii_digit),
    }
}

/// Four decimal numbers up to 255 without leading zeros.
pub(crate) fn is_ipv4(host: &[u8]) -> bool {
    let mut count = 0;
    for part in host.split(|&b| b == b'.') {
        count += 1;
        if decimal(part, 255).is_none() {
            return false;
        }
    }
    count == 4
}

/// A decimal number without sign or leading zeros, at most `max`.
pub(crate) fn decimal(digits: &[u8], max: u32) -> Option<u32> {
    if digits.is_empty() || digits.len() > 5 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let number = digits.iter().try_fold(0_u32, |n, b| b.is_ascii_digit().then(|| n * 10 + u32::from(b - b'0')))?;
    (number <= max).then_some(number)
}

/// `localhost`, below `localhost`, 127.0.0.0/8 or `[::1]`: `http:` is safe there, because nothing leaves the machine.
pub(crate) fn is_loopback(host: &[u8]) -> bool {
    let name = without_root_dot(host);
    host == b"[::1]"
        || name == b"localhost"
        || name.ends_with(b".localhost")
        || (is_ipv4(host) && host.starts_with(b"127."))
}

/// The eight groups of an IPv6 address, in any of its spellings, without the brackets.
pub(crate) fn parse_ipv6(text: &[u8]) -> Option<[u16; 8]> {
    let (head, tail) = match text.windows(2).position(|pair| pair == b"::") {
        Some(at) => (text.get(..at)?, Some(text.get(at + 2..)?)),
        None => (text, None),
    };
    let (mut groups, mut low) = ([0; 8], [0; 8]);
    let count = parse_groups(head, tail.is_none(), &mut groups)?;
    let Some(tail) = tail else {
        return (count == 8).then_some(groups);
    };
    let low_count = parse_groups(tail, true, &mut low)?;
    let start = 8_usize.checked_sub(low_count)?;
    if count >= start {
        return None;
    }
    for (to, from) in groups.iter_mut().skip(start).zip(low) {
        *to = from;
    }
    Some(groups)
}

/// Groups joined by `:`, the last of which may be a dotted address where the address ends; how many there were.
fn parse_groups(text: &[u8], is_end: bool, groups: &mut [u16; 8]) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let mut count = 0;
    let mut parts = text.split(|&b| b == b':').peekable();
    while let Some(part) = parts.next() {
        if is_end && parts.peek().is_none() && is_ipv4(part) {
            let mut bytes = part.split(|&b| b == b'.').filter_map(|byte| decimal(byte, 255));
            for _ in 0..2 {
                *groups.get_mut(count)? = (bytes.next()? * 256 + bytes.next()?) as u16;
                count += 1;
            }
            continue;
        }
        if part.is_empty() || part.len() > 4 {
            return None;
        }
        let group = part.iter().try_fold(0_u32, |n, &b| Some(n * 16 + char::from(b).to_digit(16)?))?;
        *groups.get_mut(count)? = group as u16;
        count += 1;
    }
    Some(count)
}

/// Writes an address as browsers do: lower-case groups without leading zeros, the first longest run of two or more zero groups as `::`.
pub(crate) fn write_ipv6(groups: [u16; 8]) -> heapless::String<40> {
    let (mut best_at, mut best_len) = (8, 1);
    for at in 0..8 {
        let len = groups.iter().skip(at).take_while(|&&group| group == 0).count();
        if len > best_len {
            (best_at, best_len) = (at, len);
        }
    }
    // Eight groups of four digits and seven colons are 39 bytes: nothing is cut.
    let mut text = heapless::String::new();
    for (at, &group) in groups.iter().enumerate() {
        if at == best_at {
            let _ = text.push_str("::");
        }
        if (best_at..best_at.saturating_add(best_len)).contains(&at) {
            continue;
        }
        if at != 0 && at != best_at.saturating_add(best_len) {
            let _ = text.push(':');
        }
        let mut started = false;
        for shift in [12, 8, 4, 0] {
            let digit = u32::from(group >> shift) & 15;
            started |= digit != 0 || shift == 0;
            if started {
                let _ = text.push(char::from_digit(digit, 16).unwrap_or('0'));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{are_labels, ends_in_number, is_ipv4, parse_ipv6, write_ipv6};

    #[test]
    fn writes_ipv6_as_the_url_standard_does() {
        for (from, to) in [
            ("::", "::"),
            ("::1", "::1"),
            ("1::", "1::"),
            ("0:0:0:0:0:0:0:1", "::1"),
            ("2001:DB8::0001", "2001:db8::1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
            ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
            ("1:0:0:2:3:0:0:4", "1::2:3:0:0:4"),
            ("::ffff:1.2.3.4", "::ffff:102:304"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
            ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
            ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
        ] {
            assert_eq!(parse_ipv6(from.as_bytes()).map(write_ipv6).as_deref(), Some(to), "{from}");
        }
    }

    #[test]
    fn refuses_what_is_no_ipv6() {
        for text in [
            "",
            ":",
            ":::",
            "1",
            "1:2:3:4:5:6:7:8:9",
            "1::2::3",
            "12345::",
            "g::",
            "1:2:3:4:5:6:7:8::",
            "::1:2:3:4:5:6:7:8",
            "1.2.3.4::",
            "::1.2.3",
            "::01.2.3.4",
            "::1..2.3",
            "::1.2.3.4.5",
            "::1.2.3.4:5",
            "::1.2.3.4:1.2.3.4",
            "1.2.3.4::1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
        ] {
            assert_eq!(parse_ipv6(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn labels_have_one_to_sixty_three_bytes() {
        assert!(are_labels(&[b'a'; 63], None) && !are_labels(&[b'a'; 64], None));
        for bad in ["", ".", "a.", ".a", "a..b", "A", "a/b", "a*"] {
            assert!(!are_labels(bad.as_bytes(), None), "{bad}");
        }
        assert!(are_labels(b"a*.b", Some(b'*')));
    }

    #[test]
    fn tells_numbers_as_the_url_standard_does() {
        assert!(
            ends_in_number(b"a.1") && ends_in_number(b"a.0x1f.") && ends_in_number(b"0x") && !ends_in_number(b"1.a")
        );
        assert!(is_ipv4(b"127.0.0.1") && !is_ipv4(b"127.0.0.01") && !is_ipv4(b"1.2.3") && !is_ipv4(b"1.2.3.256"));
    }
}
