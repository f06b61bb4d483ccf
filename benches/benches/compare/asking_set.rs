//! A request that is put to a policy set again and again.

use std::hint::black_box;
use std::time::Duration;

use corsac::PolicySet;
use corsac_benches::{Answer, Ask, PATH, decide_at};

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
            assert_eq!(decide_at(self.set, black_box(PATH), black_box(method), black_box(&lines)), Some(self.answer));
        }
        start.elapsed()
    }
}
