//! `libcorsac.a` and `libcorsac.so`: what `corsac-ffi` exports, without the standard library.

#![no_std]

#[cfg(refused)]
mod refused;

pub use corsac_ffi::*;

unsafe extern "C" {
    // The C library's. Imported exactly if a panic can be reached: `ffi/tests/library.rs` sees that it is not.
    safe fn abort() -> !;
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    abort()
}
