//! The engine and the naive reference agree: a spec or a set is refused at the same places,
//! suggestions are accepted, and a request is decided alike after the wrong entries are removed.

#![no_main]

use std::collections::BTreeSet;

use corsac::{Policy, PolicySet};
use corsac_fuzz::reference::bridge::{self, Found};
use corsac_fuzz::reference::{OwnedRequest, Path, Set, Spec, request};
use corsac_fuzz::{paths, requests, set, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (set, requests) = (set(data), requests(data));
    if set.tables.is_empty() {
        single(spec(data), &requests);
    } else {
        several(set, &requests, &paths(data));
    }
});

fn single(spec: Spec, requests: &[OwnedRequest]) {
    let (image, found) = bridge::compile(&spec);
    let wanted: BTreeSet<_> = spec.errors(false).into_iter().map(|(field, index)| (field.to_owned(), index)).collect();
    let errors = found.iter().filter(|finding| finding.is_error());
    let got: BTreeSet<_> = errors.map(|finding| (finding.field.clone(), finding.index)).collect();
    assert_eq!(got, wanted);
    assert_eq!(image.is_some(), wanted.is_empty());
    found.iter().for_each(|finding| suggestion_is_accepted(&spec, finding));

    let spec = spec.repaired(false);
    let policy =
        Policy::open(bridge::compile(&spec).0.expect("a repaired spec compiles")).expect("what compiles opens");
    for request in requests {
        let is_allowed = request.lines.len() % 2 == 0;
        let (mut seen, mut asked) = (vec![], vec![]);
        let got = bridge::decide(&policy, request, Some(&mut |origin| (seen.push(origin.to_vec()), is_allowed).1));
        let want = request::evaluate_with(&spec, request, |origin| (asked.push(origin.to_vec()), is_allowed).1);
        assert!(got.is_legal());
        assert_eq!((got, seen), (want, asked), "{spec:?} {request:?}");
    }
}

/// With the suggested text, the same spec has no error in that entry.
fn suggestion_is_accepted(spec: &Spec, finding: &Found) {
    let (Some(text), Some(index)) = (&finding.replacement, finding.index) else { return };
    let mut repaired = spec.clone();
    repaired.list_mut(&finding.field).expect("the entry of a list")[index] = text.clone().into_bytes();
    let (_, left) = bridge::compile(&repaired);
    let of_entry = |other: &&Found| other.is_error() && (&other.field, other.index) == (&finding.field, finding.index);
    let error = left.iter().find(of_entry).filter(|error| error.code != "too-many");
    assert!(error.is_none(), "{finding:?}: {error:?}");
}

fn several(set: Set, requests: &[OwnedRequest], paths: &[Path]) {
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

    let set = set.repaired(false);
    let policies =
        PolicySet::open(bridge::compile_set(&set).0.expect("a repaired set compiles")).expect("what compiles opens");
    let own = set.tables.iter().map(|table| Path::Decoded(table.path.clone()));
    let all: Vec<Path> = own.take(4).chain(paths.iter().cloned()).collect();
    for (request, path) in requests.iter().flat_map(|request| all.iter().map(move |path| (request, path))) {
        let is_allowed = |table: usize, origin: &[u8]| (table + origin.len()).is_multiple_of(2);
        let (mut seen, mut asked) = (vec![], vec![]);
        let mut check = |table, origin: &[u8]| (seen.push((table, origin.to_vec())), is_allowed(table, origin)).1;
        let got = bridge::decide_set(&policies, path, request, Some(&mut check));
        let want = set.evaluate_with(path, request, |table, origin| {
            (asked.push((table, origin.to_vec())), is_allowed(table, origin)).1
        });
        assert!(got.as_ref().is_none_or(|decision| decision.is_legal()));
        assert_eq!((got, seen), (want, asked), "{set:?} {path:?} {request:?}");
    }
}
