//! Tests that no piece of the joined list in an image passes for a name, wherever the list is cut.

use corsac::Policy;

mod reference;
use reference::{Bytes, OwnedRequest, Spec, bridge};

/// Asserts that each line is decided as by the reference.
fn holds(spec: &Spec, lines: &[Bytes]) {
    let policy = Policy::open(bridge::compile(spec).0.expect("it compiles")).expect("what compiles opens");
    for line in lines {
        let fixed = [("Origin", "https://a.example"), ("Access-Control-Request-Method", "GET")];
        let mut asked: Vec<(Bytes, Bytes)> = fixed.map(|(name, value)| (name.into(), value.into())).to_vec();
        asked.push(("Access-Control-Request-Headers".into(), line.clone()));
        let request = OwnedRequest { method: "OPTIONS".into(), lines: asked };
        assert_eq!(
            bridge::decide(&policy, &request, None),
            reference::evaluate(spec, &request),
            "{}",
            line.escape_ascii()
        );
    }
}

#[test]
fn piece_of_the_list_is_not_a_name() {
    let lists: [&[&str]; 5] = [
        &["x-ab", "y-cde", "z"],
        &["a", "b", "c", "d", "e", "f", "g", "h"],
        &["ab", "abc", "b", "bc", "c"],
        &["authorization", "content-type", "x-a"],
        &["x", "xx", "xxx", "xxxx", "xxxxx"],
    ];
    for names in lists {
        let spec = Spec {
            allow_origins: vec!["https://a.example".into()],
            allow_headers: names.iter().map(|name| Bytes::from(*name)).collect(),
            ..Spec::default()
        };
        let joined = names.join(", ");
        let pieces = (0..joined.len()).flat_map(|start| (start + 1..=joined.len()).map(move |end| start..end));
        let pieces = pieces.map(|piece| &joined[piece]);
        let lines = pieces.flat_map(|piece| {
            let before = names.iter().take(3).map(move |name| format!("{name},{piece}"));
            before.chain([
                piece.to_owned(),
                format!("{piece},{}", names[0]),
                format!("{},{},{piece}", names[0], names[1]),
            ])
        });
        holds(&spec, &lines.map(String::into_bytes).collect::<Vec<_>>());
    }
}
