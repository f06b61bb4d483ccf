//! Policies and policy sets from the text of a policy file, and back. Core reads and writes it; this file handles the caller's memory.

use core::ffi::c_void;
use core::fmt::Write;
use core::mem::MaybeUninit;

use corsac::{PolicyText, TextError, TextFinding, TextSlot};

use crate::bytes::corsac_bytes;
use crate::finding::{corsac_on_finding, report_in_file};
use crate::pointer::{output, outputs};
use crate::policy::{self, corsac_policy, zeroed};
use crate::result::{
    CORSAC_FINDINGS, CORSAC_IS_SET, CORSAC_NO_SPELLING, CORSAC_STORAGE_TOO_SMALL, CORSAC_TOO_LARGE, Outcome,
    corsac_result, of_compile, result_of,
};
use crate::set::{self, corsac_policy_set};
use crate::text::{Length, Room};

/// How much memory it takes to parse a text. Set both to 0 before the first call.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct corsac_parse_sizes {
    /// Bytes of scratch memory, which you can free after the call.
    pub scratch: usize,
    /// Bytes of storage, in which the image stays.
    pub storage: usize,
}

/// Reads the text of a policy file, one policy, and compiles it into `storage`. `*policy` becomes a view of it, as with `corsac_policy_compile`.
///
/// Begin with no memory at all. With `CORSAC_STORAGE_TOO_SMALL`, `*sizes` says how much of each is enough as far as that is known, and nothing
/// is reported. So you call it up to three times:
///
/// ```c
/// corsac_parse_sizes sizes = {0, 0};
/// uint8_t *scratch = NULL, *storage = NULL;
/// do {
///     scratch = grown(scratch, sizes.scratch);
///     storage = grown(storage, sizes.storage);
///     result = corsac_policy_parse(text, scratch, sizes.scratch, storage, sizes.storage, show, NULL, &sizes, &policy);
/// } while (result == CORSAC_STORAGE_TOO_SMALL);
/// ```
///
/// `scratch` and `storage` may have any alignment. The text is TOML 1.1, as UTF-8, without escapes in strings. `on_finding` may be NULL. It is
/// called with `data` for all errors and warnings, each with its line and column: also those of the syntax, of which only the first is found.
///
/// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_IS_SET` if the text has `[[policy]]` tables, `CORSAC_TOO_LARGE`,
/// `CORSAC_INVALID_ARGUMENT`; then `*policy` is unchanged. `*sizes` is written with `CORSAC_STORAGE_TOO_SMALL` and with `CORSAC_OK`.
///
/// Only a library that was built with the feature `toml` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_parse(
    text: corsac_bytes,
    scratch: *mut u8,
    scratch_len: usize,
    storage: *mut u8,
    storage_len: usize,
    on_finding: corsac_on_finding,
    data: *mut c_void,
    sizes: *mut corsac_parse_sizes,
    policy: *mut corsac_policy,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (memory, policy) =
            unsafe { (Memory::read(scratch, scratch_len, storage, storage_len, sizes)?, output(policy)?) };
        // SAFETY: as above.
        let text = unsafe { text.read()? };
        // SAFETY: what the header asks of a callback.
        let image = parse(text, memory, true, &mut |finding| unsafe { report_in_file(on_finding, data, finding) })?;
        policy.write(corsac_policy { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// As `corsac_policy_parse`, for a file that may have `[[policy]]` tables: `*set` becomes a view of the image. One policy is a set of one.
///
/// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*set` is unchanged. `*sizes` is
/// written with `CORSAC_STORAGE_TOO_SMALL` and with `CORSAC_OK`.
///
/// Only a library that was built with the feature `toml` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_parse(
    text: corsac_bytes,
    scratch: *mut u8,
    scratch_len: usize,
    storage: *mut u8,
    storage_len: usize,
    on_finding: corsac_on_finding,
    data: *mut c_void,
    sizes: *mut corsac_parse_sizes,
    set: *mut corsac_policy_set,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (memory, set) = unsafe { (Memory::read(scratch, scratch_len, storage, storage_len, sizes)?, output(set)?) };
        // SAFETY: as above.
        let text = unsafe { text.read()? };
        // SAFETY: what the header asks of a callback.
        let image = parse(text, memory, false, &mut |finding| unsafe { report_in_file(on_finding, data, finding) })?;
        set.write(corsac_policy_set { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// Writes a policy as the text of a policy file: for a status page, a log, or to change it. Parsing the text gives the same policy.
///
/// It writes at most `capacity` bytes to `buffer`, without a NUL, and their number to `*written`. With `CORSAC_STORAGE_TOO_SMALL`, `*written` is
/// the capacity that is enough, and nothing else is written; so you can begin with NULL and 0.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`.
///
/// Only a library that was built with the feature `toml` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_text(
    policy: *const corsac_policy,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (policy, buffer, written) =
            unsafe { (policy::read(policy)?, outputs(buffer, capacity)?, output(written)?) };
        write_text(corsac::Policy::from_compiled(policy.into_inner()).into(), buffer, written)
    })
}

/// As `corsac_policy_text`, for a set.
///
/// Errors: `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_INVALID_ARGUMENT`, and `CORSAC_NO_SPELLING` if a path of the set cannot be written without escapes:
/// one that is not UTF-8, or has three of both kinds of quotes in a row.
///
/// Only a library that was built with the feature `toml` has this function. It is a default.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_set_text(
    set: *const corsac_policy_set,
    buffer: *mut u8,
    capacity: usize,
    written: *mut usize,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (set, buffer, written) = unsafe { (set::read(set)?, outputs(buffer, capacity)?, output(written)?) };
        write_text(corsac::PolicySet::from_compiled(set.into_inner()), buffer, written)
    })
}

