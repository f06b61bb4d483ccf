//! Your own check of origins that no pattern matches. One that fails or panics denies.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;

/// An error of any type.
///
/// ```
/// use corsac_tower::{BoxError, CorsLayer, Policies};
/// # let policy = Policies::from_text("allow_origins = []\nexternal_origins = true")?;
/// fn is_tenant(origin: &str) -> Result<bool, BoxError> {
///     let tenants = std::fs::read_to_string("tenants.txt")?;
///     Ok(tenants.lines().any(|tenant| tenant == origin))
/// }
/// let layer = CorsLayer::new(policy).origin_check(|origin, _parts| is_tenant(origin));
/// assert!(is_tenant("https://tenant.example").is_err());
/// # let _ = layer;
/// # Ok::<(), corsac_tower::Findings>(())
/// ```
pub type BoxError = Box<dyn Error + Send + Sync>;

/// What an origin check returns: `bool`, or a `Result` of it.
///
/// An error denies the origin and is logged.
///
/// ```
/// use corsac_tower::CheckResult;
/// assert!(true.into_result().is_ok_and(|is_allowed| is_allowed));
/// let error = Err("the data base has gone").into_result().unwrap_err();
/// assert_eq!(error.to_string(), "the data base has gone");
/// ```
pub trait CheckResult {
    /// The same as a `Result`.
    ///
    /// # Errors
    /// What kept the check from its result.
    fn into_result(self) -> Result<bool, BoxError>;
}

impl CheckResult for bool {
    fn into_result(self) -> Result<bool, BoxError> {
        Ok(self)
    }
}

impl<E: Into<BoxError>> CheckResult for Result<bool, E> {
    fn into_result(self) -> Result<bool, BoxError> {
        self.map_err(Into::into)
    }
}

type Outcome = Result<bool, BoxError>;
type BoxFuture = Pin<Box<dyn Future<Output = Outcome> + Send>>;

type Now = dyn Fn(&str, &Parts) -> Outcome + Send + Sync;
type Later = dyn Fn(String, &Parts) -> BoxFuture + Send + Sync;

/// A check, which may have to wait for its result.
#[derive(Clone)]
pub(crate) enum Check {
    Now(Arc<Now>),
    Later(Arc<Later>),
}

impl Check {
    pub(crate) fn now<R: CheckResult>(check: impl Fn(&str, &Parts) -> R + Send + Sync + 'static) -> Self {
        Self::Now(Arc::new(move |origin, parts| check(origin, parts).into_result()))
    }

    pub(crate) fn later<F>(check: impl Fn(String, &Parts) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output: CheckResult> + Send + 'static,
    {
        Self::Later(Arc::new(move |origin, parts| {
            let waiting = check(origin, parts);
            Box::pin(async move { waiting.await.into_result() })
        }))
    }

    /// Asks about an origin.
    pub(crate) fn ask(&self, origin: &str, parts: &Parts) -> Checked {
        match self {
            Self::Now(check) => Checked::Known(caught(|| check(origin, parts)).unwrap_or_else(Err)),
            Self::Later(check) => match caught(|| check(origin.to_owned(), parts)) {
                Ok(waiting) => Checked::Later(Waiting(waiting)),
                Err(panic) => Checked::Known(Err(panic)),
            },
        }
    }
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Now(_) => "origin check",
            Self::Later(_) => "async origin check",
        })
    }
}

/// The result of a check, or a promise of it.
pub(crate) enum Checked {
    Known(Outcome),
    Later(Waiting),
}

/// A check that waits for its result.
pub(crate) struct Waiting(BoxFuture);

impl Future for Waiting {
    type Output = Outcome;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        caught(|| self.0.as_mut().poll(context)).unwrap_or_else(|panic| Poll::Ready(Err(panic)))
    }
}

/// Runs a check. The engine's state cannot break, because a check only sees copies.
fn caught<T>(run: impl FnOnce() -> T) -> Result<T, BoxError> {
    catch_unwind(AssertUnwindSafe(run)).map_err(|panic| said(panic.as_ref()).into())
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("it panicked: {}", text.unwrap_or("without a message"))
}
