//! The layer and its options.

use std::future::Future;
use std::sync::Arc;

use http::request::Parts;
use tower_layer::Layer;

use crate::body::{BodyFn, EmptyBody};
use crate::check::{Check, CheckResult};
use crate::config::Config;
use crate::denied::Denied;
use crate::log::Log;
use crate::policies::Policies;
use crate::service::Cors;
use crate::source::PolicySource;

/// Puts a policy around a service.
///
/// The layer responds to preflights, and writes the CORS headers of every other response. Add it
/// **outside** of authentication, because a preflight carries no credentials, and a 401 needs its
/// headers as much as a 200 does. In axum the layer that you add last is the outermost.
///
/// ```
/// use axum::{Router, routing::get};
/// use corsac::Policy;
/// use corsac_tower::CorsLayer;
///
/// static POLICY: Policy<&[u8]> = corsac_macros::policy! {
///     allow_origins: ["https://app.example.com"],
///     allow_methods: ["GET", "PUT"],
/// };
///
/// let app: Router = Router::new()
///     .route("/items", get(async || "[]"))
///     .layer(CorsLayer::new(POLICY));
/// ```
#[derive(Clone, Debug)]
#[must_use = "a layer does nothing until you add it to a service"]
pub struct CorsLayer<D = EmptyBody> {
    config: Arc<Config>,
    denial_body: D,
}

impl CorsLayer {
    /// A layer with this policy: a [`Policy`](corsac::Policy), a [`PolicySet`](corsac::PolicySet),
    /// [`Policies`], or a [`PolicyHandle`](crate::PolicyHandle) to replace it while serving.
    ///
    /// A set chooses its policy by the path of `request.uri()`, as your router sees it: inside of
    /// axum's `nest` that is the rest of the path.
    pub fn new(policy: impl Into<PolicySource>) -> Self {
        Self {
            config: Arc::new(Config { source: policy.into(), check: None, report_only: false, log: Arc::default() }),
            denial_body: EmptyBody,
        }
    }

    /// A layer that chooses the policy of each request, for example by its host. `None`: no policy
    /// applies, and nothing is changed.
    ///
    /// Compile the policies when you start, and return clones of them: a clone is cheap. A preflight
    /// has the method `OPTIONS`, and neither cookies nor `Authorization`, so don't choose by these.
    ///
    /// ```
    /// use corsac_tower::{CorsLayer, Policies};
    ///
    /// let tenant = Policies::from_text(r#"allow_origins = ["https://a.example"]"#)?;
    /// let layer = CorsLayer::per_request(move |parts| {
    ///     let host = parts.headers.get("host")?.as_bytes();
    ///     (host == b"a.api.example").then(|| tenant.clone())
    /// });
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn per_request(choose: impl Fn(&Parts) -> Option<Policies> + Send + Sync + 'static) -> Self {
        Self::new(PolicySource::chosen(choose))
    }
}

impl<D> CorsLayer<D> {
    /// Asks your function about an origin that no pattern matches, if the policy has
    /// `external_origins` on. It is never asked about an origin that the policy's switches would not
    /// let into its list, such as `null` with credentials.
    ///
    /// If it fails or panics, the origin is denied, the log says why, and your application still
    /// runs.
    ///
    /// ```
    /// use corsac_tower::{CorsLayer, Policies};
    ///
    /// let policy = Policies::from_text("allow_origins = []\nexternal_origins = true")?;
    /// let layer = CorsLayer::new(policy).origin_check(|origin, _parts| origin == "https://tenant.example");
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn origin_check<R: CheckResult>(self, check: impl Fn(&str, &Parts) -> R + Send + Sync + 'static) -> Self {
        self.with(|config| config.check = Some(Check::now(check)))
    }

    /// Like [`origin_check`](Self::origin_check), for a check that has to wait, for example for a
    /// data base.
    ///
    /// The inner service is called at once, and its future is polled when the check has its result.
    /// There is no time limit, because that would need a runtime: wrap the check in
    /// `tokio::time::timeout`, whose error denies.
    ///
    /// ```
    /// use corsac_tower::{CorsLayer, Policies};
    /// # async fn is_tenant(_origin: &str) -> Result<bool, std::io::Error> { Ok(true) }
    ///
    /// let policy = Policies::from_text("allow_origins = []\nexternal_origins = true")?;
    /// let layer = CorsLayer::new(policy).async_origin_check(|origin, _parts| async move { is_tenant(&origin).await });
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn async_origin_check<F>(self, check: impl Fn(String, &Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output: CheckResult> + Send + 'static,
    {
        self.with(|config| config.check = Some(Check::later(check)))
    }

    /// Changes nothing, and logs what the policy would decide and whether the application's own
    /// response passes. Each origin that is not listed is logged once, ready to paste. Preflights go
    /// on to the application.
    ///
    /// ```
    /// use corsac_tower::{CorsLayer, Policies};
    /// let policy = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
    /// let layer = CorsLayer::new(policy).report_only(true);
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn report_only(self, report_only: bool) -> Self {
        self.with(|config| config.report_only = report_only)
    }

    /// Calls your function for each denied request, instead of the event that the log gets by
    /// default. It is not called for a request of your own pages (`Sec-Fetch-Site`), because they
    /// can read the response without CORS.
    ///
    /// ```
    /// # let policy = corsac_tower::Policies::from_text(r#"allow_origins = ["https://a.example"]"#)?;
    /// let layer = corsac_tower::CorsLayer::new(policy).on_denial(|denied| {
    ///     // Increment a counter with the label `denied.denial().code()`.
    ///     eprintln!("{denied}");
    /// });
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn on_denial(self, hook: impl Fn(&Denied<'_>) + Send + Sync + 'static) -> Self {
        self.with(|config| config.log = Arc::new(Log::with_hook(hook)))
    }

    /// Writes the reason into the body of a denied preflight, if its status allows a body. Your
    /// function makes a body of the inner service's type from one line of `text/plain`. Without it
    /// the body is empty.
    ///
    /// ```
    /// # let policy = corsac_tower::Policies::from_text(r#"allow_origins = ["https://a.example"]"#)?;
    /// let layer = corsac_tower::CorsLayer::new(policy).denial_body(axum::body::Body::from);
    /// # let _ = layer;
    /// # Ok::<(), corsac_tower::Findings>(())
    /// ```
    pub fn denial_body<B, F: Fn(String) -> B>(self, body: F) -> CorsLayer<BodyFn<F>> {
        CorsLayer { config: self.config, denial_body: BodyFn(body) }
    }

    fn with(mut self, set: impl FnOnce(&mut Config)) -> Self {
        set(Arc::make_mut(&mut self.config));
        self
    }
}

impl<S, D: Clone> Layer<S> for CorsLayer<D> {
    type Service = Cors<S, D>;

    fn layer(&self, inner: S) -> Self::Service {
        Cors { inner, config: Arc::clone(&self.config), denial_body: self.denial_body.clone() }
    }
}
