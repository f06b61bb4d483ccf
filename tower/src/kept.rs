//! The headers of a response. Most of the cost of a layer is making them, so those that a policy
//! always writes alike are made once, and each response gets a copy.

use std::sync::{Arc, OnceLock};

use corsac::{Decision, ReplacedHeaders};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::log::{Place, ReplacedLog};
use crate::values::{Value, Values};

/// A policy has at most this many different ones: those of a plain request, of an actual one that is
/// allowed or denied, and of a preflight that is allowed or denied, by the origin or by what it asks
/// for, each with or without a private network.
const SHAPES_MAX: usize = 8;

/// The headers of one kind of response.
pub(crate) struct Headers {
    shape: Option<u16>,
    headers: HeaderMap,
    /// The headers whose value is the request's `Origin`. In `headers` they are empty.
    origins: Vec<HeaderName>,
    pub(crate) replaced: ReplacedHeaders,
    pub(crate) log: Arc<ReplacedLog>,
    pub(crate) place: Place,
}

impl Headers {
    /// Those of a decision.
    pub(crate) fn new(decision: &Decision<'_>, values: Values<'_>, log: &Arc<ReplacedLog>, place: Place) -> Self {
        let mut made = Self {
            shape: decision.header_shape(),
            headers: HeaderMap::new(),
            origins: Vec::new(),
            replaced: decision.replaced_headers(),
            log: Arc::clone(log),
            place,
        };
        values.each(decision, |name, value| {
            let value = match value {
                Value::OfPolicy(value) => value,
                Value::Origin => {
                    made.origins.push(name.clone());
                    HeaderValue::from_static("")
                }
                // It belongs to this request alone.
                Value::Other(value) => {
                    made.shape = None;
                    value
                }
            };
            let _ = made.headers.try_append(name, value);
        });
        made
    }

    /// All of them, with this origin.
    pub(crate) fn with_origin(&self, origin: Option<&HeaderValue>) -> HeaderMap {
        let mut headers = self.headers.clone();
        for name in &self.origins {
            // It is the first one, so this is faster than a look-up. `insert` would first make room
            // for one more header.
            let value = headers.iter_mut().find_map(|(other, value)| (other == name).then_some(value));
            match (origin, value) {
                (Some(origin), Some(value)) => *value = origin.clone(),
                _ => _ = headers.remove(name),
            }
        }
        headers
    }

    /// Whether the request's `Origin` is among the values.
    pub(crate) fn has_origin(&self) -> bool {
        !self.origins.is_empty()
    }

    /// Name and value of each, in their order.
    pub(crate) fn iter<'h>(
        &'h self,
        origin: Option<&'h HeaderValue>,
    ) -> impl Iterator<Item = (&'h HeaderName, &'h HeaderValue)> {
        self.headers.iter().filter_map(move |(name, value)| match self.origins.contains(name) {
            true => Some((name, origin?)),
            false => Some((name, value)),
        })
    }
}

/// The headers that one policy writes, each kind made when it is first needed.
#[derive(Default)]
pub(crate) struct Kept([OnceLock<Arc<Headers>>; SHAPES_MAX]);

impl Kept {
    /// `None` if the response repeats more of the request than its origin.
    pub(crate) fn of(&self, decision: &Decision<'_>, make: impl Fn() -> Headers) -> Option<&Arc<Headers>> {
        let shape = decision.header_shape()?;
        for place in &self.0 {
            let kept = match place.get() {
                Some(kept) => kept,
                None => {
                    let made = make();
                    made.shape?;
                    place.get_or_init(|| Arc::new(made))
                }
            };
            if kept.shape == Some(shape) {
                return Some(kept);
            }
        }
        None
    }
}
