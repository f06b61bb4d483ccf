//! The options of a policy, as a person wrote them, before anything is checked.

use crate::spec::source::{Options, Source};
use crate::syntax::stepwise::Stepwise;

/// The options of a policy, as you write them. Nothing is checked before [`PolicySpec::compile`].
///
/// The texts may be of any type that gives bytes: `&str`, `String`, a C `(ptr, len)`. Write a
/// literal with `..PolicySpec::new(…)` at its end: later versions may add options.
///
/// ```
/// use corsac::PolicySpec;
/// let spec = PolicySpec { max_age: Some(7200), ..PolicySpec::new(&["https://app.example.com"]) };
/// let policy = spec.compile([0; 256], |_| ())?;
/// assert!(!policy.allows_credentials());
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Debug)]
pub struct PolicySpec<'a, S: AsRef<[u8]> = &'a str> {
    /// The origins whose pages may read responses: `https://app.example.com`, or a pattern.
    ///
    /// | pattern | matches |
    /// |---|---|
    /// | `*` | any origin |
    /// | `https://*.example.com` | every host below `example.com`, at any depth, and not `example.com` |
    /// | `https://preview-*.example.com` | one label of that form |
    /// | `http://localhost:*` | any port, or none |
    /// | `http://192.168.0.0/16:*`, `https://[fd00::]/8` | every address of the range; at most 16 ranges |
    /// | `https://*` | any host; not with credentials |
    /// | `app://*`, `app://` | any host of that scheme; the empty host |
    /// | `null`, `file://` | sandboxed pages and local files; see `dangerously_allow_null_origin` |
    ///
    /// A pattern has at most 328 bytes, a host 253, a label 63. At most 32 patterns such as
    /// `https://preview-*.example.com` have one fixed part, here `example.com`.
    pub allow_origins: &'a [S],
    /// The methods that requests may have, case-sensitive after Fetch's normalisation. `*` allows
    /// every method but CONNECT, TRACE and TRACK. `None` is GET, HEAD and POST. At most 64, of at
    /// most 128 bytes each.
    pub allow_methods: Option<&'a [S]>,
    /// The request headers that scripts may set, in any case. `x-amz-meta-*` allows every name with
    /// that prefix, and `*` any name, `authorization` included. At most 256, of at most 128 bytes
    /// each; at most 16 prefixes.
    pub allow_headers: &'a [S],
    /// Sends `Access-Control-Allow-Credentials: true`, so that pages may read responses to requests
    /// with cookies.
    pub allow_credentials: bool,
    /// The response headers that scripts may read, in any case. `*` allows all, without credentials
    /// only. At most 256, of at most 128 bytes each.
    pub expose_headers: &'a [S],
    /// For how many seconds browsers may remember a preflight. `0` turns caching off. More than
    /// 86400 (a day) is sent as 86400, with a warning. `None` sends no header; browsers then
    /// remember it for 5 seconds.
    pub max_age: Option<i64>,
    /// Status of an allowed preflight, 200..=299.
    pub preflight_status: i64,
    /// Status of every denied preflight, 400..=499. `None`: 403, or the status of success where the
    /// browser's own check is certain to fail, because then its console names the method or the
    /// header.
    pub denied_preflight_status: Option<i64>,
    /// The caller may check origins that no pattern matches, with
    /// [`Policy::evaluate_with`](crate::Policy::evaluate_with). Then `allow_origins` may be empty.
    pub external_origins: bool,
    /// Sends `Timing-Allow-Origin`, so that pages see how long responses took. If any origin is
    /// allowed, it is `*` on every response except those to preflights. Otherwise it is the origin,
    /// on responses to allowed requests. A request without `Origin`, such as that of an `<img>`
    /// without `crossorigin`, gets none.
    pub allow_timing: bool,
    /// Allows requests with `Access-Control-Request-Private-Network`. Only Chromium before version
    /// 138 sends it, so that there is always a warning.
    pub allow_private_network: bool,
    /// Allows the patterns `null` and `file://`. They never go with credentials.
    pub dangerously_allow_null_origin: bool,
    /// Allows `http:` origins other than loopback, and any host of an app or extension scheme, with
    /// credentials.
    pub dangerously_allow_insecure_origins: bool,
    /// Allows wildcards over a public suffix, or over an ancestor of one, with credentials.
    pub dangerously_allow_public_suffixes: PublicSuffixes<'a, S>,
}

