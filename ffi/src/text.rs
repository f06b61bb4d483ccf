//! Decisions in words, for logs and bodies: one escaped line, written to the caller's buffer whole or not at all.

use core::fmt::{self, Write};
use core::mem::MaybeUninit;

use corsac::{Denial, DenialCode, Escaped};

use crate::bytes::corsac_bytes;
use crate::decision::{CORSAC_ALLOWED, class_of, corsac_decision, denial_of};
use crate::pointer::{input, output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, CORSAC_STORAGE_TOO_SMALL, Outcome, corsac_result, result_of};
use crate::sentence::Sentence;

/// The stable name of a class: `plain`, `actual` or `preflight`. Static. Empty for a number that is not a class.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_class_name(request_class: i32) -> corsac_bytes {
    corsac_bytes::of(class_of(request_class).map_or("", corsac::Class::as_str).as_bytes())
}

/// The stable name of a denial: `origin-not-allowed`. Static. Empty for `CORSAC_ALLOWED` and for a number that is not a denial.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_denial_name(denial: i32) -> corsac_bytes {
    corsac_bytes::of(denial_of(denial).map_or("", DenialCode::as_str).as_bytes())
}

/// Writes the reason for a denial in one line, escaped, with at most 128 bytes of the request: `origin "https://evil.example" is not allowed`.
/// Use it for a log, and for the body of the response to a denied preflight. For an allowed request it writes nothing.
///
/// It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. `CORSAC_MESSAGE_MAX` bytes are always enough.
/// The values of the request must still be valid.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_denial_message(
    decision: *const corsac_decision,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (decision, buffer, written) = unsafe { (input(decision)?, outputs(buffer, capacity)?, output(written)?) };
        if decision.denial == CORSAC_ALLOWED {
            written.write(0);
            return Ok(());
        }
        let code = denial_of(decision.denial).ok_or(CORSAC_INVALID_ARGUMENT)?;
        // SAFETY: as above, for the values of the request.
        let bytes = unsafe { decision.denial_bytes.read()? };
        let sentence = Sentence::of(&Denial::new(code, bytes));
        let room = buffer.get_mut(..sentence.as_bytes().len()).ok_or(CORSAC_STORAGE_TOO_SMALL)?;
        for (to, from) in room.iter_mut().zip(sentence.as_bytes()) {
            to.write(*from);
        }
        written.write(sentence.as_bytes().len());
        Ok(())
    })
}

/// Escapes untrusted bytes so that they are safe to print: `\`, `"`, `<` and every byte outside 0x20..0x7E become `\xNN`.
///
/// It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. Four times `bytes.len` is always enough.
/// `bytes` and `buffer` must not overlap.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`; then nothing is written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_escape(
    bytes: corsac_bytes,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (bytes, buffer, written) = unsafe { (bytes.read()?, outputs(buffer, capacity)?, output(written)?) };
        let mut length = Length(0);
        show(&mut length, bytes)?;
        let mut room = Room(buffer.get_mut(..length.0).ok_or(CORSAC_STORAGE_TOO_SMALL)?);
        show(&mut room, bytes)?;
        written.write(length.0);
        Ok(())
    })
}

fn show(to: &mut impl Write, bytes: &[u8]) -> Outcome {
    write!(to, "{}", Escaped(bytes)).map_err(|fmt::Error| CORSAC_STORAGE_TOO_SMALL)
}

/// Counts what is written.
pub(crate) struct Length(pub(crate) usize);

impl Write for Length {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.checked_add(text.len()).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// What is left of the caller's buffer.
pub(crate) struct Room<'b>(pub(crate) &'b mut [MaybeUninit<u8>]);

impl Write for Room<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (room, rest) = core::mem::take(&mut self.0).split_at_mut_checked(text.len()).ok_or(fmt::Error)?;
        for (to, from) in room.iter_mut().zip(text.as_bytes()) {
            to.write(*from);
        }
        self.0 = rest;
        Ok(())
    }
}
