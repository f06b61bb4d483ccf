//! The C interface is the engine and the browser model: findings, images, answers, messages and
//! verdicts are the same, and what is wrong is refused without a trace.

#![no_main]

use std::collections::BTreeSet;

use corsac::browser::{BlockedCode, Cause, Credentials, Profile, is_forbidden_header, is_safelisted_header};
use corsac::{Escaped, IMAGE_MAGIC, OpenError, Policy, PolicySet, READ_HEADERS, Request, VaryMerge};
use corsac_ffi::{
    CORSAC_DAMAGED, CORSAC_EXPLAIN_HOPS_MAX, CORSAC_EXPLAIN_LINES_MAX, CORSAC_FINDINGS, CORSAC_INVALID_ARGUMENT,
    CORSAC_IS_SET, CORSAC_NOT_AN_IMAGE, CORSAC_OTHER_VERSION, CORSAC_REFUSED, CORSAC_STORAGE_TOO_SMALL,
    CORSAC_TOO_MANY, CORSAC_UNSET, CORSAC_WRONG_LENGTH, corsac_blocked_name, corsac_cause_name, corsac_policy,
    corsac_read_header_name, corsac_result,
};
use corsac_fuzz::explain::{directly, directly_decoded};
use corsac_fuzz::reference::{Ask, Bytes, Spec, bridge};
use corsac_fuzz::script::{Answers, Script, with};
use corsac_fuzz::{
    Asked, Caller, Names, as_told, asks, damage, exchange, listed, messages, name_at, paths, places, set, spec,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    names(data);
    engine(data);
    sets(data);
    browser(data);
});

fn names(data: &[u8]) {
    let reasons = BlockedCode::ALL.iter().map(|code| code.as_str()).collect();
    let mistakes = Cause::ALL.iter().map(|cause| cause.as_str()).collect();
    let lists: [(Names, Vec<&str>); 3] = [
        (corsac_read_header_name, READ_HEADERS.to_vec()),
        (corsac_blocked_name, reasons),
        (corsac_cause_name, mistakes),
    ];
    for (list, known) in lists {
        assert_eq!(listed(list), known);
        assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), known.len(), "a name stands twice");
        for place in places(data) {
            assert_eq!(name_at(list, place), known.get(place).copied().unwrap_or_default());
        }
    }
}

/// Without the one number that C cannot say: there it means the default.
fn sayable(mut spec: Spec) -> Spec {
    let numbers = [spec.max_age.as_mut(), Some(&mut spec.preflight_status), spec.denied_preflight_status.as_mut()];
    numbers.into_iter().flatten().for_each(|number| *number = (*number).max(CORSAC_UNSET + 1));
    spec
}

fn result_of(error: OpenError) -> corsac_result {
    match error {
        OpenError::NotAnImage => CORSAC_NOT_AN_IMAGE,
        OpenError::OtherVersion => CORSAC_OTHER_VERSION,
        OpenError::WrongLength => CORSAC_WRONG_LENGTH,
        OpenError::Refused(_) => CORSAC_REFUSED,
        OpenError::IsSet => CORSAC_IS_SET,
        _ => CORSAC_DAMAGED,
    }
}

