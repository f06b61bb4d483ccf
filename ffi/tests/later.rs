//! Two calls with the origin check in between, and one call for the headers of a response, give the same as the calls that they replace.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "each call keeps what the header asks, or breaks what it says is refused"
)]

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac::{PolicySetSpec, PolicySpec, PolicyTable};
use corsac_ffi::*;

fn bytes(text: &str) -> corsac_bytes {
    corsac_bytes { ptr: text.as_ptr(), len: text.len() }
}

fn text(bytes: corsac_bytes) -> String {
    let bytes = if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } };
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn request(method: &str, headers: &[(&str, &str)]) -> Box<corsac_request> {
    let mut request = Box::new(MaybeUninit::uninit());
    assert_eq!(unsafe { corsac_request_init(request.as_mut_ptr(), bytes(method)) }, CORSAC_OK);
    let mut request = unsafe { request.assume_init() };
    for (name, value) in headers {
        assert_eq!(unsafe { corsac_request_add_header(&mut *request, bytes(name), bytes(value)) }, CORSAC_OK);
    }
    request
}

fn at(path: &str) -> corsac_request_path {
    corsac_request_path { decoded: bytes(path), raw: corsac_bytes { ptr: null(), len: 0 } }
}

fn set() -> Vec<u8> {
    let external =
        PolicySpec { external_origins: true, allow_credentials: true, ..PolicySpec::new(&["https://app.example.com"]) };
    let tables = [
        PolicyTable::new(b"/", PolicySpec::new(&["https://first.example"])),
        PolicyTable::new(b"/", external),
        PolicyTable::new(b"/", PolicySpec { allow_timing: true, ..PolicySpec::new(&["https://last.example"]) }),
        PolicyTable::untouched(b"/assets"),
    ];
    let spec = PolicySetSpec::new(&tables);
    spec.compile(vec![0; spec.image_len()], |finding| panic!("{finding}")).expect("a set").image().to_vec()
}

/// A decision as text.
fn show(decision: &corsac_decision) -> Vec<String> {
    let headers = decision.headers[..decision.header_count].iter().map(|header| unsafe { header.assume_init() });
    let numbers =
        format!("{} {} {} {}", decision.request_class, decision.denial, decision.status, decision.replaces_timing);
    let lines = headers.map(|header| format!("{}: {}", text(header.name), text(header.value)));
    std::iter::once(numbers).chain(lines).collect()
}

unsafe extern "C" fn check(data: *mut c_void, table: usize, origin: corsac_bytes) -> i32 {
    let (allowed, asked) = unsafe { &mut *data.cast::<(i32, Vec<(usize, String)>)>() };
    asked.push((table, text(origin)));
    *allowed
}

#[test]
fn two_calls_decide_as_one() {
    let image = set();
    let set = corsac_policy_set { image: image.as_ptr(), len: image.len() };
    let origins = [
        "https://first.example",
        "https://app.example.com",
        "https://tenant.example",
        "https://last.example",
        "null",
        "",
    ];
    let mut questions = 0;
    for (origin, path, allowed) in origins
        .iter()
        .flat_map(|origin| ["/", "/assets/a", "/x/../y"].map(|path| (origin, path)))
        .flat_map(|(origin, path)| [0, 1].map(|allowed| (origin, path, allowed)))
    {
        for request in [
            request("GET", &[("Origin", origin)]),
            request("OPTIONS", &[("Origin", origin), ("Access-Control-Request-Method", "POST")]),
            request("GET", &[]),
        ] {
            let mut decision = MaybeUninit::<corsac_decision>::uninit();
            let mut data = (allowed, vec![]);
            let wanted = unsafe {
                corsac_policy_set_evaluate_with(
                    &set,
                    &at(path),
                    &*request,
                    Some(check),
                    (&raw mut data).cast(),
                    decision.as_mut_ptr(),
                )
            };
            let (mut later, mut asked) =
                (MaybeUninit::<corsac_decision>::uninit(), MaybeUninit::<corsac_asked>::uninit());
            let got =
                unsafe { corsac_evaluate_ask(&set, &at(path), &*request, later.as_mut_ptr(), asked.as_mut_ptr()) };
            match data.1.first() {
                Some((table, origin)) => {
                    assert_eq!((got, wanted), (CORSAC_ASK, CORSAC_OK));
                    let asked = unsafe { asked.assume_init() };
                    assert_eq!((asked.table, &text(asked.origin)), (*table, origin));
                    let result =
                        unsafe { corsac_evaluate_asked(&set, &at(path), &*request, allowed, later.as_mut_ptr()) };
                    assert_eq!(result, CORSAC_OK);
                    questions += 1;
                }
                None => assert_eq!(got, wanted),
            }
            if wanted == CORSAC_OK {
                assert_eq!(
                    show(unsafe { later.assume_init_ref() }),
                    show(unsafe { decision.assume_init_ref() }),
                    "{origin} {path}"
                );
            }
        }
    }
    // The tenant and the last, at `/`, with both results of the check, for a request and for a preflight.
    assert_eq!(questions, 8);
}

