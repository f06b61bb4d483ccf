//! Findings, images, decisions and messages through C are those of the engine.

#![allow(clippy::undocumented_unsafe_blocks, reason = "each call keeps what the header asks")]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::null_mut;

use corsac::{Decision, Policy, PolicySpec, PublicSuffixes, Request, VaryMerge};
use corsac_ffi::*;

fn bytes(text: &[u8]) -> corsac_bytes {
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

fn text<'a>(bytes: corsac_bytes) -> &'a [u8] {
    if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } }
}

/// The same options in C's form, for `then`.
fn with_spec<T>(spec: &PolicySpec<'_>, then: impl FnOnce(&corsac_spec) -> T) -> T {
    let entries = |list: &[&str]| -> Vec<corsac_bytes> { list.iter().map(|entry| bytes(entry.as_bytes())).collect() };
    let list = |entries: &[corsac_bytes]| corsac_list { ptr: entries.as_ptr(), len: entries.len() };
    let (origins, headers, exposed) =
        (entries(spec.allow_origins), entries(spec.allow_headers), entries(spec.expose_headers));
    let methods = spec.allow_methods.map(entries);
    let (suffixes, all_suffixes) = match spec.dangerously_allow_public_suffixes {
        PublicSuffixes::Refused => (vec![], 0),
        PublicSuffixes::Listed(suffixes) => (entries(suffixes), 0),
        PublicSuffixes::Allowed => (vec![], 1),
    };
    let mut options = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_spec_init(options.as_mut_ptr()) }, CORSAC_OK);
    let mut options = unsafe { options.assume_init() };
    options.allow_origins = list(&origins);
    if let Some(methods) = &methods {
        options.allow_methods = list(methods);
    }
    options.allow_headers = list(&headers);
    options.expose_headers = list(&exposed);
    options.max_age = spec.max_age.unwrap_or(CORSAC_UNSET);
    if spec.preflight_status != 204 {
        options.preflight_status = spec.preflight_status;
    }
    options.denied_preflight_status = spec.denied_preflight_status.unwrap_or(CORSAC_UNSET);
    options.allow_credentials = u8::from(spec.allow_credentials);
    options.external_origins = u8::from(spec.external_origins);
    options.allow_timing = u8::from(spec.allow_timing);
    options.allow_private_network = u8::from(spec.allow_private_network);
    options.dangerously_allow_null_origin = u8::from(spec.dangerously_allow_null_origin);
    options.dangerously_allow_insecure_origins = u8::from(spec.dangerously_allow_insecure_origins);
    options.dangerously_allow_public_suffixes = list(&suffixes);
    options.dangerously_allow_all_public_suffixes = all_suffixes;
    then(&options)
}

/// Everything that a finding has.
type Found = (
    i32,
    Vec<u8>,
    Option<usize>,
    Vec<u8>,
    Option<usize>,
    Vec<u8>,
    (usize, usize),
    Option<Vec<u8>>,
    [Vec<u8>; 2],
    Option<Vec<u8>>,
);

unsafe extern "C" fn collect(data: *mut c_void, finding: *const corsac_finding) {
    let (found, finding) = unsafe { (&mut *data.cast::<Vec<Found>>(), &*finding) };
    let owned = |bytes: corsac_bytes| text(bytes).to_vec();
    let if_any = |bytes: corsac_bytes| (!bytes.ptr.is_null()).then(|| text(bytes).to_vec());
    assert!(finding.message.len <= CORSAC_MESSAGE_MAX && finding.suggestion.len <= CORSAC_MESSAGE_MAX);
    found.push((
        finding.severity,
        owned(finding.code),
        (finding.table != CORSAC_NO_TABLE).then_some(finding.table),
        owned(finding.field),
        (finding.index != CORSAC_NO_INDEX).then_some(finding.index),
        owned(finding.text),
        (finding.at_start, finding.at_end),
        if_any(finding.related),
        [owned(finding.message), owned(finding.suggestion)],
        if_any(finding.replacement),
    ));
}

