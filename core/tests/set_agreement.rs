//! Tests that a policy set decides as the naive reference does, whatever the tables, the path and
//! the request are. Most generated paths miss only just.

use std::collections::BTreeSet;

use corsac::{Policy, PolicySet};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

mod generate;
mod reference;
use generate::request::{Seed, noise, seed};
use generate::set::{PathSeed, any_set, path_seed, set};
use generate::{config, spec};
use reference::{Bytes, OwnedRequest, Path, Set, Spec, bridge};

const SUFFIXES: bool = cfg!(feature = "public-suffix");

/// A request made from the entries of one of the policies, and a path made from that of one of the
/// tables.
type RequestSeed = (PathSeed, Index, Seed);

fn request_seed() -> impl Strategy<Value = RequestSeed> {
    (path_seed(), any::<Index>(), seed())
}

fn request(set: &Set, (path, table, seed): &RequestSeed) -> (Path, OwnedRequest) {
    let path = path.path(set);
    // In most cases, the policy is one of this path.
    let of_path: Vec<&Spec> = set.policies_at(&path);
    let of_set: Vec<&Spec> = set.tables.iter().filter_map(|table| table.policy.as_ref()).collect();
    let specs = if of_path.is_empty() { of_set } else { of_path };
    let spec = if specs.is_empty() { Spec::default() } else { specs[table.index(specs.len())].clone() };
    (path, seed.request(&spec))
}

fn open(set: &Set) -> PolicySet<Bytes> {
    let (image, found) = bridge::compile_set(set);
    PolicySet::open(image.unwrap_or_else(|| panic!("{found:?}"))).expect("what compiles opens")
}

