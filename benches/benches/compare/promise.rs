//! The goals for what `docs/design.md`, section 6, promises about every policy and every request.
//! `make bench-search` looks for requests that break the promise.

use std::hint::black_box;

use corsac::Policy;
use corsac_benches::attack::{
    FOUND, Find, Group, HeaderLines, Hosts, Kind, MethodShape, NameCase, NamesShape, PolicyShape, Ports, RequestShape,
};
use corsac_benches::{Case, compile_set};

use crate::built::{Building, Built};
use crate::engine::Repeated;
use crate::engine_set::RepeatedAtPath;
use crate::goal::{Goal, GoalRun};
use crate::round::{Samples, measure};
use crate::system::Ready;
use crate::watch::Watch;

/// How many nanoseconds a request may cost in addition to twice the costliest honest one.
const ALLOWANCE: f64 = 250.0;

impl GoalRun<'_> {
    /// All goals of this file.
    pub(crate) fn promises(&self) -> Vec<Goal> {
        let mut goals: Vec<Goal> = FOUND.iter().filter_map(|find| self.find(find)).collect();
        goals.extend(self.origin());
        goals.extend([3, 256].into_iter().filter_map(|count| self.names(count)));
        goals.extend(self.lines());
        goals.extend([Case::Plain, Case::Preflight3].into_iter().filter_map(|case| self.set(case)));
        goals.extend(self.nested_globs());
        goals
    }

    /// The costliest request, compared with twice the costliest honest one and the allowance.
    fn find(&self, find: &Find) -> Option<Goal> {
        let claim = format!("costliest request, {}: of twice the costliest honest one and 250 ns", find.name);
        self.goal(claim, 1.0, || {
            let policy = find.policy.compile().expect("a policy that compiles");
            let [costliest, honest] =
                self.built(&policy, [&find.costliest, &find.honest].map(|it| it.lines(&find.policy)));
            let detail = format!("{:.0} ns of 2 × {:.0} + {ALLOWANCE} ns", costliest.median(), honest.median());
            let ratio = costliest.with(&honest, |costliest, honest| costliest / (2.0 * honest + ALLOWANCE));
            (ratio.median(), detail)
        })
    }

    /// The costliest `Origin` under all policies that were found.
    fn origin(&self) -> Option<Goal> {
        self.goal("costliest origin under any policy: microseconds".to_owned(), 5.0, || {
            let costs = FOUND.iter().map(|find| {
                let policy = find.policy.compile().expect("a policy that compiles");
                let request = RequestShape { method: MethodShape::Absent, ..find.costliest };
                let [cost] = self.built(&policy, [request.lines(&find.policy)]);
                (cost.fastest() / 1e3, find.name)
            });
            let (cost, name) = costs.max_by(|one, other| one.0.total_cmp(&other.0)).unwrap_or((0.0, "none"));
            (cost, name.to_owned())
        })
    }

    /// Requested headers in the costliest honest ways, under a policy that lists this many.
    fn names(&self, count: u16) -> Option<Goal> {
        self.goal(format!("requested headers, {count} listed: nanoseconds a name"), 40.0, || {
            let shape = PolicyShape { names: count, name_len: 24, ..PolicyShape::SMALL };
            let policy = shape.compile().expect("a policy that compiles");
            let with = |stride, case, before| RequestShape {
                method: MethodShape::Listed(0),
                names: NamesShape { count, stride, case, before, ..NamesShape::NOTHING },
                ..RequestShape::SMALL
            };
            // Modulo the number of names, this goes one back at each step. It is odd, so `NamesShape`
            // takes it as it is.
            let back = 2 * count - 1;
            let ways = [
                with(back, NameCase::Lower, 0),
                with(back, NameCase::Upper, 1),
                with(41, NameCase::Lower, 1),
                with(41, NameCase::Mixed, 1),
            ];
            let [none, ways @ ..] = self.built(
                &policy,
                [ways[0].without_names(), ways[0], ways[1], ways[2], ways[3]].map(|it| it.lines(&shape)),
            );
            let costs = ways.iter().map(|way| way.with(&none, |way, none| (way - none) / f64::from(count)).fastest());
            let cost = costs.clone().fold(0.0, f64::max);
            let each: Vec<String> = costs.map(|cost| format!("{cost:.1}")).collect();
            (
                cost,
                format!(
                    "reversed {}; upper case {}; any order {}; any order and case {} ns",
                    each[0], each[1], each[2], each[3]
                ),
            )
        })
    }

    /// Building a request, which the numbers above leave out. Each of its lines costs the same.
    fn lines(&self) -> Option<Goal> {
        self.goal("building a request of 100 lines of requested headers: nanoseconds a line".to_owned(), 15.0, || {
            let mut ready: [Box<dyn Ready>; 1] = [Box::new(Building)];
            let samples = measure(&mut ready, self.pace);
            (samples[0].fastest() / Building::LINES as f64, String::new())
        })
    }

    /// A set of a hundred paths, compared with a single policy.
    fn set(&self, case: Case) -> Option<Goal> {
        self.goal(format!("{}, a set of 100 paths: nanoseconds more than a policy", case.name()), 40.0, || {
            let set = compile_set(&self.small.world.origins);
            let case_request = self.small.world.request(case);
            let policy = set.tables().next().and_then(|(_, policy)| policy).expect("a policy");
            let policy = Policy::open(policy.image().to_vec()).expect("an image");
            let mut ready: [Box<dyn Ready + '_>; 2] = [
                Box::new(RepeatedAtPath { set: &set, case_request: case_request.clone(), expected: case.expected() }),
                Box::new(Repeated::new(&policy, case_request, None, case.expected())),
            ];
            let samples = measure(&mut ready, self.pace);
            let more = samples[0].with(&samples[1], |set, policy| set - policy);
            (more.median(), format!("{:.1} - {:.1} ns", samples[0].median(), samples[1].median()))
        })
    }

    /// Globs under nested parents, each with two kinds of ports.
    fn nested_globs(&self) -> Option<Goal> {
        let globs = Group {
            kind: Kind::Glob,
            count: 125,
            hosts: Hosts::Nested,
            globs: 32,
            ports: Ports::DefaultAndAny,
            ..Group::UNUSED
        };
        let shape = PolicyShape { groups: [globs, Group::UNUSED, Group::UNUSED, Group::UNUSED], ..PolicyShape::SMALL };
        let count = shape.origins().len();
        self.goal(format!("compiling {count} nested globs: seconds"), 0.3, || {
            let times = (0..5).map(|_| {
                let start = Watch::start();
                black_box(shape.compile().expect("a policy that compiles"));
                start.elapsed().as_secs_f64()
            });
            let times = Samples::from(times.collect::<Vec<_>>());
            (times.median(), format!("{:.1} µs a pattern", times.median() * 1e6 / count as f64))
        })
    }

    /// Requests that are built outside the clock.
    fn built<const N: usize>(&self, policy: &Policy<Vec<u8>>, requests: [HeaderLines; N]) -> [Samples; N] {
        let mut ready: [Box<dyn Ready + '_>; N] = requests.map(|lines| Box::new(Built { policy, lines }) as _);
        measure(&mut ready, self.pace).try_into().ok().expect("as many samples as contestants")
    }
}
