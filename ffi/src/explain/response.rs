//! Which headers of a response the script may read ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch), step 14).

use core::ffi::c_void;

use corsac::browser::Exchange;

use super::exchange::{Given, corsac_hop, with_exchange};
use super::profile::profile;
use super::script::corsac_script_request;
use crate::bytes::corsac_bytes;
use crate::result::{CORSAC_INVALID_ARGUMENT, corsac_result, result_of};

/// Receives each name or line. `data` is the pointer that you passed with the function.
pub type corsac_on_text = Option<unsafe extern "C" fn(data: *mut c_void, text: corsac_bytes)>;

/// Calls `on_name` with `data` for the name of each response header that the script may read, as the server wrote it, in its order. There is none
/// if the script gets no response.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_exposed_headers(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    profile: i32,
    on_name: corsac_on_text,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let (profile, on_name) = (self::profile(profile)?, on_name.ok_or(CORSAC_INVALID_ARGUMENT)?);
        let each = |exchange: Exchange<'_>| {
            for name in exchange.exposed(profile) {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_name(data, corsac_bytes::of(name)) };
            }
        };
        // SAFETY: what the header asks of every pointer.
        unsafe { with_exchange(Given { request, hops, hop_count }, each) }
    })
}
