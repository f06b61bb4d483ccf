//! The 459 facts of `vectors/browser-cases.json` against the browser model, each in all four
//! profiles. Where a profile rightly answers otherwise than the fact, the case is in `DEVIATIONS`,
//! with the reason; an entry that is no longer needed fails too.

use std::collections::BTreeSet;
use std::{fs, path::Path};

use corsac::browser::{
    Credentials, Exchange, Hop, Line, Mode, PreflightOutcome, Profile, ReferrerPolicy, RequestHeader, Response,
    ScriptRequest, Verdict, is_safelisted_header,
};
use serde_json::Value;

/// Case, the profiles that answer otherwise, and why.
const DEVIATIONS: &[(&str, &[Profile], &str)] = &[
    (
        "cors-preflight-023",
        &[Profile::Chromium, Profile::Firefox, Profile::WebKit],
        "every browser lets * stand for Authorization",
    ),
    (
        "cors-preflight-star-033",
        &[Profile::Chromium, Profile::Firefox, Profile::WebKit],
        "every browser lets * stand for Authorization",
    ),
    ("cors_unittest-001", &[Profile::Firefox], "a byte above 0x7F is unsafe in Accept"),
    ("cors_unittest-003", &[Profile::Firefox], "a byte above 0x7F is unsafe in Content-Type"),
    ("fetch-019", &[Profile::Firefox], "no limit to the sum of all values"),
    (
        "send-redirect-to-cors-003",
        &[Profile::WebKit],
        "the preflight after the redirect asks for Content-Type, though the header was dropped",
    ),
    (
        "send-redirect-to-cors-004",
        &[Profile::WebKit],
        "the preflight after the redirect asks for Content-Type, though the header was dropped",
    ),
    ("fetch-008", &[Profile::WebKit], "a stored * stands for Authorization too"),
    ("fetch-009", &[Profile::Firefox], "responses with and without credentials are stored apart"),
    ("fetch-024", &[Profile::Chromium, Profile::WebKit], "a leading + is read as part of the number"),
    ("fetch-024", &[Profile::Firefox], "a response whose max-age is not a number is not stored"),
    (
        "preflight_result_unittest-032",
        &[Profile::Spec],
        "the case is Chromium's; by the standard -765 is not a number, so 5 s",
    ),
    (
        "request-private-network-headers-001",
        &Profile::ALL,
        "only the dead Private Network Access made the name a forbidden one",
    ),
    ("preflight-cache-partitioning-001", &[], "nothing to judge: the model knows one top-level site"),
];

#[test]
fn every_case_runs_and_only_the_named_ones_deviate() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors/browser-cases.json");
    let file: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    let cases = file["vectors"].as_array().unwrap();
    assert_eq!(u64::try_from(cases.len()).unwrap(), file["meta"]["count"].as_u64().unwrap());
    let mut wrong = BTreeSet::new();
    for case in cases {
        let id = case["id"].as_str().unwrap();
        wrong.extend(Profile::ALL.into_iter().filter(|profile| !holds(case, *profile)).map(|profile| (id, profile)));
    }
    let known = DEVIATIONS.iter().flat_map(|(id, profiles, _)| profiles.iter().map(|profile| (*id, *profile)));
    let known: BTreeSet<_> = known.collect();
    let unknown: Vec<_> = wrong.difference(&known).collect();
    let needless: Vec<_> = known.difference(&wrong).collect();
    assert!(
        unknown.is_empty() && needless.is_empty(),
        "not as expected: {unknown:?}\nlisted for nothing: {needless:?}"
    );
}

/// Bytes of a text, one per code point.
fn latin(value: &Value) -> Vec<u8> {
    value.as_str().unwrap().chars().map(|c| u8::try_from(c).unwrap()).collect()
}

type Lines = Vec<(Vec<u8>, Vec<u8>)>;

fn lines(value: &Value) -> Lines {
    let pairs = value.as_array().into_iter().flatten();
    pairs.map(|pair| (latin(&pair[0]), latin(&pair[1]))).collect()
}

fn borrowed(lines: &Lines) -> Vec<Line<'_>> {
    lines.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect()
}

/// One URL of a case, owned.
#[derive(Default)]
struct Responses {
    url: Vec<u8>,
    preflight: Option<(u16, Lines)>,
    response: Option<(u16, Lines)>,
    revalidated: Lines,
}

fn respond(value: &Value) -> Option<(u16, Lines)> {
    let status = value["status"].as_u64()?;
    Some((u16::try_from(status).unwrap(), lines(&value["headers"])))
}

