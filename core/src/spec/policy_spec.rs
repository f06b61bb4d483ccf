//! What a person wrote: the options of a policy, before anything is checked.

use crate::spec::source::{Options, Source};

/// The options of a policy, as a person writes them. Nothing is checked before [`PolicySpec::compile`].
///
/// The texts may be of any type that gives bytes: `&str`, `String`, a C `(ptr, len)`.
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
    /// Patterns: `*`, `https://app.example.com`, `https://*.example.com`, `https://preview-*.example.com`, `http://localhost:*`.
    /// A pattern has at most 328 bytes, a host at most 253, a label at most 63; label globs under one parent: 32.
    pub allow_origins: &'a [S],
    /// Methods, exact and case-sensitive after Fetch's normalisation; `*`: any but CONNECT, TRACE and TRACK. `None`: GET, HEAD, POST.
    /// At most 64 of at most 128 bytes.
    pub allow_methods: Option<&'a [S]>,
    /// Request-header names in any case; `*`: any, `authorization` too. At most 256 of at most 128 bytes.
    pub allow_headers: &'a [S],
    /// Sends `Access-Control-Allow-Credentials: true`.
    pub allow_credentials: bool,
    /// Response-header names in any case; `*`: all, without credentials only. At most 256 of at most 128 bytes.
    pub expose_headers: &'a [S],
    /// Seconds for which a browser may keep a preflight's answer, 0..=86400; 0 turns its cache off. `None`: no header, 5 seconds in browsers.
    pub max_age: Option<i64>,
    /// Status of an allowed preflight, 200..=299.
    pub preflight_status: i64,
    /// Status of every denied preflight, 400..=499. `None`: 403, or the status of success where the browser's own check is bound
    /// to fail, so that its console names the method or the header.
    pub denied_preflight_status: Option<i64>,
    /// The caller may judge origins that no pattern matched, with [`Policy::evaluate_with`](crate::Policy::evaluate_with).
    pub external_origins: bool,
    /// Sends `Timing-Allow-Origin`, so that a page sees how long the responses took that it may read. With any origin it is `*` on every
    /// response but those to preflights; else it is the origin, on responses to allowed requests. A request without `Origin` gets none.
    pub allow_timing: bool,
    /// Answers the legacy `Access-Control-Request-Private-Network`.
    pub allow_private_network: bool,
    /// Lets the pattern `null` in; never beside credentials.
    pub dangerously_allow_null_origin: bool,
    /// Lets `http:` origins (other than loopback) in beside credentials.
    pub dangerously_allow_insecure_origins: bool,
    /// Lets wildcards over a public suffix, or over an ancestor of one, in with credentials.
    pub dangerously_allow_public_suffixes: PublicSuffixes<'a, S>,
}

/// Over which public suffixes a wildcard may be with credentials.
#[derive(Debug, Default)]
pub enum PublicSuffixes<'a, S: AsRef<[u8]> = &'a str> {
    /// Over none.
    #[default]
    Refused,
    /// Over these: the fixed parts of the wildcards, such as `kuleuven.be`. At most 256.
    Listed(&'a [S]),
    /// Over any.
    Allowed,
}

/// `Clone` and `Copy` for types that hold references to `S` alone: derived, they would ask it of `S`, too.
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

impl<'a, S: AsRef<[u8]>> PolicySpec<'a, S> {
    /// These origins, and the default of everything else.
    #[must_use]
    pub const fn new(allow_origins: &'a [S]) -> Self {
        Self {
            allow_origins,
            allow_methods: None,
            allow_headers: &[],
            allow_credentials: false,
            expose_headers: &[],
            max_age: None,
            preflight_status: 204,
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
        self.allow_origins.iter().map(AsRef::as_ref)
    }

    fn methods(&self) -> impl Iterator<Item = &[u8]> {
        const DEFAULT: &[&[u8]] = &[b"GET", b"HEAD", b"POST"];
        let default = if self.allow_methods.is_some() { &[] } else { DEFAULT };
        default.iter().copied().chain(self.allow_methods.unwrap_or(&[]).iter().map(AsRef::as_ref))
    }

    fn request_headers(&self) -> impl Iterator<Item = &[u8]> {
        self.allow_headers.iter().map(AsRef::as_ref)
    }

    fn exposed_headers(&self) -> impl Iterator<Item = &[u8]> {
        self.expose_headers.iter().map(AsRef::as_ref)
    }

    fn public_suffixes(&self) -> impl Iterator<Item = &[u8]> {
        let listed = match self.dangerously_allow_public_suffixes {
            PublicSuffixes::Listed(suffixes) => suffixes,
            PublicSuffixes::Refused | PublicSuffixes::Allowed => &[],
        };
        listed.iter().map(AsRef::as_ref)
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
