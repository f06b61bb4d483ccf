//! The facts of `vectors/browser-cases.json`, and random exchanges: the C interface returns what the browser model returns, in every profile. Core's
//! own tests show that the model is right.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, path::Path};

use corsac::browser::{
    Api, BlockedCode, Credentials, HttpVersion, Mode, Profile, ReferrerPolicy, is_forbidden_header,
    is_safelisted_header,
};
use corsac_ffi::*;
use explain::{
    Bytes, Lines, OwnedHop, Script, bytes, directly, directly_decoded, message_of, needs_after, number, through_c,
};
use serde_json::Value;

mod explain;

/// The request and the hops of one fact.
struct Case {
    id: String,
    kind: String,
    expect: Value,
    script: Script,
    hops: Vec<OwnedHop>,
    later: Option<Script>,
}

/// Bytes of a text, one per code point.
fn latin(value: &Value) -> Bytes {
    value.as_str().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect()
}

fn lines(value: &Value) -> Lines {
    value.as_array().into_iter().flatten().map(|pair| (latin(&pair[0]), latin(&pair[1]))).collect()
}

fn response_of(value: &Value) -> Option<(u16, Lines)> {
    Some((u16::try_from(value["status"].as_u64()?).unwrap(), lines(&value["headers"])))
}

fn script(request: &Value) -> Script {
    let text = |name: &str, default: &str| request[name].as_str().unwrap_or(default).to_owned();
    let url = format!("{}/x", text("url_origin", "http://www1.web-platform.test:8000"));
    let mut headers: Vec<_> = lines(&request["headers"]).into_iter().map(|(name, value)| (name, Some(value))).collect();
    if request["header"].is_array() {
        headers.push((latin(&request["header"][0]), Some(latin(&request["header"][1]))));
    }
    Script {
        method: text("method", "GET").into_bytes(),
        headers,
        credentials: match text("credentials", "same-origin").as_str() {
            "omit" => Credentials::Omit,
            "include" => Credentials::Include,
            _ => Credentials::SameOrigin,
        },
        mode: match text("mode", "cors").as_str() {
            "no-cors" => Mode::NoCors,
            "same-origin" => Mode::SameOrigin,
            _ => Mode::Cors,
        },
        referrer_policy: ReferrerPolicy::parse(&text("referrer_policy", "")).unwrap(),
        upload_listener: request["use_cors_preflight"] == true,
        ..Script::new(text("origin", "http://web-platform.test:8000").into_bytes(), url.as_bytes())
    }
}

fn chain(case: &Value) -> Vec<OwnedHop> {
    let mut next = None;
    let mut hops = Vec::new();
    for hop in case["chain"].as_array().unwrap() {
        let url = next.take().unwrap_or_else(|| format!("{}/x", hop["url_origin"].as_str().unwrap()).into_bytes());
        let response = response_of(hop);
        let lines = response.iter().flat_map(|(_, lines)| lines);
        next = lines.clone().find(|(name, _)| name.eq_ignore_ascii_case(b"location")).map(|(_, value)| value.clone());
        hops.push(OwnedHop { url, preflight: response_of(&hop["preflight"]), response, ..OwnedHop::default() });
    }
    hops.extend(next.map(|url| OwnedHop { url, ..OwnedHop::default() }));
    hops
}

fn case(case: &Value) -> Case {
    let kind = case["kind"].as_str().unwrap();
    let response = response_of(&case["response"]);
    let hops = match kind {
        "redirect" => chain(case),
        "preflight" => vec![OwnedHop { preflight: response, ..OwnedHop::default() }],
        "cache" => vec![OwnedHop {
            preflight: response,
            response: Some((200, vec![(b"Access-Control-Allow-Origin".to_vec(), b"*".to_vec())])),
            ..OwnedHop::default()
        }],
        _ => vec![OwnedHop {
            preflight: response_of(&case["preflight_response"]),
            response,
            revalidated: lines(&case["revalidation_304_headers"]),
            ..OwnedHop::default()
        }],
    };
    let second = if case["second_request"].is_null() { &case["request"] } else { &case["second_request"] };
    Case {
        id: case["id"].as_str().unwrap().to_owned(),
        kind: kind.to_owned(),
        expect: case["expect"].clone(),
        // The facts about every byte have their own test.
        script: if kind == "safelist-bytes" { script(&Value::Null) } else { script(&case["request"]) },
        hops,
        later: (kind == "cache").then(|| script(second)),
    }
}

