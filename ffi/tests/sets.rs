//! A policy set through C is the engine's set: findings, image, tables and decisions. Wrong arguments are refused.

#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call keeps what the header asks, or breaks what it says is refused"
)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac::{PolicySet, PolicySetSpec, PolicySpec, PolicyTable, Request, RequestPath};
use corsac_ffi::*;

fn bytes(text: &[u8]) -> corsac_bytes {
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

const NONE: corsac_bytes = corsac_bytes { ptr: null(), len: 0 };

fn text<'a>(bytes: corsac_bytes) -> &'a [u8] {
    if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } }
}

/// The options that the tests use, in C's form.
struct Options {
    origins: Vec<corsac_bytes>,
    spec: Box<corsac_spec>,
}

fn options(spec: &PolicySpec<'_>) -> Options {
    let origins: Vec<_> = spec.allow_origins.iter().map(|origin| bytes(origin.as_bytes())).collect();
    let mut made = Box::new(MaybeUninit::uninit());
    assert_eq!(unsafe { corsac_spec_init(made.as_mut_ptr()) }, CORSAC_OK);
    let mut made: Box<corsac_spec> = unsafe { made.assume_init() };
    made.allow_origins = corsac_list { ptr: origins.as_ptr(), len: origins.len() };
    made.allow_credentials = u8::from(spec.allow_credentials);
    made.external_origins = u8::from(spec.external_origins);
    made.allow_timing = u8::from(spec.allow_timing);
    Options { origins, spec: made }
}

/// Code, table, field and text of each finding.
type Reported = Vec<(Vec<u8>, Option<usize>, Vec<u8>, Vec<u8>)>;

unsafe extern "C" fn collect(data: *mut c_void, finding: *const corsac_finding) {
    let (reported, finding) = unsafe { (&mut *data.cast::<Reported>(), &*finding) };
    let table = (finding.table != CORSAC_NO_TABLE).then_some(finding.table);
    reported.push((text(finding.code).into(), table, text(finding.field).into(), text(finding.text).into()));
}

/// Compiles both ways: the findings, and the image if there is one, are the same.
fn compile(tables: &[PolicyTable<'_>]) -> Option<Vec<u8>> {
    let spec = PolicySetSpec::new(tables);
    let mut wanted: Reported = vec![];
    let compiled = spec.compile(vec![0; spec.image_len()], |finding| {
        let (code, field) = (finding.code.as_str().into(), finding.field.as_str().into());
        wanted.push((code, finding.table, field, finding.text.to_vec()));
    });
    let policies: Vec<Option<Options>> = tables.iter().map(|table| table.policy.as_ref().map(options)).collect();
    let table = |(table, policy): (&PolicyTable<'_>, &Option<Options>)| corsac_policy_table {
        path: bytes(table.path),
        spec: policy.as_ref().map_or(null(), |options| &raw const *options.spec),
        untouched: u8::from(policy.is_none()),
    };
    let given: Vec<_> = tables.iter().zip(&policies).map(table).collect();
    assert!(policies.iter().flatten().all(|options| options.origins.len() == options.spec.allow_origins.len));
    let (mut size, mut reported) = (0, Reported::new());
    assert_eq!(unsafe { corsac_policy_set_size(given.as_ptr(), given.len(), &mut size) }, CORSAC_OK);
    assert_eq!(size, spec.image_len());
    let mut storage = vec![0xA5; size];
    let mut set = MaybeUninit::uninit();
    let (room, data) = (storage.as_mut_ptr(), (&raw mut reported).cast());
    let result = unsafe {
        corsac_policy_set_compile(given.as_ptr(), given.len(), room, size, Some(collect), data, set.as_mut_ptr())
    };
    assert_eq!(reported, wanted);
    let Ok(compiled) = compiled else {
        assert_eq!(result, CORSAC_FINDINGS);
        assert!(storage.iter().all(|&byte| byte == 0));
        return None;
    };
    assert_eq!(result, CORSAC_OK);
    let set: corsac_policy_set = unsafe { set.assume_init() };
    assert_eq!(text(corsac_bytes { ptr: set.image, len: set.len }), compiled.image());
    Some(compiled.image().to_vec())
}

const APP: PolicySpec<'_> = PolicySpec::new(&["https://app.example"]);

/// Two paths, one of them with two policies, and one that is untouched.
fn image() -> Vec<u8> {
    let account = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["https://account.example"]) };
    let tables = [
        PolicyTable::new("/account", account),
        PolicyTable::new("/", PolicySpec { external_origins: true, allow_timing: true, ..APP }),
        PolicyTable::untouched("/raw"),
        PolicyTable::new("/", PolicySpec::new(&["https://*.friends.example"])),
    ];
    compile(&tables).expect("it compiles")
}