/// The public suffixes that wildcards may be over with credentials.
///
/// ```
/// use corsac::{PolicySpec, PublicSuffixes};
/// let spec = PolicySpec {
///     allow_credentials: true,
///     dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["kuleuven.be"]),
///     ..PolicySpec::new(&["https://*.kuleuven.be"])
/// };
/// assert!(spec.compile([0; 256], |finding| eprintln!("{finding}")).is_ok());
/// ```
#[derive(Debug, Default)]
pub enum PublicSuffixes<'a, S: AsRef<[u8]> = &'a str> {
    /// None.
    #[default]
    Refused,
    /// These: the parts after the wildcard, such as `kuleuven.be`. At most 256.
    Listed(&'a [S]),
    /// All.
    Allowed,
}

/// `Clone` and `Copy` for types that hold only references to `S`. A derive would ask for them of
/// `S`, too.
macro_rules! copy_of_references {
    ($($name:ident)+) => {$(
        impl<S: AsRef<[u8]>> Clone for $name<'_, S> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<S: AsRef<[u8]>> Copy for $name<'_, S> {}
    )+};
}
pub(crate) use copy_of_references;

copy_of_references! { PolicySpec PublicSuffixes }

/// The methods of a policy that lists none, sorted.
pub(crate) const DEFAULT_METHODS: [&[u8]; 3] = [b"GET", b"HEAD", b"POST"];
/// The status of an allowed preflight of a policy that has none.
pub(crate) const DEFAULT_STATUS: u16 = 204;

impl<'a, S: AsRef<[u8]>> PolicySpec<'a, S> {
    /// A spec with these origins, and the default of every other option.
    #[must_use]
    pub const fn new(allow_origins: &'a [S]) -> Self {
        Self {
            allow_origins,
            allow_methods: None,
            allow_headers: &[],
            allow_credentials: false,
            expose_headers: &[],
            max_age: None,
            preflight_status: DEFAULT_STATUS as i64,
            denied_preflight_status: None,
            external_origins: false,
            allow_timing: false,
            allow_private_network: false,
            dangerously_allow_null_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: PublicSuffixes::Refused,
        }
    }
}

impl<S: AsRef<[u8]>> Source for PolicySpec<'_, S> {
    fn origins(&self) -> impl Iterator<Item = &[u8]> {
        Stepwise(self.allow_origins.iter().map(AsRef::as_ref))
    }

    fn methods(&self) -> impl Iterator<Item = &[u8]> {
        let default = if self.allow_methods.is_some() { &[][..] } else { &DEFAULT_METHODS };
        Stepwise(default.iter().copied().chain(self.allow_methods.unwrap_or(&[]).iter().map(AsRef::as_ref)))
    }

    fn request_headers(&self) -> impl Iterator<Item = &[u8]> {
        Stepwise(self.allow_headers.iter().map(AsRef::as_ref))
    }

    fn exposed_headers(&self) -> impl Iterator<Item = &[u8]> {
        Stepwise(self.expose_headers.iter().map(AsRef::as_ref))
    }

    fn public_suffixes(&self) -> impl Iterator<Item = &[u8]> {
        let listed = match self.dangerously_allow_public_suffixes {
            PublicSuffixes::Listed(suffixes) => suffixes,
            PublicSuffixes::Refused | PublicSuffixes::Allowed => &[],
        };
        Stepwise(listed.iter().map(AsRef::as_ref))
    }

    fn options(&self) -> Options {
        Options {
            methods_are_default: self.allow_methods.is_none(),
            credentials: self.allow_credentials,
            max_age: self.max_age,
            preflight_status: self.preflight_status,
            denied_preflight_status: self.denied_preflight_status,
            external_origins: self.external_origins,
            timing: self.allow_timing,
            private_network: self.allow_private_network,
            null_origin: self.dangerously_allow_null_origin,
            insecure_origins: self.dangerously_allow_insecure_origins,
            public_suffixes: matches!(self.dangerously_allow_public_suffixes, PublicSuffixes::Allowed),
            suffixes_checked: false,
        }
    }
}
