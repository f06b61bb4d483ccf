//! The options of a policy as the rules read them: from a spec that is compiled, or from an image
//! that is opened.

/// The options that are not lists.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    pub(crate) methods_are_default: bool,
    pub(crate) credentials: bool,
    pub(crate) max_age: Option<i64>,
    pub(crate) preflight_status: i64,
    pub(crate) denied_preflight_status: Option<i64>,
    pub(crate) external_origins: bool,
    pub(crate) timing: bool,
    pub(crate) private_network: bool,
    pub(crate) null_origin: bool,
    pub(crate) insecure_origins: bool,
    /// Whether every public suffix is allowed, not only the listed ones.
    pub(crate) public_suffixes: bool,
    /// Whether the wildcards were checked with the public suffix list before. If so, they are not
    /// checked again, so that a newer list does not stop a server when it is upgraded.
    pub(crate) suffixes_checked: bool,
}

/// The options of one policy.
pub(crate) trait Source {
    /// Whether a person reads the findings. Opening an image needs only the codes of errors, and a
    /// program that only opens images is smaller without the rest.
    const IS_READ: bool = true;

    fn origins(&self) -> impl Iterator<Item = &[u8]>;
    fn methods(&self) -> impl Iterator<Item = &[u8]>;
    fn request_headers(&self) -> impl Iterator<Item = &[u8]>;
    fn exposed_headers(&self) -> impl Iterator<Item = &[u8]>;
    /// The public suffixes that wildcards may be over with credentials.
    fn public_suffixes(&self) -> impl Iterator<Item = &[u8]>;
    fn options(&self) -> Options;
}

/// Whether an entry of the request headers is a prefix, such as `x-amz-meta-*`.
pub(crate) fn is_prefix(entry: &[u8]) -> bool {
    entry.len() > 1 && entry.ends_with(b"*")
}
