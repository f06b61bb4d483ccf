//! What a browser sends at one URL of the redirect chain, and the preflight before it: a self-check sends the same to its server.

use core::ffi::c_void;
use core::fmt::{self, Write};

use corsac::browser::{Exchange, Profile, Step, Tainting};

use super::cut::Cut;
use super::exchange::{Given, corsac_hop, with_exchange};
use super::judge::CORSAC_CONSOLE_MAX;
use super::profile::{CORSAC_PROFILE_SPEC, profile};
use super::response::corsac_on_text;
use super::safelist::{as_given, corsac_on_header};
use super::script::corsac_script_request;
use crate::bytes::corsac_bytes;
use crate::pointer::{output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_STORAGE_TOO_SMALL, Outcome, corsac_result, result_of};
use crate::text::Room;

/// The URL has the page's own origin, so the script can read everything.
pub const CORSAC_TAINTING_BASIC: i32 = 0;
/// The response is shared if the CORS check passes.
pub const CORSAC_TAINTING_CORS: i32 = 1;
/// The script can never read the response.
pub const CORSAC_TAINTING_OPAQUE: i32 = 2;
/// Nothing is sent: the mode or the scheme of the URL does not allow it, or the script gets an exception.
pub const CORSAC_TAINTING_REFUSED: i32 = 3;

/// What a browser sends at one URL. The bytes are yours or static.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_step {
    /// The bytes of this struct that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// The method. A redirect can have changed it to `GET`.
    pub method: corsac_bytes,
    /// The URL.
    pub url: corsac_bytes,
    /// The `Origin` of the request. `ptr` is NULL if there is none.
    pub origin: corsac_bytes,
    /// The `Origin` of the preflight. `ptr` is NULL if there is no preflight.
    pub preflight_origin: corsac_bytes,
    /// What the script may do with the response: `CORSAC_TAINTING_...`
    pub tainting: i32,
    /// 1: the browser sends a preflight first, unless it has a cached one.
    pub needs_preflight: i32,
    /// 1: the browser sends its cookies.
    pub sends_credentials: i32,
    /// The number of names in `Access-Control-Request-Headers`. 0: the preflight does not have this header.
    pub requested_header_count: usize,
    /// The length of its value in bytes.
    pub requested_headers_len: usize,
    /// Zeros: room for members of a later version.
    pub reserved: [u64; 2],
}

/// Writes what a browser of this profile sends at hop number `hop`, from 0, to `*step`. It reads the URLs of `hops` and the statuses of the
/// hops before. For the first hop, `hops` can be NULL and `hop_count` 0.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if `hop` is neither 0 nor less than `hop_count`; `CORSAC_TOO_MANY`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_step_at(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    hop: usize,
    profile: i32,
    step: *mut corsac_step,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let step = unsafe { output(step)? };
        // SAFETY: as above.
        step.write(unsafe { with_step(Given { request, hops, hop_count }, hop, profile, described)? });
        Ok(())
    })
}

/// Writes the value of `Access-Control-Request-Headers` at hop number `hop` to `buffer`, and its length to `*written`: the names in lower case,
/// sorted, joined by `,`. The length is `requested_headers_len` of `corsac_step_at`. It is 0 if the preflight does not have this header.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL` if `capacity` is less than that length; `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_step_requested_headers(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    hop: usize,
    profile: i32,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (buffer, written) = unsafe { (outputs(buffer, capacity)?, output(written)?) };
        let write = |step: Step<'_>, profile, is_sent| {
            let length = Length::of(&step, profile, is_sent).bytes;
            let mut room = Room(buffer.get_mut(..length).ok_or(CORSAC_STORAGE_TOO_SMALL)?);
            if length > 0 {
                let _ = write!(room, "{}", step.requested_headers(profile));
            }
            written.write(length);
            Ok(())
        };
        // SAFETY: as above.
        unsafe { with_step(Given { request, hops, hop_count }, hop, profile, write)? }
    })
}

/// Calls `on_header` with `data` for each of the script's headers that the browser sends at hop number `hop`, in the script's order. The `ptr`
/// of a value that is not known is NULL. Headers that the browser adds itself, such as `Origin`, are not included.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_step_headers(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    hop: usize,
    on_header: corsac_on_header,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let on_header = on_header.ok_or(CORSAC_INVALID_ARGUMENT)?;
        let each = |step: Step<'_>, _: Profile, is_sent: bool| {
            for sent in step.headers().filter(|_| is_sent) {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_header(data, &as_given(sent)) };
            }
        };
        // SAFETY: what the header asks of every pointer. Every profile sends the same headers.
        unsafe { with_step(Given { request, hops, hop_count }, hop, CORSAC_PROFILE_SPEC, each) }
    })
}

