//! Tests that comparing requested headers with the list in order gives the same result as the loop,
//! and that limits hold at their edges.

#[path = "generate/mod.rs"]
mod generate;
mod reference;

use corsac::{Policy, PolicySpec, Request};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

const ORIGIN: &str = "https://a.example";

fn policy(headers: &[&str]) -> Policy<Vec<u8>> {
    let spec = PolicySpec { allow_headers: headers, ..PolicySpec::new(&[ORIGIN]) };
    spec.compile(vec![0; spec.image_len()], |finding| eprintln!("{finding}")).expect("it compiles")
}

/// The denial and the response's headers.
type Outcome = (Option<String>, Vec<(&'static str, String)>);

fn outcome<B: AsRef<[u8]>, L: AsRef<[u8]>>(policy: &Policy<B>, lines: &[L]) -> Outcome {
    let mut request = Request::new("OPTIONS");
    request.header("Origin", ORIGIN).header("Access-Control-Request-Method", "GET");
    for line in lines {
        request.header("Access-Control-Request-Headers", line);
    }
    let decision = policy.evaluate(&request);
    let headers = decision.headers().map(|header| (header.name, header.value.escape_ascii().to_string()));
    (decision.denial().map(|denial| format!("{denial:?}")), headers.collect())
}

/// Listed names. There are more than one line may leave out, and some are beginnings of others.
fn listed() -> Vec<String> {
    let mut names: Vec<String> =
        (0..40).map(|number| format!("x-{}", "ab".repeat(number % 7 + 1) + &number.to_string())).collect();
    names.sort();
    names
}

proptest! {
    #![proptest_config(generate::config(512))]

    /// A second line, even an empty one, makes the loop check both lines.
    #[test]
    fn line_in_order_is_checked_as_by_the_loop(
        list in subsequence(listed(), 1..40),
        asked in subsequence(listed(), 0..24),
        slip in generate::slip(),
        swap in any::<Option<(Index, Index)>>(),
        is_upper in prop::bool::weighted(0.1),
    ) {
        let policy = policy(&list.iter().map(String::as_str).collect::<Vec<_>>());
        let mut asked: Vec<&String> = asked.iter().filter(|name| list.len() % 3 == 0 || list.contains(name)).collect();
        if let Some((one, other)) = swap.filter(|_| asked.len() > 1) {
            let (one, other) = (one.index(asked.len()), other.index(asked.len()));
            asked.swap(one, other);
        }
        let asked: Vec<&str> = asked.into_iter().map(String::as_str).collect();
        let mut line = slip.apply(asked.join(",").into_bytes());
        if is_upper {
            line.make_ascii_uppercase();
        }
        prop_assert_eq!(outcome(&policy, &[&line]), outcome(&policy, &[&line, &Vec::new()]), "{}", line.escape_ascii());
    }
}

#[test]
fn line_may_leave_out_any_number_of_listed_names() {
    let names = listed();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let policy = policy(&names);
    for (at, first) in names.iter().enumerate() {
        assert_eq!(outcome(&policy, &[first]).0, None, "{first}");
        for second in &names[at + 1..] {
            assert_eq!(outcome(&policy, &[format!("{first},{second}")]).0, None, "{first},{second}");
        }
    }
}

/// There are more names than a word of the engine has bits.
#[test]
fn listed_name_passes_once_in_any_order() {
    let names: Vec<String> = (0..100).map(|number| format!("x-{number:02}")).collect();
    let policy = policy(&names.iter().map(String::as_str).collect::<Vec<_>>());
    for one in &names {
        for other in names.iter().filter(|other| one != *other) {
            assert_eq!(outcome(&policy, &[format!("{one},{other}")]).0, None, "{one},{other}");
            for again in [one, other] {
                let line = format!("{one},{other},{again}");
                let repeated = Some(format!("Denial {{ code: HeadersMalformed, bytes: \"{again}\" }}"));
                assert_eq!(outcome(&policy, &[&line]).0, repeated, "{line}");
            }
        }
    }
}

/// The header value in which names are compared has bytes between them.
#[test]
fn part_of_the_list_is_not_a_name() {
    let list = ["ab", "abc", "x-long-name", "zzz"];
    let (policy, joined) = (policy(&list), list.join(", "));
    for first in list {
        for (start, end) in (0..joined.len()).flat_map(|start| (start..=joined.len()).map(move |end| (start, end))) {
            let line = format!("{first},{}", &joined[start..end]);
            assert_eq!(outcome(&policy, &[&line[..]]), outcome(&policy, &[&line[..], ""]), "{line}");
        }
    }
}

#[test]
fn request_shows_what_the_script_asks_for() {
    let lines = [
        ("Origin", "https://app.example.com"),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "x-a, ,x-b"),
        ("Access-Control-Request-Headers", "\tx-c,"),
    ];
    let preflight = Request::from_lines("OPTIONS", lines);
    assert_eq!(preflight.origin(), Some(b"https://app.example.com".as_slice()));
    assert_eq!(preflight.requested_method(), Some(b"PUT".as_slice()));
    assert!(preflight.requested_header_names().eq(["x-a", "x-b", "x-c"].map(str::as_bytes)));
    let plain = Request::new("GET");
    assert_eq!((plain.origin(), plain.requested_method(), plain.requested_header_names().count()), (None, None, 0));
}
