//! Listed origins in random order, one after the other in memory: a request's bytes are warm, as
//! they are when they come off a socket, and what the policy keeps is cold.

use std::rc::Rc;
use std::time::Instant;

/// More than the caches hold, where there are that many origins.
const LENGTH: usize = 1_000_000;

/// An endless stream of origins. Clones share the bytes and go on by themselves.
#[derive(Clone)]
pub(crate) struct Stream {
    text: Rc<str>,
    ends: Rc<[u32]>,
    at: usize,
    start: usize,
    clock: Instant,
}

impl Stream {
    pub(crate) fn new(origins: &[String]) -> Self {
        let mut random = fastrand::Rng::with_seed(7);
        let mut order: Vec<usize> = (0..origins.len()).collect();
        // A short list is gone through often enough that no cache is cold either way.
        while order.len() < LENGTH / 16 {
            order.extend_from_within(..);
        }
        random.shuffle(&mut order);
        let mut text = String::new();
        let mut ends = Vec::with_capacity(order.len());
        for index in order {
            text.push_str(&origins[index]);
            ends.push(u32::try_from(text.len()).expect("4 GiB of origins are enough"));
        }
        Self { text: text.into(), ends: ends.into(), at: 0, start: 0, clock: Instant::now() }
    }

    /// Until the request before is answered, as a server waits for the next one: reading the clock
    /// waits for everything before it, and where the next origin stands hangs on what the clock
    /// says. A fence would not do: it holds stores back, and the processor looks several origins up
    /// at once.
    #[inline]
    pub(crate) fn wait(&mut self) {
        // Nothing, for thirty thousand years.
        self.start += (self.clock.elapsed().as_secs() >> 40) as usize;
    }

    #[inline]
    pub(crate) fn next(&mut self) -> &str {
        if self.at == self.ends.len() {
            (self.at, self.start) = (0, 0);
        }
        let (start, end) = (self.start, self.ends[self.at] as usize);
        (self.at, self.start) = (self.at + 1, end);
        &self.text[start..end]
    }
}