fn file() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/browser-cases.json");
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn cases() -> Vec<Case> {
    let file = file();
    let cases: Vec<_> = file["vectors"].as_array().unwrap().iter().map(case).collect();
    assert_eq!(u64::try_from(cases.len()).unwrap(), file["meta"]["count"].as_u64().unwrap());
    cases
}

#[test]
fn every_fact_is_the_same_as_in_the_model() {
    let mut kinds = BTreeMap::<_, usize>::new();
    let mut verdicts = BTreeSet::new();
    for case in cases() {
        for profile in Profile::ALL {
            let seen = through_c(&case.script, &case.hops, profile);
            assert_eq!(seen, directly(&case.script, &case.hops, profile), "{} {profile}", case.id);
            verdicts.insert(seen.verdict);
            for (later, ms) in case.later.iter().flat_map(|later| [(later, 0), (later, 1500), (&case.script, 6000)]) {
                let [through_c, direct] = needs_after(&case.script, &case.hops, profile, later, ms);
                assert_eq!(through_c, direct, "{} {profile} after {ms} ms", case.id);
            }
        }
        *kinds.entry(case.kind).or_default() += 1;
    }
    assert!(kinds.len() == 13 && kinds["cache"] > 5 && kinds["redirect"] > 20 && kinds["expose"] > 5, "{kinds:?}");
    assert_eq!(Vec::from_iter(verdicts), ["allowed", "blocked", "incomplete", "opaque", "throws"]);
}

/// The facts are those of the standard, except the few that `core/tests/browser_cases.rs` lists.
#[test]
fn verdicts_of_the_standard_are_those_of_the_facts() {
    let mut judged = 0;
    for case in cases() {
        let expect = case.expect.as_str().unwrap_or_default();
        let seen = through_c(&case.script, &case.hops, Profile::Spec);
        match (case.kind.as_str(), expect) {
            ("actual" | "redirect", "block") => assert_eq!(seen.verdict, "blocked", "{}", case.id),
            ("actual" | "redirect", "allow") => {
                assert!(matches!(&*seen.verdict, "allowed" | "incomplete"), "{}", case.id);
            }
            ("preflight", "block") => assert!(!matches!(&*seen.preflight, "passed" | "missing"), "{}", case.id),
            ("preflight", "allow") => assert!(matches!(&*seen.preflight, "passed" | "not-needed"), "{}", case.id),
            _ => continue,
        }
        judged += 1;
    }
    assert!(judged > 150, "{judged}");
}

/// The comparison sees another browser's result in every field in which browsers differ.
#[test]
fn another_browser_is_found() {
    let mut differ = BTreeSet::new();
    let mut picks = Picks(5);
    let made_up = (0..300).map(|_| (picks.script(), picks.hops())).collect::<Vec<_>>();
    for (script, hops) in cases().into_iter().map(|case| (case.script, case.hops)).chain(made_up) {
        let through_c = through_c(&script, &hops, Profile::Chromium);
        let direct = directly(&script, &hops, Profile::Firefox);
        let fields = [
            ("verdict", through_c.verdict != direct.verdict),
            ("preflight", through_c.preflight != direct.preflight),
            ("cache_seconds", through_c.cache_seconds != direct.cache_seconds),
            ("blocked", through_c.blocked != direct.blocked),
            ("exposed", through_c.exposed != direct.exposed),
            ("steps", through_c.steps != direct.steps),
        ];
        differ.extend(fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name));
    }
    assert_eq!(Vec::from_iter(differ), ["blocked", "cache_seconds", "exposed", "preflight", "steps", "verdict"]);
}

#[test]
fn every_byte_of_a_value_is_judged_as_modelled() {
    let file = file();
    let mut tried = 0;
    for case in file["vectors"].as_array().unwrap().iter().filter(|case| case["kind"] == "safelist-bytes") {
        let header = latin(&case["request"]["header"]);
        let template = latin(&case["request"]["template"]);
        let at = template.windows(2).position(|pair| pair == b"%c").unwrap();
        for byte in 0..=255_u8 {
            let value = [&template[..at], &[byte], &template[at + 2..]].concat();
            let given = (&header[..], Some(&value[..]));
            for profile in Profile::ALL {
                // SAFETY: both can be read.
                let is_safe = unsafe { corsac_is_safelisted_header(number(profile), bytes(&header), bytes(&value)) };
                assert_eq!(is_safe, i32::from(is_safelisted_header(profile, given)), "{profile} {byte}");
                tried += 1;
            }
        }
    }
    assert!(tried == 2 * 4 * 256, "{tried}");
    for (name, value) in
        [("Cookie", None), ("X-HTTP-Method", Some("TRACE")), ("X-HTTP-Method", Some("PUT")), ("X-A", None)]
    {
        let given = value.map_or(corsac_bytes { ptr: std::ptr::null(), len: 0 }, bytes);
        // SAFETY: both can be read.
        let is_forbidden = unsafe { corsac_is_forbidden_header(bytes(name), given) };
        assert_eq!(is_forbidden == 1, is_forbidden_header((name.as_bytes(), value.map(str::as_bytes))), "{name}");
    }
}

