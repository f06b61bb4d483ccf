//! Wrong arguments are refused, and the outputs stay unchanged.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call keeps what the header asks, or breaks what it says is refused"
)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac_ffi::*;

fn bytes(text: &str) -> corsac_bytes {
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

const NOTHING: corsac_bytes = corsac_bytes { ptr: null(), len: 0 };
const NULL_WITH_LENGTH: corsac_bytes = corsac_bytes { ptr: null(), len: 1 };
/// Longer than any slice may be: refused before a byte is read.
const ENDLESS: corsac_bytes = corsac_bytes { ptr: c"".as_ptr().cast(), len: usize::MAX };

fn spec() -> corsac_spec {
    let mut spec = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_spec_init(spec.as_mut_ptr()) }, CORSAC_OK);
    unsafe { spec.assume_init() }
}

/// The options, and the list that they point to.
fn spec_of(origins: &[corsac_bytes]) -> corsac_spec {
    corsac_spec { allow_origins: corsac_list { ptr: origins.as_ptr(), len: origins.len() }, ..spec() }
}

fn compiled(spec: &corsac_spec, storage: &mut [u8]) -> corsac_policy {
    let mut policy = MaybeUninit::uninit();
    let result = unsafe {
        corsac_policy_compile(spec, storage.as_mut_ptr(), storage.len(), None, null_mut(), policy.as_mut_ptr())
    };
    assert_eq!(result, CORSAC_OK);
    unsafe { policy.assume_init() }
}

fn begun(method: &str) -> Box<corsac_request> {
    let mut request = Box::new(MaybeUninit::uninit());
    assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(method)) }, CORSAC_OK);
    unsafe { request.assume_init() }
}

/// The results of `call` for a right output, for NULL and for a misaligned one. The first is unchanged if it fails.
fn outputs<T>(call: impl Fn(*mut T) -> corsac_result) -> corsac_result {
    const PAPER: u8 = 0xA5;
    assert_eq!(call(null_mut()), CORSAC_INVALID_ARGUMENT);
    let mut room = [MaybeUninit::<T>::uninit(), MaybeUninit::uninit()];
    if align_of::<T>() > 1 {
        assert_eq!(call(room.as_mut_ptr().cast::<u8>().wrapping_add(1).cast()), CORSAC_INVALID_ARGUMENT);
    }
    let start = room.as_mut_ptr();
    unsafe { start.write_bytes(PAPER, 1) };
    let result = call(start.cast());
    if result < 0 {
        let written = unsafe { std::slice::from_raw_parts(start.cast::<u8>(), size_of::<T>()) };
        assert!(written.iter().all(|&byte| byte == PAPER), "written where the result is {result}");
    }
    result
}

fn misaligned<T>(value: &T) -> *const T {
    std::ptr::from_ref(value).cast::<u8>().wrapping_add(1).cast()
}

/// The result of compiling these options. `corsac_policy_size` must give the same.
fn refused(spec: &corsac_spec) -> corsac_result {
    let mut storage = [7_u8; 2048];
    let room = storage.as_mut_ptr();
    let result = outputs(|policy| unsafe { corsac_policy_compile(spec, room, 2048, None, null_mut(), policy) });
    if result == CORSAC_INVALID_ARGUMENT {
        assert!(storage.iter().all(|&byte| byte == 7));
        assert_eq!(outputs(|size| unsafe { corsac_policy_size(spec, size) }), CORSAC_INVALID_ARGUMENT);
    }
    result
}

#[test]
fn spec_of_another_version_is_refused() {
    assert_eq!(outputs(|spec| unsafe { corsac_spec_init(spec) }), CORSAC_OK);
    let origins = [bytes("https://a.example")];
    let good = spec_of(&origins);
    assert_eq!(refused(&good), CORSAC_OK);
    let mut storage = [0; 512];
    for wrong in [null(), misaligned(&good)] {
        assert_eq!(outputs(|size| unsafe { corsac_policy_size(wrong, size) }), CORSAC_INVALID_ARGUMENT);
        let room = storage.as_mut_ptr();
        let result = outputs(|policy| unsafe { corsac_policy_compile(wrong, room, 512, None, null_mut(), policy) });
        assert_eq!(result, CORSAC_INVALID_ARGUMENT);
    }
    for size in [0, good.size - 1, good.size + 1, usize::MAX] {
        assert_eq!(refused(&corsac_spec { size, ..good }), CORSAC_INVALID_ARGUMENT);
    }
}

