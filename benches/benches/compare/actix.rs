//! An actix-web service that responds with 200, alone and behind actix-cors.

use std::hint::black_box;
use std::time::Duration;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse, Transform};
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, HeaderMap, HeaderName, HeaderValue, ORIGIN};
use actix_web::test::{TestRequest, ok_service};
use actix_web::{Error, HttpRequest};
use corsac_benches::{Case, CaseRequest, HEADERS, METHODS};

use crate::poll::now;
use crate::stream::Stream;
use crate::system::{Ready, System, World, time_consumed};

/// Whether the response is shared with the origin, and how many headers it has.
type Outcome = (bool, usize);

pub(crate) struct Floor;

impl System for Floor {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        Some(Repeated::boxed(ok_service(), case, world, (false, 0)))
    }
}

pub(crate) struct ActixCors(Cors);

impl ActixCors {
    pub(crate) fn new(origins: &[String]) -> Self {
        let cors = Cors::default()
            .allowed_methods(METHODS.iter().copied())
            .allowed_headers(HEADERS.iter().copied())
            .expose_headers(["etag"])
            .supports_credentials()
            .max_age(600);
        Self(origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin)))
    }
}

impl System for ActixCors {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let expected = match case {
            // Its set has no wildcards. It takes a predicate, but that would be your own code.
            Case::ActualWildcard | Case::Preflight3Wildcard | Case::Preflight3Deep => {
                return None;
            }
            Case::Plain | Case::PlainFromBrowser | Case::ActualDenied => (false, 3),
            Case::Actual | Case::ActualRandom => (true, 4),
            Case::Preflight0 | Case::Preflight1 | Case::Preflight3 | Case::Preflight3Random => (true, 6),
            _ => (false, 0),
        };
        let service = now(self.0.new_transform(ok_service())).expect("a policy that actix-cors takes");
        Some(Repeated::boxed(service, case, world, expected))
    }
}

struct Repeated<S> {
    service: S,
    request: HttpRequest,
    case_request: CaseRequest,
    stream: Option<Stream>,
    expected: Outcome,
}

impl<S, B> Repeated<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn boxed<'s>(service: S, case: Case, world: &'s World, expected: Outcome) -> Box<dyn Ready + 's>
    where
        S: 's,
    {
        let case_request = world.request(case);
        let stream = world.stream(&case_request);
        Box::new(Self { service, request: request(&case_request, None), case_request, stream, expected })
    }
}

fn request(case_request: &CaseRequest, origin: Option<&str>) -> HttpRequest {
    let mut request = TestRequest::default().method(case_request.method.parse().expect("methods are tokens"));
    for (name, value) in case_request.headers() {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("names are tokens");
        let value = match origin {
            Some(origin) if name == ORIGIN => origin.as_bytes(),
            _ => value,
        };
        request = request.append_header((name, HeaderValue::from_bytes(value).expect("values are visible")));
    }
    request.to_http_request()
}

impl<S, B> Ready for Repeated<S>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody,
{
    fn time(&mut self, calls: u32) -> Duration {
        let Self { service, request: same, case_request, stream, expected } = self;
        let make = || match stream {
            None => ServiceRequest::from_request(same.clone()),
            Some(stream) => ServiceRequest::from_request(request(case_request, Some(stream.next()))),
        };
        time_consumed(calls, make, |request| {
            let response = now(service.call(black_box(request))).expect("actix-cors never fails");
            assert_eq!(read(response.headers()), *expected);
        })
    }
}

fn read(headers: &HeaderMap) -> Outcome {
    let mut count = 0;
    let mut is_shared = false;
    for (name, value) in headers {
        is_shared |= name == ACCESS_CONTROL_ALLOW_ORIGIN;
        black_box(value);
        count += 1;
    }
    (is_shared, count)
}
