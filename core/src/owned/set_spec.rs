//! The tables of a policy set in memory of their own.

use alloc::string::String;
use alloc::vec::Vec;

use crate::owned::findings::{Findings, OwnedFinding};
use crate::owned::spec::OwnedSpec;
use crate::owned::storage::compile_vec;
use crate::policy::compile_set::{compile_set, set_image_len};
use crate::policy::set::PolicySet;
use crate::spec::policy_set_spec::{PolicySetSpec, Tables};
use crate::spec::policy_spec::PolicySpec;

/// One table of a policy set, like [`PolicyTable`](crate::PolicyTable), but it owns its texts.
///
/// ```
/// use corsac::{OwnedSpec, OwnedTable};
/// let table = OwnedTable::new("/api", OwnedSpec::new(["https://app.example.com"]).max_age(600));
/// assert_eq!(table.policy.and_then(|policy| policy.max_age), Some(600));
/// assert_eq!(OwnedTable::untouched("/internal").policy, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedTable {
    /// The path that the table is for. `/` is every path that no longer one matches.
    pub path: String,
    /// The policy; `None` (`cors = false` in a file) leaves the path untouched.
    pub policy: Option<OwnedSpec>,
}

impl OwnedTable {
    /// A policy for this path.
    #[must_use]
    pub fn new(path: impl Into<String>, policy: OwnedSpec) -> Self {
        Self { path: path.into(), policy: Some(policy) }
    }

    /// A path without a policy, although a shorter path may have one.
    #[must_use]
    pub fn untouched(path: impl Into<String>) -> Self {
        Self { path: path.into(), policy: None }
    }
}

/// The tables of a policy set in their order, like [`PolicySetSpec`], but it owns its texts. With
/// the feature `serde`, it deserialises from `policy`, the list of tables in a policy file.
///
/// ```
/// use corsac::{OwnedSetSpec, OwnedSpec, OwnedTable, Request, RequestPath};
///
/// let account = OwnedSpec::new(["https://account.example.com"]).allow_credentials(true);
/// let set = OwnedSetSpec::new([
///     OwnedTable::new("/account", account),
///     OwnedTable::untouched("/internal"),
///     OwnedTable::new("/", OwnedSpec::new(["*"])),
/// ])
/// .compile(|warning| eprintln!("{warning}"))?;
///
/// let request = Request::from_lines("GET", [("Origin", "https://stranger.example")]);
/// assert!(set.evaluate(&RequestPath::decoded("/news"), &request).unwrap().is_allowed());
/// assert!(set.evaluate(&RequestPath::decoded("/internal"), &request).is_none());
/// # Ok::<(), corsac::Findings>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnedSetSpec {
    /// The tables.
    pub tables: Vec<OwnedTable>,
}

impl OwnedSetSpec {
    /// A set of these tables.
    #[must_use]
    pub fn new(tables: impl IntoIterator<Item = OwnedTable>) -> Self {
        Self { tables: tables.into_iter().collect() }
    }

    /// Compiles the set. `on_warning` gets every warning if it compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning.
    pub fn compile(&self, on_warning: impl FnMut(&OwnedFinding)) -> Result<PolicySet<Vec<u8>>, Findings> {
        compile_tables(self, on_warning)
    }
}

impl<S: AsRef<[u8]>> PolicySetSpec<'_, S> {
    /// Compiles the set into a `Vec` of the right length. `on_warning` gets every warning if it
    /// compiles.
    ///
    /// # Errors
    /// [`Findings`]: every error and every warning.
    ///
    /// ```
    /// use corsac::{PolicySetSpec, PolicySpec, PolicyTable};
    /// let tables = [PolicyTable::new("/api", PolicySpec::new(&["https://app.example.com"]))];
    /// let set = PolicySetSpec::new(&tables).compile_vec(|warning| eprintln!("{warning}"))?;
    /// assert_eq!(set.tables().count(), 1);
    /// # Ok::<(), corsac::Findings>(())
    /// ```
    pub fn compile_vec(&self, on_warning: impl FnMut(&OwnedFinding)) -> Result<PolicySet<Vec<u8>>, Findings> {
        compile_tables(self, on_warning)
    }
}

fn compile_tables(tables: &impl Tables, on_warning: impl FnMut(&OwnedFinding)) -> Result<PolicySet<Vec<u8>>, Findings> {
    compile_vec(set_image_len(tables), on_warning, |storage, on_finding| {
        Ok(compile_set(tables, storage, |finding| on_finding(finding.into()))?.image().len())
    })
    .map(PolicySet::compiled)
}

impl Tables for OwnedSetSpec {
    type Text = String;

    fn count(&self) -> usize {
        self.tables.len()
    }

    fn path(&self, table: usize) -> &[u8] {
        self.tables.get(table).map_or(&[], |table| table.path.as_bytes())
    }

    fn policy(&self, table: usize) -> Option<PolicySpec<'_, String>> {
        self.tables.get(table)?.policy.as_ref().map(OwnedSpec::as_spec)
    }
}
