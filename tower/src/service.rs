//! The service: decides about each request before anything inside sees it.

use std::sync::Arc;
use std::task::{Context, Poll};

use corsac::Class;
use http::{Request, Response};
use tower_service::Service;

use crate::asking::Asking;
use crate::body::{DenialBody, EmptyBody};
use crate::config::Config;
use crate::decide::{Next, decide};
use crate::future::{ResponseFuture, Then};

/// A service behind a [`CorsLayer`](crate::CorsLayer).
///
/// If the inner service returns an error instead of a response, there is nothing to write headers
/// on, and the error goes on. Turn errors into responses inside of this layer: axum does, and
/// `CatchPanic` does it for panics.
///
/// ```
/// use std::convert::Infallible;
///
/// use corsac_tower::{Cors, CorsLayer, Policies};
/// use http::{Request, Response};
/// use tower::{Layer, ServiceExt, service_fn};
///
/// # #[tokio::main]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let policy = Policies::from_text(r#"allow_origins = ["https://app.example.com"]"#)?;
/// let application = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new("[]")));
/// let service: Cors<_> = CorsLayer::new(policy).layer(application);
/// let response = service.oneshot(Request::get("/items").header("origin", "https://app.example.com").body(())?).await?;
/// assert_eq!(response.headers()["access-control-allow-origin"], "https://app.example.com");
/// assert_eq!(*response.body(), "[]");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Cors<S, D = EmptyBody> {
    pub(crate) inner: S,
    pub(crate) config: Arc<Config>,
    pub(crate) denial_body: D,
}

/// Marks a request whose response a layer outside of this one governs.
#[derive(Clone, Copy)]
struct Governed;

impl<S, ReqBody, ResBody, D> Service<Request<ReqBody>> for Cors<S, D>
where
    S: Service<Request<ReqBody>, Response = Response<ResBody>>,
    ResBody: Default,
    D: DenialBody<ResBody> + Clone,
{
    type Response = Response<ResBody>;
    type Error = S::Error;
    type Future = ResponseFuture<S::Future, ResBody, D>;

    /// Ready when the inner service is, because most requests go on to it.
    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<ReqBody>) -> Self::Future {
        if request.extensions().get::<Governed>().is_some() {
            return ResponseFuture::new(Some(self.inner.call(request)), Then::Pass);
        }
        let (policies, mut request) = self.config.source.of(request);
        let next = policies
            .as_ref()
            .map_or(Next::Pass, |prepared| decide(&self.config, prepared, &request, None, &self.denial_body));
        match next {
            Next::Pass => ResponseFuture::new(Some(self.inner.call(request)), Then::Pass),
            Next::Respond(response) => ResponseFuture::new(None, Then::Respond(Some(response))),
            Next::Change(change) => {
                request.extensions_mut().insert(Governed);
                ResponseFuture::new(Some(self.inner.call(request)), Then::Change(change))
            }
            Next::Report(report) => {
                request.extensions_mut().insert(Governed);
                let then = Then::Report(report, Arc::clone(&self.config));
                ResponseFuture::new(Some(self.inner.call(request)), then)
            }
            Next::Ask(origin, place) => {
                let Some(prepared) = policies.map(|policies| Arc::clone(&policies)) else {
                    return ResponseFuture::new(Some(self.inner.call(request)), Then::Pass);
                };
                let (asking, mut request) =
                    Asking::new(&self.config, prepared, request, origin, place, self.denial_body.clone());
                request.extensions_mut().insert(Governed);
                let goes_on = asking.class() != Class::Preflight || self.config.report_only;
                let inner = goes_on.then(|| self.inner.call(request));
                ResponseFuture::new(inner, Then::Ask(Box::new(asking)))
            }
        }
    }
}