fn opened(image: &[u8]) -> corsac_policy_set {
    let mut set = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_policy_set_open(image.as_ptr(), image.len(), set.as_mut_ptr()) }, CORSAC_OK);
    unsafe { set.assume_init() }
}

fn request(method: &[u8], lines: &[(&str, &str)]) -> Box<MaybeUninit<corsac_request>> {
    let mut request = Box::new(MaybeUninit::uninit());
    assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(method)) }, CORSAC_OK);
    for (name, value) in lines {
        let (name, value) = (bytes(name.as_bytes()), bytes(value.as_bytes()));
        assert_eq!(unsafe { corsac_request_add_header(request.as_mut_ptr(), name, value) }, CORSAC_OK);
    }
    request
}

fn path_of(decoded: Option<&str>, raw: Option<&str>) -> corsac_request_path {
    let part = |part: Option<&str>| part.map_or(NONE, |part| bytes(part.as_bytes()));
    corsac_request_path { decoded: part(decoded), raw: part(raw) }
}

#[test]
fn images_and_findings_of_sets_are_the_engines() {
    assert!(compile(&[PolicyTable::new("/", APP)]).is_some());
    assert!(compile(&[PolicyTable::new("/a/b", APP), PolicyTable::new("/a", PolicySpec::new(&["*"]))]).is_some());
    assert_eq!(compile(&[]), None);
    assert_eq!(compile(&[PolicyTable::new("a", APP), PolicyTable::new("/%2f", APP)]), None);
    let wrong = PolicySpec::new(&["https://a.example/"]);
    assert_eq!(compile(&[PolicyTable::untouched("/a"), PolicyTable::new("/", wrong)]), None);
    let any = PolicySpec::new(&["*"]);
    assert_eq!(compile(&[PolicyTable::new("/", any), PolicyTable::new("/", APP)]), None);
    let tables: Vec<_> = (0..9).map(|_| PolicyTable::new("/", APP)).collect();
    assert_eq!(compile(&tables), None);
    assert_eq!(compile(&vec![PolicyTable::untouched("/"); 4097]), None);
}

#[test]
fn decisions_by_path_are_the_engines() {
    let image = image();
    let (set, engine) = (opened(&image), PolicySet::open(image.as_slice()).expect("it opens"));
    let origins =
        ["https://app.example", "https://account.example", "https://a.friends.example", "https://evil.example"];
    let paths = [
        (Some("/account/cards"), None),
        (Some("/accounts"), Some("/accounts?x=%2f")),
        (Some("/account/a/b"), Some("/account/a%2Fb")),
        (None, Some("/acc%6funt")),
        (Some("/raw/x"), None),
        (Some("/a//b"), None),
        (Some(""), None),
    ];
    let mut seen = std::collections::BTreeSet::new();
    for (decoded, raw) in paths {
        let path = path_of(decoded, raw);
        let wanted = match (decoded, raw) {
            (Some(decoded), Some(raw)) => RequestPath::decoded(decoded).with_raw(raw),
            (Some(decoded), None) => RequestPath::decoded(decoded),
            (None, raw) => RequestPath::raw(raw.expect("there is one")),
        };
        for origin in origins {
            for method in ["GET", "OPTIONS"] {
                let lines = [("Origin", origin), ("Access-Control-Request-Method", "GET")];
                let asked = Request::from_lines(method, lines);
                let request = request(method.as_bytes(), &lines);
                let mut decision = MaybeUninit::<corsac_decision>::zeroed();
                let evaluate = |out| unsafe { corsac_policy_set_evaluate(&set, &path, request.as_ptr(), out) };
                let result = evaluate(decision.as_mut_ptr());
                let mut policies = MaybeUninit::<corsac_path_policies>::uninit();
                let found = unsafe { corsac_policy_set_at(&set, &path, policies.as_mut_ptr()) };
                assert_eq!(found, result);
                let Some(wanted) = engine.evaluate(&wanted, &asked) else {
                    assert_eq!(result, CORSAC_UNTOUCHED);
                    continue;
                };
                assert_eq!(result, CORSAC_OK);
                let one = unsafe { decision.assume_init() };
                assert_same(&one, &wanted);
                let mut two = MaybeUninit::<corsac_decision>::zeroed();
                let ptr = policies.as_ptr();
                let result = unsafe { corsac_path_policies_evaluate(ptr, request.as_ptr(), two.as_mut_ptr()) };
                assert_eq!(result, CORSAC_OK);
                assert_same(&unsafe { two.assume_init() }, &wanted);
                seen.insert(one.denial);
            }
        }
    }
    assert!(seen.contains(&CORSAC_ALLOWED) && seen.contains(&CORSAC_PATH_AMBIGUOUS), "{seen:?}");
}