/// Compiles both ways: the findings, and the image if there is one, are the same.
fn compile(spec: &PolicySpec<'_>) -> Option<Vec<u8>> {
    let mut wanted: Vec<Found> = vec![];
    let policy = spec.compile(vec![0; spec.image_len()], |finding| {
        wanted.push((
            if finding.severity == corsac::Severity::Error { CORSAC_ERROR } else { CORSAC_WARNING },
            finding.code.as_str().into(),
            finding.table,
            finding.field.as_str().into(),
            finding.index,
            finding.text.to_vec(),
            (finding.at.start, finding.at.end),
            finding.related.map(<[u8]>::to_vec),
            [finding.to_string().into(), finding.suggestion.to_string().into()],
            finding.suggestion.replacement().map(|text| text.as_bytes().to_vec()),
        ));
    });
    let (mut size, mut found) = (0, Vec::<Found>::new());
    let image = with_spec(spec, |spec| {
        assert_eq!(unsafe { corsac_policy_size(spec, &mut size) }, CORSAC_OK);
        let mut storage = vec![0xA5; size];
        let mut policy = MaybeUninit::uninit();
        let data = (&raw mut found).cast();
        let result = unsafe {
            corsac_policy_compile(spec, storage.as_mut_ptr(), size, Some(collect), data, policy.as_mut_ptr())
        };
        let view = (result == CORSAC_OK).then(|| unsafe { policy.assume_init() });
        assert!(view.is_some() || result == CORSAC_FINDINGS);
        view.map(|view| text(corsac_bytes { ptr: view.image, len: view.len }).to_vec())
    });
    assert_eq!(size, spec.image_len());
    assert_eq!(found, wanted);
    assert_eq!(image, policy.ok().map(|policy| policy.image().to_vec()));
    image
}

fn full_spec() -> PolicySpec<'static> {
    PolicySpec {
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["authorization", "x-trace"],
        expose_headers: &["etag"],
        allow_credentials: true,
        max_age: Some(600),
        preflight_status: 200,
        ..PolicySpec::new(&["https://app.example.com", "https://preview-*.example.com"])
    }
}

#[test]
fn every_option_reaches_the_engine() {
    let base = PolicySpec::new(&["https://a.example", "http://localhost:*"]);
    let specs = [
        base,
        full_spec(),
        PolicySpec { allow_methods: Some(&[]), ..base },
        PolicySpec { allow_methods: Some(&["*"]), allow_headers: &["*"], expose_headers: &["*"], ..base },
        PolicySpec { max_age: Some(0), ..base },
        PolicySpec { denied_preflight_status: Some(404), ..base },
        PolicySpec { external_origins: true, allow_private_network: true, ..PolicySpec::new(&[]) },
        PolicySpec { dangerously_allow_null_origin: true, ..PolicySpec::new(&["null"]) },
        PolicySpec {
            allow_credentials: true,
            dangerously_allow_insecure_origins: true,
            ..PolicySpec::new(&["http://a.example"])
        },
        PolicySpec { allow_timing: true, ..base },
        PolicySpec {
            allow_credentials: true,
            dangerously_allow_public_suffixes: PublicSuffixes::Allowed,
            ..PolicySpec::new(&["https://*.github.io"])
        },
        PolicySpec {
            dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["github.io"]),
            ..PolicySpec::new(&["https://*.github.io"])
        },
        PolicySpec::new(&["*"]),
    ];
    let mut images: Vec<_> = specs.iter().map(|spec| compile(spec).expect("it compiles")).collect();
    images.sort();
    images.dedup();
    assert_eq!(images.len(), specs.len());
}

