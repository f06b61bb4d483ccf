//! Where a person says that page and server are: `--page-space`, `--as` and `--deployed`.

use corsac::browser::AddressSpace;

use crate::delivery::as_if_at;
use crate::exchange::Exchange;
use crate::explain::Deliveries;

/// What a person says about the networks. It decides the delivery alone, not the CORS verdict.
///
/// ```
/// use corsac_diagnose::{Surroundings, UrlCrate, read_resolved};
/// let line = br#"{"request":{"origin":"https://app.example","url":"http://localhost:3000/x"},"response":{"status":200}}"#;
/// let exchange = read_resolved(line, &UrlCrate)?.exchange;
/// let deployed = Surroundings { deployed: true, ..Surroundings::default() };
/// assert!(deployed.deliver(&exchange).are_refused(true));
/// let moved = Surroundings { as_url: Some("https://api.example/".to_owned()), ..deployed };
/// assert!(!moved.deliver(&exchange).are_refused(true));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// The network that the page is served from.
    pub page_space: Option<AddressSpace>,
    /// A serialised URL: the server is judged as if it were there.
    pub as_url: Option<String>,
    /// Whether the page is judged as if it were deployed to the internet.
    pub deployed: bool,
}

impl Surroundings {
    /// The delivery of a resolved exchange there.
    #[must_use]
    pub fn deliver(&self, exchange: &Exchange) -> Deliveries {
        let mut exchange = self.as_url.as_deref().map_or_else(|| exchange.clone(), |url| as_if_at(exchange, url));
        let network = &mut exchange.request.network;
        let deployed = self.deployed.then_some(AddressSpace::Public);
        network.page_space = self.page_space.or(deployed).or(network.page_space);
        Deliveries::of(&exchange)
    }
}
