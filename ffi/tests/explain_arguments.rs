//! The functions of the browser model refuse wrong arguments with a code, and leave every output unchanged. Texts that are too long are cut.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac_ffi::*;
use explain::{OwnedHop, Reason, Script, bytes, directly, text, through_c, with_hops, with_request};

mod explain;

const PAGE: &[u8] = b"https://app.example";
const API: &[u8] = b"https://api.example/";
const UNTOUCHED: corsac_judgement =
    corsac_judgement { size: 0, verdict: -7, preflight: -7, cache_seconds: -7, reserved: [0; 2] };
const NO_BYTES: corsac_bytes = corsac_bytes { ptr: null(), len: 0 };
/// A NULL with a length, and a length that no object has.
const WRONG_BYTES: [corsac_bytes; 2] =
    [corsac_bytes { ptr: null(), len: 1 }, corsac_bytes { ptr: PAGE.as_ptr(), len: usize::MAX }];

fn request() -> corsac_script_request {
    let mut request = MaybeUninit::uninit();
    // SAFETY: all can be read and written.
    unsafe {
        assert_eq!(corsac_script_request_init(request.as_mut_ptr(), bytes(PAGE), bytes(API)), CORSAC_OK);
        request.assume_init()
    }
}

fn hop(response: &corsac_response) -> corsac_hop {
    corsac_hop { url: bytes(API), preflight: null(), response, revalidated: null(), revalidated_count: 0 }
}

fn response(headers: &[corsac_header]) -> corsac_response {
    corsac_response { status: 200, headers: headers.as_ptr(), header_count: headers.len() }
}

unsafe extern "C" fn never(_: *mut c_void, _: *const corsac_blocked) {
    std::process::abort()
}

unsafe extern "C" fn no_header(_: *mut c_void, _: *const corsac_header) {
    std::process::abort()
}

unsafe extern "C" fn no_text(_: *mut c_void, _: corsac_bytes) {
    std::process::abort()
}

/// All functions that take a request and its hops. If they refuse them, the outputs stay unchanged.
fn asked(request: *const corsac_script_request, hops: *const corsac_hop, count: usize, profile: i32) -> Vec<i32> {
    let mut judged = UNTOUCHED;
    let mut step = MaybeUninit::<corsac_step>::zeroed();
    let (mut buffer, mut written) = ([7; 64], 7);
    let later = self::request();
    // SAFETY: all can be read and written, but what the library has to notice.
    let results = unsafe {
        [
            corsac_explain(request, hops, count, profile, Some(never), null_mut(), &mut judged),
            corsac_step_at(request, hops, count, 0, profile, step.as_mut_ptr()),
            corsac_step_requested_headers(request, hops, count, 0, profile, buffer.as_mut_ptr(), 64, &mut written),
            corsac_step_passing_lines(request, hops, count, 0, profile, 1, Some(no_text), null_mut()),
            corsac_exposed_headers(request, hops, count, profile, Some(no_text), null_mut()),
            corsac_needs_preflight_after(request, hops, count, profile, &later, 0),
        ]
    };
    assert_eq!((judged, buffer, written), (UNTOUCHED, [7; 64], 7));
    // SAFETY: zeros are a step.
    assert!(unsafe { step.assume_init() }.method.ptr.is_null());
    results.to_vec()
}

/// The same for the functions without a profile.
fn asked_of_any(request: *const corsac_script_request, hops: *const corsac_hop, count: usize) -> Vec<i32> {
    // SAFETY: all can be read, but what the library has to notice.
    let headers = unsafe { corsac_step_headers(request, hops, count, 0, Some(no_header), null_mut()) };
    let mut results = asked(request, hops, count, CORSAC_PROFILE_CHROMIUM);
    results.push(headers);
    results
}

fn refuses(request: &corsac_script_request, why: &str) {
    assert_eq!(asked_of_any(request, null(), 0), [CORSAC_INVALID_ARGUMENT; 7], "{why}");
    // SAFETY: all can be read, but what the library has to notice.
    let dropped = unsafe { corsac_dropped_headers(request, Some(no_header), null_mut()) };
    assert_eq!(dropped, CORSAC_INVALID_ARGUMENT, "{why}");
    let good = self::request();
    // SAFETY: the same.
    let later = unsafe { corsac_needs_preflight_after(&good, null(), 0, CORSAC_PROFILE_SPEC, request, 0) };
    assert_eq!(later, CORSAC_INVALID_ARGUMENT, "{why}");
}

