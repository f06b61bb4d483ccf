//! A request whose origin is being checked.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use corsac::Class;
use http::Request;

use crate::body::DenialBody;
use crate::check::{BoxError, Checked};
use crate::config::Config;
use crate::decide::{Next, decide};
use crate::denied::Head;
use crate::log::Place;
use crate::policies::Prepared;

/// What the decision needs, kept until the check has its result.
pub(crate) struct Asking<D> {
    config: Arc<Config>,
    prepared: Arc<Prepared>,
    /// The request without its body, because the application takes the request.
    kept: Request<()>,
    origin: String,
    place: Place,
    checked: Option<Checked>,
    denial_body: D,
}

impl<D> Asking<D> {
    /// Asks the check of the layer.
    pub(crate) fn new<B>(
        config: &Arc<Config>,
        prepared: Arc<Prepared>,
        request: Request<B>,
        origin: String,
        place: Place,
        denial_body: D,
    ) -> (Self, Request<B>) {
        let (parts, body) = request.into_parts();
        let checked = config.check.as_ref().map(|check| check.ask(&origin, &parts));
        let mut kept = Request::new(());
        *kept.method_mut() = parts.method.clone();
        *kept.uri_mut() = parts.uri.clone();
        *kept.headers_mut() = parts.headers.clone();
        *kept.extensions_mut() = parts.extensions.clone();
        let asking = Self { config: Arc::clone(config), prepared, kept, origin, place, checked, denial_body };
        (asking, Request::from_parts(parts, body))
    }

    /// What the request is to the CORS protocol.
    pub(crate) fn class(&self) -> Class {
        corsac::Request::from_lines(self.kept.method().as_str(), self.kept.headers()).class()
    }

    /// Waits for the check, and decides.
    pub(crate) fn poll<B: Default>(&mut self, context: &mut Context<'_>) -> Poll<(Next<B>, Arc<Config>)>
    where
        D: DenialBody<B>,
    {
        let outcome = match self.checked.take() {
            None => Ok(false),
            Some(Checked::Known(outcome)) => outcome,
            Some(Checked::Later(mut waiting)) => match Pin::new(&mut waiting).poll(context) {
                Poll::Ready(outcome) => outcome,
                Poll::Pending => {
                    self.checked = Some(Checked::Later(waiting));
                    return Poll::Pending;
                }
            },
        };
        let is_admitted = outcome.unwrap_or_else(|error| self.failed(&error));
        let next = decide(&self.config, &self.prepared, &self.kept, Some(is_admitted), &self.denial_body);
        Poll::Ready((next, Arc::clone(&self.config)))
    }

    fn failed(&self, error: &BoxError) -> bool {
        self.config.log.failed(self.place.clone(), self.origin.as_bytes(), error, &Head::from(&self.kept));
        false
    }
}

impl<D> fmt::Debug for Asking<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asking").finish_non_exhaustive()
    }
}
