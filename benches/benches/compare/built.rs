//! Requests that are built before the clock starts, so only the decision is timed; and requests that
//! are only built.

use std::hint::black_box;
use std::time::Duration;

use corsac::{Policy, Request};
use corsac_benches::attack::HeaderLines;
use corsac_benches::read;

use crate::system::Ready;
use crate::watch::Watch;

/// Only the decision is timed.
pub(crate) struct Built<'p> {
    pub(crate) policy: &'p Policy<Vec<u8>>,
    pub(crate) lines: HeaderLines,
}

impl Ready for Built<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let lines = self.lines.lines();
        let request = Request::from_lines(self.lines.method(), lines.iter().copied());
        let start = Watch::start();
        for _ in 0..calls {
            black_box(read(&self.policy.evaluate(black_box(&request))));
        }
        start.elapsed()
    }
}

/// Only building is timed.
pub(crate) struct Building;

impl Building {
    pub(crate) const LINES: usize = 100;
}

impl Ready for Building {
    fn time(&mut self, calls: u32) -> Duration {
        let lines = [("Access-Control-Request-Headers", "x-trace"); Self::LINES];
        let start = Watch::start();
        for _ in 0..calls {
            black_box(Request::from_lines("OPTIONS", black_box(&lines).iter().copied()));
        }
        start.elapsed()
    }
}
