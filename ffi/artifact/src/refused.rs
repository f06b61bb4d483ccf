//! What the libraries must not have: a reachable panic, an allocation, an undefined symbol. `ffi/tests/library.rs` compiles it with
//! `--cfg refused`, and must refuse it.

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
