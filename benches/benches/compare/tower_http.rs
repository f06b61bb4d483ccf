//! A tower service that answers 200, alone and below tower-http's `CorsLayer` or a layer over
//! Corsac.

use std::convert::Infallible;
use std::hint::black_box;
use std::task::{Context, Poll};
use std::time::Duration;

use corsac::{Class, Decision, Policy};
use corsac_benches::{Ask, Case, HEADERS, Hostile, METHODS, compile};
use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use tower::{Layer, Service, service_fn};
use tower_http::cors::CorsLayer;

use crate::poll::now;
use crate::stream::Stream;
use crate::system::{Ready, System, World, time_used_up};

/// Was the origin told to go ahead, and how many header lines were there?
type Answer = (bool, usize);

/// A service with a layer around it is a type of its own; this is what all of them can do.
trait Answering {
    fn answer(&mut self, request: Request<()>) -> Response<()>;
}

impl<S: Service<Request<()>, Response = Response<()>, Error = Infallible>> Answering for S {
    #[inline]
    fn answer(&mut self, request: Request<()>) -> Response<()> {
        let Ok(response) = now(self.call(request));
        response
    }
}

/// The application: nothing to do.
fn application() -> impl Service<Request<()>, Response = Response<()>, Error = Infallible, Future: Send> + Clone {
    service_fn(|request: Request<()>| async move {
        black_box(&request);
        Ok(Response::new(()))
    })
}

pub(crate) struct Floor;

impl System for Floor {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        Some(Asking::boxed(application(), case, world, (false, 0)))
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
            // A list has no wildcards; a predicate would be the reader's own code.
            Case::ActualWildcard | Case::Preflight3Wildcard | Case::Preflight3Deep => return None,
            Case::Plain | Case::PlainOfABrowser | Case::ActualDenied => (false, 3),
            Case::Actual | Case::ActualRandom => (true, 4),
            Case::DeniedOrigin | Case::Hostile(Hostile::Origin | Hostile::OriginLabels) => (false, 5),
            // Method and names are not judged: the lists go out, and the browser judges.
            _ => (true, 6),
        };
        Some(Asking::boxed(self.0.layer(application()), case, world, expected))
    }
}

/// Corsac where `CorsLayer` stands: an adapter as a service would have it, to show what is the
/// adapter's cost.
pub(crate) struct CorsacLayer(Policy<Vec<u8>>);

impl CorsacLayer {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self(compile(origins))
    }
}

impl System for CorsacLayer {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let (denial, lines) = case.answer();
        let is_plain = matches!(case, Case::Plain | Case::PlainOfABrowser);
        let is_shared = !is_plain && denial.is_none_or(|_| lines > 1);
        let service = Guarded { policy: &self.0, inner: application() };
        Some(Asking::boxed(service, case, world, (is_shared, lines)))
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
        // Written before the application runs, which takes the request.
        let mut headers = HeaderMap::new();
        let status = {
            let lines = request.headers().iter().map(|(name, value)| (name, value.as_bytes()));
            let asked = corsac::Request::from_lines(request.method().as_str(), lines);
            let decision = self.policy.evaluate(&asked);
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

struct Asking<S> {
    service: S,
    request: Request<()>,
    stream: Option<Stream>,
    expected: Answer,
}

impl<S: Answering> Asking<S> {
    fn boxed<'s>(service: S, case: Case, world: &'s World, expected: Answer) -> Box<dyn Ready + 's>
    where
        S: 's,
    {
        let ask = world.ask(case);
        let stream = world.stream(&ask);
        Box::new(Self { service, request: request(&ask), stream, expected })
    }
}

fn request(ask: &Ask) -> Request<()> {
    let mut request = Request::new(());
    *request.method_mut() = ask.method.parse().expect("methods are tokens");
    for (name, value) in ask.lines() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("names are tokens");
        request.headers_mut().append(name, HeaderValue::from_bytes(value).expect("values are visible"));
    }
    request
}

impl<S: Answering> Ready for Asking<S> {
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
        time_used_up(calls, make, |request| {
            let response = service.answer(black_box(request));
            let mut lines = 0;
            let mut is_shared = false;
            for (name, value) in response.headers() {
                is_shared |= name == ACCESS_CONTROL_ALLOW_ORIGIN;
                black_box(value);
                lines += 1;
            }
            assert_eq!((is_shared, lines), *expected);
        })
    }
}
