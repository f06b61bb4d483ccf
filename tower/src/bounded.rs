//! Counts log lines that clients can cause at will, so that no client can fill the log.
//!
//! The other adapters have the same rule: of one kind of line, the first 16 in a minute are logged,
//! then the 32nd, the 64th and so on, with their number.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// A person reads about as many.
const FIRST: u64 = 16;
const PERIOD: Duration = Duration::from_secs(60);
/// A set may have thousands of paths. Beyond this, all other kinds count as one.
const KINDS_MAX: usize = 512;

/// Counts kinds of lines.
#[derive(Debug)]
pub(crate) struct Counted<K>(Mutex<HashMap<Option<K>, (Instant, u64)>>);

impl<K> Default for Counted<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Counted<K> {
    /// The number of this line in its minute, if it is logged.
    pub(crate) fn count(&self, kind: K, now: Instant) -> Option<u64> {
        let mut counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let kind = Some(kind);
        let kind = if counts.len() < KINDS_MAX || counts.contains_key(&kind) { kind } else { None };
        let (start, number) = counts.entry(kind).or_insert((now, 0));
        if now.saturating_duration_since(*start) >= PERIOD {
            (*start, *number) = (now, 0);
        }
        *number = number.saturating_add(1);
        Some(*number).filter(|&number| number <= FIRST || number.is_power_of_two())
    }
}

/// Lines that are logged once.
#[derive(Debug)]
pub(crate) struct Once<K, const MAX: usize>(Mutex<HashSet<K>>);

impl<K, const MAX: usize> Default for Once<K, MAX> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, const MAX: usize> Once<K, MAX> {
    /// Whether this line comes for the first time, and there were not too many others.
    pub(crate) fn is_first(&self, kind: K) -> bool {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.len() < MAX && known.insert(kind)
    }
}

#[cfg(test)]
mod tests {
    use super::{Counted, Once, PERIOD};
    use std::time::Instant;

    #[test]
    fn repeated_lines_are_counted() {
        let (counted, now) = (Counted::default(), Instant::now());
        let logged: Vec<u64> = (0..100).filter_map(|_| counted.count("a", now)).collect();
        assert_eq!(logged, (1..=16).chain([32, 64]).collect::<Vec<_>>());
        assert_eq!(counted.count("b", now), Some(1));
        assert_eq!(counted.count("a", now + PERIOD), Some(1));
    }

    #[test]
    fn kinds_beyond_the_limit_count_as_one() {
        let (counted, now) = (Counted::default(), Instant::now());
        let logged = (0..2_000).filter_map(|kind| counted.count(kind, now)).count();
        assert_eq!(logged, 512 + 16 + 6);
        assert_eq!(counted.count(3, now), Some(2));
    }

    #[test]
    fn line_is_logged_once_and_lines_are_bounded() {
        let once = Once::<usize, 64>::default();
        let logged = (0..2).flat_map(|_| 0..100).filter(|&kind| once.is_first(kind)).count();
        assert_eq!(logged, 64);
    }
}
