//! The cases of `vectors/delivery.json` through the C interface, and its arguments.
#![cfg(feature = "delivery")]

mod explain;

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::path::Path;
use std::ptr::{null, null_mut};

use corsac_ffi::*;
use explain::bytes;
use serde_json::Value;

/// A network of which nothing is known.
fn network() -> corsac_network {
    let mut network = MaybeUninit::uninit();
    // SAFETY: the memory is this function's own.
    unsafe {
        assert_eq!(corsac_network_init(network.as_mut_ptr()), CORSAC_OK);
        network.assume_init()
    }
}

fn script(origin: &str, url: &str) -> corsac_script_request {
    let mut request = MaybeUninit::uninit();
    // SAFETY: the memory is this function's own, and the texts outlive the call.
    unsafe {
        assert_eq!(corsac_script_request_init(request.as_mut_ptr(), bytes(origin), bytes(url)), CORSAC_OK);
        request.assume_init()
    }
}

/// The member that is the text of a value, or empty.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn owned(bytes: corsac_bytes) -> Option<String> {
    if bytes.ptr.is_null() {
        return None;
    }
    // SAFETY: the library says that there are as many bytes.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) };
    Some(String::from_utf8(bytes.to_vec()).unwrap())
}

/// Verdict, code, sentence, console and versions of the one call.
type Seen = (i32, Option<String>, Option<String>, String, Option<String>);

extern "C" fn see(data: *mut c_void, delivery: *const corsac_delivery) {
    // SAFETY: the library lends a delivery, and the data is this test's own.
    let (seen, delivery) = unsafe { (&mut *data.cast::<Vec<Seen>>(), &*delivery) };
    assert_eq!(delivery.size, size_of::<corsac_delivery>());
    assert_eq!(delivery.code.ptr.is_null(), delivery.advice.ptr.is_null());
    let console = owned(delivery.console).unwrap_or_default();
    seen.push((delivery.verdict, owned(delivery.code), owned(delivery.sentence), console, owned(delivery.versions)));
}

fn deliver(
    request: &corsac_script_request,
    hops: &[corsac_hop],
    network: &corsac_network,
    profile: i32,
) -> Result<Seen, i32> {
    let mut seen: Vec<Seen> = vec![];
    let data = (&raw mut seen).cast();
    // SAFETY: everything outlives the call.
    let result = unsafe { corsac_deliver(request, hops.as_ptr(), hops.len(), network, profile, Some(see), data) };
    assert_eq!(seen.len(), usize::from(result == CORSAC_OK));
    seen.pop().ok_or(result)
}

fn space(value: &Value) -> i32 {
    match value.as_str() {
        Some("loopback") => CORSAC_SPACE_LOOPBACK,
        Some("local") => CORSAC_SPACE_LOCAL,
        Some("public") => CORSAC_SPACE_PUBLIC,
        _ => CORSAC_SPACE_UNKNOWN,
    }
}

#[test]
fn deliver_says_what_the_vectors_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/delivery.json");
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let mut consoles = 0;
    for case in &cases {
        let asked = &case["request"];
        let mut request = script(text(&asked["origin"]), text(&asked["url"]));
        if let Some(method) = asked["method"].as_str() {
            request.method = bytes(method);
        }
        request.mode = match asked["mode"].as_str() {
            Some("no-cors") => CORSAC_MODE_NO_CORS,
            Some("same-origin") => CORSAC_MODE_SAME_ORIGIN,
            _ => CORSAC_MODE_CORS,
        };
        request.api = if asked["api"] == "xhr" { CORSAC_API_XHR } else { CORSAC_API_FETCH };
        let given = case["hops"].as_array().cloned().unwrap_or_default();
        let addresses: Vec<_> = given.iter().map(|hop| bytes(text(&hop["target_address"]))).collect();
        let network = corsac_network {
            page_space: space(&asked["page_space"]),
            secure_context: match asked["secure_context"].as_bool() {
                Some(true) => CORSAC_CONTEXT_SECURE,
                Some(false) => CORSAC_CONTEXT_NOT_SECURE,
                None => CORSAC_CONTEXT_UNKNOWN,
            },
            target_address_space: space(&asked["target_address_space"]),
            permission: match asked["permission"].as_str() {
                Some("prompt") => CORSAC_PERMISSION_PROMPT,
                Some("granted") => CORSAC_PERMISSION_GRANTED,
                Some("denied") => CORSAC_PERMISSION_DENIED,
                _ => CORSAC_PERMISSION_UNKNOWN,
            },
            addresses: addresses.as_ptr(),
            address_count: addresses.len(),
            ..network()
        };
        let redirect = corsac_response { status: 302, headers: null(), header_count: 0 };
        let hop = |hop: &Value| corsac_hop {
            url: bytes(text(&hop["url"])),
            preflight: null(),
            response: if hop["response"].is_null() { null() } else { &raw const redirect },
            revalidated: null(),
            revalidated_count: 0,
        };
        let hops: Vec<_> = given.iter().map(hop).collect();
        for (profile, name) in ["spec", "chromium", "firefox", "webkit"].into_iter().enumerate() {
            let (verdict, code, sentence, console, versions) =
                deliver(&request, &hops, &network, i32::try_from(profile).unwrap()).unwrap();
            let verdict = ["ok", "ask", "unknown", "refused"][usize::try_from(verdict).unwrap()];
            let wanted = (case["delivery"][name].as_str().unwrap(), case["codes"][name].as_str());
            assert_eq!((verdict, code.as_deref()), wanted, "{} {name}", case["says"]);
            assert_eq!(sentence.is_some(), code.is_some());
            assert_eq!(versions.as_deref(), case["versions"][name].as_str(), "{} {name}", case["says"]);
            if !console.is_empty() {
                consoles += 1;
                assert_eq!(decoded(&console), code, "{console}");
            }
        }
    }
    assert!(consoles > 40, "{consoles}");
}

