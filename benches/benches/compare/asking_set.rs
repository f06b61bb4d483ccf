//! A request that is put to a policy set again and again.

use std::hint::black_box;
use std::time::Duration;

use corsac::{PolicySet, Request, RequestPath};
use corsac_benches::{Answer, Ask, PATH, read};

use crate::system::Ready;
use crate::watch::Watch;

pub(crate) struct AskingSet<'s> {
    pub(crate) set: &'s PolicySet<Vec<u8>>,
    pub(crate) ask: Ask,
    pub(crate) answer: Answer,
}

impl Ready for AskingSet<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let (method, lines) = (self.ask.method, self.ask.lines());
        let start = Watch::start();
        for _ in 0..calls {
            let request = Request::from_lines(black_box(method), black_box(&lines).iter().copied());
            let path = RequestPath::decoded(black_box(PATH).as_bytes());
            let decision = self.set.evaluate(&path, &request).expect("a policy governs the path");
            assert_eq!(read(&decision), self.answer);
        }
        start.elapsed()
    }
}