/// Calls `on_line` with `data` for each header line that the response at hop number `hop` needs at least, so that the browser lets this request
/// through: the response to the preflight (`of_preflight` 1) or to the request (0). Each is a line `Name: value` for people, with untrusted bytes
/// escaped. It has at most `CORSAC_CONSOLE_MAX` bytes; a longer one ends in `...`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; then the callback is not called.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_step_passing_lines(
    request: *const corsac_script_request,
    hops: *const corsac_hop,
    hop_count: usize,
    hop: usize,
    profile: i32,
    of_preflight: i32,
    on_line: corsac_on_text,
    data: *mut c_void,
) -> corsac_result {
    result_of(|| {
        let (Some(on_line), 0..=1) = (on_line, of_preflight) else { return Err(CORSAC_INVALID_ARGUMENT) };
        let each = |step: Step<'_>, profile, is_sent: bool| {
            for line in step.passing_lines(profile, of_preflight == 1).filter(|_| is_sent) {
                let mut text = Cut::<CORSAC_CONSOLE_MAX>::new();
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_line(data, corsac_bytes::of(text.of(line).as_bytes())) };
            }
        };
        // SAFETY: what the header asks of every pointer.
        unsafe { with_step(Given { request, hops, hop_count }, hop, profile, each) }
    })
}

/// Lends one step to `then`, with its profile and whether anything is sent.
///
/// # Safety
/// All that `given` points to is NULL or can be read while this runs.
unsafe fn with_step<R>(
    given: Given,
    hop: usize,
    profile: i32,
    then: impl FnOnce(Step<'_>, Profile, bool) -> R,
) -> Outcome<R> {
    let profile = self::profile(profile)?;
    let find = |exchange: Exchange<'_>| {
        let step = exchange.steps().find(|step| step.hop() == hop)?;
        let is_sent = exchange.request.thrown().is_none() && step.tainting() != Tainting::Refused;
        Some(then(step, profile, is_sent))
    };
    // SAFETY: the caller's promise.
    unsafe { with_exchange(given, find)? }.ok_or(CORSAC_INVALID_ARGUMENT)
}

fn described(step: Step<'_>, profile: Profile, is_sent: bool) -> corsac_step {
    let given = |bytes: Option<&[u8]>| bytes.filter(|_| is_sent).map_or(corsac_bytes::NONE, corsac_bytes::of);
    let needs_preflight = is_sent && step.needs_preflight(profile);
    let requested = Length::of(&step, profile, is_sent);
    corsac_step {
        size: core::mem::offset_of!(corsac_step, reserved),
        reserved: [0; 2],
        method: corsac_bytes::of(step.method()),
        url: corsac_bytes::of(step.url()),
        origin: given(step.origin()),
        // Firefox has no separate origin for the preflight: it sends that of the request.
        preflight_origin: given(step.preflight_origin(profile).or(step.origin()).filter(|_| needs_preflight)),
        tainting: match step.tainting() {
            _ if !is_sent => CORSAC_TAINTING_REFUSED,
            Tainting::Basic => CORSAC_TAINTING_BASIC,
            Tainting::Cors => CORSAC_TAINTING_CORS,
            Tainting::Opaque => CORSAC_TAINTING_OPAQUE,
            Tainting::Refused => CORSAC_TAINTING_REFUSED,
        },
        needs_preflight: i32::from(needs_preflight),
        sends_credentials: i32::from(is_sent && step.sends_credentials(profile)),
        requested_header_count: requested.names,
        requested_headers_len: requested.bytes,
    }
}

/// Counts the bytes and names that would be written.
#[derive(Default)]
struct Length {
    bytes: usize,
    names: usize,
}

impl Length {
    /// Without a preflight, nothing is requested.
    fn of(step: &Step<'_>, profile: Profile, is_sent: bool) -> Self {
        let mut length = Self::default();
        if is_sent && step.needs_preflight(profile) {
            let _ = write!(length, "{}", step.requested_headers(profile));
            length.names = length.names.saturating_add(usize::from(length.bytes > 0));
        }
        length
    }
}

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes = self.bytes.saturating_add(text.len());
        // No name contains a comma.
        self.names = self.names.saturating_add(text.bytes().filter(|b| *b == b',').count());
        Ok(())
    }
}
