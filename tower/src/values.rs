//! The engine's header names and values as those of the crate `http`, without copying what is
//! there already.

use corsac::{Decision, Header};
use http::{HeaderName, HeaderValue, header};

use crate::policies::Prepared;

/// A header value of a decision.
pub(crate) enum Value {
    /// The request's `Origin`.
    Origin,
    /// It is the same in every response that has it.
    OfPolicy(HeaderValue),
    /// Anything else, for example a line of the request.
    Other(HeaderValue),
}

/// Where values of a decision come from: the policy, and the request's `Origin`.
#[derive(Clone, Copy)]
pub(crate) struct Values<'r> {
    pub(crate) prepared: &'r Prepared,
    pub(crate) origin: Option<&'r HeaderValue>,
}

impl Values<'_> {
    /// Passes the headers of a decision on in their order.
    #[inline]
    pub(crate) fn each(self, decision: &Decision<'_>, mut write: impl FnMut(HeaderName, Value)) {
        // `for_each` is faster than a `for` loop here, because the iterator folds.
        decision.headers().for_each(|Header { name, value, .. }| {
            if let (Some(name), Some(value)) = (of_http(name), self.value(value)) {
                write(name, value);
            }
        });
    }

    /// `None` never happens, because the engine's values have only bytes of 0x20..=0x7E.
    fn value(self, bytes: &[u8]) -> Option<Value> {
        if self.origin.is_some_and(|origin| std::ptr::eq(origin.as_bytes(), bytes)) {
            return Some(Value::Origin);
        }
        let of_policy = of_engine(bytes).or_else(|| self.prepared.value(bytes)).map(Value::OfPolicy);
        of_policy.or_else(|| HeaderValue::from_bytes(bytes).ok().map(Value::Other))
    }
}

// `from_static` checks every byte. In a function it would do so at each call, here it does when this is compiled.
static ANY: HeaderValue = HeaderValue::from_static("*");
static TRUE: HeaderValue = HeaderValue::from_static("true");
static VARY: HeaderValue = HeaderValue::from_static("Origin");
static PREFLIGHT_VARY: HeaderValue =
    HeaderValue::from_static("Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
static PRIVATE_NETWORK_VARY: HeaderValue = HeaderValue::from_static(
    "Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
);

/// The values that are the same under every policy.
fn of_engine(bytes: &[u8]) -> Option<HeaderValue> {
    let values = [&TRUE, &VARY, &ANY, &PREFLIGHT_VARY, &PRIVATE_NETWORK_VARY];
    values.into_iter().find(|value| value.as_bytes() == bytes).cloned()
}

/// `None` never happens, because the engine's names are tokens.
fn of_http(name: &'static str) -> Option<HeaderName> {
    Some(match name {
        "Access-Control-Allow-Origin" => header::ACCESS_CONTROL_ALLOW_ORIGIN,
        "Access-Control-Allow-Credentials" => header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        "Access-Control-Allow-Methods" => header::ACCESS_CONTROL_ALLOW_METHODS,
        "Access-Control-Allow-Headers" => header::ACCESS_CONTROL_ALLOW_HEADERS,
        "Access-Control-Max-Age" => header::ACCESS_CONTROL_MAX_AGE,
        "Access-Control-Expose-Headers" => header::ACCESS_CONTROL_EXPOSE_HEADERS,
        "Vary" => header::VARY,
        // The other names are rare.
        other => return HeaderName::from_bytes(other.as_bytes()).ok(),
    })
}