#[test]
fn wrong_results_and_pointers_are_refused() {
    let image = set();
    let set = corsac_policy_set { image: image.as_ptr(), len: image.len() };
    let request = request("GET", &[("Origin", "https://tenant.example")]);
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    let mut asked = MaybeUninit::<corsac_asked>::uninit();
    let path = at("/");
    for allowed in [-1, 2] {
        let result = unsafe { corsac_evaluate_asked(&set, &path, &*request, allowed, decision.as_mut_ptr()) };
        assert_eq!(result, CORSAC_INVALID_ARGUMENT);
    }
    let call =
        |set, path, request, decision, asked| unsafe { corsac_evaluate_ask(set, path, request, decision, asked) };
    let (out, question) = (decision.as_mut_ptr(), asked.as_mut_ptr());
    assert_eq!(call(null(), &path, &*request, out, question), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&set, null(), &*request, out, question), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&set, &path, null(), out, question), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&set, &path, &*request, null_mut(), question), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&set, &path, &*request, out, null_mut()), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&set, &path, &*request, out, question), CORSAC_ASK);
}

/// The headers of a response after the changes of a decision.
fn changed(decision: &corsac_decision, lines: &[(&str, &str)]) -> Vec<String> {
    let headers: Vec<_> =
        lines.iter().map(|(name, value)| corsac_header { name: bytes(name), value: bytes(value) }).collect();
    let mut removed = vec![7; headers.len()];
    let mut added = [MaybeUninit::<corsac_header>::uninit(); CORSAC_ADDED_MAX];
    let mut count = 0;
    let result = unsafe {
        corsac_response_changes(
            decision,
            headers.as_ptr(),
            headers.len(),
            removed.as_mut_ptr(),
            added.as_mut_ptr().cast(),
            &mut count,
        )
    };
    assert_eq!(result, CORSAC_OK);
    assert!(removed.iter().all(|removed| matches!(removed, 0 | 1)));
    let kept = headers.iter().zip(&removed).filter(|(_, removed)| **removed == 0).map(|(header, _)| *header);
    let added = added[..count].iter().map(|header| unsafe { header.assume_init() });
    kept.chain(added).map(|header| format!("{}: {}", text(header.name), text(header.value))).collect()
}

