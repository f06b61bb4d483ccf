//! Whether a later request needs a preflight of its own ([Fetch 4.9](https://fetch.spec.whatwg.org/#cors-preflight-cache)).

use corsac::browser::Exchange;

use super::exchange::{Given, corsac_hop, with_exchange};
use super::profile::profile;
use super::script::{Headers, corsac_script_request, read, read_headers};
use crate::result::truth_of;

/// 1: a request that a script sends `milliseconds` later needs its own preflight. 0: the cached one covers it, or it needs none.
/// `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
///
/// This is about the first URL of the later request. It assumes that the browser's cache was empty before the exchange and that there was no
/// other request in between. The headers of the later request have a limit of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_needs_preflight_after(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    profile: i32,
    later: *const corsac_script_request,
    milliseconds: u64,
) -> i32 {
    truth_of(|| {
        let profile = self::profile(profile)?;
        let mut headers = Headers::new();
        // SAFETY: what the header asks of every pointer.
        let (mut later, given) = unsafe { read(later)? };
        // SAFETY: as above.
        unsafe { read_headers(given, &mut headers)? };
        later.headers = &headers;
        let needs = |exchange: Exchange<'_>| exchange.needs_preflight_after(profile, &later, milliseconds);
        // SAFETY: as above.
        unsafe { with_exchange(Given { request, hops, hop_count }, needs) }
    })
}
