//! A console message, decoded: which browser wrote it, why, and what to do about it.

use corsac::browser::{ConsoleMessage, Part, decode_console};

use super::profile::{CORSAC_PROFILE_NONE, number};
use crate::bytes::corsac_bytes;
use crate::pointer::output;
use crate::result::{CORSAC_INVALID_ARGUMENT, corsac_result, result_of};

/// The message is about the response to the request, or about the request itself: `part` of a console message.
pub const CORSAC_PART_RESPONSE: i32 = 0;
/// The message is about the response to the preflight.
pub const CORSAC_PART_PREFLIGHT: i32 = 1;
/// The message does not say which response it is about.
pub const CORSAC_PART_UNKNOWN: i32 = 2;

/// A decoded console message. `code`, `cause_name`, `cause` and `advice` are static; the other bytes are part of the message, which others wrote.
/// A `ptr` is NULL if the message does not say.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_console_message {
    /// The bytes of this struct that the library has written. A member that ends behind them is one of a later version.
    pub size: usize,
    /// The browser that writes this message: `CORSAC_PROFILE_...`. With `CORSAC_PROFILE_NONE` everything else is empty.
    pub profile: i32,
    /// The response that it is about: `CORSAC_PART_...`
    pub part: i32,
    /// The status in the message. 0: none.
    pub status: i32,
    /// 1: it is about `XMLHttpRequest`, not `fetch()`.
    pub is_xhr: i32,
    /// The stable name of the reason, such as `acao-missing`.
    pub code: corsac_bytes,
    /// The URL of the request.
    pub url: corsac_bytes,
    /// The first URL of the redirect chain.
    pub redirected_from: corsac_bytes,
    /// The page's origin.
    pub origin: corsac_bytes,
    /// The value that the browser filled in: a header's value, a method, or a name.
    pub value: corsac_bytes,
    /// The stable name of the likely mistake, as far as the message shows it. `corsac_explain` knows more, because it sees the responses.
    pub cause_name: corsac_bytes,
    /// The likely mistake, in one sentence.
    pub cause: corsac_bytes,
    /// What to do about it, in one sentence.
    pub advice: corsac_bytes,
    /// Zeros: room for members of a later version.
    pub reserved: [u64; 2],
}

/// Decodes a console message of Chromium, Firefox or WebKit. There can be other text before it, such as `app.js:3 `. `text` is UTF-8.
///
/// A text that is not a console message about CORS is not an error: then `message->profile` is `CORSAC_PROFILE_NONE`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, also if the text is not UTF-8.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_decode_console(
    text: corsac_bytes,
    message: *mut corsac_console_message,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (text, message) = unsafe { (text.read()?, output(message)?) };
        let text = core::str::from_utf8(text).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
        message.write(decode_console(text).map_or(NOTHING, |message| decoded(&message)));
        Ok(())
    })
}

const NOTHING: corsac_console_message = corsac_console_message {
    size: core::mem::offset_of!(corsac_console_message, reserved),
    profile: CORSAC_PROFILE_NONE,
    part: CORSAC_PART_UNKNOWN,
    status: 0,
    is_xhr: 0,
    code: corsac_bytes::NONE,
    url: corsac_bytes::NONE,
    redirected_from: corsac_bytes::NONE,
    origin: corsac_bytes::NONE,
    value: corsac_bytes::NONE,
    cause_name: corsac_bytes::NONE,
    cause: corsac_bytes::NONE,
    advice: corsac_bytes::NONE,
    reserved: [0; 2],
};

fn decoded(message: &ConsoleMessage<'_>) -> corsac_console_message {
    let of = |text: Option<&str>| text.map_or(corsac_bytes::NONE, |text| corsac_bytes::of(text.as_bytes()));
    let cause = message.cause();
    corsac_console_message {
        profile: number(message.profile),
        part: match message.part {
            Some(Part::Response) => CORSAC_PART_RESPONSE,
            Some(Part::Preflight) => CORSAC_PART_PREFLIGHT,
            _ => CORSAC_PART_UNKNOWN,
        },
        status: message.status.map_or(0, i32::from),
        is_xhr: i32::from(message.is_xhr),
        code: of(message.code.map(|code| code.as_str())),
        url: of(message.url),
        redirected_from: of(message.redirected_from),
        origin: of(message.origin),
        value: of(message.value),
        cause_name: of(cause.map(|cause| cause.as_str())),
        cause: of(cause.map(|cause| cause.sentence())),
        advice: of(cause.map(|cause| cause.advice())),
        ..NOTHING
    }
}
