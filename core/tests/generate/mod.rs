//! Random specs for properties: small pools, so that entries are often equal, and mistakes of one
//! byte.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test takes what it needs")]

pub mod request;
pub mod set;

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::reference::{Bytes, Spec, Suffixes};

/// `PROPTEST_CASES` overrides the number. Nothing is written next to the sources.
pub fn config(cases: u32) -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { usual } else { ProptestConfig { cases, ..usual } }
}

/// One small mistake. Most near misses are one of these.
#[derive(Clone, Debug)]
pub enum Slip {
    None,
    Replace(Index, u8),
    Insert(Index, u8),
    Delete(Index),
    Case(Index),
    Append(&'static str),
    Prepend(&'static str),
    Long(usize),
}

impl Slip {
    pub fn apply(&self, mut text: Bytes) -> Bytes {
        match self {
            Slip::None => {}
            Slip::Replace(at, byte) if !text.is_empty() => {
                let at = at.index(text.len());
                text[at] = *byte;
            }
            Slip::Insert(at, byte) => text.insert(at.index(text.len() + 1), *byte),
            Slip::Delete(at) if !text.is_empty() => drop(text.remove(at.index(text.len()))),
            Slip::Case(at) if !text.is_empty() => {
                let at = at.index(text.len());
                text[at] ^= 0x20;
            }
            Slip::Append(tail) => text.extend_from_slice(tail.as_bytes()),
            Slip::Prepend(head) => text.splice(..0, head.bytes()).for_each(drop),
            Slip::Long(length) => text.resize(*length, b'a'),
            _ => {}
        }
        text
    }
}

pub fn odd_byte() -> impl Strategy<Value = u8> + Clone {
    prop_oneof![4 => select(b".:-_*/,@a1A \t\r\n\0%[]~!".to_vec()), 1 => any::<u8>()]
}

pub fn slip() -> impl Strategy<Value = Slip> + Clone {
    let tails = vec![
        ".",
        "/",
        ":",
        ":443",
        ":80",
        ":1",
        ":8443",
        ":8444",
        ":65535",
        ":65536",
        ":0",
        ":08",
        ".evil.example",
        "/8",
        "/24",
        "/33",
        "-*",
        ",",
        ", x",
    ];
    let heads = vec!["x", ".", " ", "a.", "-", "https://", "http://", "https://a.", "*"];
    prop_oneof![
        16 => Just(Slip::None),
        2 => (any::<Index>(), odd_byte()).prop_map(|(at, byte)| Slip::Replace(at, byte)),
        2 => (any::<Index>(), odd_byte()).prop_map(|(at, byte)| Slip::Insert(at, byte)),
        2 => any::<Index>().prop_map(Slip::Delete),
        1 => any::<Index>().prop_map(Slip::Case),
        2 => select(tails).prop_map(Slip::Append),
        1 => select(heads).prop_map(Slip::Prepend),
        1 => select(vec![0, 16, 63, 127, 128, 129, 327, 328, 329, 400]).prop_map(Slip::Long),
    ]
}

pub fn pattern() -> impl Strategy<Value = Bytes> {
    let whole = vec![
        "*",
        "null",
        "file://",
        "https://a.example",
        "https://foo.com",
        "https://bar.com",
        "moz-extension://*",
        "app://",
        "https://*",
        "http://*:*",
        "https://*:8443",
        "https://*.example",
        "https://*.s3.amazonaws.com",
        "https://*.amazonaws.com",
        "https://a*.amazonaws.com",
        "https://*.kuleuven.be",
        "https://*.newtld",
        "https://*.internal",
    ];
    let schemes = vec!["https", "https", "https", "http", "app"];
    let hosts = vec![
        "a.example",
        "b.example",
        "a.b.example",
        "*.b.example",
        "*.a.b.example",
        "*.b.example.",
        "pre-*.b.example",
        "*-pr.b.example",
        "a*a.b.example",
        "aa*aa.b.example",
        "p*.a.b.example",
        "foo.com",
        "*.foo.com",
        "*.github.io",
        "localhost",
        "*.localhost",
        "127.0.0.1",
        "128.0.0.1",
        "[::1]",
        "[2001:db8::1]",
        "my_host.example",
        "a.example.",
        "xn--p1ai.example",
        "*.xn--p1ai",
        "xn--.example",
        "*",
    ];
    let ports = vec!["", "", "", ":8443", ":8444", ":80", ":443", ":*"];
    let ranges = vec![
        "10.0.0.0/8",
        "127.0.0.0/8",
        "127.0.0.0/9",
        "126.0.0.0/7",
        "192.168.0.0/16",
        "192.168.1.0/24",
        "192.168.1.128/25",
        "192.168.1.7/32",
        "192.168.0.0/15",
        "198.51.100.0/24",
        "198.51.100.0/23",
        "0.0.0.0/0",
        "[::1]/128",
        "[fe80::]/10",
        "[fc00::]/7",
        "[2001:db8::]/32",
        "[2001:db8::]/48",
        "[2001:db8::]/63",
        "[::]/0",
        "[::ffff:0:0]/96",
        "192.168.1.1/24",
        "192.168.1.0/08",
        "192.168.1.0/33",
        "[fe80::1]/10",
        "[2001:db8:0::]/48",
    ];
    let join = |(scheme, host, port): (&str, &str, &str)| format!("{scheme}://{host}{port}").into_bytes();
    prop_oneof![
        3 => select(whole).prop_map(Bytes::from),
        9 => (select(schemes.clone()), select(hosts), select(ports.clone())).prop_map(join),
        2 => (select(schemes), select(ranges), select(ports)).prop_map(join),
    ]
}

pub fn name(pool: &'static [&'static str]) -> impl Strategy<Value = Bytes> {
    select(pool).prop_map(Bytes::from)
}

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "chicken", "*"];
const HEADERS: &[&str] = &[
    "x-a",
    "X-B",
    "x-bb",
    "x-b",
    "authorization",
    "content-type",
    "X-Long-Name-Of-A-Header",
    "origin",
    "Sec-Fetch-Mode",
    "access-control-allow-origin",
    "x-*",
    "X-B-*",
    "x-b-c-*",
    "x-b-c",
    "s-*",
    "se-*",
    "-*",
    "access-*",
    "x*",
    "*",
];
const SUFFIXES: &[&str] = &["com", "github.io", "amazonaws.com", "kuleuven.be", "newtld", "b.example", "github.io."];
const EXPOSED: &[&str] = &["etag", "X-A", "x-a", "x-b", "Link", "*"];

