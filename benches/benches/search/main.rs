//! Climbs to the dearest policy and the dearest request: `make bench-search`. `README.md` says what
//! is promised and how it is held.
//!
//! `cargo bench -p corsac-benches --bench search [-- [--seconds N] [--seed N]]`; without `--bench`,
//! as under `cargo test`, it takes some steps and asserts that honest requests are allowed.

mod cost;
mod mutate;
mod simplify;
#[path = "../compare/watch.rs"]
mod watch;

use std::time::{Duration, Instant};

use corsac::{Policy, Request};
use corsac_benches::attack::{self, FOUND, MethodShape, PolicyShape, RequestShape};
use cost::{Care, costs};
use fastrand::Rng;

/// Beside twice the dearest honest request, this much is promised.
const ALLOWANCE: f64 = 250.0;
/// Requests that are tried under each policy.
const REQUESTS: u32 = 60;
/// Policies without a dearer one, after which the search begins anew.
const PATIENCE: u32 = 120;
/// Finds of each search that are shown.
const SHOWN: usize = 4;

/// What is searched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Search {
    /// A request that costs more than twice the dearest honest one and 250 ns.
    Promise,
    /// The dearest `Origin`.
    Origin,
    /// The dearest requested headers, by the number of listed names.
    Names,
}

/// A policy with the dearest requests that were found for it.
struct Candidate {
    shape: PolicyShape,
    policy: Policy<Vec<u8>>,
    honest: RequestShape,
    dearest: RequestShape,
    /// Nanoseconds.
    honest_cost: f64,
    dearest_cost: f64,
    /// The greater, the dearer.
    score: f64,
}

impl Search {
    const ALL: [Self; 3] = [Self::Promise, Self::Origin, Self::Names];

    fn score(self, shape: &PolicyShape, honest: f64, dearest: f64) -> f64 {
        match self {
            Self::Promise => dearest / (2.0 * honest + ALLOWANCE),
            Self::Origin => dearest / 5_000.0,
            // A few names cost what any list costs, and not what each of them does.
            Self::Names => (dearest - honest) / (40.0 * f64::from(shape.names.max(3))),
        }
    }

    /// Measures a policy; `None`: the compiler refuses it, or it is not what is searched for.
    fn candidate(self, random: &mut Rng, shape: PolicyShape, start: RequestShape) -> Option<Candidate> {
        let policy = shape.compile().ok()?;
        if self == Self::Names && (shape.names == 0 || shape.any_name || shape.prefixes != 0) {
            return None;
        }
        let mut honest = dearest_honest(&shape, &policy)?;
        let mut dearest = start;
        match self {
            Self::Names => (honest, dearest) = (honest.without_names(), honest),
            Self::Promise | Self::Origin => {
                for _ in 0..REQUESTS {
                    let next = self.allow(mutate::request(random, &dearest));
                    let (one, other) = (dearest.lines(&shape), next.lines(&shape));
                    let asked = [(&policy, &one), (&policy, &other)];
                    let is_dearer = |care| {
                        let [was, is] = costs(care, asked);
                        is > was * 1.01
                    };
                    if is_dearer(Care::QUICK) && is_dearer(Care::WHOLE) {
                        dearest = next;
                    }
                }
            }
        }
        Some(self.measured(shape, policy, honest, self.allow(dearest)))
    }

    /// Without what is not searched for.
    fn allow(self, request: RequestShape) -> RequestShape {
        if self == Self::Origin { RequestShape { method: MethodShape::Absent, ..request } } else { request }
    }

    fn measured(
        self,
        shape: PolicyShape,
        policy: Policy<Vec<u8>>,
        honest: RequestShape,
        dearest: RequestShape,
    ) -> Candidate {
        let (one, other) = (honest.lines(&shape), dearest.lines(&shape));
        let [honest_cost, dearest_cost] = costs(Care::WHOLE, [(&policy, &one), (&policy, &other)]);
        let score = self.score(&shape, honest_cost, dearest_cost);
        Candidate { shape, policy, honest, dearest, honest_cost, dearest_cost, score }
    }

    /// The same find, less what it does not need.
    fn simplified(self, mut found: Candidate) -> Candidate {
        let mut is_simpler = true;
        while is_simpler {
            is_simpler = false;
            for (shape, dearest) in simplify::steps(&found.shape, &found.dearest) {
                let Ok(policy) = shape.compile() else { continue };
                let Some(honest) = dearest_honest(&shape, &policy) else { continue };
                let (honest, dearest) = match self {
                    Self::Names => (honest.without_names(), honest),
                    _ => (honest, dearest),
                };
                let next = self.measured(shape, policy, honest, dearest);
                // The machine may be slower now than when the find was measured.
                let now = self.measured(found.shape, found.policy.clone(), found.honest, found.dearest);
                if next.score > now.score * 0.98 {
                    (found, is_simpler) = (next, true);
                    break;
                }
            }
        }
        found
    }
}

