//! What a browser makes of the headers that a script sets: which it drops, and which it sends
//! without asking.

use corsac::browser::{
    Exchange, Mode, Profile, RequestHeader, ScriptRequest, is_forbidden_header, is_safelisted_header,
};

/// A request whose headers the tests set.
const PLAIN: ScriptRequest<'static> = ScriptRequest::new(b"https://app.example", b"https://api.example/x");

#[test]
fn sum_of_safe_values_is_limited_except_in_firefox() {
    let asked = |last: &[u8]| {
        let mut headers: Vec<RequestHeader<'_>> = vec![(b"accept-language", Some(&[b'a'; 128])); 8];
        headers.push((b"content-language", Some(last)));
        let request = ScriptRequest { headers: &headers, ..PLAIN };
        let step = Exchange { request, hops: &[] }.steps().next().unwrap();
        (step.requested_headers(Profile::Spec).to_string(), step.requested_headers(Profile::Firefox).to_string())
    };
    assert_eq!(asked(b""), (String::new(), String::new()));
    assert_eq!(asked(b"a"), ("accept-language,content-language".into(), String::new()));
}

#[test]
fn a_method_override_is_forbidden_by_any_element_outside_quotes() {
    let is_forbidden = |name: &str, value: &str| is_forbidden_header((name.as_bytes(), Some(value.as_bytes())));
    for (value, forbidden) in [
        ("TRACE", true),
        ("PUT, connect", true),
        ("PUT", false),
        ("\"a, TRACE\"", false),
        ("\"a\", TRACE", true),
        ("\"a\\\", TRACE\"", false),
        ("\"a\\\\\", TRACE", true),
        ("a\\\", TRACE", false),
        ("a\\, TRACE", true),
        ("\"\\a, TRACE\", b", false),
        ("\"a\\\", TRACE, b\"", false),
    ] {
        assert_eq!(is_forbidden("X-HTTP-Method-Override", value), forbidden, "{value}");
        assert!(!is_forbidden("X-Method", value), "{value}");
    }
}

#[test]
fn a_script_without_cors_sends_what_a_form_could() {
    let headers: &[RequestHeader<'_>] = &[
        (b"Accept", Some(b"a")),
        (b"Content-Type", Some(b"application/json")),
        (b"X-A", Some(b"1")),
        (b"Range", Some(b"bytes=0-")),
        (b"Content-Language", Some(b"en")),
    ];
    let no_cors = ScriptRequest { mode: Mode::NoCors, headers, ..PLAIN };
    let names = |headers: &mut dyn Iterator<Item = RequestHeader<'_>>| {
        headers.map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&mut no_cors.kept()), ["Accept", "Content-Language"]);
    assert_eq!(names(&mut no_cors.dropped()), ["Content-Type", "X-A", "Range"]);
}

#[test]
fn a_plus_sign_needs_a_number_behind_it() {
    let safe =
        |value: &'static [u8]| Profile::ALL.map(|profile| is_safelisted_header(profile, (b"range", Some(value))));
    assert_eq!(safe(b"bytes=+1-+5"), [false, false, false, true]);
    assert_eq!(safe(b"bytes=+-5"), [false; 4]);
    assert_eq!(safe(b"bytes=0-+"), [false; 4]);
    assert_eq!(safe(b"bytes=5-4"), [false; 4]);
}

#[test]
fn values_are_trimmed_of_line_ends_too() {
    for value in [&b"a"[..], b" a", b"a\t", b"\r\na\n", b"\ra\r"] {
        let headers: &[RequestHeader<'_>] = &[(b"Accept", Some(value))];
        let request = ScriptRequest { headers, ..PLAIN };
        assert_eq!(request.thrown(), None);
        assert_eq!(request.kept().map(|(_, value)| value).collect::<Vec<_>>(), [Some(&b"a"[..])]);
    }
}

#[test]
fn dropped_no_cors_header_leaves_the_others_alone() {
    let headers: &[RequestHeader<'_>] = &[
        (b"Accept", Some(b"a\"b")),
        (b"accept", Some(b"*/*")),
        (b"ACCEPT", Some(&[b'a'; 126])),
        (b"Accept", Some(b"x")),
    ];
    let request = ScriptRequest { headers, mode: Mode::NoCors, ..PLAIN };
    assert_eq!(request.kept().map(|(name, _)| name).collect::<Vec<_>>(), [&b"accept"[..], b"Accept"]);
    assert_eq!(request.dropped().map(|(name, _)| name).collect::<Vec<_>>(), [&b"Accept"[..], b"ACCEPT"]);
}

#[test]
fn names_of_thousands_of_headers_are_sorted() {
    let names: Vec<String> = (0..5000).map(|number| format!("x-{number:04}")).collect();
    // A prime leads through all of them, in no order.
    let orders: [fn(usize) -> usize; 3] = [|place| place, |place| 4999 - place, |place| place * 7919 % 5000];
    for order in orders {
        let headers: Vec<RequestHeader<'_>> = (0..5000).map(|place| (names[order(place)].as_bytes(), None)).collect();
        let request = ScriptRequest { headers: &headers, ..PLAIN };
        let step = Exchange { request, hops: &[] }.steps().next().unwrap();
        assert!(step.requested_headers(Profile::Spec).names().eq(names.iter().map(String::as_bytes)));
    }
}
