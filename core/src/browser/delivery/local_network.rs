//! Local network access: a page may reach a less public address space only with the user's
//! permission ([LNA 3.1](https://wicg.github.io/local-network-access/#local-network-access-check)).

use super::super::profile::Profile;
use super::address_space::AddressSpace;
use super::code::{DeliveryCode, DeliveryVerdict};
use super::network::{Network, Permission};

pub(super) type Found = (DeliveryVerdict, Option<DeliveryCode>);

/// What the check depends on, with `None` for what is unknown.
pub(super) struct Known {
    pub(super) page: Option<AddressSpace>,
    pub(super) target: Option<AddressSpace>,
    pub(super) is_secure: Option<bool>,
}

/// Checks every case that what is known leaves open. If they differ, the outcome is unknown.
pub(super) fn check(profile: Profile, known: &Known, network: &Network<'_>) -> Found {
    let mut all = None;
    for &page in AddressSpace::ALL.iter().filter(|space| known.page.is_none_or(|page| page == **space)) {
        for &target in AddressSpace::ALL.iter().filter(|space| known.target.is_none_or(|target| target == **space)) {
            for is_secure in [false, true].into_iter().filter(|secure| known.is_secure.is_none_or(|is| is == *secure)) {
                let found = check_case(profile, page, target, is_secure, network);
                if *all.get_or_insert(found) != found {
                    return (DeliveryVerdict::Unknown, Some(unknown_of(known)));
                }
            }
        }
    }
    all.unwrap_or((DeliveryVerdict::Ok, None))
}

const fn unknown_of(known: &Known) -> DeliveryCode {
    match known {
        Known { target: None, .. } => DeliveryCode::TargetSpaceUnknown,
        Known { page: None, .. } => DeliveryCode::PageSpaceUnknown,
        Known { .. } => DeliveryCode::SecureContextUnknown,
    }
}

fn check_case(
    profile: Profile,
    page: AddressSpace,
    target: AddressSpace,
    is_secure: bool,
    network: &Network<'_>,
) -> Found {
    // Firefox and the released WebKit do not know the option.
    let declared = network.target_address_space.filter(|_| matches!(profile, Profile::Spec | Profile::Chromium));
    let refused = refusal(profile);
    if declared.is_some_and(|declared| declared != target) {
        return (refused, Some(DeliveryCode::LocalNetworkSpaceMismatch));
    }
    if !is_gated(profile, page, target) {
        return (DeliveryVerdict::Ok, None);
    }
    // Firefox asks for a page that is not secure too: `network.lna.block_insecure_contexts` is false,
    // except in version 154.
    if !is_secure && profile != Profile::Firefox {
        return (refused, Some(DeliveryCode::LocalNetworkNotSecure));
    }
    match network.permission {
        Permission::Granted => (DeliveryVerdict::Ok, None),
        Permission::Denied => (refused, Some(DeliveryCode::LocalNetworkDenied)),
        Permission::Unknown | Permission::Prompt => {
            let asks = if profile == Profile::WebKit { DeliveryVerdict::Unknown } else { DeliveryVerdict::Ask };
            (asks, Some(DeliveryCode::LocalNetworkPermission))
        }
    }
}

/// Which step to a less public space needs permission.
fn is_gated(profile: Profile, page: AddressSpace, target: AddressSpace) -> bool {
    let from_public = page == AddressSpace::Public && target != AddressSpace::Public;
    match profile {
        Profile::Spec | Profile::WebKit => target.is_less_public_than(page),
        // Both leave out the step from the local network to the machine itself; in Firefox
        // `network.lna.local-network-to-localhost.skip-checks` decides, which is true.
        Profile::Chromium | Profile::Firefox => from_public,
    }
}

/// What a refusal is worth. Those of Chromium and Firefox were seen. That of WebKit is in its source,
/// but in no release, so it is not certain.
const fn refusal(profile: Profile) -> DeliveryVerdict {
    match profile {
        Profile::Spec | Profile::Chromium | Profile::Firefox => DeliveryVerdict::Refused,
        Profile::WebKit => DeliveryVerdict::Unknown,
    }
}
