//! What a layer has to say: `tracing` events with the target `corsac`, and your hook for denials.

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use corsac::{DenialCode, Escaped, OwnedFinding};
use http::HeaderName;
use tracing::Level;

use crate::bounded::{Counted, Once};
use crate::check::BoxError;
use crate::denied::Denied;

/// The path of a policy in its set. `None`: the path of the request is ambiguous.
pub(crate) type Place = Option<Arc<str>>;

/// How many different headers a policy or a set says that it replaced.
const REPLACED_MAX: usize = 64;
/// How many origins report-only mode lists.
const REPORTED_MAX: usize = 100;

type Hook = dyn Fn(&Denied<'_>) + Send + Sync;

/// A warning about a policy that serves all the same.
pub(crate) fn warning(finding: &OwnedFinding) {
    // Lists of public suffixes differ between machines, and with them whether a switch is needed.
    if finding.code == "switch-not-needed" {
        tracing::info!(target: "corsac", "{finding}");
    } else {
        tracing::warn!(target: "corsac", "{finding}");
    }
}

/// The log of one layer, with the counts that bound it.
#[derive(Default)]
pub(crate) struct Log {
    denials: Counted<(Place, DenialCode, bool)>,
    failures: Counted<Place>,
    reports: Counted<(Place, Option<DenialCode>, bool, bool)>,
    unlisted: Once<String, REPORTED_MAX>,
    /// Gets denials instead of the log.
    on_denial: Option<Box<Hook>>,
}

/// Writes a line, with its number if there are many of its kind.
macro_rules! counted {
    ($level:expr, $number:expr, $($line:tt)+) => {
        match $number {
            number if number <= 16 => tracing::event!(target: "corsac", $level, $($line)+),
            number => {
                let line = format!($($line)+);
                tracing::event!(target: "corsac", $level, "{line} ({number} of these in a minute)");
            }
        }
    };
}

impl Log {
    pub(crate) fn with_hook(hook: impl Fn(&Denied<'_>) + Send + Sync + 'static) -> Self {
        Self { on_denial: Some(Box::new(hook)), ..Self::default() }
    }

    /// A denied preflight is a warning, any other denied request is a line at debug level.
    pub(crate) fn denied(&self, denied: &Denied<'_>) {
        let is_preflight = denied.is_preflight();
        if !is_preflight && denied.head.is_of_own_page() {
            return;
        }
        if let Some(hook) = &self.on_denial {
            return hook(denied);
        }
        let kind = || (denied.place.cloned(), denied.denial.code(), is_preflight);
        if is_preflight {
            if tracing::enabled!(target: "corsac", Level::WARN)
                && let Some(number) = self.denials.count(kind(), Instant::now())
            {
                counted!(Level::WARN, number, "{denied}");
            }
        } else if let Some(number) = self.denials.count(kind(), Instant::now()) {
            counted!(Level::DEBUG, number, "{denied}");
        }
    }

    /// Whether a denied request that is not a preflight goes anywhere. Making its line costs more
    /// than the decision.
    pub(crate) fn wants_actual(&self) -> bool {
        self.on_denial.is_some() || tracing::enabled!(target: "corsac", Level::DEBUG)
    }

    /// An origin check that failed.
    pub(crate) fn failed(&self, place: Place, origin: &[u8], error: &BoxError, head: &dyn fmt::Display) {
        if let Some(number) = self.failures.count(place, Instant::now()) {
            let (origin, error) = (Escaped(origin), error.to_string());
            let error = Escaped(error.as_bytes());
            counted!(Level::ERROR, number, "the origin check failed, so \"{origin}\" is denied: {error}; {head}");
        }
    }

    /// Report-only mode: an origin that no pattern matches, ready to paste.
    pub(crate) fn unlisted(&self, origin: &[u8], head: &dyn fmt::Display) {
        let origin = Escaped(origin).to_string();
        if self.unlisted.is_first(origin.clone()) {
            tracing::info!(target: "corsac", "report only: this origin is not listed. If it is yours, add \"{origin}\"; {head}");
        }
    }

    /// Report-only mode: what the decision would be, and whether the application's own response
    /// passes. `agrees`: both are the same.
    pub(crate) fn reported(
        &self,
        place: Place,
        code: Option<DenialCode>,
        is_preflight: bool,
        agrees: bool,
        line: &dyn fmt::Display,
    ) {
        let Some(number) = self.reports.count((place, code, is_preflight, agrees), Instant::now()) else { return };
        if agrees {
            counted!(Level::INFO, number, "report only: {line}");
        } else {
            counted!(Level::WARN, number, "report only: {line}");
        }
    }
}

/// The headers of the application that a policy or a set replaced so far. They are counted with the
/// policy, and not with the layer, so that a response needs no reference to the layer.
#[derive(Default)]
pub(crate) struct ReplacedLog(Once<(Place, HeaderName), REPLACED_MAX>);

impl ReplacedLog {
    /// A header that the policy replaced: a library may have written it on purpose.
    pub(crate) fn replaced(&self, place: &Place, name: &HeaderName) {
        if self.0.is_first((place.clone(), name.clone())) {
            let path = Escaped(place.as_deref().unwrap_or_default().as_bytes());
            tracing::warn!(
                target: "corsac",
                "the policy of \"{path}\" replaced or removed the application's header {name}: write its value into the policy, or leave the path untouched with cors = false"
            );
        }
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log").field("has_hook", &self.on_denial.is_some()).finish_non_exhaustive()
    }
}
