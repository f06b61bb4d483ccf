//! Tests that every limit holds, and that an expression within the limits is read, whatever is in
//! it.

use corsac_regexes::{Reading, Refusal, advise, prove};

use crate::table::with_credentials;

fn refusal(expression: &str) -> Option<Refusal> {
    prove(expression, Reading::STARLETTE, &with_credentials()).err()
}

#[test]
fn expression_of_16384_bytes_is_read_and_longer_is_refused() {
    let padded = |length: usize| {
        let hosts = r"https://a\.example|".repeat(length / 19 - 1);
        format!("{hosts}https://{}", "b".repeat(length - hosts.len() - 8))
    };
    assert!(matches!(refusal(&padded(16384)), Some(Refusal::Patterns(_)) | None));
    assert_eq!(refusal(&padded(16385)), Some(Refusal::TooLong));
    assert_eq!(refusal(&padded(100_000)), Some(Refusal::TooLong));
    assert_eq!(advise(&padded(100_000), Reading::STARLETTE, &with_credentials()), None);
}

#[test]
fn alternatives_are_1024_at_most() {
    let hosts = |count: usize| (0..count).map(|n| format!("h{n}")).collect::<Vec<_>>().join("|");
    assert_eq!(refusal(&format!(r"https://({})\.example\.com", hosts(1024))), None);
    assert_eq!(refusal(&format!(r"https://({})\.example\.com", hosts(1025))), Some(Refusal::TooMany));
    assert_eq!(refusal(&format!(r"https://{}\.example\.com", "(a|bc)".repeat(10))), None);
    assert_eq!(refusal(&format!(r"https://{}\.example\.com", "(a|bc)".repeat(11))), Some(Refusal::TooMany));
    assert_eq!(refusal(&format!(r"https://{}a\.example\.com", "(?:bc)?".repeat(2000))), Some(Refusal::TooMany));
}

#[test]
fn alternatives_are_copied_within_a_budget() {
    let expression = format!("https://{}{}", "(a|bc)".repeat(10), r"x\w+".repeat(2000));
    assert_eq!(refusal(&expression), Some(Refusal::TooMany));
    // The most expensive expression with one alternative.
    assert_eq!(refusal(&format!(r"https://{}\.example\.com", ".a".repeat(8000))), None);
}

#[test]
fn groups_are_64_deep_at_most() {
    let nested = |depth: usize| format!(r"https://{}a{}\.example\.com", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(refusal(&nested(60)), None);
    for depth in [65, 8000] {
        assert!(matches!(refusal(&nested(depth)), Some(Refusal::Unreadable(_))), "{depth}");
    }
}

#[test]
fn large_counts_cost_nothing() {
    assert_eq!(refusal(r"https://((a{1000}){1000}){1000}\.example\.com"), None);
    assert_eq!(refusal(&format!(r"(?i)https://{}\.example\.com", r"[^\W_]".repeat(2000))), None);
}

#[test]
fn refusal_names_eight_findings_at_most() {
    let hosts: Vec<String> = (0..100).map(|n| format!(r"http://h{n}\.example\.com")).collect();
    let Some(Refusal::Patterns(findings)) = refusal(&hosts.join("|")) else { panic!("insecure origins") };
    assert_eq!(findings.len(), 8);
}
