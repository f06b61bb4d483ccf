//! The C interface gives the same findings, images, decisions, messages and verdicts as the engine
//! and the browser model. Wrong arguments are refused, and the call then changes nothing.

#![no_main]

use std::collections::BTreeSet;

use corsac::browser::{BlockedCode, Cause, Credentials, Profile, is_forbidden_header, is_safelisted_header};
use corsac::{Escaped, IMAGE_MAGIC, OpenError, Policy, PolicySet, READ_HEADERS, VaryMerge};
use corsac_ffi::{
    CORSAC_DAMAGED, CORSAC_EXPLAIN_HOPS_MAX, CORSAC_EXPLAIN_LINES_MAX, CORSAC_FINDINGS, CORSAC_INVALID_ARGUMENT,
    CORSAC_IS_SET, CORSAC_NOT_AN_IMAGE, CORSAC_OTHER_VERSION, CORSAC_REFUSED, CORSAC_STORAGE_TOO_SMALL,
    CORSAC_TOO_MANY, CORSAC_UNSET, CORSAC_WRONG_LENGTH, corsac_blocked_name, corsac_cause_name, corsac_policy,
    corsac_read_header_name, corsac_result,
};
use corsac_fuzz::explain::{directly, directly_decoded};
use corsac_fuzz::reference::{Bytes, OwnedRequest, Spec, bridge};
use corsac_fuzz::script::{OwnedHop, Script, with};
use corsac_fuzz::{
    Asked, Caller, Names, as_reported, damage, exchange, listed, messages, name_at, paths, places, requests, set, spec,
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
        assert_eq!(known.iter().collect::<BTreeSet<_>>().len(), known.len(), "a name is listed twice");
        for place in places(data) {
            assert_eq!(name_at(list, place), known.get(place).copied().unwrap_or_default());
        }
    }
}

/// Replaces the one number that C cannot express, because there it means the default.
fn expressible(mut spec: Spec) -> Spec {
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

/// A set that is compiled, opened and evaluated through C is the same as in the engine.
fn sets(data: &[u8]) {
    let mut caller = Caller::new(data);
    let mut any = set(data);
    for table in &mut any.tables {
        table.policy = table.policy.take().map(expressible);
    }
    let (image, found) = bridge::compile_set(&any);
    assert_eq!(caller.compile_set(&any, 0), (image.clone().ok_or(CORSAC_FINDINGS), found));
    let too_small = caller.compile_set(&any, 1).0;
    assert!([Err(CORSAC_STORAGE_TOO_SMALL), Err(CORSAC_FINDINGS)].contains(&too_small));

    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile_set(&any.repaired(false)).0.expect("a repaired set compiles");
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
        for request in requests(data) {
            let is_allowed = request.lines.len() % 2 == 0;
            let (mut seen, mut expected_calls) = (vec![], vec![]);
            let got = caller.decide_at(&view, &path, &request, Some(&mut |table, _| (seen.push(table), is_allowed).1));
            let want = bridge::decide_set(
                &set,
                &path,
                &request,
                Some(&mut |table, _| (expected_calls.push(table), is_allowed).1),
            );
            // It is asked in one call, and in two.
            expected_calls.extend(expected_calls.clone());
            assert_eq!(seen, expected_calls);
            assert!(want.as_ref().is_none_or(|decision| decision.is_legal()));
            let [once, twice] = got.map(|decided| decided.map(|(decision, _)| decision));
            assert_eq!((&once, &twice), (&want, &want));
            let alone = caller.decide_at(&view, &path, &request, None);
            let want = bridge::decide_set(&set, &path, &request, None);
            let [once, twice] = alone.map(|decided| decided.map(|(decision, _)| decision));
            assert_eq!((&once, &twice), (&want, &want));
        }
    }
}

