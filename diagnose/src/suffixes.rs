//! The public suffix list that core brings, lent to the diagnosis: it says which hosts belong to one site.

use crate::Suffixes;

/// The list of core's feature `public-suffix`, as old as the build.
#[derive(Clone, Copy, Debug)]
pub struct PublicSuffixList;

impl Suffixes for PublicSuffixList {
    fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
        corsac::registrable_domain(host)
    }
}
