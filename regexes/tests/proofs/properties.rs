//! Tests on generated expressions: an accepted one matches only what its patterns match, and advice
//! is accepted and differs from its expression as it claims.

use corsac_regexes::{Reading, Switches, advise, prove};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree;

use crate::language::{Expression, Patterns, canaries, origins_of};
use crate::table::{ROWS, with_credentials};

/// The first origin of a browser that the expression matches, but its patterns do not.
fn escaped(expression: &str, reading: Reading, bounds: &[String], choices: &[u8]) -> Option<String> {
    let regex = Expression::new(expression, reading)?;
    let (bounded, browsers) = (Patterns::new(bounds), Patterns::of_browsers());
    let mut choices = choices.iter().copied();
    let mut tried: Vec<String> = (0..32).map(|_| regex.sample(&mut choices)).collect();
    tried.extend(bounds.iter().flat_map(|bound| origins_of(bound)));
    let near: Vec<String> = tried.iter().flat_map(|origin| canaries(origin)).collect();
    tried.extend(near);
    tried
        .into_iter()
        .find(|origin| browsers.match_origin(origin) && regex.matches(origin) && !bounded.match_origin(origin))
}

/// What is wrong with the claims of an advice, if anything.
fn false_claim(expression: &str, reading: Reading, switches: &Switches, choices: &[u8]) -> Option<String> {
    let advice = advise(expression, reading, switches)?;
    if let Err(refusal) = pattern_refusal(&advice.patterns, switches) {
        return Some(format!("{:?} is refused: {refusal}", advice.patterns));
    }
    let regex = Expression::new(expression, reading)?;
    let (advised, browsers) = (Patterns::new(&advice.patterns), Patterns::of_browsers());
    let mut choices = choices.iter().copied();
    let samples: Vec<String> = (0..32).map(|_| regex.sample(&mut choices)).collect();
    let near = samples.iter().flat_map(|origin| canaries(origin));
    let missed = samples
        .iter()
        .cloned()
        .chain(near)
        .find(|origin| browsers.match_origin(origin) && regex.matches(origin) && !advised.match_origin(origin));
    if let Some(missed) = missed.filter(|_| !advice.is_narrower) {
        return Some(format!("{:?} is narrower: {missed}", advice.patterns));
    }
    let more = advice.patterns.iter().flat_map(|pattern| origins_of(pattern)).find(|origin| !regex.matches(origin));
    more.filter(|_| !advice.is_wider).map(|more| format!("{:?} is wider: {more}", advice.patterns))
}

/// Whether a policy with the switches accepts the patterns.
fn pattern_refusal(patterns: &[String], switches: &Switches) -> Result<(), String> {
    let suffixes: Vec<&[u8]> = switches.public_suffixes.iter().map(Vec::as_slice).collect();
    let origins: Vec<&[u8]> = patterns.iter().map(String::as_bytes).collect();
    let spec = corsac::PolicySpec {
        allow_credentials: switches.allow_credentials,
        dangerously_allow_insecure_origins: switches.insecure_origins,
        dangerously_allow_public_suffixes: corsac::PublicSuffixes::Listed(&suffixes),
        ..corsac::PolicySpec::new(&origins)
    };
    let mut found = String::new();
    let compiled = spec.compile(vec![0; spec.image_len()], |finding| found.push_str(&finding.to_string()));
    compiled.map(|_| ()).map_err(|_| found)
}

const READINGS: [Reading; 4] =
    [Reading::STARLETTE, Reading::DJANGO_CORS_HEADERS, Reading::FLASK_CORS, Reading::JAVASCRIPT];

const SCHEMES: [&str; 8] = [
    "https://",
    "https://",
    "https://",
    r"https:\/\/",
    "https?://",
    "(http|https)://",
    "http://",
    "chrome-extension://",
];

const HOSTS: [&str; 36] = [
    "app",
    "a",
    r"\.",
    r"\.",
    ".",
    ".*",
    ".+",
    ".*?",
    r"\w+",
    "[^.]+",
    "[a-z0-9-]+",
    r"[\w.-]+",
    r"(.*\.)?",
    r"([a-z]+\.)*",
    r"(a\.)+",
    "(a|b)",
    "(a|b.*)",
    "[12]",
    "x?",
    r"\d{1,3}",
    "-",
    r"(?:www\.)?",
    "(?:-x)*",
    "example",
    "com",
    r"\.com",
    r"\.example\.com",
    r"\.example\.com",
    r"example\.com",
    r"\.vercel\.app",
    "localhost",
    r"127\.0\.",
    r"\d+\.\d+",
    "[:.]",
    ":",
    r"|https://b\.example",
];