#[test]
fn a_switch_is_0_or_1() {
    let origins = [bytes("https://a.example")];
    let switches: [fn(&mut corsac_spec) -> &mut u8; 7] = [
        |spec| &mut spec.allow_credentials,
        |spec| &mut spec.external_origins,
        |spec| &mut spec.allow_private_network,
        |spec| &mut spec.dangerously_allow_null_origin,
        |spec| &mut spec.dangerously_allow_insecure_origins,
        |spec| &mut spec.allow_timing,
        |spec| &mut spec.dangerously_allow_all_public_suffixes,
    ];
    for switch in switches {
        let mut spec = spec_of(&origins);
        *switch(&mut spec) = 1;
        assert_eq!(refused(&spec), CORSAC_OK);
        for wrong in [2, 0xFF] {
            *switch(&mut spec) = wrong;
            assert_eq!(refused(&spec), CORSAC_INVALID_ARGUMENT);
        }
    }
}

#[test]
fn every_entry_of_a_list_is_checked() {
    let lists: [fn(&mut corsac_spec) -> &mut corsac_list; 5] = [
        |spec| &mut spec.allow_origins,
        |spec| &mut spec.allow_methods,
        |spec| &mut spec.allow_headers,
        |spec| &mut spec.expose_headers,
        |spec| &mut spec.dangerously_allow_public_suffixes,
    ];
    let origins = [bytes("https://a.example")];
    let entries = [bytes("x-a"); 3];
    let wrong = [[bytes("x-a"), NULL_WITH_LENGTH], [bytes("x-a"), ENDLESS]];
    for list in lists {
        let refuses = |entries: corsac_list| {
            let mut spec = spec_of(&origins);
            *list(&mut spec) = entries;
            assert_eq!(refused(&spec), CORSAC_INVALID_ARGUMENT, "{entries:?}");
        };
        refuses(corsac_list { ptr: null(), len: 1 });
        refuses(corsac_list { ptr: null(), len: usize::MAX });
        refuses(corsac_list { ptr: misaligned(&entries).cast(), len: 1 });
        for len in [usize::MAX, usize::MAX / 2, usize::MAX / size_of::<corsac_bytes>()] {
            refuses(corsac_list { ptr: entries.as_ptr(), len });
        }
        for entries in &wrong {
            refuses(corsac_list { ptr: entries.as_ptr(), len: entries.len() });
        }
    }
}

#[test]
fn empty_text_can_have_any_pointer() {
    for ptr in [null(), std::ptr::dangling(), usize::MAX as *const u8] {
        let origins = [bytes("https://a.example"), corsac_bytes { ptr, len: 0 }];
        assert_eq!(refused(&spec_of(&origins)), CORSAC_FINDINGS);
        assert_eq!(
            unsafe { corsac_replaces_header(&decision(CORSAC_ALLOWED, NOTHING), corsac_bytes { ptr, len: 0 }) },
            0
        );
    }
}

#[test]
fn storage_that_is_too_small_is_refused() {
    let origins = [bytes("https://a.example")];
    let spec = spec_of(&origins);
    let mut size = 0;
    assert_eq!(unsafe { corsac_policy_size(&spec, &mut size) }, CORSAC_OK);
    let mut storage = vec![7_u8; size];
    let room = storage.as_mut_ptr();
    let compile =
        |room, len| outputs(|policy| unsafe { corsac_policy_compile(&spec, room, len, None, null_mut(), policy) });
    assert_eq!(compile(null_mut(), size), CORSAC_INVALID_ARGUMENT);
    assert_eq!(compile(room, usize::MAX), CORSAC_INVALID_ARGUMENT);
    for len in 0..size {
        assert_eq!(compile(room, len), CORSAC_STORAGE_TOO_SMALL, "{len}");
    }
    assert_eq!(compile(null_mut(), 0), CORSAC_STORAGE_TOO_SMALL);
    assert_eq!(compile(room, size), CORSAC_OK);
}

