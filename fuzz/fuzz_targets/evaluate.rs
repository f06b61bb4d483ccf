//! The engine equals the naive reference: any spec and any set is refused at the same places, what
//! is suggested is accepted, and any request to what is left is decided alike.

#![no_main]

use std::collections::BTreeSet;

use corsac::{Policy, PolicySet};
use corsac_fuzz::reference::bridge::{self, Found};
use corsac_fuzz::reference::{Ask, Path, Set, Spec, ask};
use corsac_fuzz::{asks, paths, set, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (set, asks) = (set(data), asks(data));
    if set.tables.is_empty() {
        single(spec(data), &asks);
    } else {
        several(set, &asks, &paths(data));
    }
});

fn single(spec: Spec, asks: &[Ask]) {
    let (image, found) = bridge::compile(&spec);
    let wanted: BTreeSet<_> = spec.errors(false).into_iter().map(|(field, index)| (field.to_owned(), index)).collect();
    let errors = found.iter().filter(|finding| finding.is_error());
    let got: BTreeSet<_> = errors.map(|finding| (finding.field.clone(), finding.index)).collect();
    assert_eq!(got, wanted);
    assert_eq!(image.is_some(), wanted.is_empty());
    found.iter().for_each(|finding| suggestion_is_accepted(&spec, finding));

    let spec = spec.mended(false);
    let policy = Policy::open(bridge::compile(&spec).0.expect("a mended spec compiles")).expect("what compiles opens");
    for ask in asks {
        let says = ask.lines.len() % 2 == 0;
        let (mut seen, mut asked) = (vec![], vec![]);
        let got = bridge::answer(&policy, ask, Some(&mut |origin| (seen.push(origin.to_vec()), says).1));
        let want = ask::evaluate_with(&spec, ask, |origin| (asked.push(origin.to_vec()), says).1);
        assert!(got.is_legal());
        assert_eq!((got, seen), (want, asked), "{spec:?} {ask:?}");
    }
}

/// The same spec with the text that is suggested has no error in that entry.
fn suggestion_is_accepted(spec: &Spec, finding: &Found) {
    let (Some(text), Some(index)) = (&finding.replacement, finding.index) else { return };
    let mut repaired = spec.clone();
    repaired.list_mut(&finding.field).expect("the entry of a list")[index] = text.clone().into_bytes();
    let (_, left) = bridge::compile(&repaired);
    let of_entry = |other: &&Found| other.is_error() && (&other.field, other.index) == (&finding.field, finding.index);
    let error = left.iter().find(of_entry).filter(|error| error.code != "too-many");
    assert!(error.is_none(), "{finding:?}: {error:?}");
}

fn several(set: Set, asks: &[Ask], paths: &[Path]) {
    let (image, found) = bridge::compile_set(&set);
    let place = |(table, field, index): (_, &str, _)| (table, field.to_owned(), index);
    let wanted: BTreeSet<_> = set.errors(false).into_iter().map(place).collect();
    let errors = found.iter().filter(|finding| finding.is_error());
    let got: BTreeSet<_> = errors.map(|finding| (finding.table, finding.field.clone(), finding.index)).collect();
    assert_eq!(got, wanted);
    assert_eq!(image.is_some(), wanted.is_empty());
    for finding in found.iter().filter(|finding| finding.field == "path") {
        let (Some(text), Some(table)) = (&finding.replacement, finding.table) else { continue };
        let mut repaired = set.clone();
        repaired.tables[table].path = text.clone().into_bytes();
        let (_, left) = bridge::compile_set(&repaired);
        assert!(!left.iter().any(|other| other.table == Some(table) && other.code == "invalid-path"), "{text}");
    }

    let set = set.mended(false);
    let policies =
        PolicySet::open(bridge::compile_set(&set).0.expect("a mended set compiles")).expect("what compiles opens");
    let own = set.tables.iter().map(|table| Path::Decoded(table.path.clone()));
    let all: Vec<Path> = own.take(4).chain(paths.iter().cloned()).collect();
    for (ask, path) in asks.iter().flat_map(|ask| all.iter().map(move |path| (ask, path))) {
        let says = |table: usize, origin: &[u8]| (table + origin.len()).is_multiple_of(2);
        let (mut seen, mut asked) = (vec![], vec![]);
        let mut check = |table, origin: &[u8]| (seen.push((table, origin.to_vec())), says(table, origin)).1;
        let got = bridge::answer_set(&policies, path, ask, Some(&mut check));
        let want =
            set.evaluate_with(path, ask, |table, origin| (asked.push((table, origin.to_vec())), says(table, origin)).1);
        assert!(got.as_ref().is_none_or(|decision| decision.is_legal()));
        assert_eq!((got, seen), (want, asked), "{set:?} {path:?} {ask:?}");
    }
}