/// The dearest honest request: first the origin, then the names.
fn dearest_honest(shape: &PolicyShape, policy: &Policy<Vec<u8>>) -> Option<RequestShape> {
    let origin = dearest(shape, policy, attack::origins(shape))?;
    dearest(shape, policy, attack::names(shape).into_iter().map(|names| RequestShape { names, ..origin }).collect())
}

/// The dearest of those that are allowed.
fn dearest(shape: &PolicyShape, policy: &Policy<Vec<u8>>, of: Vec<RequestShape>) -> Option<RequestShape> {
    let measure = |care, request: RequestShape| {
        let lines = request.lines(shape);
        let is_allowed = policy.evaluate(&Request::from_lines(lines.method(), lines.lines())).is_allowed();
        is_allowed.then(|| (request, costs(care, [(policy, &lines)])[0]))
    };
    let mut found: Vec<_> = of.into_iter().filter_map(|request| measure(Care::QUICK, request)).collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    found.truncate(4);
    let found = found.into_iter().filter_map(|(request, _)| measure(Care::WHOLE, request));
    found.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(request, _)| request)
}

/// Climbs until the time is over, from what was found before and then from random policies. The
/// best of each start, the dearest first.
fn climb(search: Search, random: &mut Rng, time: Duration, mut seen: impl FnMut(&Candidate)) -> Vec<Candidate> {
    let begin = Instant::now();
    let mut peaks: Vec<Candidate> = Vec::new();
    let mut known = FOUND.iter();
    while begin.elapsed() < time {
        let (shape, request) = match known.next() {
            Some(find) => (find.policy, find.dearest),
            None => ((0..12).fold(PolicyShape::SMALL, |shape, _| mutate::policy(random, &shape)), RequestShape::SMALL),
        };
        let Some(mut best) = search.candidate(random, shape, request) else { continue };
        let mut tried = 0;
        while tried < PATIENCE && begin.elapsed() < time {
            tried += 1;
            let shape = mutate::policy(random, &best.shape);
            let Some(next) = search.candidate(random, shape, best.dearest) else { continue };
            if next.score > best.score * 1.01 {
                best = next;
                tried = 0;
                seen(&best);
            }
        }
        peaks.push(best);
    }
    peaks.sort_by(|one, other| other.score.total_cmp(&one.score));
    peaks.truncate(SHOWN);
    peaks.into_iter().map(|peak| search.simplified(peak)).collect()
}

fn show(search: Search, candidate: &Candidate) {
    let Candidate { shape, honest, dearest, honest_cost, dearest_cost, score, .. } = candidate;
    println!(
        "{search:?}: {score:.2} of what is promised: {dearest_cost:.0} ns, honest {honest_cost:.0} ns, {} patterns, {} names",
        shape.origins().len(),
        shape.names
    );
    println!("    policy: {shape:?},\n    dearest: {dearest:?},\n    honest: {honest:?},");
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1)?.parse::<u64>().ok()
    };
    if !arguments.iter().any(|argument| argument == "--bench") {
        assert_honest_requests_are_allowed();
        return;
    }
    let (seconds, seed) = (value("--seconds").unwrap_or(90), value("--seed").unwrap_or(7));
    let mut random = Rng::with_seed(seed);
    println!("seed {seed}, {seconds} s; kept: {} finds", FOUND.len());
    for search in Search::ALL {
        let time = Duration::from_secs(seconds) / Search::ALL.len() as u32;
        let begin = Instant::now();
        let peaks = climb(search, &mut random, time, |best| {
            eprintln!("{:>4} s  {search:?} {:.2}", begin.elapsed().as_secs(), best.score);
        });
        println!("\n{} starts", peaks.len());
        peaks.iter().for_each(|peak| show(search, peak));
    }
}

/// Without a clock: what the search calls honest is allowed, in policies that it comes by.
fn assert_honest_requests_are_allowed() {
    let mut random = Rng::with_seed(7);
    let (mut shape, mut policies, mut requests) = (PolicyShape::SMALL, 0, 0);
    for _ in 0..300 {
        let next = mutate::policy(&mut random, &shape);
        let Ok(policy) = next.compile() else { continue };
        shape = next;
        policies += 1;
        for request in attack::origins(&shape) {
            let lines = request.lines(&shape);
            requests += usize::from(policy.evaluate(&Request::from_lines(lines.method(), lines.lines())).is_allowed());
        }
    }
    println!("search: {requests} honest requests under {policies} policies are allowed");
    assert!(policies > 100 && requests > policies);
}
