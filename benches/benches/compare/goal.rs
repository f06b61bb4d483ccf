//! The goals. Each is measured by itself in interleaved rounds, as a ratio of two numbers from the
//! same seconds.

use corsac_benches::{Case, Hostile};

use crate::machine::Clock;
use crate::measured::{Build, Size};
use crate::name::Name;
use crate::round::{Pace, Samples, measure};
use crate::system::Ready;

/// A claim that should hold: a value is at most a bound.
pub(crate) struct Goal {
    pub(crate) claim: String,
    pub(crate) value: f64,
    pub(crate) bound: f64,
    /// The numbers that the value was computed from.
    pub(crate) detail: String,
}

impl Goal {
    pub(crate) fn is_met(&self) -> bool {
        self.value <= self.bound
    }
}

/// A run that measures the goals, with the smallest and the largest size of policies.
pub(crate) struct GoalRun<'s> {
    pub(crate) small: &'s Size,
    pub(crate) large: &'s Size,
    pub(crate) pace: Pace,
    /// Only goals with this text in their claim are measured.
    pub(crate) part: &'s str,
}

impl<'s> GoalRun<'s> {
    fn ready(&self, size: &'s Size, name: Name, case: Case) -> Box<dyn Ready + 's> {
        let ready = size.system(name).ready(case, &size.world);
        ready.unwrap_or_else(|| panic!("{} has no case {}", name.text(), case.name()))
    }

    /// Measures these in the same rounds.
    fn of<const N: usize>(&self, contestants: [(&'s Size, Name, Case); N]) -> [Samples; N] {
        let mut ready = contestants.map(|(size, name, case)| self.ready(size, name, case));
        let samples = measure(&mut ready, self.pace);
        samples.try_into().ok().expect("as many samples as contestants")
    }

    /// All goals about time that are selected.
    pub(crate) fn time(&self) -> Vec<Goal> {
        let (small, large) = (self.small, self.large);
        let mut goals = vec![
            self.tower_http(small),
            self.cycles(Case::Preflight3, 180.0),
            self.cycles(Case::Plain, 30.0),
            self.random(Case::ActualRandom, Case::Actual),
            self.random(Case::Preflight3Random, Case::Preflight3),
        ];
        // What the layer reaches on a busy machine, and a sixth more.
        let reached = [(Case::Preflight3, 0.7), (Case::Actual, 0.65), (Case::DeniedHeader, 0.75), (Case::Plain, 0.55)];
        goals.extend(reached.map(|(case, bound)| self.layer(small, case, bound)));
        goals.extend([Case::Actual, Case::Preflight3].map(|case| {
            let claim = format!("{}: hot among {}", case.name(), large.world.origins.len());
            self.times(claim, (large, case), (small, case), 1.2)
        }));
        goals.push(self.times(
            "actual denied, of one that a wildcard matched".to_owned(),
            (large, Case::ActualDenied),
            (large, Case::ActualWildcard),
            1.0,
        ));
        goals.extend([Case::DeniedOrigin, Case::DeniedMethod, Case::DeniedHeader].map(|case| {
            let claim = format!("{}, of one that a wildcard matched", case.name());
            self.times(claim, (large, case), (large, Case::Preflight3Wildcard), 1.0)
        }));
        goals.extend([Hostile::Method, Hostile::Origin, Hostile::OriginLabels, Hostile::LongestOrigin].map(
            |hostile| {
                let case = Case::Hostile(hostile);
                let claim = format!("{}, of a preflight of every listed name", case.name());
                self.times(claim, (small, case), (small, Case::Preflight3), 2.0)
            },
        ));
        goals.into_iter().flatten().collect()
    }

    /// Measures a goal if it is selected.
    pub(crate) fn goal(&self, claim: String, bound: f64, measure: impl FnOnce() -> (f64, String)) -> Option<Goal> {
        claim.contains(self.part).then(|| {
            let (value, detail) = measure();
            Goal { claim, value, bound, detail }
        })
    }

    fn tower_http(&self, size: &'s Size) -> Option<Goal> {
        let case = Case::Preflight3;
        self.goal(format!("{}: of tower-http's, less the service alone", case.name()), 1.0 / 8.5, || {
            let [own, tower, floor] =
                self.of([(size, Name::Corsac, case), (size, Name::TowerHttp, case), (size, Name::HttpFloor, case)]);
            let layer = tower.with(&floor, |tower, floor| tower - floor);
            let detail = format!("{:.1} ns of {:.0} - {:.0} ns", own.median(), tower.median(), floor.median());
            (own.with(&layer, |own, layer| own / layer).median(), detail)
        })
    }

    fn layer(&self, size: &'s Size, case: Case, bound: f64) -> Option<Goal> {
        self.goal(format!("{}: layer of tower-http's, both less the service alone", case.name()), bound, || {
            let [own, tower, floor] = self.of([
                (size, Name::CorsacLayer, case),
                (size, Name::TowerHttp, case),
                (size, Name::HttpFloor, case),
            ]);
            let [own, tower] = [own, tower].map(|samples| samples.with(&floor, |all, floor| all - floor));
            let detail = format!("{:.0} ns of {:.0} ns", own.median(), tower.median());
            (own.with(&tower, |own, tower| own / tower).median(), detail)
        })
    }

    /// Uses the fastest tenth of the rounds, because on a core whose other hyperthread is busy,
    /// everything except the clock is slower.
    fn cycles(&self, case: Case, bound: f64) -> Option<Goal> {
        self.goal(format!("{}: cycles", case.name()), bound, || {
            let mut ready = [self.ready(self.small, Name::Corsac, case), Box::new(Clock)];
            let samples = measure(&mut ready, self.pace);
            let [own, clock] = samples.try_into().ok().expect("as many samples as contestants");
            let cycles = own.with(&clock, |own, clock| own / clock * Clock::CYCLES);
            let detail = format!(
                "{:.1} ns at {:.2} GHz; {:.0} cycles in the middle round",
                own.fastest(),
                Clock::CYCLES / clock.median(),
                cycles.median()
            );
            (cycles.fastest(), detail)
        })
    }

    fn times(&self, claim: String, one: (&'s Size, Case), other: (&'s Size, Case), bound: f64) -> Option<Goal> {
        self.goal(claim, bound, || {
            let [one, other] = self.of([(one.0, Name::Corsac, one.1), (other.0, Name::Corsac, other.1)]);
            ratio(&one, &other)
        })
    }

    /// Compares with a look-up and a decision in which everything is in the cache.
    fn random(&self, case: Case, hot: Case) -> Option<Goal> {
        self.goal(format!("{}: of HashSet<String>::contains and the rest of the decision", case.name()), 1.0, || {
            let [own, look_up, warm] = self.of([
                (self.large, Name::Corsac, case),
                (self.large, Name::LookUp, case),
                (self.small, Name::Corsac, hot),
            ]);
            let both = look_up.with(&warm, |look_up, warm| look_up + warm);
            let detail = format!("{:.0} ns of {:.0} + {:.0} ns", own.median(), look_up.median(), warm.median());
            (own.with(&both, |own, both| own / both).median(), detail)
        })
    }
}

fn ratio(one: &Samples, other: &Samples) -> (f64, String) {
    let detail = format!("{:.1} ns of {:.1} ns", one.median(), other.median());
    (one.with(other, |one, other| one / other).median(), detail)
}

/// The goals for the size of an image and the time to compile it.
pub(crate) fn of_builds(builds: &[Build]) -> Vec<Goal> {
    let mut goals: Vec<Goal> = builds
        .iter()
        .filter(|build| build.count >= 1_000)
        .map(|build| Goal {
            claim: format!("image of {} origins: of the bytes of their strings", build.count),
            value: build.image as f64 / build.strings as f64,
            bound: 1.2,
            detail: format!("{} bytes of {}", build.image, build.strings),
        })
        .collect();
    if let Some(build) = builds.iter().find(|build| build.count == 1_000_000)
        && let Some((_, time)) = build.times.iter().find(|(name, _)| *name == Name::Corsac)
    {
        goals.push(Goal {
            claim: "compiling a million origins: seconds".to_owned(),
            value: time / 1e9,
            bound: 0.5,
            detail: format!("{:.0} ns an origin", time / build.count as f64),
        });
    }
    goals
}
