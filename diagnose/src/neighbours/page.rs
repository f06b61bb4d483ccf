//! What a page's own response says about what it loads. A HAR has it with the page's document.

use std::collections::HashMap;
use std::sync::Arc;

use corsac::browser::{AddressSpace, Profile};

use super::csp::Policies;
use super::embedder::Embedder;
use crate::exchange::Headers;
use crate::place::Place;

/// No HAR of a person has more documents. Of more, the first are known.
const DOCUMENTS: usize = 256;

/// What is known of the page that a request comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    /// The space of the address that it came from.
    pub(crate) space: Option<AddressSpace>,
    pub(crate) policies: Policies,
    pub(crate) embedder: Embedder,
}

/// The documents of a HAR so far, by the page of the HAR and their origin.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    list: HashMap<Key, Known>,
    /// The address space of each origin, whatever page of the HAR it belongs to.
    spaces: HashMap<Vec<u8>, AddressSpace>,
}

type Key = (Option<String>, Vec<u8>);

#[derive(Debug)]
struct Known {
    page: Arc<Page>,
    /// Two documents of this origin, such as a page and a frame, say something different: which of them asked is unknown.
    differs: bool,
}

impl Documents {
    /// Remembers the response with a document. `page`: the name that the HAR gives the page.
    pub(crate) fn learn(&mut self, page: Option<&str>, origin: Vec<u8>, address: Option<&[u8]>, headers: &Headers) {
        // Chromium writes most HARs, and browsers differ only in a few reserved addresses.
        let space = address.and_then(|address| AddressSpace::of_address(address, Profile::Chromium));
        self.spaces.extend(space.map(|space| (origin.clone(), space)));
        let is_secure = str::from_utf8(&origin)
            .ok()
            .and_then(Place::of)
            .is_some_and(|place| place.scheme == "https" || place.is_loopback());
        let found = Page { space, policies: Policies::of(headers), embedder: Embedder::of(headers, is_secure) };
        let key = (page.map(str::to_owned), origin);
        if let Some(known) = self.list.get_mut(&key) {
            known.differs |= (&known.page.policies, known.page.embedder) != (&found.policies, found.embedder);
        } else if self.list.len() < DOCUMENTS {
            self.list.insert(key, Known { page: Arc::new(found), differs: false });
        }
    }

    /// The space that documents of an origin came from.
    pub(crate) fn space_of(&self, origin: &[u8]) -> Option<AddressSpace> {
        self.spaces.get(origin).copied()
    }

    /// The document of this origin that a request of the page comes from, if there is only one.
    pub(crate) fn of(&self, page: Option<&str>, origin: &[u8]) -> Option<Arc<Page>> {
        let key = (page.map(str::to_owned), origin.to_vec());
        self.list.get(&key).filter(|known| !known.differs).map(|known| Arc::clone(&known.page))
    }

    /// Whether a page says where its scripts may connect to.
    pub(crate) fn have_policies(&self) -> bool {
        self.list.values().any(|known| !known.page.policies.is_empty())
    }

    /// Every document of which there is only one, with its origin.
    pub(super) fn all(&self) -> impl Iterator<Item = (&[u8], &Page)> {
        let known = self.list.iter().filter(|(_, known)| !known.differs);
        known.map(|((_, origin), known)| (origin.as_slice(), &*known.page))
    }
}
