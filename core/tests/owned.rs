//! Tests owned specs against borrowed ones, findings as an error, and conversions of storage.

#![cfg(all(feature = "alloc", feature = "toml"))]

mod narrow;

use std::borrow::Cow;
use std::error::Error;
use std::sync::Arc;

use corsac::{
    Field, Findings, OwnedSetSpec, OwnedSpec, OwnedSuffixes, OwnedTable, Policy, PolicySet, PolicySetSpec, PolicySpec,
    PolicyTable, PublicSuffixes, Severity,
};
use narrow::said;

/// Every option, with a value that differs from its default.
fn every_option() -> OwnedSpec {
    OwnedSpec::new(["https://app.example.com", "https://b.example"])
        .allow_methods(["GET", "PUT"])
        .allow_headers(["x-a"])
        .allow_credentials(true)
        .expose_headers(["x-b"])
        .max_age(600)
        .preflight_status(200)
        .denied_preflight_status(403)
        .external_origins(true)
        .allow_timing(true)
        .allow_private_network(true)
        .dangerously_allow_null_origin(true)
        .dangerously_allow_insecure_origins(true)
        .dangerously_allow_public_suffixes(["kuleuven.be"])
}

#[test]
fn owned_spec_compiles_to_the_bytes_of_the_borrowed_one() {
    let wanted = PolicySpec {
        allow_origins: &["https://app.example.com", "https://b.example"],
        allow_methods: Some(&["GET", "PUT"]),
        allow_headers: &["x-a"],
        allow_credentials: true,
        expose_headers: &["x-b"],
        max_age: Some(600),
        preflight_status: 200,
        denied_preflight_status: Some(403),
        external_origins: true,
        allow_timing: true,
        allow_private_network: true,
        dangerously_allow_null_origin: true,
        dangerously_allow_insecure_origins: true,
        dangerously_allow_public_suffixes: PublicSuffixes::Listed(&["kuleuven.be"]),
    };
    let (mut theirs, mut ours) = (Vec::new(), Vec::new());
    let wanted = wanted.compile([0; 1024], |finding| theirs.push(finding.to_string())).expect("it compiles");
    let policy = every_option().compile(|warning| ours.push(warning.message.clone())).expect("it compiles");
    assert_eq!(policy.image(), wanted.image());
    assert!(ours == theirs && !ours.is_empty(), "{ours:?}");
    assert_eq!(policy.image().len(), policy.into_inner().len());
}

#[test]
fn defaults_are_those_of_the_borrowed_spec() {
    let wanted = PolicySpec::new(&["https://a.example"]).compile([0; 256], |_| ()).expect("it compiles");
    let policy = OwnedSpec::new(["https://a.example"]).compile(|_| ()).expect("it compiles");
    assert_eq!(policy.image(), wanted.image());
}

#[test]
fn lists_take_what_people_have() {
    let strings = vec!["x-a".to_owned(), "x-b".to_owned()];
    let borrowed: &[&str] = &["x-a", "x-b"];
    let wanted = OwnedSpec::new(["*"]).allow_headers(["x-a", "x-b"]);
    assert_eq!(wanted, OwnedSpec::new(["*"]).allow_headers(&strings));
    assert_eq!(wanted, OwnedSpec::new(vec!["*"]).allow_headers(borrowed));
    assert_eq!(wanted, OwnedSpec::new(&["*".to_owned()]).allow_headers(strings.iter().map(String::as_str)));
    assert_eq!(wanted, OwnedSpec::new([Cow::Borrowed("*")]).allow_headers(strings.clone()));
    assert_eq!(wanted, OwnedSpec::new("*".lines()).allow_headers("x-a,x-b".split(',')));
    let suffixes = |suffixes: OwnedSuffixes| match suffixes {
        OwnedSuffixes::Listed(list) => list,
        other => panic!("{other:?}"),
    };
    assert_eq!(suffixes(borrowed.into()), strings);
    assert_eq!(suffixes(strings.clone().into()), strings);
    assert_eq!(OwnedSuffixes::from(true), OwnedSuffixes::Allowed);
}