/// Lends a case's request and answers to a judge.
fn with<R>(request: &Value, responses: &[Responses], judge: impl FnOnce(Exchange<'_>) -> R) -> R {
    let text = |name: &str, default: &str| request[name].as_str().unwrap_or(default).to_owned();
    let url = format!("{}/x", text("url_origin", "http://www1.web-platform.test:8000")).into_bytes();
    let origin = text("origin", "http://web-platform.test:8000").into_bytes();
    let headers = lines(&request["headers"]);
    let headers: Vec<RequestHeader<'_>> = headers.iter().map(|(name, value)| (&name[..], Some(&value[..]))).collect();
    let method = text("method", "GET").into_bytes();
    let request = ScriptRequest {
        method: &method,
        headers: &headers,
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
        ..ScriptRequest::new(&origin, &url)
    };
    let parts: Vec<_> = responses
        .iter()
        .map(|responses| {
            let of =
                |response: &Option<(u16, Lines)>| response.as_ref().map(|(_, lines)| lines.clone()).unwrap_or_default();
            (of(&responses.preflight), of(&responses.response))
        })
        .collect();
    let parts: Vec<_> = parts.iter().map(|(preflight, response)| (borrowed(preflight), borrowed(response))).collect();
    let fresh: Vec<_> = responses.iter().map(|responses| borrowed(&responses.revalidated)).collect();
    let hops: Vec<Hop<'_>> = responses
        .iter()
        .zip(&parts)
        .zip(&fresh)
        .map(|((responses, (preflight, response)), revalidated)| Hop {
            url: &responses.url,
            preflight: responses.preflight.as_ref().map(|(status, _)| Response { status: *status, headers: preflight }),
            response: responses.response.as_ref().map(|(status, _)| Response { status: *status, headers: response }),
            revalidated,
        })
        .collect();
    judge(Exchange { request, hops: &hops })
}

/// Does this profile answer as the case says?
fn holds(case: &Value, profile: Profile) -> bool {
    let (request, expect) = (&case["request"], &case["expect"]);
    let response = respond(&case["response"]);
    match case["kind"].as_str().unwrap() {
        "actual" => {
            // A case without a response to its preflight is about the response alone.
            let preflight = respond(&case["preflight_response"]);
            let is_whole = preflight.is_some();
            let judgement = with(request, &[Responses { preflight, response, ..Responses::default() }], |exchange| {
                exchange.judge(profile, |_| {})
            });
            match expect.as_str().unwrap() {
                "allow" if !is_whole => matches!(judgement.verdict, Verdict::Allowed | Verdict::Incomplete),
                other => judgement.verdict == verdict(other),
            }
        }
        "preflight" => with(request, &[Responses { preflight: response, ..Responses::default() }], |exchange| {
            let outcome = exchange.judge(profile, |_| {}).preflight;
            outcome
                == match expect.as_str().unwrap() {
                    _ if case["preflight_sent"] == false => PreflightOutcome::NotNeeded,
                    "allow" => PreflightOutcome::Passed,
                    _ => PreflightOutcome::Failed,
                }
        }),
        "safelist" if expect == "dropped" => with(request, &[], |exchange| exchange.request.dropped().count() == 1),
        "safelist" => with(request, &[], |exchange| {
            exchange.steps().next().unwrap().needs_preflight(profile) == (expect == "preflight")
        }),
        "safelist-bytes" => safelisted_bytes(case, profile),
        "preflight-request" => with(request, &[], |exchange| preflight_carries(&exchange, profile, expect)),
        "expose" => {
            with(request, &[Responses { response, ..Responses::default() }], |exchange| {
                let names: Vec<_> = exchange.exposed(profile).map(<[u8]>::to_ascii_lowercase).collect();
                expect.as_object().unwrap().iter().all(|(name, wanted)| {
                    names.iter().any(|exposed| exposed == name.as_bytes()) == (wanted == "exposed")
                })
            })
        }
        "cache" => cache(case, profile),
        "redirect" => redirect(case, profile),
        "method" => with(request, &[], |exchange| match exchange.request.thrown() {
            Some(_) => expect == "throws" && exchange.judge(profile, |_| {}).verdict == Verdict::Throws,
            None => exchange.request.normal_method() == expect.as_str().unwrap().as_bytes(),
        }),
        "forbidden-header" => {
            let request = serde_json::json!({ "headers": [request["header"]] });
            with(&request, &[], |exchange| (exchange.request.dropped().count() == 1) == (expect == "forbidden"))
        }
        "origin-header" => with(request, &[], |exchange| {
            exchange.steps().next().unwrap().origin() == expect["origin"].as_str().map(str::as_bytes)
        }),
        "credentials" => with(request, &[], |exchange| {
            expect["cookie_sent"] == exchange.steps().next().unwrap().sends_credentials(Profile::Spec)
        }),
        "http-cache" => {
            let revalidated = lines(&case["revalidation_304_headers"]);
            with(request, &[Responses { response, revalidated, ..Responses::default() }], |exchange| {
                exchange.judge(profile, |_| {}).verdict == verdict(expect.as_str().unwrap())
            })
        }
        other => panic!("a kind of case that nothing here runs: {other}"),
    }
}

fn verdict(expected: &str) -> Verdict {
    match expected {
        "allow" => Verdict::Allowed,
        "block" => Verdict::Blocked,
        "opaque" => Verdict::Opaque,
        other => panic!("an expectation that nothing here knows: {other}"),
    }
}

fn safelisted_bytes(case: &Value, profile: Profile) -> bool {
    let header = latin(&case["request"]["header"]);
    let template = latin(&case["request"]["template"]);
    let allowed = latin(&case["expect"]["allowed_ascii"]);
    let at = template.windows(2).position(|pair| pair == b"%c").unwrap();
    (0..=255_u8).all(|byte| {
        let value = [&template[..at], &[byte], &template[at + 2..]].concat();
        let expected =
            if byte < 0x80 { allowed.contains(&byte) } else { case["expect"]["high_bytes_80_ff"] == "allowed" };
        is_safelisted_header(profile, (&header, Some(&value))) == expected
    })
}

fn preflight_carries(exchange: &Exchange<'_>, profile: Profile, expect: &Value) -> bool {
    let step = exchange.steps().next().unwrap();
    let names = step.requested_headers(profile);
    let names = if names.is_empty() { Value::Null } else { names.to_string().into() };
    step.needs_preflight(profile)
        && expect.as_object().unwrap().iter().all(|(name, wanted)| match name.as_str() {
            "access-control-request-method" => wanted == str::from_utf8(step.method()).unwrap(),
            "access-control-request-headers" => *wanted == names,
            // A preflight has no other header of the request's, and the standard's Accept.
            "accept" => wanted == "*/*",
            "cookie" | "authorization" => wanted.is_null(),
            other => panic!("a header that nothing here knows: {other}"),
        })
}

fn cache(case: &Value, profile: Profile) -> bool {
    let (request, expect) = (&case["request"], &case["expect"]);
    let shared = [
        ("Access-Control-Allow-Origin", request["origin"].as_str().unwrap()),
        ("Access-Control-Allow-Credentials", "true"),
    ];
    let shared = shared.map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()));
    let responses = [Responses {
        preflight: respond(&case["response"]),
        response: Some((200, shared.to_vec())),
        ..Responses::default()
    }];
    let asks_again = |second: &Value, milliseconds| {
        with(request, &responses, |exchange| {
            with(second, &[], |later| exchange.needs_preflight_after(profile, &later.request, milliseconds))
        })
    };
    let second = if case["second_request"].is_null() { request } else { &case["second_request"] };
    let seconds = with(request, &responses, |exchange| exchange.judge(profile, |_| {}).cache_seconds);
    let own = format!("ttl_{}_s", profile.name());
    expect.as_object().unwrap().iter().all(|(name, wanted)| match name.as_str() {
        "second_request" => asks_again(second, 0) == (wanted == "preflight"),
        "third_request_after_1500ms" => asks_again(request, 1500) == (wanted == "preflight"),
        "ttl_s" if expect.get(&own).is_some() => true,
        "ttl_s" => seconds.map(u64::from) == wanted.as_u64(),
        name if name == own => seconds.map(u64::from) == wanted.as_u64(),
        "ttl_chromium_s" | "ttl_firefox_s" | "ttl_webkit_s" | "second_top_level_site" => true,
        other => panic!("an expectation that nothing here knows: {other}"),
    })
}

