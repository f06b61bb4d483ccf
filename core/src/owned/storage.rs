//! Storage with an allocator: compiling into a `Vec`, and the same policy in other storage without
//! checking it again.

use alloc::boxed::Box;
#[cfg(target_has_atomic = "ptr")]
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;

use crate::owned::findings::{Findings, OwnedFinding};
use crate::policy::compile::CompileError;
use crate::policy::handle::Policy;
use crate::policy::set::PolicySet;
use crate::spec::finding::Severity;

/// Runs a compiler in a `Vec` of `needed` bytes, and cuts the `Vec` to the length of the image,
/// which the compiler returns.
pub(crate) fn compile_vec(
    needed: usize,
    mut on_warning: impl FnMut(&OwnedFinding),
    compile: impl FnOnce(&mut [u8], &mut dyn FnMut(OwnedFinding)) -> Result<usize, CompileError>,
) -> Result<Vec<u8>, Findings> {
    // An image of 4 GiB or more is refused anyway.
    let needed = if u32::try_from(needed).is_ok() { needed } else { 0 };
    let mut storage = vec![0; needed];
    let mut findings = Vec::new();
    match compile(&mut storage, &mut |finding| findings.push(finding)) {
        Ok(length) => {
            findings.iter().filter(|finding| finding.severity == Severity::Warning).for_each(&mut on_warning);
            storage.truncate(length);
            storage.shrink_to_fit();
            Ok(storage)
        }
        Err(error) => Err(Findings::of(findings, error)),
    }
}

/// The same image in other storage. Only these copies exist, and no function takes a closure,
/// because other bytes would have to be checked again.
macro_rules! conversions {
    ($($name:ident)+) => {$(
        impl<B: AsRef<[u8]>> $name<B> {
            /// The same, in a `Vec` of its own. The bytes are copied and not checked again.
            ///
            /// ```
            /// let policy = corsac::PolicySpec::new(&["https://app.example.com"]).compile([0; 1024], |_| ())?;
            /// assert_eq!(policy.to_vec().into_inner(), policy.image());
            /// # Ok::<(), corsac::CompileError>(())
            /// ```
            #[must_use]
            pub fn to_vec(&self) -> $name<Vec<u8>> {
                $name::compiled(self.image().to_vec())
            }

            /// The same, in a `Box` of its own. The bytes are copied and not checked again.
            ///
            /// ```
            /// let policy = corsac::PolicySpec::new(&["https://app.example.com"]).compile([0; 1024], |_| ())?;
            /// let forever: &'static corsac::Policy<Box<[u8]>> = Box::leak(Box::new(policy.to_boxed()));
            /// assert_eq!(forever.image(), policy.image());
            /// # Ok::<(), corsac::CompileError>(())
            /// ```
            #[must_use]
            pub fn to_boxed(&self) -> $name<Box<[u8]>> {
                $name::compiled(self.image().into())
            }

            /// The same, in an `Arc`, which is cheap to clone. The bytes are copied and not checked
            /// again.
            ///
            /// ```
            /// let policy = corsac::PolicySpec::new(&["https://app.example.com"]).compile([0; 1024], |_| ())?;
            /// let shared = policy.to_arc();
            /// let other = shared.clone();
            /// std::thread::spawn(move || assert!(!other.is_any_origin())).join().unwrap();
            /// # Ok::<(), corsac::CompileError>(())
            /// ```
            #[cfg(target_has_atomic = "ptr")]
            #[must_use]
            pub fn to_arc(&self) -> $name<Arc<[u8]>> {
                $name::compiled(self.image().into())
            }
        }

        impl From<$name<Vec<u8>>> for $name<Box<[u8]>> {
            fn from(owned: $name<Vec<u8>>) -> Self {
                let length = owned.image().len();
                let mut bytes = owned.into_inner();
                bytes.truncate(length);
                Self::compiled(bytes.into_boxed_slice())
            }
        }

        #[cfg(target_has_atomic = "ptr")]
        impl From<$name<Vec<u8>>> for $name<Arc<[u8]>> {
            fn from(owned: $name<Vec<u8>>) -> Self {
                owned.to_arc()
            }
        }
    )+};
}

conversions! { Policy PolicySet }
