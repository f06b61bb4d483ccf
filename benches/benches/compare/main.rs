//! Compares Corsac with its peers, in one process and one run. `README.md` says what is measured and
//! how.
//!
//! `cargo bench -p corsac-benches --bench compare [-- [--quick] [--goals] [--write] [PART OF A
//! NAME]]`. Without `--bench`, as under `cargo test`, every response is asserted and nothing is
//! timed.

mod actix;
mod built;
mod by_hand;
mod engine;
mod engine_set;
mod goal;
mod machine;
mod measured;
mod name;
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
use goal::GoalRun;
use indicatif::{ProgressBar, ProgressStyle};
use measured::{Build, Cell, Size};
use name::Name;
use round::{Pace, Samples, measure};
use system::{Ready, System};
use table::Results;
use watch::Watch;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if !has("--bench") {
        assert_responses();
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

    // One step for the policies of each size, one for each case, and one for the goals.
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
        // A goal passes or fails, so it needs more rounds than a number.
        let pace = Pace { rounds: pace.rounds * 5 / 3, ..pace };
        let run = GoalRun { small, large, pace, part };
        goals = run.time();
        goals.extend(run.promises());
        goals.extend(goal::of_builds(&builds));
    }
    bar.finish_and_clear();

    let command = if has("--quick") { "make bench-quick" } else { "make bench-core" };
    let results = Results { command, cells, builds, goals };
    print!("{}", results.markdown());
    if has("--write") {
        let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("results");
        std::fs::write(directory.join("README.md"), results.markdown())?;
    }
    Ok(())
}

/// Measures every system and every size of a case in the same rounds.
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

/// Builds the policies of all systems in turns. Small ones are built many times over, because one
/// would be too fast for the clock.
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

/// Asserts the response of every system to every request, without a clock.
fn assert_responses() {
    let mut count = 0;
    let mut check = |ready: Option<Box<dyn Ready + '_>>| {
        if let Some(mut ready) = ready {
            ready.time(2);
            count += 1;
        }
    };
    for size in [1, 10, 1_000].map(Size::new) {
        for case in Case::GRID {
            size.systems.iter().for_each(|(_, system)| check(system.ready(case, &size.world)));
        }
        for hostile in Hostile::ALL {
            check(size.system(Name::Corsac).ready(Case::Hostile(hostile), &size.world));
        }
    }
    println!("compare: {count} cases have the expected response");
}