proptest! {
    #![proptest_config(config(96))]

    #[test]
    fn set_decides_as_the_reference_does(set in set(), seeds in prop::collection::vec(request_seed(), 16)) {
        let policies = open(&set);
        for one in &seeds {
            let (path, request) = request(&set, one);
            let (mut seen, mut wanted) = (vec![], vec![]);
            let is_allowed = request.lines.len() % 2 == 0;
            let got = bridge::decide_set(&policies, &path, &request, Some(&mut |table, origin| (seen.push((table, origin.to_vec())), is_allowed).1));
            let want = set.evaluate_with(&path, &request, |table, origin| (wanted.push((table, origin.to_vec())), is_allowed).1);
            prop_assert!(got.as_ref().is_none_or(reference::OwnedDecision::is_legal));
            prop_assert_eq!(&got, &want, "{:?}\n{:?}\n{:?}", path, request, set);
            prop_assert_eq!(&seen, &wanted, "{:?}\n{:?}\n{:?}", path, request, set);
            let mut later = vec![];
            let decided = bridge::decide_set_later(&policies, &path, &request, &mut |table, origin| (later.push((table, origin.to_vec())), is_allowed).1);
            prop_assert_eq!((decided, later), (got, wanted), "{:?}\n{:?}\n{:?}", path, request, set);
            prop_assert_eq!(bridge::decide_set(&policies, &path, &request, None), set.evaluate(&path, &request));
        }
    }

    #[cfg(feature = "toml")]
    #[test]
    fn text_of_a_set_compiles_to_the_same_set(set in set()) {
        let policies = open(&set);
        let Some(text) = policies.to_text() else {
            let is_plain = |table: &reference::Table| std::str::from_utf8(&table.path).is_ok_and(|path| !path.contains("\"\"\""));
            prop_assert!(!set.tables.iter().all(is_plain));
            return Ok(());
        };
        let text = text.to_string();
        let mut scratch = vec![corsac::TextSlot::default(); corsac::TextSlot::needed(text.as_bytes())];
        let read = corsac::PolicyText::read(text.as_bytes(), &mut scratch, |finding| panic!("{finding}\n{text}")).expect("TOML");
        let mut errors = vec![];
        let again = read.compile(vec![0; read.image_len()], |finding| errors.push(finding.to_string()));
        let again = again.unwrap_or_else(|error| panic!("{error}: {errors:?}\n{text}"));
        // An entry that was written twice changes the seed of a table, and so the order.
        let sorted = |set: &PolicySet<Bytes>| {
            let mut set = bridge::read_set(set);
            set.tables.iter_mut().filter_map(|table| table.policy.as_mut()).for_each(|spec| spec.allow_origins.sort());
            set
        };
        prop_assert_eq!(sorted(&again), sorted(&policies), "{}", text);
    }

    #[test]
    fn noise_is_decided_as_the_reference_does(set in set(), paths in prop::collection::vec((path_seed(), noise()), 8)) {
        let policies = open(&set);
        for (path, request) in &paths {
            let path = path.path(&set);
            prop_assert_eq!(bridge::decide_set(&policies, &path, request, None), set.evaluate(&path, request), "{:?} {:?}", path, set);
        }
    }

    #[test]
    fn set_compiles_where_the_reference_finds_no_error(set in any_set()) {
        let (image, found) = bridge::compile_set(&set);
        let wanted: BTreeSet<_> = set.errors(SUFFIXES).into_iter().map(|(table, field, index)| (table, field.to_string(), index)).collect();
        prop_assert_eq!(image.is_some(), wanted.is_empty(), "{:?}\n{:?}", found, set);
        let errors = found.iter().filter(|finding| finding.is_error());
        let got: BTreeSet<_> = errors.map(|finding| (finding.table, finding.field.clone(), finding.index)).collect();
        prop_assert_eq!(got, wanted, "{:?}\n{:?}", found, set);
        // The findings of a table are those that it has alone.
        for (number, table) in set.tables.iter().enumerate() {
            let Some(spec) = &table.policy else { continue };
            let alone: Vec<_> = bridge::compile(spec).1.into_iter().map(|finding| bridge::Found { table: Some(number), ..finding }).collect();
            let own: Vec<_> = found.iter().filter(|finding| finding.table == Some(number)).collect();
            prop_assert!(alone.iter().all(|finding| own.contains(&finding)), "{:?}\n{:?}", alone, own);
        }
    }

    #[test]
    fn tables_of_other_paths_never_matter(set in set(), key in any::<u64>(), seeds in prop::collection::vec(request_seed(), 8)) {
        let (one, other) = (open(&set), open(&set.shuffled(key)));
        for seed in &seeds {
            let (path, request) = request(&set, seed);
            prop_assert_eq!(bridge::decide_set(&one, &path, &request, None), bridge::decide_set(&other, &path, &request, None), "{:?}", path);
        }
    }

    #[test]
    fn set_read_back_decides_alike(set in set(), seeds in prop::collection::vec(request_seed(), 6)) {
        let policies = open(&set);
        let read = bridge::read_set(&policies);
        prop_assert!(read.tables.iter().map(|table| &table.path).eq(set.tables.iter().map(|table| &table.path)));
        let again = open(&read);
        for one in &seeds {
            let (path, request) = request(&set, one);
            let mut is_allowed = |table: usize, origin: &[u8]| (table + origin.len()).is_multiple_of(2);
            let got = bridge::decide_set(&again, &path, &request, Some(&mut is_allowed));
            prop_assert_eq!(got, bridge::decide_set(&policies, &path, &request, Some(&mut is_allowed)), "{:?} {:?}", path, set);
        }
    }

    #[test]
    fn paths_of_one_id_are_decided_alike(set in set(), paths in prop::collection::vec(path_seed(), 6), seed in request_seed()) {
        let policies = open(&set);
        let request = request(&set, &seed).1;
        let at: Vec<_> = paths.iter().map(|path| path.path(&set)).collect();
        let decided: Vec<_> = at.iter().map(|path| {
            let wanted = bridge::request_path(path);
            let found = policies.at(&wanted);
            let tables = found.map(|found| (found.id(), found.is_ambiguous(), found.policies().map(|(table, _)| table).collect::<Vec<_>>()));
            (tables, bridge::decide_set(&policies, path, &request, None))
        }).collect();
        for (tables, decision) in &decided {
            prop_assert_eq!(tables.is_none(), decision.is_none());
            for (others, other) in &decided {
                let (Some(one), Some(two)) = (tables, others) else { continue };
                prop_assert_eq!(one.0 == two.0, (one.1, &one.2) == (two.1, &two.2));
                prop_assert!(one.0 != two.0 || one.1 || decision == other);
            }
        }
    }

    #[test]
    fn policy_is_a_set_of_one(spec in spec(), path in path_seed(), seeds in prop::collection::vec(seed(), 4)) {
        let image = bridge::compile(&spec).0.expect("valid");
        let (policy, set) = (Policy::open(&image[..]).expect("it opens"), PolicySet::open(&image[..]).expect("it opens"));
        prop_assert_eq!(set.image(), &image[..]);
        let one = Set { tables: vec![reference::Table { path: b"/".to_vec(), policy: Some(spec.clone()) }] };
        let path = path.path(&one);
        for seed in seeds {
            let request = seed.request(&spec);
            let alone = bridge::decide(&policy, &request, None);
            prop_assert_eq!(bridge::decide_set(&set, &path, &request, None), Some(alone.clone()));
            prop_assert_eq!(bridge::decide_set(&open(&one), &path, &request, None), Some(alone));
        }
        prop_assert!(Policy::open(open(&one).image()).is_err());
    }

    #[test]
    fn damaged_set_does_not_open_or_decides_within_the_law(
        set in set(),
        hits in prop::collection::vec((any::<Index>(), 1..=255_u8), 16),
        cut in any::<Index>(),
        seeds in prop::collection::vec(request_seed(), 2),
    ) {
        let image = bridge::compile_set(&set).0.expect("valid");
        prop_assert!(PolicySet::open(&image[..cut.index(image.len())]).is_err(), "a cut image opened");
        for (at, mask) in hits {
            let mut damaged = image.clone();
            damaged[at.index(image.len())] ^= mask;
            let Ok(policies) = PolicySet::open(damaged) else { continue };
            for seed in &seeds {
                let (path, request) = request(&set, seed);
                let Some(decision) = bridge::decide_set(&policies, &path, &request, None) else { continue };
                prop_assert!(decision.is_legal());
                prop_assert_eq!(decision.allowed, decision.denial.is_none());
            }
        }
    }
}