#[test]
fn owned_set_compiles_to_the_bytes_of_the_borrowed_one() {
    let tables = [
        PolicyTable::new("/api", PolicySpec::new(&["https://a.example"])),
        PolicyTable::untouched("/internal"),
        PolicyTable::new("/", PolicySpec::new(&["*"])),
    ];
    let wanted = PolicySetSpec::new(&tables).compile_vec(|_| ()).expect("it compiles");
    let owned = OwnedSetSpec::new([
        OwnedTable::new("/api", OwnedSpec::new(["https://a.example"])),
        OwnedTable::untouched("/internal"),
        OwnedTable::new("/", OwnedSpec::new(["*"])),
    ]);
    assert_eq!(owned.compile(|_| ()).expect("it compiles").image(), wanted.image());
}

#[test]
fn findings_show_everything_in_a_line_each() {
    let long = format!("https://a.example/{}\n", "x".repeat(200));
    let origins = ["https://a.example/", "https://b.example", "https://b.example", &long];
    let spec = OwnedSpec::new(origins).allow_methods(["patch", "P T"]).max_age(-1).preflight_status(199);
    let findings = spec.compile(|warning| panic!("{warning}")).expect_err("errors");
    let text = said(&findings);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 1 + findings.len(), "{text}");
    assert_eq!(lines.first(), Some(&"5 errors and 2 warnings in the policy:"));
    assert_eq!((findings.errors(), findings.warnings()), (5, 2));
    for (line, finding) in lines.iter().skip(1).zip(&findings) {
        assert!(line.starts_with(&format!("{}[{}] in {}", finding.severity, finding.code, finding.field)), "{line}");
        assert!(line.contains(&finding.message), "{line}");
        assert!(finding.suggestion.as_ref().is_none_or(|suggestion| line.ends_with(suggestion)), "{line}");
        assert!(line.bytes().all(|b| matches!(b, 0x20..=0x7E)), "{line}");
    }
    let first = r#"error[trailing-slash] in allow_origins[0]: an origin has no trailing slash: "https://a.example/": write "https://a.example""#;
    assert_eq!(lines.get(1), Some(&first));
    // `main` prints an error that it returns with `Debug`.
    assert_eq!(format!("{findings:?}"), text);
    let shared: Box<dyn Error + Send + Sync> = findings.into();
    assert_eq!(shared.to_string(), text);
}

#[test]
fn findings_of_a_set_name_the_table() {
    let broken = OwnedTable::new("/b/", OwnedSpec::new(["https://a.example/"]));
    let findings = OwnedSetSpec::new([OwnedTable::untouched("/"), broken]).compile(|_| ()).expect_err("errors");
    let text = said(&findings);
    assert!(text.contains("\nerror[trailing-slash] in policy[1].allow_origins[0]: "), "{text}");
    assert!(text.contains(" in policy[1].path: "), "{text}");
    assert!(findings.iter().all(|finding| finding.table == Some(1)));
}

#[test]
fn policy_file_is_read_in_one_call() {
    let text = "allow_origins = ['https://a.example']\nmax_age = 86401\n";
    let mut warnings = Vec::new();
    let policy = Policy::from_toml(text, |warning| warnings.push(warning.to_string())).expect("it compiles");
    let wanted = OwnedSpec::new(["https://a.example"]).max_age(86_401).compile(|_| ()).expect("it compiles");
    assert_eq!(policy.image(), wanted.image());
    assert!(matches!(warnings.as_slice(), [one] if one.starts_with("2:11: warning[")), "{warnings:?}");
    assert_eq!(PolicySet::from_toml(text, |_| ()).expect("it compiles").image(), wanted.image());
}