#[test]
fn wrong_request_is_refused() {
    assert_eq!(asked_of_any(null(), null(), 0), [CORSAC_INVALID_ARGUMENT; 7]);
    let good = request();
    assert_eq!(asked_of_any((&raw const good).wrapping_byte_add(1), null(), 0), [CORSAC_INVALID_ARGUMENT; 7]);
    let wrong = [
        ("a size of another version", corsac_script_request { size: 8, ..request() }),
        ("credentials", corsac_script_request { credentials: 3, ..request() }),
        ("credentials", corsac_script_request { credentials: -1, ..request() }),
        ("mode", corsac_script_request { mode: 3, ..request() }),
        ("policy", corsac_script_request { referrer_policy: bytes("never"), ..request() }),
        ("policy", corsac_script_request { referrer_policy: bytes(b"\xFF"), ..request() }),
        ("listener", corsac_script_request { upload_listener: 2, ..request() }),
        ("stream", corsac_script_request { stream_body: 255, ..request() }),
        ("api", corsac_script_request { api: 2, ..request() }),
        ("http_version", corsac_script_request { http_version: 2, ..request() }),
        ("headers", corsac_script_request { header_count: 1, ..request() }),
        (
            "headers",
            corsac_script_request {
                headers: null::<corsac_header>().wrapping_byte_add(1),
                header_count: 1,
                ..request()
            },
        ),
        (
            "header_count",
            corsac_script_request {
                headers: null::<corsac_header>().wrapping_add(1),
                header_count: usize::MAX,
                ..request()
            },
        ),
    ];
    for (why, request) in &wrong {
        refuses(request, why);
    }
    for text in WRONG_BYTES {
        let header = corsac_header { name: text, value: NO_BYTES };
        refuses(&corsac_script_request { origin: text, ..request() }, "origin");
        refuses(&corsac_script_request { url: text, ..request() }, "url");
        refuses(&corsac_script_request { method: text, ..request() }, "method");
        refuses(&corsac_script_request { referrer_policy: text, ..request() }, "referrer_policy");
        refuses(&corsac_script_request { headers: &header, header_count: 1, ..request() }, "name");
        let header = corsac_header { name: NO_BYTES, value: text };
        refuses(&corsac_script_request { headers: &header, header_count: 1, ..request() }, "value");
        let mut described = request();
        described.mode = 7;
        // SAFETY: all can be read and written, but what the library has to notice.
        let results = unsafe {
            [
                corsac_script_request_init(&mut described, text, bytes(API)),
                corsac_script_request_init(&mut described, bytes(PAGE), text),
                corsac_script_request_init(null_mut(), bytes(PAGE), bytes(API)),
                corsac_script_request_init((&raw mut described).wrapping_byte_add(1), bytes(PAGE), bytes(API)),
            ]
        };
        assert_eq!((results, described.mode), ([CORSAC_INVALID_ARGUMENT; 4], 7));
    }
}

#[test]
fn wrong_profile_is_refused() {
    for profile in [-1, 4, i32::MIN, i32::MAX] {
        assert_eq!(asked(&request(), null(), 0, profile), [CORSAC_INVALID_ARGUMENT; 6]);
        // SAFETY: both can be read.
        let is_safe = unsafe { corsac_is_safelisted_header(profile, bytes("accept"), bytes("*/*")) };
        assert_eq!((is_safe, text(corsac_profile_name(profile))), (CORSAC_INVALID_ARGUMENT, String::new()));
    }
}

