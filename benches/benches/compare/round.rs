//! Measures in interleaved rounds: A, B, C, A, B, C. Whatever slows the machine down for a while then
//! slows all of them down, and ratios stay the same.

use std::time::Duration;

use crate::system::Ready;

/// How long to measure.
#[derive(Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) rounds: usize,
    /// How long one contestant runs in one round.
    pub(crate) sample: Duration,
    /// How long one contestant runs in all rounds. After that, it sits out the later rounds.
    pub(crate) most: Duration,
}

/// The fewest rounds of the slowest contestant, so that its median means something.
const FEWEST: usize = 5;

/// Nanoseconds per call, one number for each round.
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn median(&self) -> f64 {
        quantile(self.0.clone(), 0.5)
    }

    /// The number that the fastest tenth of the rounds does not exceed.
    pub(crate) fn fastest(&self) -> f64 {
        quantile(self.0.clone(), 0.1)
    }

    /// The width of the middle half of the numbers, as a fraction of the median.
    pub(crate) fn spread(&self) -> f64 {
        (quantile(self.0.clone(), 0.75) - quantile(self.0.clone(), 0.25)) / self.median()
    }

    /// Combines the two numbers of each round into one.
    pub(crate) fn with(&self, other: &Self, make: impl Fn(f64, f64) -> f64) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(a, b)| make(*a, *b)).collect())
    }
}

/// Samples that were measured elsewhere.
impl From<Vec<f64>> for Samples {
    fn from(numbers: Vec<f64>) -> Self {
        Self(numbers)
    }
}

pub(crate) fn quantile(mut numbers: Vec<f64>, part: f64) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let at = (numbers.len().saturating_sub(1) as f64 * part).round() as usize;
    numbers.get(at).copied().unwrap_or(f64::NAN)
}

/// Measures all contestants in interleaved rounds.
pub(crate) fn measure(contestants: &mut [Box<dyn Ready + '_>], pace: Pace) -> Vec<Samples> {
    let calls: Vec<u32> = contestants.iter_mut().map(|contestant| calls(contestant.as_mut(), pace.sample)).collect();
    let mut samples: Vec<Samples> = contestants.iter().map(|_| Samples(Vec::new())).collect();
    let mut spent = vec![Duration::ZERO; contestants.len()];
    for round in 0..pace.rounds {
        for (((contestant, &calls), samples), spent) in
            contestants.iter_mut().zip(&calls).zip(&mut samples).zip(&mut spent)
        {
            if *spent > pace.most && round >= FEWEST {
                continue;
            }
            let time = contestant.time(calls);
            *spent += time;
            samples.0.push(time.as_nanos() as f64 / f64::from(calls));
        }
    }
    samples
}

/// Finds out how many calls fill a sample. That also warms the caches up.
fn calls(contestant: &mut (dyn Ready + '_), sample: Duration) -> u32 {
    let mut calls = 1;
    loop {
        let time = contestant.time(calls);
        if time * 4 >= sample {
            let per_call = time.as_nanos() / u128::from(calls);
            return u32::try_from(sample.as_nanos() / per_call.max(1)).unwrap_or(u32::MAX).max(1);
        }
        calls *= 2;
    }
}
