//! A tower service that responds with 200, alone and behind tower-http's `CorsLayer` or a layer that
//! uses Corsac.

use std::convert::Infallible;
use std::hint::black_box;
use std::task::{Context, Poll};
use std::time::Duration;

use corsac::{Class, Decision, Policy};
use corsac_benches::{Case, CaseRequest, HEADERS, Hostile, METHODS, compile};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
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

/// Corsac in place of `CorsLayer`: an adapter as a service would have it. The difference to the
/// engine alone is the cost of the adapter.
pub(crate) struct CorsacLayer(Policy<Vec<u8>>);

impl CorsacLayer {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self(compile(origins))
    }
}

impl System for CorsacLayer {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let (denial, count) = case.expected();
        let is_plain = matches!(case, Case::Plain | Case::PlainFromBrowser);
        let is_shared = !is_plain && denial.is_none_or(|_| count > 1);
        let service = Guarded { policy: &self.0, inner: application() };
        Some(Repeated::boxed(service, case, world, (is_shared, count)))
    }
}

struct Guarded<'p, S> {
    policy: &'p Policy<Vec<u8>>,
    inner: S,
}

impl<S> Service<Request<()>> for Guarded<'_, S>
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible>,
{
    type Response = Response<()>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Response<()>, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<()>) -> Self::Future {
        // Written before the application runs, because it takes the request.
        let mut headers = HeaderMap::new();
        let status = {
            let request_headers = request.headers().iter().map(|(name, value)| (name, value.as_bytes()));
            let cors_request = corsac::Request::from_lines(request.method().as_str(), request_headers);
            let decision = self.policy.evaluate(&cors_request);
            write(&decision, &mut headers);
            if decision.class() == Class::Preflight { decision.status() } else { None }
        };
        let mut response = match status {
            Some(status) => {
                let mut response = Response::new(());
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
                response
            }
            None => {
                let Ok(response) = now(self.inner.call(request));
                response
            }
        };
        if response.headers().is_empty() {
            *response.headers_mut() = headers;
        } else {
            response.headers_mut().extend(headers);
        }
        std::future::ready(Ok(response))
    }
}

fn write(decision: &Decision<'_>, headers: &mut HeaderMap) {
    for header in decision.headers() {
        let name = match header.name {
            "Access-Control-Allow-Origin" => ACCESS_CONTROL_ALLOW_ORIGIN,
            "Access-Control-Allow-Credentials" => ACCESS_CONTROL_ALLOW_CREDENTIALS,
            "Access-Control-Allow-Methods" => ACCESS_CONTROL_ALLOW_METHODS,
            "Access-Control-Allow-Headers" => ACCESS_CONTROL_ALLOW_HEADERS,
            "Access-Control-Max-Age" => ACCESS_CONTROL_MAX_AGE,
            "Access-Control-Expose-Headers" => ACCESS_CONTROL_EXPOSE_HEADERS,
            "Vary" => VARY,
            _ => HeaderName::from_static("access-control-allow-private-network"),
        };
        if let Ok(value) = HeaderValue::from_bytes(header.value) {
            headers.append(name, value);
        }
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
