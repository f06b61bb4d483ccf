//! Tests that the engine decides as the naive reference does, whatever the spec and the request
//! are. Most generated requests miss only just.

use std::collections::{BTreeMap, BTreeSet};

use corsac::Policy;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

mod generate;
mod reference;
use generate::request::{noise, seed};
use generate::{any_spec, config, slip, spec};
use reference::{Bytes, OwnedRequest, Spec, Suffixes, bridge};

const SUFFIXES: bool = cfg!(feature = "public-suffix");

/// Shows the bytes as text, so that a failure can be read.
fn show(spec: &Spec, request: &OwnedRequest) -> String {
    let list = |list: &[Bytes]| list.iter().map(|text| text.escape_ascii().to_string()).collect::<Vec<_>>();
    let lines =
        request.lines.iter().map(|(name, value)| format!("\n  {}: {}", name.escape_ascii(), value.escape_ascii()));
    let methods = spec.allow_methods.as_deref().map(list);
    let (origins, headers) = (list(&spec.allow_origins), list(&spec.allow_headers));
    let lines: String = lines.collect();
    format!("origins {origins:?} methods {methods:?} headers {headers:?}\n{}{lines}", request.method.escape_ascii())
}

/// Any spec, and entries that miss only just.
fn slipped() -> impl Strategy<Value = Spec> {
    (any_spec(), prop::collection::vec((0..5_u8, any::<Index>(), slip()), 0..3)).prop_map(|(mut spec, slips)| {
        for (which, at, slip) in slips {
            let list = match which {
                0 | 1 => &mut spec.allow_origins,
                2 => &mut spec.allow_headers,
                3 => spec.allow_methods.get_or_insert_default(),
                _ => &mut spec.expose_headers,
            };
            if !list.is_empty() {
                let at = at.index(list.len());
                list[at] = slip.apply(list[at].clone());
            }
        }
        spec
    })
}

fn replace(spec: &mut Spec, field: &str, index: usize, text: &str) {
    spec.list_mut(field).expect("the entry of a list")[index] = text.into();
}

