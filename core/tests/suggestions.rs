//! Tests that each suggestion is accepted as it is: after it is applied, the entry has no error
//! under the same spec.

use std::collections::BTreeMap;

use corsac::{Field, PolicySpec, PublicSuffixes, Severity};
use proptest::prelude::*;

/// The lists and switches of a spec.
#[derive(Clone, Debug, Default)]
struct Written {
    lists: BTreeMap<&'static str, Vec<String>>,
    credentials: bool,
    private_network: bool,
    null: bool,
    insecure: bool,
    suffixes: bool,
}

const LISTS: [Field; 5] = [
    Field::AllowOrigins,
    Field::AllowMethods,
    Field::AllowHeaders,
    Field::ExposeHeaders,
    Field::DangerouslyAllowPublicSuffixes,
];

/// Option, index and replacement of each suggestion; option and index of each error.
type Found = (Vec<(Field, usize, String)>, Vec<(Field, Option<usize>)>);

fn findings(written: &Written) -> Found {
    let list = |field: Field| written.lists[field.as_str()].iter().map(String::as_str).collect::<Vec<_>>();
    let [origins, methods, headers, exposed, suffixes] = LISTS.map(list);
    let spec = PolicySpec {
        allow_methods: Some(&methods),
        allow_headers: &headers,
        expose_headers: &exposed,
        allow_credentials: written.credentials,
        allow_private_network: written.private_network,
        dangerously_allow_null_origin: written.null,
        dangerously_allow_insecure_origins: written.insecure,
        dangerously_allow_public_suffixes: match written.suffixes {
            true => PublicSuffixes::Allowed,
            false => PublicSuffixes::Listed(&suffixes),
        },
        ..PolicySpec::new(&origins)
    };
    let (mut suggested, mut errors) = (vec![], vec![]);
    let _ = spec.compile(vec![0; spec.image_len()], |finding| {
        if finding.severity == Severity::Error {
            errors.push((finding.field, finding.index));
        }
        if let (Some(index), Some(text)) = (finding.index, finding.suggestion.replacement()) {
            suggested.push((finding.field, index, text.to_owned()));
        }
        assert!(finding.at.start <= finding.at.end && finding.at.end <= finding.text.len(), "{finding:?}");
        assert!(!finding.suggestion.is_none(), "{finding:?}");
    });
    (suggested, errors)
}

/// Applies every suggestion. Then no entry that had one may have an error, and no other entry may
/// have a new one.
fn check(written: &Written) -> Result<usize, TestCaseError> {
    let (suggested, before) = findings(written);
    let mut applied = written.clone();
    for (field, index, text) in &suggested {
        applied.lists.get_mut(field.as_str()).unwrap()[*index] = text.clone();
    }
    let (_, after) = findings(&applied);
    for (field, index, text) in &suggested {
        prop_assert!(!after.contains(&(*field, Some(*index))), "{text:?} of {field}[{index}]: {written:?}");
    }
    prop_assert!(after.iter().all(|error| before.contains(error)), "{after:?} {written:?}");
    Ok(suggested.len())
}

/// Pieces of origins and of common mistakes, in an order that sometimes makes an origin.
fn entry() -> impl Strategy<Value = String> {
    const LEADS: &[&str] = &["", "", "", "", " ", "'", "\"", "~", "^", "<", "blob:", "view-source:", ","];
    const SCHEMES: &[&str] = &[
        "https://",
        "https://",
        "http://",
        "http://",
        "HTTP://",
        "ws://",
        "wss://",
        "https:/",
        "//",
        "",
        "app://",
        "App://",
        "file://",
        "ftp://",
        "https?://",
        "https:\\/\\/",
        "*://",
        "chrome-extension://",
    ];
    const USERS: &[&str] = &["", "", "", "", "", "u@", "u:p@"];
    const HOSTS: &[&str] = &[
        "a.example",
        "A.example",
        "*.a.example",
        "*.com",
        "*.github.io",
        "*.amazonaws.com",
        "x-*.co.uk",
        "*",
        "**.b.example",
        ".b.example",
        "localhost",
        "127.0.0.1",
        "192.168.1.20",
        "192.168.*.*",
        "10.0.0.0/8",
        "10.1.2.3/8",
        "8.8.8.8/1",
        "127.0.0.1/8",
        "[::1]",
        "[FD00::1]",
        "[fd00::1]/8",
        "[::ffff:1.2.3.4]/96",
        "1.2.3",
        "nas.local",
        "a\\.example",
        ".*\\.a\\.example",
        "(a|b).example",
        "$HOST",
        "xn--a.example",
        "xn--bcher-kva.example",
        "b\u{fc}cher.example",
        "",
        "null",
        "NULL",
        "a_b.example.",
        "*.newtld",
        "a..b",
        "999.1.1.1",
    ];
    const PORTS: &[&str] = &["", "", "", "", ":443", ":80", ":8080", ":08080", ":*", ":0", ":", ":x", ":99999"];
    const ENDS: &[&str] = &["", "", "", "", "/", "/app", "?x", "#y", " ", "'", "\"", "$", ",", ";", ">", "/16", "\\"];
    let piece = |pieces: &'static [&'static str]| prop::sample::select(pieces);
    (piece(LEADS), piece(SCHEMES), piece(USERS), piece(HOSTS), piece(PORTS), piece(ENDS))
        .prop_map(|(a, b, c, d, e, f)| [a, b, c, d, e, f].concat())
}

