//! How much a policy may hold. An entry beyond a limit is a finding.

/// Longest method or header name, in bytes. A denial shows as many bytes of a request.
pub(crate) const NAME_MAX: usize = 128;
/// Most methods. The IANA registry has 40; each is compared with the requested one.
pub(crate) const METHODS_MAX: usize = 64;
/// Most header names of one list. More would never be used, because servers accept about 100
/// headers in a request.
pub(crate) const HEADERS_MAX: usize = 256;
/// Most prefixes among the request headers. Each is compared with every name that is not listed.
pub(crate) const PREFIXES_MAX: usize = 16;
/// Most address ranges among the patterns. Each is compared with every origin that has an address.
pub(crate) const RANGES_MAX: usize = 16;
/// Most public suffixes that a policy may name. Each is compared with every wildcard over a suffix.
pub(crate) const SUFFIXES_MAX: usize = 256;
/// Longest max age, in seconds: a day. Firefox keeps a preflight no longer, and other browsers keep
/// it for less.
pub(crate) const MAX_AGE_MAX: i64 = 86_400;
/// Most tables of a policy set. A set is opened as a whole, and no gateway that we have seen has
/// more paths.
pub(crate) const TABLES_MAX: usize = 4096;
/// Most policies of one path. An origin that none of them allows is looked up in each.
pub(crate) const POLICIES_MAX: usize = 8;
/// Longest path of a table in bytes. The index of paths has a bit for every length.
pub(crate) const PATH_MAX: usize = 255;
/// Most segments of such a path: a request's path is looked up once for each at the most.
pub(crate) const SEGMENTS_MAX: usize = 16;