fn assert_same(decision: &corsac_decision, wanted: &corsac::Decision<'_>) {
    assert_eq!(decision.request_class, wanted.class() as i32);
    assert_eq!(decision.denial, wanted.denial().map_or(0, |denial| denial.code() as i32));
    assert_eq!(text(decision.denial_bytes), wanted.denial().map_or(&b""[..], |denial| denial.bytes()));
    assert_eq!(decision.status, wanted.status().map_or(0, i32::from));
    assert_eq!(decision.replaces_timing, i32::from(wanted.replaces_header(b"Timing-Allow-Origin")));
    let headers = decision.headers.iter().take(decision.header_count).map(|header| unsafe { header.assume_init() });
    let got = headers.map(|header| (text(header.name), text(header.value)));
    assert!(got.eq(wanted.headers().map(|header| (header.name.as_bytes(), header.value))));
}

fn id_of(set: &corsac_policy_set, decoded: &str) -> Option<u32> {
    let mut policies = MaybeUninit::<corsac_path_policies>::uninit();
    match unsafe { corsac_policy_set_at(set, &path_of(Some(decoded), None), policies.as_mut_ptr()) } {
        CORSAC_OK => Some(unsafe { policies.assume_init() }.id),
        result => {
            assert_eq!(result, CORSAC_UNTOUCHED);
            None
        }
    }
}

#[test]
fn policies_of_a_path_have_their_number() {
    let image = image();
    let set = opened(&image);
    let (account, rest) = (id_of(&set, "/account"), id_of(&set, "/"));
    assert!(account != rest && account.is_some_and(|id| id < 4) && rest.is_some_and(|id| id < 4));
    assert_eq!([id_of(&set, "/account/x"), id_of(&set, "/accounts"), id_of(&set, "/raw")], [account, rest, None]);
    assert_eq!(id_of(&set, "/a/../b"), Some(CORSAC_AMBIGUOUS_ID));
}

#[test]
fn policies_of_a_path_need_neither_set_nor_path_struct() {
    let image = image();
    let mut policies = Box::new(MaybeUninit::<corsac_path_policies>::uninit());
    {
        let (set, path) = (Box::new(opened(&image)), Box::new(path_of(Some("/a/./b"), None)));
        assert_eq!(unsafe { corsac_policy_set_at(&*set, &*path, policies.as_mut_ptr()) }, CORSAC_OK);
    }
    let (copy, request) = (policies.clone(), request(b"GET", &[]));
    *policies = MaybeUninit::zeroed();
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    let result = unsafe { corsac_path_policies_evaluate(copy.as_ptr(), request.as_ptr(), decision.as_mut_ptr()) };
    let decision = unsafe { decision.assume_init() };
    assert_eq!(
        (result, decision.denial, text(decision.denial_bytes)),
        (CORSAC_OK, CORSAC_PATH_AMBIGUOUS, &b"/a/./b"[..])
    );
}

