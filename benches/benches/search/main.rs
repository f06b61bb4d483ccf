//! Searches for the costliest policy and request by small steps: `make bench-search`. `README.md` has
//! the promise that it tries to break.
//!
//! `cargo bench -p corsac-benches --bench search [-- [--seconds N] [--seed N]]`. Without `--bench`,
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

/// A request may cost twice the costliest honest one, and this many nanoseconds more.
const ALLOWANCE: f64 = 250.0;
/// How many requests are tried under each policy.
const REQUESTS: u32 = 60;
/// After this many policies without a costlier one, the search starts again from a new policy.
const PATIENCE: u32 = 120;
/// How many finds of each search are shown.
const SHOWN: usize = 4;

/// What is searched for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Search {
    /// A request that costs more than twice the costliest honest one and 250 ns.
    Promise,
    /// The costliest `Origin`.
    Origin,
    /// The costliest requested headers, per listed name.
    Names,
}

/// A policy with the costliest requests that were found for it.
struct Candidate {
    shape: PolicyShape,
    policy: Policy<Vec<u8>>,
    honest: RequestShape,
    costliest: RequestShape,
    /// Nanoseconds.
    honest_cost: f64,
    costliest_cost: f64,
    /// The greater it is, the costlier the request.
    score: f64,
}

impl Search {
    const ALL: [Self; 3] = [Self::Promise, Self::Origin, Self::Names];

    fn score(self, shape: &PolicyShape, honest: f64, costliest: f64) -> f64 {
        match self {
            Self::Promise => costliest / (2.0 * honest + ALLOWANCE),
            Self::Origin => costliest / 5_000.0,
            // With a few names, the cost is mostly that of having any list, and not that of a name.
            Self::Names => (costliest - honest) / (40.0 * f64::from(shape.names.max(3))),
        }
    }

    /// Measures a policy. `None`: the compiler refuses it, or this search is not about it.
    fn candidate(self, random: &mut Rng, shape: PolicyShape, start: RequestShape) -> Option<Candidate> {
        let policy = shape.compile().ok()?;
        if self == Self::Names && (shape.names == 0 || shape.any_name || shape.prefixes != 0) {
            return None;
        }
        let mut honest = costliest_honest(&shape, &policy)?;
        let mut costliest = start;
        match self {
            Self::Names => (honest, costliest) = (honest.without_names(), honest),
            Self::Promise | Self::Origin => {
                for _ in 0..REQUESTS {
                    let next = self.allow(mutate::request(random, &costliest));
                    let (one, other) = (costliest.lines(&shape), next.lines(&shape));
                    let pair = [(&policy, &one), (&policy, &other)];
                    let is_costlier = |care| {
                        let [was, is] = costs(care, pair);
                        is > was * 1.01
                    };
                    if is_costlier(Care::QUICK) && is_costlier(Care::WHOLE) {
                        costliest = next;
                    }
                }
            }
        }
        Some(self.measured(shape, policy, honest, self.allow(costliest)))
    }

    /// Removes what this search is not about.
    fn allow(self, request: RequestShape) -> RequestShape {
        if self == Self::Origin { RequestShape { method: MethodShape::Absent, ..request } } else { request }
    }

    fn measured(
        self,
        shape: PolicyShape,
        policy: Policy<Vec<u8>>,
        honest: RequestShape,
        costliest: RequestShape,
    ) -> Candidate {
        let (one, other) = (honest.lines(&shape), costliest.lines(&shape));
        let [honest_cost, costliest_cost] = costs(Care::WHOLE, [(&policy, &one), (&policy, &other)]);
        let score = self.score(&shape, honest_cost, costliest_cost);
        Candidate { shape, policy, honest, costliest, honest_cost, costliest_cost, score }
    }

    /// Removes from a find everything that it does not need.
    fn simplified(self, mut found: Candidate) -> Candidate {
        let mut is_simpler = true;
        while is_simpler {
            is_simpler = false;
            for (shape, costliest) in simplify::steps(&found.shape, &found.costliest) {
                let Ok(policy) = shape.compile() else { continue };
                let Some(honest) = costliest_honest(&shape, &policy) else { continue };
                let (honest, costliest) = match self {
                    Self::Names => (honest.without_names(), honest),
                    _ => (honest, costliest),
                };
                let next = self.measured(shape, policy, honest, costliest);
                // The machine may be slower now than when the find was measured.
                let now = self.measured(found.shape, found.policy.clone(), found.honest, found.costliest);
                if next.score > now.score * 0.98 {
                    (found, is_simpler) = (next, true);
                    break;
                }
            }
        }
        found
    }
}

/// The costliest honest request: first the origin, then the names.
fn costliest_honest(shape: &PolicyShape, policy: &Policy<Vec<u8>>) -> Option<RequestShape> {
    let origin = costliest(shape, policy, attack::origins(shape))?;
    costliest(shape, policy, attack::names(shape).into_iter().map(|names| RequestShape { names, ..origin }).collect())
}

/// The costliest of the requests that are allowed.
fn costliest(shape: &PolicyShape, policy: &Policy<Vec<u8>>, candidates: Vec<RequestShape>) -> Option<RequestShape> {
    let measure = |care, request: RequestShape| {
        let lines = request.lines(shape);
        let is_allowed = policy.evaluate(&Request::from_lines(lines.method(), lines.lines())).is_allowed();
        is_allowed.then(|| (request, costs(care, [(policy, &lines)])[0]))
    };
    let mut found: Vec<_> = candidates.into_iter().filter_map(|request| measure(Care::QUICK, request)).collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1));
    found.truncate(4);
    let found = found.into_iter().filter_map(|(request, _)| measure(Care::WHOLE, request));
    found.max_by(|one, other| one.1.total_cmp(&other.1)).map(|(request, _)| request)
}

/// Searches until the time is over, first from earlier finds and then from random policies. Returns
/// the best find of each start, the costliest first.
fn climb(search: Search, random: &mut Rng, time: Duration, mut seen: impl FnMut(&Candidate)) -> Vec<Candidate> {
    let begin = Instant::now();
    let mut peaks: Vec<Candidate> = Vec::new();
    let mut known = FOUND.iter();
    while begin.elapsed() < time {
        let (shape, request) = match known.next() {
            Some(find) => (find.policy, find.costliest),
            None => ((0..12).fold(PolicyShape::SMALL, |shape, _| mutate::policy(random, &shape)), RequestShape::SMALL),
        };
        let Some(mut best) = search.candidate(random, shape, request) else { continue };
        let mut tried = 0;
        while tried < PATIENCE && begin.elapsed() < time {
            tried += 1;
            let shape = mutate::policy(random, &best.shape);
            let Some(next) = search.candidate(random, shape, best.costliest) else { continue };
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
    let Candidate { shape, honest, costliest, honest_cost, costliest_cost, score, .. } = candidate;
    println!(
        "{search:?}: {score:.2} of what is promised: {costliest_cost:.0} ns, honest {honest_cost:.0} ns, {} patterns, {} names",
        shape.origins().len(),
        shape.names
    );
    println!("    policy: {shape:?},\n    costliest: {costliest:?},\n    honest: {honest:?},");
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

/// Asserts, without a clock, that requests which the search calls honest are allowed, under policies
/// of the search.
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
