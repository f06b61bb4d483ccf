//! The options `--page-space`, `--as` and `--deployed` of eval, explain and probe.

use corsac::browser::AddressSpace;
use corsac_diagnose::exchange::Exchange;
use corsac_diagnose::{Deliveries, Surroundings};

use crate::args::{NetworkOptions, PageSpace};
use crate::probe::target;

impl NetworkOptions {
    /// Refuses an `--as` that is not a URL of a server. The error is a sentence.
    pub(crate) fn check(&self) -> Result<(), String> {
        self.surroundings().map(|_| ())
    }

    /// The delivery of a resolved exchange under these options, which `check` accepted.
    pub(crate) fn deliver(&self, exchange: &Exchange) -> Deliveries {
        self.surroundings().unwrap_or_default().deliver(exchange)
    }

    fn surroundings(&self) -> Result<Surroundings, String> {
        let as_url = self.as_url.as_deref().map(target::parse).transpose().map_err(|why| format!("--as: {why}"))?;
        Ok(Surroundings {
            page_space: self.page_space.map(|space| match space {
                PageSpace::Public => AddressSpace::Public,
                PageSpace::Local => AddressSpace::Local,
                PageSpace::Loopback => AddressSpace::Loopback,
            }),
            as_url: as_url.map(String::from),
            deployed: self.deployed,
        })
    }
}
