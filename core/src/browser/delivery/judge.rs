//! The delivery of an exchange: mixed content first, then local network access, URL by URL.

use super::super::blocked::Part;
use super::super::exchange::Exchange;
use super::super::profile::Profile;
use super::super::step::{Step, Tainting};
use super::super::url::{Url, are_same_origin};
use super::address_space::AddressSpace;
use super::code::{Certainty, DeliveryCode, DeliveryVerdict};
use super::local_network::{self, Known};
use super::mixed_content;
use super::network::{Network, is_trustworthy};
use super::target::Target;
use crate::syntax::address::Address;

/// Whether a request may leave the browser, and if not, why and where.
///
/// `Display` writes one sentence.
///
/// ```
/// use corsac::browser::{Certainty, Delivery, DeliveryCode, DeliveryVerdict, Exchange, Network, Part, Profile, ScriptRequest};
///
/// let request = ScriptRequest::new(b"https://app.example", b"http://api.example/x");
/// let delivery: Delivery = Exchange { request, hops: &[] }.deliver(Profile::Chromium, &Network::default());
/// assert_eq!((delivery.verdict(), delivery.code()), (DeliveryVerdict::Refused, Some(DeliveryCode::MixedContent)));
/// assert_eq!((delivery.hop(), delivery.part()), (0, Part::Response));
/// assert_eq!(delivery.certainty(), Certainty::Certain);
/// assert_eq!((delivery.target_space(), delivery.versions()), (None, None));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub(super) profile: Profile,
    pub(super) verdict: DeliveryVerdict,
    pub(super) code: Option<DeliveryCode>,
    pub(super) certainty: Certainty,
    pub(super) hop: usize,
    pub(super) part: Part,
    pub(super) space: Option<AddressSpace>,
    /// The space that the request named.
    pub(super) declared: Option<AddressSpace>,
    /// The server's address, if it is known.
    pub(super) address: Option<Address>,
    /// Whether the page is a secure context.
    pub(super) is_secure: Option<bool>,
}

impl Delivery {
    /// The verdict.
    #[must_use]
    pub const fn verdict(&self) -> DeliveryVerdict {
        self.verdict
    }

    /// The reason. `None` if the browser sends the request.
    #[must_use]
    pub const fn code(&self) -> Option<DeliveryCode> {
        self.code
    }

    /// How certain the verdict is.
    #[must_use]
    pub const fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// At which URL of the redirect chain, from 0.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// Whether it is the preflight that does not leave, or the request itself.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// The address space of the server at that URL, if it is known.
    #[must_use]
    pub const fn target_space(&self) -> Option<AddressSpace> {
        self.space
    }

    /// The versions of the browser that the reason speaks of. `None`: all of today.
    #[must_use]
    pub const fn versions(&self) -> Option<&'static str> {
        match (self.profile, self.code) {
            (Profile::Spec, _) | (_, None | Some(DeliveryCode::MixedContent)) => None,
            (Profile::Firefox, Some(_)) => Some("Firefox 153 and later"),
            (Profile::WebKit, Some(_)) => Some("a Safari after 26.5"),
            (_, Some(_)) => Some("Chrome 142 and later"),
        }
    }
}

impl Exchange<'_> {
    /// Whether this browser sends the requests of this exchange: the first of the worst verdicts of
    /// all its URLs. An exchange whose script gets an exception sends nothing, so there is nothing
    /// to refuse.
    ///
    /// ```
    /// use corsac::browser::{AddressSpace, DeliveryVerdict, Exchange, Network, Profile, ScriptRequest};
    ///
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"http://localhost:3000/x"), hops: &[] };
    /// let network = Network { page_space: Some(AddressSpace::Public), ..Network::default() };
    /// let verdicts = Profile::ALL.map(|profile| exchange.deliver(profile, &network).verdict().as_str());
    /// assert_eq!(verdicts, ["ask", "ask", "ask", "refused"]);
    /// ```
    #[must_use]
    pub fn deliver(&self, profile: Profile, network: &Network<'_>) -> Delivery {
        let mut worst = sent(profile);
        if self.request.thrown().is_some() {
            return worst;
        }
        for step in self.steps() {
            let found = step.deliver(profile, network);
            if rank(found.verdict) > rank(worst.verdict) {
                worst = found;
            }
        }
        worst
    }
}

