//! The options of a policy as a plain struct: every switch and every number is looked at before the engine sees one.

use corsac::PolicySpec;

use crate::bytes::{Text, corsac_list};
use crate::pointer::{output, switch};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// A number of `corsac_spec` that is not set: its default.
pub const CORSAC_UNSET: i64 = i64::MIN;

/// The options of a policy. `corsac_spec_init` first, then what differs. Texts and lists stay the caller's; they are read during a call only.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_spec {
    /// `sizeof(corsac_spec)`: written by `corsac_spec_init`.
    pub size: usize,
    /// Patterns: `*`, `https://app.example.com`, `https://*.example.com`, `https://preview-*.example.com`, `http://localhost:*`, at most
    /// 328 bytes each. Needed, but for `external_origins`.
    pub allow_origins: corsac_list,
    /// Methods, exact and case-sensitive; `*`: any but CONNECT, TRACE and TRACK. At most 64 of at most 128 bytes.
    /// `ptr` NULL, the default: GET, HEAD, POST; `ptr` set and `len` 0: none.
    pub allow_methods: corsac_list,
    /// Request-header names in any case; `*`: any. At most 256 of at most 128 bytes.
    pub allow_headers: corsac_list,
    /// Response-header names in any case; `*`: all, without credentials only. At most 256 of at most 128 bytes.
    pub expose_headers: corsac_list,
    /// Seconds for which a browser may keep a preflight's answer, 0..86400; 0 turns its cache off. `CORSAC_UNSET`: no header, 5 seconds
    /// in browsers.
    pub max_age: i64,
    /// Status of an allowed preflight, 200..299. `CORSAC_UNSET`: 204.
    pub preflight_status: i64,
    /// Status of every denied preflight, 400..499. `CORSAC_UNSET`: 403, or the status of success where the browser's own check is bound to
    /// fail, so that its console names the method or the header.
    pub denied_preflight_status: i64,
    /// 1: sends `Access-Control-Allow-Credentials: true`.
    pub allow_credentials: u8,
    /// 1: the caller may judge origins that no pattern matched, with `corsac_evaluate_with`.
    pub external_origins: u8,
    /// 1: answers the legacy `Access-Control-Request-Private-Network`.
    pub allow_private_network: u8,
    /// 1: lets the pattern `null` in; never beside credentials.
    pub dangerously_allow_null_origin: u8,
    /// 1: lets `http:` origins (other than loopback) in beside credentials.
    pub dangerously_allow_insecure_origins: u8,
    /// 1: lets wildcards over a public suffix in beside credentials.
    pub dangerously_allow_public_suffixes: u8,
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
            max_age: CORSAC_UNSET,
            preflight_status: CORSAC_UNSET,
            denied_preflight_status: CORSAC_UNSET,
            allow_credentials: 0,
            external_origins: 0,
            allow_private_network: 0,
            dangerously_allow_null_origin: 0,
            dangerously_allow_insecure_origins: 0,
            dangerously_allow_public_suffixes: 0,
        });
        Ok(())
    })
}

impl corsac_spec {
    /// The same options for the engine; no text is copied.
    ///
    /// # Safety
    /// [`corsac_list::read`] may read each list.
    pub(crate) unsafe fn read(&self) -> Outcome<PolicySpec<'_, Text>> {
        if self.size != size_of::<Self>() {
            return Err(CORSAC_INVALID_ARGUMENT);
        }
        let set = |number| (number != CORSAC_UNSET).then_some(number);
        // SAFETY: this function's own condition.
        let (origins, methods, headers, exposed) = unsafe {
            (
                self.allow_origins.read()?,
                self.allow_methods.read()?,
                self.allow_headers.read()?,
                self.expose_headers.read()?,
            )
        };
        let defaults = PolicySpec::new(origins);
        Ok(PolicySpec {
            allow_methods: (!self.allow_methods.ptr.is_null()).then_some(methods),
            allow_headers: headers,
            expose_headers: exposed,
            max_age: set(self.max_age),
            preflight_status: set(self.preflight_status).unwrap_or(defaults.preflight_status),
            denied_preflight_status: set(self.denied_preflight_status),
            allow_credentials: switch(self.allow_credentials)?,
            external_origins: switch(self.external_origins)?,
            allow_private_network: switch(self.allow_private_network)?,
            dangerously_allow_null_origin: switch(self.dangerously_allow_null_origin)?,
            dangerously_allow_insecure_origins: switch(self.dangerously_allow_insecure_origins)?,
            dangerously_allow_public_suffixes: switch(self.dangerously_allow_public_suffixes)?,
            ..defaults
        })
    }
}