#[test]
fn every_finding_is_complete() {
    let long = "x".repeat(400);
    let odd = "https://a.example\u{1}\"\\\u{e9}".repeat(40);
    let origins = ["https://a.example/", "", "*", "null", "http://a.example", &odd, "https://*.com", &long];
    let wrong = PolicySpec {
        allow_methods: Some(&["put", "GET", "GET", "TRACE", "P UT"]),
        allow_headers: &["content-type", &long, "x*"],
        expose_headers: &["etag", "*", "cache-control"],
        allow_credentials: true,
        max_age: Some(-1),
        preflight_status: 404,
        denied_preflight_status: Some(200),
        ..PolicySpec::new(&origins)
    };
    assert_eq!(compile(&wrong), None);
    let doubtful = ["https://*.a.example", "https://b.a.example", "https://b.a.example", "https://*.com"];
    assert!(compile(&PolicySpec::new(&doubtful)).is_some());
}

/// The decision about a request, in C's form.
fn decision_of(image: &[u8], method: &[u8], lines: &[(&[u8], &[u8])]) -> corsac_decision {
    let mut request = Box::new(MaybeUninit::<corsac_request>::uninit());
    assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(method)) }, CORSAC_OK);
    for (name, value) in lines {
        assert_eq!(unsafe { corsac_request_add_header(request.as_mut_ptr(), bytes(name), bytes(value)) }, CORSAC_OK);
    }
    let mut view = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_policy_open(image.as_ptr(), image.len(), view.as_mut_ptr()) }, CORSAC_OK);
    let mut decision = MaybeUninit::<corsac_decision>::zeroed();
    assert_eq!(unsafe { corsac_policy_evaluate(view.as_ptr(), request.as_ptr(), decision.as_mut_ptr()) }, CORSAC_OK);
    unsafe { decision.assume_init() }
}

/// A request both ways; the decision's headers, denial and message are the same.
fn decide(image: &[u8], method: &[u8], lines: &[(&[u8], &[u8])]) -> (i32, i32) {
    let policy = Policy::open(image).expect("it opens");
    let mut asked = Request::new(method);
    for (name, value) in lines {
        asked.header(*name, *value);
    }
    let decision = decision_of(image, method, lines);
    assert_same(&decision, &policy.evaluate(&asked));
    (decision.request_class, decision.denial)
}

fn assert_same(decision: &corsac_decision, wanted: &Decision<'_>) {
    assert_eq!(text(corsac_class_name(decision.request_class)), wanted.class().as_str().as_bytes());
    assert_eq!(decision.status, wanted.status().map_or(0, i32::from));
    let headers: Vec<_> = decision.headers.iter().map(|header| unsafe { header.assume_init() }).collect();
    let got = headers.iter().take(decision.header_count).map(|header| (text(header.name), text(header.value)));
    assert!(got.eq(wanted.headers().map(|header| (header.name.as_bytes(), header.value))));
    // The library does not write the other slots.
    assert!(headers.iter().skip(decision.header_count).all(|header| header.name.ptr.is_null()));

    let mut message = [0; CORSAC_MESSAGE_MAX];
    let mut written = usize::MAX;
    let result = unsafe { corsac_denial_message(decision, message.as_mut_ptr(), message.len(), &mut written) };
    let message = std::str::from_utf8(&message[..written]).expect("a message is text");
    assert_eq!(result, CORSAC_OK);
    match wanted.denial() {
        None => assert_eq!((decision.denial, text(decision.denial_bytes), message), (CORSAC_ALLOWED, &b""[..], "")),
        Some(denial) => {
            assert_eq!(text(corsac_denial_name(decision.denial)), denial.code().as_str().as_bytes());
            assert_eq!(text(decision.denial_bytes), denial.bytes());
            assert_eq!(message, denial.to_string());
        }
    }
}

