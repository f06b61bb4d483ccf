//! The options of a policy in memory of their own: read from a configuration, or written one by one.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use crate::owned::findings::{Findings, OwnedFinding};
use crate::owned::storage::compile_vec;
use crate::policy::handle::Policy;
use crate::spec::policy_spec::{PolicySpec, PublicSuffixes};

/// The options of a policy, like [`PolicySpec`], but it owns its texts. Use it where options come
/// from a configuration. With the feature `serde`, it deserialises from the options of a policy
/// file.
///
/// Each option has a method of the same name. A list takes what you have: an array, a slice or a
/// `Vec`, of `&str` or `String`. Nothing is checked before [`compile`](Self::compile).
///
/// ```
/// use corsac::OwnedSpec;
///
/// let from_environment: Vec<String> = vec!["https://app.example.com".to_owned()];
/// let policy = OwnedSpec::new(from_environment)
///     .allow_methods(["GET", "PUT"])
///     .allow_headers(&["authorization", "content-type"])
///     .allow_credentials(true)
///     .max_age(600)
///     .compile(|warning| eprintln!("{warning}"))?;
/// assert!(policy.allows_credentials());
///
/// // Share it between threads. It is not checked again.
/// let shared: corsac::Policy<std::sync::Arc<[u8]>> = policy.into();
/// assert_eq!(shared.methods().count(), 2);
/// # Ok::<(), corsac::Findings>(())
/// ```
///
/// The other options:
///
/// ```
/// use corsac::OwnedSpec;
///
/// let policy = OwnedSpec::default()
///     .allow_origins(["https://app.example.com", "null"])
///     .dangerously_allow_null_origin(true)
///     .expose_headers(["x-total-count"])
///     .preflight_status(200)
///     .denied_preflight_status(404)
///     .external_origins(true)
///     .allow_timing(true)
///     .allow_private_network(false)
///     .dangerously_allow_insecure_origins(false)
///     .dangerously_allow_public_suffixes(false)
///     .compile(|warning| eprintln!("{warning}"))?;
/// assert_eq!((policy.preflight_status(), policy.denied_preflight_status()), (200, Some(404)));
/// # Ok::<(), corsac::Findings>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedSpec {
    /// See [`PolicySpec::allow_origins`], as for each option below.
    pub allow_origins: Vec<String>,
    /// `None` is GET, HEAD and POST.
    pub allow_methods: Option<Vec<String>>,
    /// None by default.
    pub allow_headers: Vec<String>,
    /// Off by default, like every switch.
    pub allow_credentials: bool,
    /// None by default.
    pub expose_headers: Vec<String>,
    /// In seconds. `None` sends no header.
    pub max_age: Option<i64>,
    /// 204 by default.
    pub preflight_status: i64,
    /// `None`: the engine chooses.
    pub denied_preflight_status: Option<i64>,
    /// Whether the caller checks origins that no pattern matches.
    pub external_origins: bool,
    /// Whether pages see how long responses took.
    pub allow_timing: bool,
    /// Whether the obsolete request header of Private Network Access gets a response.
    pub allow_private_network: bool,
    /// Allows the patterns `null` and `file://`.
    pub dangerously_allow_null_origin: bool,
    /// Allows `http:` origins, and any host of an app or extension scheme, with credentials.
    pub dangerously_allow_insecure_origins: bool,
    /// Allows wildcards over a public suffix with credentials.
    pub dangerously_allow_public_suffixes: OwnedSuffixes,
}

/// The public suffixes that wildcards may be over with credentials, like [`PublicSuffixes`]. You
/// get it from `true`, `false` or a list.
///
/// ```
/// use corsac::{OwnedSpec, OwnedSuffixes};
/// let spec = OwnedSpec::new(["https://*.kuleuven.be"]).dangerously_allow_public_suffixes(["kuleuven.be"]);
/// assert!(matches!(spec.dangerously_allow_public_suffixes, OwnedSuffixes::Listed(_)));
/// assert_eq!(OwnedSuffixes::from(false), OwnedSuffixes::Refused);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum OwnedSuffixes {
    /// None.
    #[default]
    Refused,
    /// These: the parts after the wildcard, such as `kuleuven.be`.
    Listed(Vec<String>),
    /// All.
    Allowed,
}

impl From<bool> for OwnedSuffixes {
    fn from(is_on: bool) -> Self {
        if is_on { Self::Allowed } else { Self::Refused }
    }
}

impl<S: AsRef<str>> From<Vec<S>> for OwnedSuffixes {
    fn from(list: Vec<S>) -> Self {
        Self::Listed(owned(list))
    }
}

impl<S: AsRef<str>> From<&[S]> for OwnedSuffixes {
    fn from(list: &[S]) -> Self {
        Self::Listed(owned(list))
    }
}

impl<S: AsRef<str>, const N: usize> From<[S; N]> for OwnedSuffixes {
    fn from(list: [S; N]) -> Self {
        Self::Listed(owned(list))
    }
}