#[test]
fn changes_remove_what_is_replaced_and_merge_vary() {
    let image = set();
    let set = corsac_policy_set { image: image.as_ptr(), len: image.len() };
    let request = request("GET", &[("Origin", "https://app.example.com")]);
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    assert_eq!(unsafe { corsac_policy_set_evaluate(&set, &at("/"), &*request, decision.as_mut_ptr()) }, CORSAC_OK);
    let mut decision = unsafe { decision.assume_init() };
    let lines = [
        ("content-type", "text/plain"),
        ("ACCESS-CONTROL-ALLOW-ORIGIN", "*"),
        ("Timing-Allow-Origin", "*"),
        ("vary", "Accept"),
    ];
    let allowed = ["Access-Control-Allow-Origin: https://app.example.com", "Access-Control-Allow-Credentials: true"];
    assert_eq!(
        changed(&decision, &lines),
        ["content-type: text/plain", "vary: Accept", allowed[0], allowed[1], "Vary: Origin"]
    );
    assert_eq!(changed(&decision, &[("VARY", "accept, ORIGIN")]), ["VARY: accept, ORIGIN", allowed[0], allowed[1]]);
    assert_eq!(changed(&decision, &[]), [allowed[0], allowed[1], "Vary: Origin"]);

    let mut count = 7;
    let mut added = [MaybeUninit::<corsac_header>::uninit(); CORSAC_ADDED_MAX];
    let place = added.as_mut_ptr().cast();
    let call = |decision, headers, len, removed, added, count| unsafe {
        corsac_response_changes(decision, headers, len, removed, added, count)
    };
    assert_eq!(call(null(), null(), 0, null_mut(), place, &mut count), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&decision, null(), 1, null_mut(), place, &mut count), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&decision, null(), 0, null_mut(), null_mut(), &mut count), CORSAC_INVALID_ARGUMENT);
    assert_eq!(call(&decision, null(), 0, null_mut(), place, null_mut()), CORSAC_INVALID_ARGUMENT);
    decision.replaces_timing = 2;
    assert_eq!(call(&decision, null(), 0, null_mut(), place, &mut count), CORSAC_INVALID_ARGUMENT);
    decision.replaces_timing = 0;
    decision.header_count = CORSAC_HEADERS_MAX + 1;
    assert_eq!(call(&decision, null(), 0, null_mut(), place, &mut count), CORSAC_INVALID_ARGUMENT);
    assert_eq!(count, 7);
}

/// Callers read `size` before they read a member of a later version.
#[test]
fn structs_say_how_much_was_written() {
    let image = set();
    let set = corsac_policy_set { image: image.as_ptr(), len: image.len() };
    let mut decision = MaybeUninit::<corsac_decision>::uninit();
    assert_eq!(
        unsafe { corsac_policy_set_evaluate(&set, &at("/"), &*request("GET", &[]), decision.as_mut_ptr()) },
        CORSAC_OK
    );
    let decision = unsafe { decision.assume_init() };
    let end = std::mem::offset_of!(corsac_decision, header_count) + size_of::<usize>();
    assert_eq!(decision.size, end);
}

/// What a request shows of its script: the method, the names, and whether only an upload listener can explain it.
#[test]
fn script_is_what_a_request_shows_of_it() {
    let url = bytes("https://server.invalid/");
    let preflight = request(
        "OPTIONS",
        &[
            ("Origin", "https://app.example.com"),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "x-a, ,x-b"),
            ("Access-Control-Request-Headers", "x-c\t"),
        ],
    );
    let describe = |request: *const corsac_request, capacity: usize| {
        let mut headers = vec![corsac_header { name: bytes(""), value: bytes("") }; capacity];
        let mut script = MaybeUninit::<corsac_script_request>::uninit();
        let result =
            unsafe { corsac_script_request_of(request, url, headers.as_mut_ptr(), capacity, script.as_mut_ptr()) };
        if result != CORSAC_OK {
            return Err(result);
        }
        let script = unsafe { script.assume_init() };
        assert!(headers.iter().take(script.header_count).all(|header| header.value.ptr.is_null()));
        let names = headers.iter().take(script.header_count).map(|header| text(header.name)).collect::<Vec<_>>();
        Ok((text(script.origin), text(script.method), names.join(" "), script.upload_listener))
    };
    let wanted = ("https://app.example.com".to_owned(), "PUT".to_owned(), "x-a x-b x-c".to_owned(), 1);
    assert_eq!(describe(&*preflight, 3), Ok(wanted));
    assert_eq!(describe(&*preflight, 2), Err(CORSAC_TOO_MANY));
    let actual = request("DELETE", &[("Origin", "null"), ("Access-Control-Request-Headers", "x-a")]);
    assert_eq!(describe(&*actual, 0), Ok(("null".to_owned(), "GET".to_owned(), String::new(), 0)));
    assert_eq!(describe(null(), 3), Err(CORSAC_INVALID_ARGUMENT));
    let headers: *mut corsac_header = null_mut();
    let refused = unsafe { corsac_script_request_of(&*actual, url, headers, 1, null_mut()) };
    assert_eq!(refused, CORSAC_INVALID_ARGUMENT);
    let refused = unsafe { corsac_script_request_of(&*actual, url, headers, 0, null_mut()) };
    assert_eq!(refused, CORSAC_INVALID_ARGUMENT);
}