#[test]
fn storage_and_images_have_any_alignment() {
    let origins = [bytes("https://a.example"), bytes("https://*.b.example"), bytes("https://x-*.c.example")];
    let spec = spec_of(&origins);
    let mut size = 0;
    assert_eq!(unsafe { corsac_policy_size(&spec, &mut size) }, CORSAC_OK);
    let request = begun("GET");
    let mut wanted = None;
    for place in 0..8 {
        let mut storage = vec![0_u8; place + size];
        let compiled = compiled(&spec, &mut storage[place..]);
        let image = unsafe { std::slice::from_raw_parts(compiled.image, compiled.len) };
        let mut moved = vec![0_u8; place + 1 + image.len()];
        moved[place + 1..].copy_from_slice(image);
        let mut policy = MaybeUninit::<corsac_policy>::uninit();
        let opened = unsafe { corsac_policy_open(moved[place + 1..].as_ptr(), image.len(), policy.as_mut_ptr()) };
        assert_eq!(opened, CORSAC_OK, "{place}");
        let mut decision = MaybeUninit::<corsac_decision>::uninit();
        for policy in [&raw const compiled, policy.as_ptr()] {
            assert_eq!(
                unsafe { corsac_policy_evaluate(policy, &*request, decision.as_mut_ptr()) },
                CORSAC_OK,
                "{place}"
            );
        }
        assert_eq!(wanted.get_or_insert_with(|| image.to_vec()), image, "{place}");
    }
}

#[test]
fn storage_of_a_refused_policy_does_not_open() {
    let (good, bad) = ([bytes("https://a.example")], [bytes("https://a.example"), bytes("https://b.example/")]);
    let mut size = 0;
    assert_eq!(unsafe { corsac_policy_size(&spec_of(&bad), &mut size) }, CORSAC_OK);
    for (origins, len, wanted) in [
        (&bad[..], size, CORSAC_FINDINGS),
        (&good, 40, CORSAC_STORAGE_TOO_SMALL),
        (&good, usize::MAX, CORSAC_INVALID_ARGUMENT),
    ] {
        let mut storage = vec![7_u8; size];
        let spec = spec_of(origins);
        let room = storage.as_mut_ptr();
        let result = outputs(|policy| unsafe { corsac_policy_compile(&spec, room, len, None, null_mut(), policy) });
        assert_eq!(result, wanted);
        let (written, rest) = storage.split_at(if wanted == CORSAC_INVALID_ARGUMENT { 0 } else { len });
        assert!(written.iter().all(|&byte| byte == 0), "{wanted}");
        assert!(rest.iter().all(|&byte| byte == 7), "{wanted}");
    }
}

#[test]
fn bytes_that_are_not_an_image_do_not_open() {
    let origins = [bytes("https://a.example"), bytes("https://b.example")];
    let mut storage = [0; 512];
    let policy = compiled(&spec_of(&origins), &mut storage);
    let open = |image: &[u8]| outputs(|policy| unsafe { corsac_policy_open(image.as_ptr(), image.len(), policy) });
    let image = unsafe { std::slice::from_raw_parts(policy.image, policy.len) };
    assert_eq!(open(image), CORSAC_OK);
    let changed = |place: usize, byte: u8| {
        let mut image = image.to_vec();
        image[place] = byte;
        image
    };
    assert_eq!(open(&[]), CORSAC_NOT_AN_IMAGE);
    assert_eq!(open(b"allow_origins = []"), CORSAC_NOT_AN_IMAGE);
    assert_eq!(open(&changed(7, 99)), CORSAC_OTHER_VERSION);
    assert_eq!(open(&image[..image.len() - 1]), CORSAC_WRONG_LENGTH);
    assert_eq!(open(&changed(24, 0xFF)), CORSAC_DAMAGED);
    // A status that compiling refuses.
    assert_eq!(open(&changed(17, 0x7F)), CORSAC_REFUSED);
    for len in [1, usize::MAX] {
        assert_eq!(outputs(|policy| unsafe { corsac_policy_open(null(), len, policy) }), CORSAC_INVALID_ARGUMENT);
    }
    let start = image.as_ptr();
    assert_eq!(outputs(|policy| unsafe { corsac_policy_open(start, usize::MAX, policy) }), CORSAC_INVALID_ARGUMENT);
}

