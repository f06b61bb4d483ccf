//! A policy of Corsac as something that responds.

use corsac::{PolicySet, Request, RequestPath};

use crate::browse::Responder;
use crate::message::{CORS_HEADERS, Received, Sent, Upstream};

/// The policies of a set that decide about one path.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::{CorsacPolicy, Received, Responder, Upstream};
/// let policies = PolicySet::from_toml("allow_origins = ['*']", |_| ()).expect("it compiles");
/// let request = Received { method: b"GET".to_vec(), headers: vec![(b"Origin".to_vec(), b"https://a.example".to_vec())] };
/// let sent = CorsacPolicy::at(&policies, b"/").respond(&request, &Upstream::default());
/// assert!(sent.all("access-control-allow-origin").eq([b"*"]));
/// ```
#[derive(Debug)]
pub struct CorsacPolicy<'p> {
    policies: &'p PolicySet<Vec<u8>>,
    path: &'p [u8],
}

impl<'p> CorsacPolicy<'p> {
    /// What the set decides about this raw path.
    #[must_use]
    pub const fn at(policies: &'p PolicySet<Vec<u8>>, path: &'p [u8]) -> Self {
        Self { policies, path }
    }
}

impl Responder for CorsacPolicy<'_> {
    fn respond(&self, received: &Received, upstream: &Upstream) -> Sent {
        let mut request = Request::new(&received.method);
        for (name, value) in &received.headers {
            request.header(name, value.as_slice());
        }
        let path = RequestPath::raw(self.path);
        let Some(decision) = self.policies.evaluate(&path, &request) else { return Sent::by_upstream(upstream) };
        let mut sent = decision.status().map_or_else(|| Sent::by_upstream(upstream), Sent::by_product);
        for name in CORS_HEADERS {
            sent.remove(name);
        }
        for header in decision.headers() {
            sent.add(header.name, header.value);
        }
        sent
    }
}
