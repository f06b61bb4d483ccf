//! Which library this is.

use crate::bytes::corsac_bytes;

/// The version of this interface: it grows when a program that was built for the one before could go wrong.
pub const CORSAC_ABI_VERSION: u32 = 1;

/// The `CORSAC_ABI_VERSION` of the library that is linked. A program that loads it at run time compares the two.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_abi_version() -> u32 {
    CORSAC_ABI_VERSION
}

/// The version of the library that is linked: `0.1.0`; static.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_version() -> corsac_bytes {
    corsac_bytes::of(env!("CARGO_PKG_VERSION").as_bytes())
}
