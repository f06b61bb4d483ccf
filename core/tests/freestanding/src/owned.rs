//! What needs an allocator, exported with one that never has memory. That is enough to link: the
//! standard library would bring its own.

use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};

use corsac::{OwnedSpec, Policy, PolicySet};

use crate::Text;

struct NoMemory;

// SAFETY: it never returns memory, so there is nothing that it could do wrong.
unsafe impl GlobalAlloc for NoMemory {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NO_MEMORY: NoMemory = NoMemory;

/// Compiles a policy with this origin, and a policy file. Returns how long both images are.
///
/// # Safety
/// The bytes of both texts are valid during the call.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_owned(origin: Text, file: Text) -> usize {
    let Ok(origin) = core::str::from_utf8(origin.as_ref()) else { return 0 };
    let policy = OwnedSpec::new([origin]).allow_credentials(true).compile(|_| ());
    let set = PolicySet::from_toml(file, |_| ());
    let length = |policy: Policy<Vec<u8>>| policy.to_arc().image().len();
    policy.map_or(0, length) + set.map_or(0, |set| set.to_boxed().image().len())
}