fn owned(list: impl IntoIterator<Item = impl AsRef<str>>) -> Vec<String> {
    list.into_iter().map(|text| text.as_ref().to_owned()).collect()
}

/// The methods that set a list, and those that set a value.
macro_rules! setters {
    ($([$list:ident $(, $wrap:path)?])+ $($value:ident: $kind:ty $(, $wrap_value:path)?;)+) => {
        $(
            #[doc = concat!("Sets [`", stringify!($list), "`](PolicySpec::", stringify!($list), "), and replaces what it was.")]
            #[must_use]
            pub fn $list(mut self, list: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
                self.$list = $($wrap)?(owned(list));
                self
            }
        )+
        $(
            #[doc = concat!("Sets [`", stringify!($value), "`](PolicySpec::", stringify!($value), ").")]
            #[must_use]
            pub fn $value(mut self, $value: $kind) -> Self {
                self.$value = $($wrap_value)?($value);
                self
            }
        )+
    };
}

impl OwnedSpec {
    /// A spec with these origins, and the default of every other option.
    #[must_use]
    pub fn new(allow_origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        Self { allow_origins: owned(allow_origins), ..Self::default() }
    }

    setters! {
        [allow_origins]
        [allow_methods, Some]
        [allow_headers]
        [expose_headers]
        allow_credentials: bool;
        max_age: i64, Some;
        preflight_status: i64;
        denied_preflight_status: i64, Some;
        external_origins: bool;
        allow_timing: bool;
        allow_private_network: bool;
        dangerously_allow_null_origin: bool;
        dangerously_allow_insecure_origins: bool;
        dangerously_allow_public_suffixes: impl Into<OwnedSuffixes>, Into::into;
    }

    /// The same options, borrowed: for storage of your own, and to get each finding as it is.
    ///
    /// ```
    /// let spec = corsac::OwnedSpec::new(["https://app.example.com"]).max_age(600);
    /// let policy = spec.as_spec().compile([0; 256], |finding| eprintln!("{finding}"))?;
    /// assert_eq!(policy.max_age(), Some(600));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn as_spec(&self) -> PolicySpec<'_, String> {
        PolicySpec {
            allow_origins: &self.allow_origins,
            allow_methods: self.allow_methods.as_deref(),
            allow_headers: &self.allow_headers,
            allow_credentials: self.allow_credentials,
            expose_headers: &self.expose_headers,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            denied_preflight_status: self.denied_preflight_status,
            external_origins: self.external_origins,
            allow_timing: self.allow_timing,
            allow_private_network: self.allow_private_network,
            dangerously_allow_null_origin: self.dangerously_allow_null_origin,
            dangerously_allow_insecure_origins: self.dangerously_allow_insecure_origins,
            dangerously_allow_public_suffixes: match &self.dangerously_allow_public_suffixes {
                OwnedSuffixes::Refused => PublicSuffixes::Refused,
                OwnedSuffixes::Listed(list) => PublicSuffixes::Listed(list),
                OwnedSuffixes::Allowed => PublicSuffixes::Allowed,
            },
        }
    }

    /// Compiles the spec. `on_warning` gets every warning if it compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning.
    pub fn compile(&self, on_warning: impl FnMut(&OwnedFinding)) -> Result<Policy<Vec<u8>>, Findings> {
        self.as_spec().compile_vec(on_warning)
    }
}

/// A spec without origins, and the default of every other option.
impl Default for OwnedSpec {
    fn default() -> Self {
        let PolicySpec { preflight_status, .. } = PolicySpec::<&str>::new(&[]);
        Self {
            allow_origins: Vec::new(),
            allow_methods: None,
            allow_headers: Vec::new(),
            allow_credentials: false,
            expose_headers: Vec::new(),
            max_age: None,
            preflight_status,
            denied_preflight_status: None,
            external_origins: false,
            allow_timing: false,
            allow_private_network: false,
            dangerously_allow_null_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: OwnedSuffixes::Refused,
        }
    }
}

impl<S: AsRef<[u8]>> PolicySpec<'_, S> {
    /// Compiles the spec into a `Vec` of the right length. `on_warning` gets every warning if it
    /// compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning.
    ///
    /// ```
    /// let spec = corsac::PolicySpec::new(&["https://app.example.com"]);
    /// let policy = spec.compile_vec(|warning| eprintln!("{warning}"))?;
    /// assert_eq!(policy.image().len(), policy.into_inner().len());
    /// # Ok::<(), corsac::Findings>(())
    /// ```
    pub fn compile_vec(&self, on_warning: impl FnMut(&OwnedFinding)) -> Result<Policy<Vec<u8>>, Findings> {
        compile_vec(self.image_len(), on_warning, |storage, on_finding| {
            Ok(self.compile(storage, |finding| on_finding(finding.into()))?.image().len())
        })
        .map(Policy::compiled)
    }
}
