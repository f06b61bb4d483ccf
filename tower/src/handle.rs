//! A policy that is replaced while the server runs.

use std::fmt;
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use corsac::{Findings, OpenError};

use crate::policies::{Policies, Prepared};

/// Holds the policy of a layer, so that you can replace it while serving.
///
/// Give a clone to [`CorsLayer::new`](crate::CorsLayer::new) and keep the other. A request that has
/// begun keeps its decision; every later one gets the new policy. A wrong policy is refused, and
/// the old one stays.
///
/// ```
/// use corsac_tower::{CorsLayer, Policies, PolicyHandle};
///
/// let first = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let handle = PolicyHandle::new(first);
/// let layer = CorsLayer::new(handle.clone());
///
/// // Later, for example when the process gets SIGHUP:
/// handle.replace_text(r#"allow_origins = ["https://app.example.com", "https://shop.example.com"]"#)?;
/// assert!(handle.replace_text(r#"allow_origins = ["shop.example.com"]"#).is_err());
/// # let _ = layer;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
#[derive(Clone)]
pub struct PolicyHandle(Arc<ArcSwap<Prepared>>);

impl PolicyHandle {
    /// Holds this policy.
    #[must_use]
    pub fn new(policies: impl Into<Policies>) -> Self {
        Self(Arc::new(ArcSwap::new(policies.into().0)))
    }

    /// The policy that decides now.
    ///
    /// ```
    /// use corsac_tower::{Policies, PolicyHandle};
    /// let handle = PolicyHandle::new(Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?);
    /// let before = handle.policies();
    /// handle.replace(Policies::from_text(r#"allow_origins = ["*"]"#)?);
    /// assert_ne!(format!("{:?}", handle.policies()), format!("{before:?}"));
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    #[must_use]
    pub fn policies(&self) -> Policies {
        Policies(self.0.load_full())
    }

    /// Replaces the policy.
    pub fn replace(&self, policies: impl Into<Policies>) {
        self.0.store(policies.into().0);
    }

    /// Replaces the policy with that of a policy file's text.
    ///
    /// # Errors
    /// Those of [`Policies::from_text`]. The old policy stays.
    pub fn replace_text(&self, text: &str) -> Result<(), Findings> {
        Policies::from_text(text).map(|policies| self.replace(policies))
    }

    /// Replaces the policy with that of an image.
    ///
    /// # Errors
    /// Those of [`Policies::open`]. The old policy stays.
    ///
    /// ```
    /// use corsac::{OpenError, OwnedSpec};
    /// use corsac_tower::PolicyHandle;
    /// let handle = PolicyHandle::new(OwnedSpec::new(["https://app.example.com"]).compile(|_| ())?);
    /// let shop = OwnedSpec::new(["https://shop.example.com"]).compile(|_| ())?;
    /// assert!(handle.replace_image(shop.into_inner()).is_ok());
    /// assert_eq!(handle.replace_image("half of a file").unwrap_err(), OpenError::NotAnImage);
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn replace_image(&self, image: impl AsRef<[u8]> + Send + Sync + 'static) -> Result<(), OpenError> {
        Policies::open(image).map(|policies| self.replace(policies))
    }

    pub(crate) fn load(&self) -> Guard<Arc<Prepared>> {
        self.0.load()
    }
}

impl fmt::Debug for PolicyHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PolicyHandle").field(&self.policies()).finish()
    }
}
