//! What the caller's judge of origins may decide: never `null` beside credentials, and nothing that a pattern or a limit has decided.

use corsac::{PolicySpec, Request};

const LISTED: &str = "https://app.example";

/// What the judge, who says yes to everything, was asked for these lines of `Origin`, and whether the answer is one that a page may read.
fn asked(spec: &PolicySpec<'_>, origins: &[&str]) -> (Vec<String>, bool) {
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).unwrap();
    let mut asked = Vec::new();
    let request = Request::from_lines("GET", origins.iter().map(|origin| ("Origin", *origin)));
    let decision = policy.evaluate_with(&request, |origin| {
        asked.push(String::from_utf8(origin.to_vec()).unwrap());
        true
    });
    let shared = decision.headers().any(|header| header.name == "Access-Control-Allow-Origin");
    assert_eq!(decision.is_allowed(), shared);
    (asked, shared)
}

#[test]
fn nobody_lets_null_in_beside_credentials() {
    let origins = [LISTED];
    for credentials in [false, true] {
        for switch in [false, true] {
            let spec = PolicySpec {
                external_origins: true,
                allow_credentials: credentials,
                dangerously_allow_null_origin: switch,
                ..PolicySpec::new(&origins)
            };
            let expected = if switch && !credentials { (vec!["null".to_owned()], true) } else { (vec![], false) };
            assert_eq!(asked(&spec, &["null"]), expected, "credentials {credentials}, switch {switch}");
        }
    }
}

#[test]
fn a_judge_is_asked_once_about_one_well_formed_stranger() {
    let origins = [LISTED, "https://*.app.example"];
    let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&origins) };
    let longest = format!("https://{}", "a".repeat(320));
    let longer = format!("{longest}a");
    for stranger in ["https://b.example", "https://APP.example", "https://app.example/", &longest] {
        assert_eq!(asked(&spec, &[stranger]), (vec![stranger.to_owned()], true));
    }
    for decided in [LISTED, "https://a.app.example"] {
        assert_eq!(asked(&spec, &[decided]), (vec![], true));
    }
    let lines: [&[&str]; 7] = [
        &[""],
        &["b.example"],
        &["https://b.example\r\nSet-Cookie: a=b"],
        &["https://b.example https://c.example"],
        &["https://b\u{e9}.example"],
        &[&longer],
        &["https://b.example", "https://b.example"],
    ];
    for lines in lines {
        assert_eq!(asked(&spec, lines), (vec![], false), "{lines:?}");
    }
    let closed = PolicySpec::new(&origins);
    assert_eq!(asked(&closed, &["https://b.example"]), (vec![], false));
}