const PORTS: [&str; 9] = ["", "", "", r":\d+", r"(:\d+)?", ":8443", ":.*", "[:0-9]*", r":?\d*"];

prop_compose! {
    fn expressions()(
        start in select(&["", "^", "^("][..]),
        scheme in select(&SCHEMES[..]),
        hosts in prop::collection::vec(select(&HOSTS[..]), 1..5),
        tail in select(&["", "", r"\.example\.com", r"\.a\.example", ".example.com", r"(\.example)?\.com"][..]),
        port in select(&PORTS[..]),
        has_end in any::<bool>(),
    ) -> String {
        let close = if start.ends_with('(') { ")" } else { "" };
        let end = if has_end { "$" } else { "" };
        format!("{start}{scheme}{}{tail}{port}{close}{end}", hosts.concat())
    }
}

prop_compose! {
    fn switches()(allow_credentials in any::<bool>(), insecure_origins in any::<bool>(), has_vercel in any::<bool>()) -> Switches {
        let public_suffixes = if has_vercel { vec![b"vercel.app".to_vec()] } else { Vec::new() };
        Switches { allow_credentials, insecure_origins, public_suffixes, ..Switches::default() }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn accepted_expression_matches_only_what_its_bounds_match(
        expression in expressions(),
        reading in select(&READINGS[..]),
        switches in switches(),
        choices in prop::collection::vec(any::<u8>(), 1..512),
    ) {
        if let Ok(bounds) = prove(&expression, reading, &switches) {
            prop_assert_eq!(pattern_refusal(&bounds, &switches), Ok(()));
            prop_assert_eq!(escaped(&expression, reading, &bounds, &choices), None);
        }
    }

    #[test]
    fn advice_is_accepted_and_says_how_it_differs(
        expression in expressions(),
        reading in select(&READINGS[..]),
        switches in switches(),
        choices in prop::collection::vec(any::<u8>(), 1..512),
    ) {
        prop_assert_eq!(false_claim(&expression, reading, &switches, &choices), None);
    }

    #[test]
    fn any_text_is_read_without_panic(text in ".{0,64}", reading in select(&READINGS[..])) {
        let _ = (prove(&text, reading, &with_credentials()), advise(&text, reading, &with_credentials()));
    }
}

#[test]
fn accepted_rows_let_no_canary_in() {
    let choices: Vec<u8> = (0..=255).chain((0..=255).rev()).collect();
    for (reading, expression, ..) in ROWS {
        if let Ok(bounds) = prove(expression, *reading, &with_credentials()) {
            assert_eq!(escaped(expression, *reading, &bounds, &choices), None, "{expression}");
        }
        assert_eq!(false_claim(expression, *reading, &with_credentials(), &choices), None, "{expression}");
    }
}

#[test]
fn generators_reach_accepted_and_refused_expressions() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let (mut accepted, mut with_wildcard, mut advised) = (0, 0, 0);
    for _ in 0..2000 {
        let expression = expressions().new_tree(&mut runner).expect("a tree").current();
        if let Ok(bounds) = prove(&expression, Reading::STARLETTE, &with_credentials()) {
            accepted += 1;
            with_wildcard += usize::from(bounds.iter().any(|bound| bound.contains("://*.")));
        }
        advised += usize::from(advise(&expression, Reading::STARLETTE, &with_credentials()).is_some());
    }
    assert!(accepted > 200 && with_wildcard > 100 && advised > 600, "{accepted} {with_wildcard} {advised}");
}

#[test]
fn wrong_bounds_are_noticed() {
    for (expression, bound) in [
        (r"https://.*example\.com", "https://*.example.com"),
        (r"https://.*\.example.com", "https://*.example.com"),
        (r"https?://a\.example\.com", "https://a.example.com"),
        (r"https://a\.example\.com.*", "https://a.example.com"),
        (r"https://a\.example\.com(:\d+)?", "https://a.example.com"),
    ] {
        let choices: Vec<u8> = (0..=255).collect();
        assert!(escaped(expression, Reading::STARLETTE, &[bound.to_owned()], &choices).is_some(), "{expression}");
    }
}
