//! The caller's pointers: this file finds NULL and misalignment; callers promise the rest.

use core::mem::MaybeUninit;

use crate::result::{CORSAC_INVALID_ARGUMENT, Outcome};

/// What the caller lends for reading.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned points to a `T` that is initialised and that does not change during `'a`.
#[inline]
pub(crate) unsafe fn input<'a, T>(pointer: *const T) -> Outcome<&'a T> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: neither NULL nor misaligned; the rest is this function's own condition.
    Ok(unsafe { &*pointer })
}

/// What the caller lends for writing, whatever it holds.
///
/// # Safety
/// A pointer that is neither NULL nor misaligned points to memory for a `T` that is the call's own during `'a`.
#[inline]
pub(crate) unsafe fn output<'a, T>(pointer: *mut T) -> Outcome<&'a mut MaybeUninit<T>> {
    if pointer.is_null() || !pointer.is_aligned() {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: neither NULL nor misaligned, and nothing is asked of what a `MaybeUninit` holds; the rest is this function's own condition.
    Ok(unsafe { &mut *pointer.cast() })
}

/// An array that the caller lends for reading; NULL where it has no element.
///
/// # Safety
/// As [`input`], for `count` elements.
#[inline]
pub(crate) unsafe fn inputs<'a, T>(pointer: *const T, count: usize) -> Outcome<&'a [T]> {
    if pointer.is_null() && count == 0 {
        return Ok(&[]);
    }
    if !is_array(pointer, count) {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: neither NULL nor misaligned, and no longer than an object can be; the rest is this function's own condition.
    Ok(unsafe { core::slice::from_raw_parts(pointer, count) })
}

/// An array that the caller lends for writing, whatever it holds; NULL where it has no element.
///
/// # Safety
/// As [`output`], for `count` elements.
#[inline]
pub(crate) unsafe fn outputs<'a, T>(pointer: *mut T, count: usize) -> Outcome<&'a mut [MaybeUninit<T>]> {
    if pointer.is_null() && count == 0 {
        return Ok(&mut []);
    }
    if !is_array(pointer, count) {
        return Err(CORSAC_INVALID_ARGUMENT);
    }
    // SAFETY: neither NULL nor misaligned, and no longer than an object can be, and nothing is asked of what a `MaybeUninit` holds;
    // the rest is this function's own condition.
    Ok(unsafe { core::slice::from_raw_parts_mut(pointer.cast(), count) })
}

#[inline]
fn is_array<T>(pointer: *const T, count: usize) -> bool {
    let is_object = count.checked_mul(size_of::<T>()).is_some_and(|bytes| isize::try_from(bytes).is_ok());
    !pointer.is_null() && pointer.is_aligned() && is_object
}

/// A switch: 0 or 1.
#[inline]
pub(crate) fn switch(value: u8) -> Outcome<bool> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(CORSAC_INVALID_ARGUMENT),
    }
}
