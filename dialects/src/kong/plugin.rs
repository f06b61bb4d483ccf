//! One configured plugin, as it was read.

use super::entries::Entry;
use super::read::Options;
use crate::document::Place;

/// One configured plugin.
#[derive(Debug)]
pub(super) struct Plugin {
    pub(super) place: Place,
    pub(super) options: Options,
    /// The entries of `origins`, as Kong compares them.
    pub(super) entries: Vec<Entry>,
}

impl Plugin {
    pub(super) fn new(place: Place, options: Options) -> Self {
        let entries = options.origins.iter().map(|(text, _)| Entry::of(text)).collect();
        Self { place, options, entries }
    }

    /// Whether any origin is allowed whatever it is: there are no entries, or only `*`.
    pub(super) fn is_any(&self) -> bool {
        match self.options.origins.as_slice() {
            [] => true,
            [(one, _)] => one == "*",
            _ => false,
        }
    }
}
