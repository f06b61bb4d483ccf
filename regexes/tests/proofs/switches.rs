//! Tests that the switches of the policy decide, and that what no switch allows stays refused.

use corsac::PolicySpec;
use corsac_regexes::{Reading, Refusal, Switches, advise, prove};

use crate::table::with_credentials;

fn proved(expression: &str, switches: &Switches) -> Result<Vec<String>, Refusal> {
    prove(expression, Reading::STARLETTE, switches)
}

#[test]
fn insecure_switch_allows_http() {
    let switches = Switches { insecure_origins: true, ..with_credentials() };
    for (expression, bounds) in [
        (r"https?://.*\.example\.com", vec!["http://*.example.com", "https://*.example.com"]),
        (r"http://dev\.internal:8000", vec!["http://dev.internal:8000"]),
    ] {
        assert!(proved(expression, &with_credentials()).is_err(), "{expression}");
        assert_eq!(proved(expression, &switches).as_deref(), Ok(bounds.map_to_string().as_slice()), "{expression}");
    }
}

#[test]
fn listed_suffix_allows_its_own_wildcards_only() {
    let switches = Switches { public_suffixes: vec![b"vercel.app".to_vec()], ..with_credentials() };
    assert!(proved(r"https://app-.*\.vercel\.app", &switches).is_ok());
    assert!(proved(r"https://app-.*\.netlify\.app", &switches).is_err());
    let any = Switches { any_public_suffix: true, ..with_credentials() };
    assert!(proved(r"https://app-.*\.netlify\.app", &any).is_ok());
}

#[test]
fn no_switch_allows_what_has_no_bound() {
    let all = Switches { insecure_origins: true, any_public_suffix: true, ..with_credentials() };
    for expression in [
        r"https://.*",
        r".*",
        r"https?://.*",
        r"https://.*com",
        r"https://(?!x).*\.example\.com",
        r"https://.*.example.com",
    ] {
        assert!(proved(expression, &all).is_err(), "{expression}");
        assert!(proved(expression, &Switches::default()).is_err(), "{expression}");
    }
}

#[test]
fn refusal_names_the_switch() {
    let refusal = proved(r"https://app-.*\.vercel\.app", &with_credentials()).expect_err("a public suffix");
    assert!(refusal.to_string().contains("dangerously_allow_public_suffixes would allow it"), "{refusal}");
    let refusal = proved(r"https?://example\.com", &with_credentials()).expect_err("an insecure origin");
    assert!(refusal.to_string().contains("dangerously_allow_insecure_origins would allow it"), "{refusal}");
}

#[test]
fn advice_is_what_the_switches_accept() {
    let advised = |expression: &str, switches: &Switches| {
        advise(expression, Reading::STARLETTE, switches).map(|advice| advice.patterns)
    };
    let without = Switches::default();
    let expression = r"https://app-\d+\.vercel\.app";
    assert_eq!(advised(expression, &with_credentials()), None);
    assert_eq!(advised(expression, &without), Some(vec!["https://app-*.vercel.app".to_owned()]));
    assert_eq!(advised("chrome-extension://.*", &with_credentials()), None);
    let insecure = Switches { insecure_origins: true, ..with_credentials() };
    for switches in [&without, &insecure] {
        assert_eq!(advised("chrome-extension://.*", switches), Some(vec!["chrome-extension://*".to_owned()]));
    }
    let range = r"http://192\.168\.\d+\.\d+(:\d+)?";
    assert_eq!(advised(range, &without), Some(vec!["http://192.168.0.0/16:*".to_owned()]));
    assert_eq!(advised(range, &insecure), Some(vec!["http://192.168.0.0/16:*".to_owned()]));
}

#[test]
fn switches_of_a_policy_are_read_from_it() {
    let spec = PolicySpec {
        allow_credentials: true,
        dangerously_allow_insecure_origins: true,
        dangerously_allow_public_suffixes: corsac::PublicSuffixes::Listed(&["vercel.app"]),
        ..PolicySpec::new(&["http://a.example", "https://*.vercel.app"])
    };
    let policy = spec.compile(vec![0; spec.image_len()], |_| ()).expect("a policy");
    let expected = Switches {
        allow_credentials: true,
        insecure_origins: true,
        any_public_suffix: false,
        public_suffixes: vec![b"vercel.app".to_vec()],
    };
    assert_eq!(Switches::of(&policy), expected);
}

trait MapToString {
    fn map_to_string(&self) -> Vec<String>;
}

impl MapToString for Vec<&str> {
    fn map_to_string(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }
}
