//! Asking later: evaluate a request, check its origin wherever and as long as you like, and
//! evaluate the request again with the result. Nothing is kept in between.

use crate::engine::decision::Decision;
use crate::engine::request::Request;
use crate::engine::request_path::RequestPath;
use crate::policy::handle::Policy;
use crate::policy::set::{PathPolicies, PolicySet};

/// What is known about a request before its origin was checked.
///
/// This is for a server that must not wait inside a call: an event loop, a proxy, a subrequest. If
/// you get [`Ask`](Self::Ask), check the origin, and pass the result to `evaluate_asked` with the
/// same policy and the same request.
///
/// ```
/// use corsac::{Asked, PolicySpec, Request};
///
/// let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&["https://app.example.com"]) };
/// let policy = spec.compile([0; 256], |_| ())?;
///
/// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
/// let Asked::Ask { table: 0, origin } = policy.evaluate_ask(&request) else { panic!("it is not listed") };
/// // Later, with what a database says:
/// let is_tenant = origin == b"https://tenant-1.example";
/// assert!(policy.evaluate_asked(&request, is_tenant).is_allowed());
///
/// let listed = Request::from_lines("GET", [("Origin", "https://app.example.com")]);
/// assert!(matches!(policy.evaluate_ask(&listed), Asked::Decided(decision) if decision.is_allowed()));
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub enum Asked<'d> {
    /// The decision. No check is needed.
    Decided(Decision<'d>),
    /// The decision depends on your check: is `origin` allowed?
    Ask {
        /// The number of the table in the set that has `external_origins`, from 0. 0 for a single
        /// policy.
        table: usize,
        /// The origin that no pattern matches: at most 328 visible bytes, and one that the switches
        /// of the policy would let into its list.
        origin: &'d [u8],
    },
}

impl<'d> PathPolicies<'d> {
    /// Decides about a request, or reports which origin you must check first. At most one policy of
    /// a path has `external_origins`, so there is at most one origin to check.
    ///
    /// ```
    /// use corsac::{Asked, PathPolicies, PolicySpec, Request};
    /// let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&["https://app.example.com"]) };
    /// let policy = spec.compile([0; 256], |_| ())?;
    /// let policies = PathPolicies::from(&policy);
    /// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
    /// let decision = match policies.evaluate_ask(&request) {
    ///     Asked::Decided(decision) => decision,
    ///     Asked::Ask { origin, .. } => policies.evaluate_asked(&request, origin == b"https://tenant-1.example"),
    /// };
    /// assert!(decision.is_allowed());
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn evaluate_ask<const LINES: usize>(&self, request: &'d Request<'_, LINES>) -> Asked<'d> {
        let mut asked = None;
        let decision = self.evaluate_with(request, |table, _| {
            asked = Some(table);
            false
        });
        match asked {
            Some(table) => Asked::Ask { table, origin: request.parts().origin().first },
            None => Asked::Decided(decision),
        }
    }

    /// Decides about a request for which [`evaluate_ask`](Self::evaluate_ask) returned
    /// [`Asked::Ask`]. The decision is that of [`evaluate_with`](Self::evaluate_with) with a check
    /// that returns `is_allowed`.
    #[must_use]
    pub fn evaluate_asked<const LINES: usize>(
        &self,
        request: &'d Request<'_, LINES>,
        is_allowed: bool,
    ) -> Decision<'d> {
        self.evaluate_with(request, |_, _| is_allowed)
    }
}

impl<B: AsRef<[u8]>> Policy<B> {
    /// Decides about a request, or reports which origin you must check first.
    ///
    /// ```
    /// use corsac::{Asked, PolicySpec, Request};
    /// let spec = PolicySpec { external_origins: true, ..PolicySpec::<&str>::new(&[]) };
    /// let policy = spec.compile([0; 256], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
    /// assert!(matches!(policy.evaluate_ask(&request), Asked::Ask { origin: b"https://tenant-1.example", .. }));
    /// // Later, when your database has replied that it is not a tenant:
    /// assert!(!policy.evaluate_asked(&request, false).is_allowed());
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn evaluate_ask<'d, const LINES: usize>(&'d self, request: &'d Request<'_, LINES>) -> Asked<'d> {
        PathPolicies::from(self).evaluate_ask(request)
    }

    /// Decides about a request for which [`evaluate_ask`](Self::evaluate_ask) returned
    /// [`Asked::Ask`], with the result of your check.
    #[must_use]
    pub fn evaluate_asked<'d, const LINES: usize>(
        &'d self,
        request: &'d Request<'_, LINES>,
        is_allowed: bool,
    ) -> Decision<'d> {
        self.evaluate_with(request, |_| is_allowed)
    }
}

impl<B: AsRef<[u8]>> PolicySet<B> {
    /// Decides about a request of this path, or reports which origin you must check first. `None`:
    /// no policy applies to the path.
    ///
    /// ```
    /// use corsac::{Asked, PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
    /// let spec = PolicySpec { external_origins: true, ..PolicySpec::<&str>::new(&[]) };
    /// let tables = [PolicyTable::untouched("/internal"), PolicyTable::new("/", spec)];
    /// let set = PolicySetSpec::new(&tables).compile([0; 1024], |_| ())?;
    /// let request = Request::from_lines("GET", [("Origin", "https://tenant-1.example")]);
    /// let path = RequestPath::decoded("/shop");
    /// assert!(matches!(set.evaluate_ask(&path, &request), Some(Asked::Ask { table: 1, .. })));
    /// assert!(set.evaluate_asked(&path, &request, true).is_some_and(|decision| decision.is_allowed()));
    /// assert!(set.evaluate_ask(&RequestPath::decoded("/internal"), &request).is_none());
    /// # Ok::<(), corsac::CompileError>(())
    /// ```
    #[must_use]
    pub fn evaluate_ask<'d, const LINES: usize>(
        &'d self,
        path: &RequestPath<'d>,
        request: &'d Request<'_, LINES>,
    ) -> Option<Asked<'d>> {
        self.at(path).map(|policies| policies.evaluate_ask(request))
    }

    /// Decides about a request for which [`evaluate_ask`](Self::evaluate_ask) returned
    /// [`Asked::Ask`], with the result of your check.
    #[must_use]
    pub fn evaluate_asked<'d, const LINES: usize>(
        &'d self,
        path: &RequestPath<'d>,
        request: &'d Request<'_, LINES>,
        is_allowed: bool,
    ) -> Option<Decision<'d>> {
        self.at(path).map(|policies| policies.evaluate_asked(request, is_allowed))
    }
}
