//! One pattern and any origins: it is accepted or refused as by the reference, with each of the
//! switches and options that a pattern depends on, and it matches the same origins. Suggestions are
//! accepted.

#![no_main]

use corsac::Policy;
use corsac_fuzz::reference::{OwnedRequest, Spec, bridge, pattern};
use corsac_fuzz::{records, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((_, text)) = records(data).find(|(letter, _)| *letter == b'o') else { return };
    let allow_origins = vec![text.to_vec()];
    let given = Spec { allow_origins: allow_origins.clone(), ..spec(data).repaired(false) };
    let alone = Spec { allow_origins, dangerously_allow_null_origin: true, ..Spec::default() };
    let parsed = pattern::parse(text);
    assert_eq!(parsed.is_some(), alone.is_valid(false));
    for spec in [&alone, &given] {
        let (image, found) = bridge::compile(spec);
        assert_eq!(image.is_some(), spec.is_valid(false), "{found:?} {spec:?}");
        for replacement in found
            .into_iter()
            .filter(|finding| finding.field == "allow_origins")
            .filter_map(|finding| finding.replacement)
        {
            assert!(spec.admits(replacement.as_bytes(), false), "{replacement} was suggested: {spec:?}");
        }
    }
    let (Some(image), Some(parsed)) = (bridge::compile(&alone).0, parsed) else { return };
    let policy = Policy::open(image).expect("what compiles opens");
    let fill = |fill: &[u8]| text.split(|byte| *byte == b'*').collect::<Vec<_>>().join(fill);
    for (_, origin) in records(data).filter(|(letter, _)| *letter == b'f' || *letter == b':') {
        for origin in [origin.to_vec(), fill(origin), in_range(text, origin)] {
            let request = OwnedRequest { method: b"GET".to_vec(), lines: vec![(b"Origin".to_vec(), origin.clone())] };
            let visible = origin.iter().all(|byte| (0x21..=0x7E).contains(byte)) && origin.len() <= 328;
            let wanted = pattern::matches(&parsed, &origin) && (visible || text == b"*");
            assert_eq!(bridge::decide(&policy, &request, None).allowed, wanted, "{}", origin.escape_ascii());
        }
    }
});

/// The first address of a range with its last bytes changed, without the prefix length, and with a
/// port instead of `:*`.
fn in_range(text: &[u8], bits: &[u8]) -> Vec<u8> {
    let after = text.iter().skip(8).position(|byte| *byte == b'/').map(|at| at + 8);
    let Some(slash) = after else { return text.to_vec() };
    let mut origin = text[..slash].to_vec();
    for (byte, bits) in origin.iter_mut().rev().zip(bits) {
        if byte.is_ascii_hexdigit() {
            *byte = b"0123456789abcdef"[usize::from(*bits % 16)];
        }
    }
    let port = text[slash..].iter().position(|byte| *byte == b':');
    let port = port.map_or(&b""[..], |at| &text[slash + at..]);
    [&origin[..], if port == b":*" { b":8080" } else { port }].concat()
}