#[test]
fn wrong_responses_are_refused() {
    let good = response(&[]);
    let refuses = |hops: &[corsac_hop]| {
        assert_eq!(asked_of_any(&request(), hops.as_ptr(), hops.len()), [CORSAC_INVALID_ARGUMENT; 7]);
    };
    for status in [-1, 65_536, i32::MIN] {
        let wrong = corsac_response { status, ..good };
        refuses(&[hop(&wrong)]);
        refuses(&[hop(&good), corsac_hop { preflight: &wrong, ..hop(&good) }]);
    }
    for text in WRONG_BYTES {
        let lines = [corsac_header { name: bytes("a"), value: text }, corsac_header { name: text, value: NO_BYTES }];
        for line in &lines {
            refuses(&[hop(&response(std::slice::from_ref(line)))]);
            refuses(&[corsac_hop { preflight: &response(std::slice::from_ref(line)), ..hop(&good) }]);
            refuses(&[corsac_hop { revalidated: line, revalidated_count: 1, ..hop(&good) }]);
        }
        refuses(&[corsac_hop { url: text, ..hop(&good) }]);
    }
    let misaligned = (&raw const good).wrapping_byte_add(1);
    refuses(&[corsac_hop { response: misaligned, ..hop(&good) }]);
    refuses(&[corsac_hop { preflight: misaligned, ..hop(&good) }]);
    refuses(&[hop(&corsac_response { header_count: 1, ..response(&[]) }.with_no_headers())]);
    refuses(&[corsac_hop { revalidated_count: 1, ..hop(&good) }]);
    let hops = [hop(&good)];
    for (hops, count) in [(null(), 1), (hops.as_ptr().wrapping_byte_add(1), 1), (hops.as_ptr(), usize::MAX)] {
        assert_eq!(asked_of_any(&request(), hops, count), [CORSAC_INVALID_ARGUMENT; 7]);
    }
}

trait NoHeaders {
    fn with_no_headers(self) -> Self;
}

impl NoHeaders for corsac_response {
    fn with_no_headers(self) -> Self {
        Self { headers: null(), ..self }
    }
}

#[test]
fn wrong_outputs_and_callbacks_are_refused() {
    let request = request();
    let (mut judged, mut buffer, mut written) = (UNTOUCHED, [7_u8; 4], 7);
    let mut console = MaybeUninit::<corsac_console_message>::zeroed();
    let mut step = MaybeUninit::<corsac_step>::zeroed();
    let profile = CORSAC_PROFILE_SPEC;
    let data = null_mut();
    // SAFETY: all can be read and written, but what the library has to notice.
    let results = unsafe {
        let misaligned = (&raw mut written).wrapping_byte_add(1);
        let room = buffer.as_mut_ptr();
        [
            corsac_explain(&request, null(), 0, profile, Some(never), data, null_mut()),
            corsac_explain(&request, null(), 0, profile, Some(never), data, (&raw mut judged).wrapping_byte_add(1)),
            corsac_step_at(&request, null(), 0, 0, profile, null_mut()),
            corsac_step_at(&request, null(), 0, 0, profile, step.as_mut_ptr().wrapping_byte_add(1)),
            corsac_step_at(&request, null(), 0, 1, profile, step.as_mut_ptr()),
            corsac_step_at(&request, null(), 0, usize::MAX, profile, step.as_mut_ptr()),
            corsac_step_requested_headers(&request, null(), 0, 0, profile, room, 4, null_mut()),
            corsac_step_requested_headers(&request, null(), 0, 0, profile, room, 4, misaligned),
            corsac_step_requested_headers(&request, null(), 0, 0, profile, null_mut(), 4, &mut written),
            corsac_step_requested_headers(&request, null(), 0, 0, profile, room, usize::MAX, &mut written),
            corsac_step_requested_headers(&request, null(), 0, 1, profile, room, 4, &mut written),
            corsac_step_headers(&request, null(), 0, 0, None, data),
            corsac_step_headers(&request, null(), 0, 1, Some(no_header), data),
            corsac_step_passing_lines(&request, null(), 0, 0, profile, 0, None, data),
            corsac_step_passing_lines(&request, null(), 0, 0, profile, 2, Some(no_text), data),
            corsac_step_passing_lines(&request, null(), 0, 0, profile, -1, Some(no_text), data),
            corsac_step_passing_lines(&request, null(), 0, 1, profile, 0, Some(no_text), data),
            corsac_exposed_headers(&request, null(), 0, profile, None, data),
            corsac_dropped_headers(&request, None, data),
            corsac_needs_preflight_after(&request, null(), 0, profile, null(), 0),
            corsac_decode_console(bytes("x"), null_mut()),
            corsac_decode_console(bytes("x"), console.as_mut_ptr().wrapping_byte_add(1)),
            corsac_decode_console(bytes(b"\xFF"), console.as_mut_ptr()),
            corsac_decode_console(WRONG_BYTES[0], console.as_mut_ptr()),
            corsac_is_forbidden_header(WRONG_BYTES[0], NO_BYTES),
            corsac_is_safelisted_header(profile, bytes("accept"), WRONG_BYTES[1]),
        ]
    };
    assert_eq!(results, [CORSAC_INVALID_ARGUMENT; 26]);
    assert_eq!((judged, buffer, written), (UNTOUCHED, [7; 4], 7));
    // SAFETY: zeros are a console message and a step, with no code and no method.
    assert!(unsafe { console.assume_init().code.ptr.is_null() && step.assume_init().method.ptr.is_null() });
}