/// A property proves nothing about what is never generated.
#[test]
fn generators_reach_every_kind_of_decision() {
    let mut runner = TestRunner::deterministic();
    let (mut seen, mut errors) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..1500 {
        let (any, set, seed) = (any_set(), set(), request_seed()).new_tree(&mut runner).expect("a value").current();
        errors.extend(any.errors(true).into_iter().map(|(table, field, _)| (table.is_some(), field)));
        let (path, request) = request(&set, &seed);
        let count = set.policies_at(&path).len().min(3);
        let decision = set.evaluate(&path, &request);
        seen.insert(match &decision {
            None => "untouched".to_string(),
            Some(decision) => match &decision.denial {
                Some((code, _)) => (*code).to_string(),
                None => format!("{count} {}", decision.class),
            },
        });
    }
    for code in corsac::DenialCode::ALL {
        assert!(seen.contains(code.as_str()), "{code:?} was never reached: {seen:?}");
    }
    for wanted in
        ["untouched", "1 preflight", "2 preflight", "3 preflight", "1 actual", "2 actual", "1 plain", "3 plain"]
    {
        assert!(seen.contains(wanted), "{wanted} was never reached: {seen:?}");
    }
    for wanted in [(false, "policy"), (true, "path"), (true, "external_origins"), (true, "allow_origins")] {
        assert!(errors.contains(&wanted), "{wanted:?} was never reached: {errors:?}");
    }
}
