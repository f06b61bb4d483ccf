//! A request in the caller's memory: the engine's own `Request`, written in place, after a word that marks it as one.

use core::mem::MaybeUninit;

use corsac_hot::Request;

use crate::bytes::corsac_bytes;
use crate::pointer::{input, output};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, result_of};

/// The words of a request: what the engine needs today, and a tenth to spare.
pub const CORSAC_REQUEST_WORDS: usize = 624;

/// A request: the method, and the headers that matter to CORS. It has about 5 kB, of which only the used part is ever written.
///
/// It is yours and may be on the stack; there is nothing to free. Call `corsac_request_init` first: a request that is all zeros is refused. It
/// holds pointers to the method and to the values of headers. These must stay where they are while you use the request or a decision about it;
/// names are not kept. You can copy a request; the copy is independent. Only one thread may use a request at a time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct corsac_request {
    /// Not for you.
    pub opaque: [MaybeUninit<u64>; CORSAC_REQUEST_WORDS],
}

impl core::fmt::Debug for corsac_request {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("corsac_request").finish_non_exhaustive()
    }
}

/// The contents of a [`corsac_request`].
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

/// Starts a request with this method and no header. You can call it again to start another request in the same memory.
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

/// The name of a request header that the engine reads, such as `Origin`, by its place from 0. Empty past the last one. Static. A later version
/// may read more headers.
///
/// Use it if a call for each header is too slow for you: ask for the names once, and skip headers with other names or lengths. If a request has
/// none of these headers, its decision depends on the policy alone, not even on the method.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_read_header_name(place: usize) -> corsac_bytes {
    corsac_bytes::of(corsac::READ_HEADERS.get(place).copied().unwrap_or_default().as_bytes())
}

/// Adds one header. Pass **every** header of the request, in order, with its name in any case and its value without the white space around it:
/// the engine picks and counts. Pass a header that is repeated as often as it is there.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`; then the request is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_request_add_header(
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

/// Writes the class of the request to `*request_class`: `CORSAC_PLAIN`, `CORSAC_ACTUAL` or `CORSAC_PREFLIGHT`. It does not depend on a policy.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_request_class(
    request: *const corsac_request,
    request_class: *mut i32,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (request, request_class) = unsafe { (read(request)?, output(request_class)?) };
        request_class.write(request.class() as i32);
        Ok(())
    })
}

/// The engine's request.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned points to a request that was started, or that is zero where `corsac_request_init` would write.
/// Nothing changes it, or frees what it points to, while the returned reference is used.
pub(crate) unsafe fn read(request: *const corsac_request) -> Outcome<&'static Request<'static>> {
    // SAFETY: this function's own condition, and `stored` has seen the mark.
    Ok(unsafe { &(*stored(request)?).request })
}

/// Where the request is.
///
/// # Safety
/// As [`read`].
#[inline]
unsafe fn stored(request: *const corsac_request) -> Outcome<*const Stored> {
    // SAFETY: this function's own condition; the mark is the first word, and a request is aligned as a word is.
    let mark = unsafe { input(request.cast::<u64>())? };
    if *mark == MARK { Ok(request.cast()) } else { Err(CORSAC_INVALID_ARGUMENT) }
}
