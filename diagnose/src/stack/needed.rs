//! What a server must allow for one request.

/// What the server must allow, from the diagnosed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Needed {
    /// The origin of the page, as its browser sends it.
    pub(crate) origin: Vec<u8>,
    pub(crate) method: Vec<u8>,
    /// The request headers that need permission, in lower case.
    pub(crate) headers: Vec<Vec<u8>>,
    pub(crate) credentials: bool,
    /// The response headers that the script reads. It can be empty.
    pub(crate) exposed: Vec<Vec<u8>>,
    pub(crate) preflight: bool,
}
