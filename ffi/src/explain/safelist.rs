//! Request headers of a script: those that it cannot set, and those that need the server's permission
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-safelisted-request-header)).

use core::ffi::c_void;

use corsac::browser::{Exchange, RequestHeader, is_forbidden_header, is_safelisted_header};

use super::exchange::{Given, with_exchange};
use super::profile::profile;
use super::script::{corsac_script_request, read_header};
use crate::bytes::{corsac_bytes, corsac_header};
use crate::result::{CORSAC_INVALID_ARGUMENT, corsac_result, result_of, truth_of};

/// Receives each header. `data` is the pointer that you passed with the function.
pub type corsac_on_header = Option<unsafe extern "C" fn(data: *mut c_void, header: *const corsac_header)>;

/// 1: a script cannot set this header, because the browser drops it. 0: a script can set it. `CORSAC_INVALID_ARGUMENT`.
///
/// If you do not know the value, set its `ptr` to NULL.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_is_forbidden_header(name: corsac_bytes, value: corsac_bytes) -> i32 {
    truth_of(|| {
        // SAFETY: what the header asks of every pointer.
        let header = unsafe { read_header(corsac_header { name, value })? };
        Ok(is_forbidden_header(header))
    })
}

/// 1: this header alone does not need the server's permission in this profile. 0: it needs a preflight. `CORSAC_INVALID_ARGUMENT`.
///
/// If you do not know the value, set its `ptr` to NULL: then it needs permission.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_is_safelisted_header(profile: i32, name: corsac_bytes, value: corsac_bytes) -> i32 {
    truth_of(|| {
        // SAFETY: what the header asks of every pointer.
        let header = unsafe { read_header(corsac_header { name, value })? };
        Ok(is_safelisted_header(self::profile(profile)?, header))
    })
}

/// Calls `on_header` with `data` for each of the script's headers that the browser silently drops: forbidden ones, and in mode `no-cors` all
/// that an HTML form cannot send. The `ptr` of a value that is not known is NULL.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_dropped_headers(
    request: *const corsac_script_request,
    on_header: corsac_on_header,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let on_header = on_header.ok_or(CORSAC_INVALID_ARGUMENT)?;
        let each = |exchange: Exchange<'_>| {
            for dropped in exchange.request.dropped() {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_header(data, &as_given(dropped)) };
            }
        };
        let given = Given { request, hops: core::ptr::null(), hop_count: 0 };
        // SAFETY: what the header asks of every pointer.
        unsafe { with_exchange(given, each) }
    })
}

/// For C to read while the bytes live.
pub(super) fn as_given((name, value): RequestHeader<'_>) -> corsac_header {
    corsac_header { name: corsac_bytes::of(name), value: value.map_or(corsac_bytes::NONE, corsac_bytes::of) }
}
