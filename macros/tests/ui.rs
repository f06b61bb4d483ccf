//! Tests what rustc reports about a wrong policy. A correct one has no report.

#[test]
fn every_finding_points_at_its_own_literal() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail_*.rs");
    cases.pass("tests/ui/pass_*.rs");
}
