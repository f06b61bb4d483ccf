//! What a browser sends at one URL of the redirect chain, and the preflight before it: what a self-check asks its server.

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

/// The URL is of the page's own origin: the script reads everything.
pub const CORSAC_TAINTING_BASIC: i32 = 0;
/// The response is shared when the CORS check passes.
pub const CORSAC_TAINTING_CORS: i32 = 1;
/// The response is never readable.
pub const CORSAC_TAINTING_OPAQUE: i32 = 2;
/// Nothing is sent: the mode or the URL's scheme does not permit it, or the script gets an exception.
pub const CORSAC_TAINTING_REFUSED: i32 = 3;

/// What a browser sends at one URL. Its bytes are the caller's own, or static.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_step {
    /// The method; a redirect may have made it `GET`.
    pub method: corsac_bytes,
    /// Where to.
    pub url: corsac_bytes,
    /// The `Origin` line of the request; `ptr` NULL: there is none.
    pub origin: corsac_bytes,
    /// The `Origin` line of the preflight; `ptr` NULL: no preflight is sent.
    pub preflight_origin: corsac_bytes,
    /// What the script may do with the response: `CORSAC_TAINTING_...`
    pub tainting: i32,
    /// 1: a preflight comes first, where none is cached.
    pub needs_preflight: i32,
    /// 1: cookies go along, where there are some.
    pub sends_credentials: i32,
    /// How many names `Access-Control-Request-Headers` holds; 0: the preflight has no such line.
    pub requested_header_count: usize,
    /// How many bytes its value has.
    pub requested_headers_len: usize,
}

/// Says what a browser of this profile sends at hop `hop`, from 0. Of `hops`, the URLs and the statuses before that hop count; for the first
/// they may be NULL and 0.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, where `hop` is neither the first nor one of `hops` too; `CORSAC_TOO_MANY`.
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

/// Writes the value of `Access-Control-Request-Headers` at hop `hop`: the names in lower case, sorted, joined by `,`. Its length is
/// `requested_headers_len` of `corsac_step_at`; without names it is 0, and the preflight has no such line.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL`, where `capacity` is less than that length; `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`.
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

/// Gives the script's headers that go along at hop `hop` to `on_header`, in the script's order; a value whose `ptr` is NULL is not known.
/// What the browser adds by itself (`Origin` and more) is not among them.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
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
        let tell = |step: Step<'_>, _: Profile, is_sent: bool| {
            for sent in step.headers().filter(|_| is_sent) {
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_header(data, &as_given(sent)) };
            }
        };
        // SAFETY: what the header asks of every pointer. What goes along is the same in every profile.
        unsafe { with_step(Given { request, hops, hop_count }, hop, CORSAC_PROFILE_SPEC, tell) }
    })
}

/// Gives the header lines with which an answer at hop `hop` passes to `on_line`, the least that lets this request through: those of the
/// preflight's answer (`of_preflight` 1) or of the answer to the request (0). Each is a line `Name: value`, untrusted bytes escaped, for people
/// to read: at most `CORSAC_CONSOLE_MAX` bytes, and what is longer ends in `...`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, `CORSAC_TOO_MANY`; nothing is told then.
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
        let tell = |step: Step<'_>, profile, is_sent: bool| {
            for line in step.passing_lines(profile, of_preflight == 1).filter(|_| is_sent) {
                let mut text = Cut::<CORSAC_CONSOLE_MAX>::new();
                // SAFETY: the caller's function and the caller's data.
                unsafe { on_line(data, corsac_bytes::of(text.of(line).as_bytes())) };
            }
        };
        // SAFETY: what the header asks of every pointer.
        unsafe { with_step(Given { request, hops, hop_count }, hop, profile, tell) }
    })
}

/// Lends one step, with its profile and whether anything is sent there.
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
        method: corsac_bytes::of(step.method()),
        url: corsac_bytes::of(step.url()),
        origin: given(step.origin()),
        // Where Firefox wants nothing named, it sends the request's.
        preflight_origin: given(step.preflight_origin(profile).or(step.origin()).filter(|_| needs_preflight)),
        tainting: match step.tainting() {
            _ if !is_sent => CORSAC_TAINTING_REFUSED,
            Tainting::Basic => CORSAC_TAINTING_BASIC,
            Tainting::Cors => CORSAC_TAINTING_CORS,
            Tainting::Opaque => CORSAC_TAINTING_OPAQUE,
            Tainting::Refused => CORSAC_TAINTING_REFUSED,
        },
        needs_preflight: i32::from(needs_preflight),
        sends_credentials: i32::from(is_sent && step.sends_credentials()),
        requested_header_count: requested.names,
        requested_headers_len: requested.bytes,
    }
}

/// Counts what would be written.
#[derive(Default)]
struct Length {
    bytes: usize,
    names: usize,
}

impl Length {
    /// Nothing is asked for where no preflight is sent.
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
        // No name holds a comma.
        self.names = self.names.saturating_add(text.bytes().filter(|b| *b == b',').count());
        Ok(())
    }
}
