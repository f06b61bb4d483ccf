//! How many requests an assistant may send in a minute.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// The most requests in a minute: enough to try a fix and look again, and too few to burden a server.
const REQUESTS: usize = 30;

const MINUTE: Duration = Duration::from_secs(60);

/// When the last requests were sent.
#[derive(Debug, Default)]
pub(super) struct Rate(VecDeque<Instant>);

impl Rate {
    /// Counts a request that is sent `now`. If it is one too many, it does not count, and the error says how long to wait.
    pub(super) fn take(&mut self, now: Instant) -> Result<(), Duration> {
        while self.0.front().is_some_and(|sent| now.saturating_duration_since(*sent) >= MINUTE) {
            self.0.pop_front();
        }
        match self.0.front() {
            Some(first) if self.0.len() >= REQUESTS => {
                Err(MINUTE.saturating_sub(now.saturating_duration_since(*first)))
            }
            _ => {
                self.0.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{MINUTE, REQUESTS, Rate};

    #[test]
    fn thirty_requests_fit_into_every_minute() {
        let (mut rate, start) = (Rate::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        for second in 0..REQUESTS as u64 {
            assert_eq!(rate.take(at(second)), Ok(()));
        }
        assert_eq!(rate.take(at(40)), Err(Duration::from_secs(20)));
        assert_eq!(rate.take(start + MINUTE), Ok(()));
        assert_eq!(rate.take(start + MINUTE), Err(Duration::from_secs(1)));
    }
}