#[test]
fn policy_that_was_not_made_is_refused() {
    let origins = [bytes("https://a.example")];
    let mut storage = [0; 512];
    let good = compiled(&spec_of(&origins), &mut storage);
    let request = begun("GET");
    let never = corsac_policy { image: null(), len: 0 };
    let endless = corsac_policy { len: usize::MAX, ..good };
    for wrong in [null(), misaligned(&good), &raw const never, &raw const endless] {
        let decide = |decision| unsafe { corsac_policy_evaluate(wrong, &*request, decision) };
        assert_eq!(outputs(decide), CORSAC_INVALID_ARGUMENT);
        for ask in [
            corsac_policy_is_any_origin,
            corsac_policy_allows_credentials,
            corsac_policy_allows_external_origins,
            corsac_policy_is_public_suffix_checked,
        ] {
            assert_eq!(unsafe { ask(wrong) }, CORSAC_INVALID_ARGUMENT);
            assert_ne!(unsafe { ask(&good) }, CORSAC_INVALID_ARGUMENT);
        }
    }
}

#[test]
fn request_that_was_not_begun_is_refused() {
    assert_eq!(outputs(|request| unsafe { corsac_request_init(request, bytes("GET")) }), CORSAC_OK);
    for wrong in [NULL_WITH_LENGTH, ENDLESS] {
        assert_eq!(outputs(|request| unsafe { corsac_request_init(request, wrong) }), CORSAC_INVALID_ARGUMENT);
    }
    let origins = [bytes("https://a.example")];
    let mut storage = [0; 512];
    let policy = compiled(&spec_of(&origins), &mut storage);
    let good = begun("GET");
    let mut zeros = MaybeUninit::<corsac_request>::zeroed();
    for wrong in [null_mut(), misaligned(&*good).cast_mut(), zeros.as_mut_ptr()] {
        let header = unsafe { corsac_request_add_header(wrong, bytes("origin"), bytes("https://a.example")) };
        assert_eq!(header, CORSAC_INVALID_ARGUMENT);
        assert_eq!(
            outputs(|decision| unsafe { corsac_policy_evaluate(&policy, wrong, decision) }),
            CORSAC_INVALID_ARGUMENT
        );
    }
}

#[test]
fn refused_header_changes_nothing() {
    let origins = [bytes("https://a.example")];
    let mut storage = [0; 512];
    let policy = compiled(&spec_of(&origins), &mut storage);
    let mut request = begun("GET");
    for wrong in [NULL_WITH_LENGTH, ENDLESS] {
        for (name, value) in [(wrong, bytes("https://a.example")), (bytes("Origin"), wrong)] {
            assert_eq!(unsafe { corsac_request_add_header(&mut *request, name, value) }, CORSAC_INVALID_ARGUMENT);
        }
    }
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    assert_eq!(unsafe { corsac_policy_evaluate(&policy, &*request, decision.as_mut_ptr()) }, CORSAC_OK);
    assert_eq!(unsafe { decision.assume_init() }.request_class, CORSAC_PLAIN);
}

#[test]
fn evaluating_with_a_check_needs_one() {
    let origins = [bytes("https://a.example")];
    let mut storage = [0; 512];
    let policy = compiled(&spec_of(&origins), &mut storage);
    let request = begun("GET");
    unsafe extern "C" fn allow(_: *mut c_void, _: usize, _: corsac_bytes) -> i32 {
        1
    }
    let with = |origin_check| {
        outputs(|decision| unsafe {
            corsac_policy_evaluate_with(&policy, &*request, origin_check, null_mut(), decision)
        })
    };
    assert_eq!(with(None), CORSAC_INVALID_ARGUMENT);
    assert_eq!(with(Some(allow)), CORSAC_OK);
}

