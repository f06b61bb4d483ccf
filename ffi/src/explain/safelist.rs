//! Request headers of a script: those that it cannot set, and those that need the server's leave
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).

use core::ffi::c_void;

use corsac::browser::{Exchange, RequestHeader, is_forbidden_header, is_safelisted_header};

use super::exchange::{Given, with_exchange};
use super::profile::profile;
use super::script::{corsac_script_request, read_header};
use crate::bytes::{corsac_bytes, corsac_header};
use crate::result::{CORSAC_INVALID_ARGUMENT, corsac_result, result_of, truth_of};

/// Takes one header; `data` is what the caller of the function gave.
pub type corsac_on_header = Option<unsafe extern "C" fn(data: *mut c_void, header: *const corsac_header)>;

/// 1: no script can set this header, the browser drops it. 0: a script can. `CORSAC_INVALID_ARGUMENT`. A `value` whose `ptr` is NULL is not
/// known.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_is_forbidden_header(name: corsac_bytes, value: corsac_bytes) -> i32 {
    truth_of(|| {
        // SAFETY: what the header asks of every pointer.
        let header = unsafe { read_header(corsac_header { name, value })? };
        Ok(is_forbidden_header(header))
    })
}

/// 1: this header by itself needs no leave of the server in this profile. 0: it needs a preflight. `CORSAC_INVALID_ARGUMENT`. A `value` whose
/// `ptr` is NULL is not known, and needs leave.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_is_safelisted_header(profile: i32, name: corsac_bytes, value: corsac_bytes) -> i32 {
    truth_of(|| {
        // SAFETY: what the header asks of every pointer.
        let header = unsafe { read_header(corsac_header { name, value })? };
        Ok(is_safelisted_header(self::profile(profile)?, header))
    })
}

/// Gives the script's headers that the browser drops without a word to `on_header`: forbidden ones, and in mode `no-cors` all that no form could
/// send. A value whose `ptr` is NULL is not known.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_dropped_headers(
    request: *const corsac_script_request,
    on_header: corsac_on_header,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let on_header = on_header.ok_or(CORSAC_INVALID_ARGUMENT)?;
        let tell = |exchange: Exchange<'_>| {
            for dropped in exchange.request.dropped() {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_header(data, &as_given(dropped)) };
            }
        };
        let given = Given { request, hops: core::ptr::null(), hop_count: 0 };
        // SAFETY: what the header asks of every pointer.
        unsafe { with_exchange(given, tell) }
    })
}

/// For C to read while the bytes live.
pub(super) fn as_given((name, value): RequestHeader<'_>) -> corsac_header {
    corsac_header { name: corsac_bytes::of(name), value: value.map_or(corsac_bytes::NONE, corsac_bytes::of) }
}
