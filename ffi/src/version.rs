//! The version of this library.

use crate::bytes::corsac_bytes;

/// The version of this interface. It grows when a program that was built for the previous version could fail.
pub const CORSAC_ABI_VERSION: u32 = 1;

/// The `CORSAC_ABI_VERSION` of the linked library. A program that loads it at run time should compare the two.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_abi_version() -> u32 {
    CORSAC_ABI_VERSION
}

/// The version of the linked library: `0.1.0`. Static.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_version() -> corsac_bytes {
    corsac_bytes::of(env!("CARGO_PKG_VERSION").as_bytes())
}