fn redirect(case: &Value, profile: Profile) -> bool {
    let mut next = None;
    let mut responses = Vec::new();
    for hop in case["chain"].as_array().unwrap() {
        let url = next.take().unwrap_or_else(|| format!("{}/x", hop["url_origin"].as_str().unwrap()).into_bytes());
        let response = respond(hop);
        let lines = response.iter().flat_map(|(_, lines)| lines);
        next = lines.clone().find(|(name, _)| name.eq_ignore_ascii_case(b"location")).map(|(_, value)| value.clone());
        responses.push(Responses { url, preflight: respond(&hop["preflight"]), response, ..Responses::default() });
    }
    responses.extend(next.map(|url| Responses { url, ..Responses::default() }));
    let detail = &case["expect_detail"];
    with(&case["request"], &responses, |exchange| {
        let last = exchange.steps().last().unwrap();
        let is = |name: &str, bytes: Option<&[u8]>| {
            detail.get(name).is_none_or(|wanted| wanted.as_str().map(str::as_bytes) == bytes)
        };
        let sends_type = last.headers().any(|(name, _)| name.eq_ignore_ascii_case(b"content-type"));
        exchange.judge(profile, |_| {}).verdict == verdict(case["expect"].as_str().unwrap())
            && is("final_origin_header", last.origin())
            && is("final_method", Some(last.method()))
            && detail.get("content_type_stripped").is_none_or(|stripped| *stripped == !sends_type)
            && detail.get("preflight").is_none_or(|preflight| *preflight == last.needs_preflight(profile))
    })
}
