//! The options of a compiled policy as texts, for exports.

use corsac::{Field, Policy};

/// What a policy promises.
///
/// ```
/// use corsac::OwnedSpec;
/// use corsac_dialects::Promise;
/// let policy = OwnedSpec::new(["https://a.example"]).max_age(600).compile(|_| ()).expect("it compiles");
/// let promise = Promise::of(&policy);
/// assert_eq!((promise.max_age, promise.methods.len()), (Some(600), 3));
/// assert!(!promise.is_any_origin());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promise {
    /// `allow_origins`.
    pub origins: Vec<String>,
    /// `allow_methods`.
    pub methods: Vec<String>,
    /// `allow_headers`, in lower case.
    pub headers: Vec<String>,
    /// `expose_headers`.
    pub expose: Vec<String>,
    /// `allow_credentials`.
    pub credentials: bool,
    /// `max_age`.
    pub max_age: Option<u32>,
    /// `preflight_status`.
    pub preflight_status: u16,
    /// `denied_preflight_status`.
    pub denied_preflight_status: Option<u16>,
    /// `allow_private_network`.
    pub private_network: bool,
    /// `allow_timing`.
    pub timing: bool,
    /// `external_origins`.
    pub external_origins: bool,
}

impl Promise {
    /// The options of a policy.
    #[must_use]
    pub fn of<B: AsRef<[u8]>>(policy: &Policy<B>) -> Self {
        fn texts<'p>(list: impl Iterator<Item = &'p [u8]>) -> Vec<String> {
            list.map(|text| String::from_utf8_lossy(text).into_owned()).collect()
        }
        // A compiled policy keeps them in the order of its tables. A file should not change with those.
        let mut origins = texts(policy.origins());
        origins.sort_unstable();
        Self {
            origins,
            methods: texts(policy.methods()),
            headers: texts(policy.request_headers()),
            expose: texts(policy.exposed_headers()),
            credentials: policy.allows_credentials(),
            max_age: policy.max_age(),
            preflight_status: policy.preflight_status(),
            denied_preflight_status: policy.denied_preflight_status(),
            private_network: policy.is_on(Field::AllowPrivateNetwork),
            timing: policy.is_on(Field::AllowTiming),
            external_origins: policy.is_on(Field::ExternalOrigins),
        }
    }

    /// Whether any origin is allowed.
    #[must_use]
    pub fn is_any_origin(&self) -> bool {
        self.origins.iter().any(|origin| origin == "*")
    }
}
