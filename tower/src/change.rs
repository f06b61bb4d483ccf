//! What a decision changes in a response of the application.

use corsac::{Decision, ReplacedHeaders, VaryMerge};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::values::Values;

/// How many headers a response can have if it is not one to a preflight.
const HEADERS_MAX: usize = 5;
/// Their names, `Vary` last.
static NAMES: [HeaderName; HEADERS_MAX] = [
    ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_ALLOW_CREDENTIALS,
    ACCESS_CONTROL_EXPOSE_HEADERS,
    HeaderName::from_static("timing-allow-origin"),
    VARY,
];

/// The headers to write and those to remove. It is made before the application runs, because the
/// application takes the request.
pub(crate) struct Change {
    values: [Option<HeaderValue>; HEADERS_MAX],
    replaced: ReplacedHeaders,
}

impl Change {
    pub(crate) fn new(decision: &Decision<'_>, values: Values<'_>) -> Self {
        let mut change = Self { values: Default::default(), replaced: decision.replaced_headers() };
        values.each(decision, |name, value| {
            let place = NAMES.iter().position(|other| *other == name);
            debug_assert!(place.is_some(), "{name} has no place");
            if let Some(place) = place.and_then(|place| change.values.get_mut(place)) {
                *place = Some(value);
            }
        });
        change
    }

    /// Writes the headers into a response. `on_replaced` gets the name of each header that the
    /// application wrote with another value.
    pub(crate) fn write(self, response: &mut HeaderMap, mut on_replaced: impl FnMut(&HeaderName)) {
        if !response.is_empty() {
            self.remove(response, &mut on_replaced);
        }
        // It fails if the response has tens of thousands of headers. Then it keeps what it has, less
        // the application's CORS headers.
        let _ = response.try_reserve(self.values.iter().flatten().count());
        for (name, value) in NAMES.iter().zip(self.values) {
            match value {
                Some(value) if *name == VARY => merge_vary(response, value),
                Some(value) => _ = response.try_append(name.clone(), value),
                None => {}
            }
        }
    }

    fn remove(&self, response: &mut HeaderMap, on_replaced: &mut dyn FnMut(&HeaderName)) {
        while let Some(name) = response.keys().find(|name| self.replaced.contains(name.as_str().as_bytes())) {
            let name = name.clone();
            let ours = NAMES.iter().position(|other| *other == name).and_then(|place| self.values.get(place)?.as_ref());
            if !response.get_all(&name).iter().eq(ours) {
                on_replaced(&name);
            }
            response.remove(&name);
        }
    }
}

/// Adds the names that the response's own `Vary` lacks.
fn merge_vary(response: &mut HeaderMap, ours: HeaderValue) {
    if !response.contains_key(VARY) {
        let _ = response.try_append(VARY, ours);
        return;
    }
    let mut merge = VaryMerge::default();
    response.get_all(VARY).iter().for_each(|line| merge.add(line.as_bytes()));
    for line in merge.missing(ours.as_bytes()) {
        if let Ok(line) = HeaderValue::from_bytes(line) {
            let _ = response.try_append(VARY, line);
        }
    }
}