#[test]
fn every_class_and_every_denial_is_the_engines() {
    let image = compile(&full_spec()).expect("it compiles");
    let origin = (&b"Origin"[..], &b"https://app.example.com"[..]);
    let put = (&b"Access-Control-Request-Method"[..], &b"PUT"[..]);
    let headers = |value: &'static [u8]| (&b"access-control-request-headers"[..], value);
    let long = "x".repeat(400);
    let preflight = |lines: &[(&[u8], &[u8])]| decide(&image, b"OPTIONS", lines);
    assert_eq!(decide(&image, b"GET", &[]), (CORSAC_PLAIN, CORSAC_ALLOWED));
    assert_eq!(decide(&image, b"", &[origin]), (CORSAC_ACTUAL, CORSAC_ALLOWED));
    assert_eq!(preflight(&[origin, put, headers(b"x-trace")]), (CORSAC_PREFLIGHT, CORSAC_ALLOWED));
    let denied = [
        (preflight(&[(b"origin", b"https://evil.example\x1B"), put]), CORSAC_ORIGIN_MALFORMED),
        (preflight(&[(b"origin", b"")]), CORSAC_ORIGIN_MALFORMED),
        (preflight(&[origin, origin, put]), CORSAC_ORIGIN_MALFORMED),
        (preflight(&[(b"origin", b"https://evil.example"), put]), CORSAC_ORIGIN_NOT_ALLOWED),
        (preflight(&[(b"origin", b"null")]), CORSAC_ORIGIN_NOT_ALLOWED),
        (preflight(&[(b"origin", long.as_bytes()), put]), CORSAC_REQUEST_TOO_LARGE),
        (preflight(&[origin, (put.0, b"DELETE")]), CORSAC_METHOD_NOT_ALLOWED),
        (preflight(&[origin, (put.0, b"P\"UT")]), CORSAC_METHOD_MALFORMED),
        (preflight(&[origin, (put.0, b"")]), CORSAC_METHOD_MALFORMED),
        (preflight(&[origin, put, headers(b"x-trace, x-other")]), CORSAC_HEADER_NOT_ALLOWED),
        (preflight(&[origin, put, headers(b"x-trace,x-trace")]), CORSAC_HEADERS_MALFORMED),
    ];
    for ((_, got), wanted) in denied {
        assert_eq!(got, wanted);
    }
    let seen: std::collections::BTreeSet<_> = denied.iter().map(|denied| denied.1).collect();
    assert!(seen.into_iter().eq(1..=7), "a denial without a case");
}

#[test]
fn the_most_headers_fit() {
    let spec = PolicySpec { allow_headers: &["*"], allow_methods: Some(&["*"]), ..full_spec() };
    let image = compile(&spec).expect("it compiles");
    let mut lines = vec![(&b"Origin"[..], &b"https://app.example.com"[..]), (b"Access-Control-Request-Method", b"PUT")];
    lines.extend([(&b"Access-Control-Request-Headers"[..], &b"x-a"[..]); 32]);
    assert_eq!(decide(&image, b"OPTIONS", &lines), (CORSAC_PREFLIGHT, CORSAC_ALLOWED));
    lines.extend([(&b"Access-Control-Request-Headers"[..], &b"x-a"[..]); 400]);
    assert_eq!(decide(&image, b"OPTIONS", &lines), (CORSAC_PREFLIGHT, CORSAC_REQUEST_TOO_LARGE));
}

#[test]
fn request_can_be_copied_and_used_again() {
    let image = compile(&full_spec()).expect("it compiles");
    let mut policy = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_policy_open(image.as_ptr(), image.len(), policy.as_mut_ptr()) }, CORSAC_OK);
    let mut request = Box::new(MaybeUninit::<corsac_request>::uninit());
    let class = |request: &MaybeUninit<corsac_request>| {
        let mut decision = MaybeUninit::<corsac_decision>::uninit();
        assert_eq!(
            unsafe { corsac_policy_evaluate(policy.as_ptr(), request.as_ptr(), decision.as_mut_ptr()) },
            CORSAC_OK
        );
        unsafe { decision.assume_init() }.request_class
    };
    for method in [&b"GET"[..], b"PUT"] {
        assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(method)) }, CORSAC_OK);
        assert_eq!(class(&request), CORSAC_PLAIN);
        for _ in 0..3 {
            let (name, value) = (bytes(b"Origin"), bytes(b"https://app.example.com"));
            assert_eq!(unsafe { corsac_request_add_header(request.as_mut_ptr(), name, value) }, CORSAC_OK);
        }
        let copy = request.clone();
        *request = MaybeUninit::zeroed();
        assert_eq!(class(&copy), CORSAC_ACTUAL);
    }
}

