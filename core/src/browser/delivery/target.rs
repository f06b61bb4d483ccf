//! What the host of a URL says about its address before any name is looked up.

use super::super::profile::Profile;
use super::super::url::Url;
use super::address_space::{AddressSpace, read_address};
use crate::syntax::address::{Address, AddressRange};
use crate::syntax::host::without_root_dot;

/// The host of a URL.
#[derive(Clone, Copy)]
pub(super) enum Host {
    /// `localhost` and names below it, which browsers never look up.
    LoopbackName,
    /// `local` and names below it, which the local network itself resolves.
    LocalName,
    Address(Address),
    /// Any other name: its address decides.
    Name,
}

impl Host {
    pub(super) fn of(url: Url<'_>) -> Self {
        if let Some(address) = Address::of_host(url.host) {
            return Self::Address(address);
        }
        let name = without_root_dot(url.host);
        let is_in =
            |parent: &[u8]| name.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with(b"."));
        match () {
            () if is_in(b"localhost") => Self::LoopbackName,
            () if is_in(b"local") => Self::LocalName,
            () => Self::Name,
        }
    }

    /// The address space, if it is certain without a look-up.
    pub(super) fn space(self, profile: Profile) -> Option<AddressSpace> {
        match self {
            Self::LoopbackName => Some(AddressSpace::Loopback),
            Self::Address(address) => Some(AddressSpace::of(address, profile)),
            Self::LocalName | Self::Name => None,
        }
    }

    /// Whether browsers trust it without encryption: `localhost`, 127.0.0.0/8 and `::1`, but neither
    /// `0.0.0.0` nor an IPv4-mapped address.
    pub(super) fn is_trustworthy(self) -> bool {
        match self {
            Self::LoopbackName => true,
            Self::Address(address) => AddressRange { first: address, prefix: address.bits() }.is_loopback(),
            Self::LocalName | Self::Name => false,
        }
    }
}

/// Where one URL of the chain leads.
#[derive(Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) url: Url<'a>,
    pub(super) host: Host,
    /// `None`: unknown.
    pub(super) space: Option<AddressSpace>,
    /// The address that the browser connects to, if it is known.
    pub(super) address: Option<Address>,
    /// The space is a guess from a name that the local network resolves.
    pub(super) is_guess: bool,
}

impl<'a> Target<'a> {
    /// `address`: what the browser connects to, or empty.
    pub(super) fn of(url: Url<'a>, address: &[u8], profile: Profile) -> Self {
        let host = Host::of(url);
        let address = if let Host::Address(own) = host { Some(own) } else { read_address(address) };
        let known = host.space(profile).or_else(|| address.map(|address| AddressSpace::of(address, profile)));
        // Firefox has no special names: it goes by the address.
        let takes_name = matches!(profile, Profile::Spec | Profile::Chromium) && matches!(host, Host::LocalName);
        let guess = takes_name.then_some(AddressSpace::Local);
        Self { url, host, space: known.or(guess), address, is_guess: known.is_none() && takes_name }
    }
}
