//! A request that a policy set decides again and again.

use std::hint::black_box;
use std::time::Duration;

use corsac::PolicySet;
use corsac_benches::{CaseRequest, Outcome, PATH, decide_at};

use crate::system::Ready;
use crate::watch::Watch;

pub(crate) struct RepeatedAtPath<'s> {
    pub(crate) set: &'s PolicySet<Vec<u8>>,
    pub(crate) case_request: CaseRequest,
    pub(crate) expected: Outcome,
}

impl Ready for RepeatedAtPath<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let (method, headers) = (self.case_request.method, self.case_request.headers());
        let start = Watch::start();
        for _ in 0..calls {
            let outcome = decide_at(self.set, black_box(PATH), black_box(method), black_box(&headers));
            assert_eq!(outcome, Some(self.expected));
        }
        start.elapsed()
    }
}