unsafe extern "C" fn origin_check(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32 {
    unsafe { &mut *data.cast::<Vec<(usize, Vec<u8>)>>() }.push((table, text(origin).to_vec()));
    1
}

#[test]
fn origin_check_gets_the_number_of_the_table() {
    let image = image();
    let set = opened(&image);
    let request = request(b"GET", &[("Origin", "https://tenant.example")]);
    for (path, wanted) in [("/x", Some(1)), ("/account", None)] {
        let path = path_of(Some(path), None);
        let mut asked = Vec::<(usize, Vec<u8>)>::new();
        let mut decision = MaybeUninit::<corsac_decision>::uninit();
        let (check, data, out) = (Some(origin_check as _), (&raw mut asked).cast(), decision.as_mut_ptr());
        let result = unsafe { corsac_policy_set_evaluate_with(&set, &path, request.as_ptr(), check, data, out) };
        assert_eq!((result, unsafe { decision.assume_init() }.denial == CORSAC_ALLOWED), (CORSAC_OK, wanted.is_some()));
        let mut policies = MaybeUninit::<corsac_path_policies>::uninit();
        assert_eq!(unsafe { corsac_policy_set_at(&set, &path, policies.as_mut_ptr()) }, CORSAC_OK);
        let (policies, request) = (policies.as_ptr(), request.as_ptr());
        let (check, data, out) = (Some(origin_check as _), (&raw mut asked).cast(), decision.as_mut_ptr());
        let result = unsafe { corsac_path_policies_evaluate_with(policies, request, check, data, out) };
        assert_eq!(result, CORSAC_OK);
        let once = wanted.map(|table| (table, b"https://tenant.example".to_vec()));
        assert_eq!(asked, once.iter().cloned().chain(once.clone()).collect::<Vec<_>>());
    }
}

/// Number, path, and the image of the policy if there is one.
type Listed = Vec<(usize, Vec<u8>, Option<Vec<u8>>)>;

unsafe extern "C" fn list(data: *mut c_void, table: usize, path: corsac_bytes, policy: *const corsac_policy) {
    let image = |policy: &corsac_policy| text(corsac_bytes { ptr: policy.image, len: policy.len }).to_vec();
    let policy = unsafe { policy.as_ref() }.map(image);
    unsafe { &mut *data.cast::<Listed>() }.push((table, text(path).into(), policy));
}

#[test]
fn tables_of_a_set_are_the_engines() {
    let spec = PolicySpec::new(&["https://a.example"]);
    let single = spec.compile(vec![0; spec.image_len()], |_| ()).expect("it compiles");
    for image in [image(), single.image().to_vec()] {
        let mut listed = Listed::new();
        let set = opened(&image);
        assert_eq!(unsafe { corsac_policy_set_tables(&set, Some(list), (&raw mut listed).cast()) }, CORSAC_OK);
        let engine = PolicySet::open(image.as_slice()).expect("it opens");
        let owned = |(path, policy): (&[u8], Option<corsac::Policy<&[u8]>>)| {
            (path.to_vec(), policy.map(|policy| policy.image().to_vec()))
        };
        let wanted = engine.tables().map(owned).enumerate().map(|(number, (path, policy))| (number, path, policy));
        assert_eq!(listed, wanted.collect::<Vec<_>>());
    }
}

#[test]
fn image_of_one_policy_opens_as_set_not_vice_versa() {
    let single = APP.compile(vec![0; APP.image_len()], |_| ()).expect("it compiles");
    let set = opened(single.image());
    assert_eq!((id_of(&set, "/a/../b"), id_of(&set, "/")), (Some(0), Some(0)));
    let (image, mut policy) = (image(), MaybeUninit::<corsac_policy>::uninit());
    assert_eq!(unsafe { corsac_policy_open(image.as_ptr(), image.len(), policy.as_mut_ptr()) }, CORSAC_IS_SET);
}

#[test]
fn table_is_a_path_and_a_policy_or_untouched() {
    let good = options(&APP);
    let table = corsac_policy_table { path: bytes(b"/"), spec: &raw const *good.spec, untouched: 0 };
    let mut size = 0;
    assert_eq!(unsafe { corsac_policy_set_size(&table, 1, &mut size) }, CORSAC_OK);
    let mut storage = vec![7_u8; size];
    let room = storage.as_mut_ptr();
    let mut set = MaybeUninit::<corsac_policy_set>::zeroed();
    let mut compile = |tables: *const corsac_policy_table, count, room, len| {
        let result = unsafe { corsac_policy_set_compile(tables, count, room, len, None, null_mut(), set.as_mut_ptr()) };
        assert_eq!(result == CORSAC_OK, !unsafe { set.assume_init() }.image.is_null());
        result
    };
    let old = corsac_spec { size: 1, ..*good.spec };
    let odd = (&raw const *good.spec).cast::<u8>().wrapping_add(1).cast();
    for wrong in [
        corsac_policy_table { spec: null(), ..table },
        corsac_policy_table { spec: odd, ..table },
        corsac_policy_table { spec: &raw const old, ..table },
        corsac_policy_table { untouched: 1, ..table },
        corsac_policy_table { untouched: 2, ..table },
        corsac_policy_table { path: corsac_bytes { ptr: null(), len: 1 }, ..table },
        corsac_policy_table { path: corsac_bytes { len: usize::MAX, ..table.path }, ..table },
    ] {
        assert_eq!(compile(&[table, wrong][0], 2, room, size), CORSAC_INVALID_ARGUMENT);
        assert_eq!(unsafe { corsac_policy_set_size(&[table, wrong][0], 2, &mut size) }, CORSAC_INVALID_ARGUMENT);
    }
    for (tables, count) in [(null(), 1), ((&raw const table).wrapping_byte_add(1), 1), (&raw const table, usize::MAX)] {
        assert_eq!(compile(tables, count, room, size), CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(compile(&raw const table, 1, null_mut(), size), CORSAC_INVALID_ARGUMENT);
    assert!(storage.iter().all(|&byte| byte == 7));
    assert_eq!(compile(null(), 0, room, size), CORSAC_FINDINGS);
    for len in 0..size {
        assert_eq!(compile(&raw const table, 1, room, len), CORSAC_STORAGE_TOO_SMALL);
    }
    assert_eq!(compile(&raw const table, 1, room, size), CORSAC_OK);
    assert_eq!(unsafe { corsac_policy_set_size(&table, 1, null_mut()) }, CORSAC_INVALID_ARGUMENT);
    let to_null = unsafe { corsac_policy_set_compile(&table, 1, room, size, None, null_mut(), null_mut()) };
    assert_eq!(to_null, CORSAC_INVALID_ARGUMENT);
}

#[test]
fn bytes_that_are_not_a_set_do_not_open() {
    let image = image();
    let mut set = MaybeUninit::uninit();
    let mut open = |image: &[u8]| unsafe { corsac_policy_set_open(image.as_ptr(), image.len(), set.as_mut_ptr()) };
    assert_eq!(open(&image), CORSAC_OK);
    assert_eq!(open(b""), CORSAC_NOT_AN_IMAGE);
    assert_eq!(open(&image[..image.len() - 1]), CORSAC_WRONG_LENGTH);
    // A changed byte in the head is always noticed.
    for place in 0..32 {
        let mut changed = image.clone();
        changed[place] ^= 0xFF;
        assert!(open(&changed) < 0, "{place}");
    }
    let mut set = MaybeUninit::uninit();
    assert_eq!(unsafe { corsac_policy_set_open(null(), 1, set.as_mut_ptr()) }, CORSAC_INVALID_ARGUMENT);
    assert_eq!(unsafe { corsac_policy_set_open(image.as_ptr(), image.len(), null_mut()) }, CORSAC_INVALID_ARGUMENT);
}

#[test]
fn path_is_decoded_or_raw_and_can_be_read() {
    let (image, request) = (image(), request(b"GET", &[]));
    let (set, good) = (opened(&image), path_of(Some("/"), None));
    let never = corsac_policy_set { image: null(), len: 0 };
    let lost = corsac_bytes { ptr: null(), len: 1 };
    let none = corsac_request_path { decoded: NONE, raw: NONE };
    let (wrong, other) = (corsac_request_path { decoded: lost, raw: NONE }, corsac_request_path { raw: lost, ..good });
    let mut policies = MaybeUninit::<corsac_path_policies>::uninit();
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    let (room, out, asked) = (policies.as_mut_ptr(), decision.as_mut_ptr(), request.as_ptr());
    let refused = |set: *const corsac_policy_set, path: *const corsac_request_path| unsafe {
        assert_eq!(corsac_policy_set_at(set, path, room), CORSAC_INVALID_ARGUMENT);
        assert_eq!(corsac_policy_set_evaluate(set, path, asked, out), CORSAC_INVALID_ARGUMENT);
        let check = Some(origin_check as _);
        let result = corsac_policy_set_evaluate_with(set, path, asked, check, null_mut(), out);
        assert_eq!(result, CORSAC_INVALID_ARGUMENT);
    };
    for path in [null(), (&raw const good).wrapping_byte_add(1), &raw const none, &raw const wrong, &raw const other] {
        refused(&set, path);
    }
    for set in [null(), (&raw const set).wrapping_byte_add(1), &raw const never] {
        refused(set, &good);
    }
    let untouched = path_of(Some("/raw"), None);
    for path in [&good, &untouched] {
        assert_eq!(unsafe { corsac_policy_set_evaluate(&set, path, null(), out) }, CORSAC_INVALID_ARGUMENT);
        assert_eq!(unsafe { corsac_policy_set_evaluate(&set, path, asked, null_mut()) }, CORSAC_INVALID_ARGUMENT);
        let without = unsafe { corsac_policy_set_evaluate_with(&set, path, asked, None, null_mut(), out) };
        assert_eq!(without, CORSAC_INVALID_ARGUMENT);
        assert_eq!(unsafe { corsac_policy_set_at(&set, path, null_mut()) }, CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(unsafe { corsac_policy_set_tables(&set, None, null_mut()) }, CORSAC_INVALID_ARGUMENT);
    let listed = unsafe { corsac_policy_set_tables(null(), Some(list), null_mut()) };
    assert_eq!(listed, CORSAC_INVALID_ARGUMENT);
}

#[test]
fn policies_of_a_path_are_those_that_were_found() {
    let (image, request) = (image(), request(b"GET", &[]));
    let (set, mut good) = (opened(&image), MaybeUninit::<corsac_path_policies>::uninit());
    assert_eq!(unsafe { corsac_policy_set_at(&set, &path_of(Some("/"), None), good.as_mut_ptr()) }, CORSAC_OK);
    let zeros = MaybeUninit::<corsac_path_policies>::zeroed();
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    let (out, asked) = (decision.as_mut_ptr(), request.as_ptr());
    for wrong in [null(), good.as_ptr().wrapping_byte_add(1), zeros.as_ptr()] {
        assert_eq!(unsafe { corsac_path_policies_evaluate(wrong, asked, out) }, CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(unsafe { corsac_path_policies_evaluate(good.as_ptr(), null(), out) }, CORSAC_INVALID_ARGUMENT);
    assert_eq!(unsafe { corsac_path_policies_evaluate(good.as_ptr(), asked, null_mut()) }, CORSAC_INVALID_ARGUMENT);
    let without = unsafe { corsac_path_policies_evaluate_with(good.as_ptr(), asked, None, null_mut(), out) };
    assert_eq!(without, CORSAC_INVALID_ARGUMENT);
    assert_eq!(unsafe { corsac_path_policies_evaluate(good.as_ptr(), asked, out) }, CORSAC_OK);
}

#[test]
fn class_of_a_request_needs_no_policy() {
    let class = |method: &[u8], lines: &[(&str, &str)]| {
        let (request, mut class) = (request(method, lines), -1);
        assert_eq!(unsafe { corsac_request_class(request.as_ptr(), &mut class) }, CORSAC_OK);
        class
    };
    let origin = ("Origin", "https://a.example");
    assert_eq!(class(b"OPTIONS", &[]), CORSAC_PLAIN);
    assert_eq!(class(b"OPTIONS", &[origin]), CORSAC_ACTUAL);
    assert_eq!(class(b"OPTIONS", &[origin, ("Access-Control-Request-Method", "PUT")]), CORSAC_PREFLIGHT);
    let (good, zeros) = (request(b"GET", &[]), MaybeUninit::<corsac_request>::zeroed());
    let mut class = -1;
    for wrong in [null(), zeros.as_ptr()] {
        assert_eq!(unsafe { corsac_request_class(wrong, &mut class) }, CORSAC_INVALID_ARGUMENT);
    }
    assert_eq!(unsafe { corsac_request_class(good.as_ptr(), null_mut()) }, CORSAC_INVALID_ARGUMENT);
    assert_eq!(class, -1);
}
