//! Corsac beside its peers, in one process and one run. `README.md` says what is measured and how.
//!
//! `cargo bench -p corsac-benches --bench compare [-- [--quick] [--goals] [--write] [PART OF A
//! NAME]]`; without `--bench`, as under `cargo test`, every answer is asserted and nothing is
//! timed.

mod actix;
mod asking_set;
mod built;
mod by_hand;
mod engine;
mod goal;
mod machine;
mod plot;
mod poll;
mod promise;
mod round;
mod stream;
mod system;
mod table;
mod tower_http;
mod watch;

use std::error::Error;
use std::path::Path;
use std::time::Duration;

use corsac_benches::{Case, Hostile, compile};
use goal::Judge;
use indicatif::{ProgressBar, ProgressStyle};
use round::{Pace, Samples, measure};
use system::{Name, Ready, System, World};
use table::Results;
use watch::Watch;

/// One number of the table.
struct Cell {
    case: Case,
    count: usize,
    name: Name,
    samples: Samples,
}

/// What building the policies of a size took.
struct Build {
    count: usize,
    /// Median nanoseconds.
    times: Vec<(Name, f64)>,
    strings: usize,
    image: usize,
}

/// All systems, built for so many origins.
struct Size {
    world: World,
    systems: Vec<(Name, Box<dyn System>)>,
}

impl Size {
    fn new(count: usize) -> Self {
        let world = World::new(count);
        let systems = Name::ALL.map(|name| (name, name.build(&world.origins))).into();
        Self { world, systems }
    }

    fn system(&self, name: Name) -> &dyn System {
        let (_, system) = self.systems.iter().find(|(built, _)| *built == name).expect("all systems are built");
        system.as_ref()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if !has("--bench") {
        assert_answers();
        return Ok(());
    }
    let part = arguments.iter().find(|argument| !argument.starts_with("--")).map_or("", String::as_str);
    let (counts, pace): (&[usize], Pace) = if has("--quick") {
        let pace = Pace { rounds: 9, sample: Duration::from_micros(500), most: Duration::from_millis(50) };
        (&[1, 1_000, 100_000], pace)
    } else if has("--goals") {
        let pace = Pace { rounds: 61, sample: Duration::from_millis(1), most: Duration::from_millis(200) };
        (&[1, 1_000_000], pace)
    } else {
        let pace = Pace { rounds: 61, sample: Duration::from_millis(2), most: Duration::from_millis(200) };
        (&[1, 10, 1_000, 100_000, 1_000_000], pace)
    };
    let is_goals = has("--goals");
    let cases: Vec<Case> = Case::GRID.into_iter().filter(|case| !is_goals && case.name().contains(part)).collect();

    // One step for each size's policies, each case, and the goals.
    let bar = ProgressBar::new((counts.len() + cases.len() + 1) as u64);
    bar.set_style(ProgressStyle::with_template("{elapsed} [{bar:30}] {pos}/{len} {msg}")?);
    let step = |message: String| {
        bar.println(format!("{:>4} s  {message}", bar.elapsed().as_secs()));
        bar.set_message(message);
        bar.inc(1);
    };

    let mut sizes = Vec::new();
    let mut builds = Vec::new();
    for &count in counts {
        step(format!("policies of {count} origins"));
        let size = Size::new(count);
        builds.push(build(&size.world.origins));
        sizes.push(size);
    }
    let mut cells = Vec::new();
    for case in cases {
        step(case.name().to_owned());
        cells.extend(compare(case, &sizes, pace));
    }
    step("goals".to_owned());
    let mut goals = Vec::new();
    if (is_goals || part.is_empty())
        && let [small, .., large] = &sizes[..]
    {
        // A verdict takes more rounds than a number.
        let pace = Pace { rounds: pace.rounds * 5 / 3, ..pace };
        goals = Judge { small, large, pace, part }.time();
        goals.extend(goal::of_builds(&builds));
    }
    bar.finish_and_clear();

    let command = if has("--quick") { "make bench-quick" } else { "make bench-core" };
    let results = Results { command, cells, builds, goals };
    print!("{}", results.markdown());
    if has("--write") {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        std::fs::write(directory.join("README.md"), results.markdown())?;
        plot::draw(&results, &directory)?;
    }
    Ok(())
}

/// Every system and every size, in the same rounds.
fn compare(case: Case, sizes: &[Size], pace: Pace) -> Vec<Cell> {
    let mut places = Vec::new();
    let mut contestants = Vec::new();
    for size in sizes {
        for (name, system) in &size.systems {
            if let Some(ready) = system.ready(case, &size.world) {
                places.push((size.world.origins.len(), *name));
                contestants.push(ready);
            }
        }
    }
    let samples = measure(&mut contestants, pace);
    places.into_iter().zip(samples).map(|((count, name), samples)| Cell { case, count, name, samples }).collect()
}

/// Builds the policies of all systems in turns; the small ones many times over, so that the clock
/// can tell them.
fn build(origins: &[String]) -> Build {
    const ROUNDS: usize = 5;
    let again = (2_000 / origins.len()).max(1);
    let names = || Name::ALL.into_iter().filter(|name| name.has_policy());
    let mut samples: Vec<Vec<f64>> = names().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (name, samples) in names().zip(&mut samples) {
            let start = Watch::start();
            let built: Vec<Box<dyn System>> = (0..again).map(|_| name.build(origins)).collect();
            samples.push(start.elapsed().as_nanos() as f64 / again as f64);
            drop(built);
        }
    }
    Build {
        count: origins.len(),
        times: names().zip(samples.into_iter().map(|samples| Samples::from(samples).median())).collect(),
        strings: origins.iter().map(String::len).sum(),
        image: compile(origins).image().len(),
    }
}

/// Every system's answer to every request, without a clock.
fn assert_answers() {
    let mut count = 0;
    let mut answer = |ready: Option<Box<dyn Ready + '_>>| {
        if let Some(mut ready) = ready {
            ready.time(2);
            count += 1;
        }
    };
    for size in [1, 10, 1_000].map(Size::new) {
        for case in Case::GRID {
            size.systems.iter().for_each(|(_, system)| answer(system.ready(case, &size.world)));
        }
        for hostile in Hostile::ALL {
            answer(size.system(Name::Corsac).ready(Case::Hostile(hostile), &size.world));
        }
    }
    println!("compare: {count} cases answered as expected");
}
