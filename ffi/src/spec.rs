//! The options of a policy as a plain struct: every switch and every number is checked before the engine sees one.

use corsac::{PolicySpec, PublicSuffixes};

use crate::bytes::{Text, corsac_list};
use crate::pointer::{output, switch};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// A number of `corsac_spec` that is not set, so that its default holds.
pub const CORSAC_UNSET: i64 = i64::MIN;

/// The options of a policy. Call `corsac_spec_init` first, then set what differs. Texts and lists stay yours: they are read during a call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_spec {
    /// `sizeof(corsac_spec)`, written by `corsac_spec_init`.
    pub size: usize,
    /// Patterns: `*`, `https://app.example.com`, `https://preview-*.example.com`, `http://localhost:*`, `http://192.168.0.0/16:*`, or `*.` in
    /// front of a domain, for all hosts below it. At most 328 bytes each. Required, unless `external_origins` is 1.
    pub allow_origins: corsac_list,
    /// Methods, exact and case-sensitive. `*` allows any method but CONNECT, TRACE and TRACK. At most 64 of at most 128 bytes.
    /// `ptr` NULL is the default: GET, HEAD and POST. `ptr` set and `len` 0 is an empty list.
    pub allow_methods: corsac_list,
    /// Names of request headers, in any case. `x-amz-meta-*` allows every name with that prefix, and `*` every name. At most 256 of at most 128
    /// bytes, 16 prefixes among them.
    pub allow_headers: corsac_list,
    /// Names of response headers, in any case. `*` exposes all of them, but not with credentials. At most 256 of at most 128 bytes.
    pub expose_headers: corsac_list,
    /// The fixed parts of wildcards that may be over a public suffix with credentials, such as `kuleuven.be`. At most 256. The option
    /// `dangerously_allow_public_suffixes` of a policy file, as a list.
    pub dangerously_allow_public_suffixes: corsac_list,
    /// For how many seconds a browser may cache the response to a preflight: 0 turns caching off, and more than 86400 is sent as 86400.
    /// `CORSAC_UNSET` sends no header, and browsers cache for 5 seconds.
    pub max_age: i64,
    /// The status of an allowed preflight, 200..299. `CORSAC_UNSET`: 204.
    pub preflight_status: i64,
    /// The status of every denied preflight, 400..499. `CORSAC_UNSET`: 403, or `preflight_status` if the browser's own check is certain to
    /// fail. Then its console names the method or the header.
    pub denied_preflight_status: i64,
    /// 1: send `Access-Control-Allow-Credentials: true`.
    pub allow_credentials: u8,
    /// 1: you check origins that no pattern matches, with `corsac_policy_evaluate_with`.
    pub external_origins: u8,
    /// 1: send `Timing-Allow-Origin`, so that a page can see how long the responses took that it may read. A plain request gets it only from
    /// a policy for any origin.
    pub allow_timing: u8,
    /// 1: respond to the legacy `Access-Control-Request-Private-Network`.
    pub allow_private_network: u8,
    /// 1: allow the patterns `null` and `file://`, but never with credentials.
    pub dangerously_allow_null_origin: u8,
    /// 1: allow `http:` origins other than loopback, and every host of an app or extension scheme, with credentials.
    pub dangerously_allow_insecure_origins: u8,
    /// 1: allow wildcards over any public suffix with credentials. Better: list those you mean in `dangerously_allow_public_suffixes`, which
    /// must be empty if this is 1.
    pub dangerously_allow_all_public_suffixes: u8,
}

/// Sets every option to its default: no origin, no header, no credentials, nothing dangerous.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_spec_init(spec: *mut corsac_spec) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let spec = unsafe { output(spec)? };
        spec.write(corsac_spec {
            size: size_of::<corsac_spec>(),
            allow_origins: corsac_list::EMPTY,
            allow_methods: corsac_list::EMPTY,
            allow_headers: corsac_list::EMPTY,
            expose_headers: corsac_list::EMPTY,
            dangerously_allow_public_suffixes: corsac_list::EMPTY,
            max_age: CORSAC_UNSET,
            preflight_status: CORSAC_UNSET,
            denied_preflight_status: CORSAC_UNSET,
            allow_credentials: 0,
            external_origins: 0,
            allow_timing: 0,
            allow_private_network: 0,
            dangerously_allow_null_origin: 0,
            dangerously_allow_insecure_origins: 0,
            dangerously_allow_all_public_suffixes: 0,
        });
        Ok(())
    })
}

impl corsac_spec {
    /// The same options for the engine; no text is copied.
    ///
    /// # Safety
    /// [`corsac_list::read`] may read each list for `'a`.
    pub(crate) unsafe fn read<'a>(&self) -> Outcome<PolicySpec<'a, Text>> {
        if self.size != size_of::<Self>() {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        let set = |number| (number != CORSAC_UNSET).then_some(number);
        // SAFETY: this function's own condition.
        let (origins, methods, headers, exposed, suffixes) = unsafe {
            (
                self.allow_origins.read()?,
                self.allow_methods.read()?,
                self.allow_headers.read()?,
                self.expose_headers.read()?,
                self.dangerously_allow_public_suffixes.read()?,
            )
        };
        let public_suffixes = match (switch(self.dangerously_allow_all_public_suffixes)?, suffixes) {
            (false, []) => PublicSuffixes::Refused,
            (false, _) => PublicSuffixes::Listed(suffixes),
            (true, []) => PublicSuffixes::Allowed,
            (true, _) => return Err(CORSAC_INVALID_ARGUMENT),
        };
        let defaults = PolicySpec::new(origins);
        // No `..`: a new option does not compile here until it is read.
        Ok(PolicySpec {
            allow_origins: origins,
            allow_methods: (!self.allow_methods.ptr.is_null()).then_some(methods),
            allow_headers: headers,
            expose_headers: exposed,
            max_age: set(self.max_age),
            preflight_status: set(self.preflight_status).unwrap_or(defaults.preflight_status),
            denied_preflight_status: set(self.denied_preflight_status),
            allow_credentials: switch(self.allow_credentials)?,
            external_origins: switch(self.external_origins)?,
            allow_timing: switch(self.allow_timing)?,
            allow_private_network: switch(self.allow_private_network)?,
            dangerously_allow_null_origin: switch(self.dangerously_allow_null_origin)?,
            dangerously_allow_insecure_origins: switch(self.dangerously_allow_insecure_origins)?,
            dangerously_allow_public_suffixes: public_suffixes,
        })
    }
}
