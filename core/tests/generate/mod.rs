//! Specs by chance, for properties: small pools, so that entries meet, and slips of one byte.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test takes what it needs")]

use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::reference::{Bytes, Spec};

/// `PROPTEST_CASES` rules where it is set; nothing is written beside the sources.
pub fn config(cases: u32) -> ProptestConfig {
    let set = std::env::var_os("PROPTEST_CASES").is_some();
    let usual = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if set { usual } else { ProptestConfig { cases, ..usual } }
}

/// One small wrong: most near misses are one of these.
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
    let tails =
        vec![".", "/", ":", ":443", ":80", ":1", ":8443", ":8444", ":65535", ":65536", ":0", ":08", ".evil.example"];
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
    let whole = vec!["*", "null", "https://a.example", "https://foo.com", "https://bar.com", "moz-extension://*"];
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
        "*",
    ];
    let ports = vec!["", "", "", ":8443", ":8444", ":80", ":443", ":*"];
    prop_oneof![
        2 => select(whole).prop_map(Bytes::from),
        9 => (select(schemes), select(hosts), select(ports)).prop_map(|(s, h, p)| format!("{s}://{h}{p}").into_bytes()),
    ]
}

pub fn name(pool: &'static [&'static str]) -> impl Strategy<Value = Bytes> {
    select(pool).prop_map(Bytes::from)
}

const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "put", "DELETE", "PATCH", "patch", "chicken", "*"];
const HEADERS: &[&str] =
    &["x-a", "X-B", "x-bb", "x-b", "authorization", "content-type", "X-Long-Name-Of-A-Header", "*"];
const EXPOSED: &[&str] = &["etag", "X-A", "x-a", "x-b", "Link", "*"];

prop_compose! {
    pub fn any_spec()(
        allow_origins in prop::collection::vec(pattern(), 0..8),
        allow_methods in prop::option::of(prop::collection::vec(name(METHODS), 0..5)),
        allow_headers in prop::collection::vec(name(HEADERS), 0..5),
        allow_credentials in any::<bool>(),
        expose_headers in prop::collection::vec(name(EXPOSED), 0..3),
        max_age in prop::option::of(select(vec![0, 1, 600, 86400])),
        preflight_status in select(vec![200, 204, 204, 299]),
        denied_preflight_status in prop::option::weighted(0.3, select(vec![400, 403, 499])),
        (external_origins, allow_private_network) in (prop::bool::weighted(0.3), prop::bool::weighted(0.3)),
        (null, insecure, suffixes) in any::<(bool, bool, bool)>(),
    ) -> Spec {
        Spec {
            allow_origins, allow_methods, allow_headers, allow_credentials, expose_headers, max_age, preflight_status,
            denied_preflight_status, external_origins, allow_private_network, dangerously_allow_null_origin: null,
            dangerously_allow_insecure_origins: insecure, dangerously_allow_public_suffixes: suffixes,
        }
    }
}

/// The same with the entries at fault left out.
pub fn spec() -> impl Strategy<Value = Spec> {
    any_spec().prop_map(|mut spec| {
        let errors = spec.errors(true);
        for (field, index) in errors.into_iter().rev() {
            match (field, index) {
                ("allow_origins", Some(index)) => drop(spec.allow_origins.remove(index)),
                ("expose_headers", Some(index)) => drop(spec.expose_headers.remove(index)),
                _ => {}
            }
        }
        spec.external_origins |= spec.allow_origins.is_empty();
        spec
    })
}
