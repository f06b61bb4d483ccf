//! The public suffix list, lent to the diagnosis: it says which hosts belong to one site.

use corsac_diagnose::Suffixes;

/// The list that core brings.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicSuffixList;

impl Suffixes for PublicSuffixList {
    fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
        corsac::registrable_domain(host)
    }
}