fn any() -> corsac_header {
    corsac_header { name: bytes("Access-Control-Allow-Origin"), value: bytes("*") }
}

fn verdict(request: &corsac_script_request, hops: &[corsac_hop]) -> Result<i32, i32> {
    let mut judged = UNTOUCHED;
    // SAFETY: all can be read and written.
    let result = unsafe {
        corsac_explain(request, hops.as_ptr(), hops.len(), CORSAC_PROFILE_SPEC, None, null_mut(), &mut judged)
    };
    if result == CORSAC_OK {
        return Ok(judged.verdict);
    }
    assert_eq!(judged, UNTOUCHED);
    Err(result)
}

#[test]
fn headers_up_to_the_limit_are_taken() {
    let lines = vec![corsac_header { name: bytes("x"), value: NO_BYTES }; CORSAC_EXPLAIN_LINES_MAX];
    let with = |of_script: usize, of_preflight: usize, of_response: usize, fresh: usize| {
        let request = corsac_script_request { headers: lines.as_ptr(), header_count: of_script, ..request() };
        let (preflight, response) = (response(&lines[..of_preflight]), response(&lines[..of_response]));
        let hop = corsac_hop {
            preflight: &preflight,
            revalidated: lines.as_ptr(),
            revalidated_count: fresh,
            ..hop(&response)
        };
        verdict(&request, &[hop])
    };
    for (of_script, of_preflight, of_response, fresh) in
        [(0, 512, 0, 0), (0, 0, 512, 0), (0, 0, 0, 512), (5, 7, 250, 250)]
    {
        assert_eq!(with(of_script, of_preflight, of_response, fresh), Ok(CORSAC_VERDICT_BLOCKED));
        assert_eq!(with(of_script + 1, of_preflight, of_response, fresh), Err(CORSAC_TOO_MANY));
    }
    let many = vec![lines[0]; CORSAC_EXPLAIN_LINES_MAX + 1];
    let too_many = corsac_script_request { headers: many.as_ptr(), header_count: many.len(), ..request() };
    assert_eq!(verdict(&too_many, &[]), Err(CORSAC_TOO_MANY));
    // SAFETY: all can be read.
    let results = unsafe {
        [
            corsac_dropped_headers(&too_many, Some(no_header), null_mut()),
            corsac_needs_preflight_after(&request(), null(), 0, CORSAC_PROFILE_SPEC, &too_many, 0),
        ]
    };
    assert_eq!(results, [CORSAC_TOO_MANY; 2]);
}

#[test]
fn hops_up_to_the_limit_are_taken() {
    let line = [any()];
    let redirect = corsac_response { status: 302, ..response(&line) };
    let last = response(&line);
    let chain = |redirects: usize| {
        let mut hops = vec![hop(&redirect); redirects];
        hops.push(hop(&last));
        verdict(&request(), &hops)
    };
    assert_eq!(
        [0, 20, 21, 22].map(chain),
        [Ok(CORSAC_VERDICT_ALLOWED), Ok(CORSAC_VERDICT_ALLOWED), Ok(CORSAC_VERDICT_BLOCKED), Err(CORSAC_TOO_MANY)]
    );
}

/// A script with `value` in its request, and a response with it.
fn echoed(value: Vec<u8>, profile: corsac::browser::Profile) -> (Reason, Reason) {
    let script = Script::new(PAGE.to_vec(), API);
    let hops = [OwnedHop {
        response: Some((200, vec![(b"Access-Control-Allow-Origin".to_vec(), value)])),
        ..OwnedHop::default()
    }];
    let of = |mut seen: explain::Seen| seen.blocked.remove(0);
    (of(through_c(&script, &hops, profile)), of(directly(&script, &hops, profile)))
}

