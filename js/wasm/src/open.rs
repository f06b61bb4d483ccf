//! Opens the image of a policy or a set that was compiled elsewhere.

#[cfg(feature = "engine")]
use corsac::OpenError;
use corsac::{Field, Policy, PolicySet};

use crate::memory;
#[cfg(feature = "engine")]
use crate::output::line;

/// The image decides from now on.
#[cfg(feature = "engine")]
const OPENED: u32 = 0;
/// The output says why not; `u32::MAX` is [`BAD_CALL`].
#[cfg(feature = "engine")]
const BAD_CALL: u32 = u32::MAX;

/// Opens the image in the room. 0: it decides from now on. `u32::MAX`: there is an image already, or
/// the room is smaller. Any other number is the length of the output, which says why it was refused.
#[cfg(feature = "engine")]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn open(len: usize) -> u32 {
    let Some(image) = memory::input(len).filter(|_| memory::image_len() == 0) else { return BAD_CALL };
    let refused: OpenError = match PolicySet::open(image) {
        Ok(set) => {
            let len = set.image().len();
            memory::keep_input(len);
            return OPENED;
        }
        Err(refused) => refused,
    };
    line(refused) as u32
}

/// The policy or set of this instance. Without one, nothing is allowed.
pub(crate) fn policies() -> PolicySet<&'static [u8]> {
    PolicySet::from_compiled(memory::opened())
}

/// 1: the image is a set with paths. 0: it is a single policy.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn is_set() -> u32 {
    policies().is_set().into()
}

/// Whether the public suffix list has something to say. 0: no. 1: only warnings. 2: a wildcard with
/// credentials was not checked, so this policy must not be used yet.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn wants_suffixes() -> u32 {
    let wants = |policy: Policy<&[u8]>| match policy.needs_public_suffixes() {
        true if policy.allows_credentials() && !policy.is_on(Field::DangerouslyAllowPublicSuffixes) => 2,
        needs => needs.into(),
    };
    policies().tables().filter_map(|(_, policy)| policy).map(wants).max().unwrap_or(0)
}
