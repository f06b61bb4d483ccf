//! Tests that owned specs are read and written in the form of a policy file.

#![cfg(all(feature = "serde", feature = "toml"))]

use corsac::{OwnedSetSpec, OwnedSpec, OwnedSuffixes, OwnedTable, PolicySet, policy_options};
use proptest::prelude::*;
use serde::de::value::{Error, MapDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Every option, with a value that differs from its default.
fn every_option() -> Value {
    json!({
        "allow_origins": ["https://*.kuleuven.be"],
        "allow_methods": ["PUT"],
        "allow_headers": ["x-a"],
        "allow_credentials": true,
        "expose_headers": ["x-b"],
        "max_age": 600,
        "preflight_status": 200,
        "denied_preflight_status": 403,
        "external_origins": true,
        "allow_timing": true,
        "allow_private_network": true,
        "dangerously_allow_null_origin": true,
        "dangerously_allow_insecure_origins": true,
        "dangerously_allow_public_suffixes": ["kuleuven.be"],
    })
}

#[test]
fn every_option_is_read_and_written() {
    let all = every_option();
    assert!(policy_options().all(|field| all.get(field.as_str()).is_some()));
    let spec: OwnedSpec = serde_json::from_value(all.clone()).expect("a spec");
    assert_eq!(serde_json::to_value(&spec).expect("JSON"), all);
    // Without its value, each option is missing from what is written.
    for (name, value) in all.as_object().expect("an object") {
        let one: OwnedSpec = serde_json::from_value(json!({ name: value })).expect("a spec");
        let mut wanted = json!({ "allow_origins": [] });
        wanted[name] = value.clone();
        assert_eq!(serde_json::to_value(&one).expect("JSON"), wanted);
    }
}

#[test]
fn toml_of_serde_and_of_the_policy_file_agree() {
    let text = toml::to_string(&every_option()).expect("TOML");
    let spec: OwnedSpec = toml::from_str(&text).expect("a spec");
    let ours = spec.compile(|_| ()).map_err(|findings| findings.len());
    let theirs = PolicySet::from_toml(&text, |_| ()).map_err(|findings| findings.len());
    assert_eq!(ours.map(|policy| policy.into_inner()), theirs.map(|set| set.into_inner()));
    let text = "[[policy]]\npath = '/a'\nallow_origins = ['*']\n[[policy]]\npath = '/b'\ncors = false\n";
    let set: OwnedSetSpec = toml::from_str(text).expect("a set");
    let compiled = set.compile(|_| ()).expect("it compiles");
    assert_eq!(compiled.image(), PolicySet::from_toml(text, |_| ()).expect("it compiles").image());
    let written = toml::to_string(&set).expect("TOML");
    assert_eq!(PolicySet::from_toml(written, |_| ()).expect("it compiles").image(), compiled.image());
}

#[test]
fn unknown_names_are_refused_with_a_hint() {
    let of_spec = |json: &str| serde_json::from_str::<OwnedSpec>(json).expect_err("an error").to_string();
    let of_table = |json: &str| serde_json::from_str::<OwnedTable>(json).expect_err("an error").to_string();
    let of_set = |json: &str| serde_json::from_str::<OwnedSetSpec>(json).expect_err("an error").to_string();
    for (error, start) in [
        (of_spec(r#"{"allowOrigins": []}"#), "unknown option \"allowOrigins\": did you mean allow_origins?"),
        (of_spec(r#"{"maxAge": 1}"#), "unknown option \"maxAge\": did you mean max_age?"),
        (of_spec(r#"{"title": 1}"#), "unknown option \"title\" at"),
        (of_spec(r#"{"path": "/"}"#), "unknown option \"path\": only the tables of a policy set have path"),
        (of_table(r#"{"pathh": "/"}"#), "unknown option \"pathh\": did you mean path?"),
        (of_set(r#"{"policies": []}"#), "unknown option \"policies\": did you mean [[policy]]?"),
        (of_spec(r#"{"max_age": 1, "max_age": 2}"#), "duplicate field `max_age`"),
        (of_set(r#"{"policy": [], "policy": []}"#), "duplicate field `policy`"),
        (of_table(r#"{"cors": false, "max_age": 1}"#), "a table with cors = false has no options"),
        (of_table(r#"{"cors": false, "allow_credentials": false}"#), "a table with cors = false has no options"),
        (of_table(r#"{"path": null, "allow_origins": ["*"]}"#), "invalid type: null, expected a string"),
        (of_spec(r#"{"allow_origins": "*"}"#), "invalid type: string \"*\", expected a sequence"),
        (
            of_spec(r#"{"dangerously_allow_public_suffixes": 1}"#),
            "invalid type: integer `1`, expected true, false or a list",
        ),
        (of_spec("[]"), "invalid type: sequence, expected the options of a policy"),
        (of_set("[]"), "invalid type: sequence, expected `policy`, a list of tables"),
        (of_spec(r#"{"a\u001b": 1}"#), r#"unknown option "a\x1B""#),
    ] {
        assert!(error.starts_with(start), "{error}");
    }
}

/// A table with every option, and a path without a policy.
fn set() -> OwnedSetSpec {
    let spec = serde_json::from_value(every_option()).expect("a spec");
    OwnedSetSpec::new([OwnedTable::new("/a", spec), OwnedTable::untouched("/b")])
}

#[test]
fn set_is_written_whole_or_with_an_error() {
    is_whole_or_an_error(&set());
    is_whole_or_an_error(&serde_json::from_value::<OwnedSpec>(every_option()).expect("a spec"));
}

fn is_whole_or_an_error(value: &impl Serialize) {
    let whole = serde_json::to_vec(value).expect("JSON");
    for length in 0..=whole.len() {
        let mut room = vec![0; length];
        let written = serde_json::to_writer(&mut room[..], value);
        assert_eq!(written.is_ok(), length == whole.len(), "{length}");
        assert!(written.is_err() || room == whole, "{length}");
    }
}

#[test]
fn set_that_ends_early_is_an_error() {
    let whole = serde_json::to_string(&set()).expect("JSON");
    let read = |length: usize| serde_json::from_str::<OwnedSetSpec>(&whole[..length]);
    for length in 0..whole.len() {
        assert!(read(length).expect_err("an error").is_eof(), "{length}");
    }
    assert_eq!(read(whole.len()).expect("a set"), set());
}

#[test]
fn value_of_another_type_is_an_error() {
    for (name, value) in every_option().as_object().expect("an object") {
        for wrong in [json!({}), json!([[]]), json!(1.5)] {
            assert_ne!(&wrong, value);
            assert!(serde_json::from_value::<OwnedSpec>(json!({ name: wrong })).is_err(), "{name} = {wrong}");
        }
    }
    // In other formats, a key can be a number.
    let numbered = OwnedSpec::deserialize(MapDeserializer::<_, Error>::new([(1_u8, true)].into_iter()));
    assert_eq!(numbered.unwrap_err().to_string(), "invalid type: integer `1`, expected the name of an option");
}

#[test]
fn public_suffixes_are_written_as_they_are_read() {
    for (suffixes, json) in [
        (OwnedSuffixes::Refused, json!(false)),
        (OwnedSuffixes::Allowed, json!(true)),
        (OwnedSuffixes::Listed(vec!["kuleuven.be".to_owned()]), json!(["kuleuven.be"])),
    ] {
        assert_eq!(serde_json::to_value(&suffixes).expect("JSON"), json);
        assert_eq!(serde_json::from_value::<OwnedSuffixes>(json).expect("suffixes"), suffixes);
    }
}

proptest! {
    #[test]
    fn written_specs_are_read_back(
        origins in proptest::collection::vec(".*", 0..3),
        methods in proptest::option::of(proptest::collection::vec(".*", 0..3)),
        numbers in any::<(Option<i64>, i64, Option<i64>)>(),
        switches in any::<[bool; 4]>(),
        path in ".*",
    ) {
        let mut spec = OwnedSpec::new(&origins).allow_headers(&origins).allow_credentials(switches[0]);
        spec = spec.external_origins(switches[1]).dangerously_allow_public_suffixes(switches[2]);
        spec.allow_methods = methods;
        (spec.max_age, spec.preflight_status, spec.denied_preflight_status) = numbers;
        let other = if switches[3] { OwnedTable::untouched(path) } else { OwnedTable::new(path, OwnedSpec::default()) };
        let set = OwnedSetSpec::new([OwnedTable::new("/", spec), other]);
        let text = serde_json::to_string(&set).expect("JSON");
        prop_assert_eq!(serde_json::from_str::<OwnedSetSpec>(&text).expect("a set"), set);
    }
}
