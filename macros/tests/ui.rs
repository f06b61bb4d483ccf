//! What rustc says of a policy that is wrong, and that it says nothing of one that is right.

#[test]
fn points_every_finding_at_its_own_entry() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/fail_*.rs");
    cases.pass("tests/ui/pass_*.rs");
}
