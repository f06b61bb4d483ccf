//! A policy: a view of an image in the caller's memory, made by compiling or by opening, and never changed.

use core::ffi::c_void;
use core::mem::MaybeUninit;

use corsac::Policy;

use crate::bytes::corsac_bytes;
use crate::finding::{corsac_on_finding, report};
use crate::pointer::{input, output, outputs};
use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome, corsac_result, of_compile, of_open, result_of, truth_of};
use crate::spec::corsac_spec;

/// A compiled policy: a view of its image, which stays in your memory. Only `corsac_policy_compile` and `corsac_policy_open` make one.
///
/// The image must not move or change while you use the policy or a decision of it. It contains no pointers: you can write its `len` bytes to a
/// file and open them elsewhere. Any number of threads can use one policy at the same time. There is nothing to free.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_policy {
    /// The first byte of the image.
    pub image: *const u8,
    /// The image's length in bytes.
    pub len: usize,
}

/// Writes the number of bytes of storage that `corsac_policy_compile` needs for these options to `*size`.
///
/// Errors: `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_size(spec: *const corsac_spec, size: *mut usize) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (spec, size) = unsafe { (input(spec)?, output(size)?) };
        // SAFETY: as above, for what the spec points to.
        let spec = unsafe { spec.read()? };
        size.write(spec.image_len());
        Ok(())
    })
}

/// Compiles the options into `storage`, and makes `*policy` a view of it.
///
/// `storage` becomes the image of the policy. It may have any alignment and must have at least `corsac_policy_size` bytes; the image uses the
/// first `policy->len` of them. All of `storage` is written, unless the result is `CORSAC_INVALID_ARGUMENT`; on failure with zeros. You can free
/// the options afterwards.
///
/// `on_finding` may be NULL. It is called with `data` for every error and every warning: first those about single entries, in the order of
/// the options, then those that compare origins with each other. The latter need enough storage.
///
/// Errors: `CORSAC_FINDINGS`, `CORSAC_STORAGE_TOO_SMALL`, `CORSAC_TOO_LARGE`, `CORSAC_INVALID_ARGUMENT`; then `*policy` is unchanged.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_compile(
    spec: *const corsac_spec,
    storage: *mut u8,
    storage_len: usize,
    on_finding: corsac_on_finding,
    data: *mut c_void,
    policy: *mut corsac_policy,
) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (spec, storage, policy) = unsafe { (input(spec)?, outputs(storage, storage_len)?, output(policy)?) };
        // SAFETY: as above, for what the spec points to.
        let spec = unsafe { spec.read()? };
        let compiled = spec.compile(zeroed(storage), |finding| {
            // SAFETY: what the header asks of a callback.
            unsafe { report(on_finding, data, finding) };
        });
        let compiled = compiled.map_err(of_compile)?;
        let image = compiled.image();
        policy.write(corsac_policy { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// The caller's storage, which may never have been written, as bytes.
pub(crate) fn zeroed(storage: &mut [MaybeUninit<u8>]) -> &mut [u8] {
    storage.fill(MaybeUninit::new(0));
    // SAFETY: every byte was just written.
    unsafe { &mut *(core::ptr::from_mut(storage) as *mut [u8]) }
}

/// Opens an image that was compiled elsewhere, exactly the `len` bytes of its file, and makes `*policy` a view of it. `image` may have any
/// alignment.
///
/// The whole image is checked once: what compiling would refuse is refused here, and hostile bytes give an error. That costs about as much as
/// compiling.
///
/// Errors: `CORSAC_NOT_AN_IMAGE`, `CORSAC_OTHER_VERSION`, `CORSAC_WRONG_LENGTH`, `CORSAC_DAMAGED`, `CORSAC_REFUSED`, `CORSAC_IS_SET`,
/// `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_open(image: *const u8, len: usize, policy: *mut corsac_policy) -> corsac_result {
    result_of(|| {
        // SAFETY: what the header asks of every pointer.
        let (bytes, policy) = unsafe { (corsac_bytes { ptr: image, len }.read()?, output(policy)?) };
        let opened = Policy::open(bytes).map_err(of_open)?;
        let image = opened.image();
        policy.write(corsac_policy { image: image.as_ptr(), len: image.len() });
        Ok(())
    })
}

/// 1: the policy allows any origin. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_is_any_origin(policy: *const corsac_policy) -> i32 {
    // SAFETY: what the header asks of every pointer.
    truth_of(|| Ok(unsafe { read(policy)? }.is_any_origin()))
}

/// 1: the policy allows credentials. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_allows_credentials(policy: *const corsac_policy) -> i32 {
    // SAFETY: what the header asks of every pointer.
    truth_of(|| Ok(unsafe { read(policy)? }.allows_credentials()))
}

/// 1: the policy has `external_origins`, for `corsac_policy_evaluate_with`. 0: it does not. `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_allows_external_origins(policy: *const corsac_policy) -> i32 {
    // SAFETY: what the header asks of every pointer.
    truth_of(|| Ok(unsafe { read(policy)? }.allows_external_origins()))
}

/// 1: the wildcards were checked against the public suffix list when the policy was compiled. 0: they were not. `CORSAC_INVALID_ARGUMENT`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn corsac_policy_is_public_suffix_checked(policy: *const corsac_policy) -> i32 {
    // SAFETY: what the header asks of every pointer.
    truth_of(|| Ok(unsafe { read(policy)? }.is_public_suffix_checked()))
}

/// The engine's policy over the caller's image. No check is done again: the engine reads any bytes without harm.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned points to a policy, and nothing changes or frees its image while the returned policy is used.
/// `'static` is as long as the caller makes that: nothing that is made of it outlives the exported function, except what the header says
/// points into the image.
pub(crate) unsafe fn read(policy: *const corsac_policy) -> Outcome<corsac_hot::Policy<&'static [u8]>> {
    // SAFETY: this function's own condition.
    let corsac_policy { image, len } = *unsafe { input(policy)? };
    if len == 0 {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: as above.
    Ok(corsac_hot::Policy::from_compiled(unsafe { corsac_bytes { ptr: image, len }.read()? }))
}
