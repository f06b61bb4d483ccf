//! A policy or a policy set, prepared for serving: its image, and the header values that every
//! response repeats.

use std::fmt;
use std::sync::Arc;

use corsac::{Findings, OpenError, PathPolicies, Policy, PolicySet};

use crate::kept::Kept;
use crate::log::{self, ReplacedLog};
use crate::values::PolicyValues;

/// A policy or a policy set, ready to serve. It is cheap to clone, and it never changes.
///
/// You get one from a [`Policy`] or a [`PolicySet`], from an image, or from the text of a policy
/// file. Each way checks the whole policy, so a wrong one stops your server at its start.
///
/// ```
/// use corsac_tower::Policies;
///
/// let policies = Policies::from_text(r#"
///     allow_origins = ["https://app.example.com"]
///     allow_methods = ["GET", "PUT"]
/// "#)?;
/// # let _ = policies;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
#[derive(Clone)]
pub struct Policies(pub(crate) Arc<Prepared>);

impl Policies {
    /// Opens the image of a policy or a set, as `corsac compile` writes it.
    ///
    /// # Errors
    /// The bytes are not the image of a policy that compiles.
    ///
    /// ```
    /// use corsac_tower::Policies;
    /// assert!(Policies::open(*b"not an image").is_err());
    /// ```
    pub fn open(image: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<Self, OpenError> {
        PolicySet::open(image).map(Self::from)
    }

    /// Reads the text of a policy file: the options of one policy, or `[[policy]]` tables.
    ///
    /// The warnings go to [`tracing`] with the target `corsac`.
    ///
    /// # Errors
    /// Every error and every warning, each with its line.
    ///
    /// ```
    /// use corsac_tower::Policies;
    /// let error = Policies::from_text(r#"allow_origins = ["https://app.example.com/"]"#).unwrap_err();
    /// assert!(error.to_string().contains("https://app.example.com"));
    /// ```
    pub fn from_text(text: &str) -> Result<Self, Findings> {
        PolicySet::from_toml(text, log::warning).map(Self::from)
    }
}

impl<B: AsRef<[u8]> + Send + Sync + 'static> From<Policy<B>> for Policies {
    fn from(policy: Policy<B>) -> Self {
        PolicySet::from(policy).into()
    }
}

impl<B: AsRef<[u8]> + Send + Sync + 'static> From<PolicySet<B>> for Policies {
    fn from(set: PolicySet<B>) -> Self {
        Self(Arc::new(Prepared::new(set)))
    }
}

/// Paths and policies, never the image.
impl fmt::Debug for Policies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Policies").field(&self.0.image.set()).finish()
    }
}

/// A set in any storage.
trait Image: Send + Sync {
    fn set(&self) -> PolicySet<&[u8]>;
}

impl<B: AsRef<[u8]> + Send + Sync> Image for PolicySet<B> {
    fn set(&self) -> PolicySet<&[u8]> {
        self.as_view()
    }
}

/// A policy set with what is made once, so that no request makes it again.
pub(crate) struct Prepared {
    image: Box<dyn Image>,
    pub(crate) values: PolicyValues,
    pub(crate) replaced: Arc<ReplacedLog>,
    /// Of each table.
    tables: Vec<Table>,
}

/// What is kept of a policy in a set.
pub(crate) struct Table {
    /// Its path, for the log.
    pub(crate) path: Arc<str>,
    pub(crate) kept: Kept,
}

impl Prepared {
    fn new<B: AsRef<[u8]> + Send + Sync + 'static>(set: PolicySet<B>) -> Self {
        let values = PolicyValues::new(&set);
        let table = |path| Table { path: String::from_utf8_lossy(path).into(), kept: Kept::default() };
        let tables = set.tables().map(|(path, _)| table(path)).collect();
        Self { image: Box::new(set), values, replaced: Arc::default(), tables }
    }

    pub(crate) fn set(&self) -> PolicySet<&[u8]> {
        self.image.set()
    }

    /// The table that decides first, and whether it alone decides.
    pub(crate) fn first(&self, policies: &PathPolicies<'_>) -> Option<(&Table, bool)> {
        let mut tables = policies.policies();
        let (table, _) = tables.next()?;
        self.tables.get(table).map(|table| (table, tables.next().is_none()))
    }
}
