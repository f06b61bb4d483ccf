//! Where a layer gets the policy of a request from.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use arc_swap::Guard;
use corsac::{Policy, PolicySet};
use http::Request;
use http::request::Parts;

use crate::handle::PolicyHandle;
use crate::policies::{Policies, Prepared};

type Choose = dyn Fn(&Parts) -> Option<Policies> + Send + Sync;

/// The policy of a [`CorsLayer`](crate::CorsLayer): one for every request, one that you can
/// replace, or one that you choose for each request.
///
/// You rarely name this type, because [`CorsLayer::new`](crate::CorsLayer::new) converts into it.
///
/// ```
/// use corsac_tower::{CorsLayer, Policies, PolicyHandle, PolicySource};
/// fn layer(policy: impl Into<PolicySource>) -> CorsLayer {
///     CorsLayer::new(policy).report_only(cfg!(debug_assertions))
/// }
/// let policies = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let layers = [layer(policies.clone()), layer(PolicyHandle::new(policies))];
/// # let _ = layers;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
#[derive(Clone)]
pub struct PolicySource(Kind);

#[derive(Clone)]
enum Kind {
    Fixed(Policies),
    Held(PolicyHandle),
    Chosen(Arc<Choose>),
}

impl PolicySource {
    pub(crate) fn chosen(choose: impl Fn(&Parts) -> Option<Policies> + Send + Sync + 'static) -> Self {
        Self(Kind::Chosen(Arc::new(choose)))
    }

    /// The policy of a request. `None`: no policy applies to it.
    #[inline]
    pub(crate) fn of<B>(&self, request: Request<B>) -> (Option<Found<'_>>, Request<B>) {
        match &self.0 {
            Kind::Fixed(policies) => (Some(Found::Lent(&policies.0)), request),
            Kind::Held(handle) => (Some(Found::Held(handle.load())), request),
            Kind::Chosen(choose) => {
                let (parts, body) = request.into_parts();
                let chosen = choose(&parts).map(|policies| Found::Held(Guard::from_inner(policies.0)));
                (chosen, Request::from_parts(parts, body))
            }
        }
    }
}

/// The policy of a request.
pub(crate) enum Found<'s> {
    /// That of the layer.
    Lent(&'s Arc<Prepared>),
    /// One that may be replaced meanwhile.
    Held(Guard<Arc<Prepared>>),
}

impl Deref for Found<'_> {
    type Target = Arc<Prepared>;

    #[inline]
    fn deref(&self) -> &Arc<Prepared> {
        match self {
            Self::Lent(prepared) => prepared,
            Self::Held(prepared) => prepared,
        }
    }
}

impl From<Policies> for PolicySource {
    fn from(policies: Policies) -> Self {
        Self(Kind::Fixed(policies))
    }
}

impl<B: AsRef<[u8]> + Send + Sync + 'static> From<Policy<B>> for PolicySource {
    fn from(policy: Policy<B>) -> Self {
        Policies::from(policy).into()
    }
}

impl<B: AsRef<[u8]> + Send + Sync + 'static> From<PolicySet<B>> for PolicySource {
    fn from(set: PolicySet<B>) -> Self {
        Policies::from(set).into()
    }
}

impl From<PolicyHandle> for PolicySource {
    fn from(handle: PolicyHandle) -> Self {
        Self(Kind::Held(handle))
    }
}

impl fmt::Debug for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Fixed(policies) => policies.fmt(f),
            Kind::Held(handle) => handle.fmt(f),
            Kind::Chosen(_) => f.write_str("chosen for each request"),
        }
    }
}
