//! Corsac without a server around it: lines in, every header of the answer read.

use std::hint::black_box;
use std::time::Duration;

use corsac::Policy;
use corsac_benches::{Answer, Ask, Case, compile, decide};

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
        let ask = world.ask(case);
        let stream = world.stream(&ask);
        Some(Box::new(Asking::new(&self.0, ask, stream, case.answer())))
    }
}

/// A request that is put to a policy again and again.
pub(crate) struct Asking<'p> {
    policy: &'p Policy<Vec<u8>>,
    ask: Ask,
    stream: Option<Stream>,
    answer: Answer,
}

impl<'p> Asking<'p> {
    pub(crate) fn new(policy: &'p Policy<Vec<u8>>, ask: Ask, stream: Option<Stream>, answer: Answer) -> Self {
        Self { policy, ask, stream, answer }
    }
}

impl Ready for Asking<'_> {
    fn time(&mut self, calls: u32) -> Duration {
        let Self { policy, ask, stream, answer } = self;
        let method = ask.method;
        let lines = ask.lines();
        let Some(stream) = stream else {
            let start = Watch::start();
            for _ in 0..calls {
                assert_eq!(decide(policy, black_box(method), black_box(&lines)), *answer);
            }
            return start.elapsed();
        };
        let start = Watch::start();
        for _ in 0..calls {
            // The same lines, but for the first: room for three is all that the cases with random
            // origins need.
            let mut own = [("", &[][..]); 3];
            let own = &mut own[..lines.len()];
            own.copy_from_slice(&lines);
            stream.wait();
            own[0].1 = stream.next().as_bytes();
            assert_eq!(decide(policy, black_box(method), black_box(own)), *answer);
        }
        start.elapsed()
    }
}
