//! `libcorsac.a` and `libcorsac.so`: what `corsac-ffi` exports, without the standard library.

#![no_std]

#[cfg(refused)]
mod refused;

pub use corsac_ffi::*;

unsafe extern "C" {
    // `abort` of the C library. It is imported only if a panic can be reached, and `ffi/tests/library.rs` checks that it is not.
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}