/// Returns the number that `data` points to, and records its arguments.
unsafe extern "C" fn origin_check(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32 {
    let (result, asked) = unsafe { &mut *data.cast::<(i32, Vec<(usize, Vec<u8>)>)>() };
    asked.push((table, text(origin).to_vec()));
    *result
}

#[test]
fn only_1_lets_an_origin_in() {
    let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&["https://a.example"]) };
    let image = compile(&spec).expect("it compiles");
    let mut policy = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_policy_open(image.as_ptr(), image.len(), policy.as_mut_ptr()) }, CORSAC_OK);
    for (origin, result, wanted, is_asked) in [
        ("https://tenant.example", 1, CORSAC_ALLOWED, true),
        ("https://tenant.example", 0, CORSAC_ORIGIN_NOT_ALLOWED, true),
        ("https://tenant.example", -1, CORSAC_ORIGIN_NOT_ALLOWED, true),
        ("https://tenant.example", 2, CORSAC_ORIGIN_NOT_ALLOWED, true),
        ("https://a.example", 0, CORSAC_ALLOWED, false),
        ("tenant", 1, CORSAC_ORIGIN_MALFORMED, false),
    ] {
        let mut request = Box::new(MaybeUninit::<corsac_request>::uninit());
        assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(b"GET")) }, CORSAC_OK);
        let (name, value) = (bytes(b"Origin"), bytes(origin.as_bytes()));
        assert_eq!(unsafe { corsac_request_add_header(request.as_mut_ptr(), name, value) }, CORSAC_OK);
        let mut data = (result, Vec::<(usize, Vec<u8>)>::new());
        let mut decision = MaybeUninit::<corsac_decision>::uninit();
        let (to, out) = ((&raw mut data).cast(), decision.as_mut_ptr());
        let check = Some(origin_check as _);
        let result = unsafe { corsac_policy_evaluate_with(policy.as_ptr(), request.as_ptr(), check, to, out) };
        assert_eq!((result, unsafe { decision.assume_init() }.denial), (CORSAC_OK, wanted));
        let asked = if is_asked { vec![(0, origin.as_bytes().to_vec())] } else { vec![] };
        assert_eq!(data.1, asked);
    }
    // Without a check, the origin is denied.
    assert_eq!(
        decide(&image, b"GET", &[(b"origin", b"https://tenant.example")]),
        (CORSAC_ACTUAL, CORSAC_ORIGIN_NOT_ALLOWED)
    );
}

#[test]
fn policy_has_its_properties() {
    let base = PolicySpec::new(&["https://a.example"]);
    let say = |spec: &PolicySpec<'_>| {
        let image = compile(spec).expect("it compiles");
        let view = corsac_policy { image: image.as_ptr(), len: image.len() };
        unsafe {
            (
                corsac_policy_is_any_origin(&view),
                corsac_policy_allows_credentials(&view),
                corsac_policy_allows_external_origins(&view),
            )
        }
    };
    assert_eq!(say(&base), (0, 0, 0));
    assert_eq!(say(&PolicySpec::new(&["*"])), (1, 0, 0));
    assert_eq!(say(&PolicySpec { allow_credentials: true, ..base }), (0, 1, 0));
    assert_eq!(say(&PolicySpec { external_origins: true, ..base }), (0, 0, 1));
    let image = compile(&base).expect("it compiles");
    let view = corsac_policy { image: image.as_ptr(), len: image.len() };
    let is_checked = Policy::open(&image).expect("it opens").is_public_suffix_checked();
    assert_eq!(unsafe { corsac_policy_is_public_suffix_checked(&view) }, i32::from(is_checked));
}

#[test]
fn headers_that_are_read_are_the_engines() {
    let names = (0..).map(|place| text(corsac_read_header_name(place))).take_while(|name| !name.is_empty());
    assert!(names.eq(corsac::READ_HEADERS.map(str::as_bytes)));
    assert!(text(corsac_read_header_name(usize::MAX)).is_empty());
}