/// The name of a switch, whether it is on, and a function that turns it off.
type Switch = (&'static str, fn(&Spec) -> bool, fn(&mut Spec));

const SWITCHES: [Switch; 3] = [
    (
        "dangerously_allow_null_origin",
        |spec| spec.dangerously_allow_null_origin,
        |spec| spec.dangerously_allow_null_origin = false,
    ),
    (
        "dangerously_allow_insecure_origins",
        |spec| spec.dangerously_allow_insecure_origins,
        |spec| spec.dangerously_allow_insecure_origins = false,
    ),
    (
        "dangerously_allow_public_suffixes",
        |spec| spec.dangerously_allow_public_suffixes == Suffixes::Allowed,
        |spec| spec.dangerously_allow_public_suffixes = Suffixes::Refused,
    ),
];

proptest! {
    #![proptest_config(config(384))]

    #[test]
    fn engine_decides_as_the_reference_does(spec in spec(), seeds in prop::collection::vec(seed(), 12)) {
        let (image, found) = bridge::compile(&spec);
        prop_assert!(image.is_some(), "{:?}", found);
        let policy = Policy::open(image.unwrap()).expect("what compiles opens");
        for seed in seeds {
            let request = seed.request(&spec);
            let (got, want) = (bridge::decide(&policy, &request, None), reference::evaluate(&spec, &request));
            prop_assert!(got.is_legal());
            prop_assert_eq!(got, want, "{}", show(&spec, &request));
        }
    }

    #[test]
    fn noise_is_decided_as_the_reference_does_with_legal_bytes(spec in spec(), requests in prop::collection::vec(noise(), 8)) {
        let policy = Policy::open(bridge::compile(&spec).0.expect("valid")).expect("what compiles opens");
        for request in requests {
            let got = bridge::decide(&policy, &request, None);
            prop_assert!(got.is_legal());
            prop_assert_eq!(got, reference::evaluate(&spec, &request), "{}", show(&spec, &request));
        }
    }

    #[test]
    fn spec_compiles_where_the_reference_finds_no_error(spec in slipped()) {
        let (image, found) = bridge::compile(&spec);
        prop_assert_eq!(image.is_some(), spec.is_valid(SUFFIXES), "{:?}\n{:?}", found, spec);
        let place = |(field, index): &(&'static str, Option<usize>)| ((*field).to_string(), *index);
        let wanted: BTreeSet<_> = spec.errors(SUFFIXES).iter().map(place).collect();
        let errors = found.iter().filter(|finding| finding.is_error());
        let got: BTreeSet<_> = errors.map(|finding| (finding.field.clone(), finding.index)).collect();
        prop_assert_eq!(got, wanted, "{:?}\n{:?}", found, spec);
    }

    #[test]
    fn suggestions_are_accepted_as_they_are_written(spec in slipped()) {
        let (_, found) = bridge::compile(&spec);
        let mut all = spec.clone();
        for finding in &found {
            let (Some(text), Some(index)) = (&finding.replacement, finding.index) else { continue };
            let mut repaired = spec.clone();
            replace(&mut repaired, &finding.field, index, text);
            replace(&mut all, &finding.field, index, text);
            let (_, left) = bridge::compile(&repaired);
            let of_entry = left.iter().find(|other| other.is_error() && (&other.field, other.index) == (&finding.field, finding.index));
            // The number of entries has nothing to do with what the entry is_allowed.
            prop_assert!(of_entry.is_none_or(|other| other.code == "too-many"), "{:?}\n{:?}\n{:?}", finding, of_entry, spec);
        }
        // Nothing may be reported only after something else was repaired.
        let (_, left) = bridge::compile(&all);
        for error in left.iter().filter(|finding| finding.is_error() && finding.code != "too-many") {
            let is_known = |other: &&bridge::Found| (&other.code, &other.field, other.index) == (&error.code, &error.field, error.index);
            prop_assert!(found.iter().find(is_known).is_some(), "{:?}\n{:?}\n{:?}", error, found, spec);
        }
    }

    #[test]
    fn switch_is_reported_where_turning_it_off_changes_nothing(spec in any_spec().prop_map(|spec| spec.repaired(SUFFIXES))) {
        let found = bridge::compile(&spec).1;
        let others = |found: Vec<bridge::Found>| found.into_iter().filter(|finding| finding.code != "switch-not-needed").collect::<Vec<_>>();
        // Without the list, it is unknown whether the last switch is needed.
        let known = if SUFFIXES { &SWITCHES[..] } else { &SWITCHES[..SWITCHES.len() - 1] };
        for &(name, is_on, turn_off) in known.iter().filter(|(_, is_on, _)| is_on(&spec)) {
            let mut without = spec.clone();
            turn_off(&mut without);
            let is_needed = others(bridge::compile(&without).1) != others(found.clone());
            let warns = found.iter().any(|finding| finding.code == "switch-not-needed" && finding.field == name);
            prop_assert_eq!(warns, !is_needed && !spec.external_origins, "{} {:?}", name, spec);
            prop_assert!(!is_on(&without));
        }
    }

    #[test]
    fn order_of_a_spec_never_matters(spec in spec(), key in any::<u64>(), seeds in prop::collection::vec(seed(), 8)) {
        let one = Policy::open(bridge::compile(&spec).0.expect("valid")).expect("what compiles opens");
        let other = Policy::open(bridge::compile(&spec.shuffled(key)).0.expect("valid")).expect("what compiles opens");
        for seed in seeds {
            let request = seed.request(&spec);
            prop_assert_eq!(bridge::decide(&one, &request, None), bridge::decide(&other, &request, None), "{}", show(&spec, &request));
        }
    }

    #[test]
    fn same_header_shape_means_same_headers_apart_from_the_origin(spec in spec(), seeds in prop::collection::vec(seed(), 12)) {
        let policy = Policy::open(bridge::compile(&spec).0.expect("valid")).expect("what compiles opens");
        let mut seen = BTreeMap::new();
        for seed in seeds {
            let owned = seed.request(&spec);
            let request = bridge::borrowed(&owned);
            let (decision, origin) = (policy.evaluate(&request), request.origin().unwrap_or_default());
            let headers: Vec<_> = decision
                .headers()
                .map(|header| (header.name, (!std::ptr::eq(header.value, origin)).then(|| header.value.to_vec())))
                .collect();
            if let Some(shape) = decision.header_shape() {
                prop_assert_eq!(seen.entry(shape).or_insert_with(|| headers.clone()), &headers, "{}", show(&spec, &owned));
            }
        }
    }

    #[test]
    fn policy_read_back_decides_alike(spec in spec(), seeds in prop::collection::vec(seed(), 6)) {
        let policy = Policy::open(bridge::compile(&spec).0.expect("valid")).expect("what compiles opens");
        let read = bridge::read(&policy);
        let (image, found) = bridge::compile(&read);
        prop_assert!(image.is_some(), "{:?}\n{:?}\n{:?}", found, read, spec);
        let again = Policy::open(image.unwrap()).expect("what compiles opens");
        for seed in seeds {
            let request = seed.request(&spec);
            let mut is_allowed = |origin: &[u8]| origin.len().is_multiple_of(2);
            let got = bridge::decide(&again, &request, Some(&mut is_allowed));
            prop_assert_eq!(got, bridge::decide(&policy, &request, Some(&mut is_allowed)), "{}", show(&spec, &request));
        }
    }

    #[test]
    fn origin_check_sees_only_what_could_be_listed(mut spec in spec(), is_allowed in any::<bool>(), seeds in prop::collection::vec(seed(), 8)) {
        spec.external_origins |= is_allowed;
        let policy = Policy::open(bridge::compile(&spec).0.expect("valid")).expect("what compiles opens");
        for seed in seeds {
            let request = seed.request(&spec);
            let (mut seen, mut allowed) = (vec![], vec![]);
            let mut check = |origin: &[u8]| { seen.push(origin.to_vec()); is_allowed };
            let got = bridge::decide(&policy, &request, Some(&mut check));
            let want = reference::request::evaluate_with(&spec, &request, |origin| { allowed.push(origin.to_vec()); is_allowed });
            prop_assert!(got.is_legal());
            prop_assert_eq!(&got, &want, "{}", show(&spec, &request));
            prop_assert_eq!(&seen, &allowed, "{}", show(&spec, &request));
            seen.clear();
            let later = bridge::decide_later(&policy, &request, &mut |origin| { seen.push(origin.to_vec()); is_allowed });
            prop_assert_eq!((later, &seen), (got, &allowed), "{}", show(&spec, &request));
            prop_assert!(spec.external_origins || seen.is_empty());
        }
    }

    #[test]
    fn damaged_image_does_not_open_or_decides_within_the_law(
        spec in spec(),
        hits in prop::collection::vec((any::<Index>(), 1..=255_u8), 24),
        cut in any::<Index>(),
        seeds in prop::collection::vec(seed(), 2),
    ) {
        let image = bridge::compile(&spec).0.expect("valid");
        prop_assert!(Policy::open(&image[..cut.index(image.len())]).is_err(), "a cut image opened");
        for (at, mask) in hits {
            let mut damaged = image.clone();
            damaged[at.index(image.len())] ^= mask;
            let Ok(policy) = Policy::open(damaged) else { continue };
            for seed in &seeds {
                let decision = bridge::decide(&policy, &seed.request(&spec), None);
                prop_assert!(decision.is_legal());
                prop_assert_eq!(decision.allowed, decision.denial.is_none());
            }
        }
    }
}

/// The hash of the parent sometimes looks like that of the host itself.
#[test]
fn ranges_are_counted_only_where_no_entry_allows_any_origin() {
    for any in [false, true] {
        let mut allow_origins: Vec<Bytes> = (0..18).map(|n| format!("https://10.{n}.0.0/16").into_bytes()).collect();
        allow_origins.extend(any.then(|| b"*".to_vec()));
        let spec = Spec { allow_origins, ..Spec::default() };
        let wrong: Vec<_> = spec.errors(SUFFIXES).into_iter().filter_map(|(_, index)| index).collect();
        let (_, found) = bridge::compile(&spec);
        let got: Vec<_> = found.iter().filter(|finding| finding.is_error()).filter_map(|error| error.index).collect();
        assert_eq!(got, wrong);
        assert_eq!(wrong, if any { vec![] } else { vec![16, 17] });
    }
}

#[test]
fn host_with_any_port_allows_no_other_host() {
    for number in 0..1000 {
        let origins = vec![format!("https://a.b{number}.example:*").into_bytes()];
        let policy =
            Policy::open(bridge::compile(&Spec { allow_origins: origins, ..Spec::default() }).0.unwrap()).unwrap();
        for (label, is_allowed) in [("a", true), ("c", false)] {
            let line = ("Origin".into(), format!("https://{label}.b{number}.example:81").into_bytes());
            let decision = bridge::decide(&policy, &OwnedRequest { method: "GET".into(), lines: vec![line] }, None);
            assert_eq!(decision.denial.is_none(), is_allowed, "{label}.b{number}");
        }
    }
}

/// A property proves nothing about what is never generated, so every code and every class must be
/// reached.
#[test]
fn generators_reach_every_kind_of_decision() {
    let mut runner = TestRunner::deterministic();
    let mut seen = BTreeSet::new();
    for _ in 0..4000 {
        let (spec, seed) = (spec(), seed()).new_tree(&mut runner).expect("a value").current();
        let decision = reference::evaluate(&spec, &seed.request(&spec));
        seen.insert(match (&decision.denial, decision.class) {
            (Some((code, _)), _) => (*code).to_string(),
            (None, class) => format!("{class} allowed, {}", decision.headers.len() > 2),
        });
        let has = |name| decision.headers.iter().any(|header| header.0 == name);
        let lists = decision.headers.iter().filter(|header| header.0 == reference::request::ACAH).count();
        if lists > 1 && !spec.any_header() {
            seen.insert(format!("prefix echoed, {}", decision.allowed));
        }
        if has(reference::request::TAO) {
            seen.insert(format!("timing, {}", spec.any_origin()));
        }
    }
    // Only sets have paths.
    for code in corsac::DenialCode::ALL.iter().filter(|code| **code != corsac::DenialCode::PathAmbiguous) {
        assert!(seen.contains(code.as_str()), "{code:?} was never reached: {seen:?}");
    }
    for decision in [
        "preflight allowed, true",
        "actual allowed, true",
        "plain allowed, false",
        "prefix echoed, true",
        "prefix echoed, false",
        "timing, true",
        "timing, false",
    ] {
        assert!(seen.contains(decision), "{decision} was never reached: {seen:?}");
    }
}