fn name() -> impl Strategy<Value = String> {
    const LEADS: &[&str] = &["", "", "", " ", "\"", "^", "$"];
    const NAMES: &[&str] = &[
        "GET",
        "get",
        "patch",
        "Patch",
        "TRACE",
        "trace",
        "x-a",
        "X-A",
        "x",
        "x-amz-meta",
        "sec",
        "sec-fetch",
        "proxy",
        "access",
        "access-control-allow-x",
        "cookie",
        "set-cookie",
        "origin",
        "content-type",
        "authorization",
        "x a",
        "x,y",
        "",
    ];
    const ENDS: &[&str] = &["", "", "", "*", "-*", "**", ":", ",", ";", " ", "\"", "$", "-.*", "\u{e9}"];
    let piece = |pieces: &'static [&'static str]| prop::sample::select(pieces);
    (piece(LEADS), piece(NAMES), piece(ENDS)).prop_map(|(a, b, c)| [a, b, c].concat())
}

fn suffix() -> impl Strategy<Value = String> {
    const SUFFIXES: &[&str] = &[
        "com",
        "github.io",
        "*.github.io",
        ".com",
        "COM",
        "https://*.github.io",
        "amazonaws.com.",
        " newtld",
        "",
        "co.uk/x",
        "xn--a",
        "*.",
        "1.2.3.4",
        "*.*.com",
    ];
    prop::sample::select(SUFFIXES).prop_map(str::to_owned)
}

fn written() -> impl Strategy<Value = Written> {
    let lists = (
        prop::collection::vec(entry(), 1..4),
        prop::collection::vec(name(), 0..3),
        prop::collection::vec(name(), 0..3),
        prop::collection::vec(name(), 0..3),
        prop::collection::vec(suffix(), 0..3),
    );
    (lists, any::<[bool; 5]>()).prop_map(|((origins, methods, headers, exposed, suffixes), switches)| {
        let lists = LISTS.map(|field| field.as_str()).into_iter().zip([origins, methods, headers, exposed, suffixes]);
        let [credentials, private_network, null, insecure, suffixes] = switches;
        Written { lists: lists.collect(), credentials, private_network, null, insecure, suffixes }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn suggestions_are_accepted_as_they_stand(written in written()) {
        check(&written)?;
    }
}

/// Common mistakes have suggestions, so the property is not empty.
#[test]
fn mistakes_of_people_have_suggestions() {
    let mut written = Written { credentials: true, ..Written::default() };
    for field in LISTS {
        written.lists.insert(field.as_str(), vec![]);
    }
    let origins =
        ["http://a.example/", "ws://a.example", "https://A.example:443", "a.example", "^https://a\\.example$"];
    written.lists.insert("allow_origins", origins.map(str::to_owned).to_vec());
    written.lists.insert("allow_methods", vec!["GET".into(), "patch".into()]);
    written.lists.insert("allow_headers", vec![" x-a".into(), "x*".into(), "content-type:".into()]);
    written.lists.insert("dangerously_allow_public_suffixes", vec!["*.github.io".into()]);
    let count = check(&written).unwrap();
    // Two of the origins have two errors each.
    assert_eq!(count, origins.len() + 2 + 1 + 3 + 1);
}
