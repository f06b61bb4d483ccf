//! Mixed content: a page of `https:` and a URL of `http:`
//! ([Mixed Content 5.1](https://w3c.github.io/webappsec-mixed-content/#should-block-fetch)).

use super::super::profile::Profile;
use super::super::url::Url;
use super::address_space::AddressSpace;
use super::code::DeliveryVerdict;
use super::network::Network;
use super::target::{Host, Target};

/// Browsers look at the page's scheme. (By the letter of the standard, a page of
/// `http://localhost` counts as one of `https:`; no browser does that.)
pub(super) fn check(profile: Profile, origin: &[u8], target: &Target<'_>, network: &Network<'_>) -> DeliveryVerdict {
    if target.url.scheme != b"http" {
        return DeliveryVerdict::Ok;
    }
    let found = of_secure_page(profile, target, network);
    match Url::parse(origin) {
        Some(page) if page.scheme == b"https" => found,
        Some(_) => DeliveryVerdict::Ok,
        // An opaque origin hides the scheme of the page.
        None if found == DeliveryVerdict::Ok || network.secure_context == Some(false) => DeliveryVerdict::Ok,
        None => DeliveryVerdict::Unknown,
    }
}

fn of_secure_page(profile: Profile, target: &Target<'_>, network: &Network<'_>) -> DeliveryVerdict {
    use DeliveryVerdict::{Ok, Refused, Unknown};
    // WebKit 2.50 and Safari 26.5 exempt nothing, not even loopback.
    if profile == Profile::WebKit {
        return Refused;
    }
    if target.host.is_trustworthy() {
        return Ok;
    }
    // Firefox exempts nothing else, whatever the address.
    if profile == Profile::Firefox {
        return Refused;
    }
    // Local network access lets the page ask for what the option or the host says is not public.
    let is_declared = network.target_address_space.is_some_and(|space| space != AddressSpace::Public);
    match target.host {
        Host::LocalName => Ok,
        _ if is_declared => Ok,
        Host::Address(_) => match target.space {
            // `0.0.0.0` and IPv4-mapped addresses of loopback: the specification does not say.
            Some(AddressSpace::Loopback) if profile == Profile::Spec => Unknown,
            Some(AddressSpace::Public) | None => Refused,
            Some(_) => Ok,
        },
        Host::Name | Host::LoopbackName => Refused,
    }
}
