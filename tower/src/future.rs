//! The response, which may have to wait for an origin check and for the application.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use http::Response;
use pin_project_lite::pin_project;

use crate::asking::Asking;
use crate::body::DenialBody;
use crate::change::Change;
use crate::config::Config;
use crate::decide::Next;
use crate::report::Report;

pin_project! {
    /// The response of a [`Cors`](crate::Cors).
    ///
    /// ```
    /// use std::convert::Infallible;
    ///
    /// use corsac_tower::{CorsLayer, Policies, ResponseFuture};
    /// use http::{Request, Response};
    /// use tower::{Layer, Service, service_fn};
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let policy = Policies::from_text(r#"allow_origins = ["*"]"#)?;
    /// let application = service_fn(async |_: Request<()>| Ok::<_, Infallible>(Response::new("[]")));
    /// let mut service = CorsLayer::new(policy).layer(application);
    /// let future: ResponseFuture<_, _, _> = service.call(Request::get("/items").body(())?);
    /// assert_eq!(future.await?.headers()["access-control-allow-origin"], "*");
    /// # Ok(())
    /// # }
    /// ```
    pub struct ResponseFuture<F, B, D> {
        // `None`: the layer responds itself.
        #[pin]
        inner: Option<F>,
        then: Then<B, D>,
    }
}

/// What happens to the response of the inner service.
pub(crate) enum Then<B, D> {
    /// Nothing.
    Pass,
    /// The layer responds itself.
    Respond(Option<Response<B>>),
    /// Its headers are changed.
    Change(Change),
    /// It is compared with the decision.
    Report(Box<Report>, Arc<Config>),
    /// That is decided when the origin check has its result.
    Ask(Box<Asking<D>>),
}

impl<F, B, D> ResponseFuture<F, B, D> {
    pub(crate) fn new(inner: Option<F>, then: Then<B, D>) -> Self {
        Self { inner, then }
    }
}

impl<F, B, D, E> Future for ResponseFuture<F, B, D>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Default,
    D: DenialBody<B>,
{
    type Output = Result<Response<B>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Then::Ask(asking) = this.then {
            let (next, config) = ready!(asking.poll(context));
            *this.then = match next {
                Next::Respond(response) => Then::Respond(Some(response)),
                Next::Change(change) => Then::Change(change),
                Next::Report(report) => Then::Report(report, config),
                Next::Pass | Next::Ask(..) => Then::Pass,
            };
        }
        let mut response = match this.inner.as_pin_mut() {
            Some(inner) => ready!(inner.poll(context))?,
            None => match this.then {
                Then::Respond(response) => return Poll::Ready(Ok(response.take().expect("polled after it was ready"))),
                _ => unreachable!("a request without a response of the layer goes on to the inner service"),
            },
        };
        match std::mem::replace(this.then, Then::Pass) {
            Then::Change(change) => change.write(response.headers_mut()),
            Then::Report(report, config) => report.log(&config.log, response.status().as_u16(), response.headers()),
            Then::Pass | Then::Respond(_) | Then::Ask(_) => {}
        }
        Poll::Ready(Ok(response))
    }
}

impl<F, B, D> fmt::Debug for ResponseFuture<F, B, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").finish_non_exhaustive()
    }
}