/// Picks from lists, with the same picks in every run.
struct Picks(u64);

impl Picks {
    fn of<T: Clone>(&mut self, list: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        list[usize::try_from(self.0 >> 33).unwrap() % list.len()].clone()
    }

    fn script(&mut self) -> Script {
        let origin = self.of(&["https://app.example", "null", "http://localhost:3000"]);
        let url = self.of(&[
            "https://api.example/x",
            "https://api.example/x",
            "https://app.example/y",
            "http://u:p@api.example/",
            "data:text/plain,x",
            "ftp://api.example/x",
        ]);
        let headers: [(&str, Option<&str>); 10] = [
            ("Authorization", None),
            ("X-Trace", Some("1")),
            ("x-trace", Some("")),
            ("Content-Type", Some("application/json")),
            ("Content-Type", Some("text/plain")),
            ("Cookie", Some("a=1")),
            ("Range", Some("bytes=0-9")),
            ("Available-Dictionary", Some("1")),
            ("No Token", Some("1")),
            ("X-Trace", Some("a\nb")),
        ];
        let count = self.of(&[0, 0, 1, 2, 3]);
        let names = if self.of(&[true, true, true, false]) { &headers[..8] } else { &headers[..] };
        let headers = (0..count).map(|_| self.of(names));
        let headers =
            headers.map(|(name, value)| (name.into(), value.map(|value| value.as_bytes().to_vec()))).collect();
        Script {
            method: self.of(&["GET", "POST", "put", "PUT", "patch", "HEAD", "TRACE", "a b"]).into(),
            headers,
            credentials: self.of(&[Credentials::Omit, Credentials::SameOrigin, Credentials::Include]),
            mode: self.of(&[Mode::Cors, Mode::Cors, Mode::Cors, Mode::NoCors, Mode::SameOrigin]),
            referrer_policy: self.of(&[
                ReferrerPolicy::NoReferrer,
                ReferrerPolicy::SameOrigin,
                ReferrerPolicy::NoDowngrade,
                ReferrerPolicy::Always,
            ]),
            api: self.of(&[Api::Fetch, Api::Fetch, Api::Xhr]),
            http_version: self.of(&[HttpVersion::Http1, HttpVersion::Http2]),
            upload_listener: self.of(&[false, false, true]),
            stream_body: self.of(&[false, false, false, true]),
            ..Script::new(origin.into(), url.as_bytes())
        }
    }

    fn response_of(&mut self, statuses: &[u16]) -> Option<(u16, Lines)> {
        let lines: [(&str, &[&str]); 8] = [
            (
                "Access-Control-Allow-Origin",
                &[
                    "*",
                    "https://app.example",
                    "https://app.example",
                    "null",
                    "https://app.example/",
                    "a, b",
                    "app.example",
                    "\u{7}\u{e9}",
                ],
            ),
            ("access-control-allow-credentials", &["true", "true", "True", ""]),
            ("Access-Control-Allow-Methods", &["*", "PUT, PATCH", "put", "a b", "\"PUT\""]),
            ("Access-Control-Allow-Headers", &["*", "x-trace,authorization,content-type", "x-trace", "a;b"]),
            ("Access-Control-Expose-Headers", &["*", "ETag", "a b"]),
            ("Access-Control-Max-Age", &["600", "x", "-1", "999999"]),
            ("ETag", &["1"]),
            ("Location", &["/", "https://api.example/", "/x\r\n"]),
        ];
        let status = self.of(statuses);
        let mut given = vec![];
        for (name, values) in lines {
            for _ in 0..self.of(&[0, 1, 1, 1, 1, 2]) {
                given.push((name.as_bytes().to_vec(), self.of(values).as_bytes().to_vec()));
            }
        }
        self.of(&[true, true, true, false]).then_some((status, given))
    }