fn engine(data: &[u8]) {
    let mut caller = Caller::new(data);
    let any = expressible(spec(data));
    let (image, found) = bridge::compile(&any);
    assert_eq!(caller.compile(&any, 0), (image.clone().ok_or(CORSAC_FINDINGS), found));
    let too_small = caller.compile(&any, 1).0;
    assert!([Err(CORSAC_STORAGE_TOO_SMALL), Err(CORSAC_FINDINGS)].contains(&too_small));

    let mut image = data.to_vec();
    if !data.starts_with(IMAGE_MAGIC) {
        image = bridge::compile(&any.repaired(false)).0.expect("a repaired spec compiles");
        for (place, bits) in damage(data) {
            image.get_mut(place).into_iter().for_each(|byte| *byte ^= bits);
        }
    }
    let (view, policy) = match (caller.open(&image), Policy::open(image.as_slice())) {
        (Ok(view), Ok(policy)) => (view, policy),
        (Ok(_), Err(error)) => panic!("only C opens what has {error}"),
        (Err(code), opened) => return assert_eq!(code, result_of(opened.expect_err("only Rust opens it"))),
    };
    for request in requests(data) {
        let is_allowed = request.lines.len() % 2 == 0;
        let (mut reported, mut expected_calls) = (vec![], vec![]);
        let (got, message) =
            caller.decide(&view, &request, Some(&mut |origin| (reported.push(origin.to_vec()), is_allowed).1));
        let want =
            bridge::decide(&policy, &request, Some(&mut |origin| (expected_calls.push(origin.to_vec()), is_allowed).1));
        assert!(got.is_legal());
        assert_eq!((&got, reported), (&want, expected_calls));

        let (alone, message_alone) = caller.decide(&view, &request, None);
        assert_eq!(alone, bridge::decide(&policy, &request, None));
        let borrowed = bridge::borrowed(&request);
        let with_check = policy.evaluate_with(&borrowed, |_| is_allowed).denial().map(|denial| denial.to_string());
        let without_check = policy.evaluate(&borrowed).denial().map(|denial| denial.to_string());
        assert_eq!((message, message_alone), (with_check.unwrap_or_default(), without_check.unwrap_or_default()));

        unread_lines_do_not_matter(&mut caller, &view, &request);

        let values: Vec<Bytes> = request.lines.iter().map(|line| line.1.clone()).collect();
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

/// Headers that are not read do not matter, and without any header that is read, the method does
/// not matter either.
fn unread_lines_do_not_matter(caller: &mut Caller, view: &corsac_policy, request: &OwnedRequest) {
    let names = listed(corsac_read_header_name);
    let is_read = |line: &&(Bytes, Bytes)| names.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(&line.0));
    let (read, unread): (Vec<_>, Vec<_>) = request.lines.iter().partition(is_read);
    let mut decide = |method: &[u8], lines: Vec<&(Bytes, Bytes)>| {
        let request = OwnedRequest { method: method.to_vec(), lines: lines.into_iter().cloned().collect() };
        caller.decide(view, &request, Some(&mut |_| true))
    };
    assert_eq!(decide(&request.method, read), decide(&request.method, request.lines.iter().collect()));
    assert_eq!(decide(&request.method, unread), decide(b"GET", vec![]));
}

fn browser(data: &[u8]) {
    let caller = Caller::new(data);
    let (script, owned_hops) = exchange(data);
    for message in messages(data) {
        decodes(&caller, message);
    }
    for profile in Profile::ALL {
        for (name, value) in &script.headers {
            let header = (name.as_slice(), value.as_deref());
            let direct = [is_forbidden_header(header), is_safelisted_header(profile, header)];
            assert_eq!(caller.header_rules(profile, header), direct.map(Ok));
        }
        let asked = Asked { caller: &caller, script: &script, owned_hops: &owned_hops, profile };
        if are_too_many(&script, &owned_hops) {
            // With two mistakes, it is not defined which one is reported.
            assert_eq!(Asked { caller: &Caller::default(), ..asked }.refusals(), [Some(CORSAC_TOO_MANY); 8]);
            continue;
        }
        let seen = asked.seen().expect("it is within the limits");
        assert_eq!(seen, as_reported(directly(&script, &owned_hops, profile)));
        for reason in &seen.blocked {
            assert!(listed(corsac_blocked_name).contains(&reason.code.as_str()), "{}", reason.code);
            assert!(listed(corsac_cause_name).contains(&reason.cause[0].as_str()), "{}", reason.cause[0]);
            decodes(&caller, reason.console.as_bytes());
        }
        let later = Script { credentials: Credentials::Include, upload_listener: false, ..script.clone() };
        for milliseconds in [0, 5_000, u64::MAX] {
            let direct = with(&script, &owned_hops, |exchange| {
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

fn are_too_many(script: &Script, owned_hops: &[OwnedHop]) -> bool {
    let lines = owned_hops.iter().flat_map(|hop| {
        let answered =
            [&hop.preflight, &hop.response].map(|response| response.as_ref().map_or(0, |(_, lines)| lines.len()));
        [answered[0], answered[1], hop.revalidated.len()]
    });
    owned_hops.len() > CORSAC_EXPLAIN_HOPS_MAX || script.headers.len() + lines.sum::<usize>() > CORSAC_EXPLAIN_LINES_MAX
}
