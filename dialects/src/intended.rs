//! Which origins the author of a configuration meant.

use corsac::{OwnedSpec, Policy, Request};

use crate::draft::Draft;
use crate::origin::is_pattern;

/// The patterns that all entries of a draft mean, compiled.
pub(crate) struct Intended {
    policy: Option<Policy<Vec<u8>>>,
}

impl Intended {
    pub(crate) fn by(draft: &Draft) -> Self {
        let patterns = draft.origins.iter().flat_map(|entry| &entry.intended).filter(|pattern| is_pattern(pattern));
        let spec = OwnedSpec::new(patterns).dangerously_allow_null_origin(true);
        Self { policy: spec.compile(|_| ()).ok() }
    }

    pub(crate) fn allows(&self, origin: &str) -> bool {
        let request = Request::from_lines("GET", [("Origin", origin)]);
        self.policy.as_ref().is_some_and(|policy| policy.evaluate(&request).is_allowed())
    }
}
