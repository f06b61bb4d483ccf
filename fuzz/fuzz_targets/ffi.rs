//! The C interface is the engine and the browser model: findings, images, answers, messages and verdicts are the same, and what is wrong is
//! refused without a trace.

#![no_main]

use corsac::browser::{Credentials, Profile, is_forbidden_header, is_safelisted_header};
use corsac::{Escaped, IMAGE_MAGIC, OpenError, Policy, Request, VaryLines};
use corsac_ffi::{
    CORSAC_DAMAGED, CORSAC_EXPLAIN_HOPS_MAX, CORSAC_EXPLAIN_LINES_MAX, CORSAC_FINDINGS, CORSAC_INVALID_ARGUMENT,
    CORSAC_NOT_AN_IMAGE, CORSAC_OTHER_VERSION, CORSAC_REFUSED, CORSAC_STORAGE_TOO_SMALL, CORSAC_TOO_MANY, CORSAC_UNSET,
    CORSAC_WRONG_LENGTH,
};
use corsac_fuzz::explain::{directly, directly_decoded};
use corsac_fuzz::reference::{Bytes, bridge};
use corsac_fuzz::script::{Answers, Script, with};
use corsac_fuzz::{Asked, Caller, as_told, asks, damage, exchange, mended, messages, spec};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    engine(data);
    browser(data);
});

fn engine(data: &[u8]) {
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
}

fn browser(data: &[u8]) {
    let caller = Caller::new(data);
    let (script, answers) = exchange(data);
    for message in messages(data) {
        decodes(&caller, message);
    }
    for profile in Profile::ALL {
        for (name, value) in &script.headers {
            let header = (name.as_slice(), value.as_deref());
            let direct = [is_forbidden_header(header), is_safelisted_header(profile, header)];
            assert_eq!(caller.header_rules(profile, header), direct.map(Ok));
        }
        let asked = Asked { caller: &caller, script: &script, answers: &answers, profile };
        if are_too_many(&script, &answers) {
            // Which of two mistakes is told first is not said.
            assert_eq!(Asked { caller: &Caller::default(), ..asked }.refusals(), [Some(CORSAC_TOO_MANY); 8]);
            continue;
        }
        let seen = asked.seen().expect("it is within the limits");
        assert_eq!(seen, as_told(directly(&script, &answers, profile)));
        seen.blocked.iter().for_each(|reason| decodes(&caller, reason.console.as_bytes()));
        let later = Script { credentials: Credentials::Include, upload_listener: false, ..script.clone() };
        for milliseconds in [0, 5_000, u64::MAX] {
            let direct = with(&script, &answers, |exchange| {
                with(&later, &[], |later| exchange.needs_preflight_after(profile, &later.request, milliseconds))
            });
            assert_eq!(asked.needs_after(&later, milliseconds), Ok(direct));
        }
    }
}

fn decodes(caller: &Caller, message: &[u8]) {
    let direct = std::str::from_utf8(message).map(directly_decoded).map_err(|_| CORSAC_INVALID_ARGUMENT);
    assert_eq!(caller.decoded(message), direct);
}

fn are_too_many(script: &Script, answers: &[Answers]) -> bool {
    let lines = answers.iter().flat_map(|hop| {
        let answered =
            [&hop.preflight, &hop.response].map(|answer| answer.as_ref().map_or(0, |(_, lines)| lines.len()));
        [answered[0], answered[1], hop.revalidated.len()]
    });
    answers.len() > CORSAC_EXPLAIN_HOPS_MAX || script.headers.len() + lines.sum::<usize>() > CORSAC_EXPLAIN_LINES_MAX
}