#[test]
fn request_without_these_headers_is_plain() {
    let base = PolicySpec::new(&["https://a.example"]);
    for spec in
        [&base, &PolicySpec::new(&["*"]), &PolicySpec { allow_credentials: true, external_origins: true, ..base }]
    {
        let image = compile(spec).expect("it compiles");
        let policy = Policy::open(&image).expect("it opens");
        let decided = |method: &[u8], names: &[&str]| {
            let lines = names.iter().map(|name| (*name, "https://a.example"));
            let request = Request::from_lines(method, lines);
            let decision = policy.evaluate(&request);
            let headers: Vec<_> = decision.headers().map(|header| (header.name, header.value.to_vec())).collect();
            (decision.class(), decision.is_allowed(), decision.status(), headers)
        };
        let one = decided(b"GET", &[]);
        for method in [&b"GET"[..], b"OPTIONS", b"POST", b"", b"\xFF "] {
            assert_eq!(decided(method, &["Host", "Accept", "Access-Control-Request-Methods"]), one, "{method:?}");
        }
        assert_ne!(decided(b"GET", &["Origin"]), one);
    }
}

#[test]
fn replaced_headers_are_the_engines() {
    for timing in [false, true] {
        let spec = PolicySpec { allow_timing: timing, ..PolicySpec::new(&["https://a.example"]) };
        let policy = spec.compile(vec![0; spec.image_len()], |_| ()).expect("it compiles");
        let request = Request::new("GET");
        let (decision, wanted) = (decision_of(policy.image(), b"GET", &[]), policy.evaluate(&request));
        for name in ["Access-Control-Allow-Origin", "vary", "ACCESS-CONTROL-MAX-AGE", "timing-Allow-Origin", ""] {
            let replaced = unsafe { corsac_replaces_header(&decision, bytes(name.as_bytes())) };
            assert_eq!(replaced, i32::from(wanted.replaces_header(name.as_bytes())), "{name}");
        }
        assert_eq!(decision.replaces_timing, i32::from(timing));
    }
    let vary = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
    for present in [&[][..], &["accept"], &["accept, origin", "access-control-request-headers"], &["*"]] {
        let (mut wanted, mut covered) = (VaryMerge::default(), 0);
        for line in present {
            wanted.add(line.as_bytes());
            assert_eq!(unsafe { corsac_vary_add(bytes(line.as_bytes()), &mut covered) }, CORSAC_OK);
        }
        for value in [&vary[..], b""] {
            let mut lines = [corsac_bytes { ptr: std::ptr::null(), len: 0 }; CORSAC_VARY_MAX];
            let mut count = usize::MAX;
            let result = unsafe { corsac_vary_missing(bytes(value), covered, lines.as_mut_ptr(), &mut count) };
            assert_eq!(result, CORSAC_OK);
            assert!(lines[..count].iter().map(|&line| text(line)).eq(wanted.missing(value)), "{present:?}");
        }
    }
}

#[test]
fn every_byte_is_escaped_as_the_engine_does() {
    let all: Vec<u8> = (0..=255).collect();
    let mut buffer = [0; 1024];
    let mut written = 0;
    let result = unsafe { corsac_escape(bytes(&all), buffer.as_mut_ptr(), buffer.len(), &mut written) };
    assert_eq!(result, CORSAC_OK);
    assert_eq!(&buffer[..written], corsac::Escaped(&all).to_string().as_bytes());
    assert_eq!(unsafe { corsac_escape(bytes(b""), null_mut(), 0, &mut written) }, CORSAC_OK);
    assert_eq!(written, 0);
}

#[test]
fn the_versions_are_those_of_this_crate() {
    assert_eq!(corsac_abi_version(), CORSAC_ABI_VERSION);
    assert_eq!(text(corsac_version()), env!("CARGO_PKG_VERSION").as_bytes());
}
