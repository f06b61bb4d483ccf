//! Hostile bytes, and good images with damage: what opens is a policy that compiles, and it answers as that one does, in legal bytes.

#![no_main]

use corsac::{IMAGE_MAGIC, Policy};
use corsac_fuzz::reference::ask::{ACMA, ACPN};
use corsac_fuzz::reference::{Ask, Bytes, Spec, bridge};
use corsac_fuzz::{asks, damage, spec};
use libfuzzer_sys::fuzz_target;

fn owned<'p>(list: impl Iterator<Item = &'p [u8]>) -> Vec<Bytes> {
    list.map(<[u8]>::to_vec).collect()
}

fuzz_target!(|data: &[u8]| {
    let mut asks = asks(data);
    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile(&spec(data).mended(false)).0.expect("a mended spec compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let Ok(policy) = Policy::open(image) else { return };
    let (origins, methods) = (owned(policy.origins()), owned(policy.methods()));
    let (method, names) =
        (methods.first().cloned().unwrap_or_default(), owned(policy.request_headers()).join(&b","[..]));
    for origin in &origins {
        // A label and a port alike.
        let origin: Bytes = origin.iter().map(|byte| if *byte == b'*' { b'8' } else { *byte }).collect();
        let lines = [("Origin", &origin), ("Access-Control-Request-Method", &method)];
        let lines = lines.into_iter().chain([("Access-Control-Request-Headers", &names)]);
        let lines: Vec<_> = lines.map(|(name, value)| (Bytes::from(name), value.clone())).collect();
        asks.extend(["OPTIONS", "GET"].map(|method| Ask { method: method.into(), lines: lines.clone() }));
    }
    let listed = Spec {
        allow_origins: origins,
        allow_methods: Some(methods),
        allow_headers: owned(policy.request_headers()),
        expose_headers: owned(policy.exposed_headers()),
        allow_credentials: policy.allows_credentials(),
        external_origins: policy.allows_external_origins(),
        // Not to be read from a policy; the loosest that the rest permits.
        dangerously_allow_null_origin: true,
        dangerously_allow_insecure_origins: true,
        ..Spec::default()
    };
    let again = Policy::open(bridge::compile(&listed).0.expect("what opens compiles")).expect("what compiles opens");
    for ask in asks {
        let (mut got, mut want) = (bridge::answer(&policy, &ask, None), bridge::answer(&again, &ask, None));
        assert!(got.is_legal());
        for verdict in [&mut got, &mut want] {
            // Numbers and private network are not to be read from a policy either.
            verdict.status = None;
            verdict.headers.retain(|(name, _)| ![ACMA, ACPN, "Vary"].contains(name));
        }
        assert_eq!(got, want);
    }
});
