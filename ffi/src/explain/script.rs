//! A script's request as C describes it ([Fetch 2.2.5](https://fetch.spec.whatwg.org/#requests)).

use corsac::browser::{Credentials, Mode, ReferrerPolicy, RequestHeader, ScriptRequest};

use super::exchange::Headers;
use crate::bytes::{corsac_bytes, corsac_header};
use crate::pointer::{input, inputs, output, switch};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_TOO_MANY, Outcome, corsac_result, result_of};

/// Cookies, client certificates and HTTP authentication never go along: `credentials: "omit"`.
pub const CORSAC_CREDENTIALS_OMIT: i32 = 0;
/// They go along to the page's own origin only: the default of `fetch()` and of `XMLHttpRequest`.
pub const CORSAC_CREDENTIALS_SAME_ORIGIN: i32 = 1;
/// They always go along: `credentials: "include"`, `withCredentials`.
pub const CORSAC_CREDENTIALS_INCLUDE: i32 = 2;

/// A cross-origin response is shared when the server says so: the default of `fetch()` and of `XMLHttpRequest`.
pub const CORSAC_MODE_CORS: i32 = 0;
/// A cross-origin response stays opaque.
pub const CORSAC_MODE_NO_CORS: i32 = 1;
/// A cross-origin request is an error.
pub const CORSAC_MODE_SAME_ORIGIN: i32 = 2;

/// A request as a script makes it. `corsac_script_request_init` fills it in; then set what differs.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_script_request {
    /// `sizeof(corsac_script_request)`, set by `corsac_script_request_init`.
    pub size: usize,
    /// The page's origin, serialised: `https://app.example`. `null` is opaque.
    pub origin: corsac_bytes,
    /// Where to, in the URL's serialised form, as `new URL(...).href` gives it.
    pub url: corsac_bytes,
    /// As the script writes it.
    pub method: corsac_bytes,
    /// The headers that the script sets, in its order. One whose value's `ptr` is NULL has a value that is not known, and needs the server's
    /// leave; an empty value has a `ptr` other than NULL.
    pub headers: *const corsac_header,
    /// How many they are.
    pub header_count: usize,
    /// `CORSAC_CREDENTIALS_...`
    pub credentials: i32,
    /// `CORSAC_MODE_...`
    pub mode: i32,
    /// The referrer policy's name, such as `no-referrer`; empty: the default.
    pub referrer_policy: corsac_bytes,
    /// 1: listeners stand on `XMLHttpRequest.upload`, so that the browser always asks first; and the console speaks of `XMLHttpRequest`.
    pub upload_listener: u8,
    /// 1: the body is a `ReadableStream`: the browser always asks first, and cannot send it twice.
    pub stream_body: u8,
}

/// Describes a `GET` of a page of `origin` for `url`, with everything else as `fetch()` has it: no headers, credentials to the page's own origin
/// only, mode `cors`. Both stay the caller's, and have to be there for as long as the request is used.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_script_request_init(
    request: *mut corsac_script_request,
    origin: corsac_bytes,
    url: corsac_bytes,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let request = unsafe {
            origin.read()?;
            url.read()?;
            output(request)?
        };
        request.write(corsac_script_request {
            size: size_of::<corsac_script_request>(),
            origin,
            url,
            method: corsac_bytes::of(b"GET"),
            headers: core::ptr::null(),
            header_count: 0,
            credentials: CORSAC_CREDENTIALS_SAME_ORIGIN,
            mode: CORSAC_MODE_CORS,
            referrer_policy: corsac_bytes::of(b""),
            upload_listener: 0,
            stream_body: 0,
        });
        Ok(())
    })
}

/// What C says of a request, read: all but its headers.
///
/// # Safety
/// `request` is NULL or can be read, and so can all that it points to, for `'a`.
pub(super) unsafe fn read<'a>(
    request: *const corsac_script_request,
) -> Outcome<(ScriptRequest<'a>, &'a [corsac_header])> {
    // SAFETY: the caller's promise.
    let given = unsafe { input(request)? };
    if given.size != size_of::<corsac_script_request>() {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: the caller's promise, for each.
    let (origin, url, method) = unsafe { (given.origin.read()?, given.url.read()?, given.method.read()?) };
    // SAFETY: the same.
    let (policy, headers) = unsafe { (given.referrer_policy.read()?, inputs(given.headers, given.header_count)?) };
    let policy = core::str::from_utf8(policy).ok().and_then(ReferrerPolicy::parse);
    let request = ScriptRequest {
        origin,
        url,
        method,
        headers: &[],
        credentials: match given.credentials {
            CORSAC_CREDENTIALS_OMIT => Credentials::Omit,
            CORSAC_CREDENTIALS_SAME_ORIGIN => Credentials::SameOrigin,
            CORSAC_CREDENTIALS_INCLUDE => Credentials::Include,
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        },
        mode: match given.mode {
            CORSAC_MODE_CORS => Mode::Cors,
            CORSAC_MODE_NO_CORS => Mode::NoCors,
            CORSAC_MODE_SAME_ORIGIN => Mode::SameOrigin,
            _ => return Err(CORSAC_INVALID_ARGUMENT),
        },
        referrer_policy: policy.ok_or(CORSAC_INVALID_ARGUMENT)?,
        upload_listener: switch(given.upload_listener)?,
        stream_body: switch(given.stream_body)?,
    };
    Ok((request, headers))
}

/// Adds a script's headers to those that are read already.
///
/// # Safety
/// All that `given` points to can be read for `'a`.
pub(super) unsafe fn read_headers<'a>(given: &[corsac_header], headers: &mut Headers<'a>) -> Outcome {
    for &header in given {
        // SAFETY: the caller's promise.
        headers.push(unsafe { read_header(header)? }).map_err(|_| CORSAC_TOO_MANY)?;
    }
    Ok(())
}

/// # Safety
/// Both can be read for `'a`.
pub(super) unsafe fn read_header<'a>(header: corsac_header) -> Outcome<RequestHeader<'a>> {
    // SAFETY: the caller's promise.
    let (name, value) = unsafe { (header.name.read()?, header.value.read()?) };
    Ok((name, (!header.value.ptr.is_null()).then_some(value)))
}
