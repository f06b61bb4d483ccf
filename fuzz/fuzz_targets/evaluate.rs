//! The engine equals the naive reference: any spec is refused at the same places, and any request to what is left of it is answered alike.

#![no_main]

use std::collections::BTreeSet;

use corsac::Policy;
use corsac_fuzz::reference::{ask, bridge};
use corsac_fuzz::{asks, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let spec = spec(data);
    let (image, found) = bridge::compile(&spec);
    let wanted: BTreeSet<_> = spec.errors(false).into_iter().map(|(field, index)| (field.to_owned(), index)).collect();
    let errors = found.into_iter().filter(|finding| finding.is_error());
    let got: BTreeSet<_> = errors.map(|finding| (finding.field, finding.index)).collect();
    assert_eq!(got, wanted);
    assert_eq!(image.is_some(), wanted.is_empty());

    let spec = spec.mended(false);
    let policy = Policy::open(bridge::compile(&spec).0.expect("a mended spec compiles")).expect("what compiles opens");
    for ask in asks(data) {
        let says = ask.lines.len() % 2 == 0;
        let (mut seen, mut asked) = (vec![], vec![]);
        let got = bridge::answer(&policy, &ask, Some(&mut |origin| (seen.push(origin.to_vec()), says).1));
        let want = ask::evaluate_with(&spec, &ask, |origin| (asked.push(origin.to_vec()), says).1);
        assert!(got.is_legal());
        assert_eq!((got, seen), (want, asked), "{spec:?} {ask:?}");
    }
});