    fn hops(&mut self) -> Vec<OwnedHop> {
        let urls =
            ["https://api.example/z", "https://app.example/", "https://u:p@api.example/", "ftp://a.example/", ""];
        let more = self.of(&[1, 1, 1, 2, 3]);
        let place = |place| if place + 1 == more { &[200_u16, 404, 500, 407, 7][..] } else { &[301, 303, 307] };
        (0..more)
            .map(|hop| OwnedHop {
                url: self.of(&urls).into(),
                preflight: self.response_of(&[204, 204, 200, 403, 307]),
                response: self.response_of(place(hop)),
                revalidated: self.of(&[vec![], vec![], vec![], vec![(b"ETag".to_vec(), b"2".to_vec())]]),
            })
            .collect()
    }
}

/// Codes that only console messages have.
const ONLY_IN_CONSOLES: [BlockedCode; 4] = [
    BlockedCode::NetworkError,
    BlockedCode::LocalNetworkDenied,
    BlockedCode::LocalNetworkNotSecure,
    BlockedCode::LocalNetworkSpaceMismatch,
];

#[test]
fn random_exchanges_are_the_same_as_in_the_model() {
    let mut picks = Picks(5);
    let mut codes = BTreeSet::new();
    let endless = (0..22).map(|_| OwnedHop {
        url: b"https://api.example/".to_vec(),
        response: Some((302, vec![(b"Access-Control-Allow-Origin".to_vec(), b"*".to_vec())])),
        ..OwnedHop::default()
    });
    let endless = (Script::new(b"https://app.example".to_vec(), b"https://api.example/"), endless.collect());
    let exchanges = (0..1500).map(|_| (picks.script(), picks.hops())).collect::<Vec<_>>();
    for (script, hops) in exchanges.into_iter().chain([endless]) {
        for profile in Profile::ALL {
            let seen = through_c(&script, &hops, profile);
            assert_eq!(seen, directly(&script, &hops, profile), "{script:?} {hops:?} {profile}");
            for reason in &seen.blocked {
                decodes(&reason.console);
            }
            codes.extend(seen.blocked.into_iter().map(|reason| reason.code));
        }
    }
    let in_exchanges = BlockedCode::ALL.iter().filter(|code| !ONLY_IN_CONSOLES.contains(code));
    let missing: Vec<_> = in_exchanges.filter(|code| !codes.contains(code.as_str())).collect();
    assert!(missing.is_empty(), "no exchange has {missing:?}");
}

/// What a console message says, through C and directly.
fn decoded(text: &str) -> corsac_console_message {
    let mut console = std::mem::MaybeUninit::uninit();
    // SAFETY: all can be read and written.
    unsafe {
        assert_eq!(corsac_decode_console(bytes(text), console.as_mut_ptr()), CORSAC_OK);
        console.assume_init()
    }
}

fn decodes(text: &str) {
    assert_eq!(message_of(&decoded(text)), directly_decoded(text), "{text}");
}

#[test]
fn console_messages_are_decoded_as_in_the_model() {
    let pasted = "app.js:3 Access to XMLHttpRequest at 'https://api.example/x' (redirected from 'https://api.example/') from origin \
        'https://app.example' has been blocked by CORS policy: Response to preflight request doesn't pass access control check: \
        The 'Access-Control-Allow-Origin' header has a value 'https://app.example/' that is not equal to the supplied origin.";
    decodes(pasted);
    let console = decoded(pasted);
    let read = explain::text;
    assert_eq!((console.profile, console.part, console.is_xhr), (CORSAC_PROFILE_CHROMIUM, CORSAC_PART_PREFLIGHT, 1));
    assert_eq!((read(console.code), read(console.cause_name)), ("acao-mismatch".into(), "trailing-slash".into()));
    assert_eq!(
        (read(console.url), read(console.redirected_from)),
        ("https://api.example/x".into(), "https://api.example/".into())
    );
    for text in [
        "",
        "TypeError: Failed to fetch",
        "Fetch API cannot load https://api.example/x due to access control checks.",
        "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at https://api.example/x. \
         (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 405.",
        "Preflight response is not successful. Status code: 401",
    ] {
        decodes(text);
    }
    assert_eq!(decoded("TypeError: Failed to fetch").profile, CORSAC_PROFILE_NONE);
}
