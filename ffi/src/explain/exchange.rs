//! A script's request and the responses to it, copied from C into the slices that core reads: into bounded room on the stack.

use corsac::browser::{Exchange, Hop, Line, Response, ScriptRequest};
use heapless::Vec;

use super::script::{CORSAC_EXPLAIN_LINES_MAX, Headers, corsac_script_request, read, read_headers};
use crate::bytes::{corsac_bytes, corsac_header};
use crate::pointer::{input, inputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_TOO_MANY, Outcome};

/// The maximum number of hops in one call: the first URL, 20 redirects that a browser follows, and one that it refuses. More of them give
/// `CORSAC_TOO_MANY`.
pub const CORSAC_EXPLAIN_HOPS_MAX: usize = 22;

/// The response of a server.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_response {
    /// The status code, 0 to 65535. A number under 100 or over 999 is a response that no browser can read.
    pub status: i32,
    /// Every header line in its order, as it was sent.
    pub headers: *const corsac_header,
    /// The number of `headers`.
    pub header_count: usize,
}

/// The responses at one URL of the redirect chain.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_hop {
    /// The URL, serialised. Empty if a redirect does not lead to a URL. It is not read for the first hop: that has the URL of the request.
    pub url: corsac_bytes,
    /// The response to the preflight. NULL: not known, or there was no preflight.
    pub preflight: *const corsac_response,
    /// The response to the request. NULL: not known.
    pub response: *const corsac_response,
    /// The headers of a 304, if the browser revalidated its stored response with it; `response` is that stored response then. NULL: none.
    pub revalidated: *const corsac_header,
    /// The number of headers in `revalidated`.
    pub revalidated_count: usize,
}

/// Header lines as core reads them.
///
/// cbindgen:ignore
type Lines<'a> = Vec<Line<'a>, CORSAC_EXPLAIN_LINES_MAX>;

/// A request and its responses, as C passes them.
#[derive(Clone, Copy)]
pub(super) struct Given {
    pub(super) request: *const corsac_script_request,
    pub(super) hops: *const corsac_hop,
    pub(super) hop_count: usize,
}

/// Lends a request and its responses to `then`, as core reads them.
///
/// # Safety
/// All that `given` points to is NULL or can be read while this runs.
pub(super) unsafe fn with_exchange<R>(given: Given, then: impl FnOnce(Exchange<'_>) -> R) -> Outcome<R> {
    let (mut then, mut result) = (Some(then), None);
    // SAFETY: the caller's promise.
    unsafe { lend(given, &mut |exchange| result = then.take().map(|then| then(exchange)))? };
    result.ok_or(CORSAC_INVALID_ARGUMENT)
}

/// [`with_exchange`] without its types: one function for all callers, because it is not small.
///
/// # Safety
/// As there.
unsafe fn lend(given: Given, then: &mut dyn FnMut(Exchange<'_>)) -> Outcome {
    let mut headers = Headers::new();
    let mut lines = Lines::new();
    // SAFETY: the caller's promise.
    let (mut request, given) = unsafe { take_over(given, &mut headers, &mut lines)? };
    request.headers = &headers;
    let mut hops = Vec::<Hop<'_>, CORSAC_EXPLAIN_HOPS_MAX>::new();
    let mut rest = lines.as_slice();
    for hop in given {
        // SAFETY: the caller's promise.
        let hop = unsafe { hop.read(&mut rest)? };
        hops.push(hop).map_err(|_| CORSAC_TOO_MANY)?;
    }
    then(Exchange { request, hops: &hops });
    Ok(())
}

/// Reads the request, and the headers of all hops in their order.
///
/// # Safety
/// All that `given` points to is NULL or can be read for `'a`.
unsafe fn take_over<'a>(
    given: Given,
    headers: &mut Headers<'a>,
    lines: &mut Lines<'a>,
) -> Outcome<(ScriptRequest<'a>, &'a [corsac_hop])> {
    // SAFETY: the caller's promise.
    let (request, script_headers) = unsafe { read(given.request)? };
    // SAFETY: the same.
    let hops: &[corsac_hop] = unsafe { inputs(given.hops, given.hop_count)? };
    if hops.len() > CORSAC_EXPLAIN_HOPS_MAX {
        return Err(CORSAC_TOO_MANY);
    }
    // SAFETY: the same.
    unsafe { read_headers(script_headers, headers)? };
    for hop in hops {
        // SAFETY: the same.
        for given in unsafe { hop.lines()? } {
            for header in given {
                // SAFETY: the same.
                let line = unsafe { (header.name.read()?, header.value.read()?) };
                if headers.len().saturating_add(lines.len()) >= CORSAC_EXPLAIN_LINES_MAX {
                    return Err(CORSAC_TOO_MANY);
                }
                lines.push(line).map_err(|_| CORSAC_TOO_MANY)?;
            }
        }
    }
    Ok((request, hops))
}

impl corsac_hop {
    /// The headers of the response to the preflight, of the response, and of the 304.
    ///
    /// # Safety
    /// All that this hop points to is NULL or can be read for `'a`.
    unsafe fn lines<'a>(&self) -> Outcome<[&'a [corsac_header]; 3]> {
        // SAFETY: the caller's promise, for each.
        let of = |response: *const corsac_response| unsafe {
            let response = if response.is_null() { return Ok(&[][..]) } else { input(response)? };
            inputs(response.headers, response.header_count)
        };
        // SAFETY: the same.
        let revalidated = unsafe { inputs(self.revalidated, self.revalidated_count)? };
        Ok([of(self.preflight)?, of(self.response)?, revalidated])
    }

    /// This hop with its headers, which are the first of `rest`.
    ///
    /// # Safety
    /// All that this hop points to is NULL or can be read for `'a`.
    unsafe fn read<'a>(&self, rest: &mut &'a [Line<'a>]) -> Outcome<Hop<'a>> {
        // SAFETY: the caller's promise.
        let url = unsafe { self.url.read()? };
        // SAFETY: the same. They are taken in the order in which they were added.
        let (preflight, response) =
            unsafe { (read_response(self.preflight, rest)?, read_response(self.response, rest)?) };
        Ok(Hop { url, preflight, response, revalidated: next(rest, self.revalidated_count)? })
    }
}

/// # Safety
/// `response` is NULL or can be read.
unsafe fn read_response<'a>(
    response: *const corsac_response,
    rest: &mut &'a [Line<'a>],
) -> Outcome<Option<Response<'a>>> {
    if response.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's promise.
    let response = unsafe { input(response)? };
    let status = u16::try_from(response.status).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
    Ok(Some(Response { status, headers: next(rest, response.header_count)? }))
}

/// Takes the first lines away.
fn next<'a>(rest: &mut &'a [Line<'a>], count: usize) -> Outcome<&'a [Line<'a>]> {
    let (lines, after) = rest.split_at_checked(count).ok_or(CORSAC_INVALID_ARGUMENT)?;
    *rest = after;
    Ok(lines)
}
