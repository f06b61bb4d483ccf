//! IP addresses as hosts, in the one form that browsers send, and ranges of addresses.

use crate::syntax::number::decimal;

/// An IP address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    V4(u32),
    V6(u128),
}

impl Address {
    /// Reads a host that is an address in the form that browsers send: `127.0.0.1` or `[::1]`.
    pub(crate) fn of_host(host: &[u8]) -> Option<Self> {
        let Some(inside) = host.strip_prefix(b"[") else {
            return parse_ipv4(host).map(Self::V4);
        };
        let inside = inside.strip_suffix(b"]")?;
        let groups = parse_ipv6(inside)?;
        (write_ipv6(groups).as_bytes() == inside).then(|| Self::of_groups(groups))
    }

    pub(crate) fn of_groups(groups: [u16; 8]) -> Self {
        Self::V6(groups.iter().fold(0, |bits, &group| bits << 16 | u128::from(group)))
    }

    /// How many bits an address of this family has.
    pub(crate) const fn bits(self) -> u8 {
        match self {
            Self::V4(_) => 32,
            Self::V6(_) => 128,
        }
    }

    /// The address with every bit after the prefix set to 0. A prefix longer than the address keeps
    /// all of it.
    const fn masked(self, prefix: u8) -> Self {
        let after = self.bits().saturating_sub(prefix) as u32;
        match self {
            // All bits of an address cannot be shifted out of it.
            Self::V4(_) if after == 32 => Self::V4(0),
            Self::V6(_) if after == 128 => Self::V6(0),
            Self::V4(bits) => Self::V4(bits >> after << after),
            Self::V6(bits) => Self::V6(bits >> after << after),
        }
    }
}

/// All addresses that begin with the same bits: `192.168.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressRange {
    /// The first address of the range. In a well-formed pattern, its bits after the prefix are 0.
    pub(crate) first: Address,
    /// How many bits are the same.
    pub(crate) prefix: u8,
}

impl AddressRange {
    pub(crate) const fn v4(a: u8, b: u8, prefix: u8) -> Self {
        Self { first: Address::V4((a as u32) << 24 | (b as u32) << 16), prefix }
    }

    pub(crate) const fn v6(first: u128, prefix: u8) -> Self {
        Self { first: Address::V6(first), prefix }
    }

    /// Whether the address is in the range. An IPv4 range never holds an IPv6 address, not even an
    /// IPv4-mapped one.
    pub(crate) fn contains(self, address: Address) -> bool {
        address.masked(self.prefix) == self.first
    }

    /// Whether every address of the other range is in this one.
    pub(crate) fn covers(self, other: Self) -> bool {
        self.prefix <= other.prefix && self.contains(other.first)
    }

    /// The range with the bits after the prefix set to 0.
    pub(crate) const fn canonical(self) -> Self {
        Self { first: self.first.masked(self.prefix), prefix: self.prefix }
    }

    /// Whether all of it is the machine itself: 127.0.0.0/8 or `::1`.
    pub(crate) fn is_loopback(self) -> bool {
        const LOOPBACK: [AddressRange; 2] = [AddressRange::v4(127, 0, 8), AddressRange::v6(1, 128)];
        LOOPBACK.iter().any(|own| own.covers(self))
    }

    /// Whether all of it is in networks that the internet does not route to: RFC 1918, shared (RFC
    /// 6598), link-local, unique local.
    pub(crate) fn is_private(self) -> bool {
        const PRIVATE: [AddressRange; 7] = [
            AddressRange::v4(10, 0, 8),
            AddressRange::v4(172, 16, 12),
            AddressRange::v4(192, 168, 16),
            AddressRange::v4(100, 64, 10),
            AddressRange::v4(169, 254, 16),
            AddressRange::v6(0xFC << 120, 7),
            AddressRange::v6(0xFE80 << 112, 10),
        ];
        PRIVATE.iter().any(|private| private.covers(self))
    }

    /// Whether one owner has all of it: no stranger's machine is in a network that the internet
    /// does not route to, and larger public blocks than /24, or /48 of IPv6, are shared by many.
    pub(crate) fn is_narrow(self) -> bool {
        let narrow = match self.first {
            Address::V4(_) => 24,
            Address::V6(_) => 48,
        };
        self.prefix >= narrow || self.is_loopback() || self.is_private()
    }
}

