//! Hostile bytes, and good images with damage: whatever opens is a policy or a set that compiles.
//! It decides as that one does, and writes only legal bytes.

#![no_main]

use corsac::{IMAGE_MAGIC, OpenError, Policy, PolicySet};
use corsac_fuzz::reference::{Bytes, OwnedRequest, Path, Set, Spec, bridge};
use corsac_fuzz::{damage, paths, requests, set, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        let set = set(data);
        let compiled = match set.tables.is_empty() {
            true => bridge::compile(&spec(data).repaired(false)),
            false => bridge::compile_set(&set.repaired(false)),
        };
        image = compiled.0.expect("what is repaired compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let Ok(policies) = PolicySet::open(image.clone()) else { return assert!(Policy::open(image).is_err()) };
    // An image that is not a set is a policy.
    let policy = Policy::open(image);
    assert!(matches!(policy, Ok(_) | Err(OpenError::IsSet)));

    let read = bridge::read_set(&policies);
    let again = match &policy {
        Ok(policy) => bridge::compile(&bridge::read(policy)),
        Err(_) => bridge::compile_set(&read),
    };
    let again = PolicySet::open(again.0.expect("what opens compiles")).expect("what compiles opens");
    let own = read.tables.iter().map(|table| Path::Decoded(table.path.clone()));
    let paths: Vec<Path> = own.take(8).chain(paths(data)).collect();
    for request in requests(data).into_iter().chain(of_set(&read)) {
        for path in &paths {
            let got = bridge::decide_set(
                &policies,
                path,
                &request,
                Some(&mut |table, origin| table % 2 == 0 && origin.len() % 2 == 0),
            );
            let want = bridge::decide_set(
                &again,
                path,
                &request,
                Some(&mut |table, origin| table % 2 == 0 && origin.len() % 2 == 0),
            );
            assert!(got.as_ref().is_none_or(|decision| decision.is_legal()));
            assert_eq!(got, want, "{read:?} {path:?} {request:?}");
        }
        if let Ok(policy) = &policy {
            assert_eq!(
                Some(bridge::decide(policy, &request, None)),
                bridge::decide_set(&policies, &paths[0], &request, None)
            );
        }
    }
});

/// Requests made from the entries of the first policies.
fn of_set(set: &Set) -> Vec<OwnedRequest> {
    set.tables.iter().filter_map(|table| table.policy.as_ref()).take(4).flat_map(of_spec).collect()
}

fn of_spec(spec: &Spec) -> Vec<OwnedRequest> {
    let (method, names) = (spec.methods().first().cloned().unwrap_or_default(), spec.allow_headers.join(&b","[..]));
    let of_origin = |origin: &Bytes| {
        // `8` is valid as a label and as a port.
        let origin: Bytes = origin.iter().map(|byte| if *byte == b'*' { b'8' } else { *byte }).collect();
        let lines = [("Origin", &origin), ("Access-Control-Request-Method", &method)];
        let lines = lines.into_iter().chain([("Access-Control-Request-Headers", &names)]);
        let lines: Vec<_> = lines.map(|(name, value)| (Bytes::from(name), value.clone())).collect();
        ["OPTIONS", "GET"].map(|method| OwnedRequest { method: method.into(), lines: lines.clone() })
    };
    spec.allow_origins.iter().take(16).flat_map(of_origin).collect()
}