/// Compiled, opened and asked, a set is the engine's.
fn sets(data: &[u8]) {
    let mut caller = Caller::new(data);
    let mut any = set(data);
    for table in &mut any.tables {
        table.policy = table.policy.take().map(sayable);
    }
    let (image, found) = bridge::compile_set(&any);
    assert_eq!(caller.compile_set(&any, 0), (image.clone().ok_or(CORSAC_FINDINGS), found));
    let too_small = caller.compile_set(&any, 1).0;
    assert!([Err(CORSAC_STORAGE_TOO_SMALL), Err(CORSAC_FINDINGS)].contains(&too_small));

    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile_set(&any.mended(false)).0.expect("a mended set compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let (view, set) = match (caller.open_set(&image), PolicySet::open(image.as_slice())) {
        (Ok(view), Ok(set)) => (view, set),
        (Ok(_), Err(error)) => panic!("only C opens what has {error}"),
        (Err(code), opened) => return assert_eq!(code, result_of(opened.expect_err("only Rust opens it"))),
    };
    for path in paths(data) {
        for ask in asks(data) {
            let says = ask.lines.len() % 2 == 0;
            let (mut seen, mut heard) = (vec![], vec![]);
            let got = caller.answer_at(&view, &path, &ask, Some(&mut |table, _| (seen.push(table), says).1));
            let want = bridge::answer_set(&set, &path, &ask, Some(&mut |table, _| (heard.push(table), says).1));
            // In one call, and in two.
            heard.extend(heard.clone());
            assert_eq!(seen, heard);
            assert!(want.as_ref().is_none_or(|verdict| verdict.is_legal()));
            let [once, twice] = got.map(|decided| decided.map(|(verdict, _)| verdict));
            assert_eq!((&once, &twice), (&want, &want));
            let alone = caller.answer_at(&view, &path, &ask, None);
            let want = bridge::answer_set(&set, &path, &ask, None);
            let [once, twice] = alone.map(|decided| decided.map(|(verdict, _)| verdict));
            assert_eq!((&once, &twice), (&want, &want));
        }
    }
}

fn engine(data: &[u8]) {
    let mut caller = Caller::new(data);
    let any = sayable(spec(data));
    let (image, found) = bridge::compile(&any);
    assert_eq!(caller.compile(&any, 0), (image.clone().ok_or(CORSAC_FINDINGS), found));
    let too_small = caller.compile(&any, 1).0;
    assert!([Err(CORSAC_STORAGE_TOO_SMALL), Err(CORSAC_FINDINGS)].contains(&too_small));

    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile(&any.mended(false)).0.expect("a mended spec compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let (view, policy) = match (caller.open(&image), Policy::open(image.as_slice())) {
        (Ok(view), Ok(policy)) => (view, policy),
        (Ok(_), Err(error)) => panic!("only C opens what has {error}"),
        (Err(code), opened) => return assert_eq!(code, result_of(opened.expect_err("only Rust opens it"))),
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

        lines_that_are_not_read_count_for_nothing(&mut caller, &view, &ask);

        let values: Vec<Bytes> = ask.lines.iter().map(|line| line.1.clone()).collect();
        let ours = got.headers.last().filter(|header| header.0 == "Vary").map_or(&b""[..], |header| &header.1);
        let mut vary = VaryMerge::default();
        values.iter().for_each(|value| vary.add(value));
        let missing: Vec<Bytes> = vary.missing(ours).map(<[u8]>::to_vec).collect();
        assert_eq!(caller.vary(&values, ours), missing);
        for value in values {
            assert_eq!(caller.escape(&value), Escaped(&value).to_string());
        }
    }
}

/// And without any that is read the method counts for nothing either.
fn lines_that_are_not_read_count_for_nothing(caller: &mut Caller, view: &corsac_policy, ask: &Ask) {
    let names = listed(corsac_read_header_name);
    let is_read = |line: &&(Bytes, Bytes)| names.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(&line.0));
    let (read, unread): (Vec<_>, Vec<_>) = ask.lines.iter().partition(is_read);
    let mut answer = |method: &[u8], lines: Vec<&(Bytes, Bytes)>| {
        let ask = Ask { method: method.to_vec(), lines: lines.into_iter().cloned().collect() };
        caller.answer(view, &ask, Some(&mut |_| true))
    };
    assert_eq!(answer(&ask.method, read), answer(&ask.method, ask.lines.iter().collect()));
    assert_eq!(answer(&ask.method, unread), answer(b"GET", vec![]));
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
        for reason in &seen.blocked {
            assert!(listed(corsac_blocked_name).contains(&reason.code.as_str()), "{}", reason.code);
            assert!(listed(corsac_cause_name).contains(&reason.cause[0].as_str()), "{}", reason.cause[0]);
            decodes(&caller, reason.console.as_bytes());
        }
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
