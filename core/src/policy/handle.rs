//! A compiled policy: an image in the caller's storage. It is read in place, and any number of
//! threads can share it.

use core::fmt;

use crate::engine::decision::Decision;
use crate::engine::evaluate::decide;
use crate::engine::request::Request;
use crate::image::layout::{Image, NO_MAX_AGE, flag};
use crate::policy::contents;
use crate::spec::field::Field;
use crate::spec::pattern::{self, Kind};

/// A compiled policy, in any bytes: `&'static [u8]` in flash, `heapless::Vec`, `Vec`, `Arc<[u8]>`,
/// shared memory.
///
/// You get one from [`PolicySpec::compile`](crate::PolicySpec::compile) or [`Policy::open`]. It
/// never changes.
///
/// ```
/// use corsac::{Policy, PolicySpec, Request};
///
/// let spec = PolicySpec {
///     allow_methods: Some(&["PUT", "GET"]),
///     allow_headers: &["Authorization"],
///     expose_headers: &["X-Total-Count"],
///     allow_credentials: true,
///     ..PolicySpec::new(&["https://app.example.com"])
/// };
/// let policy = spec.compile([0; 512], |finding| eprintln!("{finding}"))?;
/// let request = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// assert!(policy.evaluate(&request).is_allowed());
///
/// // What it was compiled from can be read back.
/// assert!(policy.origins().eq([b"https://app.example.com"]));
/// assert!(policy.methods().eq([b"GET", b"PUT"]));
/// assert!(policy.request_headers().eq([b"authorization"]));
/// assert!(policy.exposed_headers().eq([b"x-total-count"]));
/// assert!(policy.allows_credentials() && !policy.allows_external_origins());
/// assert_eq!(policy.denied_preflight_status(), None);
///
/// // A function that takes a policy in any storage:
/// fn count_origins(policy: Policy<&[u8]>) -> usize {
///     policy.origins().count()
/// }
/// assert_eq!(count_origins(policy.as_view()), 1);
/// let storage: [u8; 512] = policy.into_inner();
/// # let _ = storage;
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy)]
pub struct Policy<B> {
    image: B,
}

impl Policy<&'static [u8]> {
    /// Only for `corsac_macros::policy!`, which passes unchanged bytes of a compiled policy. Other
    /// bytes give wrong decisions, but do no harm.
    #[doc(hidden)]
    #[must_use]
    pub const fn from_compiled(image: &'static [u8]) -> Self {
        Self { image }
    }
}

impl<B> Policy<B> {
    pub(crate) const fn compiled(image: B) -> Self {
        Self { image }
    }

    /// Returns the storage that holds the image.
    pub fn into_inner(self) -> B {
        self.image
    }
}

/// Switches and counts, which a person needs in a log, and never the image, which can have
/// megabytes.
impl<B: AsRef<[u8]>> fmt::Debug for Policy<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut policy = f.debug_struct("Policy");
        policy.field("origins", &self.origins().count()).field("methods", &self.methods().count());
        policy.field("request_headers", &self.request_headers().count());
        policy.field("exposed_headers", &self.exposed_headers().count()).field("max_age", &self.max_age());
        for switch in Field::ALL.iter().filter(|&&field| self.is_on(field)) {
            policy.field(switch.as_str(), &true);
        }
        policy.field("image_len", &self.image().len()).finish()
    }
}

impl<B: AsRef<[u8]>> Policy<B> {
    /// The image without the unused rest of the storage. Write these bytes to a file or to flash.
    #[must_use]
    pub fn image(&self) -> &[u8] {
        let bytes = self.image.as_ref();
        let length = Image::or_closed(bytes).length() as usize;
        bytes.get(..length).unwrap_or(bytes)
    }

    /// The same policy, borrowed.
    #[must_use]
    pub fn as_view(&self) -> Policy<&[u8]> {
        Policy { image: self.image() }
    }

