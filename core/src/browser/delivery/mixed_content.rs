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
    // WebKit 26.5 exempts nothing, not even loopback.
    if profile == Profile::WebKit {
        return Refused;
    }
    if target.host.is_trustworthy() {
        return Ok;
    }
    let knows_spaces = matches!(profile, Profile::Spec | Profile::Chromium);
    let is_declared = network.target_address_space.is_some_and(|space| space != AddressSpace::Public);
    if knows_spaces && is_declared {
        return Ok;
    }
    let is_private = target.host.space(profile).is_some_and(|space| space != AddressSpace::Public);
    match target.host {
        // Local network access lets the page ask for it, whatever the scheme.
        Host::LocalName => {
            if knows_spaces {
                Ok
            } else {
                Unknown
            }
        }
        Host::Address(_) if is_private && !knows_spaces => Unknown,
        // `0.0.0.0` and IPv4-mapped addresses: not known to anybody.
        Host::Address(_) if target.space == Some(AddressSpace::Loopback) => Unknown,
        Host::Address(_) if is_private => Ok,
        Host::Address(_) | Host::Name | Host::LoopbackName => Refused,
    }
}
