//! The C interface is the engine: findings, images, answers and messages are the same, and what is wrong is refused without a trace.

#![no_main]

use corsac::{Escaped, IMAGE_MAGIC, OpenError, Policy, Request, VaryLines};
use corsac_ffi::{CORSAC_DAMAGED, CORSAC_FINDINGS, CORSAC_NOT_AN_IMAGE, CORSAC_OTHER_VERSION, CORSAC_REFUSED};
use corsac_ffi::{CORSAC_STORAGE_TOO_SMALL, CORSAC_UNSET, CORSAC_WRONG_LENGTH};
use corsac_fuzz::reference::{Bytes, bridge};
use corsac_fuzz::{Caller, asks, damage, mended, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut caller = Caller::new(data);
    let mut any = spec(data);
    // The one number that C cannot say: there it means the default.
    let numbers = [any.max_age.as_mut(), Some(&mut any.preflight_status), any.denied_preflight_status.as_mut()];
    numbers.into_iter().flatten().for_each(|number| *number = (*number).max(CORSAC_UNSET + 1));
    let (image, found) = bridge::compile(&any);
    assert_eq!(caller.compile(&any, 0), (image.clone().ok_or(CORSAC_FINDINGS), found));
    let too_small = caller.compile(&any, 1).0;
    assert!([Err(CORSAC_STORAGE_TOO_SMALL), Err(CORSAC_FINDINGS)].contains(&too_small));

    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile(&mended(any)).0.expect("a mended spec compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let (view, policy) = match (caller.open(&image), Policy::open(image.as_slice())) {
        (Ok(view), Ok(policy)) => (view, policy),
        (Ok(_), Err(error)) => panic!("only C opens what has {error}"),
        (Err(code), opened) => {
            let wanted = opened.expect_err("only Rust opens it");
            let wanted = match wanted {
                OpenError::NotAnImage => CORSAC_NOT_AN_IMAGE,
                OpenError::OtherVersion => CORSAC_OTHER_VERSION,
                OpenError::WrongLength => CORSAC_WRONG_LENGTH,
                OpenError::Refused(_) => CORSAC_REFUSED,
                _ => CORSAC_DAMAGED,
            };
            return assert_eq!(code, wanted);
        }
    };
    for ask in asks(data) {
        let says = ask.lines.len() % 2 == 0;
        let (mut told, mut heard) = (vec![], vec![]);
        let (got, message) = caller.answer(&view, &ask, Some(&mut |origin| (told.push(origin.to_vec()), says).1));
        let want = bridge::answer(&policy, &ask, Some(&mut |origin| (heard.push(origin.to_vec()), says).1));
        assert!(got.is_legal());
        assert_eq!((&got, told), (&want, heard));

        let (alone, message_alone) = caller.answer(&view, &ask, None);
        assert_eq!(alone, bridge::answer(&policy, &ask, None));
        let request = Request::from_lines(&ask.method, ask.lines.iter().map(|(name, value)| (name, value)));
        let judged = policy.evaluate_with(&request, |_| says).denial().map(|denial| denial.to_string());
        let unjudged = policy.evaluate(&request).denial().map(|denial| denial.to_string());
        assert_eq!((message, message_alone), (judged.unwrap_or_default(), unjudged.unwrap_or_default()));

        let values: Vec<Bytes> = ask.lines.iter().map(|line| line.1.clone()).collect();
        let ours = got.headers.last().filter(|header| header.0 == "Vary").map_or(&b""[..], |header| &header.1);
        let mut vary = VaryLines::default();
        values.iter().for_each(|value| vary.add(value));
        let missing: Vec<Bytes> = vary.missing(ours).map(<[u8]>::to_vec).collect();
        assert_eq!(caller.vary(&values, ours), missing);
        for value in values {
            assert_eq!(caller.escape(&value), Escaped(&value).to_string());
        }
    }
});
