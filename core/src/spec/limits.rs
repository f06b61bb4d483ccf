//! How much a policy may hold. Beyond each limit there is a finding.

/// Longest method or header name, in bytes.
pub(crate) const NAME_MAX: usize = 128;
/// Most methods.
pub(crate) const METHODS_MAX: usize = 64;
/// Most header names of one list.
pub(crate) const HEADERS_MAX: usize = 256;
/// Most prefixes among the request headers. Each is compared with every name that is not listed.
pub(crate) const PREFIXES_MAX: usize = 16;
/// Most address ranges among the patterns. Each is compared with every origin that has an address.
pub(crate) const RANGES_MAX: usize = 16;
/// Most public suffixes that a policy may name.
pub(crate) const SUFFIXES_MAX: usize = 256;
/// Longest max age, in seconds: a day. Firefox keeps a preflight no longer, and other browsers keep it for less.
pub(crate) const MAX_AGE_MAX: i64 = 86_400;
