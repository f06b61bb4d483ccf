//! What JavaScript calls: a policy or a set in one instance of this module, and its decisions.
//!
//! The module imports nothing. JavaScript asks for [`room`](memory::room), writes texts there, and
//! calls an export with their lengths. An export that has more to give than a number writes it
//! behind the room, where `output` points. Every length is checked, so wrong ones read nothing that
//! the caller did not write.
//!
//! No CORS rule is here: each export reads its input and calls `core`.

#![no_std]
#![cfg(target_arch = "wasm32")]

#[cfg(feature = "engine")]
mod at;
mod compile;
#[cfg(feature = "engine")]
mod decide;
#[cfg(feature = "engine")]
mod describe;
#[cfg(feature = "options")]
mod given;
mod json;
mod memory;
mod open;
mod output;
#[cfg(feature = "engine")]
mod response;
#[cfg(feature = "engine")]
mod shapes;
#[cfg(feature = "toml")]
mod text;
#[cfg(feature = "engine")]
mod vocabulary;

/// Nothing in `core` or here reaches a panic. If one is reached all the same, JavaScript gets a trap.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}