    /// Decides about a request. An origin that no pattern matches is denied.
    #[inline]
    #[must_use]
    pub fn evaluate<'d, const LINES: usize>(&'d self, request: &'d Request<'_, LINES>) -> Decision<'d> {
        decide(self.look(), &request.parts(), &mut |_| false)
    }

    /// Like [`evaluate`](Self::evaluate), but if the policy has `external_origins`, your
    /// `origin_check` decides about an origin that no pattern matches.
    ///
    /// `origin_check` is called at most once, with an origin of at most 328 visible bytes. It never
    /// gets an origin that the switches of the policy would not let into its list: `null` and
    /// `file://` need their switch and a policy without credentials; with credentials, `http:`
    /// origins other than loopback need theirs.
    ///
    /// ```
    /// use corsac::{PolicySpec, Request};
    /// let spec = PolicySpec { external_origins: true, ..PolicySpec::<&str>::new(&[]) };
    /// let policy = spec.compile([0; 256], |_| ())?;
    /// let tenants = ["https://tenant-1.example"];
    /// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
    /// let decision = policy.evaluate_with(&request, |origin| tenants.iter().any(|tenant| tenant.as_bytes() == origin));
    /// assert!(decision.is_allowed());
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[inline]
    #[must_use]
    pub fn evaluate_with<'d, const LINES: usize>(
        &'d self,
        request: &'d Request<'_, LINES>,
        origin_check: impl FnOnce(&[u8]) -> bool,
    ) -> Decision<'d> {
        let mut origin_check = Some(origin_check);
        let mut once = |origin: &[u8]| origin_check.take().is_some_and(|check| check(origin));
        decide(self.look(), &request.parts(), &mut once)
    }

    /// Whether every origin is allowed.
    #[must_use]
    pub fn is_any_origin(&self) -> bool {
        self.has(flag::ANY_ORIGIN)
    }

    /// Whether pages can read responses to requests with credentials.
    #[must_use]
    pub fn allows_credentials(&self) -> bool {
        self.has(flag::CREDENTIALS)
    }

    /// Whether an origin check can allow origins that no pattern matches.
    #[must_use]
    pub fn allows_external_origins(&self) -> bool {
        self.has(flag::EXTERNAL)
    }

    /// Whether wildcards were checked against the public suffix list when the policy was compiled.
    ///
    /// ```
    /// let policy = corsac::PolicySpec::new(&["https://*.example.com"]).compile([0; 256], |_| ())?;
    /// assert_eq!(policy.is_public_suffix_checked(), cfg!(feature = "public-suffix"));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn is_public_suffix_checked(&self) -> bool {
        self.has(flag::SUFFIX_CHECKED)
    }

    /// Whether the public suffix list would have something to say about this policy, but was not
    /// asked: the policy was compiled without the list, and has a wildcard over a host, or allows
    /// public suffixes.
    ///
    /// ```
    /// use corsac::PolicySpec;
    /// let policy = PolicySpec::new(&["https://app.example.com", "http://localhost:*"]).compile([0; 256], |_| ())?;
    /// assert!(!policy.needs_public_suffixes());
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn needs_public_suffixes(&self) -> bool {
        let is_wildcard = |pattern: &[u8]| {
            pattern::parse(pattern).is_ok_and(|pattern| matches!(pattern.kind, Kind::Subdomains | Kind::Glob))
        };
        let has_switch = self.is_on(Field::DangerouslyAllowPublicSuffixes) || self.public_suffixes().next().is_some();
        !self.has(flag::SUFFIX_CHECKED) && (has_switch || self.origins().any(is_wildcard))
    }

    /// Whether a switch of the spec is on: `allow_credentials`, `external_origins`, `allow_timing`,
    /// `allow_private_network`, or one of the `dangerously_` switches. `false` for every other
    /// field, because it is not a switch.
    ///
    /// ```
    /// use corsac::{Field, PolicySpec};
    /// let spec = PolicySpec { allow_credentials: true, max_age: Some(600), ..PolicySpec::new(&["https://app.example.com"]) };
    /// let policy = spec.compile([0; 256], |_| ())?;
    /// assert!(policy.is_on(Field::AllowCredentials) && !policy.is_on(Field::MaxAge));
    /// assert_eq!((policy.max_age(), policy.preflight_status()), (Some(600), 204));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn is_on(&self, switch: Field) -> bool {
        let flag = match switch {
            Field::AllowCredentials => flag::CREDENTIALS,
            Field::ExternalOrigins => flag::EXTERNAL,
            Field::AllowTiming => flag::TIMING,
            Field::AllowPrivateNetwork => flag::PRIVATE_NETWORK,
            Field::DangerouslyAllowNullOrigin => flag::NULL_SWITCH,
            Field::DangerouslyAllowInsecureOrigins => flag::INSECURE_SWITCH,
            Field::DangerouslyAllowPublicSuffixes => flag::SUFFIX_SWITCH,
            _ => 0,
        };
        self.has(flag)
    }

    /// For how many seconds a browser may remember a preflight. `None`: no header is sent.
    #[must_use]
    pub fn max_age(&self) -> Option<u32> {
        Some(self.look().max_age()).filter(|&seconds| seconds != NO_MAX_AGE)
    }

    /// The status of an allowed preflight.
    #[must_use]
    pub fn preflight_status(&self) -> u16 {
        self.look().status()
    }

    /// The status of every denied preflight. `None`: the engine chooses the status with which the
    /// browser's console explains the denial best.
    #[must_use]
    pub fn denied_preflight_status(&self) -> Option<u16> {
        Some(self.look().denied_status()).filter(|&status| status != 0)
    }

    fn has(&self, flags: u32) -> bool {
        self.look().has(flags)
    }

    #[inline]
    fn look(&self) -> Image<'_> {
        Image::or_closed(self.image.as_ref())
    }

    /// The patterns, in no particular order, or `*` if any origin is allowed.
    pub fn origins(&self) -> impl Iterator<Item = &[u8]> {
        contents::origins(self.look())
    }

    /// The listed methods, sorted, or `*`.
    pub fn methods(&self) -> impl Iterator<Item = &[u8]> {
        contents::methods(self.look())
    }

    /// The listed request headers in lower case, sorted, or `*`.
    pub fn request_headers(&self) -> impl Iterator<Item = &[u8]> {
        contents::request_headers(self.look())
    }

    /// The public suffixes that `dangerously_allow_public_suffixes` lists, sorted. Empty if the
    /// switch is `true` or off.
    ///
    /// ```
    /// use corsac::{PolicySpec, PublicSuffixes};
    /// let suffixes = PublicSuffixes::Listed(&["kuleuven.be", "example.ac.uk"]);
    /// let spec = PolicySpec { dangerously_allow_public_suffixes: suffixes, ..PolicySpec::new(&["https://app.example.com"]) };
    /// let policy = spec.compile([0; 256], |_| ())?;
    /// assert!(policy.public_suffixes().eq([b"example.ac.uk".as_slice(), b"kuleuven.be"]));
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    pub fn public_suffixes(&self) -> impl Iterator<Item = &[u8]> {
        contents::public_suffixes(self.look())
    }

    /// The exposed response headers in lower case, sorted, or `*`.
    pub fn exposed_headers(&self) -> impl Iterator<Item = &[u8]> {
        contents::exposed_headers(self.look())
    }
}
