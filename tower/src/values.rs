//! The engine's header names and values as those of the crate `http`, without copying what is
//! there already.

use corsac::{Decision, Header, PolicySet};
use http::{HeaderName, HeaderValue, header};

use crate::interned::interned;

/// A header value of a decision.
pub(crate) enum Value {
    /// The request's `Origin`.
    Origin,
    /// It is the same in every response that has it.
    OfPolicy(HeaderValue),
    /// Anything else, for example a line of the request.
    Other(HeaderValue),
}

/// The header values of the policies of a set, sorted for a binary search.
pub(crate) struct PolicyValues(Vec<HeaderValue>);

impl PolicyValues {
    pub(crate) fn new<B: AsRef<[u8]>>(set: &PolicySet<B>) -> Self {
        let mut values: Vec<HeaderValue> = Vec::new();
        for policy in set.tables().filter_map(|(_, policy)| policy) {
            let lists = [joined(policy.methods()), joined(policy.request_headers()), joined(policy.exposed_headers())];
            let max_age = policy.max_age().map(|seconds| seconds.to_string().into_bytes());
            values.extend(lists.into_iter().chain(max_age).filter_map(|value| interned(&value)));
        }
        values.sort_unstable_by(|one, other| order(one.as_bytes(), other.as_bytes()));
        values.dedup();
        Self(values)
    }

    /// A value, without copying it. `None`: it is not one that every response repeats.
    pub(crate) fn get(&self, bytes: &[u8]) -> Option<HeaderValue> {
        let place = self.0.binary_search_by(|value| order(value.as_bytes(), bytes)).ok()?;
        self.0.get(place).cloned()
    }
}

/// A list as the engine writes it. A value that the engine writes in another way is copied when it
/// is needed.
fn joined<'n>(names: impl Iterator<Item = &'n [u8]>) -> Vec<u8> {
    names.collect::<Vec<_>>().join(&b", "[..])
}

/// Most values differ in their length, so hardly any is compared byte by byte.
fn order(one: &[u8], other: &[u8]) -> std::cmp::Ordering {
    one.len().cmp(&other.len()).then_with(|| one.cmp(other))
}

/// Where values of a decision come from: the policy, and the request's `Origin`.
#[derive(Clone, Copy)]
pub(crate) struct Values<'r> {
    pub(crate) policy: &'r PolicyValues,
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
        let of_policy = of_engine(bytes).or_else(|| self.policy.get(bytes)).map(Value::OfPolicy);
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

#[cfg(test)]
mod tests {
    use super::PolicyValues;
    use corsac::PolicySet;

    #[test]
    fn values_of_a_policy_are_not_copied() {
        let set = PolicySet::from_toml(
            r#"
            allow_origins = ["https://a.example"]
            allow_methods = ["PUT", "GET"]
            allow_headers = ["X-B", "x-a"]
            expose_headers = ["ETag"]
            max_age = 600
            "#,
            |_| (),
        )
        .expect("a policy");
        let values = PolicyValues::new(&set);
        let lines = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "PUT")];
        for method in ["OPTIONS", "GET"] {
            let request = corsac::Request::from_lines(method, lines);
            let decision = set.evaluate(&corsac::RequestPath::raw("/"), &request).expect("a decision");
            for header in decision.headers() {
                let is_list = ["Methods", "Headers", "Max-Age"].iter().any(|end| header.name.ends_with(end));
                assert_eq!(values.get(header.value).is_some(), is_list, "{header}");
            }
        }
    }
}
