//! Policies and origins that are made to be as expensive as possible. These tests count steps,
//! because time would depend on the machine.

extern crate std;

use crate::image::layout::Image;
use crate::origins::bucket::Records;
use crate::origins::origin::Origin;
use crate::origins::patterns::{Group, Patterns};
use crate::origins::table::{BUCKET_MAX, Table};
use crate::spec::policy_spec::PolicySpec;
use crate::{CompileError, Finding, Policy};
use std::{cell::Cell, format, string::String, vec, vec::Vec};

std::thread_local! {
    static STEPS: Cell<usize> = const { Cell::new(0) };
}

/// A look-up calls this for every four heads and for every text that it compares.
pub(crate) fn count_step() {
    STEPS.set(STEPS.get() + 1);
}

/// How many steps `work` takes.
fn steps(work: impl FnOnce()) -> usize {
    STEPS.set(0);
    work();
    STEPS.get()
}

fn compile(origins: &[String], on_finding: impl FnMut(&Finding<'_>)) -> Result<Policy<Vec<u8>>, CompileError> {
    let spec = PolicySpec { allow_origins: origins, ..PolicySpec::new(&[]) };
    spec.compile(vec![0; spec.image_len()], on_finding)
}

/// Makes `count` fixed parts, each below the one before. Under each, for each port, there are `globs`
/// globs and, on request, a wildcard. What would be longer than a host can be is left out.
fn nested(count: usize, globs: usize, ports: &[&str], has_wildcards: bool) -> Vec<String> {
    let mut origins = Vec::new();
    let mut fixed = String::from("b");
    for _ in 0..count {
        for port in ports {
            let wildcard = Some(String::from("*")).filter(|_| has_wildcards);
            let globs = (0..globs).map(|number| format!("a{}*", "-".repeat(number)));
            let labels = wildcard.into_iter().chain(globs).filter(|label| label.len() + 1 + fixed.len() <= 253);
            origins.extend(labels.map(|label| format!("https://{label}.{fixed}{port}")));
        }
        fixed = format!("a.{fixed}");
    }
    origins
}

/// The most steps that a look-up of one of these origins takes.
fn most_steps(policy: &Policy<Vec<u8>>, origins: &[String]) -> usize {
    let cost = |origin: &String| {
        steps(|| {
            let origin = Origin::parse(origin.as_bytes()).unwrap();
            origin.find_wildcard(Image::or_closed(policy.image()));
        })
    };
    origins.iter().map(cost).max().unwrap()
}

/// The longest host that ends in `last`, and the same with a first label that no browser sends.
fn hosts(last: &str) -> Vec<String> {
    let host = "a.".repeat(126) + last;
    [host.clone(), host.replacen('a', "A", 1), host.replacen('a', "*", 1), host.replacen("a.a", "..a", 1)].to_vec()
}

#[test]
fn work_for_an_origin_is_bounded_by_its_labels() {
    let hosts = [hosts("b"), hosts("c")].concat();
    let origins: Vec<String> =
        hosts.iter().flat_map(|host| ["", ":1", ":2"].map(|port| format!("https://{host}{port}"))).collect();
    let mut most_of_all = 0;
    for (count, globs, ports, has_wildcards) in [
        (1, 32, &[""][..], false),
        (10, 32, &[""], false),
        (100, 8, &[""], false),
        (125, 32, &[""], false),
        (125, 32, &["", ":*"], false),
        (125, 0, &["", ":*"], true),
        (125, 31, &[":1", ":*"], true),
        (125, 0, &[""], true),
    ] {
        let mut patterns = nested(count, globs, ports, has_wildcards);
        if ports == [""] && has_wildcards {
            // Each has a port of its own, so that none covers another.
            patterns.iter_mut().enumerate().for_each(|(number, pattern)| *pattern += &format!(":{}", 1000 + number));
            patterns.push(String::from("https://*.z.z:*"));
        }
        let policy = compile(&patterns, |_| ()).unwrap();
        let steps = most_steps(&policy, &origins);
        // 126 dots times two kinds of port. An average bucket has two patterns, and seldom more
        // than the four that one step compares.
        assert!(steps <= 2 * 2 * 126, "{count} {globs} {ports:?}: {steps}");
        most_of_all = steps.max(most_of_all);
    }
    assert!(most_of_all >= 2 * 110, "no policy makes a look-up for every label: {most_of_all}");
}

/// A tenant could write wildcards that others cover, and fixed parts with few labels and all lengths,
/// so that only the origins of strangers are expensive. That must have no effect.
#[test]
fn denied_origin_takes_no_more_steps_than_allowed_ones() {
    let lengths = (1..62).map(|number| {
        let mut fixed = "c".repeat(4 * number);
        (63..fixed.len()).step_by(63).for_each(|dot| fixed.replace_range(dot..=dot, "."));
        format!("https://*.{}:{number}", fixed.trim_end_matches('.'))
    });
    let policies = [
        nested(125, 0, &[""], true),
        nested(125, 0, &[":1", ":*"], true),
        nested(60, 0, &[":*"], true),
        lengths.collect(),
    ];
    for patterns in policies {
        let policy = compile(&patterns, |_| ()).unwrap();
        let honest = patterns.iter().map(|pattern| {
            let fixed = pattern.replace(":*", "").replace("https://*.", "");
            let labels = "a.".repeat((253 - fixed.split(':').next().unwrap().len()) / 2);
            format!("https://{labels}{fixed}")
        });
        let honest = most_steps(&policy, &honest.collect::<Vec<_>>());
        let strangers = ["", ":1", ":61", ":2"]
            .map(|port| hosts("b").into_iter().chain(hosts("c")).map(move |host| format!("https://{host}{port}")));
        let stranger = most_steps(&policy, &strangers.into_iter().flatten().collect::<Vec<_>>());
        assert!(
            stranger <= 2 * honest + 2,
            "{} patterns: {stranger} steps, {honest} for one that is allowed",
            patterns.len()
        );
    }
}

/// Each is looked up by its own labels and compared only with the globs of its own fixed part.
#[test]
fn work_of_compiling_nested_globs_is_linear() {
    for count in [4, 30, 125] {
        let patterns = nested(count, 32, &["", ":*"], false);
        let steps = steps(|| drop(compile(&patterns, |_| ()).unwrap()));
        assert!(steps <= 2 * 32 * patterns.len(), "{count}: {} for each pattern", steps / patterns.len());
    }
}

/// The most patterns in one bucket of either table.
fn fullest(policy: &Policy<Vec<u8>>) -> usize {
    let image = Image::or_closed(policy.image());
    let fullest =
        |table: Table<'_>| (0..table.buckets()).map(|bucket| Records::new(table.bucket(bucket)).count()).max();
    fullest(Table::exact(image)).max(fullest(Table::wildcards(image))).unwrap_or(0)
}

/// Makes more patterns than one bucket may hold, all of which belong to the first bucket under this
/// seed, in a table of up to 1 000 buckets.
fn aimed(group: Group, seed: u32, like: impl Fn(u32) -> String) -> Vec<String> {
    let is_aimed = |text: &String| group.hash(seed, text.as_bytes()).unwrap() >> 32 < (1 << 32) / 1_000;
    (0..).map(like).filter(is_aimed).take(BUCKET_MAX + 2).collect()
}

/// An attacker knows the code and its own patterns, and guesses how many others there are.
#[test]
fn added_patterns_never_have_a_policy_refused() {
    let tails = [".eu", ".example.com", ".workspace.eu-central-1.customers.example-saas.com"];
    for (group, lead) in [(Group::Exact, "https://"), (Group::Wildcard, "https://*.")] {
        let seed_of = |origins: &[String]| {
            let spec = PolicySpec { allow_origins: origins, ..PolicySpec::new(&[]) };
            Patterns::new(&spec, true).size(group).seed
        };
        for added_tail in tails {
            // The seeds that a table might begin with, and the seed that these patterns have alone.
            let mut added: Vec<String> = Vec::new();
            for seed in [0, 1] {
                added.extend(aimed(group, seed, |number| format!("{lead}{number:x}{added_tail}")));
            }
            let own = seed_of(&added);
            added.extend(aimed(group, own, |number| format!("{lead}o{number:x}{added_tail}")));
            added.extend(std::iter::repeat_n(added[0].clone(), 200));
            for (count, tail) in [500, 1_300].into_iter().flat_map(|count| tails.map(|tail| (count, tail))) {
                let others = (0..count).map(|number| format!("{lead}tenant-{number:05}{tail}"));
                let origins: Vec<String> = others.chain(added.iter().cloned()).collect();
                let policy = compile(&origins, |_| ()).unwrap_or_else(|error| panic!("{lead}{tail}: {error}"));
                assert!(fullest(&policy) <= 24, "{lead}{tail}: {}", fullest(&policy));
            }
        }
    }
}
