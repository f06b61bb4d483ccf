//! What is measured: a system builds its policy once and prepares a case, which is then timed call
//! by call.

use std::time::Duration;

use corsac_benches::{Case, CaseRequest, origins};

use crate::stream::Stream;
use crate::watch::Watch;

/// A built policy.
pub(crate) trait System {
    /// Prepares a case to be timed. `None`: the system has no such feature.
    fn ready<'s>(&'s self, case: Case, world: &'s World) -> Option<Box<dyn Ready + 's>>;
}

/// A case of a system, ready to be timed. Its response is asserted at every call.
pub(crate) trait Ready {
    /// Measures this many calls.
    fn time(&mut self, calls: u32) -> Duration;
}

/// The origins that the policies list, and requests from them.
pub(crate) struct World {
    pub(crate) origins: Vec<String>,
    stream: Stream,
}

impl World {
    pub(crate) fn new(count: usize) -> Self {
        let origins = origins(count);
        let stream = Stream::new(&origins);
        Self { origins, stream }
    }

    pub(crate) fn request(&self, case: Case) -> CaseRequest {
        case.request(&self.origins)
    }

    /// Random origins, if the case needs them.
    pub(crate) fn stream(&self, case_request: &CaseRequest) -> Option<Stream> {
        case_request.is_random.then(|| self.stream.clone())
    }
}

/// Times requests that a service consumes. They are made before the clock starts, a few at a time.
pub(crate) fn time_consumed<R>(calls: u32, mut make: impl FnMut() -> R, mut serve: impl FnMut(R)) -> Duration {
    // Few enough to stay in the cache.
    const AT_ONCE: u32 = 256;
    let mut left = calls;
    let mut time = Duration::ZERO;
    let mut requests = Vec::with_capacity(AT_ONCE as usize);
    while left != 0 {
        let batch = left.min(AT_ONCE);
        requests.extend((0..batch).map(|_| make()));
        let start = Watch::start();
        for request in requests.drain(..) {
            serve(request);
        }
        time += start.elapsed();
        left -= batch;
    }
    time
}
