//! The options `--page-space`, `--as` and `--deployed` of eval, explain and probe, applied to an exchange.

use corsac::browser::AddressSpace;
use corsac_diagnose::exchange::Exchange;
use corsac_diagnose::{Deliveries, as_if_at};

use crate::args::{NetworkOptions, PageSpace};
use crate::probe::target;

impl NetworkOptions {
    /// Refuses an `--as` that is not a URL of a server. The error is a sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        let wrong = |why| format!("--as: {why}");
        self.as_url.as_deref().map_or(Ok(()), |url| target::parse(url).map(|_| ()).map_err(wrong))
    }

    /// The delivery of a resolved exchange under these options. The CORS verdict does not depend on them.
    pub(crate) fn deliver(&self, exchange: &Exchange) -> Deliveries {
        let url = self.as_url.as_deref().and_then(|url| target::parse(url).ok());
        let mut exchange = url.map_or_else(|| exchange.clone(), |url| as_if_at(exchange, url.as_str()));
        let network = &mut exchange.request.network;
        let given = self.page_space.map(|space| match space {
            PageSpace::Public => AddressSpace::Public,
            PageSpace::Local => AddressSpace::Local,
            PageSpace::Loopback => AddressSpace::Loopback,
        });
        let deployed = self.deployed.then_some(AddressSpace::Public);
        network.page_space = given.or(deployed).or(network.page_space);
        Deliveries::of(&exchange)
    }
}