#[test]
fn findings_of_a_policy_file_have_their_place() {
    let shown = |text: &[u8]| said(PolicySet::from_toml(text, |_| ()).expect_err("errors"));
    let text = shown(b"allow_origin = ['https://a.example']\n\nallow_methods = ['P T', 1]\n");
    let starts =
        ["3 errors", "1:1: error[unknown-key]: ", "3:25: error[wrong-type] in allow_methods[1]: ", "3:20: error["];
    for (line, start) in text.lines().zip(starts) {
        assert!(line.starts_with(start), "{text}");
    }
    assert!(shown(b"allow_origins = [").contains("not TOML"));
    assert!(shown(b"\xFF").contains("1:1: error[not-text]: a byte that is not UTF-8: save the file as UTF-8"));
    let text = shown(b"[[policy]]\n\"a\x1B[m\" = 1\n");
    assert!(text.contains("error[") && !text.contains('\x1B'), "{text}");
    // The table of a key that is not an option is known.
    let text = shown(b"[[policy]]\nallow_origins = ['*']\nx = 1\n");
    assert!(text.contains("3:1: error[unknown-key] in policy[0]: unknown option \"x\""), "{text}");
}

#[test]
fn policy_reader_refuses_the_text_of_a_set() {
    let findings = Policy::from_toml("[[policy]]\nallow_origins = ['*']", |_| ()).expect_err("an error");
    let shown = "1 error in the policy:\nerror[misplaced-option] in policy: this is the text of a policy set: read it with \
                 PolicySet::from_toml";
    assert_eq!(said(findings), shown);
    // What is wrong with the text comes first.
    let findings = Policy::from_toml("[[policy]]\nallow_origin = ['*']", |_| ()).expect_err("errors");
    let codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
    assert_eq!(codes, ["unknown-key", "misplaced-option"]);
}

#[test]
fn every_kind_of_public_suffixes_is_lent() {
    let of = |suffixes: OwnedSuffixes| {
        let spec = OwnedSpec::new(["https://a.example"]).dangerously_allow_public_suffixes(suffixes);
        match spec.as_spec().dangerously_allow_public_suffixes {
            PublicSuffixes::Refused => "refused".to_owned(),
            PublicSuffixes::Listed(list) => list.join(","),
            PublicSuffixes::Allowed => "allowed".to_owned(),
        }
    };
    let listed = OwnedSuffixes::from(["a.example", "b.example"]);
    assert_eq!([of(false.into()), of(listed), of(true.into())], ["refused", "a.example,b.example", "allowed"]);
}

#[test]
fn converted_storage_holds_the_same_image() {
    let spec = every_option();
    let in_array = spec.as_spec().compile([7; 1024], |_| ()).expect("it compiles");
    let in_vec = in_array.to_vec();
    let boxed: Policy<Box<[u8]>> = in_vec.clone().into();
    let shared: Policy<Arc<[u8]>> = in_vec.clone().into();
    for (image, storage) in [
        (in_vec.image(), in_vec.clone().into_inner()),
        (boxed.image(), boxed.clone().into_inner().into_vec()),
        (shared.image(), shared.clone().into_inner().to_vec()),
        (in_array.to_arc().image(), in_array.to_boxed().into_inner().into_vec()),
    ] {
        assert!(image == in_array.image() && storage == image);
    }
    // A `Vec` that is longer than its image loses the rest.
    let long = spec.as_spec().compile(vec![0; 1024], |_| ()).expect("it compiles");
    assert_eq!(Policy::<Box<[u8]>>::from(long).into_inner().as_ref(), in_array.image());
    let set = PolicySet::from(in_array);
    assert_eq!(set.to_arc().image(), set.image());
    assert!(PolicySet::open(set.to_vec().into_inner()).is_ok());
}

#[test]
fn owned_finding_keeps_what_the_compiler_reported() {
    let spec = OwnedSpec::new(["http://a.example", "https://b.example", "https://b.example"]).allow_credentials(true);
    let findings: Findings = spec.compile(|_| ()).expect_err("an error");
    let insecure = findings.iter().find(|finding| finding.code == "insecure-origin").expect("the finding");
    assert_eq!(insecure.severity, Severity::Error);
    assert_eq!(insecure.switch, Some(Field::DangerouslyAllowInsecureOrigins));
    assert_eq!(insecure.item.as_deref(), Some(b"http://a.example".as_slice()));
    let twice = findings.iter().find(|finding| finding.code == "duplicate").expect("the finding");
    assert_eq!((twice.index, twice.related.as_deref()), (Some(2), Some(b"https://b.example".as_slice())));
    assert_eq!(findings.clone().into_iter().count(), findings.len());
}