/// Reads four decimal numbers up to 255 without leading zeros: the only form of an IPv4 address
/// that browsers send.
pub(crate) fn parse_ipv4(host: &[u8]) -> Option<u32> {
    let (mut address, mut count) = (0_u32, 0);
    for part in host.split(|&b| b == b'.') {
        count += 1;
        if count > 4 {
            return None;
        }
        address = address << 8 | decimal(part, 255)?;
    }
    (count == 4).then_some(address)
}

/// Writes an IPv4 address as browsers do.
pub(crate) fn write_ipv4(address: u32) -> heapless::String<15> {
    // Four numbers of three digits and three dots are 15 bytes: nothing is cut.
    let mut text = heapless::String::new();
    for (at, byte) in address.to_be_bytes().into_iter().enumerate() {
        if at != 0 {
            let _ = text.push('.');
        }
        for (power, digit) in [(100, byte / 100), (10, byte / 10 % 10), (1, byte % 10)] {
            if byte >= power || power == 1 {
                let _ = text.push(char::from(b'0' + digit));
            }
        }
    }
    text
}

/// Reads the eight groups of an IPv6 address without its brackets, in any spelling.
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

/// Reads groups joined by `:` and counts them. At the end of the address, a dotted IPv4 address may
/// replace the last two.
fn parse_groups(text: &[u8], is_end: bool, groups: &mut [u16; 8]) -> Option<usize> {
    if text.is_empty() {
        return Some(0);
    }
    let mut count = 0;
    let mut parts = text.split(|&b| b == b':').peekable();
    while let Some(part) = parts.next() {
        let dotted = if is_end && parts.peek().is_none() { parse_ipv4(part) } else { None };
        if let Some(address) = dotted {
            for half in [address >> 16, address & 0xFFFF] {
                *groups.get_mut(count)? = half as u16;
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

/// Writes an IPv6 address as browsers do: lower-case groups without leading zeros, the first
/// longest run of two or more zero groups as `::` ([URL, IPv6
/// serialising](https://url.spec.whatwg.org/#concept-ipv6-serializer)).
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
    extern crate std;
    use super::{Address, AddressRange, parse_ipv4, parse_ipv6, write_ipv4, write_ipv6};
    use std::net::{Ipv4Addr, Ipv6Addr};
    use std::string::ToString;

    fn range(text: &str) -> AddressRange {
        let (address, prefix) = text.split_once('/').expect(text);
        let first = Address::of_host(address.as_bytes()).expect(text);
        AddressRange { first, prefix: prefix.parse().expect(text) }
    }

    fn address(text: &str) -> Address {
        Address::of_host(text.as_bytes()).expect(text)
    }

    #[test]
    fn range_holds_the_addresses_from_its_first_to_its_last() {
        for (text, inside, outside) in [
            ("192.168.0.0/16", ["192.168.0.0", "192.168.255.255"], ["192.167.255.255", "192.169.0.0"]),
            ("10.0.0.4/30", ["10.0.0.4", "10.0.0.7"], ["10.0.0.3", "10.0.0.8"]),
            ("10.0.0.4/32", ["10.0.0.4"; 2], ["10.0.0.3", "10.0.0.5"]),
            ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255"], ["[::]", "[::ffff:a00:4]"]),
            ("[::ffff:0:0]/96", ["[::ffff:0:0]", "[::ffff:ffff:ffff]"], ["10.0.0.4", "[::1:0:0:0]"]),
            ("[fd00::]/8", ["[fd00::]", "[fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]"], ["[fcff::]", "[fe00::]"]),
            ("[::]/0", ["[::]", "[ffff::]"], ["0.0.0.0", "127.0.0.1"]),
            ("[::1]/128", ["[::1]"; 2], ["[::]", "[::2]"]),
        ] {
            assert!(inside.iter().all(|inside| range(text).contains(address(inside))), "{text}");
            assert!(outside.iter().all(|outside| !range(text).contains(address(outside))), "{text}");
        }
    }

    #[test]
    fn range_covers_itself_and_narrower_ones() {
        assert!(range("10.0.0.0/8").covers(range("10.0.0.0/8")) && range("10.0.0.0/8").covers(range("10.9.0.0/16")));
        assert!(!range("10.9.0.0/16").covers(range("10.0.0.0/8")) && !range("10.0.0.0/8").covers(range("11.0.0.0/8")));
        assert!(!range("0.0.0.0/0").covers(range("[::]/0")) && range("[::]/0").covers(range("[fd00::]/8")));
    }

    #[test]
    fn range_is_canonical_without_host_bits() {
        assert_eq!(range("192.168.1.20/16").canonical(), range("192.168.0.0/16"));
        assert_eq!(range("[fd00::1]/8").canonical(), range("[fd00::]/8"));
        assert_eq!(range("192.168.1.20/0").canonical(), range("0.0.0.0/0"));
        assert_eq!(range("[fd00::1]/0").canonical(), range("[::]/0"));
        assert_eq!(range("192.168.1.20/32").canonical(), range("192.168.1.20/32"));
    }

    #[test]
    fn range_is_loopback_or_private_only_as_a_whole() {
        for (text, is_loopback, is_private) in [
            ("127.0.0.0/8", true, false),
            ("127.0.0.1/32", true, false),
            ("126.0.0.0/7", false, false),
            ("[::1]/128", true, false),
            ("[::]/127", false, false),
            ("10.0.0.0/8", false, true),
            ("10.1.2.0/24", false, true),
            ("10.0.0.0/7", false, false),
            ("172.16.0.0/12", false, true),
            ("172.32.0.0/16", false, false),
            ("192.168.0.0/16", false, true),
            ("100.64.0.0/10", false, true),
            ("100.128.0.0/10", false, false),
            ("169.254.0.0/16", false, true),
            ("[fc00::]/7", false, true),
            ("[fe80::]/10", false, true),
            ("[fec0::]/10", false, false),
            ("[2001:db8::]/32", false, false),
        ] {
            assert_eq!((range(text).is_loopback(), range(text).is_private()), (is_loopback, is_private), "{text}");
        }
    }

    #[test]
    fn range_is_narrow_if_one_owner_has_it() {
        for narrow in ["8.8.8.0/24", "8.8.8.8/32", "10.0.0.0/8", "127.0.0.0/8", "[2001:db8::]/48", "[fd00::]/8"] {
            assert!(range(narrow).is_narrow(), "{narrow}");
        }
        for wide in ["8.8.8.0/23", "0.0.0.0/0", "126.0.0.0/7", "[2001:db8::]/47", "[::]/0", "[::ffff:0:0]/24"] {
            assert!(!range(wide).is_narrow(), "{wide}");
        }
    }

    #[test]
    fn host_is_an_address_only_in_canonical_form() {
        for text in ["127.0.0.01", "127.1", "[0::1]", "[::1", "::1", "[::ffff:1.2.3.4]", "[FD00::]", "[]", "a", ""] {
            assert_eq!(Address::of_host(text.as_bytes()), None, "{text}");
        }
        assert_eq!(address("1.2.3.4"), Address::V4(0x0102_0304));
        assert_eq!(address("[1:2::8]"), Address::V6(0x0001_0002_0000_0000_0000_0000_0000_0008));
    }

    #[test]
    fn ipv4_is_read_and_written_as_the_standard_library_does() {
        for bits in [0, 1, 9, 10, 99, 100, 101, 200, 255, 256, 0x0A00_0001, 0x7F00_0001, u32::MAX] {
            let text = Ipv4Addr::from(bits).to_string();
            assert_eq!((parse_ipv4(text.as_bytes()), &write_ipv4(bits)[..]), (Some(bits), &text[..]));
        }
        for text in ["", "1", "1.2.3", "1.2.3.4.", ".1.2.3.4", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-4"] {
            assert_eq!(parse_ipv4(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn groups_are_bits_as_in_the_standard_library() {
        let groups = [1, 2, 3, 4, 5, 6, 7, 8];
        assert_eq!(Address::of_groups(groups), Address::V6(Ipv6Addr::from(groups).to_bits()));
    }

    #[test]
    fn ipv6_is_written_as_the_url_standard_says() {
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
    fn text_that_is_not_ipv6_is_refused() {
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
}
