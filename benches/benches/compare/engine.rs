//! Corsac without a server: builds the request from its headers, decides, and reads every header of
//! the response.

use std::hint::black_box;
use std::time::Duration;

use corsac::Policy;
use corsac_benches::{Case, CaseRequest, Outcome, compile, decide};

use crate::stream::Stream;
use crate::system::{Ready, System, World};
use crate::watch::Watch;

pub(crate) struct Engine(Policy<Vec<u8>>);

impl Engine {
    pub(crate) fn new(origins: &[String]) -> Self {
        Self(compile(origins))
    }
}

impl System for Engine {
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>> {
        let case_request = world.request(case);
        let stream = world.stream(&case_request);
        Some(Box::new(Repeated::new(&self.0, case_request, stream, case.expected())))
    }
}

/// A request that a policy decides again and again.
pub(crate) struct Repeated<'p> {
    policy: &'p Policy<Vec<u8>>,
    case_request: CaseRequest,
    stream: Option<Stream>,
    expected: Outcome,
}

impl<'p> Repeated<'p> {
    pub(crate) fn new(
        policy: &'p Policy<Vec<u8>>,
        case_request: CaseRequest,
        stream: Option<Stream>,
        expected: Outcome,
    ) -> Self {
        Self { policy, case_request, stream, expected }
    }
}

impl Ready for Repeated<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let Self { policy, case_request, stream, expected } = self;
        let method = case_request.method;
        let headers = case_request.headers();
        let Some(stream) = stream else {
            let start = Watch::start();
            for _ in 0..calls {
                assert_eq!(decide(policy, black_box(method), black_box(&headers)), *expected);
            }
            return start.elapsed();
        };
        let start = Watch::start();
        for _ in 0..calls {
            // The same headers, except for the origin. The cases with random origins have at most
            // three.
            let mut own = [("", &[][..]); 3];
            let own = &mut own[..headers.len()];
            own.copy_from_slice(&headers);
            stream.wait();
            own[0].1 = stream.next().as_bytes();
            assert_eq!(decide(policy, black_box(method), black_box(own)), *expected);
        }
        start.elapsed()
    }
}
