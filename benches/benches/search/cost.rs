//! Measures what a request costs: nanoseconds of the thread, the fewest of several turns.

use std::hint::black_box;
use std::time::Duration;

use corsac::{Policy, Request};
use corsac_benches::attack::HeaderLines;
use corsac_benches::read;

use crate::watch::Watch;

/// How long and how often a cost is measured.
#[derive(Clone, Copy)]
pub(crate) struct Care {
    turn: Duration,
    turns: usize,
}

impl Care {
    /// Chooses what is worth measuring again.
    pub(crate) const QUICK: Self = Self { turn: Duration::from_micros(6), turns: 3 };
    /// Disturbances only ever add time, so the fewest of nine turns is the cost.
    pub(crate) const WHOLE: Self = Self { turn: Duration::from_micros(40), turns: 9 };
}

/// Measures in turns how many nanoseconds each of these requests takes.
pub(crate) fn costs<const N: usize>(care: Care, requests: [(&Policy<Vec<u8>>, &HeaderLines); N]) -> [f64; N] {
    let requests = requests.map(|(policy, lines)| (policy, lines.method(), lines.lines()));
    let built: [_; N] = std::array::from_fn(|at| {
        let (policy, method, lines) = &requests[at];
        (*policy, Request::from_lines(*method, lines.iter().copied()))
    });
    let calls: [u32; N] = std::array::from_fn(|at| calls(care.turn, built[at].0, &built[at].1));
    let mut fewest = [f64::INFINITY; N];
    for _ in 0..care.turns {
        for ((fewest, calls), (policy, request)) in fewest.iter_mut().zip(calls).zip(&built) {
            *fewest = fewest.min(time(policy, request, calls).as_nanos() as f64 / f64::from(calls));
        }
    }
    fewest
}

/// Finds out how many calls fill a turn.
fn calls(turn: Duration, policy: &Policy<Vec<u8>>, request: &Request<'_>) -> u32 {
    let mut calls = 8;
    loop {
        let time = time(policy, request, calls);
        if time * 3 >= turn {
            return (turn.as_nanos() * u128::from(calls) / time.as_nanos().max(1)).clamp(1, 1 << 20) as u32;
        }
        calls *= 2;
    }
}

fn time(policy: &Policy<Vec<u8>>, request: &Request<'_>, calls: u32) -> Duration {
    let start = Watch::start();
    for _ in 0..calls {
        black_box(read(&black_box(policy).evaluate(black_box(request))));
    }
    start.elapsed()
}
