//! Listed origins in random order, one after the other in memory. So the bytes of a request are in
//! the cache, as they are when they come from a socket, and those of the policy are not.

use std::rc::Rc;
use std::time::Instant;

/// How many origins a stream has if the policy lists that many: more than the caches hold.
const LENGTH: usize = 1_000_000;

/// An endless stream of origins. Clones share the bytes, and each has a place of its own.
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
        // A short list is repeated. It is in the cache anyway.
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

    /// Waits until the previous request is decided, as a server does. Reading the clock waits for
    /// everything before it, and the place of the next origin depends on the time. A fence is not
    /// enough: it holds only stores back, and the processor would look up several origins at once.
    #[inline]
    pub(crate) fn wait(&mut self) {
        // Adds 0 for thirty thousand years.
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
