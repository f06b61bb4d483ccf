//! What the caller's own judgement can change, and what it cannot.

use corsac::{PolicySpec, Request};

/// Is the origin allowed, and was the caller asked about it?
fn asked(spec: &PolicySpec<'_>, origin: &str) -> (bool, bool) {
    let policy = spec.compile([0; 512], |_| ()).unwrap();
    let request = Request::from_lines("GET", [("Origin", origin)]);
    let mut was_asked = false;
    let decision = policy.evaluate_with(&request, |_| {
        was_asked = true;
        true
    });
    (decision.is_allowed(), was_asked)
}

#[test]
fn nobody_lets_null_in_without_its_switch_or_beside_credentials() {
    for (switch, credentials) in [(false, false), (false, true), (true, true), (true, false)] {
        let spec = PolicySpec {
            external_origins: true,
            dangerously_allow_null_origin: switch,
            allow_credentials: credentials,
            ..PolicySpec::new(&["https://a.example"])
        };
        let is_askable = switch && !credentials;
        assert_eq!(asked(&spec, "null"), (is_askable, is_askable), "{switch} {credentials}");
        assert_eq!(asked(&spec, "https://b.example"), (true, true));
    }
}

#[test]
fn the_caller_is_asked_only_about_well_formed_origins_that_no_pattern_matched() {
    let spec = PolicySpec { external_origins: true, ..PolicySpec::new(&["https://a.example", "https://*.b.example"]) };
    for matched in ["https://a.example", "https://x.b.example"] {
        assert_eq!(asked(&spec, matched), (true, false));
    }
    for malformed in ["", "b.example", "https://b example", "https://b.example\t"] {
        assert_eq!(asked(&spec, malformed), (false, false), "{malformed:?}");
    }
    let closed = PolicySpec { external_origins: false, ..spec };
    assert_eq!(asked(&closed, "https://c.example"), (false, false));
}