impl Step<'_> {
    /// Whether this browser sends the request to this URL, and its preflight.
    ///
    /// ```
    /// use corsac::browser::{DeliveryVerdict, Exchange, Network, Profile, ScriptRequest};
    /// let request = ScriptRequest::new(b"https://app.example", b"https://api.example/x");
    /// let step = Exchange { request, hops: &[] }.steps().next().expect("the first URL");
    /// let network = Network { addresses: &[b"203.0.113.5"], ..Network::default() };
    /// assert_eq!(step.deliver(Profile::Chromium, &network).verdict(), DeliveryVerdict::Ok);
    /// ```
    #[must_use]
    pub fn deliver(&self, profile: Profile, network: &Network<'_>) -> Delivery {
        let origin = self.request().origin;
        let Some(url) = Url::parse(self.whole_url()).filter(|url| url.is_http()) else { return sent(profile) };
        if self.tainting() == Tainting::Refused {
            return sent(profile);
        }
        let address = network.addresses.get(self.hop()).copied().unwrap_or_default();
        let target = Target::of(url, address, profile);
        let is_exempt = are_same_origin(origin, self.whole_url()) && Url::parse(origin).is_some_and(is_trustworthy);
        let known = Known {
            page: network.space_of_page(origin, profile),
            target: target.space,
            is_secure: network.is_secure(origin),
        };
        let check = |part| {
            // The option belongs to the request alone: its preflight has no `targetAddressSpace`.
            let declared = network.target_address_space.filter(|_| part == Part::Response);
            let of_part = Network { target_address_space: declared, ..*network };
            // After a redirect, WebKit looks for mixed content when the preflight has passed.
            let is_late = profile == Profile::WebKit && part == Part::Preflight && self.hop() > 0;
            let mixed =
                if is_late { DeliveryVerdict::Ok } else { mixed_content::check(profile, origin, &target, network) };
            let local =
                if is_exempt { (DeliveryVerdict::Ok, None) } else { local_network::check(profile, &known, &of_part) };
            // What nothing stops has no code below.
            if rank(mixed) >= rank(local.0) { (mixed, Some(DeliveryCode::MixedContent)) } else { local }
        };
        let mut part = Part::Response;
        let (mut verdict, mut code) = check(part);
        if self.needs_preflight(profile) {
            let before = check(Part::Preflight);
            // The preflight goes first, so a refused one is the end.
            if before.0 == DeliveryVerdict::Refused || rank(before.0) >= rank(verdict) {
                part = Part::Preflight;
                (verdict, code) = before;
            }
        }
        if verdict == DeliveryVerdict::Ok {
            return sent(profile);
        }
        let certainty = match verdict {
            DeliveryVerdict::Unknown => Certainty::Possible,
            _ if target.is_guess => Certainty::Likely,
            _ => Certainty::Certain,
        };
        Delivery {
            profile,
            verdict,
            code,
            certainty,
            hop: self.hop(),
            part,
            space: target.space,
            declared: network.target_address_space,
            address: target.address,
            is_secure: known.is_secure,
        }
    }
}

/// Nothing stops the request.
const fn sent(profile: Profile) -> Delivery {
    let (verdict, certainty) = (DeliveryVerdict::Ok, Certainty::Certain);
    Delivery {
        profile,
        verdict,
        code: None,
        certainty,
        hop: 0,
        part: Part::Response,
        space: None,
        declared: None,
        address: None,
        is_secure: None,
    }
}

const fn rank(verdict: DeliveryVerdict) -> u8 {
    match verdict {
        DeliveryVerdict::Ok => 0,
        DeliveryVerdict::Ask => 1,
        DeliveryVerdict::Unknown => 2,
        DeliveryVerdict::Refused => 3,
    }
}