fn decision(denial: i32, denial_bytes: corsac_bytes) -> corsac_decision {
    let headers = [MaybeUninit::uninit(); CORSAC_HEADERS_MAX];
    let (request_class, status, replaces_timing) = (CORSAC_ACTUAL, 0, 0);
    let reserved = [const { MaybeUninit::uninit() }; 4];
    corsac_decision {
        size: 0,
        request_class,
        denial,
        denial_bytes,
        status,
        replaces_timing,
        header_count: 0,
        reserved,
        headers,
    }
}

#[test]
fn replaces_header_needs_a_decision() {
    let good = decision(CORSAC_ALLOWED, NOTHING);
    let replaces = |decision| unsafe { corsac_replaces_header(decision, bytes("Access-Control-Allow-Origin")) };
    assert_eq!(replaces(&good), 1);
    for wrong in [null(), misaligned(&good)] {
        assert_eq!(replaces(wrong), CORSAC_INVALID_ARGUMENT);
    }
    for replaces_timing in [-1, 2, i32::MAX] {
        assert_eq!(replaces(&corsac_decision { replaces_timing, ..good }), CORSAC_INVALID_ARGUMENT);
    }
}

#[test]
fn listed_and_all_public_suffixes_exclude_each_other() {
    let (origins, suffixes) = ([bytes("https://*.github.io")], [bytes("github.io")]);
    let listed = corsac_list { ptr: suffixes.as_ptr(), len: 1 };
    let spec = corsac_spec { dangerously_allow_public_suffixes: listed, ..spec_of(&origins) };
    assert_eq!(refused(&corsac_spec { dangerously_allow_all_public_suffixes: 1, ..spec }), CORSAC_INVALID_ARGUMENT);
    assert_eq!(refused(&spec), CORSAC_OK);
}

#[test]
fn message_is_written_whole_or_not_at_all() {
    let denied = decision(CORSAC_ORIGIN_NOT_ALLOWED, bytes("https://b.example\n"));
    let wanted = br#"origin "https://b.example\x0A" is not allowed"#;
    let mut buffer = [7_u8; CORSAC_MESSAGE_MAX];
    let start = buffer.as_mut_ptr();
    let message = |decision: *const corsac_decision, capacity| {
        outputs(|written| unsafe { corsac_denial_message(decision, start, capacity, written) })
    };
    for short in [0, 1, wanted.len() - 1] {
        assert_eq!(message(&denied, short), CORSAC_STORAGE_TOO_SMALL);
    }
    assert_eq!(message(&denied, usize::MAX), CORSAC_INVALID_ARGUMENT);
    for wrong in [-1, 9, i32::MAX] {
        assert_eq!(message(&decision(wrong, bytes("x")), CORSAC_MESSAGE_MAX), CORSAC_INVALID_ARGUMENT);
    }
    for wrong in [NULL_WITH_LENGTH, ENDLESS] {
        let denied = decision(CORSAC_ORIGIN_NOT_ALLOWED, wrong);
        assert_eq!(message(&denied, CORSAC_MESSAGE_MAX), CORSAC_INVALID_ARGUMENT);
    }
    for wrong in [null(), misaligned(&denied)] {
        assert_eq!(message(wrong, CORSAC_MESSAGE_MAX), CORSAC_INVALID_ARGUMENT);
    }
    let to_null =
        |capacity| outputs(|written| unsafe { corsac_denial_message(&denied, null_mut(), capacity, written) });
    assert_eq!([to_null(0), to_null(1)], [CORSAC_STORAGE_TOO_SMALL, CORSAC_INVALID_ARGUMENT]);
    assert!(buffer.iter().all(|&byte| byte == 7));

    let mut written = 0;
    let exactly = unsafe { corsac_denial_message(&denied, buffer.as_mut_ptr(), wanted.len(), &mut written) };
    assert_eq!((exactly, &buffer[..written]), (CORSAC_OK, wanted.as_slice()));
    assert_eq!(buffer[written], 7);
    let allowed = decision(CORSAC_ALLOWED, bytes(""));
    assert_eq!(unsafe { corsac_denial_message(&allowed, null_mut(), 0, &mut written) }, CORSAC_OK);
    assert_eq!(written, 0);
}

