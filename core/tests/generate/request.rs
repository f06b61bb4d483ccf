//! Random requests. Each is made from entries of a spec, and most miss only just.

use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{Slip, odd_byte, slip};
use crate::reference::{Bytes, OwnedRequest, Spec};

/// How one element is made: from what, from which entry, with which mistake, and the white space
/// around it.
type Element = (u8, Index, Slip, String, String);

/// A request in the making: which entries of the spec it is made from, and which mistakes it has.
#[derive(Clone, Debug)]
pub struct Seed {
    method: &'static str,
    origins: Vec<(Index, &'static str, Slip)>,
    methods: Vec<(Index, Slip)>,
    headers: Vec<Vec<Element>>,
    many: Option<(usize, &'static str)>,
    network: Vec<&'static str>,
}

fn white() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => Just(String::new()),
        3 => Just(" ".to_string()),
        1 => (select(vec![" ", "\t"]), 0..19_usize).prop_map(|(one, times)| one.repeat(times)),
    ]
}

pub fn seed() -> impl Strategy<Value = Seed> {
    let fill = vec![
        "x", "x", "a.b", "a-1", "pre-7", "x_y", "7-pr", "aba", "aaaa", "aaaaa", "", "A", "*", "a..b", "-", LABEL_63,
        LABEL_64,
    ];
    let origin = (any::<Index>(), select(fill), slip());
    let element = (0..10_u8, any::<Index>(), slip(), white(), white());
    let few = prop_oneof![1 => Just(0..1_usize), 12 => Just(1..2), 1 => Just(2..3)];
    (
        prop_oneof![8 => Just("OPTIONS"), 2 => Just("GET"), 1 => select(vec!["options", "PUT", "", "OPTIONS "])],
        few.clone().prop_flat_map(move |count| prop::collection::vec(origin.clone(), count)),
        few.prop_flat_map(|count| prop::collection::vec((any::<Index>(), slip()), count)),
        prop::collection::vec(prop::collection::vec(element, 0..5), 0..4),
        prop::option::weighted(0.1, (14..36_usize, select(vec!["", ",", "x-a", "x-q", "x-a,", LABEL_63]))),
        prop::collection::vec(select(vec!["true", "true", "TRUE", ""]), 0..3),
    )
        .prop_map(|(method, origins, methods, headers, many, network)| Seed {
            method,
            origins,
            methods,
            headers,
            many,
            network,
        })
}

const LABEL_63: &str = "aaaaaaaaabbbbbbbbbbaaaaaaaaabbbbbbbbbbaaaaaaaaabbbbbbbbbbaaaaaa";
const LABEL_64: &str = "aaaaaaaaabbbbbbbbbbaaaaaaaaabbbbbbbbbbaaaaaaaaabbbbbbbbbbaaaaaaa";

fn pick(list: &[Bytes], index: &Index, other: &str) -> Bytes {
    let mut list = list.to_vec();
    list.push(other.into());
    list[index.index(list.len())].clone()
}

impl Seed {
    pub fn request(&self, spec: &Spec) -> OwnedRequest {
        let mut lines = vec![];
        for (index, fill, slip) in &self.origins {
            let pattern =
                String::from_utf8(pick(&spec.allow_origins, index, "https://stranger.example")).expect("ASCII");
            let pattern = if pattern == "*" { "https://any.example".into() } else { pattern.replace(":*", ":3000") };
            lines.push(("Origin".into(), slip.apply(pattern.replacen('*', fill, 1).into_bytes())));
        }
        for (index, slip) in &self.methods {
            lines.push(("access-control-request-METHOD".into(), slip.apply(pick(&spec.methods(), index, "TRACE"))));
        }
        let mut values: Vec<Bytes> = vec![];
        for (number, line) in self.headers.iter().enumerate() {
            let element = |(at, (kind, index, slip, before, after)): (usize, &Element)| {
                // In most cases, one listed name after the other, so that whole lists pass.
                let next = spec.allow_headers.get(number * 4 + at).cloned().unwrap_or_default();
                let token = match kind {
                    0..6 => next,
                    6 | 7 => pick(&spec.allow_headers, index, "x-q"),
                    8 => slip.apply(pick(&spec.allow_headers, index, "x-q")).to_ascii_uppercase(),
                    _ => slip.apply(pick(&spec.allow_headers, index, "")),
                };
                [before.as_bytes(), &token, after.as_bytes()].concat()
            };
            values.push(line.iter().enumerate().map(element).collect::<Vec<_>>().join(&b','));
        }
        if let Some((times, text)) = self.many {
            // Sometimes as several lines, sometimes as one long line.
            let lines = if times % 2 == 0 { vec![text.into(); times] } else { vec![text.repeat(times * 2 - 1).into()] };
            values.extend(lines);
        }
        lines.extend(values.into_iter().map(|value| ("Access-Control-Request-Headers".into(), value)));
        let network = "Access-Control-Request-Private-Network";
        lines.extend(self.network.iter().map(|value| (network.into(), Bytes::from(*value))));
        OwnedRequest { method: self.method.into(), lines }
    }
}

/// Any bytes under the names that the engine reads.
pub fn noise() -> impl Strategy<Value = OwnedRequest> {
    let names = vec!["Origin", "Origin2", "Access-Control-Request-Method", "Access-Control-Request-Headers", "Accept"];
    let value = prop::collection::vec(prop_oneof![odd_byte(), any::<u8>()], 0..24);
    let line = (select(names).prop_map(Bytes::from), value);
    let method = prop_oneof![3 => Just(b"OPTIONS".to_vec()), 1 => prop::collection::vec(any::<u8>(), 0..8)];
    (method, prop::collection::vec(line, 0..9)).prop_map(|(method, lines)| OwnedRequest { method, lines })
}
