//! A console message that somebody pasted, read backwards: which browser wrote it, why, and what to do.

use corsac::browser::{ConsoleMessage, Part, decode_console};

use super::profile::{CORSAC_PROFILE_NONE, number};
use crate::bytes::corsac_bytes;
use crate::pointer::output;
use crate::result::{CORSAC_INVALID_ARGUMENT, corsac_result, result_of};

/// The message is about the answer to the request, or about the request: `part` of a console message.
pub const CORSAC_PART_RESPONSE: i32 = 0;
/// It is about the preflight's answer.
pub const CORSAC_PART_PREFLIGHT: i32 = 1;
/// It does not tell.
pub const CORSAC_PART_UNKNOWN: i32 = 2;

/// What a console message says. Its bytes are those of the message, which somebody else wrote, or static: `code`, `cause_name`, `cause` and
/// `advice`. A `ptr` of NULL: it does not tell.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_console_message {
    /// The browser that writes such messages: `CORSAC_PROFILE_...`; with `CORSAC_PROFILE_NONE` there is nothing else.
    pub profile: i32,
    /// In which answer: `CORSAC_PART_...`
    pub part: i32,
    /// The status that it names; 0: none.
    pub status: i32,
    /// 1: it is about `XMLHttpRequest`, not `fetch()`.
    pub is_xhr: i32,
    /// Why it is blocked: the stable name, such as `acao-missing`.
    pub code: corsac_bytes,
    /// The URL that was asked for.
    pub url: corsac_bytes,
    /// The first URL of the redirect chain.
    pub redirected_from: corsac_bytes,
    /// The page's origin.
    pub origin: corsac_bytes,
    /// What the browser filled in: a header's value, a method, a name.
    pub value: corsac_bytes,
    /// The stable name of the likely mistake, as far as the message tells; the traffic would tell more.
    pub cause_name: corsac_bytes,
    /// The likely mistake, in one sentence.
    pub cause: corsac_bytes,
    /// What to do about it, in one sentence.
    pub advice: corsac_bytes,
}

/// Decodes a console message of Chromium, Firefox or WebKit; what stands before it does not matter (`app.js:3 `). `text` is UTF-8.
///
/// A text that is no such message is no error: `console->profile` is `CORSAC_PROFILE_NONE` then.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`, for a text that is not UTF-8 too.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_decode_console(
    text: corsac_bytes,
    console: *mut corsac_console_message,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (text, console) = unsafe { (text.read()?, output(console)?) };
        let text = core::str::from_utf8(text).map_err(|_| CORSAC_INVALID_ARGUMENT)?;
        console.write(decode_console(text).map_or(NOTHING, |message| decoded(&message)));
        Ok(())
    })
}

const NOTHING: corsac_console_message = corsac_console_message {
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
    }
}