#[test]
fn long_and_hostile_evidence_is_cut_and_escaped() {
    let profile = corsac::browser::Profile::Chromium;
    for len in [CORSAC_MESSAGE_MAX, CORSAC_MESSAGE_MAX + 1, 100_000] {
        let value = [&b"x".repeat(len - 1)[..], b"\x1B"].concat();
        let (reason, whole) = echoed(value.clone(), profile);
        assert_eq!((&reason.code, &whole.evidence), (&whole.code, &value));
        assert_eq!(reason.evidence, value[..CORSAC_MESSAGE_MAX]);
        assert!(reason.sentence.len() <= CORSAC_MESSAGE_MAX && whole.sentence.starts_with(&reason.sentence));
        let console = reason.console.strip_suffix("...").unwrap_or(&reason.console);
        assert!(reason.console.len() <= CORSAC_CONSOLE_MAX && whole.console.starts_with(console));
        assert_eq!(reason.console == whole.console, len < CORSAC_CONSOLE_MAX);
    }
    let (reason, whole) = echoed(b"\x1B[2J\x00\xFF\"\\".to_vec(), profile);
    assert_eq!(reason, whole);
    assert!(reason.sentence.contains(r#"\x1B[2J\x00\xFF\x22\x5C"#), "{}", reason.sentence);
    assert!(reason.evidence.starts_with(b"\x1B"), "evidence is raw");
}

#[test]
fn value_without_pointer_is_unknown_and_empty_is_known() {
    let needs = |value| {
        let header = corsac_header { name: bytes("Accept"), value };
        let request = corsac_script_request { headers: &header, header_count: 1, ..request() };
        let mut step = MaybeUninit::<corsac_step>::uninit();
        // SAFETY: all can be read and written.
        unsafe {
            assert_eq!(corsac_step_at(&request, null(), 0, 0, CORSAC_PROFILE_SPEC, step.as_mut_ptr()), CORSAC_OK);
            step.assume_init().needs_preflight
        }
    };
    assert_eq!([needs(bytes("")), needs(NO_BYTES)], [0, 1]);
}

#[test]
fn only_constants_have_names() {
    let names = |of: extern "C" fn(i32) -> corsac_bytes| (-1..6).map(|number| text(of(number))).collect::<Vec<_>>();
    assert_eq!(names(corsac_profile_name), ["", "spec", "chromium", "firefox", "webkit", "", ""]);
    assert_eq!(names(corsac_verdict_name), ["", "allowed", "opaque", "blocked", "incomplete", "throws", ""]);
    assert_eq!(names(corsac_preflight_name), ["", "not-needed", "passed", "missing", "failed", "", ""]);
    let all = |of: extern "C" fn(usize) -> corsac_bytes| {
        (0..).map(|place| text(of(place))).take_while(|name| !name.is_empty()).collect::<Vec<_>>()
    };
    assert_eq!(
        all(corsac_blocked_name),
        corsac::browser::BlockedCode::ALL.iter().map(|code| code.as_str()).collect::<Vec<_>>()
    );
    assert_eq!(
        all(corsac_cause_name),
        corsac::browser::Cause::ALL.iter().map(|cause| cause.as_str()).collect::<Vec<_>>()
    );
    assert!(text(corsac_blocked_name(usize::MAX)).is_empty());
}

#[test]
fn callback_can_call_the_library() {
    unsafe extern "C" fn judge_again(data: *mut c_void, _: *const corsac_blocked) {
        let mut judged = UNTOUCHED;
        // SAFETY: the request is that of the test below.
        let result =
            unsafe { corsac_explain(data.cast(), null(), 0, CORSAC_PROFILE_WEBKIT, None, null_mut(), &mut judged) };
        assert_eq!((result, judged.verdict), (CORSAC_OK, CORSAC_VERDICT_INCOMPLETE));
    }
    let script = Script::new(PAGE.to_vec(), API);
    let hops = [OwnedHop { response: Some((200, vec![])), ..OwnedHop::default() }];
    let judged = with_request(&script, |request| {
        with_hops(&hops, |hops, count| {
            let mut judged = UNTOUCHED;
            let data = request.cast_mut().cast();
            // SAFETY: all can be read and written.
            let result = unsafe {
                corsac_explain(request, hops, count, CORSAC_PROFILE_SPEC, Some(judge_again), data, &mut judged)
            };
            (result, judged.verdict)
        })
    });
    assert_eq!(judged, (CORSAC_OK, CORSAC_VERDICT_BLOCKED));
}
