//! Hosts in the one form that browsers send ([URL, host
//! serialising](https://url.spec.whatwg.org/#host-serializing)).

use crate::syntax::a_label::is_a_label;
use crate::syntax::address::parse_ipv4;
use crate::syntax::byte::is_label_byte;

/// Longest host, a trailing dot included.
pub(crate) const HOST_MAX: usize = 253;
/// Longest label.
pub(crate) const LABEL_MAX: usize = 63;

/// Whether these are one or more labels, joined by single dots. A label is 1 to 63 bytes of `a-z
/// 0-9 - _`; one that begins with `xn--` must be an A-label. `extra` is one more byte that labels
/// may hold: the `*` of a pattern.
pub(crate) fn are_labels(labels: &[u8], extra: Option<u8>) -> bool {
    find_wrong_label(labels, extra).is_none()
}

/// Where the first wrong label begins.
pub(crate) fn find_wrong_label(labels: &[u8], extra: Option<u8>) -> Option<usize> {
    let mut start = 0;
    for (at, &b) in labels.iter().enumerate() {
        if is_label_byte(b) {
            continue;
        }
        if b == b'.' && is_whole_label(labels, start, at, extra) {
            start = at + 1;
        } else if Some(b) != extra {
            return Some(start);
        }
    }
    if is_whole_label(labels, start, labels.len(), extra) { None } else { Some(start) }
}

/// Whether the label between these places has a right length and is right as an A-label. Its bytes
/// were checked before.
#[inline]
fn is_whole_label(labels: &[u8], start: usize, end: usize, extra: Option<u8>) -> bool {
    let label = labels.get(start..end).unwrap_or_default();
    (1..=LABEL_MAX).contains(&label.len())
        && (!label.starts_with(b"xn--") || is_a_label(label) || extra.is_some_and(|extra| label.contains(&extra)))
}

/// Removes the one trailing dot that names the root.
pub(crate) fn without_root_dot(host: &[u8]) -> &[u8] {
    host.strip_suffix(b".").unwrap_or(host)
}

/// Whether the last label is a number, decimal or hexadecimal. The URL standard parses such a host
/// as an IPv4 address, or refuses it ([ends in a
/// number](https://url.spec.whatwg.org/#ends-in-a-number-checker)).
pub(crate) fn ends_in_number(host: &[u8]) -> bool {
    let last = without_root_dot(host).rsplit(|&b| b == b'.').next().unwrap_or(host);
    match last.strip_prefix(b"0x").or(last.strip_prefix(b"0X")) {
        Some(hex) => hex.iter().all(u8::is_ascii_hexdigit),
        None => !last.is_empty() && last.iter().all(u8::is_ascii_digit),
    }
}

/// Whether a host is the machine itself: `localhost`, a name below it, 127.0.0.0/8 or `[::1]`.
/// `http:` is safe there, because nothing leaves the machine.
pub(crate) fn is_loopback(host: &[u8]) -> bool {
    let name = without_root_dot(host);
    host == b"[::1]"
        || name == b"localhost"
        || name.ends_with(b".localhost")
        || parse_ipv4(host).is_some_and(|address| address >> 24 == 127)
}

#[cfg(test)]
mod tests {
    use super::{are_labels, ends_in_number, find_wrong_label, is_loopback};

    #[test]
    fn labels_have_one_to_sixty_three_bytes() {
        assert!(are_labels(&[b'a'; 63], None) && !are_labels(&[b'a'; 64], None));
        for bad in ["", ".", "a.", ".a", "a..b", "A", "a/b", "a*"] {
            assert!(!are_labels(bad.as_bytes(), None), "{bad}");
        }
        assert!(are_labels(b"a*.b", Some(b'*')));
    }

    #[test]
    fn first_wrong_label_is_found_where_it_begins() {
        for (labels, wrong) in
            [("a.b", None), ("", Some(0)), ("A.b", Some(0)), ("a.bC.d", Some(2)), ("a.b..c", Some(4))]
        {
            assert_eq!(find_wrong_label(labels.as_bytes(), None), wrong, "{labels}");
        }
        assert_eq!(find_wrong_label(b"a.xn--.b", None), Some(2));
    }

    #[test]
    fn label_with_xn_prefix_must_be_an_a_label() {
        for good in ["xn--bcher-kva", "a.xn--bcher-kva", "xn--bcher-kva.a", "xn-a", "a-xn--a"] {
            assert!(are_labels(good.as_bytes(), None), "{good}");
        }
        for bad in ["xn--", "xn--a", "xn--a.b", "b.xn--a", "b.xn--.c"] {
            assert!(!are_labels(bad.as_bytes(), None), "{bad}");
        }
        // The star of a glob matches other bytes, so the label is not known.
        assert!(are_labels(b"xn--*.a", Some(b'*')) && !are_labels(b"xn--.a*", Some(b'*')));
    }

    #[test]
    fn host_ends_in_a_number_as_the_url_standard_says() {
        for number in ["a.1", "a.0x1f.", "0x", "127.0.0.1"] {
            assert!(ends_in_number(number.as_bytes()), "{number}");
        }
        for name in ["1.a", "a.0xg", "a", "a.1b"] {
            assert!(!ends_in_number(name.as_bytes()), "{name}");
        }
    }

    #[test]
    fn loopback_is_localhost_and_its_addresses() {
        for own in ["localhost", "localhost.", "a.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(own.as_bytes()), "{own}");
        }
        for other in ["localhost.example", "xlocalhost", "128.0.0.1", "127.0.0.1.example", "[::2]", "127.0.0"] {
            assert!(!is_loopback(other.as_bytes()), "{other}");
        }
    }
}