#[test]
fn an_escape_is_written_whole_or_not_at_all() {
    let mut buffer = [7_u8; 16];
    let start = buffer.as_mut_ptr();
    let escape = |text, capacity| outputs(|written| unsafe { corsac_escape(text, start, capacity, written) });
    for short in 0..6 {
        assert_eq!(escape(bytes("a\"b"), short), CORSAC_STORAGE_TOO_SMALL);
    }
    for wrong in [NULL_WITH_LENGTH, ENDLESS] {
        assert_eq!(escape(wrong, 16), CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(escape(bytes("a"), usize::MAX), CORSAC_INVALID_ARGUMENT);
    assert_eq!(
        outputs(|written| unsafe { corsac_escape(bytes("a"), null_mut(), 1, written) }),
        CORSAC_INVALID_ARGUMENT
    );
    assert!(buffer.iter().all(|&byte| byte == 7));
    let mut written = 0;
    assert_eq!(unsafe { corsac_escape(bytes("a\"b"), buffer.as_mut_ptr(), 6, &mut written) }, CORSAC_OK);
    assert_eq!((&buffer[..written], buffer[6]), (br"a\x22b".as_slice(), 7));
}

#[test]
fn number_without_a_constant_has_no_name() {
    let is_empty = |text: corsac_bytes| text.len == 0;
    for number in [i32::MIN, -13, 3, 9, i32::MAX] {
        assert!(number == 3 || is_empty(corsac_denial_name(number)));
        assert!(is_empty(corsac_class_name(number)) && is_empty(corsac_result_text(number)), "{number}");
    }
    assert!(is_empty(corsac_denial_name(CORSAC_ALLOWED)));
    assert!((CORSAC_NO_SPELLING..=CORSAC_ASK).all(|result| !is_empty(corsac_result_text(result))));
}

#[test]
fn covered_names_are_a_number_of_the_library() {
    for wrong in [16, 256, u32::MAX] {
        let mut covered = wrong;
        assert_eq!(unsafe { corsac_vary_add(bytes("Origin"), &mut covered) }, CORSAC_INVALID_ARGUMENT);
        assert_eq!(covered, wrong);
        let mut lines = [MaybeUninit::<corsac_bytes>::uninit(); CORSAC_VARY_MAX];
        let room = lines.as_mut_ptr().cast();
        let missing = |count| unsafe { corsac_vary_missing(bytes("Origin"), wrong, room, count) };
        assert_eq!(outputs(missing), CORSAC_INVALID_ARGUMENT);
    }
    let mut covered = [0_u32; 2];
    for wrong in [null_mut(), misaligned(&covered).cast_mut().cast()] {
        assert_eq!(unsafe { corsac_vary_add(bytes("Origin"), wrong) }, CORSAC_INVALID_ARGUMENT);
    }
    for wrong in [NULL_WITH_LENGTH, ENDLESS] {
        assert_eq!(unsafe { corsac_vary_add(wrong, &mut covered[0]) }, CORSAC_INVALID_ARGUMENT);
        let decision = decision(CORSAC_ALLOWED, NOTHING);
        assert_eq!(unsafe { corsac_replaces_header(&decision, wrong) }, CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(covered, [0, 0]);
}

#[test]
fn vary_headers_beyond_the_room_are_refused() {
    let missing = |vary, lines: *mut [corsac_bytes; CORSAC_VARY_MAX]| {
        // The response has Origin already, so each other name is a header of its own.
        let mut count = usize::MAX;
        (unsafe { corsac_vary_missing(bytes(vary), 1, lines.cast(), &mut count) }, count)
    };
    let mut lines = MaybeUninit::uninit();
    assert_eq!(missing("Origin, a, b, c, d", lines.as_mut_ptr()), (CORSAC_OK, 4));
    let mut lines = MaybeUninit::<[corsac_bytes; CORSAC_VARY_MAX]>::zeroed();
    assert_eq!(missing("Origin, a, b, c, d, e", lines.as_mut_ptr()), (CORSAC_INVALID_ARGUMENT, usize::MAX));
    assert!(unsafe { lines.assume_init() }.iter().all(|line| line.ptr.is_null()));
    for wrong in [null_mut(), misaligned(&lines).cast_mut().cast()] {
        assert_eq!(missing("Origin", wrong), (CORSAC_INVALID_ARGUMENT, usize::MAX));
    }
}