/// The code of a message.
fn decoded(console: &str) -> Option<String> {
    let mut message = MaybeUninit::uninit();
    // SAFETY: the memory is this function's own, and the text outlives the call.
    let message: corsac_delivery_message = unsafe {
        assert_eq!(corsac_decode_delivery(bytes(console), message.as_mut_ptr()), CORSAC_OK);
        message.assume_init()
    };
    assert_eq!(message.profile == CORSAC_PROFILE_NONE, message.code.ptr.is_null());
    let code = owned(message.code);
    // Firefox also writes that it asks the user.
    let is_blocked = code.as_deref().is_some_and(|code| code != "local-network-permission");
    assert_eq!(message.is_blocked, i32::from(is_blocked), "{console}");
    code
}

#[test]
fn text_that_is_another_message_has_no_profile() {
    assert_eq!(decoded("Hello"), None);
}

#[test]
fn invalid_arguments_are_refused_and_the_callback_stays_uncalled() {
    let request = script("https://app.example", "https://api.example/");
    let valid = network();
    for wrong in [
        corsac_network { size: 0, ..valid },
        corsac_network { page_space: 4, ..valid },
        corsac_network { secure_context: -1, ..valid },
        corsac_network { target_address_space: 4, ..valid },
        corsac_network { permission: 4, ..valid },
        corsac_network { address_count: 1, ..valid },
    ] {
        assert_eq!(deliver(&request, &[], &wrong, CORSAC_PROFILE_SPEC), Err(CORSAC_INVALID_ARGUMENT), "{wrong:?}");
    }
    let many = [bytes(""); CORSAC_EXPLAIN_HOPS_MAX + 1];
    let network = corsac_network { addresses: many.as_ptr(), address_count: many.len(), ..valid };
    assert_eq!(deliver(&request, &[], &network, CORSAC_PROFILE_SPEC), Err(CORSAC_TOO_MANY));
    assert_eq!(deliver(&request, &[], &valid, 4), Err(CORSAC_INVALID_ARGUMENT));
    // SAFETY: NULL is what is tried.
    unsafe {
        let spec = CORSAC_PROFILE_SPEC;
        assert_eq!(corsac_deliver(&request, null(), 0, &valid, spec, None, null_mut()), CORSAC_INVALID_ARGUMENT);
        assert_eq!(corsac_deliver(&request, null(), 0, null(), spec, Some(see), null_mut()), CORSAC_INVALID_ARGUMENT);
        assert_eq!(corsac_deliver(null(), null(), 0, &valid, spec, Some(see), null_mut()), CORSAC_INVALID_ARGUMENT);
        assert_eq!(corsac_network_init(null_mut()), CORSAC_INVALID_ARGUMENT);
        assert_eq!(corsac_decode_delivery(bytes("x"), null_mut()), CORSAC_INVALID_ARGUMENT);
        let mut message = MaybeUninit::uninit();
        assert_eq!(corsac_decode_delivery(bytes(b"\xFF"), message.as_mut_ptr()), CORSAC_INVALID_ARGUMENT);
    }
}
