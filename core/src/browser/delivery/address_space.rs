//! Address spaces: the machine itself, the local network, the internet
//! ([LNA 2.1](https://wicg.github.io/local-network-access/#ip-address-space-section)).

use core::fmt;

use super::super::profile::Profile;
use crate::syntax::address::{Address, AddressRange, parse_ipv4, parse_ipv6, write_ipv4, write_ipv6};
use crate::syntax::names::names;

names! {
    /// The network that an address is in, the least public first.
    AddressSpace:
    /// The user's own machine.
    Loopback = "loopback",
    /// The user's network, which the internet does not route to.
    Local = "local",
    /// The internet.
    Public = "public",
}

/// Of these, the address `0.0.0.0` alone is loopback.
const THIS_NETWORK: AddressRange = AddressRange::v4(0, 0, 8);
/// Benchmarks of networks: loopback in the specification alone.
const BENCHMARK: AddressRange = AddressRange::v4(198, 18, 15);
/// IPv6 addresses that are an IPv4 address.
const MAPPED: AddressRange = AddressRange::v6(0xFFFF << 32, 96);
/// Site-local, which is given up, and documentation: local, except in Firefox.
const NOT_ROUTED: [AddressRange; 2] = [AddressRange::v6(0xFEC0 << 112, 10), AddressRange::v6(0x2001_0DB8 << 96, 32)];
/// The second block for documentation: local in Chromium alone.
const DOCUMENTATION: AddressRange = AddressRange::v6(0x3FFF << 112, 20);

impl AddressSpace {
    /// Reads a name: `loopback`, `local` or `public`.
    ///
    /// ```
    /// use corsac::browser::AddressSpace;
    /// assert_eq!(AddressSpace::parse("local"), Some(AddressSpace::Local));
    /// assert_eq!(AddressSpace::parse("private"), None);
    /// ```
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|space| space.as_str() == name)
    }

    /// The space of an address in this browser: `192.168.0.5`, `::1` or `[::1]`. What follows a `%`
    /// is the network interface, and does not count. `None` if it is not an address.
    ///
    /// ```
    /// use corsac::browser::{AddressSpace, Profile};
    /// assert_eq!(AddressSpace::of_address(b"fe80::1%eth0", Profile::Spec), Some(AddressSpace::Local));
    /// assert_eq!(AddressSpace::of_address(b"printer.local", Profile::Spec), None);
    /// ```
    #[must_use]
    pub fn of_address(text: &[u8], profile: Profile) -> Option<Self> {
        read_address(text).map(|address| Self::of(address, profile))
    }

    /// Whether this space is less public than the other.
    ///
    /// ```
    /// use corsac::browser::AddressSpace;
    /// assert!(AddressSpace::Local.is_less_public_than(AddressSpace::Public));
    /// assert!(!AddressSpace::Local.is_less_public_than(AddressSpace::Local));
    /// ```
    #[must_use]
    pub const fn is_less_public_than(self, other: Self) -> bool {
        (self as u8) < other as u8
    }

    pub(super) fn of(address: Address, profile: Profile) -> Self {
        let address = unmapped(address);
        let one = AddressRange { first: address, prefix: address.bits() };
        let is_any = matches!(address, Address::V4(0) | Address::V6(0));
        let is_loopback = one.is_loopback() || is_any || (profile == Profile::Spec && BENCHMARK.contains(address));
        let is_local = one.is_private()
            || THIS_NETWORK.contains(address)
            || (profile != Profile::Firefox && NOT_ROUTED.iter().any(|range| range.contains(address)))
            || (profile == Profile::Chromium && DOCUMENTATION.contains(address));
        match () {
            () if is_loopback => Self::Loopback,
            () if is_local => Self::Local,
            () => Self::Public,
        }
    }
}

/// Reads an address in any spelling.
pub(super) fn read_address(text: &[u8]) -> Option<Address> {
    let bare = text.strip_prefix(b"[").and_then(|text| text.strip_suffix(b"]")).unwrap_or(text);
    let bare = bare.split(|&b| b == b'%').next().unwrap_or(bare);
    parse_ipv4(bare).map(Address::V4).or_else(|| parse_ipv6(bare).filter(|_| !bare.is_empty()).map(Address::of_groups))
}

/// An IPv4-mapped IPv6 address is judged as its IPv4 address.
#[expect(clippy::cast_possible_truncation, reason = "the low 32 bits are the IPv4 address")]
fn unmapped(address: Address) -> Address {
    match address {
        Address::V6(bits) if MAPPED.contains(address) => Address::V4(bits as u32),
        other => other,
    }
}

/// Writes an address as Firefox does: without brackets, and the end of an IPv4-mapped one as IPv4.
#[expect(clippy::cast_possible_truncation, reason = "a group is 16 of the bits")]
pub(super) fn write_address(f: &mut fmt::Formatter<'_>, address: Address) -> fmt::Result {
    match (address, unmapped(address)) {
        (Address::V6(_), Address::V4(bits)) => write!(f, "::ffff:{}", write_ipv4(bits)),
        (Address::V6(bits), _) => {
            let group = |place: usize| (bits >> (112 - 16 * place)) as u16;
            f.write_str(&write_ipv6(core::array::from_fn(group)))
        }
        (Address::V4(bits), _) => f.write_str(&write_ipv4(bits)),
    }
}
