//! Whether an exchange leaves the browser, in every profile of core's browser model.

use corsac::browser::{self, Credentials, Delivery, Profile};

use crate::exchange::Exchange;
use crate::lend::with;
use crate::place::Place;

/// The delivery of a resolved exchange in every profile of [`Profile::ALL`], in that order, each with what the console of that browser says.
///
/// ```
/// use corsac_diagnose::{UrlCrate, deliver, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"http://api.example/x"}}"#;
/// let exchange = read_resolved(line, &UrlCrate)?.exchange;
/// let [_, _, (firefox, console), _] = deliver(&exchange);
/// assert_eq!(firefox.verdict().as_str(), "refused");
/// assert_eq!(console.as_deref(), Some("Blocked loading mixed active content “http://api.example/x”"));
/// # Ok::<(), String>(())
/// ```
#[must_use]
pub fn deliver(exchange: &Exchange) -> [(Delivery, Option<String>); 4] {
    let known = &exchange.request.network;
    let addresses: Vec<&[u8]> = exchange.hops.iter().map(|hop| hop.address.as_deref().unwrap_or_default()).collect();
    let network = browser::Network {
        page_space: known.page_space,
        secure_context: known.secure_context,
        target_address_space: known.target_address_space,
        permission: known.permission,
        addresses: &addresses,
    };
    // Credentials decide nothing here.
    with(exchange, Credentials::SameOrigin, |exchange| {
        Profile::ALL.map(|profile| {
            let delivery = exchange.deliver(profile, &network);
            (delivery, exchange.delivery_console(&delivery).map(|console| console.to_string()))
        })
    })
}

/// A copy of a resolved exchange whose first server is at `url`, a serialised URL, instead: every hop to the origin of the first URL moves there. The address
/// that was seen is that of the server that stood in for it, so it is dropped.
#[must_use]
pub(crate) fn as_if_at(exchange: &Exchange, url: &str) -> Exchange {
    let mut copy = exchange.clone();
    let Some(there) = Place::of(url).map(|place| place.origin()) else { return copy };
    let Some(first) = cut(copy.request.url.as_deref()).map(|place| place.origin()) else { return copy };
    let moved = |text: &mut Option<Vec<u8>>| {
        let Some(own) = cut(text.as_deref()).filter(|own| own.origin() == first) else { return false };
        *text = Some(format!("{there}{}", own.path).into_bytes());
        true
    };
    moved(&mut copy.request.url);
    for (place, hop) in copy.hops.iter_mut().enumerate() {
        if moved(&mut hop.url) || place == 0 {
            hop.address = None;
        }
    }
    copy
}

fn cut(url: Option<&[u8]>) -> Option<Place<'_>> {
    Place::of(str::from_utf8(url?).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{as_if_at, deliver};
    use crate::exchange::{Exchange, Hop, Network, ScriptRequest};
    use corsac::browser::{AddressSpace, DeliveryVerdict};

    fn exchange(url: &str) -> Exchange {
        let network = Network { page_space: Some(AddressSpace::Public), ..Network::default() };
        let request = ScriptRequest {
            origin: Some(b"https://app.example".to_vec()),
            url: Some(url.as_bytes().to_vec()),
            network,
            ..ScriptRequest::default()
        };
        let address = Some(b"127.0.0.1".to_vec());
        Exchange { request, hops: vec![Hop { address, ..Hop::default() }] }
    }

    #[test]
    fn delivery_counts_the_address_of_a_hop() {
        let [spec, chromium, firefox, webkit] =
            deliver(&exchange("https://api.example/x")).map(|(delivery, _)| delivery.verdict());
        assert_eq!([spec, chromium, firefox], [DeliveryVerdict::Ask; 3]);
        assert_eq!(webkit, DeliveryVerdict::Unknown);
    }

    #[test]
    fn exchange_moves_to_another_server_with_its_redirects() {
        let mut local = exchange("http://localhost:8000/x?y");
        local.hops.push(Hop { url: Some(b"http://localhost:8000/z".to_vec()), ..Hop::default() });
        local.hops.push(Hop {
            url: Some(b"https://login.example/".to_vec()),
            address: Some(b"10.0.0.1".to_vec()),
            ..Hop::default()
        });
        let moved = as_if_at(&local, "https://api.example/");
        assert_eq!(moved.request.url.as_deref(), Some(&b"https://api.example/x?y"[..]));
        assert_eq!(moved.hops[1].url.as_deref(), Some(&b"https://api.example/z"[..]));
        assert_eq!(
            (moved.hops[0].address.as_deref(), moved.hops[2].address.as_deref()),
            (None, Some(&b"10.0.0.1"[..]))
        );
        assert_eq!(as_if_at(&Exchange::default(), "https://api.example/"), Exchange::default());
    }
}
