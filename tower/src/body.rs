//! The body of a denied preflight: empty, or made by your function.

/// Makes the body of a denied preflight.
///
/// You rarely name this trait. [`EmptyBody`] is the default, and
/// [`CorsLayer::denial_body`](crate::CorsLayer::denial_body) takes a function instead.
///
/// ```
/// use corsac_tower::{DenialBody, EmptyBody};
/// fn has_body(bodies: &impl DenialBody<String>) -> bool {
///     bodies.body(&"origin \"https://other.example\" is not allowed").is_some()
/// }
/// assert!(!has_body(&EmptyBody));
/// ```
pub trait DenialBody<B> {
    /// The body, or `None` for an empty one. `reason` is one line.
    fn body(&self, reason: &dyn std::fmt::Display) -> Option<B>;
}

/// Every denied preflight has an empty body.
///
/// ```
/// use corsac_tower::{CorsLayer, EmptyBody, Policies};
/// # let policy = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let layer: CorsLayer<EmptyBody> = CorsLayer::new(policy);
/// # let _ = layer;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct EmptyBody;

impl<B> DenialBody<B> for EmptyBody {
    fn body(&self, _: &dyn std::fmt::Display) -> Option<B> {
        None
    }
}

/// The body is made by a function.
///
/// ```
/// use axum::body::Body;
/// use corsac_tower::{BodyFn, CorsLayer, Policies};
/// # let policy = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let layer: CorsLayer<BodyFn<fn(String) -> Body>> = CorsLayer::new(policy).denial_body(Body::from);
/// # let _ = layer;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
#[derive(Clone, Copy)]
pub struct BodyFn<F>(pub(crate) F);

impl<B, F: Fn(String) -> B> DenialBody<B> for BodyFn<F> {
    fn body(&self, reason: &dyn std::fmt::Display) -> Option<B> {
        Some((self.0)(format!("{reason}\n")))
    }
}

impl<F> std::fmt::Debug for BodyFn<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BodyFn")
    }
}
