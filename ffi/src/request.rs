//! A request in memory of the caller's: the engine's own `Request`, written in place, behind a word that says it is one.

use core::mem::MaybeUninit;

use corsac::Request;

use crate::bytes::corsac_bytes;
use crate::pointer::{input, output};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// Words of a request: what the engine needs now, and a tenth to spare.
pub const CORSAC_REQUEST_WORDS: usize = 624;

/// A request: the method, and the header lines that CORS is about. About 5 kB, of which only what is used is ever written.
///
/// It belongs to the caller and may stand on the stack; there is nothing to free. It holds pointers to the method and the values: these must
/// stay where they are while the request or a decision about it is used. Names are not kept. `corsac_request_init` before anything else; a
/// request that is all zeros is refused. A copy of it is another request, of as much. One thread at a time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_request {
    /// Not for the caller.
    pub opaque: [MaybeUninit<u64>; CORSAC_REQUEST_WORDS],
}

impl core::fmt::Debug for corsac_request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("corsac_request").finish_non_exhaustive()
    }
}

/// What stands in a [`corsac_request`].
#[repr(C)]
struct Stored {
    mark: u64,
    request: Request<'static>,
}

/// The name, and the version of the layout.
const MARK: u64 = u64::from_le_bytes(*b"corsac_\x01");

const _: () = {
    assert!(size_of::<Stored>() <= size_of::<corsac_request>());
    assert!(align_of::<Stored>() <= align_of::<corsac_request>());
    assert!(align_of::<corsac_request>() == align_of::<u64>());
};

/// Begins a request of this method, without a header line yet. May be called again for another request.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_request_init(request: *mut corsac_request, method: corsac_bytes) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer; the method lives as long as the request is used.
        let (request, method) = unsafe { (output(request)?, method.read()?) };
        // SAFETY: a `Stored` fits into a request, in size and alignment: asserted above.
        let stored: &mut MaybeUninit<Stored> = unsafe { &mut *request.as_mut_ptr().cast() };
        stored.write(Stored { mark: MARK, request: Request::new(method) });
        Ok(())
    })
}

/// The names of the lines that the engine reads, such as `Origin`, by their place from 0; empty past the last. A later version may have more of
/// them. Static.
///
/// A server to which a call for each line is dear asks for them once, and leaves out lines of other names, or of other lengths. Of a request
/// without any of these lines nothing else counts, the method neither: a policy decides all of them alike.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_read_header_name(place: usize) -> corsac_bytes {
    corsac_bytes::of(corsac::READ_HEADERS.get(place).copied().unwrap_or_default().as_bytes())
}

/// Adds one header line. Hand in **every** line that the server has, in their order, names in any case, values without the white space around
/// them: the engine picks and counts.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`; the request is as it was then.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_request_header(
    request: *mut corsac_request,
    name: corsac_bytes,
    value: corsac_bytes,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer; the value lives as long as the request is used.
        let (name, value) = unsafe { (name.read()?, value.read()?) };
        // SAFETY: as above.
        let stored = unsafe { &mut *stored(request)?.cast_mut() };
        stored.request.header(name, value);
        Ok(())
    })
}

/// The engine's request.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned points to a request that was begun, or that is zero where `corsac_request_init` would write,
/// and nobody changes it, or frees what it points to, while what is given back is used.
pub(crate) unsafe fn read(request: *const corsac_request) -> Outcome<&'static Request<'static>> {
    // SAFETY: this function's own condition, and `stored` has seen the mark.
    Ok(unsafe { &(*stored(request)?).request })
}

/// Where the request stands.
///
/// # Safety
/// As [`read`].
#[inline]
unsafe fn stored(request: *const corsac_request) -> Outcome<*const Stored> {
    // SAFETY: this function's own condition; the mark is the first word, and a request is aligned as a word is.
    let mark = unsafe { input(request.cast::<u64>())? };
    if *mark == MARK { Ok(request.cast()) } else { Err(CORSAC_INVALID_ARGUMENT) }
}