prop_compose! {
    pub fn any_spec()(
        allow_origins in prop::collection::vec(pattern(), 0..8),
        allow_methods in prop::option::of(prop::collection::vec(name(METHODS), 0..5)),
        allow_headers in prop_oneof![
            6 => prop::collection::vec(name(HEADERS), 0..5),
            1 => prop::collection::vec(name(HEADERS), 12..40),
            1 => (14..20_usize).prop_map(|count| (0..count).map(|number| format!("x-{number}-*").into_bytes()).collect()),
        ],
        allow_credentials in any::<bool>(),
        expose_headers in prop::collection::vec(name(EXPOSED), 0..3),
        max_age in prop::option::of(select(vec![0, 1, 600, 86400, 86401, i64::MAX])),
        preflight_status in select(vec![200, 204, 204, 299]),
        denied_preflight_status in prop::option::weighted(0.3, select(vec![400, 403, 499])),
        (external_origins, allow_timing) in (prop::bool::weighted(0.3), prop::bool::weighted(0.3)),
        allow_private_network in prop::bool::weighted(0.2),
        (null, insecure) in any::<(bool, bool)>(),
        dangerously_allow_public_suffixes in suffixes(),
    ) -> Spec {
        Spec {
            allow_origins, allow_methods, allow_headers, allow_credentials, expose_headers, max_age, preflight_status,
            denied_preflight_status, external_origins, allow_timing, allow_private_network,
            dangerously_allow_null_origin: null, dangerously_allow_insecure_origins: insecure,
            dangerously_allow_public_suffixes,
        }
    }
}

fn suffixes() -> impl Strategy<Value = Suffixes> {
    prop_oneof![
        Just(Suffixes::Refused),
        Just(Suffixes::Allowed),
        prop::collection::vec(name(SUFFIXES), 0..4).prop_map(Suffixes::Listed),
    ]
}

/// Random specs without their wrong entries.
pub fn spec() -> impl Strategy<Value = Spec> {
    any_spec().prop_map(|spec| spec.repaired(true))
}
