//! What the libraries must not have, to see that `ffi/tests/library.rs` refuses it: a reachable panic, an allocation, a symbol that
//! nobody defines. Compiled with `--cfg refused` alone.

unsafe extern "C" {
    safe fn malloc(size: usize) -> *mut u8;
    safe fn corsac_defined_nowhere();
}

#[unsafe(no_mangle)]
pub extern "C" fn corsac_refused_allocation(size: usize) -> *mut u8 {
    corsac_defined_nowhere();
    malloc(size)
}

/// An index that nothing bounds.
#[unsafe(no_mangle)]
pub extern "C" fn corsac_refused_panic(at: usize) -> u8 {
    corsac_ffi::CORSAC_ABI_VERSION.to_le_bytes()[at]
}
