//! A script's request as C describes it ([Fetch 2.2.5](https://fetch.spec.whatwg.org/#requests)).

use corsac::browser::{Api, Credentials, HttpVersion, Mode, ReferrerPolicy, RequestHeader, ScriptRequest};
use heapless::Vec;

use crate::bytes::{corsac_bytes, corsac_header};
use crate::pointer::{input, inputs, output, outputs, switch};
use crate::request::{self, corsac_request};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_TOO_MANY, Outcome, corsac_result, result_of};

/// The browser sends no cookies, client certificates or HTTP authentication: `credentials: "omit"`.
pub const CORSAC_CREDENTIALS_OMIT: i32 = 0;
/// The browser sends them only to the page's own origin: the default of `fetch()` and `XMLHttpRequest`.
pub const CORSAC_CREDENTIALS_SAME_ORIGIN: i32 = 1;
/// The browser always sends them: `credentials: "include"`, `withCredentials`.
pub const CORSAC_CREDENTIALS_INCLUDE: i32 = 2;

/// A cross-origin response is shared if its headers allow it: the default of `fetch()` and `XMLHttpRequest`.
pub const CORSAC_MODE_CORS: i32 = 0;
/// A cross-origin response stays opaque.
pub const CORSAC_MODE_NO_CORS: i32 = 1;
/// A cross-origin request is an error.
pub const CORSAC_MODE_SAME_ORIGIN: i32 = 2;

/// The script calls `fetch()`.
pub const CORSAC_API_FETCH: u8 = 0;
/// The script uses `XMLHttpRequest`.
pub const CORSAC_API_XHR: u8 = 1;

/// The server responds in HTTP/1.0 or HTTP/1.1.
pub const CORSAC_HTTP_1: u8 = 0;
/// The server responds in HTTP/2 or HTTP/3, where all header names are in lower case.
pub const CORSAC_HTTP_2: u8 = 1;

/// The maximum number of headers in one call, of the request and of all responses together. More of them give `CORSAC_TOO_MANY`, because
/// they are copied to the stack of the calling thread.
pub const CORSAC_EXPLAIN_LINES_MAX: usize = 512;

/// A script's headers as core reads them.
///
/// cbindgen:ignore
pub(super) type Headers<'a> = Vec<RequestHeader<'a>, CORSAC_EXPLAIN_LINES_MAX>;

/// A request of a script. Call `corsac_script_request_init` first, then set what differs.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_script_request {
    /// `sizeof(corsac_script_request)`, written by `corsac_script_request_init`.
    pub size: usize,
    /// The origin of the page, serialised: `https://app.example`. `null` is an opaque origin.
    pub origin: corsac_bytes,
    /// The URL of the request, serialised as in `new URL(...).href`.
    pub url: corsac_bytes,
    /// The method as the script writes it.
    pub method: corsac_bytes,
    /// The headers that the script sets, in its order. If you do not know a value, set its `ptr` to NULL: such a header needs the server's
    /// permission. The `ptr` of an empty value is not NULL.
    pub headers: *const corsac_header,
    /// The number of `headers`.
    pub header_count: usize,
    /// `CORSAC_CREDENTIALS_...`
    pub credentials: i32,
    /// `CORSAC_MODE_...`
    pub mode: i32,
    /// The name of the referrer policy, such as `no-referrer`. Empty: the default.
    pub referrer_policy: corsac_bytes,
    /// 1: `XMLHttpRequest.upload` has listeners. Then the browser always sends a preflight, and its console names `XMLHttpRequest`.
    pub upload_listener: u8,
    /// 1: the body is a `ReadableStream`. Then the browser always sends a preflight, and cannot send the body twice.
    pub stream_body: u8,
    /// `CORSAC_API_...`. With `upload_listener` it is always `XMLHttpRequest`.
    pub api: u8,
    /// `CORSAC_HTTP_...`
    pub http_version: u8,
}

/// Describes a `GET` from a page of `origin` to `url`, with the defaults of `fetch()`: no headers, credentials only to the page's own origin,
/// mode `cors`. `origin` and `url` must stay valid while you use the request.
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
        request.write(plain(origin, url));
        Ok(())
    })
}

/// Describes the request of a script as a server sees it: to find out what a browser does with a response to it, for a log or a report.
///
/// For a preflight, the method is the requested one and the headers are those that it names, without values. `upload_listener` is 1, because a
/// script can have a preflight only for that. Any other request is a `GET` without headers. The rest is as in `corsac_script_request_init`.
///
/// The names are written to `headers`, which must have room for `capacity` of them; `script->headers` points there. More names give
/// `CORSAC_TOO_MANY`. `CORSAC_EXPLAIN_LINES_MAX` is as many as the browser model takes.
///
/// Errors: `CORSAC_TOO_MANY`, `CORSAC_INVALID_ARGUMENT`; then `*script` is unchanged, and `headers` can hold anything.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_script_request_of(
    request: *const corsac_request,
    url: corsac_bytes,
    headers: *mut corsac_header,
    capacity: usize,
    script: *mut corsac_script_request,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (request, room) = unsafe { (request::read(request)?, outputs(headers, capacity)?) };
        let (origin, mut method, mut count) = (request.origin().unwrap_or_default(), &b"GET"[..], 0);
        let is_preflight = request.class() == corsac_hot::Class::Preflight;
        // SAFETY: as above.
        let script = unsafe {
            url.read()?;
            output(script)?
        };
        if is_preflight {
            method = request.requested_method().unwrap_or_default();
            for name in request.requested_header_names() {
                let header = corsac_header { name: corsac_bytes::of(name), value: corsac_bytes::NONE };
                room.get_mut(count).ok_or(CORSAC_TOO_MANY)?.write(header);
                count += 1;
            }
        }
        script.write(corsac_script_request {
            method: corsac_bytes::of(method),
            headers,
            header_count: count,
            upload_listener: u8::from(is_preflight),
            ..plain(corsac_bytes::of(origin), url)
        });
        Ok(())
    })
}

/// A `GET` with the defaults of `fetch()`.
fn plain(origin: corsac_bytes, url: corsac_bytes) -> corsac_script_request {
    corsac_script_request {
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
        api: CORSAC_API_FETCH,
        http_version: CORSAC_HTTP_1,
    }
}

/// Reads a request of the caller, except its headers.
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
        api: if switch(given.api)? { Api::Xhr } else { Api::Fetch },
        http_version: if switch(given.http_version)? { HttpVersion::Http2 } else { HttpVersion::Http1 },
        upload_listener: switch(given.upload_listener)?,
        stream_body: switch(given.stream_body)?,
    };
    Ok((request, headers))
}

/// Adds a script's headers to those that were read before.
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