fn write_text(
    set: corsac::PolicySet<&[u8]>,
    buffer: &mut [MaybeUninit<u8>],
    written: &mut MaybeUninit<usize>,
) -> Outcome {
    let text = set.to_text().ok_or(CORSAC_NO_SPELLING)?;
    let mut length = Length(0);
    write!(length, "{text}").map_err(|_| CORSAC_NO_SPELLING)?;
    written.write(length.0);
    let mut room = Room(buffer.get_mut(..length.0).ok_or(CORSAC_STORAGE_TOO_SMALL)?);
    write!(room, "{text}").map_err(|_| CORSAC_STORAGE_TOO_SMALL)
}

/// The caller's memory.
struct Memory<'m> {
    scratch: &'m mut [MaybeUninit<u8>],
    storage: &'m mut [MaybeUninit<u8>],
    sizes: &'m mut MaybeUninit<corsac_parse_sizes>,
}

impl Memory<'_> {
    /// # Safety
    /// What the header asks of every pointer.
    unsafe fn read(
        scratch: *mut u8,
        scratch_len: usize,
        storage: *mut u8,
        storage_len: usize,
        sizes: *mut corsac_parse_sizes,
    ) -> Outcome<Self> {
        // SAFETY: this function's own condition.
        unsafe {
            Ok(Self {
                scratch: outputs(scratch, scratch_len)?,
                storage: outputs(storage, storage_len)?,
                sizes: output(sizes)?,
            })
        }
    }
}

/// Both of them: the image, at the start of the storage. With too little memory, nothing is reported.
fn parse<'m>(
    text: &[u8],
    memory: Memory<'m>,
    is_policy: bool,
    on_finding: &mut dyn FnMut(&TextFinding<'_>),
) -> Outcome<&'m [u8]> {
    if u32::try_from(text.len()).is_err() {
        return Err(CORSAC_TOO_LARGE);
    }
    let places = TextSlot::needed(text);
    let scratch_len =
        places.checked_mul(size_of::<TextSlot<'_>>()).and_then(|len| len.checked_add(align_of::<TextSlot<'_>>()));
    let mut sizes = corsac_parse_sizes { scratch: scratch_len.ok_or(CORSAC_TOO_LARGE)?, storage: memory.storage.len() };
    if memory.scratch.len() < sizes.scratch {
        memory.sizes.write(sizes);
        return Err(CORSAC_STORAGE_TOO_SMALL);
    }
    let scratch = slots(memory.scratch, places).ok_or(CORSAC_STORAGE_TOO_SMALL)?;

    // First without the callback, so that nothing is reported twice.
    if let Ok(read) = PolicyText::read(text, &mut *scratch, |_| ()) {
        sizes.storage = read.image_len();
        memory.sizes.write(sizes);
        if is_policy && read.is_set() {
            return Err(CORSAC_IS_SET);
        }
        if memory.storage.len() < sizes.storage {
            return Err(CORSAC_STORAGE_TOO_SMALL);
        }
    }
    let read = PolicyText::read(text, scratch, &mut *on_finding).map_err(of_text)?;
    let compiled = read.compile(zeroed(memory.storage), on_finding).map_err(of_compile)?;
    let len = compiled.image().len();
    let storage: &'m [u8] = compiled.into_inner();
    storage.get(..len).ok_or(CORSAC_STORAGE_TOO_SMALL)
}

/// The places at the first aligned byte of the scratch memory; `None`: they do not fit.
fn slots<'m, 't>(scratch: &'m mut [MaybeUninit<u8>], count: usize) -> Option<&'m mut [TextSlot<'t>]> {
    let start = scratch.as_ptr().align_offset(align_of::<TextSlot<'_>>());
    let bytes = scratch.get_mut(start..)?;
    let len = count.checked_mul(size_of::<TextSlot<'_>>())?;
    let places = bytes.get_mut(..len)?.as_mut_ptr().cast::<TextSlot<'t>>();
    for place in 0..count {
        // SAFETY: `count` places fit into the bytes, from an aligned one on.
        unsafe { places.add(place).write(TextSlot::default()) };
    }
    // SAFETY: as above; each of them was just written, and they are borrowed for as long as the bytes.
    Some(unsafe { core::slice::from_raw_parts_mut(places, count) })
}

fn of_text(error: TextError) -> corsac_result {
    match error {
        TextError::ScratchTooSmall { .. } => CORSAC_STORAGE_TOO_SMALL,
        TextError::TooLarge => CORSAC_TOO_LARGE,
        // Not TOML; the enum may grow.
        _ => CORSAC_FINDINGS,
    }
}
