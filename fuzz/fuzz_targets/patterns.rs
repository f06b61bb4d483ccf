//! One pattern and any origins: refused or taken as the reference has it, matching what the reference matches; what is suggested is taken.

#![no_main]

use corsac::Policy;
use corsac_fuzz::records;
use corsac_fuzz::reference::{Ask, Bytes, Spec, bridge, pattern};
use libfuzzer_sys::fuzz_target;

fn alone(pattern: Bytes) -> Spec {
    Spec { allow_origins: vec![pattern], dangerously_allow_null_origin: true, ..Spec::default() }
}

fuzz_target!(|data: &[u8]| {
    let Some((_, text)) = records(data).find(|(letter, _)| *letter == b'o') else { return };
    let parsed = pattern::parse(text);
    let (image, found) = bridge::compile(&alone(text.to_vec()));
    assert_eq!(image.is_some(), parsed.is_some(), "{found:?}");
    for replacement in found.into_iter().filter_map(|finding| finding.replacement) {
        assert!(pattern::parse(replacement.as_bytes()).is_some(), "{replacement} was suggested");
    }
    let (Some(image), Some(parsed)) = (image, parsed) else { return };
    let policy = Policy::open(image).expect("what compiles opens");
    let fill = |fill: &[u8]| text.split(|byte| *byte == b'*').collect::<Vec<_>>().join(fill);
    for (_, origin) in records(data).filter(|(letter, _)| *letter == b'f' || *letter == b':') {
        for origin in [origin.to_vec(), fill(origin)] {
            let ask = Ask { method: b"GET".to_vec(), lines: vec![(b"Origin".to_vec(), origin.clone())] };
            let visible = origin.iter().all(|byte| (0x21..=0x7E).contains(byte)) && origin.len() <= 328;
            let wanted = pattern::matches(&parsed, &origin) && (visible || text == b"*");
            assert_eq!(bridge::answer(&policy, &ask, None).allowed, wanted, "{}", origin.escape_ascii());
        }
    }
});
