//! The tables of a policy set, as a person wrote them: several policies, chosen by path and by
//! origin.

use crate::spec::policy_spec::{PolicySpec, copy_of_references};

/// One table of a policy set: a path, and the policy of everything at and below it.
///
/// You write the path decoded and in whole segments: `/account` matches `/account` and
/// `/account/…`, but not `/accounts`. It has at most 255 bytes and 16 segments, no `%`, `?`, `#`,
/// `*` or `\`, no empty segment, no `.` or `..`, and no slash at the end. `/` matches every path
/// that no longer one matches.
///
/// ```
/// use corsac::{PolicySpec, PolicyTable};
/// let table = PolicyTable::new("/account", PolicySpec::new(&["https://account.example.com"]));
/// assert_eq!((table.path, table.policy.is_some()), (b"/account".as_slice(), true));
/// assert!(PolicyTable::<&str>::untouched("/account/raw").policy.is_none());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct PolicyTable<'a, S: AsRef<[u8]> = &'a str> {
    /// The path that the table is for.
    pub path: &'a [u8],
    /// The policy; `None` (`cors = false` in a file) leaves the path untouched.
    pub policy: Option<PolicySpec<'a, S>>,
}

impl<'a, S: AsRef<[u8]>> PolicyTable<'a, S> {
    /// A policy for this path.
    #[must_use]
    pub fn new<P: AsRef<[u8]> + ?Sized>(path: &'a P, policy: PolicySpec<'a, S>) -> Self {
        Self { path: path.as_ref(), policy: Some(policy) }
    }

    /// A path without a policy, although a shorter path may have one. Nothing is decided for it,
    /// and you write no header.
    #[must_use]
    pub fn untouched<P: AsRef<[u8]> + ?Sized>(path: &'a P) -> Self {
        Self { path: path.as_ref(), policy: None }
    }
}

/// The tables of a policy set, in their order. Nothing is checked before
/// [`PolicySetSpec::compile`].
///
/// * **Path**: the longest path that matches whole segments decides. A request never falls through
///   to a shorter one.
/// * **Origin**: at most 8 tables can have the same path. They are asked in their order, and the
///   first that allows the request's origin decides everything. A request without an `Origin` is
///   decided by the one that allows any origin, or else by the first.
///
/// A set has at most 4096 tables.
///
/// ```
/// use corsac::{PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
///
/// let account = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://account.example.com"]) };
/// let tables = [
///     PolicyTable::new("/account", account),
///     PolicyTable::new("/", PolicySpec::new(&["https://app.example.com"])),
///     // The same path again: for origins that no policy above it allows.
///     PolicyTable::new("/", PolicySpec::new(&["*"])),
/// ];
/// let set = PolicySetSpec::new(&tables).compile([0; 2048], |finding| eprintln!("{finding}"))?;
///
/// let request = Request::from_lines("GET", [("Origin", "https://stranger.example")]);
/// let decide = |path| set.evaluate(&RequestPath::decoded(path), &request);
/// assert!(!decide("/account/cards").unwrap().is_allowed());
/// assert!(decide("/news").unwrap().is_allowed());
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct PolicySetSpec<'a, S: AsRef<[u8]> = &'a str> {
    /// The tables.
    pub tables: &'a [PolicyTable<'a, S>],
}

copy_of_references! { PolicyTable PolicySetSpec }

/// The tables of a set, wherever the caller keeps them: `corsac-ffi` has an array of C structs and
/// no memory to copy it to.
#[doc(hidden)]
pub trait Tables {
    /// An entry of a list.
    type Text: AsRef<[u8]>;

    /// The number of tables.
    fn count(&self) -> usize;

    /// The path of a table, from 0.
    fn path(&self, table: usize) -> &[u8];

    /// The policy of a table. `None`: the path has none.
    fn policy(&self, table: usize) -> Option<PolicySpec<'_, Self::Text>>;
}

impl<S: AsRef<[u8]>> Tables for PolicySetSpec<'_, S> {
    type Text = S;

    fn count(&self) -> usize {
        self.tables.len()
    }

    fn path(&self, table: usize) -> &[u8] {
        self.tables.get(table).map_or(&[], |table| table.path)
    }

    fn policy(&self, table: usize) -> Option<PolicySpec<'_, S>> {
        self.tables.get(table)?.policy
    }
}

impl<'a, S: AsRef<[u8]>> PolicySetSpec<'a, S> {
    /// A set of these tables.
    #[must_use]
    pub const fn new(tables: &'a [PolicyTable<'a, S>]) -> Self {
        Self { tables }
    }
}
