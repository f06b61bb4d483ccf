//! A tower service that responds with 200, alone and behind tower-http's `CorsLayer` or
//! corsac-tower's.

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Duration;

use corsac_benches::{Case, CaseRequest, HEADERS, Hostile, METHODS, compile};
use http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, ORIGIN};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use tower::{Layer, Service, service_fn};
use tower_http::cors::CorsLayer;

use crate::poll::now;
use crate::stream::Stream;
use crate::system::{Ready, System, World, time_consumed};

/// Whether the response is shared with the origin, and how many headers it has.
type Outcome = (bool, usize);

/// What all the services have in common. Each layer makes a type of its own.
trait Responding {
    fn respond(&mut self, request: Request<()>) -> Response<()>;
}

impl<S: Service<Request<()>, Response = Response<()>, Error = Infallible>> Responding for S {
    #[inline]
    fn respond(&mut self, request: Request<()>) -> Response<()> {
        let Ok(response) = now(self.call(request));
        response
    }
}

/// The application, which does nothing.
fn application() -> impl Service<Request<()>, Response = Response<()>, Error = Infallible, Future: Send> + Clone {
    service_fn(|request: Request<()>| async move {
        black_box(&request);
        Ok(Response::new(()))
    })
}

pub(crate) struct Floor;

impl System for Floor {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        Some(Repeated::boxed(application(), case, world, (false, 0)))
    }
}

pub(crate) struct TowerHttp(CorsLayer);

impl TowerHttp {
    pub(crate) fn new(origins: &[String]) -> Self {
        let origins: Vec<HeaderValue> =
            origins.iter().map(|origin| HeaderValue::from_str(origin).expect("origins are ASCII")).collect();
        let methods: Vec<Method> = METHODS.iter().map(|method| method.parse().expect("methods are tokens")).collect();
        Self(
            CorsLayer::new()
                .allow_origin(origins)
                .allow_methods(methods)
                .allow_headers(HEADERS.iter().map(|&name| HeaderName::from_static(name)).collect::<Vec<_>>())
                .expose_headers([HeaderName::from_static("etag")])
                .allow_credentials(true)
                .max_age(Duration::from_secs(600)),
        )
    }
}

impl System for TowerHttp {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let expected = match case {
            // Its list has no wildcards. It takes a predicate, but that would be your own code.
            Case::ActualWildcard | Case::Preflight3Wildcard | Case::Preflight3Deep => return None,
            Case::Plain | Case::PlainFromBrowser | Case::ActualDenied => (false, 3),
            Case::Actual | Case::ActualRandom => (true, 4),
            Case::DeniedOrigin | Case::Hostile(Hostile::Origin | Hostile::OriginLabels) => (false, 5),
            // It checks neither method nor names. It sends its lists, and the browser checks.
            _ => (true, 6),
        };
        Some(Repeated::boxed(self.0.layer(application()), case, world, expected))
    }
}

/// corsac-tower's layer in place of tower-http's. It also removes the CORS headers of the
/// application, merges `Vary`, and marks the request for layers inside of it.
pub(crate) struct CorsacLayer(corsac_tower::CorsLayer);

impl CorsacLayer {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self(corsac_tower::CorsLayer::new(compile(origins)))
    }
}

impl System for CorsacLayer {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let (denial, count) = case.expected();
        let is_plain = matches!(case, Case::Plain | Case::PlainFromBrowser);
        let is_shared = !is_plain && denial.is_none_or(|_| count > 1);
        // An empty 403 has `Content-Length: 0`, too.
        let is_refused = matches!(case, Case::DeniedOrigin | Case::Hostile(_));
        let expected = (is_shared, count + usize::from(is_refused));
        Some(Repeated::boxed(self.0.layer(application()), case, world, expected))
    }
}

struct Repeated<S> {
    service: S,
    request: Request<()>,
    stream: Option<Stream>,
    expected: Outcome,
}

impl<S: Responding> Repeated<S> {
    fn boxed<'s>(service: S, case: Case, world: &'s World, expected: Outcome) -> Box<dyn Ready + 's>
    where
        S: 's,
    {
        let case_request = world.request(case);
        let stream = world.stream(&case_request);
        Box::new(Self { service, request: request(&case_request), stream, expected })
    }
}

fn request(case_request: &CaseRequest) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = case_request.method.parse().expect("methods are tokens");
    for (name, value) in case_request.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("names are tokens");
        request.headers_mut().append(name, HeaderValue::from_bytes(value).expect("values are visible"));
    }
    request
}

impl<S: Responding> Ready for Repeated<S> {
    fn time(&mut self, calls: u32) -> Duration {
        let Self { service, request, stream, expected } = self;
        let make = || {
            let mut request = request.clone();
            if let Some(stream) = stream {
                let origin = HeaderValue::from_str(stream.next()).expect("origins are ASCII");
                request.headers_mut().insert(ORIGIN, origin);
            }
            request
        };
        time_consumed(calls, make, |request| {
            let response = service.respond(black_box(request));
            let mut count = 0;
            let mut is_shared = false;
            for (name, value) in response.headers() {
                is_shared |= name == ACCESS_CONTROL_ALLOW_ORIGIN;
                black_box(value);
                count += 1;
            }
            assert_eq!((is_shared, count), *expected);
        })
    }
}
