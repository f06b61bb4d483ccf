//! The public suffix list that core brings, lent to the diagnosis: it says which hosts belong to one site.

use crate::Suffixes;

/// The list of core's feature `public-suffix`, as old as the build.
///
/// ```
/// use corsac_diagnose::{PublicSuffixList, Suffixes};
/// assert_eq!(PublicSuffixList.registrable_domain("www.example.co.uk"), Some("example.co.uk"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct PublicSuffixList;

impl Suffixes for PublicSuffixList {
    fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
        corsac::registrable_domain(host)
    }
}
